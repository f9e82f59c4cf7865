//! Finds the changes between two schemas.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::{
    ByName, EntityId, EntityKind, Extra, ForeignKey, Hints, Index, IndexTarget, ObjectName,
    PrimaryKey, Rename, Renaming, Schema, Sequence, Table, expression,
};

use super::adopt::{Named, adopt_names};
use super::apply::as_rename;
use super::change::{Change, ConstraintKind};

/// The changes from one schema to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// In an order in which they can be applied to a value: what stands in the way of a rename is dropped, then renames, then
    /// the rest in new names. Not yet an order for a database.
    pub changes: Vec<Change>,
    /// The schema afterwards: the one that was wanted, with implicit names as they are in the database.
    pub target: Schema,
    /// The renames that were used.
    pub renames: Vec<Rename>,
}

/// Finds the changes from `from` to `to`. Renames of `hints` that do not fit the two are not used.
pub fn diff(from: &Schema, to: &Schema, hints: &Hints) -> Diff {
    diff_into(from, to.clone(), hints)
}

/// The renames that [`diff`] uses.
pub(crate) fn made(from: &Schema, to: &Schema, hints: &Hints) -> Vec<Rename> {
    let mut renames = fitting(from, to, &hints.renames);
    step_aside(from, &mut renames);
    same_counters(from, to, &mut renames);
    renames
}

/// A column that owns one sequence before and one after goes on counting: the sequence has another name, and forgets nothing. So that is
/// no guess.
fn same_counters(from: &Schema, to: &Schema, renames: &mut Vec<Rename>) {
    let owner = |sequence: &Sequence| {
        let is_owned = sequence.extra.properties.contains_key("owned_by");
        let mut columns = sequence.extra.uses.0.iter().filter(|id| id.kind == EntityKind::Column);
        columns.next().filter(|_| is_owned).cloned()
    };
    let is_renamed = |name: &ObjectName| {
        renames.iter().any(
            |rename| matches!(rename, Rename::Sequence { from, to } if from == name || to == name),
        )
    };
    let only = |one: &Schema, other: &Schema| -> Vec<(ObjectName, EntityId)> {
        let gone = one.sequences.values().filter(|sequence| {
            !other.sequences.contains_key(&sequence.name) && !is_renamed(&sequence.name)
        });
        gone.filter_map(|sequence| Some((sequence.name.clone(), owner(sequence)?))).collect()
    };
    let (gone, came) = (only(from, to), only(to, from));
    if gone.is_empty() || came.is_empty() {
        return;
    }
    let renaming = Renaming::new(&*renames);
    let mut found = Vec::new();
    for (name, column) in &gone {
        let column = renaming.entity(column);
        let mut same = came.iter().filter(|(_, owner)| *owner == column);
        let is_alone =
            gone.iter().filter(|(_, other)| renaming.entity(other) == column).count() == 1;
        if let (Some((new, _)), None, true) = (same.next(), same.next(), is_alone) {
            found.push(Rename::Sequence { from: name.clone(), to: new.clone() });
        }
    }
    renames.extend(found);
}

/// [`diff`] to a schema that nobody else needs, which saves a copy of it.
pub fn diff_into(from: &Schema, to: Schema, hints: &Hints) -> Diff {
    let renames = made(from, &to, hints);
    if renames.is_empty() && *from == to {
        return Diff { changes: Vec::new(), target: to, renames };
    }
    let mut changes = Vec::new();
    // A schema of a thousand tables is not copied for nothing.
    let mut current = Cow::Borrowed(from);
    if !renames.is_empty() {
        let mut cleared = from.clone();
        drop_displaced(&mut cleared, &renames, &mut changes);
        changes.extend(renames.iter().map(|rename| rename_change(&cleared, rename, &renames)));
        current = Cow::Owned(Renaming::new(&renames).apply(cleared));
    }
    let target = adopt_names(&current, to);
    let mut found = Vec::new();
    Comparison { from: &current, to: &target, hints }.run(&mut found);
    // Constraints and indexes that have only got another name stand with the other renames.
    let is_rename = |change: &Change| as_rename(change).is_some();
    if changes.is_empty() && !found.iter().any(is_rename) {
        changes = found;
    } else {
        let (inferred, rest): (Vec<Change>, Vec<Change>) = found.into_iter().partition(is_rename);
        changes.extend(inferred);
        changes.extend(rest);
    }
    Diff { changes, target, renames }
}

