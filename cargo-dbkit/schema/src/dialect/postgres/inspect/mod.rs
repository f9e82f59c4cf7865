//! Reads a schema back out of the catalog of PostgreSQL.
//!
//! A [`Section`] is one part of the catalog: the queries that it needs and how their rows are read. Sections are read in order, so that a
//! later one finds what an earlier one has named (see [`Reading`]); the last one reads `pg_depend`, and says what stands on what.

mod columns;
mod constraints;
mod depends;
mod enums;
mod indexes;
mod namespaces;
mod objects;
mod reading;
mod sequences;
mod settle;
mod tables;
mod text;

use crate::dialect::{Catalog, CatalogQuery, Inspection};

use self::reading::Reading;

/// Asks for the version.
pub(super) const VERSION: &str = "SHOW server_version_num";

/// One part of the catalog.
struct Section {
    /// The queries for a server of that version (`150004`); their names must not be those of another section.
    queries: fn(u32) -> Vec<CatalogQuery>,
    /// Reads their rows.
    read: fn(&Catalog, &mut Reading),
}

const SECTIONS: &[Section] = &[
    Section { queries: namespaces::queries, read: namespaces::read },
    Section { queries: enums::queries, read: enums::read },
    objects::TYPES,
    Section { queries: tables::queries, read: tables::read },
    Section { queries: columns::queries, read: columns::read },
    Section { queries: sequences::queries, read: sequences::read },
    Section { queries: constraints::queries, read: constraints::read },
    Section { queries: indexes::queries, read: indexes::read },
    objects::ROUTINES,
    objects::OPERATORS,
    objects::VIEWS,
    objects::TRIGGERS,
    objects::SERVER,
    objects::SUBSCRIPTIONS,
    objects::UNMANAGED,
    objects::ACCESS,
    Section { queries: depends::queries, read: depends::read },
];

/// The queries that take the longest on many tables, the longest first: two connections that share them end at nearly the same time.
const LONGEST: &[&str] =
    &["constraints", "columns", "indexes", "sequences", "tables", "depends", "index_statistics"];

/// A schema that dbkit leaves alone, as a condition on `pg_namespace n`.
pub(super) const MANAGED_NAMESPACE: &str =
    "n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '_dbkit_trash')";

/// Something that belongs to no extension, as a condition on an alias of a catalog.
pub(super) fn no_member(catalog: &str, alias: &str) -> String {
    format!(
        "NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.{catalog}'::regclass AND x.objid = {alias}.oid AND x.deptype = 'e')"
    )
}

/// One query of a section.
pub(super) fn query(name: &'static str, sql: impl Into<String>) -> CatalogQuery {
    CatalogQuery { name, sql: sql.into() }
}

fn number(version: &str) -> u32 {
    version.trim().parse().unwrap_or(130_000)
}

pub(super) fn queries(version: &str) -> Vec<CatalogQuery> {
    let version = number(version);
    let mut queries: Vec<CatalogQuery> =
        SECTIONS.iter().flat_map(|section| (section.queries)(version)).collect();
    let rank = |query: &CatalogQuery| {
        LONGEST.iter().position(|name| *name == query.name).unwrap_or(LONGEST.len())
    };
    queries.sort_by_key(rank);
    queries
}

pub(super) fn inspect(catalog: &Catalog) -> Inspection {
    let settled = settle::catalog(catalog);
    let catalog = settled.as_ref().unwrap_or(catalog);
    let mut reading = Reading::new();
    for section in SECTIONS {
        (section.read)(catalog, &mut reading);
    }
    reading.finish()
}
