//! Dialects that can change little in place: everything else is one new table and a copy, whatever the number of changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::Change;
use crate::model::{
    Column, DefaultValue, EntityId, EntityKind, GeneratedKind, ObjectName, Table, expression,
};

use super::super::atom::{Atom, Rank, Thing};
use super::super::cast::{Cast, cast};
use super::super::{Action, Hazard, LockClass, Rebuild};
use super::change_type::unknown_cast;
use super::separate::{
    becomes_required_without_value, not_null, null_value, sql_name, sql_text, sql_value,
};
use super::shared::{
    column_thing, constraint_of, create_index, drop_index, lock, needs_of_index, needs_value,
    rewrite, stops_at_rows,
};
use super::{Context, Lowered, altered_tables, tables_with_enum};

/// Lowers everything that happens inside tables that exist.
pub(crate) fn lower(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    if changes.is_empty() {
        return;
    }
    let mut altered = altered_tables(context, changes);
    let mut rebuilt: BTreeSet<ObjectName> = BTreeSet::new();
    let mut values: BTreeMap<ObjectName, Vec<(String, String)>> = BTreeMap::new();
    for (at, change) in context.changes.iter().enumerate() {
        match change {
            Change::AlterEnum { from, to, mapping } if changes.contains(&at) => {
                if from.values == to.values {
                    continue;
                }
                for table in tables_with_enum(context.from, &to.name) {
                    altered.entry(table.clone()).or_default().push(at);
                    rebuilt.insert(table);
                }
                values.entry(to.name.clone()).or_default().extend(mapping.clone());
            }
            Change::RenameEnumValue { name, from, to } if context.to.enums.contains_key(name) => {
                for table in tables_with_enum(context.from, name) {
                    altered.entry(table.clone()).or_default().push(at);
                    rebuilt.insert(table);
                }
                values.entry(name.clone()).or_default().push((from.clone(), to.clone()));
            }
            // Its name stands in the text of the table.
            Change::RenameConstraint { table, .. } => {
                altered.entry(table.clone()).or_default().push(at);
                rebuilt.insert(table.clone());
            }
            _ => {}
        }
    }
    for (name, causes) in altered {
        let (Some(before), Some(after)) =
            (context.from.tables.get(&name), context.to.tables.get(&name))
        else {
            continue;
        };
        let needs_rebuild = rebuilt.contains(&name)
            || causes.iter().any(|cause| !is_in_place(context, *cause, before, after));
        if needs_rebuild {
            lower_rebuild(context, &causes, before, after, &values, lowered);
        } else {
            for cause in causes {
                lower_in_place(context, cause, before, after, lowered);
            }
        }
    }
}

/// Whether SQLite's own `ALTER TABLE` does a change.
fn is_in_place(context: &Context<'_>, cause: usize, before: &Table, after: &Table) -> bool {
    match &context.changes[cause] {
        Change::CreateIndex { .. } | Change::DropIndex { .. } | Change::AlterIndex { .. } => true,
        Change::AlterTable { from, to, .. } => {
            from.is_strict == to.is_strict && from.is_without_rowid == to.is_without_rowid
        }
        Change::AddColumn { table, column } => can_add(context, table, column, after),
        Change::DropColumn { column, .. } => can_drop(context, column, before),
        Change::AlterColumn { from, to, .. } => {
            Column { comment: to.comment.clone(), ..Column::clone(from) } == **to
        }
        _ => false,
    }
}

/// <https://www.sqlite.org/lang_altertable.html#altertabaddcol>
fn can_add(context: &Context<'_>, table: &ObjectName, column: &Column, after: &Table) -> bool {
    let has_backfill =
        context.hints.backfill.contains_key(&EntityId::column(table, column.name.as_str()));
    let is_keyed = after.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
    let is_constant = match &column.default {
        None | Some(DefaultValue::Boolean(_) | DefaultValue::Number(_) | DefaultValue::Text(_)) => {
            true
        }
        Some(DefaultValue::Now | DefaultValue::Expression(_)) => false,
    };
    let is_stored =
        column.generated.as_ref().is_some_and(|generated| generated.kind == GeneratedKind::Stored);
    // An enum brings a check, which existing rows are held against; a NULL or a default passes it.
    (column.is_nullable || column.default.is_some() || column.generated.is_some())
        && is_constant
        && !is_keyed
        && !is_stored
        && !has_backfill
        && column.identity.is_none()
}

