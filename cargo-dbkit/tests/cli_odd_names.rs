//! Names with quotes, spaces, upper case, key words, the greatest length and letters of every kind, in every kind of object: from an SQL
//! file into a database, back into structs, and out again in every format.

mod support;

use std::fs;

use support::Package;
use test_fixtures::server;

const FORMATS: [&str; 6] = ["sql", "json", "mermaid", "dbml", "diesel", "sea-orm"];

/// `scratch`: a line of the configuration that says where SQL files are read.
fn hold(dialect: &str, url: &str, other: &str, scratch: &str) {
    let path = test_fixtures::workspace().join(format!("test-fixtures/odd/{dialect}.sql"));
    let sql = fs::read_to_string(path).expect("the file");
    let mut given =
        Package::without_schema(dialect, &format!("schema = [\"schema.sql\"]\n{scratch}"));
    given.write("schema.sql", &sql);
    given.quietly("generate --name odd");
    given.quietly(&format!("migrate --url {url}"));
    given.quietly("generate --check");

    let mut pulled = Package::without_schema(dialect, scratch);
    pulled.quietly(&format!("pull --url {url}"));
    pulled.quietly("generate --check");
    pulled.quietly(&format!("migrate --url {other}"));
    pulled.quietly(&format!("diff {url} {other} --exit-code"));
    for format in FORMATS {
        pulled.quietly(&format!("export --format {format}"));
    }
}

#[test]
fn odd_names_hold_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    hold("sqlite", &url("one.db"), &url("other.db"), "");
}

#[test]
fn odd_names_hold_on_postgres() {
    let Some(server) = server::postgres() else { return };
    let (one, other) = (server.fresh_database(), server.fresh_database());
    let scratch = format!("scratch-url = \"{}\"\n", server.url());
    hold("postgres", &one.url(), &other.url(), &scratch);
}

#[test]
fn odd_names_hold_on_mariadb() {
    let Some(server) = server::mariadb() else { return };
    let (one, other) = (server.fresh_database(), server.fresh_database());
    let scratch = format!("scratch-url = \"{}\"\n", server.url());
    hold("mysql", &one.url(), &other.url(), &scratch);
}
