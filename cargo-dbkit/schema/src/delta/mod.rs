//! What one migration changes: renames, and entities before and after.
//!
//! There are no copies of the whole schema: the state at any migration is the fold of the deltas up to it. A delta knows what it found
//! (*before*), so that one that does not fit what it is applied to is a conflict, and the way back is the delta itself, inverted.

mod collide;
mod entity;
mod json;
mod text;

use std::cmp::Reverse;

use crate::model::{
    ByName, Column, EntityId, Rename, Renaming, Schema, Shared, Table, inverse_renames,
};

pub use self::collide::{Collision, collisions};
pub use self::entity::Entity;
pub use self::text::VERSION;

/// Every code of this module: code, title, explanation.
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "DBK0220",
        "changes.json cannot be read",
        "The file does not hold what dbkit writes: it may have been edited by hand or cut off. Restore it with git.",
    ),
    (
        "DBK0221",
        "changes.json is of a newer version",
        "A newer dbkit wrote this migration. Update cargo-dbkit to the version that the project uses.",
    ),
    (
        "DBK0222",
        "two migrations do not fit together",
        "Every migration records what it found before it changed something. What another migration left there is not that, as happens after \
         the merge of two branches that changed the same thing. Take one of the two back with `cargo dbkit drop ID` and generate it again on \
         top of the other.",
    ),
];

/// One entity before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityChange {
    /// Which.
    pub id: EntityId,
    /// Position of a column that comes or goes.
    pub at: Option<usize>,
    /// `None` when it comes.
    pub before: Option<Entity>,
    /// `None` when it goes.
    pub after: Option<Entity>,
}

/// What one migration changes, in three stages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// Before the renames, in old names: what stands in the way of one.
    pub first: Vec<EntityChange>,
    /// All at once.
    pub renames: Vec<Rename>,
    /// After the renames, in new names.
    pub then: Vec<EntityChange>,
}

/// A delta that does not fit the schema that it is applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What does not fit.
    pub entity: EntityId,
    /// What the delta expects there.
    pub expected: String,
    /// What is there.
    pub found: String,
}

/// A conflict in a row of migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldConflict {
    /// The migration that does not fit, as an index into the row.
    pub migration: usize,
    /// The last one before it that touched the same thing.
    pub other: Option<usize>,
    /// What does not fit.
    pub conflict: Conflict,
}

impl Delta {
    /// The delta from one schema to another: `cleared` is `from` without what stands in the way of the renames.
    pub fn between(from: &Schema, cleared: &Schema, renames: Vec<Rename>, to: &Schema) -> Self {
        let first = entity::changes(from, cleared);
        let then = if renames.is_empty() {
            entity::changes(cleared, to)
        } else {
            entity::changes(&Renaming::new(&renames).apply(cleared.clone()), to)
        };
        Self { first, renames, then }
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty() && self.renames.is_empty() && self.then.is_empty()
    }

    /// The way back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        let back = |changes: &[EntityChange]| {
            changes
                .iter()
                .map(|change| EntityChange {
                    id: change.id.clone(),
                    at: change.at,
                    before: change.after.clone(),
                    after: change.before.clone(),
                })
                .collect()
        };
        Self {
            first: back(&self.then),
            renames: inverse_renames(&self.renames),
            then: back(&self.first),
        }
    }

    /// Applies it.
    ///
    /// # Errors
    /// Everything that does not fit; the schema is then of no use.
    pub fn apply(&self, schema: &mut Schema) -> Result<(), Vec<Conflict>> {
        self.clone().apply_into(schema)
    }

    /// The same, of a delta that nobody else needs.
    fn apply_into(self, schema: &mut Schema) -> Result<(), Vec<Conflict>> {
        let mut conflicts = Vec::new();
        apply_changes(schema, self.first, &mut conflicts);
        if !self.renames.is_empty() {
            conflicts.extend(
                self.renames
                    .iter()
                    .filter_map(|rename| rename_conflict(schema, rename, &self.renames)),
            );
            *schema = Renaming::new(&self.renames).apply(std::mem::take(schema));
        }
        apply_changes(schema, self.then, &mut conflicts);
        if conflicts.is_empty() { Ok(()) } else { Err(conflicts) }
    }

    /// The ids of everything it touches, by old and new names.
    pub fn touched(&self) -> impl Iterator<Item = EntityId> {
        let renames = self.renames.iter().flat_map(|rename| {
            let (old, new) = collide::rename_ids(rename);
            [old, new]
        });
        self.first.iter().chain(&self.then).map(|change| change.id.clone()).chain(renames)
    }
}

