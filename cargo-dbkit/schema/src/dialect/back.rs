//! The way back.

use crate::diff::{Change, as_rename, made};
use crate::model::{
    Column, ColumnType, DefaultValue, DialectName, EntityId, Hints, ObjectName, Rename, Schema,
    expression,
};
use crate::plan::{Action, Kept, Otherwise, Step, bring_back, is_required};

use super::{Comparison, Dialect, compare_normal};

/// The way back from a schema that `changes` have led to: `after` and `before` are both normalised, `hints` are those of the way there.
///
/// A required column that comes back has lost what was in it. Rows that exist get an empty value of its type, and the step says so,
/// because a script that stops at the first row would be none; a person may edit it into something better.
pub fn way_back(
    after: &Schema,
    before: &Schema,
    changes: &[Change],
    hints: &Hints,
    dialect: &dyn Dialect,
) -> Comparison {
    way_back_keeping(after, before, changes, hints, &[], dialect)
}

/// The same, where what was dropped was kept: it brings that back.
pub fn way_back_keeping(
    after: &Schema,
    before: &Schema,
    changes: &[Change],
    hints: &Hints,
    kept: &[Kept],
    dialect: &dyn Dialect,
) -> Comparison {
    // Only renames that were made here can be undone. One that another part of the plan makes may fit the two schemas as well, where
    // both names are there before and after.
    let mut here: Vec<Rename> = changes.iter().filter_map(as_rename).collect();
    here.retain(|rename| hints.renames.contains(rename));
    let made = made(before, after, &Hints { renames: here, ..Hints::default() });
    let mut hints = Hints { renames: made, ..Hints::default() }.inverse();
    let back = compare_normal(after, before.clone(), &hints, dialect);
    let value_of = |table: &ObjectName, column: &Column| {
        let empty = if points_somewhere(before, table, &column.name) {
            None
        } else {
            empty_value(&column.ty, before, dialect.name())
        };
        let own = kept.iter().find(|kept| kept.dropped(table, &column.name).is_some());
        let Some(kept) = own else { return empty.map(|empty| (empty, EMPTY)) };
        let otherwise = empty.map(DefaultValue::Expression);
        let column =
            Column { is_nullable: otherwise.is_none(), default: otherwise, ..column.clone() };
        Some((dialect.kept_value(kept, &column, Otherwise::Default), KEPT))
    };
    let gone: Vec<(EntityId, String, &str)> = back
        .diff
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::AddColumn { table, column } if is_required(column) => {
                let (value, words) = value_of(table, column)?;
                Some((EntityId::column(table, column.name.as_str()), value, words))
            }
            _ => None,
        })
        .collect();
    let mut back = if gone.is_empty() {
        back
    } else {
        hints.backfill.extend(gone.iter().map(|(id, value, _)| (id.clone(), value.clone())));
        compare_normal(after, before.clone(), &hints, dialect)
    };
    for step in back.plan.batches.iter_mut().flat_map(|batch| &mut batch.steps) {
        let mut comments = Vec::new();
        for words in [EMPTY, KEPT] {
            let columns: Vec<String> = gone
                .iter()
                .filter(|(column, _, own)| *own == words && fills(step, column))
                .map(|(column, ..)| format!("`{column}`"))
                .collect();
            if !columns.is_empty() {
                comments.push(words.replace("{}", &columns.join(", ")));
            }
        }
        if !comments.is_empty() {
            step.comment = Some(comments.join(" "));
        }
    }
    let value =
        |kept: &Kept, column: &Column, otherwise| dialect.kept_value(kept, column, otherwise);
    bring_back(&mut back.plan.batches, kept, before, dialect.capabilities(), value);
    back
}

const EMPTY: &str = "What was in {} is gone; rows that exist get an empty value.";
const KEPT: &str = "What was in {} was kept; rows that came since get an empty value.";

/// Whether a column is in a foreign key, so that an empty value would point nowhere.
fn points_somewhere(schema: &Schema, table: &ObjectName, column: &str) -> bool {
    schema.tables.get(table).is_some_and(|table| {
        table.foreign_keys.values().any(|key| key.columns.iter().any(|name| name == column))
    })
}

fn fills(step: &Step, gone: &EntityId) -> bool {
    let is_gone = |table: &ObjectName, column: &String| {
        *table == gone.object && Some(column) == gone.member.as_ref()
    };
    match &*step.action {
        Action::Update { table, column, .. } => is_gone(table, column),
        Action::Rebuild(rebuild) => {
            rebuild.copy.iter().any(|(column, _)| is_gone(&rebuild.to.name, column))
        }
        _ => false,
    }
}

/// SQL for the empty value of a type, where it has one.
fn empty_value(ty: &ColumnType, schema: &Schema, dialect: DialectName) -> Option<String> {
    Some(match ty {
        ColumnType::Boolean => "FALSE".to_owned(),
        ColumnType::Integer { .. } | ColumnType::Float(_) | ColumnType::Numeric(_) => {
            "0".to_owned()
        }
        ColumnType::Text | ColumnType::Varchar(_) | ColumnType::Char(_) => "''".to_owned(),
        ColumnType::Bytes | ColumnType::Binary(_) | ColumnType::Varbinary(_) => match dialect {
            DialectName::Postgres => "''".to_owned(),
            DialectName::Sqlite | DialectName::Mysql => "x''".to_owned(),
        },
        ColumnType::Uuid => "'00000000-0000-0000-0000-000000000000'".to_owned(),
        ColumnType::Json | ColumnType::JsonBinary => "'null'".to_owned(),
        ColumnType::Date => "'1970-01-01'".to_owned(),
        ColumnType::Time(_) => "'00:00:00'".to_owned(),
        ColumnType::Timestamp(_) | ColumnType::TimestampTz(_) => "'1970-01-01 00:00:00'".to_owned(),
        ColumnType::Interval => "'0'".to_owned(),
        ColumnType::Array(_) => "'{}'".to_owned(),
        ColumnType::Enum(name) => expression::quoted_text(schema.enums.get(name)?.values.first()?),
        ColumnType::Custom(_) => return None,
    })
}