/// An enum whose name a rename gives to another one cannot be dropped while columns hold it: it steps aside under a name of its own,
/// and is dropped once they do not.
fn step_aside(from: &Schema, renames: &mut Vec<Rename>) {
    let is_used = |name: &ObjectName| {
        from.tables
            .values()
            .flat_map(|table| &table.columns)
            .any(|column| column.ty.enum_name() == Some(name))
    };
    let moves_away = |name: &ObjectName| {
        renames.iter().any(|other| matches!(other, Rename::Enum { from, .. } if from == name))
    };
    let aside: Vec<Rename> = renames
        .iter()
        .filter_map(|rename| match rename {
            Rename::Enum { to, .. } if from.enums.contains_key(to) => Some(to),
            _ => None,
        })
        .filter(|name| is_used(name) && !moves_away(name))
        .map(|name| Rename::Enum {
            from: name.clone(),
            to: name.with_name(format!("__dbkit_dropped_{}", name.name)),
        })
        .collect();
    renames.extend(aside);
}

/// An id with the relation by its old name.
fn old_id(id: &EntityId, renames: &[Rename]) -> EntityId {
    if !id.kind.is_member() {
        return id.clone();
    }
    let view = renames.iter().find_map(|rename| match rename {
        Rename::Object { from, to } if to.member.is_none() && to.object == id.object => {
            has_members(to.kind).then(|| from.object.clone())
        }
        _ => None,
    });
    let object = view.unwrap_or_else(|| old_name_of(&id.object, renames));
    EntityId { object, ..id.clone() }
}

fn has_members(kind: EntityKind) -> bool {
    matches!(kind, EntityKind::View | EntityKind::MaterializedView | EntityKind::ForeignTable)
}

fn old_name_of(table: &ObjectName, renames: &[Rename]) -> ObjectName {
    renames
        .iter()
        .find_map(|rename| match rename {
            Rename::Table { from, to } if to == table => Some(from.clone()),
            _ => None,
        })
        .unwrap_or_else(|| table.clone())
}

/// The renames whose old name is in `from` and whose new name is in `to`, ordered and each once.
fn fitting(from: &Schema, to: &Schema, renames: &[Rename]) -> Vec<Rename> {
    let all: BTreeSet<&Rename> = renames.iter().collect();
    // A table whose old name went to another one is new, and has no members to rename.
    let is_taken_away = |name: &ObjectName| {
        renames.iter().any(|other| matches!(other, Rename::Table { from, .. } if from == name))
    };
    let old_table = |table: &ObjectName| {
        let old = old_name_of(table, renames);
        from.tables.get(&old).filter(|_| old != *table || !is_taken_away(table))
    };
    let old_enum = |name: &ObjectName| {
        let old = renames.iter().find_map(|rename| match rename {
            Rename::Enum { from, to } if to == name => Some(from),
            _ => None,
        });
        from.enums.get(old.unwrap_or(name))
    };
    let fits = |rename: &Rename| match rename {
        Rename::Namespace { from: old, to: new } => {
            from.namespaces.contains_key(old) && to.namespaces.contains_key(new)
        }
        Rename::Table { from: old, to: new } => {
            from.tables.contains_key(old) && to.tables.contains_key(new)
        }
        Rename::Enum { from: old, to: new } => {
            from.enums.contains_key(old) && to.enums.contains_key(new)
        }
        Rename::Sequence { from: old, to: new } => {
            from.sequences.contains_key(old) && to.sequences.contains_key(new)
        }
        Rename::Column { table, from: old, to: new } => {
            old_table(table).is_some_and(|table| table.column(old).is_some())
                && to.tables.get(table).is_some_and(|table| table.column(new).is_some())
        }
        Rename::EnumValue { name, from: old, to: new } => {
            old_enum(name).is_some_and(|found| found.values.contains(old))
                && to.enums.get(name).is_some_and(|found| found.values.contains(new))
        }
        Rename::Constraint { table, from: old, to: new } => {
            old_table(table).is_some_and(|table| constraint_kind(table, old).is_some())
                && to.tables.get(table).is_some_and(|table| constraint_kind(table, new).is_some())
        }
        Rename::Index { table, from: old, to: new } => {
            old_table(table).is_some_and(|table| table.indexes.contains_key(old))
                && to.tables.get(table).is_some_and(|table| table.indexes.contains_key(new))
        }
        Rename::Object { from: old, to: new } => {
            old.kind == new.kind
                && from.objects.contains_key(&old_id(old, renames))
                && to.objects.contains_key(new)
        }
    };
    // One thing has one new name, and one new name is for one thing: of two answers the first counts.
    let mut ends: BTreeSet<(Rename, bool)> = BTreeSet::new();
    all.into_iter()
        .filter(|rename| !is_identity(rename) && fits(rename))
        .filter(|rename| {
            let [old, new] = [true, false].map(|is_old| (end_of(rename, is_old), is_old));
            !ends.contains(&old) && !ends.contains(&new) && ends.insert(old) && ends.insert(new)
        })
        .cloned()
        .collect()
}

