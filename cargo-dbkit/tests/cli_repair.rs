//! What is settled by hand: a history that somebody has changed, a way back that was edited, a script that throws away what it does.

#[macro_use]
mod support;

use support::Package;

const ONE: &str = "use dbkit::Table;

#[derive(Table)]
#[dbkit(table = \"users\")]
pub struct User {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
";

/// A package with one migration and its database.
fn package() -> Package {
    let mut package = Package::new("sqlite", ONE);
    package.quietly("generate");
    package.quietly("migrate --url app.db");
    package
}

fn execute(package: &Package, sql: &str) {
    let database = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    database.execute_batch(sql).unwrap();
}

#[test]
fn a_history_that_was_changed_by_hand_stops_a_run_until_it_is_accepted() {
    let mut package = package();
    package.note("# somebody deletes the row of a migration");
    execute(&package, "DELETE FROM _dbkit_migrations");
    assert_eq!(package.run("migrate --url app.db"), 1);
    package.note("# and makes it anew, and edits the log");
    execute(
        &package,
        "INSERT INTO _dbkit_migrations (set_name, id, up_hash, status, statements_done, statements_total, dbkit_version, format) SELECT set_name, id, up_hash, 'applied', 1, 1, '0', 2 FROM _dbkit_migrations_log; UPDATE _dbkit_migrations_log SET detail = 'nothing'",
    );
    package.quietly("generate --custom --name more");
    assert_eq!(package.run("migrate --url app.db"), 1);
    assert_eq!(
        package.run("repair --accept-history --reason \"restored by hand\" --url app.db"),
        0
    );
    assert_eq!(package.run("migrate --url app.db"), 0);
    assert_eq!(package.run("repair --accept-history --url app.db"), 1);
    assert_transcript!(package.transcript());
}

#[test]
fn a_way_back_that_was_edited_is_not_the_one_that_was_applied() {
    let mut package = package();
    let id = package.id("create_users");
    let down = package.migration("create_users", "down.sql");
    package.write(
        &format!("migrations/{id}/down.sql"),
        &format!("{down}\nDROP TABLE IF EXISTS others;\n"),
    );
    package.quietly("amend create_users");
    assert_eq!(package.run("rollback --url app.db"), 1);
    assert_eq!(package.run("rollback --allow edited --url app.db"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn a_script_that_rolls_back_is_refused_before_anything_runs() {
    let mut package = package();
    package.quietly("generate --custom --name undecided");
    let id = package.id("undecided");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "BEGIN;\n\nCREATE TABLE a (id integer);\n\nROLLBACK;\n",
    );
    package.quietly("amend undecided");
    assert_eq!(package.run("migrate --url app.db"), 1);
    package.write(
        &format!("migrations/{id}/up.sql"),
        "BEGIN;\n\nCREATE TABLE a (id integer);\n\nCOMMIT;\n\nVACUUM;\n",
    );
    package.quietly("amend undecided");
    assert_eq!(package.run("migrate --url app.db"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn an_edit_that_the_database_has_is_accepted() {
    let mut package = package();
    let id = package.id("create_users");
    let up = package.migration("create_users", "up.sql");
    package.write(&format!("migrations/{id}/up.sql"), &format!("-- said better\n{up}"));
    package.quietly("amend create_users");
    assert_eq!(package.run("migrate --url app.db"), 1);
    assert_eq!(package.run("repair create_users --accept-edit --reason comment --url app.db"), 0);
    assert_eq!(package.run("migrate --url app.db"), 0);
    assert_eq!(package.run("repair create_users --undone --url app.db"), 0);
    assert_eq!(package.run("status --url app.db"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn a_way_back_counts_what_it_loses_and_asks() {
    let mut package = package();
    execute(&package, "INSERT INTO users DEFAULT VALUES; INSERT INTO users DEFAULT VALUES");
    assert_eq!(package.run("rollback --plan --url app.db"), 0);
    assert_eq!(package.run("rollback --url app.db"), 3);
    assert_eq!(package.run("rollback --allow data-loss --url app.db"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn the_doctor_finds_what_was_changed_by_hand() {
    let mut package = package();
    assert_eq!(package.run("doctor --url app.db"), 0);
    execute(
        &package,
        "CREATE TABLE by_hand (id integer PRIMARY KEY); UPDATE _dbkit_migrations_log SET detail = 'nothing'",
    );
    assert_eq!(package.run("doctor --url app.db"), 100);
    assert_transcript!(package.transcript());
}
