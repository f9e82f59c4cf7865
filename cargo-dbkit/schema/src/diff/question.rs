//! What could be a rename, as questions. Nobody is asked here.

use std::collections::BTreeSet;

use crate::model::{Column, ColumnType, EntityId, EntityKind, Hints, Rename, Schema, Table};

use super::Change;
use super::compare::diff;

/// Something is gone and something came in the same place: is it the same thing?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What is gone, by its old name.
    pub removed: EntityId,
    /// What it could be now, likeliest first.
    pub candidates: Vec<Candidate>,
}

/// One thing that could be what is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// By its new name.
    pub added: EntityId,
    /// The rename that it would be.
    pub rename: Rename,
}

impl Question {
    /// Names the question in JSON and in messages: `rename:users.name`.
    pub fn id(&self) -> String {
        format!("rename:{}", self.removed)
    }

    /// The flag that says yes to a candidate: `--rename users.name=full_name`.
    pub fn rename_flag(&self, candidate: &Candidate) -> String {
        match &candidate.added.member {
            Some(member) => format!("--rename {}={member}", self.removed),
            None => format!("--rename {}={}", self.removed, candidate.added),
        }
    }

    /// The flag that says no: `--drop users.name`.
    pub fn drop_flag(&self) -> String {
        format!("--drop {}", self.removed)
    }
}

/// Everything that could be a rename and has not been answered by `hints` or, with "no", by `dropped`.
///
/// Only plausible pairs are asked: columns of the same or a related type, tables that share half of their columns, values of one enum.
/// Columns of a renamed table come up once the table's own question is answered.
pub fn questions(
    from: &Schema,
    to: &Schema,
    hints: &Hints,
    dropped: &BTreeSet<EntityId>,
) -> Vec<Question> {
    questions_in(&diff(from, to, hints).changes, dropped)
}

/// The questions of changes that are known already.
pub fn questions_in(changes: &[Change], dropped: &BTreeSet<EntityId>) -> Vec<Question> {
    let mut questions = Vec::new();
    tables(changes, dropped, &mut questions);
    columns(changes, dropped, &mut questions);
    for change in changes {
        if let Change::AlterEnum { from, to, mapping } = change {
            let gone = from
                .values
                .iter()
                .filter(|value| !to.values.contains(value) && !mapping.contains_key(*value));
            let came: Vec<&String> =
                to.values.iter().filter(|value| !from.values.contains(value)).collect();
            for value in gone {
                let candidates = came
                    .iter()
                    .map(|new| Candidate {
                        added: EntityId::member(EntityKind::EnumValue, &to.name, new.as_str()),
                        rename: Rename::EnumValue {
                            name: to.name.clone(),
                            from: value.clone(),
                            to: (*new).clone(),
                        },
                    })
                    .collect();
                push(
                    EntityId::member(EntityKind::EnumValue, &from.name, value.as_str()),
                    candidates,
                    dropped,
                    &mut questions,
                );
            }
        }
        if let Change::DropEnum(gone) = change {
            let candidates = changes
                .iter()
                .filter_map(|change| match change {
                    Change::CreateEnum(came)
                        if came.values.iter().any(|value| gone.values.contains(value)) =>
                    {
                        Some(Candidate {
                            added: EntityId::object(EntityKind::Enum, came.name.clone()),
                            rename: Rename::Enum { from: gone.name.clone(), to: came.name.clone() },
                        })
                    }
                    _ => None,
                })
                .collect();
            push(
                EntityId::object(EntityKind::Enum, gone.name.clone()),
                candidates,
                dropped,
                &mut questions,
            );
        }
    }
    questions
}

fn push(
    removed: EntityId,
    candidates: Vec<Candidate>,
    dropped: &BTreeSet<EntityId>,
    questions: &mut Vec<Question>,
) {
    if !candidates.is_empty() && !dropped.contains(&removed) {
        questions.push(Question { removed, candidates });
    }
}

