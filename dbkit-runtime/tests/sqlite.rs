//! What is peculiar to SQLite.
#![cfg(feature = "sqlite")]

mod support;

use std::time::Duration;

use dbkit_runtime::{Driver, ErrorKind, Event, Target};
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
fn a_migration_costs_five_statements_beside_its_own() {
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
            "PRAGMA data_version",
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
            "PRAGMA data_version",
            "CREATE TABLE",
            "INSERT OR",
            "INSERT INTO",
            "COMMIT",
        ]
    );
}

#[test]
fn who_comes_in_between_two_migrations_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db");
    let (mut database, mut other) =
        (Connection::open(&path).expect("opens"), Connection::open(&path).expect("opens"));
    let (set, others) = (migrations(&[USERS, POSTS]), migrations(&[USERS, POSTS]));
    let report = set
        .runner()
        .on_event(|event| {
            if let Event::Applied { .. } = event {
                others.run(&mut other).expect("applies the second one");
            }
        })
        .run(&mut database)
        .expect("runs");
    assert_eq!(report.applied().len(), 1);
    let count = "SELECT count(*) FROM _dbkit_migrations_log";
    assert_eq!(Driver::query(&mut database, count).expect("a row")[0][0].as_deref(), Some("2"));
    assert_eq!(set.runner().audit(&mut database).expect("is read"), []);
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

/// As `cargo dbkit squash` writes it: one migration that takes the place of two.
fn squashed(lists: &[&[(&str, &str)]]) -> dbkit_runtime::Migrations {
    use dbkit_build::canonical::Hash;
    use dbkit_build::folder::{Folder, MigrationFiles};
    use dbkit_build::journal::{Entry, Journal};
    use dbkit_build::replaces::Replaces;

    let entry = |id: &str, up: &str| Entry {
        id: id.parse().expect("an id"),
        up: Hash::of(up.as_bytes()),
        down: None,
        changes: None,
        parents: Vec::new(),
    };
    let lists = lists.iter().map(|list| list.iter().map(|(id, up)| entry(id, up)).collect());
    let text = Replaces { lists: lists.collect() }.to_string();
    let up = "CREATE TABLE users (id integer PRIMARY KEY);\n";
    let new = entry("20260102000000_squashed", up);
    let mut journal = Journal::new(vec![new.clone()]);
    journal.set_replaces(&new.id, Hash::of(text.as_bytes()));
    let files = MigrationFiles {
        name: new.id.to_string(),
        up: Some(up.as_bytes().to_vec()),
        down: None,
        changes: None,
        replaces: Some(text.into_bytes()),
    };
    let folder = Folder {
        path: "migrations".to_owned(),
        journal,
        migrations: vec![files],
        problems: Vec::new(),
    };
    let flavor = dbkit_build::split::Flavor::Sqlite;
    assert_eq!(dbkit_build::verify(&folder, flavor), []);
    dbkit_runtime::Migrations::from_blob(dbkit_build::blob::write(&folder, flavor)).expect("a blob")
}

#[test]
fn a_squashed_migration_is_taken_over_by_a_database_that_has_run_the_old_ones() {
    let old = migrations(&[USERS, POSTS]);
    let all = [(USERS.0, USERS.1), (POSTS.0, POSTS.1)];
    let new = squashed(&[&all]);
    let replaced = new.iter().next().expect("one").replaces();
    assert_eq!(replaced[0].iter().map(|(id, _)| *id).collect::<Vec<_>>(), [USERS.0, POSTS.0]);

    let mut database = memory();
    old.run(&mut database).expect("runs");
    let report = new.run(&mut database).expect("takes over");
    assert!(report.applied().is_empty());
    assert!(new.status(&mut database).expect("a status").is_current());
    let row = &new.history(&mut database).expect("a history")[2];
    assert_eq!(
        (row.id.as_str(), row.status),
        ("20260102000000_squashed", dbkit_runtime::Status::Baseline)
    );
    // What it has taken over it knows.
    assert_eq!(new.run(&mut database).expect("runs").applied().len(), 0);

    let mut half = memory();
    old.runner().target(Target::Steps(1)).run(&mut half).expect("runs");
    let error = new.run(&mut half).expect_err("stops");
    assert_eq!(
        error.to_string(),
        "nothing was executed:\n  migration `20260102000000_squashed` takes the place of 2 others, of which this database has run 1, but not `20260102000000_posts`\n    = help: run the rest of them first, with the version of the program before they were squashed"
    );

    let mut fresh = memory();
    assert_eq!(new.run(&mut fresh).expect("runs").applied().len(), 1);

    // Another script under the same id.
    let other = squashed(&[&[(USERS.0, USERS.1), (POSTS.0, "SELECT 1;\n")]]);
    let error = other.run(&mut {
        let mut database = memory();
        old.run(&mut database).expect("runs");
        database
    });
    assert!(error.expect_err("stops").to_string().contains("`20260102000000_posts` was edited"));

    // One of two ways is enough.
    let twice = squashed(&[&[("20260101000000_first_squash", "SELECT 1;\n")], &all]);
    let mut database = memory();
    old.run(&mut database).expect("runs");
    assert!(twice.run(&mut database).expect("takes over").applied().is_empty());
}

#[test]
fn an_empty_database_is_made_in_one_go() {
    let all = migrations(&[USERS, POSTS]);
    let script = ("20260101000000_all", "CREATE TABLE users (id integer PRIMARY KEY);\n", None);
    let creation = migrations(&[script]);
    let mut database = memory();
    let report = all.runner().in_one_go(&creation, &mut database).expect("makes it");
    assert_eq!(report.applied().len(), 2);
    assert_eq!(tables(&mut database), ["_dbkit_migrations", "_dbkit_migrations_log", "users"]);
    assert!(all.status(&mut database).expect("a status").is_current());
    let error = all.runner().in_one_go(&creation, &mut database).expect_err("not empty");
    assert!(matches!(error.kind(), ErrorKind::NotEmpty { rows: 2 }), "{error}");

    // Nothing stays of a script that fails.
    let wrong = migrations(&[(
        "20260101000000_all",
        "CREATE TABLE a (id integer);\n\nSELECT * FROM b;\n",
        None,
    )]);
    let mut database = memory();
    let error = all.runner().in_one_go(&wrong, &mut database).expect_err("fails");
    assert!(matches!(error.kind(), ErrorKind::Statement(_)), "{error}");
    assert!(tables(&mut database).is_empty());
}
