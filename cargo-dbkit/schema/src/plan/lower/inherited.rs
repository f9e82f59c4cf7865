//! Members of partitions and of tables that inherit: their parents change them.

use crate::diff::Change;
use crate::model::{Column, ObjectName, Schema, Table};

use super::Context;

/// Whether a change inside a table is done by the same change of its parent, or by attaching or detaching it.
pub(crate) fn comes_from_parent(
    context: &Context<'_>,
    change: &Change,
    before: &Table,
    after: &Table,
) -> bool {
    match change {
        Change::AddColumn { column, .. } => column.extra.is_inherited,
        Change::DropColumn { column, .. } => column.extra.is_inherited,
        Change::AlterColumn { from, to, .. } => {
            let is_only_flag = {
                let mut alike = to.clone();
                alike.extra.is_inherited = from.extra.is_inherited;
                alike == *from
            };
            is_only_flag
                || (from.extra.is_inherited
                    && to.extra.is_inherited
                    && from.extra.properties == to.extra.properties
                    && from.comment == to.comment
                    && follows(context, before, after, from, to))
        }
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

/// Whether some parent has the same column before and after.
fn follows(
    context: &Context<'_>,
    before: &Table,
    after: &Table,
    from: &Column,
    to: &Column,
) -> bool {
    let was = columns_of_parents(context.from, before, &from.name);
    let is = columns_of_parents(context.to, after, &to.name);
    was.iter().any(|column| is_alike(column, from)) && is.iter().any(|column| is_alike(column, to))
}

fn is_alike(parent: &Column, child: &Column) -> bool {
    parent.ty == child.ty
        && parent.default == child.default
        && parent.is_nullable == child.is_nullable
        && parent.generated == child.generated
        && parent.collation == child.collation
}

fn columns_of_parents<'a>(schema: &'a Schema, table: &Table, column: &str) -> Vec<&'a Column> {
    parents(table).filter_map(|parent| schema.tables.get(parent)?.column(column)).collect()
}

/// The tables that a table is a partition of or inherits from.
pub(crate) fn parents(table: &Table) -> impl Iterator<Item = &ObjectName> {
    let of = table.options.partition_of.iter().map(|of| &of.parent);
    of.chain(&table.options.inherits)
}
