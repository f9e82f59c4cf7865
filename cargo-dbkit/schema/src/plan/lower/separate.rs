//! Dialects that change one property of a column at a time.

use crate::diff::Change;
use crate::model::{
    Column, ColumnType, DefaultValue, Deferrable, EntityId, EntityKind, ForeignKey, Identity,
    IdentityKind, Index, ObjectName, Sequence, SequenceOptions, Table, TableOptions, expression,
};

use super::super::atom::{Atom, Rank, Thing};
use super::super::cast::is_rewrite_free;
use super::super::{Action, Constraint, Decision, Hazard, LockClass, Rows, Value};
use super::change_type::{
    Reach, TypeChange, change_type, is_family, recreate_column, type_change_using,
};
use super::shared::{
    add_column_as, add_constraint, column_thing, columns_in, constraint_of, constraints,
    create_index, drop_constraint, drop_index, key_thing, lock, needs_of_column, push_comment,
    rewrite, scan,
};
use super::{Context, Lowered, altered_tables, inherited, objects};

/// Lowers everything that happens inside tables that exist.
pub(crate) fn lower(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    for (name, causes) in altered_tables(context, changes) {
        let (Some(before), Some(after)) =
            (context.from.tables.get(&name), context.to.tables.get(&name))
        else {
            // The table itself goes in the same phase; so does everything in it.
            if let Some(before) = context.from.tables.get(&name) {
                for cause in causes {
                    lower_release(context, cause, before, lowered);
                }
            }
            continue;
        };
        for cause in causes {
            lower_change(context, cause, before, after, lowered);
        }
    }
}

/// What several changes ask for (a foreign key may stand in the way of two columns), and its table.
pub(crate) fn once(action: &Action) -> Option<&ObjectName> {
    match action {
        Action::AddConstraint { table, .. }
        | Action::DropConstraint { table, .. }
        | Action::CreateIndex { table, .. }
        | Action::DropIndex { table, .. } => Some(table),
        Action::SetProperty { id, .. } => Some(&id.object),
        _ => None,
    }
}

/// The index that a table is clustered by, or that stands for its rows in replication, goes with its mark when it is made again.
pub(crate) fn marks(context: &Context<'_>, cause: usize, lowered: &mut Lowered) {
    const MARKS: [&str; 2] = ["clustered", "replica_identity"];
    let index_of = |table: &ObjectName, value: &str| {
        let name = value.strip_prefix("index ").unwrap_or(value);
        Thing::Member(table.clone(), name.to_owned())
    };
    for atom in &mut lowered.atoms {
        if let Action::SetProperty { id, key, to: Some(to), .. } = &*atom.action
            && id.kind == EntityKind::Table
            && MARKS.contains(&key.as_str())
        {
            let index = index_of(&id.object, to);
            atom.uses.push(index);
        }
    }
    let mut again = Vec::new();
    for (name, before) in &context.from.tables {
        let Some(after) = context.to.tables.get(name) else { continue };
        for key in MARKS {
            let value = |table: &Table| table.options.extra.properties.get(key).cloned();
            let Some(mark) = value(after).filter(|mark| value(before).as_ref() == Some(mark))
            else {
                continue;
            };
            let index = index_of(name, &mark);
            let made = lowered.atoms.iter().find(|atom| atom.creates.contains(&index));
            let Some(made) = made else { continue };
            let action = Action::SetProperty {
                id: EntityId::table(name),
                key: key.to_owned(),
                from: None,
                to: Some(mark),
            };
            let cause = made.causes.first().copied().unwrap_or(cause);
            again.push(Atom::new(cause, Rank::Comment, action).uses([index]));
        }
    }
    lowered.atoms.extend(again);
}

pub(super) fn index_comment(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    index: &Index,
    lowered: &mut Lowered,
) {
    let name = index.name.text.as_str();
    let made = vec![Thing::Member(table.name.clone(), name.to_owned())];
    let id = EntityId::member(EntityKind::Index, &table.name, name);
    push_comment(context, cause, id.clone(), None, index.comment.as_ref(), made.clone(), lowered);
    objects::properties(context, cause, &id, None, &index.extra, made, lowered);
}

