//! A schema with every word of the grammar (`test-fixtures/apps/complete`): it is read as it stands, each database takes it, and there is
//! nothing more to do then. That it compiles, the workspace's build shows.

#[macro_use]
mod support;

use std::collections::BTreeSet;
use std::fs;

use support::Package;
use test_fixtures::server::{self, Database};

fn source(file: &str) -> String {
    let folder = test_fixtures::workspace().join("test-fixtures/apps/complete/src");
    fs::read_to_string(folder.join(file)).unwrap()
}

/// Generates from a file of the app, migrates, and looks again.
fn session(dialect: &str, file: &str, url: &str) -> String {
    let mut package = Package::new(dialect, &source(file));
    for file in [
        "sql/touch.sql",
        "sql/calls_of_ships.sql",
        "sql/comment.sql",
        "sql/no_comment.sql",
        "sql/named.sql",
    ] {
        package.write(file, &source(&format!("../{file}")));
    }
    package.write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"complete\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[features]\ntides = []\n\n[package.metadata.dbkit]\ndialect = \"{dialect}\"\nfeatures = [\"tides\"]\n"
        ),
    );
    assert_eq!(package.run("generate"), 0);
    for id in package.ids() {
        package.show(&format!("migrations/{id}/up.sql"));
    }
    package.quietly(&format!("migrate --url {url}"));
    package.quietly("check");
    package.quietly(&format!("rollback --steps 9 --url {url}"));
    package.quietly(&format!("migrate --url {url}"));
    package.transcript()
}

fn on_server(dialect: &str, file: &str, database: &Database) -> String {
    session(dialect, file, &database.url())
}

#[test]
fn postgres_takes_every_word() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let mut client = postgres::Client::connect(&database.url(), postgres::NoTls).unwrap();
    let version: i32 = client
        .query_one("SELECT current_setting('server_version_num')::integer", &[])
        .unwrap()
        .get(0);
    // NULLS NOT DISTINCT is one of the words.
    if version < 150_000 {
        return;
    }
    assert_transcript!(on_server("postgres", "schema.rs", &database));
}

#[test]
fn sqlite_takes_every_word() {
    assert_transcript!(session("sqlite", "sqlite.rs", "sqlite:app.db"));
}

#[test]
fn mariadb_takes_every_word() {
    let Some(server) = server::mariadb() else { return };
    let database = server.fresh_database();
    assert_transcript!(on_server("mysql", "mysql.rs", &database));
}

/// The words are those that the grammar asks for, as its source says them.
#[test]
fn no_word_of_the_grammar_is_missing() {
    let folder = test_fixtures::workspace().join("cargo-dbkit/schema/src/rust");
    let parts = ["mod", "field", "member", "types"].map(|part| format!("grammar/{part}.rs"));
    let files = parts.into_iter().chain(["object_grammar.rs".to_owned()]);
    let grammar: String =
        files.map(|file| fs::read_to_string(folder.join(file)).unwrap()).collect();
    let is_word = |text: &&str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    // A word stands in an arm of a `match`, or is compared with.
    let lines = grammar.lines().map(str::trim).filter(|line| {
        line.starts_with("Some(\"")
            || line.starts_with("(Some(\"")
            || line.starts_with("None | Some(\"")
            || line.starts_with("(NodeKind::")
            || (line.starts_with('"') && line.contains("\" => "))
    });
    let words: BTreeSet<&str> = lines
        .flat_map(|line| {
            let arm = line.split("=>").next().unwrap_or(line);
            arm.split('"').skip(1).step_by(2)
        })
        .filter(is_word)
        .collect();
    assert!(words.len() > 90, "{words:?}");
    // What `pull` writes, and what only a newer server holds, has tests of its own.
    let others = [
        "cargo-dbkit/tests/snapshots/cli_pull__everything_of_postgres_is_pulled_and_nothing_is_left_to_generate.snap",
        "cargo-dbkit/schema/src/rust/tests.rs",
    ]
    .map(|path| fs::read_to_string(test_fixtures::workspace().join(path)).unwrap());
    let example = ["schema.rs", "sqlite.rs", "mysql.rs"].map(source).concat() + &others.concat();
    let used: BTreeSet<&str> =
        example.split(|c: char| !c.is_ascii_lowercase() && c != '_').collect();
    let missing: Vec<&&str> = words.iter().filter(|word| !used.contains(**word)).collect();
    assert!(missing.is_empty(), "not in the example: {missing:?}");
}
