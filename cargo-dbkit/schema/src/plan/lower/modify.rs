//! Dialects that restate a column as a whole, and keep the values of an enum in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::Change;
use crate::model::{
    Column, DefaultValue, EntityId, EnumType, ForeignKey, GeneratedKind, Index, IndexPart,
    ObjectName, Schema, Table, expression,
};

use super::super::atom::{Atom, Rank, Thing};
use super::super::cast::{Cast, cast, is_checked};
use super::super::{Action, Constraint, Decision, Hazard, LockClass, Rows, Value};
use super::change_type::unknown_cast;
use super::separate::{
    advance, becomes_required_without_value, chain, not_null, null_value, sequence_put_behind,
    update,
};
use super::shared::{
    add_column_as, add_constraint, column_thing, columns_in, constraint_of, constraints,
    create_index, drop_constraint, drop_index, foreign_keys_on, lock, needs_of_column,
    needs_of_constraint, needs_of_index, needs_value, rewrite,
};
use super::{Context, Lowered, altered_tables};

/// Lowers everything that happens inside tables that exist.
pub(crate) fn lower(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    let mut restated: BTreeSet<(ObjectName, String)> = BTreeSet::new();
    lower_enums(context, changes, &mut restated, lowered);
    for (name, causes) in altered_tables(context, changes) {
        let (Some(before), Some(after)) =
            (context.from.tables.get(&name), context.to.tables.get(&name))
        else {
            if let Some(before) = context.from.tables.get(&name) {
                for cause in causes {
                    if let Change::DropForeignKey { key, .. } = &context.changes[cause] {
                        lowered.atoms.push(drop_constraint(
                            cause,
                            before,
                            &Constraint::ForeignKey(key.clone()),
                        ));
                    }
                }
            }
            continue;
        };
        let key = primary_key(context, &causes, after);
        for cause in &causes {
            lower_change(context, *cause, before, after, key, &restated, lowered);
        }
        keep_index_names(context, &causes, before, after, lowered);
        stand_in(context, &causes, before, after, lowered);
    }
    super::shared::dedup(lowered, once);
}

/// What several changes ask for, and its table.
fn once(action: &Action) -> Option<&ObjectName> {
    match action {
        Action::AddConstraint { table, .. }
        | Action::DropConstraint { table, .. }
        | Action::CreateIndex { table, .. }
        | Action::DropIndex { table, .. }
        | Action::AddColumn { table, .. }
        | Action::DropColumn { table, .. } => Some(table),
        _ => None,
    }
}

/// The change that stands for the whole change of a primary key, which has to be one statement: without a key an AUTO_INCREMENT
/// column is refused.
fn primary_key(context: &Context<'_>, causes: &[usize], after: &Table) -> Option<usize> {
    let touches = |at: &&usize| {
        matches!(
            context.changes[**at],
            Change::AddPrimaryKey { .. } | Change::DropPrimaryKey { .. }
        )
    };
    let mut found = causes.iter().filter(touches);
    let (first, second) = (found.next().copied(), found.next().copied());
    match (first, second) {
        (Some(_), Some(second)) => Some(second),
        (Some(first), None) if after.primary_key.is_none() => Some(first),
        _ => None,
    }
}