/// <https://www.sqlite.org/lang_altertable.html#altertabdropcol>
fn can_drop(context: &Context<'_>, column: &Column, before: &Table) -> bool {
    let name = &column.name;
    let is_plain_column = column.ty.enum_name().is_none() && column.identity.is_none();
    let is_in = |columns: &[String]| columns.contains(name);
    let is_keyed = before.primary_key.as_ref().is_some_and(|key| is_in(&key.columns));
    let is_constrained = before.uniques.values().any(|unique| is_in(&unique.columns))
        || before.foreign_keys.values().any(|key| {
            is_in(&key.columns) || (key.references == before.name && is_in(&key.referenced_columns))
        })
        || before
            .checks
            .values()
            .any(|check| expression::names_column(&check.expression, &before.name.name, name));
    let is_computed_from =
        before.columns.iter().filter_map(|other| other.generated.as_ref()).any(|generated| {
            expression::names_column(&generated.expression, &before.name.name, name)
        });
    // A view or trigger that still says the name would stop it, though it may mean another column.
    let is_named = context.to.objects.values().any(|object| {
        object.extra.uses.0.contains(&EntityId::table(&before.name))
            && expression::has_name(&object.definition, name)
    });
    // Indexes over it are dropped first, by changes of their own.
    is_plain_column && !is_named && !is_keyed && !is_constrained && !is_computed_from
}

fn lower_in_place(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    match &context.changes[cause] {
        Change::CreateIndex { index, .. } => {
            lowered.atoms.push(create_index(context, cause, after, index))
        }
        Change::DropIndex { index, .. } => {
            lowered.atoms.push(drop_index(context, cause, before, index))
        }
        Change::AddColumn { column, .. } => {
            let mut atom = Atom::new(
                cause,
                Rank::AddColumn,
                Action::AddColumn { table: name.clone(), column: column.clone() },
            )
            .creates([column_thing(name, &column.name)])
            .hazard(lock(name, LockClass::Writes));
            atom.enums = context.enums_in(context.to, name);
            lowered.atoms.push(atom);
        }
        Change::DropColumn { column, .. } => {
            let mut atom = Atom::new(
                cause,
                Rank::DropColumn,
                Action::DropColumn { table: name.clone(), column: column.name.clone() },
            )
            .drops([column_thing(name, &column.name)])
            .hazards([lock(name, LockClass::Writes), rewrite(name)]);
            if column.generated.is_none() {
                let entity = EntityId::column(name, column.name.as_str());
                let reason = format!("dropping `{entity}` deletes its data");
                atom = atom.hazard(Hazard::DataLoss { entity, reason });
            }
            lowered.atoms.push(atom);
        }
        // Comments are not kept by SQLite.
        _ => {}
    }
}

