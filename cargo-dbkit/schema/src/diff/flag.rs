//! Reads the names that flags are given with.

use crate::diagnostic::Diagnostic;
use crate::model::{EntityId, EntityKind, ObjectName, Rename, Schema, Table};

use super::compare::constraint_kind;

/// Reads `--rename users.name=full_name`, `--rename users=people`, `--rename mood.sad=low`.
///
/// Left of the `=` is a name in `from`; right of it a name in `to`. A member may be written with or without its table. Tables and
/// enums that are renamed by the other flags are found by their new names.
///
/// # Errors
/// A diagnostic if it fits nothing.
pub fn parse_rename(
    text: &str,
    from: &Schema,
    to: &Schema,
    others: &[Rename],
) -> Result<Rename, Diagnostic> {
    let Some((old, new)) = text.split_once('=') else {
        return Err(Diagnostic::error(
            "DBK0302",
            format!("expected `old=new` after --rename, found `{text}`"),
        )
        .help("such as `--rename users.name=full_name`"));
    };
    let (old, new) = (old.trim(), new.trim());
    rename_object(old, new, from, to).or_else(|| rename_member(old, new, from, to, others)).ok_or_else(|| {
        Diagnostic::error("DBK0302", format!("`--rename {text}` fits nothing"))
            .note(format!("`{old}` must be in the migrations, `{new}` in the code, and both of the same kind"))
            .help("a column is written `table.old=new`, a table `old=new`")
    })
}

fn rename_object(old: &str, new: &str, from: &Schema, to: &Schema) -> Option<Rename> {
    let old_name: ObjectName = old.parse().ok()?;
    let mut new_name: ObjectName = new.parse().ok()?;
    if new_name.schema.is_none() && !to.tables.contains_key(&new_name) {
        new_name.schema.clone_from(&old_name.schema);
    }
    if from.tables.contains_key(&old_name) && to.tables.contains_key(&new_name) {
        return Some(Rename::Table { from: old_name, to: new_name });
    }
    if from.enums.contains_key(&old_name) && to.enums.contains_key(&new_name) {
        return Some(Rename::Enum { from: old_name, to: new_name });
    }
    if from.sequences.contains_key(&old_name) && to.sequences.contains_key(&new_name) {
        return Some(Rename::Sequence { from: old_name, to: new_name });
    }
    if from.namespaces.contains_key(old) && to.namespaces.contains_key(new) {
        return Some(Rename::Namespace { from: old.to_owned(), to: new.to_owned() });
    }
    None
}

fn split_member(text: &str) -> Option<(ObjectName, String)> {
    let mut parts = crate::model::split_dotted(text)?;
    let member = parts.pop()?;
    match <[String; 2]>::try_from(parts.clone()) {
        Ok([schema, name]) => Some((ObjectName::qualified(schema, name), member)),
        Err(_) => <[String; 1]>::try_from(parts).ok().map(|[name]| (ObjectName::new(name), member)),
    }
}

fn rename_member(
    old: &str,
    new: &str,
    from: &Schema,
    to: &Schema,
    others: &[Rename],
) -> Option<Rename> {
    let (old_object, old) = split_member(old)?;
    let new = split_member(new).map_or_else(
        || crate::model::split_dotted(new).and_then(|mut parts| parts.pop()),
        |(_, new)| Some(new),
    )?;
    let renamed = |name: &ObjectName, is_table: bool| {
        let found = others.iter().find_map(|rename| match rename {
            Rename::Table { from, to } if is_table && from == name => Some(to.clone()),
            Rename::Enum { from, to } if !is_table && from == name => Some(to.clone()),
            _ => None,
        });
        found.unwrap_or_else(|| name.clone())
    };
    // The table may be given by its new name as well, as an attribute would.
    let old_name = |name: &ObjectName| {
        let found = others.iter().find_map(|rename| match rename {
            Rename::Table { from, to } if to == name => Some(from.clone()),
            _ => None,
        });
        found.unwrap_or_else(|| name.clone())
    };
    let tables: Option<(&Table, &Table)> = from
        .tables
        .get(&old_object)
        .or_else(|| from.tables.get(&old_name(&old_object)))
        .and_then(|table| to.tables.get(&renamed(&table.name, true)).map(|new| (table, new)));
    if let Some((before, after)) = tables {
        let table = after.name.clone();
        if before.column(&old).is_some() && after.column(&new).is_some() {
            return Some(Rename::Column { table, from: old, to: new });
        }
        if before.indexes.contains_key(&old) && after.indexes.contains_key(&new) {
            return Some(Rename::Index { table, from: old, to: new });
        }
        if constraint_kind(before, &old).is_some() && constraint_kind(after, &new).is_some() {
            return Some(Rename::Constraint { table, from: old, to: new });
        }
    }
    let before = from.enums.get(&old_object)?;
    let after = to.enums.get(&renamed(&old_object, false))?;
    (before.values.contains(&old) && after.values.contains(&new)).then(|| Rename::EnumValue {
        name: after.name.clone(),
        from: old,
        to: new,
    })
}

/// Reads `--drop users.name`: something of `from` that is no rename.
///
/// # Errors
/// A diagnostic if there is no such thing.
pub fn parse_drop(text: &str, from: &Schema) -> Result<EntityId, Diagnostic> {
    let object: Option<ObjectName> = text.parse().ok();
    if let Some(name) = object {
        if from.tables.contains_key(&name) {
            return Ok(EntityId::table(&name));
        }
        if from.enums.contains_key(&name) {
            return Ok(EntityId::object(EntityKind::Enum, name));
        }
    }
    if let Some((name, member)) = split_member(text) {
        if from.tables.get(&name).is_some_and(|table| table.column(&member).is_some()) {
            return Ok(EntityId::column(&name, member));
        }
        if from.enums.get(&name).is_some_and(|found| found.values.contains(&member)) {
            return Ok(EntityId::member(EntityKind::EnumValue, &name, member));
        }
    }
    Err(Diagnostic::error(
        "DBK0302",
        format!("`--drop {text}` names nothing that the migrations have"),
    )
    .help("a column is written `table.column`, an enum value `enum.value`"))
}

/// Reads the name of a column of `to`, as in `--backfill users.email=''`.
///
/// # Errors
/// A diagnostic if there is no such column.
pub fn parse_column(text: &str, to: &Schema) -> Result<EntityId, Diagnostic> {
    let found = split_member(text).filter(|(name, member)| {
        to.tables.get(name).is_some_and(|table| table.column(member).is_some())
    });
    match found {
        Some((name, member)) => Ok(EntityId::column(&name, member)),
        None => {
            Err(Diagnostic::error("DBK0302", format!("there is no column `{text}` in the code"))
                .help("it is written `table.column`"))
        }
    }
}
