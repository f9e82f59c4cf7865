//! Schemas that nobody here made up, written as structs: their DDL gives the catalog of the original file.
//!
//! The originals are not part of this repository. Where the corpus is beside it (or `DBKIT_CORPUS` names it) they are loaded and
//! compared; the fingerprint of their catalogs is compared always.

use std::fs;
use std::path::PathBuf;

use dbkit_build::canonical::Hash;
use dbkit_schema::dialect::{self, Direction};
use dbkit_schema::model::{DialectName, Hints, Schema};
use dbkit_schema::rust::{Options, SourceFile, read};
use test_fixtures::catalog::Client;
use test_fixtures::server;

fn ddl(app: &str, name: DialectName) -> String {
    let path =
        test_fixtures::workspace().join("test-fixtures/apps").join(app).join("src/schema.rs");
    let text = fs::read_to_string(path).expect("the structs");
    let reading =
        read(&[SourceFile { path: "src/schema.rs".to_owned(), text }], &Options::new(name));
    assert_eq!(reading.diagnostics, []);
    let dialect = dialect::named(name);
    assert_eq!(dialect.check(&reading.schema), []);
    let comparison =
        dialect::compare(&Schema::default(), &reading.schema, &Hints::default(), dialect);
    dialect::script(&comparison.plan.batches, Direction::Up, dialect).text
}

fn corpus(file: &str) -> Option<String> {
    let beside = test_fixtures::workspace().join("../shared/corpus");
    let folder = std::env::var_os("DBKIT_CORPUS").map_or(beside, PathBuf::from);
    fs::read_to_string(folder.join("real").join(file)).ok()
}

#[expect(clippy::print_stderr, reason = "a comparison that was left out is said aloud")]
fn check_on_postgres(app: &str, fingerprint: &str) {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let mut client = Client::open(&database.url());
    client.execute(&ddl(app, DialectName::Postgres)).expect("the DDL runs");
    let catalog = client.catalog();
    match corpus(&format!(
        "postgres/{}.sql",
        if app == "temporal" { "temporal_temporal" } else { app }
    )) {
        Some(original) => {
            let other = server.fresh_database();
            let mut original_client = Client::open(&other.url());
            original_client.execute(&original).expect("the original loads");
            let expected = original_client.catalog();
            let only = |one: &str, other: &str| {
                let other: Vec<&str> = other.lines().collect();
                one.lines()
                    .filter(|line| !other.contains(line))
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            };
            assert_eq!(only(&expected, &catalog), Vec::<String>::new(), "only in the original");
            assert_eq!(only(&catalog, &expected), Vec::<String>::new(), "only in ours");
        }
        None => {
            eprintln!("SKIPPED: the original of {app} is not here; its fingerprint is compared")
        }
    }
    // Versions of PostgreSQL print some definitions in their own way.
    let version = client.query("SHOW server_version_num").expect("a version");
    if version.starts_with("15") {
        assert_eq!(Hash::of(catalog.as_bytes()).short(), fingerprint);
    }
}

#[test]
fn temporal_has_the_catalog_of_the_original() {
    check_on_postgres("temporal", "5ddacb3f");
}

#[test]
fn chinook_has_the_catalog_of_the_original() {
    check_on_postgres("chinook", "05c480ae");
}

#[test]
fn chinook_is_made_on_sqlite_and_mariadb() {
    let sqlite = rusqlite_in_memory();
    let mut client = Client::Sqlite(sqlite);
    client.execute(&ddl("chinook", DialectName::Sqlite)).expect("the DDL runs");
    assert_eq!(
        client.query("SELECT count(*) FROM sqlite_master WHERE type = 'table'").as_deref(),
        Ok("11")
    );
    if let Some(server) = server::mariadb() {
        let database = server.fresh_database();
        let mut client = Client::open(&database.url());
        client.execute(&ddl("chinook", DialectName::Mysql)).expect("the DDL runs");
        let count =
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = database()";
        assert_eq!(client.query(count).as_deref(), Ok("11"));
    }
}

fn rusqlite_in_memory() -> rusqlite::Connection {
    rusqlite::Connection::open_in_memory().expect("opens")
}

/// Its tests migrate rows through this history; here it is the whole of the structs, for both databases.
#[test]
fn the_shops_migrations_hold_everything_that_its_structs_say() {
    let manifest = test_fixtures::workspace().join("test-fixtures/apps/shop/Cargo.toml");
    for database in [&[][..], &["--db", "postgres"]] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-dbkit"))
            .args(["dbkit", "check", "--manifest-path"])
            .arg(&manifest)
            .args(database)
            .env_remove("DBKIT_DB")
            .env_remove("DBKIT_DIALECT")
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}
