//! What has been read so far, and the names of everything by the catalog's numbers.

use std::collections::BTreeMap;

use crate::dialect::postgres::normalize;
use crate::dialect::{Inspection, Unmanaged};
use crate::model::{EntityId, EntityKind, Extra, ObjectName, Schema, Table};

/// The catalogs that things are numbered in; their own numbers are fixed in PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class(pub(super) u32);

impl Class {
    pub(super) const TYPE: Self = Self(1247);
    pub(super) const RELATION: Self = Self(1259);
    pub(super) const DEFAULT: Self = Self(2604);
    pub(super) const CONSTRAINT: Self = Self(2606);
    pub(super) const NAMESPACE: Self = Self(2615);
}

/// What has been read so far.
pub(super) struct Reading {
    /// What has been found.
    pub(super) schema: Schema,
    unmanaged: Vec<Unmanaged>,
    names: BTreeMap<(Class, u32), EntityId>,
    columns: BTreeMap<u32, BTreeMap<i64, String>>,
    parts: BTreeMap<(u32, i64), String>,
    collations: BTreeMap<(u32, i64), u32>,
}

impl Reading {
    pub(super) fn new() -> Self {
        Self {
            schema: Schema::default(),
            unmanaged: Vec::new(),
            names: BTreeMap::new(),
            columns: BTreeMap::new(),
            parts: BTreeMap::new(),
            collations: BTreeMap::new(),
        }
    }

    /// Says what a number stands for. Whatever depends on it, or on which it depends, then knows it (`depends.rs`).
    pub(super) fn register(&mut self, class: Class, oid: u32, id: EntityId) {
        self.names.insert((class, oid), id);
    }

    /// What a number stands for, if it is managed.
    pub(super) fn find(&self, class: Class, oid: u32) -> Option<&EntityId> {
        self.names.get(&(class, oid))
    }

    /// Says what a column of a relation is called.
    pub(super) fn register_column(&mut self, relation: u32, number: i64, name: &str) {
        self.columns.entry(relation).or_default().insert(number, name.to_owned());
    }

    /// The name of a column of a relation.
    pub(super) fn column(&self, relation: u32, number: i64) -> Option<&str> {
        self.columns.get(&relation)?.get(&number).map(String::as_str)
    }

    /// Says which collation a column of a table has.
    pub(super) fn register_collation(&mut self, relation: u32, number: i64, collation: u32) {
        if collation != 0 {
            self.collations.insert((relation, number), collation);
        }
    }

    /// The collation of a column of a table; 0 is none.
    pub(super) fn collation(&self, relation: u32, number: i64) -> u32 {
        self.collations.get(&(relation, number)).copied().unwrap_or_default()
    }

    /// Says what a column of something is called whose columns are no entities of their own: a view, a foreign table.
    pub(super) fn register_part(&mut self, relation: u32, number: i64, name: &str) {
        self.parts.insert((relation, number), name.to_owned());
    }

    /// The name of such a column.
    pub(super) fn part(&self, relation: u32, number: i64) -> Option<&str> {
        self.parts.get(&(relation, number)).map(String::as_str)
    }

    /// The names of columns by their numbers, as in `conkey`.
    pub(super) fn columns(&self, relation: u32, numbers: &[String]) -> Vec<String> {
        let name = |number: &String| self.column(relation, number.parse().ok()?);
        numbers.iter().filter_map(name).map(str::to_owned).collect()
    }

    /// The name of a table that is managed.
    pub(super) fn table_name(&self, oid: u32) -> Option<&ObjectName> {
        let id = self.find(Class::RELATION, oid)?;
        (id.kind == EntityKind::Table).then_some(&id.object)
    }

    /// A table that is managed.
    pub(super) fn table(&mut self, oid: u32) -> Option<&mut Table> {
        let name = self.table_name(oid)?.clone();
        self.schema.tables.get_mut(&name).map(|table| &mut **table)
    }

    /// Says that something is seen and left alone.
    pub(super) fn leave(&mut self, kind: &str, name: impl Into<String>, entity: Option<EntityId>) {
        self.unmanaged.push(Unmanaged { kind: kind.to_owned(), name: name.into(), entity });
    }

    /// What something carries beside its own fields.
    pub(super) fn extra(&mut self, id: &EntityId) -> Option<&mut Extra> {
        let member = id.member.as_deref().unwrap_or_default();
        let schema = &mut self.schema;
        if let Some(object) = schema.objects.get_mut(id) {
            return Some(&mut object.extra);
        }
        match id.kind {
            EntityKind::Namespace => {
                schema.namespaces.get_mut(&id.object.name).map(|found| &mut found.extra)
            }
            EntityKind::Enum => schema.enums.get_mut(&id.object).map(|found| &mut found.extra),
            EntityKind::Sequence => {
                schema.sequences.get_mut(&id.object).map(|found| &mut found.extra)
            }
            _ => {
                let table = schema.tables.get_mut(&id.object)?;
                match id.kind {
                    EntityKind::Table => Some(&mut table.options.extra),
                    EntityKind::Column => table.column_mut(member).map(|found| &mut found.extra),
                    EntityKind::PrimaryKey => {
                        table.primary_key.as_mut().map(|found| &mut found.extra)
                    }
                    EntityKind::Unique => {
                        table.uniques.get_mut(member).map(|found| &mut found.extra)
                    }
                    EntityKind::ForeignKey => {
                        table.foreign_keys.get_mut(member).map(|found| &mut found.extra)
                    }
                    EntityKind::Check => table.checks.get_mut(member).map(|found| &mut found.extra),
                    EntityKind::Index => {
                        table.indexes.get_mut(member).map(|found| &mut found.extra)
                    }
                    _ => None,
                }
            }
        }
    }

    /// Everything, normalised.
    pub(super) fn finish(self) -> Inspection {
        Inspection { schema: normalize::normalize(self.schema), unmanaged: self.unmanaged }
    }
}
