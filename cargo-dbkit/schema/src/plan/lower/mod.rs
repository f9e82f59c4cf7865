//! Turns changes into actions that a dialect can execute, by its capabilities.
//!
//! Three phases, in this order: what stands in the way of a rename is dropped, things get their new names, everything else
//! happens in new names. The first two are lists; the third is a set that [`order`](super::order) sorts.

mod carry;
mod change_type;
mod enums;
mod inherited;
mod modify;
mod objects;
mod rebuild;
mod separate;
mod shared;
mod tables;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Change, ConstraintKind, apply, as_rename};
use crate::model::{EntityId, EntityKind, EnumType, Hints, ObjectName, Renaming, Schema, Shared};

use super::atom::{Atom, Rank};
use super::capabilities::{AlterStyle, EnumStyle};
use super::rename::{Move, Moved, MovedObject, sequence, sequence_objects};
use super::{Action, Capabilities, Decision};

/// What lowering looks at.
pub(crate) struct Context<'a> {
    /// All changes; a cause is an index into them.
    pub(crate) changes: &'a [Change],
    /// The schema once everything has its new name.
    pub(crate) from: &'a Schema,
    /// The schema afterwards.
    pub(crate) to: &'a Schema,
    pub(crate) hints: &'a Hints,
    pub(crate) capabilities: &'a Capabilities,
    /// Objects that were dropped before the renames, by the names that they have now: not in `from` any more, and why.
    pub(crate) aside: &'a BTreeMap<EntityId, usize>,
}

impl Context<'_> {
    /// Whether a table comes into being here, so that nobody can wait for it and nothing in it can be lost.
    pub(crate) fn is_new(&self, table: &ObjectName) -> bool {
        !self.from.tables.contains_key(table)
    }

    /// The enums that columns of a table name, for dialects that keep them in each column.
    pub(crate) fn enums_in(
        &self,
        schema: &Schema,
        table: &ObjectName,
    ) -> BTreeMap<ObjectName, EnumType> {
        if self.capabilities.enums == EnumStyle::Named {
            return BTreeMap::new();
        }
        let names = schema
            .tables
            .get(table)
            .into_iter()
            .flat_map(|table| &table.columns)
            .filter_map(|column| column.ty.enum_name());
        names
            .filter_map(|name| schema.enums.get(name).map(|found| (name.clone(), found.clone())))
            .collect()
    }
}

/// What lowering gives back.
#[derive(Default)]
pub(crate) struct Lowered {
    pub(crate) clear: Vec<Atom>,
    pub(crate) renames: Vec<Atom>,
    pub(crate) atoms: Vec<Atom>,
    pub(crate) decisions: Vec<Decision>,
    /// A table is rebuilt, or one that others point to is dropped, where that needs foreign keys to be off.
    pub(crate) without_foreign_keys: bool,
}

