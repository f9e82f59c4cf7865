//! The telling part of a migration's id, made from what it changes: `create_users`, `add_users_bio`. The same changes
//! give the same name.

use std::collections::BTreeSet;

use dbkit_schema::diff::Change;
use dbkit_schema::model::{EntityId, EntityKind, ObjectName};

/// Longest slug that is made; a person's `--name` may be longer.
const LONGEST: usize = 60;

/// Lower-case letters, digits and single underscores.
pub(crate) fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    slug.trim_end_matches('_').to_owned()
}

/// What a change does: a verb, the table or other object, and the part of it.
struct Deed {
    weight: u8,
    verb: &'static str,
    object: String,
    part: Option<String>,
}

/// A slug for changes; `None` when there are none.
pub(crate) fn from_changes(changes: &[Change]) -> Option<String> {
    let deeds: Vec<Deed> = changes.iter().map(deed).collect();
    let heaviest = deeds.iter().map(|deed| deed.weight).min()?;
    let chief: Vec<&Deed> = deeds.iter().filter(|deed| deed.weight == heaviest).collect();
    let first = chief.first()?;
    let is_alike = chief.iter().all(|deed| deed.verb == first.verb);
    let objects: BTreeSet<&str> = chief.iter().map(|deed| deed.object.as_str()).collect();
    // What comes with the chief change (an index on the new column) is not worth a word; what stands for itself is.
    let others: BTreeSet<&str> = deeds
        .iter()
        .filter(|deed| deed.weight != heaviest && !objects.contains(deed.object.as_str()))
        // Enums, sequences and namespaces come with the tables that use them.
        .filter(|deed| heaviest > 0 || deed.weight < 4)
        .map(|deed| deed.object.as_str())
        .collect();
    let head = |deed: &Deed| match &deed.part {
        Some(part) => format!("{}_{}_{part}", deed.verb, deed.object),
        None => format!("{}_{}", deed.verb, deed.object),
    };
    let mut name = if objects.len() == 1 && first.part.is_some() {
        match chief.as_slice() {
            _ if !is_alike => format!("change_{}", first.object),
            [only] => head(only),
            [one, two] => {
                format!("{}_and_{}", head(one), two.part.as_deref().unwrap_or_default())
            }
            more => format!("{}_and_{}_more", head(first), more.len() - 1),
        }
    } else {
        match chief.as_slice() {
            [only] => head(only),
            [one, two] if is_alike && one.part.is_none() => {
                format!("{}_and_{}", head(one), two.object)
            }
            more => format!("{}_and_{}_more", head(first), more.len() - 1),
        }
    };
    if !others.is_empty() && !name.ends_with("_more") {
        name.push_str("_and_more");
    }
    let mut name = slug(&name);
    if name.len() > LONGEST {
        name.truncate(LONGEST);
        name = name.trim_end_matches('_').to_owned();
    }
    Some(name)
}

