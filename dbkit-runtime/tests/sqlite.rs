//! What is peculiar to SQLite.
#![cfg(feature = "sqlite")]

mod support;

use std::time::Duration;

use dbkit_runtime::{Driver, ErrorKind, Target};
use rusqlite::Connection;

use support::{POSTS, Recording, USERS, migrations};

fn memory() -> Connection {
    Connection::open_in_memory().expect("opens")
}

fn tables(database: &mut Connection) -> Vec<String> {
    let rows = Driver::query(
        database,
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    )
    .expect("a list");
    rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect()
}

#[test]
fn a_failed_migration_is_taken_back_whole_and_those_before_it_stay() {
    let broken = (
        "20260103000000_broken",
        "CREATE TABLE a (id integer);\n\n-- next\nINSERT INTO nowhere VALUES (1);\n",
        None,
    );
    let (mut database, migrations) = (memory(), migrations(&[USERS, broken]));
    let error = migrations.run(&mut database).expect_err("fails");
    let ErrorKind::Statement(failed) = error.kind() else { panic!("{error}") };
    assert_eq!((failed.number, failed.total, failed.position), (2, 2, (4, 1)));
    assert_eq!(error.report().applied().len(), 1);
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "_dbkit_migrations_log", "users"]);
    assert_eq!(
        error.to_string(),
        "`20260103000000_broken` failed at statement 2 of 2: no such table: nowhere (1)\n --> 20260103000000_broken/up.sql:4:1\n  |\n4 | INSERT INTO nowhere VALUES (1);\n  | ^\n  = note: the script was taken back as a whole\n  = note: applied before, and it stays so: 20260101000000_users"
    );
}

#[test]
fn a_migration_without_a_way_back_is_refused_before_anything_runs() {
    let lossy = (
        "20260103000000_lossy",
        "CREATE TABLE a (id integer);\n",
        Some("-- dbkit: irreversible\nDROP TABLE a;\n"),
    );
    let (mut database, migrations) = (memory(), migrations(&[USERS, lossy]));
    migrations.run(&mut database).expect("runs");
    let error =
        migrations.runner().target(Target::Steps(2)).rollback(&mut database).expect_err("refuses");
    assert!(matches!(error.kind(), ErrorKind::Obstacles(_)));
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "_dbkit_migrations_log", "a", "users"]);
    migrations
        .runner()
        .target(Target::Steps(2))
        .allow_irreversible()
        .rollback(&mut database)
        .expect("goes back");
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "_dbkit_migrations_log"]);
}

const REBUILD: &str = "-- dbkit: foreign-keys=off\nCREATE TABLE new_users (id integer PRIMARY KEY, name text);\nINSERT INTO new_users (id) SELECT id FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;\n";

#[test]
fn a_rebuild_keeps_children_triggers_and_the_foreign_key_setting() {
    let children = "CREATE TABLE children (id integer PRIMARY KEY, user_id integer REFERENCES users ON DELETE CASCADE);\nINSERT INTO children VALUES (7, 1);\nCREATE TABLE log (id integer);\nCREATE TRIGGER t AFTER INSERT ON users BEGIN INSERT INTO log VALUES (NEW.id); END;\n";
    let (mut database, migrations) = (
        memory(),
        migrations(&[
            USERS,
            ("20260102000000_children", children, None),
            ("20260103000000_rebuild", REBUILD, None),
        ]),
    );
    database.execute_batch("PRAGMA foreign_keys = ON").expect("is set");
    migrations.run(&mut database).expect("runs");
    let one = |database: &mut Connection, sql: &str| {
        Driver::query(database, sql).expect("a row")[0][0].clone()
    };
    assert_eq!(one(&mut database, "SELECT count(*) FROM children").as_deref(), Some("1"));
    assert_eq!(one(&mut database, "PRAGMA foreign_keys").as_deref(), Some("1"));
    database.execute_batch("INSERT INTO users (id) VALUES (2)").expect("is inserted");
    assert_eq!(one(&mut database, "SELECT id FROM log").as_deref(), Some("2"));
}

