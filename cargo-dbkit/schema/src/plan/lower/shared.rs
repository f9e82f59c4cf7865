//! What is lowered alike for all dialects, or nearly so: objects beside tables, constraints, indexes, comments.

use std::collections::BTreeMap;

use crate::diff::{Change, ConstraintKind};
use crate::model::{
    Check, Column, ColumnType, EntityId, EntityKind, Extra, ForeignKey, Index, IndexTarget,
    MatchType, ObjectName, Schema, Table, expression,
};

use super::super::atom::{Atom, Rank, Thing};
use super::super::capabilities::{AlterStyle, EnumStyle};
use super::super::{Action, Constraint, Hazard, LockClass};
use super::{Context, Lowered, objects};

/// Keeps the first of the actions that are asked for more than once. `once` gives those that may be, with their table: only actions of one
/// table can be the same, and looking at all of them takes its time.
pub(crate) fn dedup(lowered: &mut Lowered, once: impl Fn(&Action) -> Option<&ObjectName>) {
    let mut seen: BTreeMap<ObjectName, Vec<Action>> = BTreeMap::new();
    lowered.atoms.retain(|atom| {
        let Some(table) = once(&atom.action) else { return true };
        if let Some(seen) = seen.get_mut(table) {
            let is_new = !seen.contains(&atom.action);
            if is_new {
                seen.push(Action::clone(&atom.action));
            }
            return is_new;
        }
        seen.insert(table.clone(), vec![Action::clone(&atom.action)]);
        true
    });
}

/// Namespaces, enums as such, sequences.
pub(crate) fn lower_objects(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    let has_named_enums = context.capabilities.enums == EnumStyle::Named;
    for at in changes {
        let cause = *at;
        let namespace = |name: &ObjectName| name.schema.clone().map(Thing::Namespace);
        let atom = match &context.changes[cause] {
            Change::CreateNamespace(namespace) => {
                let name = namespace.name.clone();
                let atom =
                    Atom::new(cause, Rank::Found, Action::CreateNamespace(namespace.clone()));
                push_comment(
                    context,
                    cause,
                    namespace_id(&name),
                    None,
                    namespace.comment.as_ref(),
                    vec![Thing::Namespace(name.clone())],
                    lowered,
                );
                let made = vec![Thing::Namespace(name.clone())];
                objects::properties(
                    context,
                    cause,
                    &namespace_id(&name),
                    None,
                    &namespace.extra,
                    made,
                    lowered,
                );
                atom.creates([Thing::Namespace(name)])
            }
            Change::DropNamespace(namespace) => {
                Atom::new(cause, Rank::DropObject, Action::DropNamespace(namespace.name.clone()))
                    .drops([Thing::Namespace(namespace.name.clone())])
            }
            Change::AlterNamespace { from, to } => {
                push_comment(
                    context,
                    cause,
                    namespace_id(&to.name),
                    from.comment.as_ref(),
                    to.comment.as_ref(),
                    Vec::new(),
                    lowered,
                );
                let id = namespace_id(&to.name);
                objects::properties(
                    context,
                    cause,
                    &id,
                    Some(&from.extra),
                    &to.extra,
                    Vec::new(),
                    lowered,
                );
                continue;
            }
            Change::CreateEnum(enum_type) if has_named_enums => {
                let id = EntityId::object(EntityKind::Enum, enum_type.name.clone());
                push_comment(
                    context,
                    cause,
                    id.clone(),
                    None,
                    enum_type.comment.as_ref(),
                    vec![Thing::Enum(enum_type.name.clone())],
                    lowered,
                );
                let made = vec![Thing::Enum(enum_type.name.clone())];
                objects::properties(context, cause, &id, None, &enum_type.extra, made, lowered);
                Atom::new(cause, Rank::Found, Action::CreateEnum(enum_type.clone()))
                    .creates([Thing::Enum(enum_type.name.clone())])
                    .creates([Thing::Relation(enum_type.name.clone())])
                    .uses(namespace(&enum_type.name))
            }
            Change::DropEnum(enum_type) if has_named_enums => {
                Atom::new(cause, Rank::DropObject, Action::DropEnum(enum_type.name.clone()))
                    .drops([Thing::Enum(enum_type.name.clone())])
                    .drops([Thing::Relation(enum_type.name.clone())])
                    .releases(namespace(&enum_type.name))
            }
            Change::CreateSequence(sequence) => {
                let id = EntityId::object(EntityKind::Sequence, sequence.name.clone());
                push_comment(
                    context,
                    cause,
                    id.clone(),
                    None,
                    sequence.comment.as_ref(),
                    vec![Thing::Sequence(sequence.name.clone())],
                    lowered,
                );
                let made = vec![Thing::Sequence(sequence.name.clone())];
                objects::properties(context, cause, &id, None, &sequence.extra, made, lowered);
                Atom::new(cause, Rank::Found, Action::CreateSequence(sequence.clone()))
                    .creates([Thing::Sequence(sequence.name.clone())])
                    .creates([Thing::Relation(sequence.name.clone())])
                    .uses(namespace(&sequence.name))
            }
            // It goes with the column that owns it.
            Change::DropSequence(sequence) if owner_goes(context, &sequence.extra) => continue,
            Change::DropSequence(sequence) => {
                Atom::new(cause, Rank::DropObject, Action::DropSequence(sequence.name.clone()))
                    .drops([Thing::Sequence(sequence.name.clone())])
                    .drops([Thing::Relation(sequence.name.clone())])
                    .releases(namespace(&sequence.name))
                    .hazard(Hazard::DataLoss {
                        entity: EntityId::object(EntityKind::Sequence, sequence.name.clone()),
                        reason: format!(
                            "dropping `{}` forgets how far it has counted",
                            sequence.name
                        ),
                    })
            }
            Change::AlterSequence { from, to } => {
                let id = EntityId::object(EntityKind::Sequence, to.name.clone());
                push_comment(
                    context,
                    cause,
                    id.clone(),
                    from.comment.as_ref(),
                    to.comment.as_ref(),
                    Vec::new(),
                    lowered,
                );
                let known = disowned(context, cause, &id, &from.extra, lowered);
                objects::properties(
                    context,
                    cause,
                    &id,
                    Some(&known),
                    &to.extra,
                    Vec::new(),
                    lowered,
                );
                // Where comments have no statement of their own, they are part of the sequence.
                let has_comment = writes_comments(context) || from.comment == to.comment;
                if from.options == to.options && from.ty == to.ty && has_comment {
                    continue;
                }
                Atom::new(
                    cause,
                    Rank::Found,
                    Action::AlterSequence { from: from.clone(), to: to.clone() },
                )
            }
            _ => continue,
        };
        lowered.atoms.push(atom);
    }
}

