//! The same behaviour on every database: SQLite always, PostgreSQL and MariaDB when `cargo xtask test` has started them.
#![cfg(feature = "sqlite")]

use dbkit_build::folder::{Folder, MigrationFiles};
use dbkit_build::id::MigrationId;
use dbkit_build::journal::{Entry, Journal};
use dbkit_build::{blob, canonical::Hash, split::Flavor};
use dbkit_runtime::{Driver, DriverError, ErrorKind, Migrations, Obstacle, Rows, Status, Target};
use rusqlite::Connection;

/// Migrations in a line, each with a way back where one is given.
fn migrations(scripts: &[(&str, &str, Option<&str>)]) -> Migrations {
    let mut folder = Folder {
        path: String::new(),
        journal: Journal::default(),
        migrations: Vec::new(),
        problems: Vec::new(),
    };
    let mut parents: Vec<MigrationId> = Vec::new();
    for (id, up, down) in scripts {
        let id: MigrationId = id.parse().expect("a good id");
        let down_hash = down.map(|down| Hash::of(down.as_bytes()));
        folder.journal.insert(Entry {
            id: id.clone(),
            up: Hash::of(up.as_bytes()),
            down: down_hash,
            changes: None,
            parents: parents.clone(),
        });
        folder.migrations.push(MigrationFiles {
            name: id.to_string(),
            up: Some(up.as_bytes().to_vec()),
            down: down.map(|down| down.as_bytes().to_vec()),
            changes: None,
        });
        parents = vec![id];
    }
    Migrations::from_blob(blob::write(&folder, Flavor::Any)).expect("a good blob")
}

const USERS: (&str, &str, Option<&str>) = (
    "20260101000000_users",
    "CREATE TABLE users (id integer PRIMARY KEY);\n\nINSERT INTO users VALUES (1);\n",
    Some("DROP TABLE users;\n"),
);
const POSTS: (&str, &str, Option<&str>) = (
    "20260102000000_posts",
    "CREATE TABLE posts (id integer PRIMARY KEY);\n",
    Some("DROP TABLE posts;\n"),
);

/// Counts what a database is asked.
struct Counting<'a> {
    inner: &'a mut Connection,
    asked: Vec<String>,
}

impl Driver for Counting<'_> {
    fn dialect(&self) -> dbkit_runtime::Dialect {
        self.inner.dialect()
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.asked.push(sql.to_owned());
        self.inner.execute(sql)
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        self.asked.push(sql.to_owned());
        Driver::query(self.inner, sql)
    }
}

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
fn pending_migrations_are_applied_once_and_recorded() {
    let (mut database, migrations) = (memory(), migrations(&[USERS, POSTS]));
    assert_eq!(migrations.run(&mut database).expect("runs").applied().len(), 2);
    assert_eq!(migrations.run(&mut database).expect("runs").applied().len(), 0);
    let history = migrations.history(&mut database).expect("a history");
    let states: Vec<_> =
        history.iter().map(|row| (row.id.as_str(), row.status, row.statements_done)).collect();
    assert_eq!(
        states,
        [
            ("20260101000000_users", Status::Applied, 2),
            ("20260102000000_posts", Status::Applied, 1)
        ]
    );
}

#[test]
fn up_to_date_is_one_query_and_creates_nothing() {
    let (mut database, set) = (memory(), migrations(&[USERS]));
    set.run(&mut database).expect("runs");
    let mut counting = Counting { inner: &mut database, asked: Vec::new() };
    set.run(&mut counting).expect("runs");
    assert_eq!(counting.asked.len(), 1, "{:?}", counting.asked);
    let empty = migrations(&[]);
    let mut fresh = memory();
    empty.run(&mut fresh).expect("runs");
    assert_eq!(tables(&mut fresh), Vec::<String>::new());
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
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "users"]);
    assert_eq!(
        error.to_string(),
        "`20260103000000_broken` failed at statement 2 of 2: no such table: nowhere (1)\n --> 20260103000000_broken/up.sql:4:1\n  |\n4 | INSERT INTO nowhere VALUES (1);\n  | ^\n  = note: the migration was taken back as a whole\n  = note: applied before: 20260101000000_users"
    );
}

#[test]
fn an_edited_migration_stops_everything_before_it_starts() {
    let mut database = memory();
    migrations(&[USERS]).run(&mut database).expect("runs");
    let edited = ("20260101000000_users", "CREATE TABLE users (id bigint PRIMARY KEY);\n", None);
    let error = migrations(&[edited, POSTS]).run(&mut database).expect_err("refuses");
    assert_eq!(
        *error.kind(),
        ErrorKind::Obstacles(vec![Obstacle::Edited { id: USERS.0.to_owned() }])
    );
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "users"]);
}

