//! Pairs of schemas in PostgreSQL's own words: each leads to the other, and back, and then nothing differs.
//!
//! `test-fixtures/pairs/*.sql` holds them: `== what the pair shows`, the schema before, a line `--`, the schema after. Roles are called
//! `r_..`. `refused: ..` after the name: there is no plan, and these words say why.

use std::collections::BTreeSet;
use std::fs;

use dbkit_runtime::Driver;
use dbkit_schema::dialect::{self, Catalog, Dialect as _, Direction, postgres::Postgres};
use dbkit_schema::model::{Hints, Schema};
use test_fixtures::catalog::Client;
use test_fixtures::server;

struct Pair {
    name: String,
    refused: Option<String>,
    before: String,
    after: String,
}

fn pairs(text: &str) -> Vec<Pair> {
    let read = |chunk: &str| {
        let (name, body) = chunk.split_once('\n')?;
        let (before, after) = body.split_once("\n--\n")?;
        let (name, refused) = match name.split_once(" refused: ") {
            Some((name, refused)) => (name, Some(refused.trim().to_owned())),
            None => (name, None),
        };
        Some(Pair {
            name: name.trim().to_owned(),
            refused,
            before: before.to_owned(),
            after: after.to_owned(),
        })
    };
    format!("\n{text}").split("\n== ").skip(1).map(|chunk| read(chunk).expect("a pair")).collect()
}

/// The roles that some SQL names.
fn roles(sql: &str) -> BTreeSet<&str> {
    sql.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| word.starts_with("r_"))
        .collect()
}

fn inspect(client: &mut Client) -> Schema {
    let Client::Postgres(connection) = client else { panic!("PostgreSQL") };
    let driver: &mut dyn Driver = connection.as_mut();
    driver.execute("SET search_path TO public").expect("is set");
    let rows = driver.query(Postgres.version_query()).expect("a version");
    let version = rows[0][0].clone().expect("a version");
    let mut catalog = Catalog { version, ..Catalog::default() };
    for query in Postgres.inspect_queries(&catalog.version) {
        let rows = driver
            .query(&query.sql)
            .unwrap_or_else(|error| panic!("{}: {error:?}\n{}", query.name, query.sql));
        catalog.rows.insert(query.name, rows);
    }
    Postgres.inspect(&catalog).schema
}

struct Planned {
    statements: Vec<String>,
    refused: Vec<String>,
}

fn plan(from: &Schema, to: &Schema) -> Planned {
    let (mut from, mut to) = (from.clone(), to.clone());
    Postgres.align(&mut from, &mut to);
    let plan = dialect::compare(&from, &to, &Hints::default(), &Postgres).plan;
    let script = dialect::script(&plan.batches, Direction::Up, &Postgres);
    let refused = plan.decisions.into_iter().filter(|decision| decision.allow.is_none());
    Planned {
        statements: script.statements.into_iter().map(|statement| statement.sql).collect(),
        refused: refused.map(|decision| decision.message).collect(),
    }
}

/// One way: what goes wrong, if anything.
fn go(client: &mut Client, from: &Schema, to: &Schema) -> Result<(), String> {
    let planned = plan(from, to);
    let script = planned.statements.join(";\n\n");
    if !planned.refused.is_empty() {
        return Err(format!("refused: {}", planned.refused.join("; ")));
    }
    for statement in &planned.statements {
        client
            .execute(statement)
            .map_err(|error| format!("{error}\n{statement}\n-- of\n{script}"))?;
    }
    let rest = plan(&inspect(client), to);
    if rest.statements.is_empty() && rest.refused.is_empty() {
        return Ok(());
    }
    Err(format!(
        "is left:\n{}\n{:?}\n-- after\n{script}",
        rest.statements.join(";\n"),
        rest.refused
    ))
}

fn check(server: &server::Server, pair: &Pair) -> Result<(), String> {
    let databases = [server.fresh_database(), server.fresh_database()];
    let mut schemas = Vec::new();
    let mut clients = Vec::new();
    for (database, sql) in databases.iter().zip([&pair.before, &pair.after]) {
        let mut client = Client::open(&database.url());
        for role in roles(sql) {
            // It may be there already: roles belong to the server.
            let _ = client.execute(&format!("CREATE ROLE {role}"));
        }
        client.execute(sql).map_err(|error| format!("does not load: {error}\n{sql}"))?;
        schemas.push(inspect(&mut client));
        clients.push(client);
    }
    let (before, after) = (&schemas[0], &schemas[1]);
    let there = go(&mut clients[0], before, after);
    match (&pair.refused, there) {
        (Some(words), Err(said)) if said.starts_with("refused") && said.contains(words) => Ok(()),
        (Some(words), other) => Err(format!("should be refused ({words}), but: {other:?}")),
        (None, Err(said)) => Err(format!("there: {said}")),
        (None, Ok(())) => {
            let now = inspect(&mut clients[0]);
            go(&mut clients[0], &now, before).map_err(|said| format!("back: {said}"))
        }
    }
}

fn check_file(name: &str) {
    let Some(server) = server::postgres() else { return };
    let path = test_fixtures::workspace().join("test-fixtures/pairs").join(name);
    let text = fs::read_to_string(path).expect("the pairs");
    // `DBKIT_TEST_PAIR=words` looks at those whose name has the words.
    let only = std::env::var("DBKIT_TEST_PAIR").unwrap_or_default();
    let wrong: Vec<String> = pairs(&text)
        .iter()
        .filter(|pair| pair.name.contains(&only))
        .filter_map(|pair| {
            check(server, pair).err().map(|said| format!("## {}\n{said}", pair.name))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn tables() {
    check_file("tables.sql");
}

#[test]
fn views_and_routines() {
    check_file("views_and_routines.sql");
}

#[test]
fn types() {
    check_file("types.sql");
}

#[test]
fn partitions_and_inheritance() {
    check_file("partitions.sql");
}

#[test]
fn access_and_server() {
    check_file("access_and_server.sql");
}