/// A sequence goes with the column that owns it, so one that stays is taken from a column that goes. Gives back what it carries then.
fn disowned(
    context: &Context<'_>,
    cause: usize,
    id: &EntityId,
    sequence: &Extra,
    lowered: &mut Lowered,
) -> Extra {
    const OWNER: &str = "owned_by";
    let mut known = sequence.clone();
    if !owner_goes(context, sequence) {
        return known;
    }
    if let Some(owner) = known.properties.remove(OWNER) {
        let columns = sequence.uses.0.iter().filter(|id| id.kind == EntityKind::Column);
        let owners = columns.flat_map(|id| [objects::thing(id), Thing::Table(id.object.clone())]);
        let action = Action::SetProperty {
            id: id.clone(),
            key: OWNER.to_owned(),
            from: Some(owner),
            to: None,
        };
        lowered.atoms.push(Atom::new(cause, Rank::Release, action).releases(owners));
    }
    known
}

/// Whether a column that a sequence belongs to goes.
fn owner_goes(context: &Context<'_>, sequence: &Extra) -> bool {
    sequence.uses.0.iter().filter(|id| id.kind == EntityKind::Column).any(|id| {
        let table = context.to.tables.get(&id.object);
        table.and_then(|table| table.column(id.member.as_deref()?)).is_none()
    })
}

fn namespace_id(name: &str) -> EntityId {
    EntityId::object(EntityKind::Namespace, ObjectName::new(name))
}

/// Whether a comment is a statement of its own.
fn writes_comments(context: &Context<'_>) -> bool {
    context.capabilities.has_comments && context.capabilities.alter == AlterStyle::Separate
}