fn lower_change(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    key: Option<usize>,
    restated: &BTreeSet<(ObjectName, String)>,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let change = &context.changes[cause];
    match change {
        Change::AlterTable { from, to, .. } => {
            let action =
                Action::SetTableOptions { table: name.clone(), from: from.clone(), to: to.clone() };
            lowered.atoms.push(
                Atom::new(cause, Rank::Alter, action).hazard(lock(name, LockClass::Everything)),
            );
        }
        Change::AddColumn { column, .. } => add_column(context, cause, after, column, lowered),
        Change::DropColumn { column, .. } => {
            lowered.atoms.extend(stop_counting(context, cause, before, after, column));
            lowered.atoms.push(drop_column(cause, before, column));
        }
        Change::AlterColumn { from, to, .. } => {
            alter_column(context, cause, before, after, from, to, restated, lowered)
        }
        Change::AddPrimaryKey { .. } | Change::DropPrimaryKey { .. } if key.is_some() => {
            if key != Some(cause) || goes_with_column(before, after) {
                return;
            }
            let action =
                Action::ReplacePrimaryKey { table: name.clone(), key: after.primary_key.clone() };
            let old = before
                .primary_key
                .iter()
                .flat_map(|key| &key.columns)
                .map(|column| column_thing(name, column));
            let new = after
                .primary_key
                .iter()
                .flat_map(|key| &key.columns)
                .map(|column| column_thing(name, column));
            let atom = Atom::new(cause, Rank::AddConstraint, action).releases(old.filter({
                let kept: BTreeSet<&String> =
                    after.columns.iter().map(|column| &column.name).collect();
                let is_gone = after.primary_key.is_none();
                move |thing| match thing {
                    // A column of a key cannot hold NULL before the key is gone; but a number goes first.
                    Thing::Column(_, column) => {
                        let has_numbers =
                            before.column(column).is_some_and(|column| column.identity.is_some());
                        !kept.contains(column) || (is_gone && !has_numbers)
                    }
                    _ => false,
                }
            }));
            let keys =
                after.primary_key.iter().map(|key| super::shared::key_thing(name, &key.columns));
            let atom = atom.creates(keys).drops([Thing::Member(name.clone(), PRIMARY.to_owned())]);
            lowered
                .atoms
                .push(atom.uses(new).hazards([lock(name, LockClass::Everything), rewrite(name)]));
        }
        Change::AddPrimaryKey { .. }
        | Change::AddUnique { .. }
        | Change::AddForeignKey { .. }
        | Change::AddCheck { .. } => {
            if let Some((_, constraint)) = constraint_of(change) {
                lowered.atoms.push(add_constraint(context, cause, after, constraint));
            }
        }
        Change::DropPrimaryKey { .. }
        | Change::DropUnique { .. }
        | Change::DropForeignKey { .. }
        | Change::DropCheck { .. } => {
            if let Some((_, constraint)) = constraint_of(change) {
                let mut atom = drop_constraint(cause, before, &constraint).chain(3_000_000 + cause);
                if let Constraint::ForeignKey(key) = &constraint {
                    // An index that it stands on can go only after it.
                    let leading = before.indexes.values().filter(|index| {
                        index
                            .columns()
                            .take(key.columns.len())
                            .eq(key.columns.iter().map(String::as_str))
                    });
                    let indexes: Vec<Thing> = leading
                        .map(|index| Thing::Member(name.clone(), index.name.text.clone()))
                        .collect();
                    atom = atom.releases(indexes);
                }
                lowered.atoms.push(atom);
                if let Constraint::ForeignKey(key) = &constraint {
                    lowered.atoms.extend(drop_index_of(cause, before, after, key));
                }
            }
        }
        Change::CreateIndex { index, .. } => {
            lowered.atoms.push(create_index(context, cause, after, index))
        }
        Change::DropIndex { index, .. } => {
            lowered.atoms.push(drop_index(context, cause, before, index))
        }
        Change::AlterIndex { from, to, .. } => {
            lowered.atoms.push(drop_index(context, cause, before, from));
            lowered.atoms.push(create_index(context, cause, after, to));
        }
        // Not inside a table: lowered elsewhere.
        _ => {}
    }
}

/// An index that the server once made for an unnamed foreign key bears the name of the column. The server would swap it for one with the
/// name of the new foreign key; one that was asked for it keeps.
fn keep_index_names(
    context: &Context<'_>,
    causes: &[usize],
    before: &Table,
    after: &Table,
    lowered: &mut Lowered,
) {
    for cause in causes {
        let Change::AddForeignKey { key, .. } = &context.changes[*cause] else { continue };
        let is_replaced = causes.iter().any(|at| {
            matches!(&context.changes[*at], Change::DropForeignKey { key: old, .. } if old.columns == key.columns)
        });
        let is_shared = after
            .foreign_keys
            .values()
            .any(|other| other.name != key.name && other.columns.first() == key.columns.first());
        if !is_replaced || is_shared {
            continue;
        }
        let is_made_for_it = |index: &&Index| {
            let column = key.columns.first();
            let name = index.name.text.as_str();
            name != key.name.text
                && column.is_some_and(|column| name.starts_with(column.as_str()))
                && after.indexes.get(name) == Some(*index)
                && **index
                    == Index::new(
                        index.name.clone(),
                        key.columns.iter().map(IndexPart::column).collect(),
                    )
        };
        let Some(index) = before.indexes.values().find(is_made_for_it) else { continue };
        lowered.atoms.push(drop_index(context, *cause, before, index));
        lowered.atoms.push(create_index(context, *cause, after, index));
        let member = Thing::Member(after.name.clone(), index.name.text.clone());
        let is_it = |action: &Action| {
            matches!(action, Action::AddConstraint { table, constraint: Constraint::ForeignKey(added) }
                if *table == after.name && added == key)
        };
        for atom in lowered.atoms.iter_mut().filter(|atom| is_it(&atom.action)) {
            atom.uses.push(member.clone());
        }
    }
}

