//! The SQL dialects: one folder each, with the same files.

use std::fmt;

use crate::model::{DialectName, EntityId, Schema};
use crate::plan::{Capabilities, Step};

/// Something in a schema that a dialect does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// What.
    pub entity: EntityId,
    /// ``SQLite has no array columns: `products.tags` is `text[]` ``.
    pub message: String,
    /// What to do instead.
    pub help: Option<String>,
}

/// Everything dbkit knows about one SQL dialect without talking to a database.
pub trait Dialect: fmt::Debug + Sync {
    /// Its name.
    fn name(&self) -> DialectName;

    /// What it can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// Names everything in a schema that it cannot do. A schema with such things is never planned or rendered.
    fn check(&self, schema: &Schema) -> Vec<Unsupported>;

    /// Brings a schema into the form that the dialect would give back, so that equal things are equal values:
    /// types it does not distinguish, defaults it adds, casts it drops. Names stay.
    fn normalize(&self, schema: Schema) -> Schema;

    /// Writes a step as SQL, one text a statement, without final semicolons. Total over what `plan` emits for it.
    fn render(&self, step: &Step) -> Vec<String>;
}
