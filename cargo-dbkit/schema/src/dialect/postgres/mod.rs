//! PostgreSQL 13 and later.

mod check;
mod index_definition;
mod inspect;
mod normalize;
mod object;
mod property;
mod render;
mod serial;
#[cfg(test)]
mod tests;
mod types;

use crate::model::{Column, DialectName, Schema};
use crate::plan::{AlterStyle, Capabilities, EnumStyle, Kept, Otherwise, Step};

use super::{Catalog, CatalogQuery, Dialect, Inspection, Unsupported};

static CAPABILITIES: Capabilities = Capabilities {
    alter: AlterStyle::Separate,
    enums: EnumStyle::Named,
    has_transactional_ddl: true,
    has_namespaces: true,
    has_sequences: true,
    has_comments: true,
    has_deferrable_unique: true,
    has_deferrable_foreign_keys: true,
    has_partial_indexes: true,
    has_expression_indexes: true,
    has_covering_indexes: true,
    has_nulls_not_distinct: true,
    has_concurrent_indexes: true,
    has_arrays: true,
    has_virtual_columns: false,
    column_sequence: Some(types::serial_sequence),
    alter_object: object::alteration,
    is_inline: object::is_inline,
    forgets: object::forgets,
    carry: object::carry,
    carry_rows: object::carry_rows,
    max_identifier: Some(63),
};

/// PostgreSQL.
#[derive(Debug)]
pub struct Postgres;

impl Dialect for Postgres {
    fn name(&self) -> DialectName {
        DialectName::Postgres
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

    fn align(&self, one: &mut Schema, other: &mut Schema) {
        serial::align(one, other);
    }

    fn render(&self, step: &Step) -> Vec<String> {
        render::render(&step.action)
    }

    fn kept_value(&self, kept: &Kept, column: &Column, otherwise: Otherwise) -> String {
        render::kept_value(kept, column, otherwise)
    }
}
