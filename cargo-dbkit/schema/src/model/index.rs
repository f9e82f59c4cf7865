//! Indexes.

use std::collections::BTreeMap;

use super::{Extra, Name};

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortOrder {
    /// The default.
    #[default]
    Ascending,
    /// `DESC`.
    Descending,
}

/// Where NULLs sort, when it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullsOrder {
    /// `NULLS FIRST`.
    First,
    /// `NULLS LAST`.
    Last,
}

/// What one part of an index holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexTarget {
    /// A column by name.
    Column(String),
    /// SQL, verbatim.
    Expression(String),
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPart {
    /// Column or expression.
    pub target: IndexTarget,
    /// Direction.
    pub order: SortOrder,
    /// `NULLS FIRST` / `NULLS LAST`, when it is said and is not the direction's default.
    pub nulls: Option<NullsOrder>,
    /// Operator class by name (PostgreSQL).
    pub opclass: Option<String>,
    /// Collation by name.
    pub collation: Option<String>,
    /// Only so many leading characters or bytes (MySQL).
    pub prefix: Option<u32>,
}

impl IndexPart {
    /// A column, ascending.
    pub fn column(name: impl Into<String>) -> Self {
        Self::new(IndexTarget::Column(name.into()))
    }

    /// Any target, ascending.
    pub fn new(target: IndexTarget) -> Self {
        Self {
            target,
            order: SortOrder::Ascending,
            nulls: None,
            opclass: None,
            collation: None,
            prefix: None,
        }
    }
}

/// An index that is not behind a constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: Name,
    /// `UNIQUE`.
    pub is_unique: bool,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// In key order.
    pub parts: Vec<IndexPart>,
    /// Access method by name (`gin`, `hash`, MySQL `fulltext`), lower case; `None` is the default one.
    pub method: Option<String>,
    /// `INCLUDE` columns.
    pub include: Vec<String>,
    /// `WHERE`, verbatim.
    pub predicate: Option<String>,
    /// Storage parameters (`fillfactor` -> `70`).
    pub with: BTreeMap<String, String>,
    /// The comment.
    pub comment: Option<String>,
    /// Build and drop it without blocking writers (PostgreSQL). How it is made, not what it is: no difference by itself.
    pub is_concurrent: bool,
    /// Properties, and what its expressions stand on.
    pub extra: Extra,
}

impl Index {
    /// A plain index over parts.
    pub fn new(name: Name, parts: Vec<IndexPart>) -> Self {
        Self {
            name,
            is_unique: false,
            nulls_not_distinct: false,
            parts,
            method: None,
            include: Vec::new(),
            predicate: None,
            with: BTreeMap::new(),
            comment: None,
            is_concurrent: false,
            extra: Extra::default(),
        }
    }

    /// The columns among its parts, in order.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match &part.target {
            IndexTarget::Column(name) => Some(name.as_str()),
            IndexTarget::Expression(_) => None,
        })
    }
}