/// Lowers all changes.
pub(crate) fn lower(
    changes: &[Change],
    from: &Schema,
    to: &Schema,
    hints: &Hints,
    capabilities: &Capabilities,
) -> Lowered {
    let first_rename = changes.iter().position(|change| as_rename(change).is_some());
    let displaced = first_rename.unwrap_or(0);
    let mut lowered = Lowered::default();

    // A schema of a thousand tables is not copied where nothing is dropped or renamed.
    let mut before = Cow::Borrowed(from);
    let mut cleared = match displaced {
        0 => Cow::Borrowed(from),
        _ => Cow::Owned(apply(from.clone(), &changes[..displaced])),
    };
    let renames: Vec<usize> =
        (displaced..changes.len()).filter(|at| as_rename(&changes[*at]).is_some()).collect();
    let renamed: Vec<Change> = renames.iter().map(|at| changes[*at].clone()).collect();
    let mut current = match renamed.is_empty() {
        true => cleared.clone(),
        false => Cow::Owned(apply(cleared.clone().into_owned(), &renamed)),
    };
    let mut aside = BTreeMap::new();
    // Elsewhere whatever stands on something follows when that gets another name, but nothing may stand on what goes first.
    let moving = match capabilities.alter {
        AlterStyle::Rebuild | AlterStyle::Modify => Some(renamed.as_slice()),
        AlterStyle::Separate if displaced > 0 => Some([].as_slice()),
        AlterStyle::Separate => None,
    };
    if let (Some(moving), Some(cause)) = (moving, renames.first()) {
        // They go before anything else, so that no rebuild on the way makes them again.
        let clear = &mut lowered.clear;
        let old = objects::step_aside(from, &cleared, moving, *cause, capabilities.alter, clear);
        let renaming = Renaming::new(&renamed.iter().filter_map(as_rename).collect::<Vec<_>>());
        for id in &old {
            before.to_mut().objects.remove(id);
            cleared.to_mut().objects.remove(id);
            let id = renaming.entity(id);
            current.to_mut().objects.remove(&id);
            aside.insert(id, *cause);
        }
    }
    let (before, cleared) = (before.as_ref(), cleared.as_ref());
    let nothing = BTreeMap::new();
    let clear =
        Context { changes, from: before, to: cleared, hints, capabilities, aside: &nothing };
    let mut clear_lowered = Lowered::default();
    lower_phase(&clear, 0..displaced, &mut clear_lowered);
    lowered.clear.extend(clear_lowered.atoms);
    lowered.decisions = clear_lowered.decisions;
    lowered.without_foreign_keys = clear_lowered.without_foreign_keys;

    let aside = &aside;
    let current = current.as_ref();
    let rename =
        Context { changes, from: cleared, to: current, hints, capabilities, aside: &nothing };
    let rest = Context { changes, from: current, to, hints, capabilities, aside };
    lower_phase(&rest, displaced..changes.len(), &mut lowered);
    // Something may move into a namespace that is new.
    let is_namespace = |atom: &mut Atom| matches!(*atom.action, Action::CreateNamespace(_));
    let namespaces: Vec<Atom> = lowered.atoms.extract_if(.., is_namespace).collect();
    // What is made again is made under its new name.
    let is_aside = |at: &usize| matches!(&changes[*at], Change::RenameObject { to, .. } if aside.contains_key(to));
    let (renames, late): (Vec<usize>, Vec<usize>) = renames
        .into_iter()
        .filter(|at| !is_aside(at))
        .partition(|at| !is_name_taken(&changes[*at], current, capabilities.alter));
    lower_renames(&rename, &renames, namespaces, &mut lowered.renames);
    rename_sequences(&rename, &renames, &mut lowered.renames);
    if capabilities.alter == AlterStyle::Modify {
        let (first, last) = modify::defaults_over_renamed(&rename, &renames);
        lowered.renames.splice(..0, first);
        lowered.renames.extend(last);
    }
    for at in late {
        shared::rename_later(&rest, at, &mut lowered.atoms);
    }
    lowered
}

/// Whether a constraint or index gets a name that something else has until it is dropped.
fn is_name_taken(change: &Change, current: &Schema, alter: AlterStyle) -> bool {
    let (Change::RenameConstraint { table, to, .. } | Change::RenameIndex { table, to, .. }) =
        change
    else {
        return false;
    };
    let has = |owner: &crate::model::Table| {
        owner.name.schema == table.schema
            && (owner.name.name == *to
                || owner.indexes.contains_key(to)
                || owner.uniques.contains_key(to)
                || owner.primary_key.as_ref().is_some_and(|key| key.name.text == *to))
    };
    alter == AlterStyle::Separate && current.tables.values().filter(|owner| has(owner)).count() > 1
}

fn lower_phase(context: &Context<'_>, range: std::ops::Range<usize>, lowered: &mut Lowered) {
    let changes: Vec<usize> = range.collect();
    decide(context, &changes, lowered);
    shared::lower_objects(context, &changes, lowered);
    tables::lower_tables(context, &changes, lowered);
    match context.capabilities.alter {
        AlterStyle::Separate => {
            enums::lower_named(context, &changes, lowered);
            separate::lower(context, &changes, lowered);
        }
        AlterStyle::Modify => modify::lower(context, &changes, lowered),
        AlterStyle::Rebuild => rebuild::lower(context, &changes, lowered),
    }
    objects::lower(context, &changes, lowered);
    if context.capabilities.alter == AlterStyle::Separate {
        shared::dedup(lowered, separate::once);
        separate::marks(context, changes.first().copied().unwrap_or_default(), lowered);
    }
}