/// Sets a comment where it differs and the dialect has comments of their own.
pub(crate) fn push_comment(
    context: &Context<'_>,
    cause: usize,
    entity: EntityId,
    from: Option<&String>,
    to: Option<&String>,
    uses: Vec<Thing>,
    lowered: &mut Lowered,
) {
    if from != to && writes_comments(context) {
        let action = Action::SetComment { entity, comment: to.cloned() };
        lowered.atoms.push(Atom::new(cause, Rank::Comment, action).uses(uses));
    }
}

/// Whether rows that exist would have no value for a new column.
pub(crate) fn needs_value(context: &Context<'_>, table: &ObjectName, column: &Column) -> bool {
    !column.is_nullable
        && column.default.is_none()
        && column.generated.is_none()
        && column.identity.is_none()
        && !context.hints.backfill.contains_key(&EntityId::column(table, column.name.as_str()))
}

pub(crate) fn lock(table: &ObjectName, class: LockClass) -> Hazard {
    Hazard::Lock { table: EntityId::table(table), class }
}

pub(crate) fn scan(table: &ObjectName) -> Hazard {
    Hazard::Scan { table: EntityId::table(table) }
}

pub(crate) fn rewrite(table: &ObjectName) -> Hazard {
    Hazard::Rewrite { table: EntityId::table(table) }
}

pub(crate) fn column_thing(table: &ObjectName, column: &str) -> Thing {
    Thing::Column(table.clone(), column.to_owned())
}

pub(crate) fn key_thing(table: &ObjectName, columns: &[String]) -> Thing {
    let mut columns = columns.to_vec();
    columns.sort();
    Thing::Key(table.clone(), columns)
}

/// A constraint or index, and its name.
pub(crate) fn member_things(table: &ObjectName, name: &str) -> [Thing; 2] {
    [Thing::Member(table.clone(), name.to_owned()), Thing::Relation(table.with_name(name))]
}

/// The columns of a table that an expression names.
pub(crate) fn columns_in<'a>(table: &'a Table, text: &str) -> Vec<&'a str> {
    table
        .columns
        .iter()
        .map(|column| column.name.as_str())
        .filter(|column| expression::names_column(text, &table.name.name, column))
        .collect()
}

/// What the definition of a column needs: its enum, sequences in its default, columns in its expression.
pub(crate) fn needs_of_column(
    context: &Context<'_>,
    schema: &Schema,
    table: &Table,
    column: &Column,
) -> Vec<Thing> {
    let mut needs: Vec<Thing> = objects::used_things(&column.extra).collect();
    if context.capabilities.enums == EnumStyle::Named {
        needs.extend(column.ty.enum_name().cloned().map(Thing::Enum));
    }
    if let Some(crate::model::DefaultValue::Expression(text)) = &column.default {
        let named = |name: &&ObjectName| expression::names_sequence(text, name);
        needs.extend(schema.sequences.keys().filter(named).cloned().map(Thing::Sequence));
    }
    if let Some(generated) = &column.generated {
        needs.extend(
            columns_in(table, &generated.expression)
                .into_iter()
                .map(|name| column_thing(&table.name, name)),
        );
    }
    needs
}

/// What a constraint stands on.
pub(crate) fn needs_of_constraint(table: &Table, constraint: &Constraint) -> Vec<Thing> {
    let mut needs: Vec<Thing> = objects::used_things(constraint_extra(constraint)).collect();
    needs.extend(columns_of_constraint(table, constraint));
    needs
}

fn columns_of_constraint(table: &Table, constraint: &Constraint) -> Vec<Thing> {
    let columns = |columns: &[String]| {
        columns.iter().map(|name| column_thing(&table.name, name)).collect::<Vec<_>>()
    };
    match constraint {
        Constraint::PrimaryKey(key) => columns(&key.columns),
        Constraint::Unique(unique) => columns(&unique.columns),
        Constraint::Check(check) => columns_in(table, &check.expression)
            .into_iter()
            .map(|name| column_thing(&table.name, name))
            .collect(),
        Constraint::ForeignKey(key) => {
            let mut needs = columns(&key.columns);
            needs.extend(
                key.referenced_columns.iter().map(|name| column_thing(&key.references, name)),
            );
            needs.push(Thing::Table(key.references.clone()));
            needs.push(key_thing(&key.references, &key.referenced_columns));
            needs
        }
    }
}

