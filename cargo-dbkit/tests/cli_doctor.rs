//! What the doctor finds on servers: each thing by its own code, and nothing where nothing is wrong.

mod support;

use support::Package;
use test_fixtures::catalog::Client;
use test_fixtures::server;

const SCHEMA: &str = "#[derive(dbkit::Table)]\n#[dbkit(table = \"users\", index(on(name)))]\npub struct User {\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    #[dbkit(varchar(50))]\n    pub name: String,\n}\n";

/// A database that was migrated, and is well.
fn healthy(dialect: &str, url: &str) -> (Package, Client) {
    let mut package = Package::new(dialect, SCHEMA);
    package.quietly("generate");
    package.quietly(&format!("migrate --url {url}"));
    assert_eq!(package.run(&format!("doctor --url {url}")), 0, "{}", package.transcript());
    (package, Client::open(url))
}

/// The codes that it finds.
fn findings(package: &Package, url: &str) -> Vec<String> {
    let output = package.command_in(".", &format!("doctor --url {url}")).output().unwrap();
    assert_eq!(output.status.code(), Some(100));
    let text = String::from_utf8(output.stderr).unwrap();
    let mut codes: Vec<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("warning[").or(line.strip_prefix("error[")))
        .filter_map(|line| Some(line.split_once(']')?.0.to_owned()))
        .collect();
    codes.sort();
    codes
}

#[test]
fn the_doctor_finds_what_is_half_done_on_postgres() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let (package, mut client) = healthy("postgres", &url);
    client
        .execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_name_idx'::regclass",
        )
        .unwrap();
    assert_eq!(findings(&package, &url), ["DBK0532", "DBK0537"]);
    client
        .execute(
            "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'users_name_idx'::regclass",
        )
        .unwrap();
    client.execute("ALTER TABLE users ADD CONSTRAINT named CHECK (name <> '') NOT VALID").unwrap();
    assert_eq!(findings(&package, &url), ["DBK0533", "DBK0537"]);
    client.execute("ALTER TABLE users DROP CONSTRAINT named").unwrap();
    client.execute("ALTER TABLE users ADD bio text").unwrap();
    assert_eq!(findings(&package, &url), ["DBK0537"]);
    client.execute("ALTER TABLE users DROP bio").unwrap();
    // As long ago as the year 2001.
    let scratch = format!("dbkit_scratch_1000000000_{}", std::process::id());
    client.execute(&format!("CREATE DATABASE {scratch}")).unwrap();
    let found = findings(&package, &url);
    let is_there = format!("SELECT count(*) FROM pg_database WHERE datname = '{scratch}'");
    // Another test that needs a scratch database collects it.
    let stayed = client.query(&is_there).unwrap() == "1";
    assert!(found == ["DBK0536"] || !stayed, "{found:?}");
    client.execute(&format!("DROP DATABASE IF EXISTS {scratch}")).unwrap();
    client.execute("UPDATE _dbkit_migrations_log SET detail = 'x'").unwrap();
    assert_eq!(findings(&package, &url), ["DBK0515"]);
}

#[test]
fn the_doctor_finds_what_is_half_done_on_mariadb() {
    let Some(server) = server::mariadb() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let (package, mut client) = healthy("mysql", &url);
    client.execute("ALTER TABLE users ADD bio text").unwrap();
    assert_eq!(findings(&package, &url), ["DBK0537"]);
    client.execute("ALTER TABLE users DROP bio").unwrap();
    client.execute("DELETE FROM _dbkit_migrations_log").unwrap();
    assert_eq!(findings(&package, &url), ["DBK0515"]);
}