/// What only a person can decide, as far as it is the same everywhere.
fn decide(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    let loss = |entity: EntityId, message: String| Decision {
        code: "DBK0401",
        allow: Some(format!("data-loss:{entity}")),
        entity,
        message,
        helps: Vec::new(),
    };
    for at in changes {
        match &context.changes[*at] {
            Change::DropTable(table) => {
                lowered.decisions.push(loss(
                    EntityId::table(&table.name),
                    format!("dropping `{}` deletes its rows", table.name),
                ));
            }
            Change::DropObject(object) if object.id.kind == EntityKind::VirtualTable => {
                let message = format!("dropping `{}` deletes its rows", object.id);
                lowered.decisions.push(loss(object.id.clone(), message));
            }
            Change::AlterObject { from, to }
                if to.id.kind == EntityKind::VirtualTable && from.definition != to.definition =>
            {
                let message = format!(
                    "`{}` cannot be changed in place; making it anew deletes its rows",
                    to.id
                );
                lowered.decisions.push(loss(to.id.clone(), message));
            }
            Change::DropSequence(sequence) => lowered.decisions.push(loss(
                EntityId::object(EntityKind::Sequence, sequence.name.clone()),
                format!("dropping `{}` forgets how far it has counted", sequence.name),
            )),
            Change::DropColumn { table, column } if column.generated.is_none() => {
                let entity = EntityId::column(table, column.name.as_str());
                let message = format!("dropping `{entity}` deletes its data");
                lowered.decisions.push(loss(entity, message));
            }
            Change::AlterEnum { from, to, mapping } => {
                for value in from
                    .values
                    .iter()
                    .filter(|value| !to.values.contains(value) && !mapping.contains_key(*value))
                {
                    let entity = EntityId::member(EntityKind::EnumValue, &to.name, value.as_str());
                    let mut decision = loss(
                        entity,
                        format!(
                            "`{}` loses the value `{value}`; a row that holds it stops the migration",
                            to.name
                        ),
                    );
                    decision.helps.push(format!("say what such rows get: `#[dbkit(removed(\"{value}\", Variant))]` on the enum"));
                    lowered.decisions.push(decision);
                }
            }
            Change::AddColumn { table, column } if shared::needs_value(context, table, column) => {
                let entity = EntityId::column(table, column.name.as_str());
                lowered.decisions.push(Decision {
                    code: "DBK0402",
                    message: format!("`{entity}` is required, but existing rows have no value for it"),
                    allow: Some(format!("required:{entity}")),
                    helps: vec![
                        "give new rows and old ones a value: `#[dbkit(default(..))]`".to_owned(),
                        format!("give only old rows a value: `--backfill \"{entity}=..\"` or `#[dbkit(backfill = \"..\")]`, in SQL"),
                    ],
                    entity,
                });
            }
            _ => {}
        }
    }
}