#[test]
fn a_database_that_is_ahead_is_left_alone() {
    let mut database = memory();
    migrations(&[USERS, POSTS]).run(&mut database).expect("runs");
    let error = migrations(&[USERS]).run(&mut database).expect_err("refuses");
    assert_eq!(
        *error.kind(),
        ErrorKind::Obstacles(vec![Obstacle::Unknown { id: POSTS.0.to_owned() }])
    );
}

#[test]
fn rollback_goes_back_step_by_step_and_forward_again() {
    let (mut database, migrations) = (memory(), migrations(&[USERS, POSTS]));
    migrations.run(&mut database).expect("runs");
    migrations.runner().rollback(&mut database).expect("goes back");
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "users"]);
    migrations.runner().target(Target::Steps(9)).rollback(&mut database).expect("goes back");
    assert_eq!(tables(&mut database), ["_dbkit_migrations"]);
    assert_eq!(migrations.run(&mut database).expect("runs").applied().len(), 2);
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
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "a", "users"]);
    migrations
        .runner()
        .target(Target::Steps(2))
        .allow_irreversible()
        .rollback(&mut database)
        .expect("goes back");
    assert_eq!(tables(&mut database), ["_dbkit_migrations"]);
}

#[test]
fn without_a_transaction_the_next_run_goes_on_at_the_failed_statement() {
    let script = "-- dbkit: no-transaction\nCREATE TABLE a (id integer);\n\nINSERT INTO b VALUES (1);\n\nCREATE TABLE c (id integer);\n";
    let (mut database, migrations) = (memory(), migrations(&[("20260101000000_a", script, None)]));
    let error = migrations.run(&mut database).expect_err("fails");
    let ErrorKind::Statement(failed) = error.kind() else { panic!("{error}") };
    assert_eq!((failed.number, failed.is_rolled_back), (2, false));
    assert_eq!(migrations.history(&mut database).expect("a history")[0].statements_done, 1);
    database.execute_batch("CREATE TABLE b (id integer)").expect("is mended");
    let report = migrations.run(&mut database).expect("goes on");
    assert_eq!(report.applied()[0].statements, 2);
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "a", "b", "c"]);
}

#[test]
fn a_statement_in_doubt_is_never_executed_again_unasked() {
    let script = "-- dbkit: no-transaction\nCREATE TABLE a (id integer);\n";
    let (mut database, migrations) =
        (memory(), migrations(&[USERS, ("20260102000000_a", script, None)]));
    migrations.runner().target(Target::Steps(1)).run(&mut database).expect("runs");
    let row = "INSERT INTO _dbkit_migrations (set_name, id, up_hash, status, statements_done, statements_total, statement_state, dbkit_version) VALUES ('app', '20260102000000_a', 'x', 'running', 0, 1, 'intent', '0')";
    database.execute_batch(row).expect("a crash");
    let error = migrations.run(&mut database).expect_err("refuses");
    let expected = Obstacle::InDoubt {
        id: "20260102000000_a".to_owned(),
        sql: "CREATE TABLE a (id integer)".to_owned(),
    };
    assert_eq!(*error.kind(), ErrorKind::Obstacles(vec![expected]));
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
    database.busy_timeout(std::time::Duration::ZERO).expect("is set");
    other.execute_batch("BEGIN IMMEDIATE").expect("begins");
    let set = migrations(&[USERS]);
    let error = set
        .runner()
        .lock_wait(std::time::Duration::from_millis(60))
        .run(&mut database)
        .expect_err("gives up");
    assert!(matches!(error.kind(), ErrorKind::Locked { .. }), "{error}");
    other.execute_batch("ROLLBACK").expect("ends");
    assert_eq!(set.run(&mut database).expect("runs").applied().len(), 1);
}

#[test]
fn two_sets_live_in_one_database() {
    let mut database = memory();
    migrations(&[USERS]).run(&mut database).expect("runs");
    migrations(&[POSTS]).runner().set("audit").run(&mut database).expect("runs");
    assert_eq!(migrations(&[USERS]).run(&mut database).expect("runs").applied().len(), 0);
}

#[test]
fn a_baseline_records_without_executing() {
    let (mut database, migrations) = (memory(), migrations(&[USERS, POSTS]));
    database.execute_batch("CREATE TABLE users (id integer PRIMARY KEY)").expect("exists");
    migrations.runner().target(Target::Steps(1)).baseline(&mut database).expect("records");
    let report = migrations.run(&mut database).expect("runs");
    assert_eq!(
        report.applied().iter().map(|applied| applied.id.as_str()).collect::<Vec<_>>(),
        [POSTS.0]
    );
}