/// The schema after all of these, from nothing.
///
/// # Errors
/// The first migration that does not fit, each of its conflicts with the migration that it does not fit to.
pub fn fold<'a>(deltas: impl IntoIterator<Item = &'a Delta>) -> Result<Schema, Vec<FoldConflict>> {
    let deltas: Vec<&Delta> = deltas.into_iter().collect();
    let mut schema = Schema::default();
    for (migration, delta) in deltas.iter().enumerate() {
        if let Err(conflicts) = delta.apply(&mut schema) {
            let conflicts = conflicts.into_iter().map(|conflict| {
                let touches = |delta: &&Delta| {
                    delta.touched().any(|id| {
                        id == conflict.entity
                            || (id.object == conflict.entity.object && id.member.is_none())
                    })
                };
                let other = deltas[..migration].iter().rposition(touches);
                FoldConflict { migration, other, conflict }
            });
            return Err(conflicts.collect());
        }
    }
    Ok(schema)
}

/// The same, of deltas that nobody else needs; `None` if one does not fit, and [`fold`] says which.
pub fn fold_into(deltas: impl IntoIterator<Item = Delta>) -> Option<Schema> {
    let mut schema = Schema::default();
    for delta in deltas {
        delta.apply_into(&mut schema).ok()?;
    }
    Some(schema)
}

fn rename_conflict(schema: &Schema, rename: &Rename, renames: &[Rename]) -> Option<Conflict> {
    let old_table = |table: &crate::model::ObjectName| {
        let old = renames.iter().find_map(|rename| match rename {
            Rename::Table { from, to } if to == table => Some(from),
            _ => None,
        });
        schema.tables.get(old.unwrap_or(table))
    };
    let is_there = match rename {
        Rename::Namespace { from, .. } => schema.namespaces.contains_key(from),
        Rename::Table { from, .. } => schema.tables.contains_key(from),
        Rename::Enum { from, .. } => schema.enums.contains_key(from),
        Rename::Sequence { from, .. } => schema.sequences.contains_key(from),
        Rename::Column { table, from, .. } => {
            old_table(table).is_some_and(|table| table.column(from).is_some())
        }
        Rename::Index { table, from, .. } => {
            old_table(table).is_some_and(|table| table.indexes.contains_key(from))
        }
        Rename::Object { from, .. } => {
            let mut id = from.clone();
            if let Some(table) = old_table(&id.object).filter(|_| id.kind.is_member()) {
                id.object = table.name.clone();
            }
            schema.objects.contains_key(&id) || id.kind.is_member()
        }
        Rename::Constraint { .. } | Rename::EnumValue { .. } => true,
    };
    if is_there {
        return None;
    }
    let (old, new) = collide::rename_ids(rename);
    Some(Conflict {
        expected: format!("a {} to rename to `{new}`", old.kind.word()),
        found: "nothing".to_owned(),
        entity: old,
    })
}

fn apply_changes(
    schema: &mut Schema,
    mut changes: Vec<EntityChange>,
    conflicts: &mut Vec<Conflict>,
) {
    // Members go before their tables, and come after them.
    let stage = |change: &EntityChange| match (&change.after, &change.id.member) {
        (None, Some(_)) => 0,
        (Some(_), None) => 1,
        (Some(_), Some(_)) => 2,
        (None, None) => 3,
    };
    // Columns go from the last position and come from the first, so that positions mean what they say.
    let place = |change: &EntityChange| match stage(change) {
        0 => (Some(Reverse(change.at)), None),
        2 => (None, change.at),
        _ => (None, None),
    };
    changes.sort_by_key(|change| (stage(change), place(change)));
    for change in changes {
        apply_change(schema, change, conflicts);
    }
}

