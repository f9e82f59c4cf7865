//! The things of a schema, one by one.

use std::cmp::Ordering;

use crate::model::{
    Check, Column, EntityId, EntityKind, EnumType, Extra, ForeignKey, Index, Namespace, Object,
    ObjectName, PrimaryKey, Schema, Sequence, Shared, Table, TableOptions, Unique,
};

use super::EntityChange;

/// One thing of a schema. A table is only its options here; its columns and the rest are things of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants say what they are")]
pub enum Entity {
    Namespace(Shared<Namespace>),
    Enum(Shared<EnumType>),
    Sequence(Shared<Sequence>),
    Table(Shared<TableOptions>),
    Column(Shared<Column>),
    PrimaryKey(Shared<PrimaryKey>),
    Unique(Shared<Unique>),
    ForeignKey(Shared<ForeignKey>),
    Check(Shared<Check>),
    Index(Shared<Index>),
    Object(Shared<Object>),
}

macro_rules! from_value {
    ($($variant:ident of $value:ty),* $(,)?) => {
        $(impl From<$value> for Entity {
            fn from(value: $value) -> Self {
                Self::$variant(Shared::new(value))
            }
        })*
    };
}

from_value! {
    Namespace of Namespace,
    Enum of EnumType,
    Sequence of Sequence,
    Table of TableOptions,
    Column of Column,
    PrimaryKey of PrimaryKey,
    Unique of Unique,
    ForeignKey of ForeignKey,
    Check of Check,
    Index of Index,
    Object of Object,
}

impl Entity {
    /// What it carries beside its own fields.
    pub(crate) fn extra(&self) -> &Extra {
        match self {
            Self::Namespace(namespace) => &namespace.extra,
            Self::Enum(enum_type) => &enum_type.extra,
            Self::Sequence(sequence) => &sequence.extra,
            Self::Table(options) => &options.extra,
            Self::Column(column) => &column.extra,
            Self::PrimaryKey(key) => &key.extra,
            Self::Unique(unique) => &unique.extra,
            Self::ForeignKey(key) => &key.extra,
            Self::Check(check) => &check.extra,
            Self::Index(index) => &index.extra,
            Self::Object(object) => &object.extra,
        }
    }

    /// A few words for a message about a conflict.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Namespace(_) => "a schema".to_owned(),
            Self::Enum(enum_type) => format!("an enum of {}", enum_type.values.join(", ")),
            Self::Sequence(_) => "a sequence".to_owned(),
            Self::Table(_) => "a table".to_owned(),
            Self::Column(column) => format!(
                "a column of type `{}`{}",
                column.ty,
                if column.is_nullable { "" } else { ", not null" }
            ),
            Self::PrimaryKey(key) => format!("a primary key over {}", key.columns.join(", ")),
            Self::Unique(unique) => {
                format!("a unique constraint over {}", unique.columns.join(", "))
            }
            Self::ForeignKey(key) => {
                format!("a foreign key from {} to `{}`", key.columns.join(", "), key.references)
            }
            Self::Check(check) => format!("a check of `{}`", check.expression),
            Self::Index(index) => {
                format!("an index over {}", index.columns().collect::<Vec<_>>().join(", "))
            }
            Self::Object(object) => {
                let definition = object.definition.split_whitespace().collect::<Vec<_>>().join(" ");
                let mut start: String = definition.chars().take(60).collect();
                if start.len() < definition.len() {
                    start.push_str(" ..");
                }
                format!("`{start}`")
            }
        }
    }
}

/// The thing of that id.
pub(super) fn find(schema: &Schema, id: &EntityId) -> Option<Entity> {
    let table = || schema.tables.get(&id.object);
    let member = id.member.as_deref().unwrap_or_default();
    match id.kind {
        EntityKind::Namespace => schema.namespaces.get(&id.object.name).cloned().map(Entity::from),
        EntityKind::Enum => schema.enums.get(&id.object).cloned().map(Entity::from),
        EntityKind::Sequence => schema.sequences.get(&id.object).cloned().map(Entity::from),
        EntityKind::Table => table().map(|table| Entity::from(table.options.clone())),
        EntityKind::Column => table()?.shared_column(member).cloned().map(Entity::Column),
        EntityKind::PrimaryKey => table()?.primary_key.clone().map(Entity::from),
        EntityKind::Unique => table()?.uniques.get(member).cloned().map(Entity::from),
        EntityKind::ForeignKey => table()?.foreign_keys.get(member).cloned().map(Entity::from),
        EntityKind::Check => table()?.checks.get(member).cloned().map(Entity::from),
        EntityKind::EnumValue => None,
        EntityKind::Index if table().is_some() => {
            table()?.indexes.get(member).cloned().map(Entity::from)
        }
        _ => schema.objects.get(id).cloned().map(Entity::from),
    }
}