/// What an index stands on.
pub(crate) fn needs_of_index(table: &Table, index: &Index) -> Vec<Thing> {
    let mut names: Vec<&str> = Vec::new();
    for part in &index.parts {
        match &part.target {
            IndexTarget::Column(name) => names.push(name),
            IndexTarget::Expression(text) => names.extend(columns_in(table, text)),
        }
    }
    names.extend(index.include.iter().map(String::as_str));
    if let Some(predicate) = &index.predicate {
        names.extend(columns_in(table, predicate));
    }
    let columns = names.into_iter().map(|name| column_thing(&table.name, name));
    columns.chain(objects::used_things(&index.extra)).collect()
}

pub(crate) fn constraint_name(constraint: &Constraint) -> &str {
    match constraint {
        Constraint::PrimaryKey(key) => &key.name.text,
        Constraint::Unique(unique) => &unique.name.text,
        Constraint::ForeignKey(key) => &key.name.text,
        Constraint::Check(check) => &check.name.text,
    }
}

pub(crate) fn constraint_kind(constraint: &Constraint) -> ConstraintKind {
    match constraint {
        Constraint::PrimaryKey(_) => ConstraintKind::PrimaryKey,
        Constraint::Unique(_) => ConstraintKind::Unique,
        Constraint::ForeignKey(_) => ConstraintKind::ForeignKey,
        Constraint::Check(_) => ConstraintKind::Check,
    }
}

/// The constraint that a change adds or drops.
pub(crate) fn constraint_of(change: &Change) -> Option<(&ObjectName, Constraint)> {
    Some(match change {
        Change::AddPrimaryKey { table, key } | Change::DropPrimaryKey { table, key } => {
            (table, Constraint::PrimaryKey(key.clone()))
        }
        Change::AddUnique { table, unique } | Change::DropUnique { table, unique } => {
            (table, Constraint::Unique(unique.clone()))
        }
        Change::AddForeignKey { table, key } | Change::DropForeignKey { table, key } => {
            (table, Constraint::ForeignKey(key.clone()))
        }
        Change::AddCheck { table, check } | Change::DropCheck { table, check } => {
            (table, Constraint::Check(check.clone()))
        }
        _ => return None,
    })
}

/// Adds a constraint to a table that exists. `table` is the table afterwards.
pub(crate) fn add_constraint(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    constraint: Constraint,
) -> Atom {
    let name = constraint_name(&constraint).to_owned();
    let mut atom = Atom::new(
        cause,
        Rank::AddConstraint,
        Action::AddConstraint { table: table.name.clone(), constraint: constraint.clone() },
    )
    .creates(member_things(&table.name, &name))
    .uses(needs_of_constraint(table, &constraint))
    .uses([Thing::Table(table.name.clone())]);
    match &constraint {
        // There is one primary key at a time, whatever its columns.
        Constraint::PrimaryKey(key) => {
            atom = atom.creates([key_thing(&table.name, &key.columns), key_thing(&table.name, &[])])
        }
        Constraint::Unique(unique) => {
            atom = atom.creates([key_thing(&table.name, &unique.columns)])
        }
        Constraint::ForeignKey(key) if !context.is_new(&key.references) => {
            atom = atom.hazard(lock(&key.references, LockClass::Writes));
        }
        Constraint::ForeignKey(_) | Constraint::Check(_) => {}
    }
    if context.is_new(&table.name) {
        return atom;
    }
    let class = match &constraint {
        Constraint::ForeignKey(_) => LockClass::Writes,
        _ => LockClass::Everything,
    };
    atom.hazards([lock(&table.name, class), scan(&table.name)]).hazards(stops_at_rows(
        context,
        table,
        &constraint,
    ))
}

