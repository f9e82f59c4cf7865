//! `adopt`: the folder and the history table of other tools, as those write them.

#[macro_use]
mod support;

use sha2::{Digest as _, Sha256, Sha384};
use support::Package;
use test_fixtures::catalog::Client;
use test_fixtures::server;

fn package(dialect: &str) -> Package {
    let package = Package::new(dialect, "");
    let manifest = package.read("Cargo.toml");
    package.write("Cargo.toml", &format!("{manifest}migrations = \"db/migrations\"\n"));
    package.write("db/migrations/journal.lock", "dbkit journal 1\n");
    std::fs::remove_dir_all(package.path().join("migrations")).unwrap();
    package
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha384(text: &str) -> String {
    hexadecimal(&Sha384::digest(text.as_bytes()))
}

fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

/// Executes SQL in the SQLite file `app.db` of a package.
fn sqlite(package: &Package, sql: &str) {
    let url = format!("sqlite:{}", package.path().join("app.db").display());
    Client::open(&url).execute(sql).unwrap();
}

const USERS: &str = "CREATE TABLE users (id integer PRIMARY KEY, name varchar(40) NOT NULL);\n";
const BIO: &str = "ALTER TABLE users ADD COLUMN bio varchar(200);\n";
const POSTS: &str =
    "CREATE TABLE posts (id integer PRIMARY KEY, author integer NOT NULL REFERENCES users (id));\n";

fn sqlx_folder(package: &Package) {
    package.write("migrations/20240102030405_users.up.sql", USERS);
    package.write("migrations/20240102030405_users.down.sql", "DROP TABLE users;\n");
    package.write("migrations/20240103000000_bio.sql", BIO);
    package.write("migrations/20240104000000_posts.sql", POSTS);
}

fn sqlx_rows(checksum: impl Fn(&str) -> String) -> String {
    let row = |version: u64, name: &str, text: &str| {
        format!(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES ({version}, '{name}', true, {}, 1000);",
            checksum(&sha384(text))
        )
    };
    [row(20_240_102_030_405, "users", USERS), row(20_240_103_000_000, "bio", BIO)].join("\n")
}

#[test]
fn sqlx_on_sqlite() {
    let mut package = package("sqlite");
    sqlx_folder(&package);
    let table = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, execution_time BIGINT NOT NULL);";
    let rows = sqlx_rows(|sum| format!("X'{sum}'"));
    sqlite(&package, &format!("{USERS}{BIO}{table}{rows}"));
    package.note("# a file was edited after it ran");
    package.write("migrations/20240103000000_bio.sql", "-- other\n");
    assert_eq!(package.run("adopt --from sqlx --url app.db"), 1);
    package.write("migrations/20240103000000_bio.sql", BIO);
    package.note("# restored");
    assert_eq!(package.run("adopt --from sqlx --url app.db"), 0);
    package.show("db/migrations/20240103000000_bio/changes.json");
    package.note("# again, as for another database");
    assert_eq!(package.run("adopt --from sqlx --url app.db"), 0);
    assert_eq!(package.run("migrate --url app.db"), 0);
    assert_eq!(package.run("verify"), 0);
    assert_eq!(package.run("diff migrations sqlite:app.db --exit-code"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn sqlx_on_postgres() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut package = package("postgres");
    sqlx_folder(&package);
    let table = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL);";
    let rows = sqlx_rows(|sum| format!("'\\x{sum}'"));
    Client::open(&url).execute(&format!("{USERS}{BIO}{table}{rows}")).unwrap();
    assert_eq!(package.run(&format!("adopt -q --from sqlx --url {url}")), 0);
    assert_eq!(package.run(&format!("migrate -q --url {url}")), 0);
    assert_eq!(package.run(&format!("diff -q migrations {url} --exit-code")), 0);
}

#[test]
fn refinery_on_sqlite() {
    let mut package = package("sqlite");
    package.write("migrations/V1__users.sql", USERS);
    package.write("migrations/later/V2__bio.sql", BIO);
    package.write("migrations/V3__posts.sql", POSTS);
    let table = "CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));";
    // As refinery 0.8 computes them.
    let rows = "INSERT INTO refinery_schema_history VALUES (1, 'users', '2024-01-02T03:04:05Z', '1'), (3, 'posts', '2024-01-02T03:04:05Z', '2');";
    sqlite(&package, &format!("{USERS}{POSTS}{table}{rows}"));
    assert_eq!(package.run("adopt --from refinery --url app.db"), 1);
    package.write("migrations/V4__code.rs", "pub fn migration() -> String { String::new() }\n");
    assert_eq!(package.run("adopt --from refinery --url app.db"), 1);
    std::fs::remove_file(package.path().join("migrations/V4__code.rs")).unwrap();
    sqlite(
        &package,
        &format!("{BIO}INSERT INTO refinery_schema_history VALUES (2, 'bio', '', '3');"),
    );
    assert_eq!(package.run("adopt --from refinery --url app.db --allow edited"), 0);
    assert_eq!(package.run("status --url app.db"), 0);
    assert_eq!(package.run("diff migrations sqlite:app.db --exit-code"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn refinery_on_mariadb() {
    let Some(server) = server::mariadb() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut package = package("mysql");
    package.write("migrations/V1__users.sql", USERS);
    package.write("migrations/V2__bio.sql", BIO);
    let mut client = Client::open(&url);
    for sql in [
        USERS,
        "CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));",
        "INSERT INTO refinery_schema_history VALUES (1, 'users', '', '1')",
    ] {
        client.execute(sql).unwrap();
    }
    let line = format!("adopt -q --from refinery --allow edited --url {url}");
    assert_eq!(package.run(&line), 0);
    assert_eq!(package.run(&format!("migrate -q --url {url}")), 0);
    assert_eq!(package.run(&format!("diff -q migrations {url} --exit-code")), 0);
    let changes = package.read("db/migrations/20000101000002_bio/changes.json");
    assert!(!changes.contains("collation"), "{changes}");
}

#[test]
fn diesel_on_sqlite() {
    let mut package = package("sqlite");
    package.write("migrations/00000000000000_diesel_initial_setup/up.sql", "-- Sets nothing up.\n");
    package.write("migrations/00000000000000_diesel_initial_setup/down.sql", "-- Nothing.\n");
    package.write("migrations/2024-01-02-030405_users/up.sql", USERS);
    package.write("migrations/2024-01-02-030405_users/down.sql", "DROP TABLE users;\n");
    package.write("migrations/2024-01-03-000000_bio/up.sql", BIO);
    package.write("migrations/2024-01-03-000000_bio/metadata.toml", "run_in_transaction = false\n");
    let table = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);";
    let rows = "INSERT INTO __diesel_schema_migrations (version) VALUES ('00000000000000'), ('20240102030405');";
    sqlite(&package, &format!("{USERS}{table}{rows}"));
    assert_eq!(package.run("adopt --from diesel --url app.db"), 0);
    assert_eq!(package.run("migrate --url app.db"), 0);
    package.show("db/migrations/20000101000003_bio/up.sql");
    assert_eq!(package.run("diff migrations sqlite:app.db --exit-code"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn sea_orm_on_sqlite() {
    let mut package = package("sqlite");
    for name in ["lib", "main", "m20240102_030405_users", "m20240103_000000_bio"] {
        package.write(&format!("migration/src/{name}.rs"), "// a program\n");
    }
    let table = "CREATE TABLE seaql_migrations (version varchar NOT NULL PRIMARY KEY, applied_at bigint NOT NULL);";
    sqlite(
        &package,
        &format!(
            "{USERS}{table}INSERT INTO seaql_migrations VALUES ('m20240102_030405_users', 1704164645);"
        ),
    );
    assert_eq!(package.run("adopt --from sea-orm"), 1);
    assert_eq!(package.run("adopt --from sea-orm --url app.db"), 1);
    sqlite(
        &package,
        &format!("{BIO}INSERT INTO seaql_migrations VALUES ('m20240103_000000_bio', 1704240000);"),
    );
    assert_eq!(package.run("adopt --from sea-orm --url app.db"), 0);
    assert_eq!(package.run("migrate --url app.db"), 0);
    assert_eq!(package.run("verify"), 0);
    assert_eq!(package.run("diff migrations sqlite:app.db --exit-code"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn drizzle_on_sqlite() {
    let mut package = package("sqlite");
    let first = format!("{USERS}--> statement-breakpoint\n{BIO}");
    package.write("drizzle/0000_first_one.sql", &first);
    package.write("drizzle/0001_posts.sql", POSTS);
    package.write(
        "drizzle/meta/_journal.json",
        r#"{"version":"7","dialect":"sqlite","entries":[{"idx":0,"version":"6","when":1704164645123,"tag":"0000_first_one","breakpoints":true},{"idx":1,"version":"6","when":1704240000456,"tag":"0001_posts","breakpoints":true}]}"#,
    );
    let table = "CREATE TABLE __drizzle_migrations (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);";
    let row = format!(
        "INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('{}', 1704164645123);",
        sha256(&first)
    );
    sqlite(&package, &format!("{USERS}{BIO}{table}{row}"));
    assert_eq!(package.run("adopt --from drizzle --url app.db"), 0);
    package.show("db/migrations/20240102030405_first_one/up.sql");
    assert_eq!(package.run("migrate --url app.db"), 0);
    assert_eq!(package.run("diff migrations sqlite:app.db --exit-code"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn drizzle_of_version_1_on_postgres() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut package = package("postgres");
    package.write("drizzle/20240102030405_first/migration.sql", USERS);
    package.write("drizzle/20240102030405_first/snapshot.json", "{}\n");
    let table = "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint, name text, applied_at timestamptz DEFAULT now());";
    let row = format!(
        "INSERT INTO drizzle.__drizzle_migrations (hash, created_at, name) VALUES ('{}', 1704164645000, '20240102030405_first');",
        sha256(USERS)
    );
    Client::open(&url).execute(&format!("{USERS}{table}{row}")).unwrap();
    assert_eq!(package.run(&format!("adopt -q --from drizzle --url {url}")), 0);
    assert_eq!(package.run(&format!("migrate -q --url {url}")), 0);
    assert_eq!(package.run(&format!("diff -q migrations {url} --exit-code")), 0);
}

#[test]
fn what_cannot_be_taken_over_is_said() {
    let mut package = Package::new("sqlite", "");
    sqlx_folder(&package);
    assert_eq!(package.run("adopt -q --from sqlx"), 1);
    assert_eq!(package.run("adopt -q --from sqlx --folder nowhere"), 1);
    assert_eq!(package.run("adopt -q --from diesel --folder src"), 1);
    assert_eq!(package.run("adopt -q --from flyway"), 2);
    let mut package2 = self::package("sqlite");
    package2.write("migrations/1_wrong.sql", "CREATE TABLE a (id integer;\n");
    package2.write("migrations/2_right.sql", "CREATE TABLE b (id integer);\n");
    assert_eq!(package2.run("adopt -q --from sqlx"), 1);
    package2.write("migrations/1_wrong.sql", "CREATE TABLE a (id integer);\n");
    assert_eq!(package2.run("adopt --from sqlx"), 0);
    package2.write("migrations/3_more.sql", "CREATE TABLE c (id integer);\n");
    assert_eq!(package2.run("adopt -q --from sqlx"), 1);
    let text = format!("{}\n{}", package.transcript(), package2.transcript());
    assert_transcript!(text.replace("migrations/migrations", "migrations"));
}