fn lower_release(context: &Context<'_>, cause: usize, before: &Table, lowered: &mut Lowered) {
    match &context.changes[cause] {
        Change::DropForeignKey { key, .. } => {
            lowered.atoms.push(drop_constraint(
                cause,
                before,
                &Constraint::ForeignKey(key.clone()),
            ));
        }
        Change::DropIndex { index, .. } => {
            lowered.atoms.push(drop_index(context, cause, before, index))
        }
        _ => {}
    }
}

fn lower_change(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let change = &context.changes[cause];
    if inherited::comes_from_parent(context, before, after, change) {
        return;
    }
    match change {
        Change::AlterTable { from, to, .. } => {
            push_comment(
                context,
                cause,
                EntityId::table(name),
                from.comment.as_ref(),
                to.comment.as_ref(),
                Vec::new(),
                lowered,
            );
            if from.partition_of != to.partition_of || from.inherits != to.inherits {
                inherited::change_parents(context, cause, before, after, lowered);
            }
            table_options(context, cause, name, from, to, lowered);
        }
        // The parent's constraint goes, and takes this one along.
        Change::AlterConstraint { id, from, to }
            if from.is_inherited && !to.is_inherited && inherited::keeps_parent(before, after) =>
        {
            let is_it = |constraint: &Constraint| {
                super::shared::entity_kind(constraint) == id.kind
                    && Some(super::shared::constraint_name(constraint)) == id.member.as_deref()
            };
            for constraint in constraints(after).into_iter().filter(is_it) {
                constraint_properties(context, cause, name, &constraint, lowered);
                lowered.atoms.push(add_constraint(context, cause, after, constraint));
            }
        }
        Change::AlterConstraint { id, from, to } => {
            let uses = vec![objects::thing(id)];
            objects::properties(context, cause, id, Some(from), to, uses, lowered);
        }
        Change::AddColumn { column, .. } => add_column(context, cause, after, column, lowered),
        Change::DropColumn { column, .. } => {
            lowered.atoms.push(drop_column(context, cause, before, column))
        }
        Change::AlterColumn { from, to, .. } => {
            let from = inherited::after_parents(context, before, after, from, to);
            if from != **to {
                alter_column(context, cause, before, after, &from, to, lowered);
            }
        }
        Change::AddPrimaryKey { .. }
        | Change::AddUnique { .. }
        | Change::AddForeignKey { .. }
        | Change::AddCheck { .. } => {
            if let Some((_, constraint)) = constraint_of(change) {
                constraint_properties(context, cause, &after.name, &constraint, lowered);
                lowered.atoms.push(add_constraint(context, cause, after, constraint));
            }
        }
        Change::DropPrimaryKey { .. }
        | Change::DropUnique { .. }
        | Change::DropForeignKey { .. }
        | Change::DropCheck { .. } => {
            if let Some((_, constraint)) = constraint_of(change) {
                match &constraint {
                    Constraint::PrimaryKey(key) => {
                        release_key(context, cause, before, &key.columns, lowered)
                    }
                    Constraint::Unique(unique) => {
                        release_key(context, cause, before, &unique.columns, lowered)
                    }
                    Constraint::ForeignKey(_) | Constraint::Check(_) => {}
                }
                lowered.atoms.push(drop_constraint(cause, before, &constraint));
            }
        }
        Change::CreateIndex { index, .. } => {
            lowered.atoms.push(create_index(context, cause, after, index));
            index_comment(context, cause, after, index, lowered);
        }
        Change::DropIndex { index, .. } => {
            release_key(context, cause, before, &index_key(index), lowered);
            lowered.atoms.push(drop_index(context, cause, before, index))
        }
        // The parent's index goes, and takes this one along.
        Change::AlterIndex { from, to, .. }
            if from.extra.is_inherited
                && !to.extra.is_inherited
                && inherited::keeps_parent(before, after) =>
        {
            if inherited::stays_attached(context, after, from) {
                let id = EntityId::member(EntityKind::Index, name, to.name.text.as_str());
                lowered.decisions.push(attached(id));
                return;
            }
            lowered.atoms.push(create_index(context, cause, after, to));
            index_comment(context, cause, after, to, lowered);
        }
        Change::AlterIndex { from, to, .. } => {
            let id = EntityId::member(EntityKind::Index, name, to.name.text.as_str());
            push_comment(
                context,
                cause,
                id,
                from.comment.as_ref(),
                to.comment.as_ref(),
                Vec::new(),
                lowered,
            );
            let id = EntityId::member(EntityKind::Index, name, to.name.text.as_str());
            let uses = vec![objects::thing(&id)];
            objects::properties(context, cause, &id, Some(&from.extra), &to.extra, uses, lowered);
        }
        // Not inside a table: lowered elsewhere.
        _ => {}
    }
}

