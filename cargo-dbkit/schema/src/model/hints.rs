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
