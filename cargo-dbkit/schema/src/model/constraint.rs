//! Constraints of a table.

use super::{Extra, Name, ObjectName};

/// When a deferrable constraint is checked unless a transaction says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deferrable {
    /// `DEFERRABLE INITIALLY IMMEDIATE`.
    Immediate,
    /// `DEFERRABLE INITIALLY DEFERRED`.
    Deferred,
}

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrimaryKey {
    /// Its constraint name (SQLite and MySQL do not keep it).
    pub name: Name,
    /// In key order.
    pub columns: Vec<String>,
    /// `INCLUDE` columns (PostgreSQL).
    pub include: Vec<String>,
    /// Its last column is a period: `WITHOUT OVERLAPS` (PostgreSQL 18).
    pub is_temporal: bool,
    /// `DEFERRABLE`, if at all.
    pub deferrable: Option<Deferrable>,
    /// Properties, and what it stands on.
    pub extra: Extra,
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unique {
    /// Its name.
    pub name: Name,
    /// In key order.
    pub columns: Vec<String>,
    /// `INCLUDE` columns (PostgreSQL).
    pub include: Vec<String>,
    /// Its last column is a period: `WITHOUT OVERLAPS` (PostgreSQL 18).
    pub is_temporal: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `DEFERRABLE`, if at all.
    pub deferrable: Option<Deferrable>,
    /// Properties, and what it stands on.
    pub extra: Extra,
}

/// What happens to referencing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferentialAction {
    /// An error, at the end of the statement or transaction. The default everywhere.
    #[default]
    NoAction,
    /// An error at once.
    Restrict,
    /// The same happens to them.
    Cascade,
    /// Their columns become NULL.
    SetNull,
    /// Their columns take their defaults.
    SetDefault,
}

/// How a composite foreign key treats partial NULLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatchType {
    /// Any NULL satisfies it. The default everywhere.
    #[default]
    Simple,
    /// All or none are NULL.
    Full,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// Its name.
    pub name: Name,
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The table that is pointed to.
    pub references: ObjectName,
    /// Its columns, as many as `columns`.
    pub referenced_columns: Vec<String>,
    /// On DELETE of the row that is pointed to.
    pub on_delete: ReferentialAction,
    /// The columns that `ON DELETE SET NULL` or `SET DEFAULT` changes, where not all of them (PostgreSQL).
    pub set_columns: Vec<String>,
    /// On UPDATE of its key.
    pub on_update: ReferentialAction,
    /// `MATCH`.
    pub match_type: MatchType,
    /// Its last columns are periods: `PERIOD` (PostgreSQL 18).
    pub is_temporal: bool,
    /// `DEFERRABLE`, if at all.
    pub deferrable: Option<Deferrable>,
    /// Properties, and what it stands on.
    pub extra: Extra,
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: Name,
    /// SQL, verbatim, without outer parentheses.
    pub expression: String,
    /// `NO INHERIT`: tables that inherit do not get it (PostgreSQL).
    pub is_no_inherit: bool,
    /// Properties, and what it stands on.
    pub extra: Extra,
}

impl PrimaryKey {
    /// A key over columns, with nothing else.
    pub fn new(name: Name, columns: Vec<String>) -> Self {
        Self {
            name,
            columns,
            include: Vec::new(),
            is_temporal: false,
            deferrable: None,
            extra: Extra::default(),
        }
    }
}

impl Unique {
    /// A constraint over columns, with nothing else.
    pub fn new(name: Name, columns: Vec<String>) -> Self {
        Self {
            name,
            columns,
            include: Vec::new(),
            is_temporal: false,
            nulls_not_distinct: false,
            deferrable: None,
            extra: Extra::default(),
        }
    }
}

impl ForeignKey {
    /// A key with the default of everything else.
    pub fn new(
        name: Name,
        columns: Vec<String>,
        references: ObjectName,
        referenced_columns: Vec<String>,
    ) -> Self {
        Self {
            name,
            columns,
            references,
            referenced_columns,
            on_delete: ReferentialAction::default(),
            set_columns: Vec::new(),
            on_update: ReferentialAction::default(),
            match_type: MatchType::default(),
            is_temporal: false,
            deferrable: None,
            extra: Extra::default(),
        }
    }
}

impl Check {
    /// A check of an expression.
    pub fn new(name: Name, expression: impl Into<String>) -> Self {
        Self { name, expression: expression.into(), is_no_inherit: false, extra: Extra::default() }
    }
}
