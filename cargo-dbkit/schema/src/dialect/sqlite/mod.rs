//! SQLite 3.35 and later.
//!
//! Types are spelled so that a person recognises them and SQLite gives them the right affinity. An enum is text with a check. UUIDs are
//! text, moments and days are text in ISO 8601, as `CURRENT_TIMESTAMP` writes them; `type(sqlite = "..")` says otherwise.

mod check;
mod inspect;
mod made;
mod normalize;
mod object;
mod render;
#[cfg(test)]
mod tests;
mod types;

use crate::model::{Column, DialectName, Schema};
use crate::plan::{AlterStyle, Capabilities, EnumStyle, Kept, Otherwise, Step};

use super::{Catalog, CatalogQuery, Dialect, Inspection, Unsupported};

pub use self::made::{Made, made};

static CAPABILITIES: Capabilities = Capabilities {
    alter: AlterStyle::Rebuild,
    enums: EnumStyle::Check,
    has_transactional_ddl: true,
    has_namespaces: false,
    has_sequences: false,
    has_comments: false,
    has_deferrable_unique: false,
    has_deferrable_foreign_keys: true,
    has_partial_indexes: true,
    has_expression_indexes: true,
    has_covering_indexes: false,
    has_nulls_not_distinct: false,
    has_concurrent_indexes: false,
    has_arrays: false,
    has_virtual_columns: true,
    column_sequence: None,
    alter_object: object::alteration,
    is_inline: object::is_inline,
    forgets: object::forgets,
    carry: |_, _, _, _| None,
    carry_rows: |_, _| None,
    max_identifier: None,
};

/// SQLite.
#[derive(Debug)]
pub struct Sqlite;

impl Dialect for Sqlite {
    fn name(&self) -> DialectName {
        DialectName::Sqlite
    }

    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }

    fn check(&self, schema: &Schema) -> Vec<Unsupported> {
        check::check(schema)
    }

    fn normalize(&self, schema: Schema) -> Schema {
        normalize::normalize(schema)
    }

    fn version_query(&self) -> &'static str {
        inspect::VERSION
    }

    fn inspect_queries(&self, version: &str) -> Vec<CatalogQuery> {
        inspect::queries(version)
    }

    fn inspect(&self, catalog: &Catalog) -> Inspection {
        inspect::inspect(catalog)
    }

    fn render(&self, step: &Step) -> Vec<String> {
        render::render(step)
    }

    fn kept_value(&self, kept: &Kept, column: &Column, otherwise: Otherwise) -> String {
        render::kept_value(kept, column, otherwise)
    }
}
