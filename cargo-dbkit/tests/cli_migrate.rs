//! Migrations and databases: migrate, status, rollback, and what refuses when a database has applied something.

#[macro_use]
mod support;

use support::Package;

const ONE: &str = "use dbkit::Table;

#[derive(Table)]
#[dbkit(table = \"users\")]
pub struct User {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub email: String,
}
";

const TWO: &str = "use dbkit::Table;

#[derive(Table)]
#[dbkit(table = \"users\")]
pub struct User {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub email: String,
    pub bio: Option<String>,
}
";

/// A package with two migrations.
fn package() -> Package {
    let mut package = Package::new("sqlite", ONE);
    package.quietly("generate");
    package.write("src/schema.rs", TWO);
    package.quietly("generate");
    package
}

#[test]
fn migrations_go_up_and_down() {
    let mut package = package();
    package.run("status");
    package.run("status --url app.db");
    package.run("migrate --dry-run --url app.db");
    assert!(!package.path().join("app.db").exists());
    package.run("migrate --url app.db");
    package.run("migrate --url app.db");
    package.run("status --url app.db");
    package.run("rollback --url app.db");
    package.run("status --url app.db");
    package.run("migrate --url app.db");
    let first = package.id("create_users");
    package.run(&format!("rollback --to {first} --url app.db"));
    package.run("rollback --steps 5 --url app.db");
    package.run("rollback --url app.db");
    assert_transcript!(package.transcript());
}

#[test]
fn migrate_goes_as_far_as_it_is_told() {
    let mut package = package();
    package.run("migrate --url app.db --to create_users");
    package.run("status --url app.db");
    package.run("migrate --url app.db --to nothing_like_it");
    assert_transcript!(package.transcript());
}

#[test]
fn the_same_in_json() {
    let mut package = package();
    package.run("status --message-format json");
    package.run("migrate --url app.db --message-format json -q");
    package.run("status --url app.db --message-format json");
    package.run("rollback --url app.db --message-format json -q");
    assert_transcript!(package.transcript());
}

#[test]
fn a_failed_migration_shows_its_place_and_what_to_do() {
    let mut package = package();
    package.quietly("generate --custom --name backfill");
    let id = package.id("backfill");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "-- Two statements, the second is wrong.\nINSERT INTO users (email) VALUES ('a@example.org');\n\nUPDATE users\nSET bioo = lower(email);\n",
    );
    package.quietly("amend backfill");
    assert_eq!(package.run("migrate --url app.db"), 1);
    package.run("status --url app.db");
    assert_eq!(package.run("migrate --url app.db --message-format json -q"), 1);
    assert_transcript!(package.transcript());
}

#[test]
fn an_edited_migration_that_a_database_has_applied_is_refused() {
    let mut package = package();
    package.quietly("migrate --url app.db");
    let id = package.id("add_users_bio");
    let up = package.migration("add_users_bio", "up.sql");
    package.write(&format!("migrations/{id}/up.sql"), &format!("{up}\n-- edited\n"));
    assert_eq!(package.run("migrate --url app.db"), 1);
    assert_eq!(package.run("amend add_users_bio --url app.db"), 1);
    assert_eq!(package.run("drop --url app.db"), 1);
    package.run("amend add_users_bio");
    assert_eq!(package.run("migrate --url app.db"), 1);
    package.run("status --url app.db");
    assert_transcript!(package.transcript());
}

