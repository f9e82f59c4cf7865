//! What a dialect can do, as data.

use crate::model::{ColumnType, EntityKind, Object, ObjectName};

/// How a dialect changes a table that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlterStyle {
    /// One small `ALTER` a property (PostgreSQL).
    Separate,
    /// A column is restated as a whole (MySQL).
    Modify,
    /// Most changes need a new table and a copy (SQLite).
    Rebuild,
}

/// How a dialect keeps an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnumStyle {
    /// A type with a name of its own.
    Named,
    /// A list of values in each column that uses it.
    Inline,
    /// Text with a check constraint.
    Check,
}

/// How a dialect changes the definition of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alteration {
    /// It restates it, and whatever stands on it stays.
    InPlace,
    /// It restates it, unless columns hold values of it; then it is made again.
    InPlaceUnlessHeld,
    /// It drops and makes it again, and everything that stands on it.
    Recreate,
    /// Not at all; a few words say why.
    Refused(String),
}

/// The way of a column's values out of its type and back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carry {
    /// What holds them meanwhile.
    pub between: ColumnType,
    /// SQL for the way out; `None` is a plain cast.
    pub down: Option<String>,
    /// SQL for the way back.
    pub up: Option<String>,
}

/// What a dialect can do.
#[derive(Debug, Clone)]
pub struct Capabilities {
    /// How a table is changed.
    pub alter: AlterStyle,
    /// How an enum is kept.
    pub enums: EnumStyle,
    /// Whether DDL can be rolled back.
    pub has_transactional_ddl: bool,
    /// `CREATE SCHEMA`.
    pub has_namespaces: bool,
    /// `CREATE SEQUENCE`.
    pub has_sequences: bool,
    /// `COMMENT` on anything.
    pub has_comments: bool,
    /// Deferrable unique constraints and primary keys (foreign keys: everywhere but MySQL).
    pub has_deferrable_unique: bool,
    /// Deferrable foreign keys.
    pub has_deferrable_foreign_keys: bool,
    /// Partial indexes.
    pub has_partial_indexes: bool,
    /// Expressions in indexes.
    pub has_expression_indexes: bool,
    /// `INCLUDE`.
    pub has_covering_indexes: bool,
    /// `NULLS NOT DISTINCT`.
    pub has_nulls_not_distinct: bool,
    /// Indexes built without blocking writers.
    pub has_concurrent_indexes: bool,
    /// Array columns.
    pub has_arrays: bool,
    /// Virtual generated columns.
    pub has_virtual_columns: bool,
    /// The name that the sequence behind a column gets by itself, and keeps when the table or the column is renamed.
    pub column_sequence: Option<fn(table: &ObjectName, column: &str) -> ObjectName>,
    /// How the definition of an object changes.
    pub alter_object: fn(from: &Object, to: &Object) -> Alteration,
    /// How a column holds its values while its type is made again; `None`: in no other type.
    pub carry: fn(from: &Object, to: &Object, ty: &ColumnType, column: &str) -> Option<Carry>,
    /// How a column holds rows of a table while that changes.
    pub carry_rows: fn(ty: &ColumnType, column: &str) -> Option<Carry>,
    /// Whether `CREATE` writes a property of a new thing, so that it is not set afterwards.
    pub is_inline: fn(kind: EntityKind, key: &str) -> bool,
    /// The properties that are gone once an object has changed in place: those of parts that were dropped or made again.
    pub forgets: fn(from: &Object, to: &Object) -> Vec<String>,
    /// Longest identifier, and whether that counts bytes (else characters); `None` is no limit.
    pub max_identifier: Option<usize>,
}
