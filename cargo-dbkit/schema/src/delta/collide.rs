//! Whether two branches of migrations commute.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{ColumnType, EntityId, EntityKind, Rename, expression};

use super::{Delta, Entity};

/// Something that two branches cannot both do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// What both touch.
    pub entity: EntityId,
    /// What the one does: `drops it`.
    pub left: &'static str,
    /// What the other does.
    pub right: &'static str,
}

/// What two branches, each a row of deltas, cannot both do. Nothing: they may run in either order, with the same outcome.
///
/// Two changes of one thing collide, also when they are the same, because both would be executed. What one side drops or renames,
/// the other must not use.
pub fn collisions<'a>(
    left: impl IntoIterator<Item = &'a Delta>,
    right: impl IntoIterator<Item = &'a Delta>,
) -> Vec<Collision> {
    let (left, right) = (Footprint::of(left), Footprint::of(right));
    let mut found = BTreeMap::new();
    for (id, word) in &left.changes {
        if let Some(other) = right.changes.get(id) {
            found.entry(id.clone()).or_insert((*word, *other));
        }
        if right.needs.contains(id) && is_gone(word) {
            found.entry(id.clone()).or_insert((*word, "uses it"));
        }
    }
    for (id, word) in &right.changes {
        if left.needs.contains(id) && is_gone(word) {
            found.entry(id.clone()).or_insert(("uses it", *word));
        }
    }
    found.into_iter().map(|(entity, (left, right))| Collision { entity, left, right }).collect()
}

fn is_gone(word: &str) -> bool {
    matches!(word, "drops it" | "renames it")
}

/// The old and the new name of something that is renamed.
pub(super) fn rename_ids(rename: &Rename) -> (EntityId, EntityId) {
    let object = |kind, name: &crate::model::ObjectName| EntityId::object(kind, name.clone());
    match rename {
        Rename::Namespace { from, to } => {
            let id = |name: &String| {
                EntityId::object(EntityKind::Namespace, crate::model::ObjectName::new(name))
            };
            (id(from), id(to))
        }
        Rename::Table { from, to } => {
            (object(EntityKind::Table, from), object(EntityKind::Table, to))
        }
        Rename::Enum { from, to } => (object(EntityKind::Enum, from), object(EntityKind::Enum, to)),
        Rename::Sequence { from, to } => {
            (object(EntityKind::Sequence, from), object(EntityKind::Sequence, to))
        }
        Rename::Column { table, from, to } => {
            (EntityId::column(table, from.as_str()), EntityId::column(table, to.as_str()))
        }
        Rename::EnumValue { name, from, to } => {
            let id = |value: &String| EntityId::member(EntityKind::EnumValue, name, value.as_str());
            (id(from), id(to))
        }
        Rename::Constraint { table, from, to } => {
            let id = |name: &String| EntityId::member(EntityKind::Check, table, name.as_str());
            (id(from), id(to))
        }
        Rename::Index { table, from, to } => {
            let id = |name: &String| EntityId::member(EntityKind::Index, table, name.as_str());
            (id(from), id(to))
        }
        Rename::Object { from, to } => (from.clone(), to.clone()),
    }
}

#[derive(Default)]
struct Footprint {
    changes: BTreeMap<EntityId, &'static str>,
    needs: BTreeSet<EntityId>,
}

impl Footprint {
    fn of<'a>(deltas: impl IntoIterator<Item = &'a Delta>) -> Self {
        let mut footprint = Self::default();
        for delta in deltas {
            for rename in &delta.renames {
                let (old, new) = rename_ids(rename);
                if old.kind == EntityKind::EnumValue {
                    footprint.changes.insert(
                        EntityId::object(EntityKind::Enum, old.object.clone()),
                        "changes it",
                    );
                }
                footprint.needs_parent(&old);
                footprint.changes.insert(old, "renames it");
                footprint.changes.insert(new, "adds it");
            }
            for change in delta.first.iter().chain(&delta.then) {
                let word = match (&change.before, &change.after) {
                    (None, _) => "adds it",
                    (_, None) => "drops it",
                    (Some(_), Some(_)) => "changes it",
                };
                footprint.changes.insert(change.id.clone(), word);
                footprint.needs_parent(&change.id);
                // A foreign key of a table that the same branch makes needs the other table all the same.
                for entity in [&change.before, &change.after].into_iter().flatten() {
                    footprint.needs_of(&change.id, entity);
                }
            }
        }
        footprint
    }

    fn needs_parent(&mut self, id: &EntityId) {
        if id.member.is_some() && id.kind != EntityKind::EnumValue {
            self.needs.insert(EntityId::table(&id.object));
        }
        if let Some(schema) = &id.object.schema {
            self.needs.insert(EntityId::object(
                EntityKind::Namespace,
                crate::model::ObjectName::new(schema),
            ));
        }
    }

    fn needs_of(&mut self, id: &EntityId, entity: &Entity) {
        let table = &id.object;
        self.needs.extend(entity.extra().uses.0.iter().cloned());
        let mut columns = |names: &[String]| {
            self.needs.extend(names.iter().map(|name| EntityId::column(table, name.as_str())))
        };
        match entity {
            Entity::Object(_) => {}
            Entity::PrimaryKey(key) => columns(&key.columns),
            Entity::Unique(unique) => columns(&unique.columns),
            Entity::ForeignKey(key) => {
                columns(&key.columns);
                self.needs.insert(EntityId::table(&key.references));
                self.needs.extend(
                    key.referenced_columns
                        .iter()
                        .map(|name| EntityId::column(&key.references, name.as_str())),
                );
            }
            Entity::Check(check) => self.needs_names(id, &check.expression),
            Entity::Index(index) => {
                columns(&index.columns().map(str::to_owned).collect::<Vec<_>>());
                columns(&index.include);
                for text in index.predicate.iter() {
                    self.needs_names(id, text);
                }
                for part in &index.parts {
                    if let crate::model::IndexTarget::Expression(text) = &part.target {
                        self.needs_names(id, text);
                    }
                }
            }
            Entity::Column(column) => {
                if let ColumnType::Enum(name) = &column.ty {
                    self.needs.insert(EntityId::object(EntityKind::Enum, name.clone()));
                }
                if let Some(generated) = &column.generated {
                    self.needs_names(id, &generated.expression);
                }
            }
            Entity::Namespace(_) | Entity::Enum(_) | Entity::Sequence(_) | Entity::Table(_) => {}
        }
    }

    /// Every name of an expression could be a column of its table.
    fn needs_names(&mut self, id: &EntityId, text: &str) {
        for token in expression::tokens(text) {
            if token.kind == expression::TokenKind::Name {
                let word = text[token.range].trim_matches(['"', '`']);
                self.needs.insert(EntityId::column(&id.object, word));
                self.needs.insert(EntityId::column(&id.object, word.to_lowercase()));
            }
        }
    }
}