/// The names of what an index of a foreign key may be: whatever leads with its columns.
fn leaders(table: &Table, key: &ForeignKey) -> Vec<String> {
    let leads = |columns: &[String]| columns.starts_with(&key.columns);
    let primary = table.primary_key.iter().filter(|primary| leads(&primary.columns));
    let uniques = table.uniques.values().filter(|unique| leads(&unique.columns));
    let indexes = table.indexes.values().filter(|index| {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        leads(&columns) && index.parts.iter().all(|part| part.prefix.is_none())
    });
    primary
        .map(|_| PRIMARY.to_owned())
        .chain(uniques.map(|unique| unique.name.text.clone()))
        .chain(indexes.map(|index| index.name.text.clone()))
        .collect()
}

/// A foreign key that stays needs an index at all times. Where its last one goes, a new one comes first; or one like that which the server
/// itself makes for a foreign key that has none.
fn stand_in(
    context: &Context<'_>,
    causes: &[usize],
    before: &Table,
    after: &Table,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let member = |text: &String| Thing::Member(name.clone(), text.clone());
    for key in before.foreign_keys.values() {
        let is_dropped = causes.iter().any(|at| {
            matches!(&context.changes[*at], Change::DropForeignKey { key: dropped, .. } if dropped.name == key.name)
        });
        let old = leaders(before, key);
        let goes = |lowered: &Lowered, leader: &String| {
            lowered.atoms.iter().any(|atom| atom.drops.contains(&member(leader)))
        };
        if is_dropped || old.is_empty() || !old.iter().all(|leader| goes(lowered, leader)) {
            continue;
        }
        let new = leaders(after, key);
        let comes_first = new.iter().find(|leader| !old.contains(leader));
        let needed = comes_first.map_or_else(|| member(&key.name.text), member);
        for atom in &mut lowered.atoms {
            if old.iter().any(|leader| atom.drops.contains(&member(leader))) {
                atom.uses.push(needed.clone());
            }
        }
        if comes_first.is_some() || before.indexes.contains_key(&key.name.text) {
            continue;
        }
        let cause = causes.first().copied().unwrap_or_default();
        let index =
            Index::new(key.name.clone(), key.columns.iter().map(IndexPart::column).collect());
        let mut atom = create_index(context, cause, before, &index)
            .comment("The foreign key goes on needing an index.");
        atom.rank = Rank::Found;
        lowered.atoms.push(atom);
        if let Some(again) = new.first() {
            let mut atom = drop_index(context, cause, before, &index);
            atom.rank = Rank::DropColumn;
            lowered.atoms.push(atom.uses([member(again)]));
        }
    }
}

/// The server makes an index for a foreign key where no other one leads with its columns, and leaves it behind.
fn drop_index_of(cause: usize, before: &Table, after: &Table, key: &ForeignKey) -> Option<Atom> {
    let is_needed = after.foreign_keys.values().any(|other| other.columns == key.columns);
    if is_needed || !leaders(before, key).is_empty() {
        return None;
    }
    let index = Index::new(key.name.clone(), Vec::new());
    let action = Action::DropIndex { table: before.name.clone(), index };
    let chain = 3_000_000 + cause;
    let columns = key.columns.iter().map(|column| column_thing(&before.name, column));
    Some(Atom::new(cause, Rank::Release, action).releases(columns).chain(chain))
}

/// What the server calls a primary key, whatever its name.
const PRIMARY: &str = "PRIMARY";

/// Whether a primary key is over one column only and goes with it, unasked.
fn goes_with_column(before: &Table, after: &Table) -> bool {
    let columns = before.primary_key.as_ref().map(|key| key.columns.as_slice());
    let [column] = columns.unwrap_or_default() else { return false };
    after.primary_key.is_none() && after.column(column).is_none()
}