fn tables(changes: &[Change], dropped: &BTreeSet<EntityId>, questions: &mut Vec<Question>) {
    let came: Vec<&Table> = changes
        .iter()
        .filter_map(|change| match change {
            Change::CreateTable(table) => Some(&**table),
            _ => None,
        })
        .collect();
    for change in changes {
        let Change::DropTable(gone) = change else { continue };
        let mut likely: Vec<(usize, &Table)> = came
            .iter()
            .map(|table| (shared_columns(gone, table), *table))
            .filter(|(score, _)| *score >= 50)
            .collect();
        likely.sort_by(|(one, table), (other, second)| {
            other.cmp(one).then_with(|| table.name.cmp(&second.name))
        });
        let candidates = likely
            .into_iter()
            .map(|(_, table)| Candidate {
                added: EntityId::table(&table.name),
                rename: Rename::Table { from: gone.name.clone(), to: table.name.clone() },
            })
            .collect();
        push(EntityId::table(&gone.name), candidates, dropped, questions);
    }
}

/// Of a hundred columns of the larger table, how many have the same name and type in both.
fn shared_columns(one: &Table, other: &Table) -> usize {
    let shared = one
        .columns
        .iter()
        .filter(|column| other.column(&column.name).is_some_and(|found| found.ty == column.ty))
        .count();
    shared * 100 / one.columns.len().max(other.columns.len()).max(1)
}

fn columns(changes: &[Change], dropped: &BTreeSet<EntityId>, questions: &mut Vec<Question>) {
    for change in changes {
        let Change::DropColumn { table, column: gone } = change else { continue };
        let mut likely: Vec<(u32, &Column)> = changes
            .iter()
            .filter_map(|change| match change {
                Change::AddColumn { table: other, column } if other == table => {
                    likelihood(gone, column).map(|score| (score, &**column))
                }
                _ => None,
            })
            .collect();
        likely.sort_by(|(one, column), (other, second)| {
            other.cmp(one).then_with(|| column.name.cmp(&second.name))
        });
        let candidates = likely
            .into_iter()
            .map(|(_, column)| Candidate {
                added: EntityId::column(table, column.name.as_str()),
                rename: Rename::Column {
                    table: table.clone(),
                    from: gone.name.clone(),
                    to: column.name.clone(),
                },
            })
            .collect();
        push(EntityId::column(table, gone.name.as_str()), candidates, dropped, questions);
    }
}

/// How likely it is that one column is the other; nothing when their types are unrelated.
fn likelihood(gone: &Column, came: &Column) -> Option<u32> {
    let mut score = match (family(&gone.ty), family(&came.ty)) {
        _ if gone.ty == came.ty => 40,
        (Some(one), Some(other)) if one == other => 20,
        _ => return None,
    };
    let (old, new) = (gone.name.to_lowercase(), came.name.to_lowercase());
    if old.contains(&new) || new.contains(&old) {
        score += 20;
    }
    score +=
        u32::from(gone.is_nullable == came.is_nullable) + u32::from(gone.default == came.default);
    Some(score)
}

fn family(ty: &ColumnType) -> Option<u8> {
    Some(match ty {
        ColumnType::Integer { .. }
        | ColumnType::Float(_)
        | ColumnType::Numeric(_)
        | ColumnType::Boolean => 1,
        ColumnType::Text
        | ColumnType::Varchar(_)
        | ColumnType::Char(_)
        | ColumnType::Enum(_)
        | ColumnType::Uuid => 2,
        ColumnType::Date
        | ColumnType::Time(_)
        | ColumnType::Timestamp(_)
        | ColumnType::TimestampTz(_) => 3,
        ColumnType::Bytes | ColumnType::Binary(_) | ColumnType::Varbinary(_) => 4,
        ColumnType::Json | ColumnType::JsonBinary => 5,
        ColumnType::Interval | ColumnType::Array(_) | ColumnType::Custom(_) => return None,
    })
}