/// A rename from and to the same name, which stands for that name.
fn end_of(rename: &Rename, is_old: bool) -> Rename {
    let mut end = rename.clone();
    match &mut end {
        Rename::Namespace { from, to }
        | Rename::Column { from, to, .. }
        | Rename::EnumValue { from, to, .. }
        | Rename::Constraint { from, to, .. }
        | Rename::Index { from, to, .. } => {
            if is_old {
                to.clone_from(from)
            } else {
                from.clone_from(to)
            }
        }
        Rename::Table { from, to } | Rename::Enum { from, to } | Rename::Sequence { from, to } => {
            if is_old {
                to.clone_from(from)
            } else {
                from.clone_from(to)
            }
        }
        Rename::Object { from, to } => {
            if is_old {
                to.clone_from(from)
            } else {
                from.clone_from(to)
            }
        }
    }
    end
}

fn is_identity(rename: &Rename) -> bool {
    match rename {
        Rename::Namespace { from, to }
        | Rename::Column { from, to, .. }
        | Rename::EnumValue { from, to, .. }
        | Rename::Constraint { from, to, .. }
        | Rename::Index { from, to, .. } => from == to,
        Rename::Table { from, to } | Rename::Enum { from, to } | Rename::Sequence { from, to } => {
            from == to
        }
        Rename::Object { from, to } => from == to,
    }
}

pub(super) fn constraint_kind(table: &Table, name: &str) -> Option<ConstraintKind> {
    if table.primary_key.as_ref().is_some_and(|key| key.name.text == name) {
        Some(ConstraintKind::PrimaryKey)
    } else if table.uniques.contains_key(name) {
        Some(ConstraintKind::Unique)
    } else if table.foreign_keys.contains_key(name) {
        Some(ConstraintKind::ForeignKey)
    } else if table.checks.contains_key(name) {
        Some(ConstraintKind::Check)
    } else {
        None
    }
}

fn rename_change(from: &Schema, rename: &Rename, renames: &[Rename]) -> Change {
    match rename.clone() {
        Rename::Namespace { from, to } => Change::RenameNamespace { from, to },
        Rename::Table { from, to } => Change::RenameTable { from, to },
        Rename::Enum { from, to } => Change::RenameEnum { from, to },
        Rename::Sequence { from, to } => Change::RenameSequence { from, to },
        Rename::Column { table, from, to } => Change::RenameColumn { table, from, to },
        Rename::EnumValue { name, from, to } => Change::RenameEnumValue { name, from, to },
        Rename::Index { table, from, to } => Change::RenameIndex { table, from, to },
        Rename::Object { from, to } => Change::RenameObject { from, to },
        Rename::Constraint { table, from: old, to } => {
            let kind = from
                .tables
                .get(&old_name_of(&table, renames))
                .and_then(|table| constraint_kind(table, &old))
                .unwrap_or(ConstraintKind::Check);
            Change::RenameConstraint { table, kind, from: old, to }
        }
    }
}

