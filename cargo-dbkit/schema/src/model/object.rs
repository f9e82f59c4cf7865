//! Things beside tables: namespaces, enums, sequences.

use super::{ColumnType, EntityId, Extra, ObjectName};

/// A namespace (`CREATE SCHEMA`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// The comment.
    pub comment: Option<String>,
    /// Properties, and what it stands on.
    pub extra: Extra,
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
    /// Properties, and what it stands on.
    pub extra: Extra,
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
    /// Properties, and what it stands on.
    pub extra: Extra,
}

/// Something that is kept as the database's own text: a view, a function, a trigger, a policy, a domain, ..
///
/// What can be changed in place without restating it (a comment, grants, whether a trigger is enabled) stands in its properties;
/// the definition is the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Kind and name. A trigger, a policy or a rule is a member of its table, an index of a materialized view one of that; a function
    /// has the types of its arguments as the member.
    pub id: EntityId,
    /// The `CREATE` statement in the database's own words, without a final semicolon.
    pub definition: String,
    /// Properties, and what it stands on.
    pub extra: Extra,
}