/// Lowers the renames, scope by scope, objects before their members.
fn lower_renames(
    context: &Context<'_>,
    renames: &[usize],
    new_namespaces: Vec<Atom>,
    atoms: &mut Vec<Atom>,
) {
    let mut namespaces = Vec::new();
    let mut objects: BTreeMap<u8, Vec<MovedObject>> = BTreeMap::new();
    let mut members: BTreeMap<(u8, &ObjectName), Vec<Move<'_>>> = BTreeMap::new();
    let mut indexes: BTreeMap<(Option<&str>, Option<&str>), Vec<Move<'_>>> = BTreeMap::new();
    let mut constraints: BTreeMap<&ObjectName, Vec<Move<'_>>> = BTreeMap::new();
    let mut texts: BTreeMap<(EntityKind, Option<&str>), Vec<MovedObject>> = BTreeMap::new();
    let mut text_members: BTreeMap<(EntityKind, &ObjectName), Vec<Move<'_>>> = BTreeMap::new();
    let renamed_namespaces: BTreeMap<&str, &str> = renames
        .iter()
        .filter_map(|at| match &context.changes[*at] {
            Change::RenameNamespace { from, to } => Some((from.as_str(), to.as_str())),
            _ => None,
        })
        .collect();
    // Namespaces are renamed first, and take along what is in them.
    let moved_along = |name: &ObjectName| {
        let schema = name.schema.as_deref();
        let schema = schema.map(|schema| *renamed_namespaces.get(schema).unwrap_or(&schema));
        ObjectName { schema: schema.map(str::to_owned), name: name.name.clone() }
    };
    for at in renames {
        let cause = *at;
        match &context.changes[cause] {
            Change::RenameNamespace { from, to } => namespaces.push(Move { from, to, cause }),
            Change::RenameEnum { from, to }
            | Change::RenameSequence { from, to }
            | Change::RenameTable { from, to } => {
                let kind = match &context.changes[cause] {
                    Change::RenameEnum { .. } => 0,
                    Change::RenameSequence { .. } => 1,
                    _ => 2,
                };
                let (from, to) = (moved_along(from), to.clone());
                objects.entry(kind).or_default().push(MovedObject { from, to, cause });
            }
            Change::RenameEnumValue { name, from, to } => {
                members.entry((0, name)).or_default().push(Move { from, to, cause })
            }
            Change::RenameColumn { table, from, to } => {
                members.entry((1, table)).or_default().push(Move { from, to, cause })
            }
            // MySQL has the names of indexes in the table, the others in the namespace.
            Change::RenameIndex { table, from, to } => {
                let is_in_table = context.capabilities.alter == AlterStyle::Modify;
                let table_name = is_in_table.then_some(table.name.as_str());
                let scope = indexes.entry((table.schema.as_deref(), table_name)).or_default();
                scope.push(Move { from, to, cause });
            }
            // An index stands behind it, whose name is one of the namespace.
            Change::RenameConstraint {
                table,
                kind: ConstraintKind::PrimaryKey | ConstraintKind::Unique,
                from,
                to,
            } if context.capabilities.alter == AlterStyle::Separate => {
                let scope = indexes.entry((table.schema.as_deref(), None)).or_default();
                scope.push(Move { from, to, cause });
            }
            Change::RenameConstraint { table, from, to, .. } => {
                constraints.entry(table).or_default().push(Move { from, to, cause })
            }
            Change::RenameObject { from, to } if from.kind.is_member() => {
                if let (Some(old), Some(new)) = (&from.member, &to.member) {
                    let scope = text_members.entry((from.kind, &to.object)).or_default();
                    scope.push(Move { from: old, to: new, cause });
                }
            }
            Change::RenameObject { from, to } => {
                let scope = texts.entry((from.kind, to.member.as_deref())).or_default();
                let (from, to) = (moved_along(&from.object), to.object.clone());
                scope.push(MovedObject { from, to, cause });
            }
            _ => {}
        }
    }
    for step in sequence(&namespaces) {
        atoms.push(Atom::new(
            step.cause,
            Rank::Rename,
            Action::RenameNamespace { from: step.from, to: step.to },
        ));
    }
    atoms.extend(new_namespaces);
    // Types first: they stand in the names of functions.
    let is_type = |kind: EntityKind| {
        matches!(kind, EntityKind::Domain | EntityKind::CompositeType | EntityKind::RangeType)
    };
    let (types, texts): (Vec<_>, Vec<_>) =
        texts.into_iter().partition(|((kind, _), _)| is_type(*kind));
    rename_texts(context, types, atoms);
    for (kind, moves) in objects {
        let existing: Vec<ObjectName> = match kind {
            0 => context.from.enums.keys().map(moved_along).collect(),
            1 => context.from.sequences.keys().map(moved_along).collect(),
            _ => context.from.tables.keys().map(moved_along).collect(),
        };
        for MovedObject { from, to, cause } in sequence_objects(moves, existing) {
            rename_object(context, kind, from, to, cause, atoms);
        }
    }
    rename_texts(context, texts, atoms);
    for ((kind, object), moves) in text_members {
        for Moved { from, to, cause } in sequence(&moves) {
            let (from, to) =
                (EntityId::member(kind, object, from), EntityId::member(kind, object, to));
            atoms.push(Atom::new(cause, Rank::Rename, Action::RenameObject { from, to }));
        }
    }
    for ((kind, object), moves) in members {
        for Moved { from, to, cause } in sequence(&moves) {
            let object = object.clone();
            match kind {
                0 if context.capabilities.enums == EnumStyle::Named => {
                    atoms.push(Atom::new(
                        cause,
                        Rank::Rename,
                        Action::RenameEnumValue { name: object, from, to },
                    ));
                }
                // The values stand in the columns; the columns are altered later.
                0 => {}
                _ => rename_column(context, object, from, to, cause, atoms),
            }
        }
    }
    for moves in indexes.into_values() {
        for Moved { from, to, cause } in sequence(&moves) {
            match &context.changes[cause] {
                Change::RenameIndex { table, .. } => {
                    shared::rename_index(context, table.clone(), from, to, cause, atoms);
                }
                Change::RenameConstraint { table, kind, .. } => {
                    shared::rename_constraint(context, table, *kind, &from, &to, cause, atoms);
                }
                _ => {}
            }
        }
    }
    for (table, moves) in constraints {
        let steps = if context.capabilities.alter == AlterStyle::Separate {
            sequence(&moves)
        } else {
            // They are dropped and added, or rebuilt.
            moves.iter().map(Moved::from).collect()
        };
        for Moved { from, to, cause } in steps {
            if let Change::RenameConstraint { kind, .. } = &context.changes[cause] {
                shared::rename_constraint(context, table, *kind, &from, &to, cause, atoms);
            }
        }
    }
}