/// Drops what has a name that a rename gives to something else.
fn drop_displaced(current: &mut Schema, renames: &[Rename], changes: &mut Vec<Change>) {
    for rename in renames {
        match rename {
            Rename::Table { to, .. } => {
                let moves_away = renames
                    .iter()
                    .any(|other| matches!(other, Rename::Table { from, .. } if from == to));
                if !moves_away && current.tables.contains_key(to) {
                    drop_table(current, to, changes);
                }
            }
            Rename::Column { table, to, .. } => {
                let old_table = old_name_of(table, renames);
                let moves_away = renames
                    .iter()
                    .any(|other| matches!(other, Rename::Column { table: other, from, .. } if other == table && from == to));
                let exists =
                    current.tables.get(&old_table).is_some_and(|table| table.column(to).is_some());
                if !moves_away && exists {
                    drop_column(current, &old_table, to, changes);
                }
            }
            Rename::Enum { to, .. } => {
                let moves_away = renames
                    .iter()
                    .any(|other| matches!(other, Rename::Enum { from, .. } if from == to));
                if !moves_away && let Some(enum_type) = current.enums.remove(to) {
                    changes.push(Change::DropEnum(enum_type));
                }
            }
            Rename::Sequence { to, .. } => {
                let moves_away = renames
                    .iter()
                    .any(|other| matches!(other, Rename::Sequence { from, .. } if from == to));
                if !moves_away && let Some(sequence) = current.sequences.remove(to) {
                    changes.push(Change::DropSequence(sequence));
                }
            }
            Rename::Object { to, .. } => {
                let moves_away = renames
                    .iter()
                    .any(|other| matches!(other, Rename::Object { from, .. } if from == to));
                if !moves_away && let Some(object) = current.objects.remove(&old_id(to, renames)) {
                    changes.push(Change::DropObject(object));
                }
            }
            Rename::Namespace { .. }
            | Rename::EnumValue { .. }
            | Rename::Constraint { .. }
            | Rename::Index { .. } => {}
        }
    }
}

fn drop_table(current: &mut Schema, name: &ObjectName, changes: &mut Vec<Change>) {
    for (other, table) in &mut current.tables {
        if other == name {
            continue;
        }
        let pointing: Vec<String> = table
            .foreign_keys
            .iter()
            .filter(|(_, key)| key.references == *name)
            .map(|(key, _)| key.clone())
            .collect();
        for key in pointing {
            if let Some(key) = table.foreign_keys.remove(&key) {
                changes.push(Change::DropForeignKey { table: other.clone(), key });
            }
        }
    }
    if let Some(table) = current.tables.remove(name) {
        changes.push(Change::DropTable(table));
    }
}

