//! Tables.

use super::{
    ByName, Check, Column, Extra, ForeignKey, Index, ObjectName, PrimaryKey, Shared, Unique,
};

/// A table with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: ObjectName,
    /// In order of position.
    pub columns: Vec<Shared<Column>>,
    /// The primary key.
    pub primary_key: Option<PrimaryKey>,
    /// Unique constraints by name.
    pub uniques: ByName<Unique>,
    /// Foreign keys by name.
    pub foreign_keys: ByName<ForeignKey>,
    /// Check constraints by name.
    pub checks: ByName<Check>,
    /// Indexes by name, without those behind constraints.
    pub indexes: ByName<Index>,
    /// Comment and what only one dialect has.
    pub options: TableOptions,
}

impl Table {
    /// A table without columns.
    pub fn new(name: ObjectName) -> Self {
        Self {
            name,
            columns: Vec::new(),
            primary_key: None,
            uniques: ByName::new(),
            foreign_keys: ByName::new(),
            checks: ByName::new(),
            indexes: ByName::new(),
            options: TableOptions::default(),
        }
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.shared_column(name).map(|column| &**column)
    }

    /// The same, as what a copy of it is made of.
    pub fn shared_column(&self, name: &str) -> Option<&Shared<Column>> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of that name, to be changed.
    pub fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        let found = self.columns.iter_mut().find(|column| column.name == name);
        found.map(|column| &mut **column)
    }
}

/// Comment of a table, and what only one dialect has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableOptions {
    /// The comment.
    pub comment: Option<String>,
    /// SQLite `STRICT`.
    pub is_strict: bool,
    /// SQLite `WITHOUT ROWID`.
    pub is_without_rowid: bool,
    /// MySQL `ENGINE`.
    pub engine: Option<String>,
    /// MySQL default character set.
    pub charset: Option<String>,
    /// MySQL default collation.
    pub collation: Option<String>,
    /// `PARTITION BY`, without these words: `RANGE (created_at)`.
    pub partition_by: Option<String>,
    /// It is a partition of another table.
    pub partition_of: Option<PartitionOf>,
    /// The tables that it inherits from (PostgreSQL), in order.
    pub inherits: Vec<ObjectName>,
    /// Properties, and what it stands on.
    pub extra: Extra,
}

/// Of which table another one is a partition, and for which rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionOf {
    /// The table that is partitioned.
    pub parent: ObjectName,
    /// `FOR VALUES ..` or `DEFAULT`, verbatim.
    pub bound: String,
}