#[test]
fn a_second_folder_has_a_history_of_its_own() {
    let mut package = package();
    let manifest = package.read("Cargo.toml");
    package.write(
        "Cargo.toml",
        &format!("{manifest}\n[package.metadata.dbkit.databases.audit]\nschema = [\"src/audit.rs\"]\nmigrations = \"audit\"\nset = \"audit\"\n"),
    );
    package.write("src/audit.rs", &ONE.replace("users", "entries").replace("User", "Entry"));
    package.write("audit/journal.lock", "dbkit journal 1\n");
    package.quietly("generate --db audit");
    package.write("audit/notes.sql", "SELECT 1;\n");
    let id = package.read("audit/journal.lock").lines().nth(1).unwrap()[..14].to_owned();
    package.write(&format!("audit/{id}_create_entries/up_old.sql"), "SELECT 1;\n");
    assert_eq!(package.run("check --db audit"), 0);
    assert_eq!(package.run("migrate --url app.db -q"), 0);
    assert_eq!(package.run("migrate --url app.db --db audit -q"), 0);
    assert_eq!(package.run("status --url app.db --db audit -q"), 0);
    assert_eq!(package.run("status --url app.db -q"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn the_variable_of_the_configuration_names_the_database() {
    let package = package();
    let output = package
        .command_in(".", "migrate")
        .env("DATABASE_URL", "sqlite:from-env.db")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(package.path().join("from-env.db").exists());
}

#[test]
fn a_database_that_cannot_be_had_is_explained() {
    let mut package = package();
    package.run("migrate");
    package.write(
        "text.db",
        "this is no database, but it is long enough to be looked at as if it were one\n",
    );
    package.run("migrate --url text.db");
    package.run("rollback --url none.db");
    package.run("drop --url none.db");
    assert_transcript!(package.transcript());
}

#[test]
fn a_lock_that_is_not_had_in_time_is_exit_75() {
    let mut package = package();
    package.quietly("migrate --url app.db --to create_users");
    let other = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(package.run("migrate --url app.db --lock-wait 0"), 75);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(package.run("migrate --url app.db --lock-wait 0"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn a_way_back_that_loses_data_is_a_decision() {
    let mut package = Package::new("sqlite", TWO);
    package.quietly("generate");
    package.write("src/schema.rs", ONE);
    package.quietly("generate --allow data-loss:users.bio");
    package.quietly("migrate --url app.db");
    assert_eq!(package.run("rollback --url app.db"), 3);
    assert_eq!(package.run("rollback --url app.db --allow irreversible"), 0);
    package.note("# a migration without a way back");
    package.quietly("drop --url app.db");
    package.quietly("generate --custom --name one_way");
    let id = package.id("one_way");
    std::fs::remove_file(package.path().join(format!("migrations/{id}/down.sql"))).unwrap();
    package.run("amend one_way --url app.db");
    package.quietly("migrate --url app.db");
    assert_eq!(package.run("rollback --url app.db"), 1);
    assert_transcript!(package.transcript());
}

#[test]
fn a_migration_that_only_the_database_knows_is_named() {
    let mut package = package();
    package.quietly("migrate --url app.db");
    package.quietly("drop");
    package.run("status --url app.db");
    assert_eq!(package.run("migrate --url app.db"), 1);
    package.run("migrate --url app.db --allow newer");
    assert_transcript!(package.transcript());
}

#[test]
fn a_database_that_is_ahead_is_not_rolled_back_unasked() {
    let mut package = package();
    package.quietly("migrate --url app.db");
    package.quietly("drop");
    assert_eq!(package.run("rollback --url app.db"), 1);
    assert_eq!(package.run("rollback --url app.db --allow newer"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn a_history_that_a_later_version_wrote_is_not_guessed() {
    let mut package = package();
    package.quietly("migrate --url app.db");
    let database = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    database.execute_batch("UPDATE _dbkit_migrations SET status = 'squashed'").unwrap();
    assert_eq!(package.run("migrate --url app.db"), 1);
    assert_eq!(package.run("status --url app.db"), 1);
    package.run("explain DBK0512");
    assert_transcript!(package.transcript());
}

#[test]
fn a_script_that_stopped_half_way_is_finished_before_it_is_taken_back() {
    let mut package = package();
    package.quietly("generate --custom --name words");
    let id = package.id("words");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "-- dbkit: no-transaction\nCREATE TABLE words (word text);\n\nINSERT INTO wordz VALUES ('a');\n",
    );
    package.write(
        &format!("migrations/{id}/down.sql"),
        "-- dbkit: no-transaction\nDELETE FROM wordz;\n\nDROP TABLE words;\n\nDROP TABLE sentences;\n",
    );
    package.quietly("amend words");
    assert_eq!(package.run("migrate --url app.db"), 1);
    assert_eq!(package.run("rollback --url app.db"), 1);
    package.note("# the way up is mended, and finished");
    let database = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    database.execute_batch("CREATE TABLE wordz (word text)").unwrap();
    assert_eq!(package.run("migrate --url app.db"), 0);
    package.note("# the way back stops, too");
    assert_eq!(package.run("rollback --url app.db"), 1);
    package.run("status --url app.db");
    assert_eq!(package.run("migrate --url app.db"), 1);
    database.execute_batch("CREATE TABLE sentences (word text)").unwrap();
    assert_eq!(package.run("rollback --url app.db"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn a_history_of_the_first_version_is_brought_up_to_date_or_explained() {
    let mut package = package();
    package.quietly("migrate --url app.db --to create_users");
    let file = package.path().join("app.db");
    let make_old = |more: &str| {
        let database = rusqlite::Connection::open(&file).unwrap();
        let old = "ALTER TABLE _dbkit_migrations DROP COLUMN direction;
            ALTER TABLE _dbkit_migrations DROP COLUMN format;
            ALTER TABLE _dbkit_migrations DROP COLUMN down_hash;
            DROP TABLE _dbkit_migrations_log";
        database.execute_batch(&format!("{old};{more}")).unwrap();
    };
    make_old("");
    package.run("status --url app.db");
    assert_eq!(package.run("migrate --url app.db"), 0);
    make_old("UPDATE _dbkit_migrations SET status = 'failed' WHERE id LIKE '%_bio'");
    assert_eq!(package.run("migrate --url app.db"), 1);
    assert_transcript!(package.transcript());
}

#[test]
fn what_speaks_at_the_end_of_a_transaction_is_no_matter_of_one_statement() {
    let mut package = package();
    package.quietly("generate --custom --name orphans");
    let id = package.id("orphans");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "CREATE TABLE posts (author integer REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED);\n\nINSERT INTO posts VALUES (7);\n",
    );
    package.quietly("amend orphans");
    assert_eq!(package.run("migrate --url app.db"), 1);
    package.run("status --url app.db");
    assert_transcript!(package.transcript());
}