/// The rows that a new constraint of a table that exists would not take. None where every row has NULL in one of its columns.
pub(crate) fn stops_at_rows(
    context: &Context<'_>,
    table: &Table,
    constraint: &Constraint,
) -> Option<Hazard> {
    let before = context.from.tables.get(&table.name);
    let is_null = |name: &String| {
        let id = EntityId::column(&table.name, name.as_str());
        before.is_some_and(|before| before.column(name).is_none())
            && !context.hints.backfill.contains_key(&id)
            && table.column(name).is_some_and(|column| {
                // A domain may have a default of its own.
                column.is_nullable
                    && !matches!(column.ty, ColumnType::Custom(_))
                    && column.default.is_none()
                    && column.generated.is_none()
                    && column.identity.is_none()
            })
    };
    let reason = match constraint {
        Constraint::PrimaryKey(_) => "rows with equal or NULL keys make it fail",
        Constraint::Unique(unique) => {
            if !unique.nulls_not_distinct && unique.columns.iter().any(is_null) {
                return None;
            }
            "rows with equal values make it fail"
        }
        Constraint::ForeignKey(key) => {
            let is_simple = matches!(key.match_type, MatchType::Simple);
            if is_simple && key.columns.iter().any(is_null) || key.columns.iter().all(is_null) {
                return None;
            }
            "rows that point nowhere make it fail"
        }
        Constraint::Check(_) => "rows that do not satisfy it make it fail",
    };
    let entity =
        EntityId::member(entity_kind(constraint), &table.name, constraint_name(constraint));
    Some(Hazard::MayFail { entity, reason: reason.to_owned() })
}

/// What a constraint carries beside its own fields.
pub(crate) fn constraint_extra(constraint: &Constraint) -> &Extra {
    match constraint {
        Constraint::PrimaryKey(key) => &key.extra,
        Constraint::Unique(unique) => &unique.extra,
        Constraint::ForeignKey(key) => &key.extra,
        Constraint::Check(check) => &check.extra,
    }
}

pub(crate) fn entity_kind(constraint: &Constraint) -> EntityKind {
    match constraint {
        Constraint::PrimaryKey(_) => EntityKind::PrimaryKey,
        Constraint::Unique(_) => EntityKind::Unique,
        Constraint::ForeignKey(_) => EntityKind::ForeignKey,
        Constraint::Check(_) => EntityKind::Check,
    }
}

/// Drops a constraint. `table` is the table before.
pub(crate) fn drop_constraint(cause: usize, table: &Table, constraint: &Constraint) -> Atom {
    let name = constraint_name(constraint).to_owned();
    let action = Action::DropConstraint {
        table: table.name.clone(),
        kind: constraint_kind(constraint),
        name: name.clone(),
    };
    let mut atom = Atom::new(cause, Rank::Release, action)
        .drops(member_things(&table.name, &name))
        .releases(needs_of_constraint(table, constraint))
        .hazard(lock(&table.name, LockClass::Everything));
    match constraint {
        Constraint::PrimaryKey(key) => {
            atom = atom.drops([key_thing(&table.name, &key.columns), key_thing(&table.name, &[])])
        }
        Constraint::Unique(unique) => atom = atom.drops([key_thing(&table.name, &unique.columns)]),
        Constraint::ForeignKey(key) => {
            atom = atom.hazard(lock(&key.references, LockClass::Everything))
        }
        Constraint::Check(_) => {}
    }
    atom
}

/// Creates an index. `table` is the table afterwards.
pub(crate) fn create_index(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    index: &Index,
) -> Atom {
    let is_concurrent = index.is_concurrent
        && context.capabilities.has_concurrent_indexes
        && !context.is_new(&table.name)
        && !is_pointed_to(context.to, table, index);
    let mut index = index.clone();
    index.is_concurrent = is_concurrent;
    let mut atom = Atom::new(
        cause,
        Rank::Index,
        Action::CreateIndex { table: table.name.clone(), index: index.clone() },
    )
    .creates(member_things(&table.name, &index.name.text))
    .uses(needs_of_index(table, &index))
    .uses([Thing::Table(table.name.clone())]);
    if index.is_unique && index.predicate.is_none() {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        atom = atom.creates([key_thing(&table.name, &columns)]);
    }
    atom.is_concurrent = is_concurrent;
    if context.is_new(&table.name) {
        return atom;
    }
    if !is_concurrent {
        atom = atom.hazards([lock(&table.name, LockClass::Writes), scan(&table.name)]);
    }
    if index.is_unique {
        let entity = EntityId::member(EntityKind::Index, &table.name, index.name.text.as_str());
        atom = atom.hazard(Hazard::MayFail {
            entity,
            reason: "rows with equal values make it fail".to_owned(),
        });
    }
    atom
}

