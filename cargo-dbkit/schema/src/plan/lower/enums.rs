//! Enum types with a name of their own.
//!
//! New values are added in place. When a value goes, or the order changes, the type is made anew and every column is brought over,
//! with a mapping for the rows that hold a value that is gone.

use std::collections::BTreeMap;

use crate::diff::Change;
use crate::model::{Column, EntityId, EntityKind, EnumType, Table};

use super::super::atom::{Atom, Rank, Thing};
use super::super::{Action, EnumPosition, Hazard, LockClass, Using};
use super::shared::{column_thing, lock, push_comment, rewrite};
use super::{Context, Lowered, change_type, objects};

/// Lowers `AlterEnum`.
pub(crate) fn lower_named(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    for at in changes {
        let Change::AlterEnum { from, to, mapping } = &context.changes[*at] else { continue };
        let comment = |from: Option<&String>, uses, lowered: &mut Lowered| {
            let id = EntityId::object(EntityKind::Enum, to.name.clone());
            push_comment(context, *at, id, from, to.comment.as_ref(), uses, lowered);
        };
        match additions(from, to) {
            Some(additions) => {
                let id = EntityId::object(EntityKind::Enum, to.name.clone());
                objects::properties(
                    context,
                    *at,
                    &id,
                    Some(&from.extra),
                    &to.extra,
                    Vec::new(),
                    lowered,
                );
                add_values(*at, to, additions, lowered);
                comment(from.comment.as_ref(), Vec::new(), lowered);
            }
            None => {
                recreate(context, *at, from, to, mapping, lowered);
                comment(None, vec![Thing::Enum(to.name.clone())], lowered);
                let id = EntityId::object(EntityKind::Enum, to.name.clone());
                let made = vec![Thing::Enum(to.name.clone())];
                objects::properties(context, *at, &id, None, &to.extra, made, lowered);
            }
        }
    }
}

/// The values to add, if adding is all that has to be done.
fn additions(from: &EnumType, to: &EnumType) -> Option<Vec<(String, EnumPosition)>> {
    let kept: Vec<&String> = to.values.iter().filter(|value| from.values.contains(value)).collect();
    if kept.len() != from.values.len()
        || kept.iter().zip(&from.values).any(|(kept, value)| *kept != value)
    {
        return None;
    }
    let mut additions = Vec::new();
    for (at, value) in to.values.iter().enumerate() {
        if from.values.contains(value) {
            continue;
        }
        let next = to.values[at + 1..].iter().find(|next| from.values.contains(next));
        let position = next.map_or(EnumPosition::Last, |next| EnumPosition::Before(next.clone()));
        additions.push((value.clone(), position));
    }
    Some(additions)
}

fn add_values(
    cause: usize,
    to: &EnumType,
    additions: Vec<(String, EnumPosition)>,
    lowered: &mut Lowered,
) {
    for (value, position) in additions {
        let mut atom = Atom::new(
            cause,
            Rank::Found,
            Action::AddEnumValue { name: to.name.clone(), value, position },
        );
        atom.is_enum_value = true;
        lowered.atoms.push(atom.chain(cause));
    }
}

fn recreate(
    context: &Context<'_>,
    cause: usize,
    from: &EnumType,
    to: &EnumType,
    mapping: &BTreeMap<String, String>,
    lowered: &mut Lowered,
) {
    let aside = to.name.with_name(format!("__dbkit_old_{}", to.name.name));
    let old = Thing::Enum(aside.clone());
    lowered.atoms.push(
        Atom::new(
            cause,
            Rank::Found,
            Action::RenameEnum { from: to.name.clone(), to: aside.clone() },
        )
        .comment("A value is removed or moved, which only a new type can do.")
        .drops([Thing::Enum(to.name.clone())])
        .chain(cause),
    );
    lowered.atoms.push(
        Atom::new(cause, Rank::Found, Action::CreateEnum(to.clone()))
            .creates([Thing::Enum(to.name.clone())])
            .chain(cause),
    );
    for table in context.from.tables.values() {
        for column in &table.columns {
            if column.ty.enum_name() == Some(&to.name) {
                bring_over(context, cause, table, column, from, to, mapping, &old, lowered);
            }
        }
    }
    lowered.atoms.push(
        Atom::new(cause, Rank::DropObject, Action::DropEnum(aside)).drops([old]).chain(cause),
    );
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call, and a struct for it would only repeat the names"
)]
fn bring_over(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    column: &Column,
    from: &EnumType,
    to: &EnumType,
    mapping: &BTreeMap<String, String>,
    old: &Thing,
    lowered: &mut Lowered,
) {
    // A column that goes anyway only has to go before the type.
    let Some(after_table) = context.to.tables.get(&table.name) else { return };
    let Some(after) = after_table.column(&column.name) else { return };
    if after.ty.enum_name() != Some(&to.name) || after.generated != column.generated {
        // Its own change takes it from the old type to another one.
        return;
    }
    // Then its own change sets the default.
    let changes_default = column.default != after.default;
    let lost: Vec<&String> =
        from.values.iter().filter(|value| !to.values.contains(value)).collect();
    let mut hazards = vec![lock(&table.name, LockClass::Everything), rewrite(&table.name)];
    for value in lost.iter().filter(|value| !mapping.contains_key(**value)) {
        hazards.push(Hazard::MayFail {
            entity: EntityId::column(&table.name, column.name.as_str()),
            reason: format!("rows that hold `{value}` make it fail"),
        });
    }
    for (value, instead) in mapping.iter().filter(|(value, _)| lost.contains(value)) {
        hazards.push(Hazard::DataLoss {
            entity: EntityId::member(EntityKind::EnumValue, &to.name, value.as_str()),
            reason: format!("rows that hold `{value}` get `{instead}`"),
        });
    }
    if column.generated.is_some() {
        // The values are computed anew, from what is brought over.
        return change_type::recreate_column(
            context,
            cause,
            table,
            after_table,
            column,
            after,
            lowered,
        );
    }
    let mapping = mapping.iter().filter(|(value, _)| lost.contains(value)).map(owned).collect();
    change_type::change_type(
        context,
        cause,
        &change_type::TypeChange {
            table,
            from: column,
            to: after,
            using: Some(Using::Values(mapping)),
            reach: change_type::Reach::Type,
            keeps_default: changes_default,
            hazards,
        },
        lowered,
    );
    if let Some(atom) =
        lowered.atoms.iter_mut().rev().find(|atom| matches!(*atom.action, Action::SetType { .. }))
    {
        atom.uses.push(Thing::Enum(to.name.clone()));
        atom.releases.push(old.clone());
        atom.changes.push(column_thing(&table.name, &column.name));
    }
}

fn owned((from, to): (&String, &String)) -> (String, String) {
    (from.clone(), to.clone())
}