/// A column that counts has to lead a key. Where both go, it stops counting before the key is dropped.
fn stop_counting(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    column: &Column,
) -> Option<Atom> {
    column.identity.as_ref()?;
    let name = &before.name;
    let key = before.primary_key.as_ref().filter(|key| key.columns.contains(&column.name));
    let key = key.filter(|_| !goes_with_column(before, after)).map(|_| PRIMARY);
    let uniques = before.uniques.values().filter(|unique| unique.columns.contains(&column.name));
    let indexes = before
        .indexes
        .values()
        .filter(|index| index.columns().any(|indexed| indexed == column.name));
    let members: Vec<Thing> = key
        .into_iter()
        .chain(uniques.map(|unique| unique.name.text.as_str()))
        .chain(indexes.map(|index| index.name.text.as_str()))
        .map(|member| Thing::Member(name.clone(), member.to_owned()))
        .collect();
    if members.is_empty() {
        return None;
    }
    let mut plain = column.clone();
    plain.identity = None;
    let mut atom = modify(context, cause, before, &plain).releases(members);
    atom.rank = Rank::Release;
    atom.changes.clear();
    Some(atom)
}

fn modify(context: &Context<'_>, cause: usize, table: &Table, column: &Column) -> Atom {
    let action = Action::ModifyColumn { table: table.name.clone(), column: column.clone().into() };
    let mut atom = Atom::new(cause, Rank::Alter, action)
        .changes([column_thing(&table.name, &column.name)])
        .hazards([lock(&table.name, LockClass::Writes), rewrite(&table.name)]);
    atom.enums = context.enums_in(context.to, &table.name);
    atom
}

fn add_column(
    context: &Context<'_>,
    cause: usize,
    after: &Table,
    column: &Column,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let id = EntityId::column(name, column.name.as_str());
    let backfill =
        context.hints.backfill.get(&id).filter(|_| !column.is_nullable && column.default.is_none());
    let mut added = column.clone();
    added.is_nullable |= backfill.is_some();
    // AUTO_INCREMENT needs a key, which comes later.
    let identity = added.identity.take();
    let mut atom = add_column_as(context, cause, after, column, added)
        .hazard(lock(name, LockClass::Writes))
        .chain(chain(context, cause));
    atom.enums = context.enums_in(context.to, name);
    if needs_value(context, name, column) {
        // MySQL gives old rows an empty value of the type without a word.
        atom = atom.hazard(Hazard::MayFail {
            entity: id,
            reason: "old rows get an empty value of the type".to_owned(),
        });
    }
    lowered.atoms.push(atom);
    if let Some(value) = backfill {
        lowered.atoms.push(
            update(context, cause, after, &column.name, Value::Sql(value.clone()), Rows::All)
                .chain(chain(context, cause)),
        );
        lowered.atoms.push(modify(context, cause, after, column).chain(chain(context, cause)));
    }
    if identity.is_some() {
        let mut atom = modify(context, cause, after, column);
        atom.rank = Rank::Index;
        atom.changes.clear();
        lowered.atoms.push(atom.uses(keys_led_by(after, &column.name)));
    }
}

fn drop_column(cause: usize, before: &Table, column: &Column) -> Atom {
    let name = &before.name;
    let mut atom = Atom::new(
        cause,
        Rank::DropColumn,
        Action::DropColumn { table: name.clone(), column: column.name.clone() },
    )
    .drops([column_thing(name, &column.name)])
    .hazard(lock(name, LockClass::Writes));
    if let Some(generated) = &column.generated {
        // The server keeps a column for as long as another one is made of it.
        let made_of = columns_in(before, &generated.expression);
        atom = atom.releases(made_of.into_iter().map(|made_of| column_thing(name, made_of)));
    } else {
        let entity = EntityId::column(name, column.name.as_str());
        let reason = format!("dropping `{entity}` deletes its data");
        atom = atom.hazard(Hazard::DataLoss { entity, reason });
    }
    atom
}

