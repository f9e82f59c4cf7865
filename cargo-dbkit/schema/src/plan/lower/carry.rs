//! Columns whose type has to be made again: they hold their values in another type meanwhile.

use std::collections::BTreeMap;

use crate::diff::Change;
use crate::model::{Column, ColumnType, EntityId, EntityKind, ObjectName, Schema, Table};

use super::super::atom::{Atom, Rank, Thing};
use super::super::{Action, Carry, Decision, LockClass, Using};
use super::shared::{column_thing, lock, rewrite};
use super::{Context, Lowered, change_type, objects};

/// The type of a column where it has a name of its own: a domain, a composite type, a range type, the rows of a table.
pub(crate) fn type_name(ty: &ColumnType) -> Option<ObjectName> {
    match ty {
        ColumnType::Enum(name) => Some(name.clone()),
        ColumnType::Array(element) => type_name(element),
        ColumnType::Custom(text) => text.trim_end_matches("[]").parse().ok(),
        _ => None,
    }
}

/// Whether a column is of a type, or in a collation.
pub(crate) fn is_of(column: &Column, id: &EntityId) -> bool {
    match id.kind {
        EntityKind::Domain
        | EntityKind::CompositeType
        | EntityKind::RangeType
        | EntityKind::Table => type_name(&column.ty).as_ref() == Some(&id.object),
        EntityKind::Collation => {
            let named = |text: &String| text.parse::<ObjectName>().ok();
            column.collation.as_ref().and_then(named).as_ref() == Some(&id.object)
        }
        _ => false,
    }
}

/// Whether any column holds values of a type.
pub(crate) fn is_held(schema: &Schema, id: &EntityId) -> bool {
    let columns = schema.tables.values().flat_map(|table| &table.columns);
    columns.into_iter().any(|column| is_of(column, id))
}

/// The columns that hold values of what moves.
pub(crate) fn holders(from: &Schema, moved: &BTreeMap<EntityId, usize>) -> Vec<(EntityId, usize)> {
    let kinds = |id: &EntityId| {
        matches!(
            id.kind,
            EntityKind::Domain
                | EntityKind::CompositeType
                | EntityKind::RangeType
                | EntityKind::Collation
        )
    };
    let types: Vec<(&EntityId, &usize)> = moved.iter().filter(|(id, _)| kinds(id)).collect();
    if types.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for table in from.tables.values() {
        for column in &table.columns {
            let id = EntityId::column(&table.name, column.name.as_str());
            let held = types.iter().find(|(of, _)| is_of(column, of));
            if let Some((_, cause)) = held.filter(|_| !moved.contains_key(&id)) {
                found.push((id, **cause));
            }
        }
    }
    found
}

/// Takes a column out of its type before that is made again, and back afterwards. Says whether the column is of such a type.
pub(crate) fn carry(
    context: &Context<'_>,
    before: &Table,
    column: &Column,
    recreated: &BTreeMap<EntityId, usize>,
    lowered: &mut Lowered,
) -> bool {
    let Some((id, cause)) = recreated.iter().find(|(id, _)| is_of(column, id)) else {
        return false;
    };
    // The parent's column takes it along.
    if column.extra.is_inherited {
        return true;
    }
    let (Some(from), Some(to)) = (context.from.objects.get(id), context.to.objects.get(id)) else {
        return true;
    };
    let things = vec![Thing::Object(id.clone())];
    match (context.capabilities.carry)(from, to, &column.ty, &column.name) {
        Some(way) => there_and_back(context, *cause, before, column, &way, &things, &[], lowered),
        None => refuse(before, column, lowered),
    }
    true
}

fn refuse(table: &Table, column: &Column, lowered: &mut Lowered) {
    let id = EntityId::column(&table.name, column.name.as_str());
    lowered.decisions.push(Decision {
        code: "DBK0405",
        message: format!(
            "the type of `{id}` has to be made again, and the column holds rows of it"
        ),
        allow: None,
        helps: vec!["write the change yourself: `cargo dbkit generate --custom`".to_owned()],
        entity: id,
    });
}

#[expect(
    clippy::too_many_arguments,
    reason = "two calls, and a struct for it would only repeat the names"
)]
fn there_and_back(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    column: &Column,
    way: &Carry,
    things: &[Thing],
    new: &[Thing],
    lowered: &mut Lowered,
) {
    let name = &table.name;
    change_type::around(context, cause, table, &column.name, change_type::Reach::Type, lowered);
    let step =
        |action| Atom::new(cause, Rank::Alter, action).changes([column_thing(name, &column.name)]);
    let hazards = || [lock(name, LockClass::Everything), rewrite(name)];
    if column.default.is_some() {
        let action = Action::DropDefault { table: name.clone(), column: column.name.clone() };
        lowered.atoms.push(step(action).releases(things.to_vec()));
    }
    let down = Action::SetType {
        table: name.clone(),
        column: column.name.clone(),
        ty: way.between.clone(),
        collation: None,
        using: way.down.clone().map(Using::Sql),
    };
    lowered.atoms.push(
        step(down).releases(things.to_vec()).precedes(new.to_vec()).hazards(hazards()).comment(
            "The type is made again; the column holds its values in another one meanwhile.",
        ),
    );
    let up = Action::SetType {
        table: name.clone(),
        column: column.name.clone(),
        ty: column.ty.clone(),
        collation: column.collation.clone(),
        using: way.up.clone().map(Using::Sql),
    };
    lowered.atoms.push(step(up).uses(things.to_vec()).uses(new.to_vec()).hazards(hazards()));
    if let Some(default) = &column.default {
        let action = Action::SetDefault {
            table: name.clone(),
            column: column.name.clone(),
            ty: column.ty.clone(),
            default: default.clone(),
        };
        lowered
            .atoms
            .push(step(action).uses(objects::used_things(&column.extra)).uses(things.to_vec()));
    }
}

/// Columns that hold rows of a table which changes in a way that the server refuses while they do.
pub(crate) fn rows(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    let mut changed: BTreeMap<&ObjectName, (usize, Vec<Thing>, Vec<Thing>)> = BTreeMap::new();
    for at in changes {
        match &context.changes[*at] {
            Change::AlterColumn { table, from, to } if from.ty != to.ty => {
                let entry = changed.entry(table).or_insert((*at, Vec::new(), Vec::new()));
                entry.1.push(column_thing(table, &to.name));
            }
            Change::AddColumn { table, column }
                if column.default.is_some()
                    || column.generated.is_some()
                    || column.identity.is_some() =>
            {
                let entry = changed.entry(table).or_insert((*at, Vec::new(), Vec::new()));
                entry.2.push(column_thing(table, &column.name));
            }
            _ => {}
        }
    }
    for (name, (cause, altered, added)) in changed {
        let id = EntityId::table(name);
        for table in context.from.tables.values().filter(|table| table.name != *name) {
            let Some(after) = context.to.tables.get(&table.name) else { continue };
            for column in table.columns.iter().filter(|column| is_of(column, &id)) {
                if after.column(&column.name) != Some(column) || column.extra.is_inherited {
                    continue;
                }
                match (context.capabilities.carry_rows)(&column.ty, &column.name) {
                    Some(way) => there_and_back(
                        context, cause, table, column, &way, &altered, &added, lowered,
                    ),
                    None => refuse(table, column, lowered),
                }
            }
        }
    }
}