/// What differs between two schemas, thing by thing, sorted.
pub(super) fn changes(from: &Schema, to: &Schema) -> Vec<EntityChange> {
    let mut changes = Vec::new();
    sorted(&from.namespaces, &to.namespaces, &mut changes, |name| {
        EntityId::object(EntityKind::Namespace, ObjectName::new(name))
    });
    sorted(&from.enums, &to.enums, &mut changes, |name| {
        EntityId::object(EntityKind::Enum, name.clone())
    });
    sorted(&from.sequences, &to.sequences, &mut changes, |name| {
        EntityId::object(EntityKind::Sequence, name.clone())
    });
    sorted(&from.objects, &to.objects, &mut changes, EntityId::clone);
    let empty = Table::new(ObjectName::new(""));
    let names: std::collections::BTreeSet<&ObjectName> =
        from.tables.keys().chain(to.tables.keys()).collect();
    for name in names {
        let (before, after) = (from.table(name), to.table(name));
        if before == after {
            continue;
        }
        let options =
            |table: Option<&Table>| table.map(|table| Entity::from(table.options.clone()));
        push(EntityId::table(name), None, options(before), options(after), &mut changes);
        let start = changes.len();
        members(name, before.unwrap_or(&empty), after.unwrap_or(&empty), &mut changes);
        // A few at a time; the whole is nearly in order then.
        changes[start..].sort_by(|one, other| key(one).cmp(&key(other)));
    }
    changes.sort_by(|one, other| key(one).cmp(&key(other)));
    changes
}

type Key<'a> = (&'a ObjectName, EntityKind, &'a Option<String>);

fn key(change: &EntityChange) -> Key<'_> {
    (&change.id.object, change.id.kind, &change.id.member)
}

fn push(
    id: EntityId,
    at: Option<usize>,
    before: Option<Entity>,
    after: Option<Entity>,
    changes: &mut Vec<EntityChange>,
) {
    if before != after {
        changes.push(EntityChange { id, at, before, after });
    }
}

/// What differs between two lists that are sorted by key.
fn sorted<'a, K: Ord + 'a, T: Clone + PartialEq + 'a>(
    from: impl IntoIterator<Item = (&'a K, &'a T)>,
    to: impl IntoIterator<Item = (&'a K, &'a T)>,
    changes: &mut Vec<EntityChange>,
    id: impl Fn(&K) -> EntityId,
) where
    Entity: From<T>,
{
    let entity = |value: &T| Entity::from(value.clone());
    let (mut from, mut to) = (from.into_iter().peekable(), to.into_iter().peekable());
    loop {
        let order = match (from.peek(), to.peek()) {
            (Some((before, _)), Some((after, _))) => before.cmp(after),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return,
        };
        let before = if order.is_le() { from.next() } else { None };
        let after = if order.is_ge() { to.next() } else { None };
        let Some((key, _)) = before.or(after) else { return };
        let (before, after) = (before.map(|(_, value)| value), after.map(|(_, value)| value));
        if before != after {
            push(id(key), None, before.map(&entity), after.map(&entity), changes);
        }
    }
}

fn members(name: &ObjectName, from: &Table, to: &Table, changes: &mut Vec<EntityChange>) {
    for (at, column) in from.columns.iter().enumerate() {
        let after = to.shared_column(&column.name);
        if after != Some(column) {
            let at = if after.is_none() { Some(at) } else { None };
            let id = EntityId::column(name, column.name.as_str());
            push(
                id,
                at,
                Some(Entity::Column(column.clone())),
                after.cloned().map(Entity::Column),
                changes,
            );
        }
    }
    for (at, column) in to.columns.iter().enumerate() {
        if from.column(&column.name).is_none() {
            push(
                EntityId::column(name, column.name.as_str()),
                Some(at),
                None,
                Some(Entity::Column(column.clone())),
                changes,
            );
        }
    }
    if from.primary_key != to.primary_key {
        // A table has one primary key, whatever its name.
        let id = EntityId::member(EntityKind::PrimaryKey, name, "primary key");
        let key = |key: &Option<PrimaryKey>| key.clone().map(Entity::from);
        push(id, None, key(&from.primary_key), key(&to.primary_key), changes);
    }
    let id =
        |kind: EntityKind| move |member: &String| EntityId::member(kind, name, member.as_str());
    sorted(&from.uniques, &to.uniques, changes, id(EntityKind::Unique));
    sorted(&from.foreign_keys, &to.foreign_keys, changes, id(EntityKind::ForeignKey));
    sorted(&from.checks, &to.checks, changes, id(EntityKind::Check));
    sorted(&from.indexes, &to.indexes, changes, id(EntityKind::Index));
}