#[expect(
    clippy::too_many_arguments,
    reason = "one call, and a struct for it would only repeat the names"
)]
fn alter_column(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    from: &Column,
    to: &Column,
    restated: &BTreeSet<(ObjectName, String)>,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let id = EntityId::column(name, to.name.as_str());
    let changes_generation = match (&from.generated, &to.generated) {
        (None, None) => false,
        (Some(old), Some(new)) => old != new || from.ty != to.ty,
        // The server keeps no values of a virtual column, so there is nothing that MODIFY could keep.
        (Some(old), None) if old.kind == GeneratedKind::Virtual => {
            return materialize(context, cause, before, after, from, to, lowered);
        }
        (Some(_), None) => false,
        (None, Some(_)) => {
            lowered.decisions.push(Decision {
                code: "DBK0401",
                message: format!(
                    "`{id}` becomes a generated column, so the values that it has are lost"
                ),
                allow: Some(format!("data-loss:{id}")),
                helps: Vec::new(),
                entity: id.clone(),
            });
            true
        }
    };
    if changes_generation {
        return recreate(context, cause, before, after, from, to, lowered);
    }
    let is_same_enum = from.ty.enum_name().is_some() && from.ty.enum_name() == to.ty.enum_name();
    if from.ty != to.ty && !is_same_enum {
        decide_cast(context, &id, from, to, lowered);
        for (owner, key) in foreign_keys_on(context.from, name, &to.name) {
            let kept = context
                .to
                .tables
                .get(&owner.name)
                .filter(|table| table.foreign_keys.get(&key.name.text) == Some(key));
            if let Some(owner_after) = kept {
                lowered.atoms.push(drop_constraint(
                    cause,
                    owner,
                    &Constraint::ForeignKey(key.clone()),
                ));
                lowered.atoms.push(add_constraint(
                    context,
                    cause,
                    owner_after,
                    Constraint::ForeignKey(key.clone()),
                ));
            }
        }
    }
    if from.is_nullable && !to.is_nullable {
        match null_value(context, &id, to) {
            Some(value) => {
                // The value is one of the new type, which the column has to have first.
                if from.ty != to.ty && !is_same_enum {
                    let open = Column { is_nullable: true, ..to.clone() };
                    lowered
                        .atoms
                        .push(modify(context, cause, after, &open).chain(chain(context, cause)));
                }
                lowered.atoms.push(
                    update(context, cause, before, &to.name, value, Rows::Null)
                        .chain(chain(context, cause)),
                );
            }
            None if to.identity.is_none() && to.generated.is_none() => {
                lowered.decisions.push(not_null(&id))
            }
            None => {}
        }
    }
    if restated.contains(&(name.clone(), to.name.clone())) {
        return;
    }
    let is_sequence = |thing: &Thing| matches!(thing, Thing::Sequence(_));
    let needs = |schema, table, column| {
        needs_of_column(context, schema, table, column).into_iter().filter(is_sequence)
    };
    // The server opens the sequences of all defaults of a table that it changes.
    let mut atom = modify(context, cause, after, to)
        .uses(needs(context.to, after, to))
        .releases(needs(context.from, before, from))
        .chain(chain(context, cause));
    if from.ty != to.ty
        && !context.hints.using.contains_key(&id)
        && cast(&from.ty, &to.ty) == Cast::Lossy
    {
        // Strict is what servers are by default.
        let entity = id.clone();
        let hazard = if is_checked(&from.ty, &to.ty) {
            let reason = format!(
                "values of `{id}` that do not fit the new type make it fail, or are cut off where sql_mode is not strict"
            );
            Hazard::MayFail { entity, reason }
        } else {
            Hazard::DataLoss { entity, reason: format!("values of `{id}` may be cut off") }
        };
        atom = atom.hazard(hazard);
    }
    if becomes_required_without_value(context, &id, from, to) {
        atom = atom.hazard(Hazard::MayFail {
            reason: format!("rows with NULL in `{id}` make it fail"),
            entity: id,
        });
    }
    if to.identity.is_some() && from.identity.is_none() {
        let mut count = atom.clone();
        count.rank = Rank::Index;
        count.chain = None;
        count.changes.clear();
        lowered.atoms.push(count.uses(keys_led_by(after, &to.name)));
        // A key that is new stands on the column as it is without its numbers.
        let mut plain = to.clone();
        plain.identity = None;
        if plain == *from {
            return;
        }
        *atom.action = Action::ModifyColumn { table: name.clone(), column: plain.into() };
    }
    lowered.atoms.push(atom);
    if from.default != to.default
        && let Some(sequence) = sequence_put_behind(context, after, from, to)
    {
        let (name, options) = (Some(&sequence.name), &sequence.options);
        lowered.atoms.push(advance(context, cause, after, to, name, options));
    }
}

