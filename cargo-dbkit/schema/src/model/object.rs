//! Things beside tables: namespaces, enums, sequences.

use super::{ColumnType, ObjectName};

/// A namespace (`CREATE SCHEMA`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// The comment.
    pub comment: Option<String>,
}

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumType {
    /// Its name.
    pub name: ObjectName,
    /// The values in their order.
    pub values: Vec<String>,
    /// The comment.
    pub comment: Option<String>,
}

/// Options of a sequence; `None` is the database's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SequenceOptions {
    /// `START WITH`.
    pub start: Option<i64>,
    /// `INCREMENT BY`.
    pub increment: Option<i64>,
    /// `MINVALUE`.
    pub min: Option<i64>,
    /// `MAXVALUE`.
    pub max: Option<i64>,
    /// `CACHE`.
    pub cache: Option<i64>,
    /// `CYCLE`.
    pub cycle: bool,
}

/// A sequence that stands alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: ObjectName,
    /// The integer type of its values; `None` is the default, `bigint`.
    pub ty: Option<ColumnType>,
    /// Its options.
    pub options: SequenceOptions,
    /// The comment.
    pub comment: Option<String>,
}