fn drop_column(
    current: &mut Schema,
    table_name: &ObjectName,
    column: &str,
    changes: &mut Vec<Change>,
) {
    let Some(table) = current.tables.get_mut(table_name) else { return };
    let has = |columns: &[String]| columns.iter().any(|name| name == column);
    let names = |text: &str| expression::names_column(text, &table_name.name, column);
    let computed: Vec<String> = table
        .columns
        .iter()
        .filter(|other| other.name != column)
        .filter(|other| other.generated.as_ref().is_some_and(|from| names(&from.expression)))
        .map(|other| other.name.clone())
        .collect();
    for other in computed {
        drop_column(current, table_name, &other, changes);
    }
    for (name, other) in &mut current.tables {
        let pointing: Vec<String> = other
            .foreign_keys
            .iter()
            .filter(|(_, key)| {
                *name != *table_name
                    && key.references == *table_name
                    && key.referenced_columns.iter().any(|name| name == column)
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in pointing {
            if let Some(key) = other.foreign_keys.remove(&key) {
                changes.push(Change::DropForeignKey { table: name.clone(), key });
            }
        }
    }
    let Some(table) = current.tables.get_mut(table_name) else { return };
    let points_here = |key: &ForeignKey| {
        has(&key.columns) || (key.references == *table_name && has(&key.referenced_columns))
    };
    let checks: Vec<String> = table
        .checks
        .iter()
        .filter(|(_, check)| names(&check.expression))
        .map(|(key, _)| key.clone())
        .collect();
    for key in checks {
        if let Some(check) = table.checks.remove(&key) {
            changes.push(Change::DropCheck { table: table_name.clone(), check });
        }
    }
    let stands_on = |index: &Index| {
        index.columns().any(|name| name == column)
            || has(&index.include)
            || index.predicate.as_deref().is_some_and(names)
            || index
                .parts
                .iter()
                .any(|part| matches!(&part.target, IndexTarget::Expression(text) if names(text)))
    };
    let indexes: Vec<String> = table
        .indexes
        .iter()
        .filter(|(_, index)| stands_on(index))
        .map(|(key, _)| key.clone())
        .collect();
    for key in indexes {
        if let Some(index) = table.indexes.remove(&key) {
            changes.push(Change::DropIndex { table: table_name.clone(), index });
        }
    }
    let keys: Vec<String> = table
        .foreign_keys
        .iter()
        .filter(|(_, key)| points_here(key))
        .map(|(key, _)| key.clone())
        .collect();
    for key in keys {
        if let Some(key) = table.foreign_keys.remove(&key) {
            changes.push(Change::DropForeignKey { table: table_name.clone(), key });
        }
    }
    let uniques: Vec<String> = table
        .uniques
        .iter()
        .filter(|(_, unique)| has(&unique.columns))
        .map(|(key, _)| key.clone())
        .collect();
    for key in uniques {
        if let Some(unique) = table.uniques.remove(&key) {
            changes.push(Change::DropUnique { table: table_name.clone(), unique });
        }
    }
    if let Some(key) = table.primary_key.take_if(|key| has(&key.columns)) {
        changes.push(Change::DropPrimaryKey { table: table_name.clone(), key });
    }
    if let Some(at) = table.columns.iter().position(|found| found.name == column) {
        let column = table.columns.remove(at);
        changes.push(Change::DropColumn { table: table_name.clone(), column });
    }
}

/// What is left once everything has its new name.
struct Comparison<'a> {
    from: &'a Schema,
    to: &'a Schema,
    hints: &'a Hints,
}

impl Comparison<'_> {
    fn run(&self, changes: &mut Vec<Change>) {
        let (from, to) = (self.from, self.to);
        for (name, namespace) in &to.namespaces {
            match from.namespaces.get(name) {
                None => changes.push(Change::CreateNamespace(namespace.clone())),
                Some(known) if known != namespace => {
                    changes.push(Change::AlterNamespace {
                        from: known.clone(),
                        to: namespace.clone(),
                    });
                }
                Some(_) => {}
            }
        }
        for (name, enum_type) in &to.enums {
            match from.enums.get(name) {
                None => changes.push(Change::CreateEnum(enum_type.clone())),
                Some(known) if known != enum_type => {
                    let mapping = self.hints.removed_values.get(name).cloned().unwrap_or_default();
                    let mapping = mapping
                        .into_iter()
                        .filter(|(value, _)| {
                            known.values.contains(value) && !enum_type.values.contains(value)
                        })
                        .collect();
                    changes.push(Change::AlterEnum {
                        from: known.clone(),
                        to: enum_type.clone(),
                        mapping,
                    });
                }
                Some(_) => {}
            }
        }
        for (name, sequence) in &to.sequences {
            match from.sequences.get(name) {
                None => changes.push(Change::CreateSequence(sequence.clone())),
                Some(known) if known != sequence => {
                    changes
                        .push(Change::AlterSequence { from: known.clone(), to: sequence.clone() });
                }
                Some(_) => {}
            }
        }
        // Changes are large, and a list of them that grows is copied.
        let absent = |one: &Schema, other: &Schema| {
            one.tables.keys().filter(|name| !other.tables.contains_key(*name)).count()
        };
        changes.reserve(absent(to, from) + absent(from, to));
        for (name, table) in &to.tables {
            match from.tables.get(name) {
                None => changes.push(Change::CreateTable(table.clone())),
                Some(known) if known != table => compare_tables(known, table, changes),
                Some(_) => {}
            }
        }
        for (id, object) in &to.objects {
            match from.objects.get(id) {
                None => changes.push(Change::CreateObject(object.clone())),
                Some(known) if known != object => {
                    changes.push(Change::AlterObject { from: known.clone(), to: object.clone() });
                }
                Some(_) => {}
            }
        }
        changes.extend(
            from.objects
                .values()
                .filter(|known| !to.objects.contains_key(&known.id))
                .cloned()
                .map(Change::DropObject),
        );
        let missing = |name: &&ObjectName| !to.tables.contains_key(*name);
        changes.extend(
            from.tables
                .keys()
                .filter(missing)
                .map(|name| Change::DropTable(from.tables[name].clone())),
        );
        changes.extend(
            from.sequences
                .values()
                .filter(|known| !to.sequences.contains_key(&known.name))
                .cloned()
                .map(Change::DropSequence),
        );
        changes.extend(
            from.enums
                .values()
                .filter(|known| !to.enums.contains_key(&known.name))
                .cloned()
                .map(Change::DropEnum),
        );
        changes.extend(
            from.namespaces
                .values()
                .filter(|known| !to.namespaces.contains_key(&known.name))
                .cloned()
                .map(Change::DropNamespace),
        );
    }
}