/// A column, and the keys that it leads: one of them has to be there before it counts.
fn keys_led_by(table: &Table, column: &str) -> Vec<Thing> {
    let name = &table.name;
    let is_led = |columns: &[String]| columns.first().is_some_and(|first| first == column);
    let primary = table.primary_key.iter().filter(|key| is_led(&key.columns));
    let uniques = table.uniques.values().filter(|unique| is_led(&unique.columns));
    let indexes = table.indexes.values().filter(|index| index.columns().next() == Some(column));
    let mut things = vec![column_thing(name, column)];
    things.extend(primary.map(|key| super::shared::key_thing(name, &key.columns)));
    things.extend(uniques.map(|unique| Thing::Member(name.clone(), unique.name.text.clone())));
    things.extend(indexes.map(|index| Thing::Member(name.clone(), index.name.text.clone())));
    things
}

fn decide_cast(
    context: &Context<'_>,
    id: &EntityId,
    from: &Column,
    to: &Column,
    lowered: &mut Lowered,
) {
    if context.hints.using.contains_key(id) {
        return;
    }
    match cast(&from.ty, &to.ty) {
        Cast::Safe => {}
        Cast::Lossy => lowered.decisions.push(Decision {
            code: "DBK0401",
            entity: id.clone(),
            message: format!("`{id}` goes from `{}` to `{}`: values may be cut off, or not fit and stop the migration", from.ty, to.ty),
            allow: Some(format!("data-loss:{id}")),
            helps: Vec::new(),
        }),
        Cast::Unknown => lowered.decisions.push(unknown_cast(id, from, to)),
    }
}

/// A virtual column becomes a plain one, with the values that it had.
fn materialize(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    from: &Column,
    to: &Column,
    lowered: &mut Lowered,
) {
    let Some(generated) = &from.generated else { return };
    let name = &after.name;
    let mut open = to.clone();
    open.is_nullable = true;
    recreate(context, cause, before, after, from, &open, lowered);
    let made = Thing::Column(name.clone(), to.name.clone());
    let add = lowered.atoms.iter_mut().find(|atom| {
        matches!(&*atom.action, Action::AddColumn { .. }) && atom.creates.contains(&made)
    });
    let chain = chain(context, cause);
    if let Some(add) = add {
        add.chain = Some(chain);
    }
    let made_of = columns_in(before, &generated.expression);
    let value = Value::Sql(generated.expression.clone());
    lowered.atoms.push(
        update(context, cause, before, &to.name, value, Rows::All)
            .uses(made_of.into_iter().map(|column| column_thing(name, column)))
            .chain(chain),
    );
    if !to.is_nullable {
        lowered.atoms.push(modify(context, cause, after, to).chain(chain));
    }
}

fn recreate(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    from: &Column,
    to: &Column,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let is_over = |needs: Vec<Thing>| needs.contains(&column_thing(name, &to.name));
    for index in before.indexes.values() {
        if is_over(needs_of_index(before, index))
            && after.indexes.get(&index.name.text) == Some(index)
        {
            lowered.atoms.push(drop_index(context, cause, before, index));
            lowered.atoms.push(create_index(context, cause, after, index));
        }
    }
    let kept = constraints(after);
    for constraint in constraints(before).into_iter().filter(|one| kept.contains(one)) {
        // The primary key is one with the table.
        let is_key = matches!(constraint, Constraint::PrimaryKey(_));
        if !is_key && is_over(needs_of_constraint(before, &constraint)) {
            lowered.atoms.push(drop_constraint(cause, before, &constraint));
            lowered.atoms.push(add_constraint(context, cause, after, constraint));
        }
    }
    lowered.atoms.push(drop_column(cause, before, from));
    let mut atom = add_column_as(context, cause, after, to, to.clone())
        .hazards([lock(name, LockClass::Writes), rewrite(name)]);
    atom.enums = context.enums_in(context.to, name);
    lowered.atoms.push(atom);
    // What is made of it goes and comes back with it, also where it stays as it was.
    for column in &before.columns {
        let is_made_of_it = column.generated.as_ref().is_some_and(|generated| {
            columns_in(before, &generated.expression).contains(&from.name.as_str())
        });
        if is_made_of_it && after.column(&column.name) == Some(column) {
            recreate(context, cause, before, after, column, column, lowered);
        }
    }
}