fn attached(id: EntityId) -> Decision {
    Decision {
        code: "DBK0405",
        message: format!("`{id}` is attached to an index of the parent, and cannot be detached"),
        allow: None,
        helps: vec![
            "drop the index of the parent, which takes this one along, and make both again: `cargo dbkit generate --custom`"
                .to_owned(),
        ],
        entity: id,
    }
}

/// The columns that a foreign key could point to by an index.
fn index_key(index: &Index) -> Vec<String> {
    if index.is_unique && index.predicate.is_none() {
        index.columns().map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}

/// A foreign key stands on one key of the table that it points to, also where another one would do, so it steps aside while that is
/// dropped.
fn release_key(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    columns: &[String],
    lowered: &mut Lowered,
) {
    if columns.is_empty() {
        return;
    }
    for owner in context.from.tables.values() {
        for key in owner.foreign_keys.values() {
            if key.references == before.name
                && key_thing(&before.name, &key.referenced_columns)
                    == key_thing(&before.name, columns)
            {
                step_aside(context, cause, owner, key, lowered);
            }
        }
    }
}

/// Drops a foreign key and adds it again, if it is there before and after.
pub(super) fn step_aside(
    context: &Context<'_>,
    cause: usize,
    owner: &Table,
    key: &ForeignKey,
    lowered: &mut Lowered,
) {
    let Some(after) = context.to.tables.get(&owner.name) else { return };
    if after.foreign_keys.get(&key.name.text) == Some(key) {
        let constraint = Constraint::ForeignKey(key.clone());
        lowered.atoms.push(drop_constraint(cause, owner, &constraint));
        lowered.atoms.push(add_constraint(context, cause, after, constraint).again());
    }
}

/// Partitioning, inheritance and properties of a table.
fn table_options(
    context: &Context<'_>,
    cause: usize,
    name: &ObjectName,
    from: &TableOptions,
    to: &TableOptions,
    lowered: &mut Lowered,
) {
    let id = EntityId::table(name);
    if from.partition_by != to.partition_by {
        lowered.decisions.push(Decision {
            code: "DBK0405",
            message: format!("how `{id}` is partitioned cannot be changed in place"),
            allow: None,
            helps: vec![
                "make a new table beside it and bring the rows over: `cargo dbkit generate --custom`"
                    .to_owned(),
            ],
            entity: id.clone(),
        });
    }
    let uses = vec![Thing::Table(name.clone())];
    objects::properties(context, cause, &id, Some(&from.extra), &to.extra, uses, lowered);
}

/// What a new constraint carries beside its own fields.
pub(crate) fn constraint_properties(
    context: &Context<'_>,
    cause: usize,
    table: &ObjectName,
    constraint: &Constraint,
    lowered: &mut Lowered,
) {
    let id = EntityId::member(
        super::shared::entity_kind(constraint),
        table,
        super::shared::constraint_name(constraint),
    );
    let uses = vec![objects::thing(&id)];
    let extra = super::shared::constraint_extra(constraint);
    objects::properties(context, cause, &id, None, extra, uses, lowered);
}

/// A default or an expression steps aside while what it stands on is made again.
pub(crate) fn step_aside_column(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    column: &Column,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    if column.generated.is_some() {
        recreate_column(context, cause, before, after, column, column, lowered);
        return;
    }
    let Some(default) = &column.default else {
        let id = EntityId::column(name, column.name.as_str());
        lowered.decisions.push(Decision {
            code: "DBK0405",
            message: format!(
                "the type of `{id}` has to be made again, and the column holds rows of it"
            ),
            allow: None,
            helps: vec!["write the change yourself: `cargo dbkit generate --custom`".to_owned()],
            entity: id,
        });
        return;
    };
    let drop = Action::DropDefault { table: name.clone(), column: column.name.clone() };
    let set = Action::SetDefault {
        table: name.clone(),
        column: column.name.clone(),
        ty: column.ty.clone(),
        default: default.clone(),
    };
    let things: Vec<Thing> = objects::used_things(&column.extra).collect();
    lowered.atoms.push(Atom::new(cause, Rank::Release, drop).releases(things.clone()));
    lowered.atoms.push(Atom::new(cause, Rank::Alter, set).uses(things));
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
    added.comment = None;
    added.is_nullable |= backfill.is_some();
    let mut atom = add_column_as(context, cause, after, column, added)
        .uses([Thing::Table(name.clone())])
        .hazard(lock(name, LockClass::Everything))
        .chain(chain(context, cause));
    let is_volatile = matches!(&column.default, Some(DefaultValue::Expression(text)) if !expression::is_constant(text));
    let is_stored = column
        .generated
        .as_ref()
        .is_some_and(|generated| generated.kind == crate::model::GeneratedKind::Stored);
    if is_volatile || is_stored || column.identity.is_some() {
        atom = atom.hazard(rewrite(name));
    }
    if super::shared::needs_value(context, name, column) {
        atom = atom.hazard(Hazard::MayFail {
            entity: id.clone(),
            reason: "rows that exist make it fail".to_owned(),
        });
    }
    lowered.atoms.push(atom);
    if let Some(value) = backfill {
        lowered.atoms.push(
            update(context, cause, after, &column.name, Value::Sql(value.clone()), Rows::All)
                .chain(chain(context, cause)),
        );
        lowered.atoms.push(
            Atom::new(
                cause,
                Rank::AddColumn,
                Action::SetNotNull { table: name.clone(), column: column.name.clone() },
            )
            .changes([column_thing(name, &column.name)])
            .hazards([lock(name, LockClass::Everything), scan(name)])
            .chain(chain(context, cause)),
        );
    }
    push_comment(
        context,
        cause,
        id,
        None,
        column.comment.as_ref(),
        vec![column_thing(name, &column.name)],
        lowered,
    );
    let id = EntityId::column(name, column.name.as_str());
    let uses = vec![column_thing(name, &column.name)];
    objects::properties(context, cause, &id, None, &column.extra, uses, lowered);
}

// Chains must not meet those of enum values, which are numbered by their cause.
pub(super) fn chain(context: &Context<'_>, cause: usize) -> usize {
    context.changes.len() + cause
}

pub(super) fn drop_column(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    column: &Column,
) -> Atom {
    let name = &before.name;
    let mut atom = Atom::new(
        cause,
        Rank::DropColumn,
        Action::DropColumn { table: name.clone(), column: column.name.clone() },
    )
    .drops([column_thing(name, &column.name)])
    .releases(needs_of_column(context, context.from, before, column))
    .hazard(lock(name, LockClass::Everything));
    if column.generated.is_none() {
        let entity = EntityId::column(name, column.name.as_str());
        let reason = format!("dropping `{entity}` deletes its data");
        atom = atom.hazard(Hazard::DataLoss { entity, reason });
    }
    atom
}

/// Gives rows a value. What the value is made of may be dropped afterwards; what stands on the column comes later.
pub(crate) fn update(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    column: &str,
    value: Value,
    rows: Rows,
) -> Atom {
    let own = column_thing(&table.name, column);
    let used = match &value {
        Value::Sql(sql) => columns_named(context, table, sql),
        Value::Default(_) => Vec::new(),
    };
    let action = Action::Update {
        table: table.name.clone(),
        column: column.to_owned(),
        value,
        rows,
        has_deferred: has_deferred(context, table),
    };
    Atom::new(cause, Rank::AddColumn, action)
        .uses(used.into_iter().filter(|thing| *thing != own))
        .changes([own.clone()])
        .hazard(scan(&table.name))
}

/// The columns that an expression over a table names, before or after.
pub(super) fn columns_named(context: &Context<'_>, table: &Table, sql: &str) -> Vec<Thing> {
    let both = [&context.from, &context.to]
        .into_iter()
        .filter_map(|schema| schema.tables.get(&table.name));
    let mut named: Vec<Thing> = both
        .flat_map(|table| columns_in(table, sql))
        .map(|column| column_thing(&table.name, column))
        .collect();
    named.sort();
    named.dedup();
    named
}

/// Whether rows of a table may leave something to check at the end of the transaction, before which it cannot be altered.
fn has_deferred(context: &Context<'_>, table: &Table) -> bool {
    let is_deferred = |deferrable: Option<Deferrable>| deferrable == Some(Deferrable::Deferred);
    let own = context.from.tables.get(&table.name);
    own.is_some_and(|own| {
        own.uniques.values().any(|unique| is_deferred(unique.deferrable))
            || own.primary_key.as_ref().is_some_and(|key| is_deferred(key.deferrable))
    }) || context.from.tables.values().any(|owner| {
        owner.foreign_keys.values().any(|key: &ForeignKey| {
            is_deferred(key.deferrable)
                && (owner.name == table.name || key.references == table.name)
        })
    })
}

fn alter_column(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    from: &Column,
    to: &Column,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let id = EntityId::column(name, to.name.as_str());
    match (&from.generated, &to.generated) {
        (Some(_), None) => {
            let action = Action::DropExpression { table: name.clone(), column: to.name.clone() };
            lowered.atoms.push(
                step(context, cause, after, to, action)
                    .releases(needs_of_column(context, context.from, before, from))
                    .hazard(lock(name, LockClass::Everything)),
            );
        }
        (None, Some(_)) => {
            lowered.decisions.push(Decision {
                code: "DBK0401",
                message: format!(
                    "`{id}` becomes a generated column, so the values that it has are lost"
                ),
                allow: Some(format!("data-loss:{id}")),
                helps: Vec::new(),
                entity: id,
            });
            return recreate_column(context, cause, before, after, from, to, lowered);
        }
        (Some(old), Some(new)) if old != new || from.ty != to.ty => {
            return recreate_column(context, cause, before, after, from, to, lowered);
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    let is_serial = |column: &Column| {
        column.identity.as_ref().is_some_and(|identity| identity.kind == IdentityKind::Serial)
    };
    let changes_type = from.ty != to.ty || from.collation != to.collation;
    // The type of a sequence is that of its column when it is made, so a serial column gets a new one.
    let is_replaced = from.identity.is_some()
        && (to.identity.is_none()
            || is_serial(from) != is_serial(to)
            || (is_serial(from) && changes_type));
    if let Some(identity) = &from.identity
        && is_replaced
    {
        let action = Action::DropIdentity {
            table: name.clone(),
            column: to.name.clone(),
            identity: Identity::clone(identity),
        };
        lowered.atoms.push(
            step(context, cause, after, to, action).hazard(lock(name, LockClass::Everything)),
        );
    }
    let reach = if is_family(&from.ty, &to.ty) { Reach::Family } else { Reach::Type };
    let takes_down_default = changes_type && reach != Reach::Family;
    if changes_type {
        let mut hazards = vec![lock(name, LockClass::Everything)];
        let using = type_change_using(context, name, from, to, &mut hazards, lowered);
        if !is_rewrite_free(&from.ty, &to.ty) || from.collation != to.collation {
            hazards.push(rewrite(name));
        }
        let change =
            TypeChange { table: before, from, to, using, reach, keeps_default: true, hazards };
        change_type(context, cause, &change, lowered);
    }
    if from.default != to.default || (takes_down_default && to.default.is_some()) {
        let action = match &to.default {
            Some(default) => Action::SetDefault {
                table: name.clone(),
                column: to.name.clone(),
                ty: to.ty.clone(),
                default: default.clone(),
            },
            None => Action::DropDefault { table: name.clone(), column: to.name.clone() },
        };
        let atom = step(context, cause, after, to, action)
            .uses(needs_of_column(context, context.to, after, to));
        // The old default may stand on a sequence or an enum that goes.
        let releases = needs_of_column(context, context.from, before, from).into_iter();
        let own: Vec<Thing> = from.ty.enum_name().cloned().map(Thing::Enum).into_iter().collect();
        let atom = atom.releases(releases.filter(|thing| {
            matches!(thing, Thing::Sequence(_) | Thing::Object(_)) && !own.contains(thing)
        }));
        if !(takes_down_default && to.default.is_none()) {
            lowered.atoms.push(atom);
        }
        if from.default != to.default
            && let Some(sequence) = sequence_put_behind(context, after, from, to)
        {
            let (name, options) = (Some(&sequence.name), &sequence.options);
            lowered.atoms.push(advance(context, cause, after, to, name, options));
        }
    }
    alter_nullability(context, cause, after, from, to, lowered);
    if let Some(identity) = &to.identity {
        let known = from.identity.as_deref().filter(|_| !is_replaced);
        alter_identity(context, cause, after, known, to, identity, lowered);
    }
    push_comment(
        context,
        cause,
        id.clone(),
        from.comment.as_ref(),
        to.comment.as_ref(),
        Vec::new(),
        lowered,
    );
    let uses = vec![column_thing(name, &to.name)];
    let mut known = from.extra.clone();
    if to.identity.is_none() {
        // It went with the identity.
        known.properties.remove("identity_sequence");
    }
    objects::properties(context, cause, &id, Some(&known), &to.extra, uses, lowered);
}

pub(super) fn step(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    column: &Column,
    action: Action,
) -> Atom {
    Atom::new(cause, Rank::Alter, action)
        .changes([column_thing(&table.name, &column.name)])
        .chain(chain(context, cause))
}

fn alter_nullability(
    context: &Context<'_>,
    cause: usize,
    after: &Table,
    from: &Column,
    to: &Column,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let id = EntityId::column(name, to.name.as_str());
    if from.is_nullable && !to.is_nullable {
        let value = null_value(context, &id, to);
        match value {
            Some(value) => {
                let atom = update(context, cause, after, &to.name, value, Rows::Null);
                lowered.atoms.push(atom.rank(Rank::Alter).chain(chain(context, cause)));
            }
            None if to.identity.is_none() && to.generated.is_none() => {
                lowered.decisions.push(not_null(&id))
            }
            None => {}
        }
        let action = Action::SetNotNull { table: name.clone(), column: to.name.clone() };
        let mut atom = step(context, cause, after, to, action)
            .hazards([lock(name, LockClass::Everything), scan(name)]);
        if becomes_required_without_value(context, &id, from, to) {
            let reason = format!("rows with NULL in `{id}` make it fail");
            atom = atom.hazard(Hazard::MayFail { entity: id, reason });
        }
        lowered.atoms.push(atom);
    } else if !from.is_nullable && to.is_nullable {
        let action = Action::DropNotNull { table: name.clone(), column: to.name.clone() };
        lowered.atoms.push(
            step(context, cause, after, to, action).hazard(lock(name, LockClass::Everything)),
        );
    }
}

/// Whether rows with NULL stop a column from becoming required: nothing says what they get.
pub(crate) fn becomes_required_without_value(
    context: &Context<'_>,
    id: &EntityId,
    from: &Column,
    to: &Column,
) -> bool {
    from.is_nullable && !to.is_nullable && null_value(context, id, to).is_none()
}

/// What rows with NULL get when a column becomes required: what was said, else the default.
pub(crate) fn null_value(context: &Context<'_>, id: &EntityId, column: &Column) -> Option<Value> {
    let said = context.hints.backfill.get(id).cloned().map(Value::Sql);
    said.or_else(|| column.default.clone().map(Value::Default))
}

pub(crate) fn not_null(id: &EntityId) -> Decision {
    Decision {
        code: "DBK0403",
        entity: id.clone(),
        message: format!("`{id}` becomes required, and nothing says what rows with NULL get"),
        allow: Some(format!("not-null:{id}")),
        helps: vec![format!(
            "give them a value: `--backfill \"{id}=..\"` or `#[dbkit(backfill = \"..\")]`, in SQL"
        )],
    }
}

fn alter_identity(
    context: &Context<'_>,
    cause: usize,
    after: &Table,
    known: Option<&Identity>,
    to: &Column,
    identity: &Identity,
    lowered: &mut Lowered,
) {
    let name = &after.name;
    let action = match known {
        Some(known) if known == identity => return,
        Some(known) => {
            let action = Action::AlterIdentity {
                table: name.clone(),
                column: to.name.clone(),
                from: known.clone(),
                to: identity.clone(),
            };
            lowered.atoms.push(
                step(context, cause, after, to, action).hazard(lock(name, LockClass::Everything)),
            );
            return;
        }
        None => Action::AddIdentity {
            table: name.clone(),
            column: to.name.clone(),
            ty: to.ty.clone(),
            identity: Identity::clone(identity),
        },
    };
    lowered
        .atoms
        .push(step(context, cause, after, to, action).hazard(lock(name, LockClass::Everything)));
    lowered.atoms.push(advance(context, cause, after, to, None, &identity.options));
}

/// Sets a sequence past the numbers that a column has.
pub(super) fn advance(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    column: &Column,
    sequence: Option<&ObjectName>,
    options: &SequenceOptions,
) -> Atom {
    let action = Action::AdvanceSequence {
        table: table.name.clone(),
        column: column.name.clone(),
        sequence: sequence.cloned(),
        options: options.clone(),
    };
    step(context, cause, table, column, action)
        .uses(sequence.cloned().map(Thing::Sequence))
        .comment("The next number comes after those that are there.")
}

/// The sequence that a default begins to take numbers from: it knows nothing of those that rows have.
pub(super) fn sequence_put_behind<'a>(
    context: &Context<'a>,
    after: &Table,
    from: &Column,
    to: &Column,
) -> Option<&'a Sequence> {
    let is_number = matches!(to.ty, ColumnType::Integer { .. } | ColumnType::Numeric(_));
    let needs = needs_of_column(context, context.to, after, to);
    let mut sequences = needs.into_iter().filter_map(|thing| match thing {
        Thing::Sequence(name) => context.to.sequences.get(&name),
        _ => None,
    });
    let sequence = sequences.next().filter(|_| is_number)?;
    let was_counted = matches!(from.default, Some(DefaultValue::Expression(_)));
    let is_new = !context.from.sequences.contains_key(&sequence.name);
    (is_new || !was_counted).then_some(sequence)
}

/// A name for an SQL expression that plan itself makes up. Double quotes are understood by every dialect that asks for one.
pub(crate) fn sql_name(name: &str) -> String {
    expression::quoted_name(name)
}

/// A text literal for an SQL expression that plan itself makes up.
pub(crate) fn sql_text(text: &str) -> String {
    expression::quoted_text(text)
}

/// A value as an SQL expression.
pub(crate) fn sql_value(value: &Value) -> String {
    match value {
        Value::Sql(sql) | Value::Default(DefaultValue::Expression(sql)) => sql.clone(),
        Value::Default(DefaultValue::Boolean(true)) => "TRUE".to_owned(),
        Value::Default(DefaultValue::Boolean(false)) => "FALSE".to_owned(),
        Value::Default(DefaultValue::Number(number)) => number.clone(),
        Value::Default(DefaultValue::Text(text)) => sql_text(text),
        Value::Default(DefaultValue::Now) => "CURRENT_TIMESTAMP".to_owned(),
    }
}
