//! What is read out of PostgreSQL's catalog is what was made.

use dbkit_runtime::Driver;
use dbkit_schema::dialect::{Catalog, Dialect as _, Inspection, postgres::Postgres};
use dbkit_schema::model::{Column, IdentityKind, ObjectName, Table};
use test_fixtures::catalog::Client;
use test_fixtures::server::Database;

/// Runs the queries of the dialect on a database.
fn inspect(client: &mut Client) -> Inspection {
    let Client::Postgres(connection) = client else { panic!("PostgreSQL") };
    let driver: &mut dyn Driver = connection.as_mut();
    driver.execute("SET search_path TO public").expect("is set");
    let rows = driver.query(Postgres.version_query()).expect("a version");
    let mut catalog =
        Catalog { version: rows[0][0].clone().expect("a version"), ..Catalog::default() };
    for query in Postgres.inspect_queries(&catalog.version) {
        let rows = driver
            .query(&query.sql)
            .unwrap_or_else(|error| panic!("{}: {error:?}\n{}", query.name, query.sql));
        catalog.rows.insert(query.name, rows);
    }
    let inspection = Postgres.inspect(&catalog);
    assert_eq!(
        Postgres.normalize(inspection.schema.clone()),
        inspection.schema,
        "what is read is normalised"
    );
    inspection
}

fn made(sql: &str) -> Option<(Database, Client, Inspection)> {
    let server = test_fixtures::server::postgres()?;
    let database = server.fresh_database();
    let mut client = Client::open(&database.url());
    client.execute(sql).expect("is made");
    let inspection = inspect(&mut client);
    Some((database, client, inspection))
}

fn table<'a>(inspection: &'a Inspection, name: &str) -> &'a Table {
    inspection.schema.tables.get(&name.parse::<ObjectName>().expect("a name")).expect("a table")
}

fn column<'a>(inspection: &'a Inspection, table_name: &str, column: &str) -> &'a Column {
    table(inspection, table_name).column(column).expect("a column")
}

#[test]
fn serial_is_told_from_a_default_by_hand() {
    let Some((_database, _client, found)) = made(
        "CREATE TABLE a (id serial PRIMARY KEY, n integer NOT NULL);
         CREATE SEQUENCE a_n_seq AS integer OWNED BY a.n START 5;
         ALTER TABLE a ALTER n SET DEFAULT nextval('a_n_seq');
         CREATE TABLE \"Odd name\" (\"Id\" bigserial);",
    ) else {
        return;
    };
    let kind = |table, name| column(&found, table, name).identity.as_ref().map(|found| found.kind);
    assert_eq!(kind("a", "id"), Some(IdentityKind::Serial));
    assert_eq!(kind("\"Odd name\"", "Id"), Some(IdentityKind::Serial));
    assert_eq!(kind("a", "n"), None);
    let sequences: Vec<String> = found.schema.sequences.keys().map(ToString::to_string).collect();
    assert_eq!(sequences, ["a_n_seq"]);
}