#[test]
fn rows_that_would_point_nowhere_take_the_migration_back() {
    let children = "CREATE TABLE children (id integer PRIMARY KEY, user_id integer REFERENCES users);\nINSERT INTO children VALUES (7, 1);\n";
    let wrong = "-- dbkit: foreign-keys=off\nDELETE FROM users;\n";
    let (mut database, migrations) = (
        memory(),
        migrations(&[
            USERS,
            ("20260102000000_children", children, None),
            ("20260103000000_wrong", wrong, None),
        ]),
    );
    database.execute_batch("PRAGMA foreign_keys = ON").expect("is set");
    let error = migrations.run(&mut database).expect_err("refuses");
    let ErrorKind::ForeignKeys { violations, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(violations, &["row 7 of `children` points to `users`"]);
    assert_eq!(
        Driver::query(&mut database, "PRAGMA foreign_keys").expect("a row")[0][0].as_deref(),
        Some("1")
    );
    assert_eq!(
        Driver::query(&mut database, "SELECT count(*) FROM users").expect("a row")[0][0].as_deref(),
        Some("1")
    );
}

#[test]
fn another_writer_is_waited_for_until_the_deadline() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db");
    let (mut database, other) =
        (Connection::open(&path).expect("opens"), Connection::open(&path).expect("opens"));
    // The connection's own patience of five seconds does not count.
    other.execute_batch("BEGIN IMMEDIATE").expect("begins");
    let set = migrations(&[USERS]);
    let error =
        set.runner().lock_wait(Duration::from_millis(60)).run(&mut database).expect_err("gives up");
    assert!(matches!(error.kind(), ErrorKind::Locked { .. }), "{error}");
    other.execute_batch("ROLLBACK").expect("ends");
    assert_eq!(set.run(&mut database).expect("runs").applied().len(), 1);
}

#[test]
fn a_migration_costs_six_statements_beside_its_own() {
    let mut database = memory();
    let migrations = migrations(&[USERS, POSTS]);
    let mut recording = Recording::new(&mut database);
    migrations.run(&mut recording).expect("runs");
    let words = |sql: &String| sql.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    assert_eq!(
        recording.asked.iter().map(words).collect::<Vec<_>>(),
        [
            "SELECT id,",
            "PRAGMA busy_timeout",
            "SELECT id,",
            "BEGIN IMMEDIATE",
            "CREATE TABLE",
            "CREATE TABLE",
            "SELECT id,",
            "SELECT seq,",
            "CREATE TABLE",
            "INSERT INTO",
            "INSERT OR",
            "INSERT INTO",
            "COMMIT",
            "BEGIN IMMEDIATE",
            "SELECT id,",
            "SELECT seq,",
            "CREATE TABLE",
            "INSERT OR",
            "INSERT INTO",
            "COMMIT",
        ]
    );
}

#[test]
fn the_place_of_a_syntax_error_is_shown() {
    let script = "CREATE TABLE a (id integer);\n\nUPDATE a\n\tSET id = FORM b;\n";
    let migrations = migrations(&[("20260101000000_a", script, None)]);
    let error = migrations.run(&mut memory()).expect_err("fails");
    assert_eq!(
        error.to_string(),
        "`20260101000000_a` failed at statement 2 of 2: near \"b\": syntax error (1)
 --> 20260101000000_a/up.sql:4:16
  |
4 | \tSET id = FORM b;
  | \t              ^
  = note: the script was taken back as a whole"
    );
}

#[test]
fn settings_of_the_connection_are_put_back() {
    let mut database = memory();
    database.busy_timeout(Duration::from_secs(9)).expect("is set");
    database.execute_batch("PRAGMA legacy_alter_table = ON").expect("is set");
    let script = "-- dbkit: foreign-keys=off\nPRAGMA legacy_alter_table = OFF;\n\nALTER TABLE users RENAME TO people;\n";
    let wrong = "-- dbkit: no-transaction\n-- dbkit: foreign-keys=off\nDROP TABLE nowhere;\n";
    let migrations = migrations(&[
        USERS,
        ("20260102000000_rename", script, None),
        ("20260103000000_wrong", wrong, None),
    ]);
    database.execute_batch("PRAGMA foreign_keys = ON").expect("is set");
    migrations.runner().lock_wait(Duration::from_secs(1)).run(&mut database).expect_err("fails");
    for (setting, expected) in
        [("busy_timeout", "9000"), ("legacy_alter_table", "1"), ("foreign_keys", "1")]
    {
        let rows = Driver::query(&mut database, &format!("PRAGMA {setting}")).expect("a row");
        assert_eq!(rows, [[Some(expected.to_owned())]], "{setting}");
    }
    assert!(tables(&mut database).contains(&"people".to_owned()));
}

#[test]
fn a_transaction_of_the_app_is_not_touched() {
    let mut database = memory();
    database
        .execute_batch("CREATE TABLE a (id integer); BEGIN; INSERT INTO a VALUES (1)")
        .expect("begins");
    let error = migrations(&[USERS]).run(&mut database).expect_err("cannot begin");
    assert!(matches!(error.kind(), ErrorKind::Database(_)), "{error}");
    database.execute_batch("COMMIT").expect("is still there");
    let rows = Driver::query(&mut database, "SELECT count(*) FROM a").expect("a row");
    assert_eq!(rows, [[Some("1".to_owned())]]);
}
