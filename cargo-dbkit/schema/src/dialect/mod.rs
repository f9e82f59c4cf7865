//! The SQL dialects: one folder each, with the same files.

mod back;
mod inspect;
mod keep;
pub mod mysql;
pub mod postgres;
mod probe;
pub mod sample;
mod script;
mod sql;
pub mod sqlite;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::diff::{Diff, diff_into};
use crate::model::{Column, DialectName, EntityId, EntityKind, Hints, Rename, Schema};
use crate::plan::{AlterStyle, Capabilities, Kept, Otherwise, Plan, Step, plan};

pub use self::back::{way_back, way_back_keeping};
pub use self::inspect::{Catalog, CatalogQuery, Inspection, Row, Unmanaged};
pub use self::probe::{Probe, probes};
pub use self::script::{Direction, Script, script};

/// Every dialect. A new one is a folder and a row.
pub const ALL: [&dyn Dialect; 3] = [&postgres::Postgres, &sqlite::Sqlite, &mysql::Mysql];

/// The dialect of that name.
pub fn named(name: DialectName) -> &'static dyn Dialect {
    match name {
        DialectName::Postgres => &postgres::Postgres,
        DialectName::Sqlite => &sqlite::Sqlite,
        DialectName::Mysql => &mysql::Mysql,
    }
}

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

    /// The query that asks a server for its version: one row, one column.
    fn version_query(&self) -> &'static str;

    /// The queries that ask a server of that version for everything in its catalog; a constant number.
    fn inspect_queries(&self, version: &str) -> Vec<CatalogQuery>;

    /// Reads a schema out of what the server said.
    fn inspect(&self, catalog: &Catalog) -> Inspection;

    /// Brings two schemas that were read from databases into one way of saying things, where there is more than one.
    fn align(&self, _one: &mut Schema, _other: &mut Schema) {}

    /// Writes a step as SQL, one text a statement, without final semicolons. Total over what `plan` emits for it.
    fn render(&self, step: &Step) -> Vec<String>;

    /// Writes the kept value of a column as SQL over the row that it belongs to.
    fn kept_value(&self, kept: &Kept, column: &Column, otherwise: Otherwise) -> String;
}

/// Names the objects of kinds that a dialect does not have.
pub(crate) fn unsupported_objects(
    schema: &Schema,
    title: &str,
    kinds: &[EntityKind],
) -> Vec<Unsupported> {
    let of = |id: &EntityId| {
        let word = id.kind.word();
        let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        Unsupported {
            entity: id.clone(),
            message: format!("{title} has no such thing as {article} {word}: `{id}` is one"),
            help: None,
        }
    };
    schema.objects.keys().filter(|id| !kinds.contains(&id.kind)).map(of).collect()
}

/// What lies between two schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The changes, and the schema afterwards.
    pub diff: Diff,
    /// How to get there.
    pub plan: Plan,
}

/// The whole middle of dbkit: from two schemas to a plan. `from` is normalised already, as what migrations say is; `to` need not be.
///
/// The way back is the same with the diff's target and `from` swapped and [`Hints::inverse`]: see [`way_back`].
pub fn compare(from: &Schema, to: &Schema, hints: &Hints, dialect: &dyn Dialect) -> Comparison {
    compare_normal(from, dialect.normalize(to.clone()), hints, dialect)
}

/// The same, of two normalised schemas.
fn compare_normal(from: &Schema, to: Schema, hints: &Hints, dialect: &dyn Dialect) -> Comparison {
    let renames_objects = dialect.capabilities().alter == AlterStyle::Separate;
    let has_objects = || hints.renames.iter().any(|one| matches!(one, Rename::Object { .. }));
    // Elsewhere they are dropped and made again under the new name, which loses nothing.
    let fitting = (!renames_objects && has_objects()).then(|| {
        let mut fitting = hints.clone();
        fitting.renames.retain(|rename| !matches!(rename, Rename::Object { .. }));
        fitting
    });
    let hints = fitting.as_ref().unwrap_or(hints);
    let diff = diff_into(from, to, hints);
    let plan = plan(from, &diff, hints, dialect.capabilities());
    Comparison { diff, plan }
}
