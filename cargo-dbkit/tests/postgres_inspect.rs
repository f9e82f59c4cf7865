//! What is read out of PostgreSQL's catalog is what was made.

use dbkit_runtime::Driver;
use dbkit_schema::dialect::{Catalog, Dialect as _, Inspection, postgres::Postgres};
use dbkit_schema::model::{
    Column, IdentityKind, IndexPart, IndexTarget, NullsOrder, ObjectName, SortOrder, Table,
};
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

#[test]
fn the_parts_of_an_index_are_what_its_definition_says() {
    let Some((_database, _client, found)) = made(
        "CREATE DOMAIN word AS text COLLATE \"C\";
         CREATE DOMAIN short AS varchar(10);
         CREATE TABLE a (i integer, v varchar(20), b char(3), c text COLLATE \"C\", w word, s short);
         CREATE INDEX i1 ON a (i, v DESC, s NULLS FIRST, i DESC NULLS LAST);
         CREATE INDEX i2 ON a (c, w, b);
         CREATE INDEX i3 ON a (c COLLATE \"default\", w COLLATE \"default\", v COLLATE \"C\");
         CREATE INDEX i4 ON a (v bpchar_ops, v text_ops, s varchar_ops, v varchar_pattern_ops);",
    ) else {
        return;
    };
    let parts = |name: &str| {
        let parts = &table(&found, "a").indexes.get(name).expect("an index").parts;
        parts.iter().map(said).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(parts("i1"), "i, v DESC, s FIRST, i DESC LAST");
    assert_eq!(parts("i2"), "c, w, b");
    assert_eq!(parts("i3"), "c default, w default, v C");
    assert_eq!(parts("i4"), "v bpchar_ops, v, s varchar_ops, v varchar_pattern_ops");
}

fn said(part: &IndexPart) -> String {
    let IndexTarget::Column(column) = &part.target else { panic!("{part:?}") };
    let mut words = vec![column.as_str()];
    words.extend(part.collation.as_deref());
    words.extend(part.opclass.as_deref());
    words.extend((part.order == SortOrder::Descending).then_some("DESC"));
    words.extend(part.nulls.map(|nulls| match nulls {
        NullsOrder::First => "FIRST",
        NullsOrder::Last => "LAST",
    }));
    words.join(" ")
}