/// The sequences behind columns keep their names when tables and columns are renamed; so they follow, as if they were new.
fn rename_sequences(context: &Context<'_>, renames: &[usize], atoms: &mut Vec<Atom>) {
    let Some(sequence_of) = context.capabilities.column_sequence else { return };
    let mut moved = Vec::new();
    for table in context.to.tables.values() {
        let mut table_cause = None;
        let mut old_table = table.name.clone();
        let mut columns: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
        for at in renames {
            match &context.changes[*at] {
                Change::RenameTable { from, to } if *to == table.name => {
                    old_table.name.clone_from(&from.name);
                    table_cause = Some(*at);
                }
                Change::RenameColumn { table: of, from, to } if *of == table.name => {
                    columns.insert(to, (from, *at));
                }
                _ => {}
            }
        }
        if table_cause.is_none() && columns.is_empty() {
            continue;
        }
        let has_sequence = |column: &&Shared<crate::model::Column>| {
            column.identity.is_some() && !column.extra.properties.contains_key("identity_sequence")
        };
        for column in table.columns.iter().filter(has_sequence) {
            let renamed = columns.get(column.name.as_str()).copied();
            let old = renamed.map_or(column.name.as_str(), |(old, _)| old);
            let cause = renamed.map(|(_, cause)| cause).or(table_cause);
            let (from, to) = (sequence_of(&old_table, old), sequence_of(&table.name, &column.name));
            if let Some(cause) = cause.filter(|_| from != to) {
                moved.push(MovedObject { from, to, cause });
            }
        }
    }
    let existing: Vec<ObjectName> = moved.iter().map(|moved| moved.from.clone()).collect();
    for MovedObject { from, to, cause } in sequence_objects(moved, existing) {
        atoms.push(Atom::new(cause, Rank::Rename, Action::RenameSequence { from, to }));
    }
}

type MovedTexts<'a> = Vec<((EntityKind, Option<&'a str>), Vec<MovedObject>)>;

fn rename_texts(context: &Context<'_>, texts: MovedTexts<'_>, atoms: &mut Vec<Atom>) {
    for ((kind, arguments), moves) in texts {
        let id = |object| EntityId { kind, object, member: arguments.map(str::to_owned) };
        let is_alike =
            |other: &&EntityId| other.kind == kind && other.member.as_deref() == arguments;
        let existing = context.from.objects.keys().filter(is_alike).map(|id| id.object.clone());
        let existing: Vec<ObjectName> = existing.collect();
        for MovedObject { from, to, cause } in sequence_objects(moves, existing) {
            let action = Action::RenameObject { from: id(from), to: id(to) };
            atoms.push(Atom::new(cause, Rank::Rename, action));
        }
    }
}

fn rename_object(
    context: &Context<'_>,
    kind: u8,
    from: ObjectName,
    to: ObjectName,
    cause: usize,
    atoms: &mut Vec<Atom>,
) {
    let action = match kind {
        0 if context.capabilities.enums != EnumStyle::Named => return,
        0 => Action::RenameEnum { from, to },
        1 => Action::RenameSequence { from, to },
        _ => {
            let table = EntityId::table(&from);
            let atom = Atom::new(cause, Rank::Rename, Action::RenameTable { from, to });
            atoms.push(
                atom.hazard(super::Hazard::Lock { table, class: super::LockClass::Everything }),
            );
            return;
        }
    };
    atoms.push(Atom::new(cause, Rank::Rename, action));
}

