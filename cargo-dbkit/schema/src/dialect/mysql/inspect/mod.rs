//! Reads a schema back out of `information_schema` of MySQL and MariaDB.

mod columns;
mod indexes;
mod keys;
mod routines;
mod sequences;
mod tables;

use crate::dialect::{Catalog, CatalogQuery, Inspection, Row};
use crate::model::{Extra, Object, ObjectName, Schema, Table, mentioned};

/// Asks for the version.
pub(super) const VERSION: &str = "SELECT VERSION()";

/// The server, as far as its catalog differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    MySql,
    MariaDb,
}

impl Server {
    fn of(version: &str) -> Self {
        if version.contains("MariaDB") { Self::MariaDb } else { Self::MySql }
    }
}

/// The values of a row, one after the other, in the order of the query.
struct Fields<'a> {
    row: std::slice::Iter<'a, Option<String>>,
}

impl<'a> Fields<'a> {
    fn of(row: &'a Row) -> Self {
        Self { row: row.iter() }
    }

    fn maybe(&mut self) -> Option<&'a str> {
        self.row.next().and_then(Option::as_deref)
    }

    fn text(&mut self) -> &'a str {
        self.maybe().unwrap_or_default()
    }

    fn owned(&mut self) -> String {
        self.text().to_owned()
    }

    fn number(&mut self) -> Option<u32> {
        self.maybe()?.parse().ok()
    }
}

pub(super) fn queries(version: &str) -> Vec<CatalogQuery> {
    let server = Server::of(version);
    let mut queries = vec![query("database", "SELECT DATABASE()".to_owned())];
    queries.extend(tables::queries());
    queries.extend(sequences::queries(server));
    queries.extend(columns::queries());
    queries.extend(indexes::queries(server));
    queries.extend(keys::queries(server));
    queries.extend(routines::queries(server));
    queries
}

fn query(name: &'static str, sql: String) -> CatalogQuery {
    CatalogQuery { name, sql }
}

pub(super) fn inspect(catalog: &Catalog) -> Inspection {
    let server = Server::of(&catalog.version);
    let mut found = Inspection::default();
    tables::read(catalog, &mut found);
    sequences::read(catalog, &mut found);
    columns::read(catalog, server, &mut found.schema);
    indexes::read(catalog, &mut found.schema);
    keys::read(catalog, server, &mut found.schema);
    routines::read(catalog, server, &mut found);
    for table in found.schema.tables.values_mut() {
        indexes::hide_implied(table);
    }
    let uses: Vec<_> =
        found.schema.objects.values().map(|object| mentioned(object, &found.schema)).collect();
    for (object, uses) in found.schema.objects.values_mut().zip(uses) {
        object.extra.uses = uses;
    }
    found.schema = super::normalize::normalize(std::mem::take(&mut found.schema));
    found
}

fn table<'a>(schema: &'a mut Schema, name: &str) -> Option<&'a mut Table> {
    schema.tables.get_mut(&ObjectName::new(name)).map(|table| &mut **table)
}

fn object(
    schema: &mut Schema,
    id: crate::model::EntityId,
    definition: String,
    properties: impl IntoIterator<Item = (String, String)>,
) {
    let extra = Extra::properties(properties);
    schema.objects.insert(id.clone(), Object { id, definition, extra });
}

/// A text without the name of the database, which the server writes before every table.
fn without_database(catalog: &Catalog, text: &str) -> String {
    let database = catalog.of("database").first().and_then(|row| row.first().cloned().flatten());
    text.replace(&format!("{}.", quoted(&database.unwrap_or_default())), "")
}

/// A name between backticks.
fn quoted(name: &str) -> String {
    crate::model::expression::quoted(name, '`')
}
