//! What a person said about the way from one schema to another. Not part of either schema.

use std::collections::BTreeMap;

use super::{EntityId, ObjectName};

/// Something that has a new name and keeps its data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rename {
    /// A namespace.
    Namespace {
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// A table; also to another namespace.
    Table {
        /// Old name.
        from: ObjectName,
        /// New name.
        to: ObjectName,
    },
    /// A column; `table` is the table's *new* name.
    Column {
        /// The table, by its new name.
        table: ObjectName,
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// An enum type.
    Enum {
        /// Old name.
        from: ObjectName,
        /// New name.
        to: ObjectName,
    },
    /// A value of an enum; `name` is the enum's *new* name.
    EnumValue {
        /// The enum, by its new name.
        name: ObjectName,
        /// Old value.
        from: String,
        /// New value.
        to: String,
    },
    /// A sequence.
    Sequence {
        /// Old name.
        from: ObjectName,
        /// New name.
        to: ObjectName,
    },
    /// A constraint of any kind; `table` is the table's *new* name.
    Constraint {
        /// The table, by its new name.
        table: ObjectName,
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
    /// Anything that is kept as text: a view, a function, a domain. A member (a trigger, a policy) is given with the *new* name of its
    /// relation on both sides.
    Object {
        /// Old name.
        from: EntityId,
        /// New name; the same kind.
        to: EntityId,
    },
    /// An index; `table` is the table's *new* name.
    Index {
        /// The table, by its new name.
        table: ObjectName,
        /// Old name.
        from: String,
        /// New name.
        to: String,
    },
}

/// What a person said about the way from one schema to another: in attributes, flags or answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// Renames, in no particular order. One that does not fit the two schemas (any more) is not used.
    pub renames: Vec<Rename>,
    /// Per column (new name): the SQL that turns the old value into the new type.
    pub using: BTreeMap<EntityId, String>,
    /// Per column (new name): the SQL value for existing rows of a column that becomes required.
    pub backfill: BTreeMap<EntityId, String>,
    /// Per enum (new name): what rows that hold a removed value get instead.
    pub removed_values: BTreeMap<ObjectName, BTreeMap<String, String>>,
}

impl Rename {
    /// The way back.
    #[must_use]
    pub fn inverse(
        &self,
        table: impl Fn(&ObjectName) -> ObjectName,
        enum_type: impl Fn(&ObjectName) -> ObjectName,
    ) -> Self {
        let member = |mut id: EntityId| {
            if id.kind.is_member() {
                id.object = table(&id.object);
            }
            id
        };
        match self.clone() {
            Self::Namespace { from, to } => Self::Namespace { from: to, to: from },
            Self::Table { from, to } => Self::Table { from: to, to: from },
            Self::Enum { from, to } => Self::Enum { from: to, to: from },
            Self::Sequence { from, to } => Self::Sequence { from: to, to: from },
            Self::Column { table: of, from, to } => {
                Self::Column { table: table(&of), from: to, to: from }
            }
            Self::EnumValue { name, from, to } => {
                Self::EnumValue { name: enum_type(&name), from: to, to: from }
            }
            Self::Constraint { table: of, from, to } => {
                Self::Constraint { table: table(&of), from: to, to: from }
            }
            Self::Index { table: of, from, to } => {
                Self::Index { table: table(&of), from: to, to: from }
            }
            Self::Object { from, to } => Self::Object { from: member(to), to: member(from) },
        }
    }
}

/// The renames that undo these. Members are named by the table's old name, which is its new one on the way back.
pub fn inverse_renames(renames: &[Rename]) -> Vec<Rename> {
    let table = |name: &ObjectName| {
        let old = renames.iter().find_map(|rename| match rename {
            Rename::Table { from, to } if to == name => Some(from.clone()),
            Rename::Namespace { from, to } if name.schema.as_ref() == Some(to) => {
                Some(ObjectName::qualified(from, &name.name))
            }
            _ => None,
        });
        old.unwrap_or_else(|| name.clone())
    };
    let enum_type = |name: &ObjectName| {
        let old = renames.iter().find_map(|rename| match rename {
            Rename::Enum { from, to } if to == name => Some(from.clone()),
            Rename::Namespace { from, to } if name.schema.as_ref() == Some(to) => {
                Some(ObjectName::qualified(from, &name.name))
            }
            _ => None,
        });
        old.unwrap_or_else(|| name.clone())
    };
    renames.iter().map(|rename| rename.inverse(table, enum_type)).collect()
}

impl Hints {
    /// The hints for the way back: renames the other way round, and nothing else.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self { renames: inverse_renames(&self.renames), ..Self::default() }
    }
}
