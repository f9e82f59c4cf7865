//! Whether a new definition can take the place of the old one.

use crate::model::{EntityKind, Object, expression};
use crate::plan::Alteration;

use super::{composite, start};

/// How the definition of an object changes.
pub(in crate::dialect::postgres) fn alteration(from: &Object, to: &Object) -> Alteration {
    if to.id.kind == EntityKind::CompositeType
        && composite::can_alter(from, to)
        && composite::changes_type(from, to)
    {
        return Alteration::InPlaceUnlessHeld;
    }
    let is_in_place = match to.id.kind {
        EntityKind::Extension => true,
        EntityKind::View => keeps_columns(from, to),
        EntityKind::Function | EntityKind::Procedure => keeps_signature(from, to),
        EntityKind::CompositeType => composite::can_alter(from, to),
        EntityKind::Rule => true,
        EntityKind::Policy => keeps_policy(&from.definition, &to.definition),
        _ => false,
    };
    if is_in_place { Alteration::InPlace } else { Alteration::Recreate }
}

/// CREATE OR REPLACE VIEW takes the same columns, and more of them at the end.
/// <https://www.postgresql.org/docs/current/sql-createview.html>
fn keeps_columns(from: &Object, to: &Object) -> bool {
    let columns = |object: &Object| object.extra.properties.get("columns").cloned();
    match (columns(from), columns(to)) {
        (Some(old), Some(new)) => new == old || new.starts_with(&format!("{old}, ")),
        // What the code says about a view does not tell its columns.
        _ => false,
    }
}

/// The text of a routine up to its body: arguments, and what it gives back.
fn head(definition: &str) -> Option<(Vec<String>, String)> {
    let open = definition.find('(')?;
    let mut depth = 0_usize;
    let mut end = None;
    let mut starts = vec![open + 1];
    let mut ends = Vec::new();
    for token in expression::tokens(&definition[open..]) {
        let range = token.range.start + open..token.range.end + open;
        match &definition[range.clone()] {
            "(" => depth += 1,
            ")" => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    ends.push(range.start);
                    end = Some(range.end);
                    break;
                }
            }
            "," if depth == 1 => {
                ends.push(range.start);
                starts.push(range.end);
            }
            _ => {}
        }
    }
    let arguments = starts
        .iter()
        .zip(&ends)
        .map(|(start, end)| definition[*start..*end].trim().to_owned())
        .collect();
    let rest = definition[end?..].trim_start();
    let returns = rest.lines().next().filter(|line| line.starts_with("RETURNS"));
    Some((arguments, returns.unwrap_or_default().trim().to_owned()))
}

/// CREATE OR REPLACE keeps the type of the result and the names of the arguments, and takes no default away.
/// <https://www.postgresql.org/docs/current/sql-createfunction.html>
fn keeps_signature(from: &Object, to: &Object) -> bool {
    let (Some((old, old_result)), Some((new, new_result))) =
        (head(&from.definition), head(&to.definition))
    else {
        return false;
    };
    let split = |argument: &str| match argument.split_once(" DEFAULT ") {
        Some((argument, _)) => (argument.to_owned(), true),
        None => (argument.to_owned(), false),
    };
    old_result == new_result
        && old.len() == new.len()
        && old.iter().zip(&new).all(|(old, new)| {
            let ((old, had_default), (new, has_default)) = (split(old), split(new));
            old == new && (has_default || !had_default)
        })
}

/// ALTER POLICY changes roles and expressions, and takes no expression away.
fn keeps_policy(from: &str, to: &str) -> bool {
    let parts = |text: &str| {
        let head = text.split("\n    ").next().unwrap_or_default().to_owned();
        let head = head.split(" TO ").next().unwrap_or_default().to_owned();
        (head, text.contains("\n    USING ("), text.contains("\n    WITH CHECK ("))
    };
    let ((old, had_using, had_check), (new, has_using, has_check)) = (parts(from), parts(to));
    old == new && (has_using || !had_using) && (has_check || !had_check)
}

/// An extension moves to another schema.
pub(super) fn extension(to: &Object) -> Vec<String> {
    let schema = to.definition.split_once(" WITH SCHEMA ").map_or("pg_catalog", |(_, name)| name);
    vec![
        start("ALTER EXTENSION ").name(&to.id.object.name).raw(" SET SCHEMA ").raw(schema).finish(),
    ]
}

/// `ALTER POLICY` with everything restated.
pub(super) fn policy(to: &Object) -> Vec<String> {
    let Some(rest) = to.definition.strip_prefix("CREATE POLICY ") else {
        return vec![to.definition.clone()];
    };
    let (head, expressions) = match rest.split_once("\n    ") {
        Some((head, expressions)) => (head, format!("\n    {expressions}")),
        None => (rest, String::new()),
    };
    let roles = head.split_once(" TO ").map_or("PUBLIC", |(_, roles)| roles);
    let name = to.id.member.as_deref().unwrap_or_default();
    vec![
        start("ALTER POLICY ")
            .name(name)
            .raw(" ON ")
            .object(&to.id.object)
            .raw(" TO ")
            .raw(roles)
            .raw(&expressions)
            .finish(),
    ]
}
