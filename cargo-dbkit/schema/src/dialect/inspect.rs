//! Reading a schema back out of a database's catalog, without talking to it: queries out, rows of text in.
//!
//! A dialect names its queries (a constant number, whatever the number of tables); whoever has a connection runs them and hands the rows
//! over. Every value is text or NULL, so that any client will do.

use std::collections::BTreeMap;

use crate::model::{EntityId, Schema};

/// A row of a catalog query.
pub type Row = Vec<Option<String>>;

/// One query of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogQuery {
    /// Names its rows in a [`Catalog`].
    pub name: &'static str,
    /// The query; every column of its result is text.
    pub sql: String,
}

/// What a database said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// The server's version, as [`Dialect::version_query`](super::Dialect::version_query) gives it.
    pub version: String,
    /// The rows of each query, by its name.
    pub rows: BTreeMap<&'static str, Vec<Row>>,
}

impl Catalog {
    /// The rows of a query; none if it was not run.
    pub fn of(&self, name: &str) -> &[Row] {
        self.rows.get(name).map_or(&[], Vec::as_slice)
    }
}

/// A schema as it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inspection {
    /// Everything that dbkit manages, normalised.
    pub schema: Schema,
    /// What was seen and is left alone, so that nobody has to wonder.
    pub unmanaged: Vec<Unmanaged>,
}

/// Something in a database that dbkit does not manage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmanaged {
    /// The kind in the database's words: `text search configuration`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Where it matters to something managed: what that is.
    pub entity: Option<EntityId>,
}