fn deed(change: &Change) -> Deed {
    let object = |weight, verb, name: &ObjectName| Deed {
        weight,
        verb,
        object: name.name.clone(),
        part: None,
    };
    let part = |weight, verb, table: &ObjectName, part: &str| {
        // An index is usually named after its table already.
        let part = part.strip_prefix(&format!("{}_", table.name)).unwrap_or(part);
        Deed { weight, verb, object: table.name.clone(), part: Some(part.to_owned()) }
    };
    let named =
        |weight, verb, name: &str| Deed { weight, verb, object: name.to_owned(), part: None };
    let entity = |weight, verb, id: &EntityId| match (&id.member, id.kind) {
        (Some(member), EntityKind::Trigger | EntityKind::Policy | EntityKind::Rule) => {
            Deed { weight, verb, object: id.object.name.clone(), part: Some(member.clone()) }
        }
        _ => Deed { weight, verb, object: id.object.name.clone(), part: None },
    };
    match change {
        Change::CreateTable(table) => object(0, "create", &table.name),
        Change::DropTable(table) => object(1, "drop", &table.name),
        Change::RenameTable { from, to } => Deed {
            weight: 1,
            verb: "rename",
            object: format!("{}_to_{}", from.name, to.name),
            part: None,
        },
        Change::AddColumn { table, column } => part(2, "add", table, &column.name),
        Change::RenameColumn { table, from, .. } => part(2, "rename", table, from),
        Change::DropColumn { table, column } => part(2, "drop", table, &column.name),
        Change::AlterColumn { table, to, .. } => part(3, "change", table, &to.name),
        Change::CreateEnum(enumeration) => object(4, "create", &enumeration.name),
        Change::DropEnum(enumeration) => object(4, "drop", &enumeration.name),
        Change::RenameEnum { from, .. } => object(4, "rename", from),
        Change::RenameEnumValue { name, from, .. } => part(4, "rename", name, from),
        Change::AlterEnum { to, .. } => object(4, "change", &to.name),
        Change::AddPrimaryKey { table, .. } => part(5, "add", table, "primary_key"),
        Change::DropPrimaryKey { table, .. } => part(5, "drop", table, "primary_key"),
        Change::AddUnique { table, unique } => part(5, "add", table, &unique.name.text),
        Change::DropUnique { table, unique } => part(5, "drop", table, &unique.name.text),
        Change::AddForeignKey { table, key } => part(5, "add", table, &key.name.text),
        Change::DropForeignKey { table, key } => part(5, "drop", table, &key.name.text),
        Change::AddCheck { table, check } => part(5, "add", table, &check.name.text),
        Change::DropCheck { table, check } => part(5, "drop", table, &check.name.text),
        Change::CreateIndex { table, index } => part(6, "add", table, &index.name.text),
        Change::DropIndex { table, index } => part(6, "drop", table, &index.name.text),
        Change::AlterIndex { table, to, .. } => part(7, "change", table, &to.name.text),
        Change::AlterConstraint { id, .. } => {
            part(7, "change", &id.object, id.member.as_deref().unwrap_or_default())
        }
        Change::CreateObject(created) => entity(4, "create", &created.id),
        Change::DropObject(dropped) => entity(4, "drop", &dropped.id),
        Change::AlterObject { to, .. } => entity(4, "change", &to.id),
        Change::RenameObject { from, .. } => entity(4, "rename", from),
        Change::RenameConstraint { table, from, .. } | Change::RenameIndex { table, from, .. } => {
            part(7, "rename", table, from)
        }
        Change::AlterTable { table, .. } => object(7, "change", table),
        Change::CreateSequence(sequence) => object(7, "create", &sequence.name),
        Change::DropSequence(sequence) => object(7, "drop", &sequence.name),
        Change::RenameSequence { from, .. } => object(7, "rename", from),
        Change::AlterSequence { to, .. } => object(7, "change", &to.name),
        Change::CreateNamespace(namespace) => named(8, "create", &namespace.name),
        Change::DropNamespace(namespace) => named(8, "drop", &namespace.name),
        Change::RenameNamespace { from, .. } => named(8, "rename", from),
        Change::AlterNamespace { to, .. } => named(8, "change", &to.name),
    }
}

#[cfg(test)]
mod tests {
    use dbkit_schema::model::{Column, ColumnType, Index, IndexPart, Name, Table};

    use super::*;

    fn table(name: &str) -> Change {
        Change::CreateTable(Table::new(ObjectName::new(name)).into())
    }

    fn column(table: &str, name: &str) -> Change {
        Change::AddColumn {
            table: ObjectName::new(table),
            column: Column::new(name, ColumnType::Text).into(),
        }
    }

    fn index(table: &str, name: &str) -> Change {
        Change::CreateIndex {
            table: ObjectName::new(table),
            index: Index::new(Name::implicit(name), vec![IndexPart::column("x")]),
        }
    }

    #[test]
    fn a_name_tells_what_changes() {
        let name = |changes: &[Change]| from_changes(changes).unwrap();
        assert_eq!(name(&[table("users")]), "create_users");
        assert_eq!(name(&[table("users"), table("posts")]), "create_users_and_posts");
        assert_eq!(name(&[table("a"), table("b"), table("c")]), "create_a_and_2_more");
        assert_eq!(name(&[column("users", "bio")]), "add_users_bio");
        assert_eq!(
            name(&[column("users", "bio"), column("users", "age")]),
            "add_users_bio_and_age"
        );
        assert_eq!(
            name(&[column("users", "bio"), index("users", "users_bio_idx")]),
            "add_users_bio"
        );
        assert_eq!(name(&[index("users", "users_bio_idx")]), "add_users_bio_idx");
        assert_eq!(name(&[table("posts"), column("users", "bio")]), "create_posts_and_more");
        assert_eq!(
            name(&[
                column("users", "bio"),
                Change::RenameColumn {
                    table: ObjectName::new("users"),
                    from: "a".into(),
                    to: "b".into()
                }
            ]),
            "change_users"
        );
        assert_eq!(from_changes(&[]), None);
    }

    #[test]
    fn a_person_s_name_becomes_a_slug() {
        assert_eq!(slug("Add the  user's Bio!"), "add_the_user_s_bio");
        assert_eq!(slug("__"), "");
    }
}