fn lower_rebuild(
    context: &Context<'_>,
    causes: &[usize],
    before: &Table,
    after: &Table,
    values: &BTreeMap<ObjectName, Vec<(String, String)>>,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let cause = causes[0];
    let mut hazards = vec![lock(name, LockClass::Everything), rewrite(name)];
    let added = causes.iter().map(|cause| &context.changes[*cause]).filter(|change| {
        matches!(
            change,
            Change::AddPrimaryKey { .. }
                | Change::AddUnique { .. }
                | Change::AddForeignKey { .. }
                | Change::AddCheck { .. }
        )
    });
    let constraints = added.filter_map(constraint_of);
    hazards.extend(
        constraints.filter_map(|(_, constraint)| stops_at_rows(context, after, &constraint)),
    );
    let mut copy = Vec::new();
    for column in &after.columns {
        if column.generated.is_some() {
            continue;
        }
        let id = EntityId::column(name, column.name.as_str());
        match before.column(&column.name) {
            Some(old) => {
                let value = copied(context, &id, old, column, values, lowered);
                copy.push((column.name.clone(), value));
                let is_said = context.hints.using.contains_key(&id);
                // Elsewhere SQLite keeps a value as it is, whatever the type of the column says.
                if after.options.is_strict && !is_said && cast(&old.ty, &column.ty) == Cast::Lossy {
                    hazards.push(Hazard::MayFail {
                        reason: format!(
                            "values of `{id}` that do not fit the new type make it fail"
                        ),
                        entity: id.clone(),
                    });
                }
                if becomes_required_without_value(context, &id, old, column) {
                    let reason = format!("rows with NULL in `{id}` make it fail");
                    hazards.push(Hazard::MayFail { entity: id, reason });
                }
            }
            None => match context
                .hints
                .backfill
                .get(&id)
                .filter(|_| !column.is_nullable && column.default.is_none())
            {
                Some(value) => copy.push((column.name.clone(), value.clone())),
                None if needs_value(context, name, column) => {
                    hazards.push(Hazard::MayFail {
                        entity: id,
                        reason: "rows that exist make it fail".to_owned(),
                    });
                }
                None => {}
            },
        }
    }
    for column in before
        .columns
        .iter()
        .filter(|column| after.column(&column.name).is_none() && column.generated.is_none())
    {
        let entity = EntityId::column(name, column.name.as_str());
        let reason = format!("dropping `{entity}` deletes its data");
        hazards.push(Hazard::DataLoss { entity, reason });
    }
    let mut to = after.clone();
    to.indexes.clear();
    let mut from = before.clone();
    from.indexes.clear();
    let rebuild = Rebuild { from, to, copy };
    let mut atom = Atom::new(cause, Rank::Alter, Action::Rebuild(Box::new(rebuild)))
        .hazards(hazards)
        .changes(before.columns.iter().map(|column| column_thing(name, &column.name)))
        .creates(
            after
                .columns
                .iter()
                .filter(|column| before.column(&column.name).is_none())
                .map(|column| column_thing(name, &column.name)),
        )
        .changes([Thing::Table(name.clone())])
        // Another table may get an index of that name.
        .drops(before.indexes.keys().map(|index| Thing::Relation(name.with_name(index))));
    atom.causes = causes.to_vec();
    atom.enums = context.enums_in(context.to, name);
    lowered.atoms.push(atom);
    // The indexes went with the old table.
    for index in after.indexes.values() {
        let mut atom =
            create_index(context, cause, after, index).uses(needs_of_index(after, index));
        atom.uses.push(Thing::Table(name.clone()));
        lowered.atoms.push(atom);
    }
    // So did the triggers; those that change are lowered with the objects.
    for object in super::objects::of_relation(context.from, name) {
        if object.id.kind == EntityKind::Trigger
            && context.to.objects.get(&object.id) == Some(object)
        {
            lowered.atoms.push(
                Atom::new(cause, Rank::CreateObject, Action::CreateObject(object.clone()))
                    .uses([Thing::Table(name.clone())])
                    .uses(super::objects::used_things(&object.extra)),
            );
        }
    }
    lowered.without_foreign_keys = true;
}

/// SQL for the new value of a column over the old row.
fn copied(
    context: &Context<'_>,
    id: &EntityId,
    old: &Column,
    new: &Column,
    values: &BTreeMap<ObjectName, Vec<(String, String)>>,
    lowered: &mut Lowered,
) -> String {
    let mut value = sql_name(&old.name);
    if let Some(using) = context.hints.using.get(id) {
        value.clone_from(using);
    } else if old.ty != new.ty && cast(&old.ty, &new.ty) == Cast::Unknown {
        lowered.decisions.push(unknown_cast(id, old, new));
    }
    let moves = new.ty.enum_name().and_then(|name| values.get(name));
    if let Some(moves) = moves.filter(|moves| !moves.is_empty()) {
        let cases: Vec<String> = moves
            .iter()
            .map(|(from, to)| format!("WHEN {} THEN {}", sql_text(from), sql_text(to)))
            .collect();
        value = format!("CASE {value} {} ELSE {value} END", cases.join(" "));
    }
    if old.is_nullable && !new.is_nullable && old.generated.is_none() {
        match null_value(context, id, new) {
            Some(instead) => value = format!("COALESCE({value}, {})", sql_value(&instead)),
            None if new.identity.is_none() => lowered.decisions.push(not_null(id)),
            None => {}
        }
    }
    value
}