/// What becomes of the members of one kind.
struct Members<'a, T> {
    renamed: Vec<(&'a T, &'a T)>,
    dropped: Vec<&'a T>,
    added: Vec<&'a T>,
}

/// Pairs the members of one kind. A dropped and an added one that differ only in their names are one that is renamed: nothing is
/// lost by it, so that is no guess.
fn pair<'a, T: Named>(from: &'a ByName<T>, to: &'a ByName<T>) -> Members<'a, T> {
    let mut dropped: Vec<&T> = from
        .iter()
        .filter(|(key, value)| to.get(key) != Some(value))
        .map(|(_, value)| value)
        .collect();
    let mut added = Vec::new();
    let mut renamed = Vec::new();
    for (key, value) in to {
        if from.get(key) == Some(value) {
            continue;
        }
        let same = dropped.iter().position(|known| {
            known.name() != value.name()
                && !to.contains_key(&known.name().text)
                && !from.contains_key(key)
                && known.is_same_but_for_name(value)
        });
        match same {
            Some(same) => renamed.push((dropped.remove(same), value)),
            None => added.push(value),
        }
    }
    Members { renamed, dropped, added }
}

fn compare_tables(from: &Table, to: &Table, changes: &mut Vec<Change>) {
    let table = || to.name.clone();
    let mut uniques = pair(&from.uniques, &to.uniques);
    let mut foreign_keys = pair(&from.foreign_keys, &to.foreign_keys);
    let mut checks = pair(&from.checks, &to.checks);
    let mut indexes = pair(&from.indexes, &to.indexes);
    let comments = take_comment_changes(&mut indexes);
    let mut altered = Vec::new();
    take_extra_changes(EntityKind::Unique, &to.name, &mut uniques, &mut altered);
    take_extra_changes(EntityKind::ForeignKey, &to.name, &mut foreign_keys, &mut altered);
    take_extra_changes(EntityKind::Check, &to.name, &mut checks, &mut altered);
    let (drop_key, add_key, rename_key) = match (from.primary_key.as_ref(), to.primary_key.as_ref())
    {
        (Some(known), Some(key)) if is_same_but_for_extra(known, key) => {
            altered.push(Change::AlterConstraint {
                id: EntityId::member(EntityKind::PrimaryKey, &to.name, key.name.text.as_str()),
                from: known.extra.clone(),
                to: key.extra.clone(),
            });
            (None, None, None)
        }
        (known, key) => compare_primary_keys(known, key),
    };

    let mut rename = |kind, from: &str, to: &str| {
        changes.push(Change::RenameConstraint {
            table: table(),
            kind,
            from: from.to_owned(),
            to: to.to_owned(),
        });
    };
    if let Some((from, to)) = rename_key {
        rename(ConstraintKind::PrimaryKey, from, to);
    }
    for (from, to) in &uniques.renamed {
        rename(ConstraintKind::Unique, &from.name.text, &to.name.text);
    }
    for (from, to) in &foreign_keys.renamed {
        rename(ConstraintKind::ForeignKey, &from.name.text, &to.name.text);
    }
    for (from, to) in &checks.renamed {
        rename(ConstraintKind::Check, &from.name.text, &to.name.text);
    }
    for (from, to) in &indexes.renamed {
        changes.push(Change::RenameIndex {
            table: table(),
            from: from.name.text.clone(),
            to: to.name.text.clone(),
        });
    }
    if from.options != to.options {
        changes.push(Change::AlterTable {
            table: table(),
            from: from.options.clone(),
            to: to.options.clone(),
        });
    }
    changes.extend(
        indexes
            .dropped
            .into_iter()
            .map(|index| Change::DropIndex { table: table(), index: index.clone() }),
    );
    changes.extend(
        foreign_keys
            .dropped
            .into_iter()
            .map(|key| Change::DropForeignKey { table: table(), key: key.clone() }),
    );
    changes.extend(
        checks
            .dropped
            .into_iter()
            .map(|check| Change::DropCheck { table: table(), check: check.clone() }),
    );
    changes.extend(
        uniques
            .dropped
            .into_iter()
            .map(|unique| Change::DropUnique { table: table(), unique: unique.clone() }),
    );
    changes.extend(drop_key.map(|key| Change::DropPrimaryKey { table: table(), key: key.clone() }));

    for column in &to.columns {
        match from.shared_column(&column.name) {
            None => changes.push(Change::AddColumn { table: table(), column: column.clone() }),
            Some(known) if known != column => {
                changes.push(Change::AlterColumn {
                    table: table(),
                    from: known.clone(),
                    to: column.clone(),
                });
            }
            Some(_) => {}
        }
    }
    for column in &from.columns {
        if to.column(&column.name).is_none() {
            changes.push(Change::DropColumn { table: table(), column: column.clone() });
        }
    }

    changes.extend(altered);
    changes.extend(add_key.map(|key| Change::AddPrimaryKey { table: table(), key: key.clone() }));
    changes.extend(
        uniques
            .added
            .into_iter()
            .map(|unique| Change::AddUnique { table: table(), unique: unique.clone() }),
    );
    changes.extend(
        checks
            .added
            .into_iter()
            .map(|check| Change::AddCheck { table: table(), check: check.clone() }),
    );
    changes.extend(
        foreign_keys
            .added
            .into_iter()
            .map(|key| Change::AddForeignKey { table: table(), key: key.clone() }),
    );
    changes.extend(
        indexes
            .added
            .into_iter()
            .map(|index| Change::CreateIndex { table: table(), index: index.clone() }),
    );
    changes.extend(comments.into_iter().map(|(from, to)| Change::AlterIndex {
        table: table(),
        from: from.clone(),
        to: to.clone(),
    }));
}

