//! MySQL 8 and MariaDB 10.6 and later.
//!
//! There is no UUID type in MySQL: a UUID is `char(36)`. Moments are `datetime(6)`, because `timestamp` ends in 2038 and gives itself
//! defaults; `type(mysql = "..")` says otherwise. An enum is spelled out in each column.

mod align;
mod check;
mod inspect;
mod normalize;
mod object;
mod render;
mod sequence;
mod types;

use crate::model::{Column, DialectName, Schema};
use crate::plan::{AlterStyle, Capabilities, EnumStyle, Kept, Otherwise, Step};

use super::{Catalog, CatalogQuery, Dialect, Inspection, Unsupported};

static CAPABILITIES: Capabilities = Capabilities {
    alter: AlterStyle::Modify,
    enums: EnumStyle::Inline,
    has_transactional_ddl: false,
    has_namespaces: false,
    // MariaDB has; MySQL refuses them.
    has_sequences: true,
    has_comments: true,
    has_deferrable_unique: false,
    has_deferrable_foreign_keys: false,
    has_partial_indexes: false,
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
    max_identifier: Some(64),
};

/// MySQL and MariaDB.
#[derive(Debug)]
pub struct Mysql;

impl Dialect for Mysql {
    fn name(&self) -> DialectName {
        DialectName::Mysql
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
        align::align(one, other);
    }

    fn render(&self, step: &Step) -> Vec<String> {
        render::render(step)
    }

    fn kept_value(&self, kept: &Kept, column: &Column, otherwise: Otherwise) -> String {
        render::kept_value(kept, column, otherwise)
    }
}
