//! Applies changes to a schema.

use crate::model::{EntityKind, ObjectName, Rename, Renaming, Schema, Table};

use super::change::{Change, ConstraintKind};

/// The schema after the changes. Those of one [`Diff`](super::Diff), in their order, give its target, up to the order of columns.
///
/// A change of something that is not there changes nothing.
#[must_use]
pub fn apply(mut schema: Schema, changes: &[Change]) -> Schema {
    let mut renames = Vec::new();
    for change in changes {
        if let Some(rename) = as_rename(change) {
            renames.push(rename);
            continue;
        }
        if !renames.is_empty() {
            schema = Renaming::new(&renames).apply(schema);
            renames.clear();
        }
        apply_one(&mut schema, change.clone());
    }
    if renames.is_empty() { schema } else { Renaming::new(&renames).apply(schema) }
}

/// The rename that a change is, if it is one.
pub(crate) fn as_rename(change: &Change) -> Option<Rename> {
    Some(match change {
        Change::RenameNamespace { from, to } => {
            Rename::Namespace { from: from.clone(), to: to.clone() }
        }
        Change::RenameTable { from, to } => Rename::Table { from: from.clone(), to: to.clone() },
        Change::RenameEnum { from, to } => Rename::Enum { from: from.clone(), to: to.clone() },
        Change::RenameEnumValue { name, from, to } => {
            Rename::EnumValue { name: name.clone(), from: from.clone(), to: to.clone() }
        }
        Change::RenameSequence { from, to } => {
            Rename::Sequence { from: from.clone(), to: to.clone() }
        }
        Change::RenameColumn { table, from, to } => {
            Rename::Column { table: table.clone(), from: from.clone(), to: to.clone() }
        }
        Change::RenameConstraint { table, from, to, kind: _ } => {
            Rename::Constraint { table: table.clone(), from: from.clone(), to: to.clone() }
        }
        Change::RenameIndex { table, from, to } => {
            Rename::Index { table: table.clone(), from: from.clone(), to: to.clone() }
        }
        Change::RenameObject { from, to } => Rename::Object { from: from.clone(), to: to.clone() },
        _ => return None,
    })
}

fn apply_one(schema: &mut Schema, change: Change) {
    match change {
        Change::CreateNamespace(namespace) | Change::AlterNamespace { to: namespace, .. } => {
            schema.namespaces.insert(namespace.name.clone(), namespace);
        }
        Change::DropNamespace(namespace) => {
            schema.namespaces.remove(&namespace.name);
        }
        Change::CreateEnum(enum_type) | Change::AlterEnum { to: enum_type, .. } => {
            schema.enums.insert(enum_type.name.clone(), enum_type);
        }
        Change::DropEnum(enum_type) => {
            schema.enums.remove(&enum_type.name);
        }
        Change::CreateSequence(sequence) | Change::AlterSequence { to: sequence, .. } => {
            schema.sequences.insert(sequence.name.clone(), sequence);
        }
        Change::DropSequence(sequence) => {
            schema.sequences.remove(&sequence.name);
        }
        Change::CreateTable(table) => {
            schema.tables.insert(table.name.clone(), table);
        }
        Change::DropTable(table) => {
            schema.tables.remove(&table.name);
        }
        Change::AlterTable { table, to, .. } => {
            in_table(schema, &table, |table| table.options = to)
        }
        Change::AddColumn { table, column } => {
            in_table(schema, &table, |table| table.columns.push(column))
        }
        Change::DropColumn { table, column } => {
            in_table(schema, &table, |table| {
                table.columns.retain(|known| known.name != column.name)
            });
        }
        Change::AlterColumn { table, to, .. } => in_table(schema, &table, |table| {
            if let Some(column) = table.column_mut(&to.name) {
                *column = to.into_inner();
            }
        }),
        Change::AddPrimaryKey { table, key } => {
            in_table(schema, &table, |table| table.primary_key = Some(key))
        }
        Change::DropPrimaryKey { table, .. } => {
            in_table(schema, &table, |table| table.primary_key = None)
        }
        Change::AddUnique { table, unique } => in_table(schema, &table, |table| {
            table.uniques.insert(unique.name.text.clone(), unique);
        }),
        Change::DropUnique { table, unique } => in_table(schema, &table, |table| {
            table.uniques.remove(&unique.name.text);
        }),
        Change::AddForeignKey { table, key } => in_table(schema, &table, |table| {
            table.foreign_keys.insert(key.name.text.clone(), key);
        }),
        Change::DropForeignKey { table, key } => in_table(schema, &table, |table| {
            table.foreign_keys.remove(&key.name.text);
        }),
        Change::AddCheck { table, check } => in_table(schema, &table, |table| {
            table.checks.insert(check.name.text.clone(), check);
        }),
        Change::DropCheck { table, check } => in_table(schema, &table, |table| {
            table.checks.remove(&check.name.text);
        }),
        Change::CreateIndex { table, index } | Change::AlterIndex { table, to: index, .. } => {
            in_table(schema, &table, |table| {
                table.indexes.insert(index.name.text.clone(), index);
            });
        }
        Change::DropIndex { table, index } => in_table(schema, &table, |table| {
            table.indexes.remove(&index.name.text);
        }),
        Change::AlterConstraint { id, to, .. } => in_table(schema, &id.object, |table| {
            let name = id.member.as_deref().unwrap_or_default();
            let extra = match id.kind {
                EntityKind::PrimaryKey => table.primary_key.as_mut().map(|key| &mut key.extra),
                EntityKind::Unique => table.uniques.get_mut(name).map(|unique| &mut unique.extra),
                EntityKind::ForeignKey => {
                    table.foreign_keys.get_mut(name).map(|key| &mut key.extra)
                }
                _ => table.checks.get_mut(name).map(|check| &mut check.extra),
            };
            if let Some(extra) = extra {
                *extra = to;
            }
        }),
        Change::CreateObject(object) | Change::AlterObject { to: object, .. } => {
            schema.objects.insert(object.id.clone(), object);
        }
        Change::DropObject(object) => {
            schema.objects.remove(&object.id);
        }
        Change::RenameNamespace { .. }
        | Change::RenameTable { .. }
        | Change::RenameEnum { .. }
        | Change::RenameEnumValue { .. }
        | Change::RenameSequence { .. }
        | Change::RenameColumn { .. }
        | Change::RenameObject { .. }
        | Change::RenameIndex { .. } => {}
        Change::RenameConstraint {
            kind:
                ConstraintKind::PrimaryKey
                | ConstraintKind::Unique
                | ConstraintKind::ForeignKey
                | ConstraintKind::Check,
            ..
        } => {}
    }
}

fn in_table(schema: &mut Schema, name: &ObjectName, change: impl FnOnce(&mut Table)) {
    if let Some(table) = schema.tables.get_mut(name) {
        change(table);
    }
}
