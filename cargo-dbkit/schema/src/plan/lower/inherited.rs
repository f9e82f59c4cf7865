//! Members of partitions and of tables that inherit: their parents change them.

use crate::diff::Change;
use crate::model::{Column, ObjectName, Table};

use super::Context;

/// Whether a change inside a table is done by the same change of its parent, or by attaching or detaching it.
pub(crate) fn comes_from_parent(change: &Change) -> bool {
    match change {
        Change::AddColumn { column, .. } => column.extra.is_inherited,
        Change::DropColumn { column, .. } => column.extra.is_inherited,
        Change::AddPrimaryKey { key, .. } | Change::DropPrimaryKey { key, .. } => {
            key.extra.is_inherited
        }
        Change::AddUnique { unique, .. } | Change::DropUnique { unique, .. } => {
            unique.extra.is_inherited
        }
        Change::AddForeignKey { key, .. } | Change::DropForeignKey { key, .. } => {
            key.extra.is_inherited
        }
        Change::AddCheck { check, .. } | Change::DropCheck { check, .. } => {
            check.extra.is_inherited
        }
        Change::CreateIndex { index, .. } | Change::DropIndex { index, .. } => {
            index.extra.is_inherited
        }
        _ => false,
    }
}

/// The column once its parents have changed, where they change it in the same way: what is left is the partition's own.
pub(crate) fn after_parents(
    context: &Context<'_>,
    before: &Table,
    after: &Table,
    from: &Column,
    to: &Column,
) -> Column {
    let mut changed = from.clone();
    changed.extra.is_inherited = to.extra.is_inherited;
    if !from.extra.is_inherited || !to.extra.is_inherited {
        return changed;
    }
    let parent = parents(after).find_map(|name| {
        let old = context.from.tables.get(name)?.column(&from.name)?;
        let new = context.to.tables.get(name)?.column(&to.name)?;
        parents(before).any(|parent| parent == name).then_some((old, new))
    });
    let Some((old, new)) = parent else { return changed };
    if old.ty != new.ty || old.collation != new.collation || old.generated != new.generated {
        changed.ty = new.ty.clone();
        changed.collation.clone_from(&new.collation);
        changed.generated.clone_from(&new.generated);
    }
    if old.default != new.default || old.identity != new.identity {
        // A partition's default is that of the parent, or comes from the sequence behind it.
        changed.default.clone_from(if new.identity.is_some() { &to.default } else { &new.default });
    }
    if old.is_nullable != new.is_nullable {
        changed.is_nullable = new.is_nullable;
    }
    changed
}

/// The tables that a table is a partition of or inherits from.
pub(crate) fn parents(table: &Table) -> impl Iterator<Item = &ObjectName> {
    let of = table.options.partition_of.iter().map(|of| &of.parent);
    of.chain(&table.options.inherits)
}