fn is_same_but_for_extra(from: &PrimaryKey, to: &PrimaryKey) -> bool {
    let mut alike = to.clone();
    alike.extra.clone_from(&from.extra);
    alike == *from && from.extra != to.extra
}

fn is_same_but_for_name(from: &PrimaryKey, to: &PrimaryKey) -> bool {
    *from == PrimaryKey { name: from.name.clone(), ..to.clone() }
}

type KeyChanges<'a> = (Option<&'a PrimaryKey>, Option<&'a PrimaryKey>, Option<(&'a str, &'a str)>);

fn compare_primary_keys<'a>(
    from: Option<&'a PrimaryKey>,
    to: Option<&'a PrimaryKey>,
) -> KeyChanges<'a> {
    match (from, to) {
        (Some(from), Some(to)) if from == to => (None, None, None),
        (Some(from), Some(to)) if from.name != to.name && is_same_but_for_name(from, to) => {
            (None, None, Some((&from.name.text, &to.name.text)))
        }
        (from, to) => (from, to, None),
    }
}

/// Takes out the indexes of which only the comment, or the way they are built, has changed.
fn take_comment_changes<'a>(
    indexes: &mut Members<'a, crate::model::Index>,
) -> Vec<(&'a crate::model::Index, &'a crate::model::Index)> {
    let mut changed = Vec::new();
    let dropped = std::mem::take(&mut indexes.dropped);
    for known in dropped {
        let same = indexes.added.iter().position(|index| {
            let mut alike = (*index).clone();
            alike.comment.clone_from(&known.comment);
            alike.is_concurrent = known.is_concurrent;
            alike.extra.clone_from(&known.extra);
            alike == *known
        });
        match same {
            Some(same) => changed.push((known, indexes.added.remove(same))),
            None => indexes.dropped.push(known),
        }
    }
    // How an index is built is no difference between two schemas.
    changed.retain(|(from, to)| from.comment != to.comment || from.extra != to.extra);
    changed
}