fn apply_change(schema: &mut Schema, change: EntityChange, conflicts: &mut Vec<Conflict>) {
    let found = entity::find(schema, &change.id);
    if found.as_ref() != change.before.as_ref() {
        let describe =
            |entity: Option<&Entity>| entity.map_or_else(|| "nothing".to_owned(), Entity::describe);
        conflicts.push(Conflict {
            expected: describe(change.before.as_ref()),
            found: describe(found.as_ref()),
            entity: change.id,
        });
        return;
    }
    let EntityChange { id, at, before, after } = change;
    let object = id.object.clone();
    match (after, before) {
        (Some(Entity::Namespace(namespace)), _) => {
            schema.namespaces.insert(namespace.name.clone(), namespace.into_inner());
        }
        (Some(Entity::Enum(enum_type)), _) => {
            schema.enums.insert(object, enum_type.into_inner());
        }
        (Some(Entity::Sequence(sequence)), _) => {
            schema.sequences.insert(object, sequence.into_inner());
        }
        (Some(Entity::Object(value)), _) => {
            schema.objects.insert(id, value.into_inner());
        }
        (None, Some(Entity::Object(_))) => {
            schema.objects.remove(&id);
        }
        (Some(Entity::Table(options)), _) => {
            let table = schema.tables.entry(object.clone());
            table.or_insert_with(|| Table::new(object).into()).options = options.into_inner();
        }
        (None, Some(Entity::Namespace(namespace))) => {
            schema.namespaces.remove(&namespace.name);
        }
        (None, Some(Entity::Enum(_))) => {
            schema.enums.remove(&object);
        }
        (None, Some(Entity::Sequence(_))) => {
            schema.sequences.remove(&object);
        }
        (None, Some(Entity::Table(_))) => {
            schema.tables.remove(&object);
        }
        (after, before) => {
            let Some(table) = schema.tables.get_mut(&object) else {
                conflicts.push(Conflict {
                    expected: format!("a table `{object}`"),
                    found: "nothing".to_owned(),
                    entity: id,
                });
                return;
            };
            apply_member(table, id, at, before.as_ref(), after);
        }
    }
}

fn apply_member(
    table: &mut Table,
    id: EntityId,
    at: Option<usize>,
    before: Option<&Entity>,
    after: Option<Entity>,
) {
    fn put<T>(map: &mut ByName<T>, name: String, value: Option<T>) {
        match value {
            Some(value) => {
                map.insert(name, value);
            }
            None => {
                map.remove(&name);
            }
        }
    }
    let name = id.member.unwrap_or_default();
    match (before, after) {
        (_, Some(Entity::Column(column))) => put_column(table, &name, at, column),
        (Some(Entity::Column(_)), None) => table.columns.retain(|column| column.name != name),
        (_, Some(Entity::PrimaryKey(key))) => table.primary_key = Some(key.into_inner()),
        (Some(Entity::PrimaryKey(_)), None) => table.primary_key = None,
        (_, Some(Entity::Unique(unique))) => {
            put(&mut table.uniques, name, Some(unique.into_inner()))
        }
        (Some(Entity::Unique(_)), None) => put(&mut table.uniques, name, None),
        (_, Some(Entity::ForeignKey(key))) => {
            put(&mut table.foreign_keys, name, Some(key.into_inner()))
        }
        (Some(Entity::ForeignKey(_)), None) => put(&mut table.foreign_keys, name, None),
        (_, Some(Entity::Check(check))) => put(&mut table.checks, name, Some(check.into_inner())),
        (Some(Entity::Check(_)), None) => put(&mut table.checks, name, None),
        (_, Some(Entity::Index(index))) => put(&mut table.indexes, name, Some(index.into_inner())),
        (Some(Entity::Index(_)), None) => put(&mut table.indexes, name, None),
        _ => {}
    }
}

fn put_column(table: &mut Table, name: &str, at: Option<usize>, column: Shared<Column>) {
    match table.columns.iter().position(|known| known.name == name) {
        Some(known) => table.columns[known] = column,
        None => {
            let at = at.unwrap_or(usize::MAX).min(table.columns.len());
            table.columns.insert(at, column);
        }
    }
}
