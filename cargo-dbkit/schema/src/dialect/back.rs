//! The way back.

use crate::diff::{Change, as_rename, made};
use crate::model::{
    ColumnType, DialectName, EntityId, Hints, ObjectName, Rename, Schema, expression,
};
use crate::plan::{Action, Step};

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
    // Only renames that were made here can be undone. One that another part of the plan makes may fit the two schemas as well, where
    // both names are there before and after.
    let mut here: Vec<Rename> = changes.iter().filter_map(as_rename).collect();
    here.retain(|rename| hints.renames.contains(rename));
    let made = made(before, after, &Hints { renames: here, ..Hints::default() });
    let mut hints = Hints { renames: made, ..Hints::default() }.inverse();
    let back = compare_normal(after, before.clone(), &hints, dialect);
    let gone: Vec<(EntityId, String)> = back
        .diff
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::AddColumn { table, column }
                if !column.is_nullable
                    && column.default.is_none()
                    && column.identity.is_none()
                    && column.generated.is_none()
                    && !points_somewhere(before, table, &column.name) =>
            {
                let value = empty_value(&column.ty, before, dialect.name())?;
                Some((EntityId::column(table, column.name.as_str()), value))
            }
            _ => None,
        })
        .collect();
    if gone.is_empty() {
        return back;
    }
    hints.backfill.extend(gone.iter().cloned());
    let mut back = compare_normal(after, before.clone(), &hints, dialect);
    for step in back.plan.batches.iter_mut().flat_map(|batch| &mut batch.steps) {
        let columns: Vec<String> = gone
            .iter()
            .filter(|(column, _)| fills(step, column))
            .map(|(column, _)| format!("`{column}`"))
            .collect();
        if !columns.is_empty() {
            step.comment = Some(format!(
                "What was in {} is gone; rows that exist get an empty value.",
                columns.join(", ")
            ));
        }
    }
    back
}

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
    match &step.action {
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