/// Whether a foreign key may stand on an index, so that it has to be there in the same transaction.
fn is_pointed_to(schema: &Schema, table: &Table, index: &Index) -> bool {
    let columns: Vec<String> = index.columns().map(str::to_owned).collect();
    let key = key_thing(&table.name, &columns);
    index.is_unique
        && schema
            .tables
            .values()
            .flat_map(|owner| owner.foreign_keys.values())
            .any(|foreign| key_thing(&foreign.references, &foreign.referenced_columns) == key)
}

/// Drops an index. `table` is the table before.
pub(crate) fn drop_index(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    index: &Index,
) -> Atom {
    let loses_columns = context.changes.iter().any(|change| {
        matches!(change, Change::DropColumn { table: of, .. } | Change::AlterColumn { table: of, .. } if *of == table.name)
    });
    let is_concurrent = index.is_concurrent
        && context.capabilities.has_concurrent_indexes
        && !loses_columns
        && !is_pointed_to(context.from, table, index);
    let mut index = index.clone();
    index.is_concurrent = is_concurrent;
    let mut atom = Atom::new(
        cause,
        Rank::Release,
        Action::DropIndex { table: table.name.clone(), index: index.clone() },
    )
    .drops(member_things(&table.name, &index.name.text))
    .releases(needs_of_index(table, &index));
    if index.is_unique && index.predicate.is_none() {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        atom = atom.drops([key_thing(&table.name, &columns)]);
    }
    atom.is_concurrent = is_concurrent;
    if is_concurrent { atom } else { atom.hazard(lock(&table.name, LockClass::Everything)) }
}

/// The checks that name a column, before its rename and after.
pub(crate) fn checks_around_rename(
    context: &Context<'_>,
    table: &ObjectName,
    from: &str,
    to: &str,
) -> Vec<(Check, Check)> {
    let Some(after) = context.to.tables.get(table) else { return Vec::new() };
    after
        .checks
        .values()
        .filter(|check| expression::names_column(&check.expression, &table.name, to))
        .map(|check| {
            let mut before = check.clone();
            before.expression =
                expression::rename_columns(&check.expression, &table.name, &[(to, from)]);
            (before, check.clone())
        })
        .collect()
}

pub(crate) fn rename_index(
    context: &Context<'_>,
    table: ObjectName,
    from: String,
    to: String,
    cause: usize,
    atoms: &mut Vec<Atom>,
) {
    if context.capabilities.alter != AlterStyle::Rebuild {
        atoms.push(Atom::new(cause, Rank::Rename, Action::RenameIndex { table, from, to }));
        return;
    }
    // SQLite has no RENAME INDEX.
    let index = |name: &str| {
        let known = context.to.tables.get(&table)?.indexes.get(&to)?;
        let mut index = known.clone();
        index.name.text = name.to_owned();
        Some(index)
    };
    if let (Some(old), Some(new)) = (index(&from), index(&to)) {
        atoms.push(Atom::new(
            cause,
            Rank::Rename,
            Action::DropIndex { table: table.clone(), index: old },
        ));
        atoms.push(Atom::new(cause, Rank::Rename, Action::CreateIndex { table, index: new }));
    }
}

/// Renames a constraint or index once its new name is free.
pub(crate) fn rename_later(context: &Context<'_>, cause: usize, atoms: &mut Vec<Atom>) {
    let mut renamed = Vec::new();
    let (table, from, to) = match &context.changes[cause] {
        Change::RenameConstraint { table, kind, from, to } => {
            rename_constraint(context, table, *kind, from, to, cause, &mut renamed);
            (table, from, to)
        }
        Change::RenameIndex { table, from, to } => {
            rename_index(context, table.clone(), from.clone(), to.clone(), cause, &mut renamed);
            (table, from, to)
        }
        _ => return,
    };
    atoms.extend(renamed.into_iter().map(|atom| {
        atom.drops([Thing::Relation(table.with_name(from))]).creates(member_things(table, to))
    }));
}