/// A default keeps the old name of a sequence that gets another one, and the server then refuses every change of its table. So the
/// defaults step aside: what goes before the renames, and what comes after them.
pub(crate) fn defaults_over_renamed(
    context: &Context<'_>,
    renames: &[usize],
) -> (Vec<Atom>, Vec<Atom>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let sequences: Vec<(usize, &ObjectName, &ObjectName)> = renames
        .iter()
        .filter_map(|cause| match &context.changes[*cause] {
            Change::RenameSequence { from, to } => Some((*cause, from, to)),
            _ => None,
        })
        .collect();
    let restate = |schema: &Schema, keeps: bool, atoms: &mut Vec<Atom>| {
        for table in schema.tables.values() {
            for column in &table.columns {
                let Some(DefaultValue::Expression(text)) = &column.default else { continue };
                let is_named = |(_, from, to): &&(usize, &ObjectName, &ObjectName)| {
                    expression::names_sequence(text, if keeps { to } else { from })
                };
                let Some((cause, ..)) = sequences.iter().find(is_named) else { continue };
                let mut column = column.clone();
                column.default.take_if(|_| !keeps);
                let mut atom = modify(context, *cause, table, &column);
                atom.rank = Rank::Rename;
                atom.enums = context.enums_in(schema, &table.name);
                atoms.push(atom);
            }
        }
    };
    restate(context.from, false, &mut before);
    restate(context.to, true, &mut after);
    (before, after)
}

/// Values of an enum change in every column that holds it. Rows are brought over while the column knows both sets of values.
fn lower_enums(
    context: &Context<'_>,
    changes: &[usize],
    restated: &mut BTreeSet<(ObjectName, String)>,
    lowered: &mut Lowered,
) {
    let mut touched: BTreeMap<ObjectName, usize> = BTreeMap::new();
    let mut renamed: BTreeMap<&ObjectName, Vec<(&String, &String)>> = BTreeMap::new();
    for (at, change) in context.changes.iter().enumerate() {
        match change {
            Change::AlterEnum { from, to, .. }
                if changes.contains(&at) && from.values != to.values =>
            {
                touched.insert(to.name.clone(), at);
            }
            // Renames were lowered to nothing; the columns still have the old values.
            Change::RenameEnumValue { name, from, to } if !changes.is_empty() => {
                touched.entry(name.clone()).or_insert(at);
                renamed.entry(name).or_default().push((from, to));
            }
            _ => {}
        }
    }
    for (name, cause) in touched {
        let Some(to) = context.to.enums.get(&name) else { continue };
        let mapping = match &context.changes[cause] {
            Change::AlterEnum { mapping, .. } => mapping.clone(),
            _ => BTreeMap::new(),
        };
        let mut moves: Vec<(String, String)> = renamed
            .get(&name)
            .into_iter()
            .flatten()
            .map(|(from, to)| ((*from).clone(), (*to).clone()))
            .collect();
        moves.extend(mapping);
        for table in super::tables_with_enum(context.from, &name) {
            let Some(after) = context.to.tables.get(&table) else { continue };
            let holds = |column: &Column| column.ty.enum_name() == Some(&name);
            let columns = context.from.tables[&table].columns.iter().filter(|column| holds(column));
            for column in columns {
                let kept = after.column(&column.name).filter(|column| holds(column));
                let Some(column_after) = kept else { continue };
                restated.insert((table.clone(), column.name.clone()));
                restate(context, cause, after, column_after, to, &moves, lowered);
            }
        }
    }
}

fn restate(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    column: &Column,
    to: &EnumType,
    moves: &[(String, String)],
    lowered: &mut Lowered,
) {
    // One chain a column: the same change may reach several.
    let place =
        table.columns.iter().position(|other| other.name == column.name).unwrap_or_default();
    let chain = 2 * context.changes.len() + cause * 10_000 + place;
    if !moves.is_empty() {
        let mut both = to.clone();
        for (from, _) in moves.iter().filter(|(from, _)| !to.values.contains(from)) {
            both.values.push(from.clone());
        }
        let mut atom = modify(context, cause, table, column).chain(chain);
        atom.enums.insert(to.name.clone(), both);
        atom = atom.comment("Old and new values side by side, while rows are brought over.");
        lowered.atoms.push(atom);
        for (from, into) in moves {
            let value = Value::Default(DefaultValue::Text(into.clone()));
            let rows = Rows::Equal(from.clone());
            let atom = update(context, cause, table, &column.name, value, rows);
            lowered.atoms.push(atom.rank(Rank::Alter).chain(chain));
        }
    }
    lowered.atoms.push(modify(context, cause, table, column).chain(chain));
}
