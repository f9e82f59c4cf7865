//! Composite types: attributes that come, go and change.

use crate::model::Object;

use super::start;

/// The attributes of a definition, a line each: name, then the rest. Names are as SQL spells them.
fn attributes(object: &Object) -> Option<Vec<(String, String)>> {
    let inner = object.definition.split_once(" AS (\n")?.1.strip_suffix("\n)")?;
    inner
        .split(",\n")
        .map(|line| {
            let line = line.trim();
            let end = match line.strip_prefix('"') {
                // A quote inside a name is doubled, so the name ends at the first `" `.
                Some(quoted) => quoted.find("\" ")? + 2,
                None => line.find(' ')?,
            };
            Some((line[..end].to_owned(), line[end..].trim().to_owned()))
        })
        .collect()
}

/// The names of the attributes, as the catalog has them.
pub(super) fn names(object: &Object) -> Vec<String> {
    let plain = |name: String| match name.strip_prefix('"').and_then(|name| name.strip_suffix('"'))
    {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => name,
    };
    attributes(object).unwrap_or_default().into_iter().map(|(name, _)| plain(name)).collect()
}

/// Whether ALTER TYPE leads from one to the other: new attributes are appended.
pub(super) fn can_alter(from: &Object, to: &Object) -> bool {
    let (Some(old), Some(new)) = (attributes(from), attributes(to)) else { return false };
    let is_in =
        |name: &String, list: &[(String, String)]| list.iter().any(|(other, _)| other == name);
    let kept: Vec<&String> =
        old.iter().map(|(name, _)| name).filter(|name| is_in(name, &new)).collect();
    let ordered = new.iter().map(|(name, _)| name).take(kept.len());
    kept.into_iter().eq(ordered)
}

/// Whether an attribute takes another type, which ALTER TYPE refuses where columns hold values of the composite type.
pub(super) fn changes_type(from: &Object, to: &Object) -> bool {
    let (Some(old), Some(new)) = (attributes(from), attributes(to)) else { return false };
    new.iter().any(|(name, ty)| old.iter().any(|(other, known)| other == name && known != ty))
}

/// `ALTER TYPE`, a statement for all attributes.
pub(super) fn alter(from: &Object, to: &Object) -> Vec<String> {
    let (Some(old), Some(new)) = (attributes(from), attributes(to)) else { return Vec::new() };
    let mut actions = Vec::new();
    for (name, _) in old.iter().filter(|(name, _)| !new.iter().any(|(other, _)| other == name)) {
        actions.push(format!("DROP ATTRIBUTE {name}"));
    }
    for (name, ty) in &new {
        match old.iter().find(|(other, _)| other == name) {
            None => actions.push(format!("ADD ATTRIBUTE {name} {ty}")),
            Some((_, known)) if known != ty => {
                actions.push(format!("ALTER ATTRIBUTE {name} TYPE {ty}"));
            }
            Some(_) => {}
        }
    }
    if actions.is_empty() {
        return Vec::new();
    }
    vec![
        start("ALTER TYPE ")
            .object(&to.id.object)
            .raw("\n    ")
            .raw(&actions.join(",\n    "))
            .finish(),
    ]
}