pub(crate) fn rename_constraint(
    context: &Context<'_>,
    table: &ObjectName,
    kind: ConstraintKind,
    from: &str,
    to: &str,
    cause: usize,
    atoms: &mut Vec<Atom>,
) {
    match context.capabilities.alter {
        AlterStyle::Separate => {
            let action = Action::RenameConstraint {
                table: table.clone(),
                kind,
                from: from.to_owned(),
                to: to.to_owned(),
            };
            atoms.push(Atom::new(cause, Rank::Rename, action));
        }
        AlterStyle::Modify => match kind {
            // The primary key has no name there.
            ConstraintKind::PrimaryKey => {}
            ConstraintKind::Unique => {
                let action = Action::RenameIndex {
                    table: table.clone(),
                    from: from.to_owned(),
                    to: to.to_owned(),
                };
                atoms.push(Atom::new(cause, Rank::Rename, action));
            }
            ConstraintKind::ForeignKey | ConstraintKind::Check => {
                let constraint = context.to.tables.get(table).and_then(|table| match kind {
                    ConstraintKind::ForeignKey => {
                        table.foreign_keys.get(to).cloned().map(Constraint::ForeignKey)
                    }
                    _ => table.checks.get(to).cloned().map(Constraint::Check),
                });
                if let Some(constraint) = constraint {
                    let drop = Action::DropConstraint {
                        table: table.clone(),
                        kind,
                        name: from.to_owned(),
                    };
                    atoms.push(Atom::new(cause, Rank::Rename, drop));
                    atoms.push(Atom::new(
                        cause,
                        Rank::Rename,
                        Action::AddConstraint { table: table.clone(), constraint },
                    ));
                }
            }
        },
        // The name stands in the text of the table, which is rebuilt.
        AlterStyle::Rebuild => {}
    }
}

/// All constraints of a table.
pub(crate) fn constraints(table: &Table) -> Vec<Constraint> {
    let mut all: Vec<Constraint> =
        table.primary_key.iter().cloned().map(Constraint::PrimaryKey).collect();
    all.extend(table.uniques.values().cloned().map(Constraint::Unique));
    all.extend(table.checks.values().cloned().map(Constraint::Check));
    all.extend(table.foreign_keys.values().cloned().map(Constraint::ForeignKey));
    all
}

/// Adds a column; `added` is how it is added, where something of it comes later.
pub(crate) fn add_column_as(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    column: &Column,
    added: Column,
) -> Atom {
    let action = Action::AddColumn { table: table.name.clone(), column: added.into() };
    Atom::new(cause, Rank::AddColumn, action)
        .creates([column_thing(&table.name, &column.name)])
        .uses(needs_of_column(context, context.to, table, column))
}

/// All constraints of a table: what they are called, and what they carry.
pub(crate) fn names_and_extras(table: &Table) -> impl Iterator<Item = (&str, &Extra)> {
    let key = table.primary_key.iter().map(|key| (key.name.text.as_str(), &key.extra));
    let uniques = table.uniques.values().map(|unique| (unique.name.text.as_str(), &unique.extra));
    let checks = table.checks.values().map(|check| (check.name.text.as_str(), &check.extra));
    let keys = table.foreign_keys.values().map(|key| (key.name.text.as_str(), &key.extra));
    key.chain(uniques).chain(checks).chain(keys)
}

/// The foreign keys of other tables and of this one that involve a column of it.
pub(crate) fn foreign_keys_on<'a>(
    schema: &'a Schema,
    table: &ObjectName,
    column: &str,
) -> Vec<(&'a Table, &'a ForeignKey)> {
    let mut found = Vec::new();
    for owner in schema.tables.values() {
        for key in owner.foreign_keys.values() {
            let has = |columns: &[String]| columns.iter().any(|name| name == column);
            let is_here = owner.name == *table && has(&key.columns);
            let points_here = key.references == *table && has(&key.referenced_columns);
            if is_here || points_here {
                found.push((&**owner, key));
            }
        }
    }
    found
}