fn rename_column(
    context: &Context<'_>,
    table: ObjectName,
    from: String,
    to: String,
    cause: usize,
    atoms: &mut Vec<Atom>,
) {
    let hazard =
        super::Hazard::Lock { table: EntityId::table(&table), class: super::LockClass::Everything };
    // MySQL and MariaDB refuse to rename a column that a check names.
    let checks = if context.capabilities.alter == AlterStyle::Modify {
        shared::checks_around_rename(context, &table, &from, &to)
    } else {
        Vec::new()
    };
    let name = |check: &crate::model::Check| check.name.text.clone();
    for (before, _) in &checks {
        let action = Action::DropConstraint {
            table: table.clone(),
            kind: crate::diff::ConstraintKind::Check,
            name: name(before),
        };
        atoms.push(Atom::new(cause, Rank::Rename, action));
    }
    atoms.push(
        Atom::new(cause, Rank::Rename, Action::RenameColumn { table: table.clone(), from, to })
            .hazard(hazard),
    );
    for (_, after) in checks {
        let action = Action::AddConstraint {
            table: table.clone(),
            constraint: super::Constraint::Check(after),
        };
        atoms.push(Atom::new(cause, Rank::Rename, action));
    }
}

/// The tables that changes of a phase alter (not create, drop or rename), with the changes.
pub(crate) fn altered_tables(
    context: &Context<'_>,
    changes: &[usize],
) -> BTreeMap<ObjectName, Vec<usize>> {
    let mut altered: BTreeMap<ObjectName, Vec<usize>> = BTreeMap::new();
    for at in changes {
        if let Some(table) = altered_table(&context.changes[*at]) {
            altered.entry(table.clone()).or_default().push(*at);
        }
    }
    altered
}

fn altered_table(change: &Change) -> Option<&ObjectName> {
    match change {
        Change::AlterTable { table, .. }
        | Change::AddColumn { table, .. }
        | Change::DropColumn { table, .. }
        | Change::AlterColumn { table, .. }
        | Change::AddPrimaryKey { table, .. }
        | Change::DropPrimaryKey { table, .. }
        | Change::AddUnique { table, .. }
        | Change::DropUnique { table, .. }
        | Change::AddForeignKey { table, .. }
        | Change::DropForeignKey { table, .. }
        | Change::AddCheck { table, .. }
        | Change::DropCheck { table, .. }
        | Change::CreateIndex { table, .. }
        | Change::DropIndex { table, .. }
        | Change::AlterIndex { table, .. } => Some(table),
        Change::AlterConstraint { id, .. } => Some(&id.object),
        Change::CreateObject(_)
        | Change::RenameObject { .. }
        | Change::DropObject(_)
        | Change::AlterObject { .. }
        | Change::CreateNamespace(_)
        | Change::DropNamespace(_)
        | Change::RenameNamespace { .. }
        | Change::AlterNamespace { .. }
        | Change::CreateEnum(_)
        | Change::DropEnum(_)
        | Change::RenameEnum { .. }
        | Change::RenameEnumValue { .. }
        | Change::AlterEnum { .. }
        | Change::CreateSequence(_)
        | Change::DropSequence(_)
        | Change::RenameSequence { .. }
        | Change::AlterSequence { .. }
        | Change::CreateTable(_)
        | Change::DropTable(_)
        | Change::RenameTable { .. }
        | Change::RenameColumn { .. }
        | Change::RenameConstraint { .. }
        | Change::RenameIndex { .. } => None,
    }
}

/// The tables whose columns hold an enum, in the schema before.
pub(crate) fn tables_with_enum(schema: &Schema, name: &ObjectName) -> BTreeSet<ObjectName> {
    let holds = |table: &crate::model::Table| {
        table.columns.iter().any(|column| column.ty.enum_name() == Some(name))
    };
    schema.tables.values().filter(|table| holds(table)).map(|table| table.name.clone()).collect()
}