/// A check cannot change whether it is enforced, only a foreign key can (PostgreSQL 18).
fn keeps_enforcement(kind: EntityKind, from: &Extra, to: &Extra) -> bool {
    let is_open = |extra: &Extra| extra.properties.contains_key("not_enforced");
    kind != EntityKind::Check || is_open(from) == is_open(to)
}

/// Takes out the constraints of which only what they carry beside their own fields has changed.
fn take_extra_changes<T: Named>(
    kind: EntityKind,
    table: &ObjectName,
    members: &mut Members<'_, T>,
    altered: &mut Vec<Change>,
) {
    let dropped = std::mem::take(&mut members.dropped);
    for known in dropped {
        let same = members.added.iter().position(|added| {
            let mut alike = (*added).clone();
            alike.extra_mut().clone_from(known.extra());
            alike == *known
                && added.extra().follows(known.extra())
                && keeps_enforcement(kind, known.extra(), added.extra())
        });
        match same {
            Some(same) => {
                let added = members.added.remove(same);
                altered.push(Change::AlterConstraint {
                    id: EntityId::member(kind, table, added.name().text.as_str()),
                    from: known.extra().clone(),
                    to: added.extra().clone(),
                });
            }
            None => members.dropped.push(known),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::diff;
    use crate::diff::Change;
    use crate::model::{Check, Extra, Hints, Name, ObjectName, Schema, Table};

    fn with_check(properties: &[(&str, &str)]) -> Schema {
        let mut table = Table::new(ObjectName::new("t"));
        let check = Check {
            name: Name::explicit("positive"),
            expression: "n > 0".to_owned(),
            is_no_inherit: false,
            extra: Extra::properties(properties.iter().copied()),
        };
        table.checks.insert("positive".to_owned(), check);
        let mut schema = Schema::default();
        schema.tables.insert(table.name.clone(), table.into());
        schema
    }

    #[test]
    fn a_check_that_is_enforced_again_is_made_anew_and_one_that_is_validated_stays() {
        let changes = |from: &[(&str, &str)]| {
            diff(&with_check(from), &with_check(&[]), &Hints::default()).changes
        };
        assert!(matches!(
            changes(&[("not_enforced", "on")]).as_slice(),
            [Change::DropCheck { .. }, Change::AddCheck { .. }]
        ));
        assert!(matches!(
            changes(&[("not_valid", "on")]).as_slice(),
            [Change::AlterConstraint { .. }]
        ));
    }
}
