//! Databases that are not as friendly as those of other tests: hostile settings, missing rights, a full disk, broken indexes, rows of the
//! future. Each is told by its own error, and nothing is half done.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::time::Duration;

use dbkit_runtime::{Dialect, ErrorKind, Event, Obstacle, Repair, Resolution, Status};

use support::scenes::{ENGINES, Victim, everything, open};
use support::{POSTS, USERS, migrations};

#[test]
fn settings_of_the_server_change_nothing() {
    let (Some(clean), Some(victim)) = (Victim::fresh("postgres"), Victim::fresh("postgres")) else {
        return;
    };
    let name =
        victim.url.split('/').nth(3).and_then(|rest| rest.split('?').next()).expect("a name");
    let mut owner = open(&victim.url);
    // Functions of that name would let everybody in.
    owner
        .execute(
            "CREATE SCHEMA evil;
             CREATE FUNCTION evil.pg_try_advisory_lock(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true';
             CREATE FUNCTION evil.pg_try_advisory_xact_lock(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false';
             CREATE FUNCTION evil.to_regclass(text) RETURNS regclass LANGUAGE sql AS 'SELECT NULL::regclass';
             CREATE FUNCTION evil.pg_backend_pid() RETURNS integer LANGUAGE sql AS 'SELECT (random() * 1000)::integer'",
        )
        .expect("is made");
    for setting in [
        "search_path = public, evil, pg_catalog",
        "standard_conforming_strings = off",
        "default_transaction_isolation = serializable",
        "DateStyle = 'German'",
        "TimeZone = 'Pacific/Chatham'",
        "lc_messages = 'C'",
        "lock_timeout = 1",
        "idle_in_transaction_session_timeout = '30s'",
    ] {
        owner.execute(&format!("ALTER DATABASE {name} SET {setting}")).expect(setting);
    }
    let set = everything(Dialect::Postgres);
    set.run(&mut *open(&clean.url)).expect("runs");
    set.run(&mut *open(&victim.url)).expect("runs here, too");
    let functions = "DROP SCHEMA evil CASCADE";
    open(&victim.url).execute(functions).expect("goes");
    assert_eq!(victim.state(), clean.state());
}

#[test]
fn missing_rights_stop_everything_before_it_begins() {
    let Some(victim) = Victim::fresh("postgres") else { return };
    let mut owner = open(&victim.url);
    let role = format!("poor_{}", std::process::id());
    owner
        .execute(&format!("CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        .expect("is made");
    let url = victim.url.replace("postgres@", &format!("{role}@"));
    let set = migrations(&[USERS, POSTS]);
    let error = set.run(&mut *open(&url)).expect_err("fails");
    assert!(
        matches!(error.kind(), ErrorKind::Database(said) if said.code.as_deref() == Some("42501")),
        "{error}"
    );
    assert!(owner.query("SELECT * FROM _dbkit_migrations").is_err());
    // With a history that belongs to somebody else, nothing can be recorded, so nothing is done.
    set.run(&mut *owner).expect("runs as its owner");
    owner
        .execute(&format!("GRANT CREATE ON SCHEMA public TO {role}; GRANT SELECT ON _dbkit_migrations, _dbkit_migrations_log TO {role}"))
        .expect("is granted");
    let more = migrations(&[
        USERS,
        POSTS,
        ("20260103000000_more", "CREATE TABLE more (id integer);\n", None),
    ]);
    more.run(&mut *open(&url)).expect_err("fails");
    assert!(owner.query("SELECT * FROM more").is_err());
    owner.execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).expect("goes");
}

#[test]
fn a_full_disk_takes_the_migration_back() {
    let victim = Victim::fresh("sqlite").expect("SQLite is always there");
    let big = "CREATE TABLE big (text text);\n\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO big SELECT hex(zeroblob(500)) FROM n;\n";
    let set = migrations(&[USERS, ("20260102000000_big", big, None)]);
    let mut driver = open(&victim.url);
    driver.execute("PRAGMA max_page_count = 100").expect("is set");
    let error = set.run(&mut *driver).expect_err("is full");
    assert!(
        matches!(error.kind(), ErrorKind::Statement(failed) if failed.is_rolled_back),
        "{error}"
    );
    assert_eq!(set.runner().audit(&mut *driver).expect("an audit"), []);
    drop(driver);
    let report = set.run(&mut *open(&victim.url)).expect("runs with more room");
    assert_eq!(report.applied().len(), 1);
}

#[test]
fn an_index_that_cannot_be_built_is_cleared_away_and_built_when_it_can() {
    let Some(victim) = Victim::fresh("postgres") else { return };
    let index = "CREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name);\n";
    let users = "CREATE TABLE users (name text);\n\nINSERT INTO users VALUES ('a'), ('a');\n";
    let set =
        migrations(&[("20260101000000_users", users, None), ("20260102000000_index", index, None)]);
    let mut driver = open(&victim.url);
    let error = set.run(&mut *driver).expect_err("two rows are the same");
    assert!(
        matches!(error.kind(), ErrorKind::Statement(failed) if failed.cause.code.as_deref() == Some("23505")),
        "{error}"
    );
    let invalid = "SELECT 1 FROM pg_index WHERE NOT indisvalid";
    assert_eq!(driver.query(invalid).expect("a look").len(), 0);
    driver
        .execute("DELETE FROM users WHERE ctid = (SELECT min(ctid) FROM users)")
        .expect("is mended");
    set.run(&mut *driver).expect("goes on");
    assert_eq!(
        driver
            .query(
                "SELECT 1 FROM pg_index WHERE indexrelid = 'users_name'::regclass AND indisvalid"
            )
            .expect("a look")
            .len(),
        1
    );
}

#[test]
fn an_invalid_index_is_not_taken_for_the_index() {
    let Some(victim) = Victim::fresh("postgres") else { return };
    let mut driver = open(&victim.url);
    driver
        .execute("CREATE TABLE users (name text); CREATE INDEX users_name ON users (name); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_name'::regclass")
        .expect("is broken");
    let index = "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_name ON users (name);\n";
    migrations(&[("20260101000000_index", index, None)]).run(&mut *driver).expect("runs");
    assert_eq!(
        driver
            .query(
                "SELECT 1 FROM pg_index WHERE indexrelid = 'users_name'::regclass AND indisvalid"
            )
            .expect("a look")
            .len(),
        1
    );
}

#[test]
fn rows_of_the_future_and_clocks_that_jump() {
    for engine in ENGINES {
        let Some(victim) = Victim::fresh(engine) else { continue };
        let mut driver = open(&victim.url);
        let one = migrations(&[USERS]);
        one.run(&mut *driver).expect("runs");
        driver
            .execute("UPDATE _dbkit_migrations SET started_at = '2099-01-01 00:00:00', finished_at = '1999-01-01 00:00:00'")
            .expect("is set");
        let both = migrations(&[USERS, POSTS]);
        assert_eq!(both.run(&mut *driver).expect("runs").applied().len(), 1);
        driver.execute("UPDATE _dbkit_migrations SET format = 3").expect("is set");
        let error = both.run(&mut *driver).expect_err("refuses");
        assert!(matches!(error.kind(), ErrorKind::NewerHistory { format: 3, .. }), "{error}");
    }
}

#[test]
fn a_history_that_was_changed_by_hand_is_found_before_anything_runs() {
    for engine in ENGINES {
        for change in [
            "DELETE FROM _dbkit_migrations WHERE id LIKE '%posts'",
            "UPDATE _dbkit_migrations SET status = 'rolled_back' WHERE id LIKE '%posts'",
            "UPDATE _dbkit_migrations_log SET detail = 'x' WHERE seq = 1",
            "DELETE FROM _dbkit_migrations_log WHERE seq = 1",
            "UPDATE _dbkit_migrations_log SET seq = 9 WHERE seq = 2",
            "DROP TABLE _dbkit_migrations_log",
            "INSERT INTO _dbkit_migrations (set_name, id, up_hash, status, statements_done, statements_total, dbkit_version, format) VALUES ('app', '20260103000000_more', 'h', 'running', 0, 1, '0', 2)",
        ] {
            let Some(victim) = Victim::fresh(engine) else { continue };
            let mut driver = open(&victim.url);
            migrations(&[USERS, POSTS]).run(&mut *driver).expect("runs");
            driver.execute(change).expect(change);
            let more = ("20260103000000_more", "CREATE TABLE more (id integer);\n", None);
            let set = migrations(&[USERS, POSTS, more]);
            let error = set.run(&mut *driver).expect_err(change);
            let ErrorKind::Obstacles(found) = error.kind() else {
                panic!("{engine}, {change}: {error}")
            };
            assert!(
                found.iter().any(|found| matches!(found, Obstacle::Tampered { .. })),
                "{change}: {error}"
            );
            assert!(driver.query("SELECT * FROM more").is_err(), "{change}");
            if change.contains("rolled_back")
                || change.starts_with("UPDATE _dbkit_migrations_log SET detail")
            {
                let accept = Repair {
                    id: String::new(),
                    resolution: Resolution::AcceptHistory,
                    reason: "a test".to_owned(),
                    is_forced: false,
                };
                set.runner().repair(&mut *driver, &accept).expect("is accepted");
                assert_eq!(
                    set.runner().audit(&mut *driver).expect("an audit"),
                    [],
                    "{engine}, {change}"
                );
            }
        }
    }
}

#[test]
fn what_no_look_can_tell_is_told_by_a_person() {
    let Some(victim) = Victim::fresh("mariadb") else { return };
    let mut driver = open(&victim.url);
    driver.execute("CREATE TABLE log (n integer) ENGINE = MyISAM").expect("is made");
    let set = migrations(&[(
        "20260101000000_log",
        "CREATE TABLE users (id integer);\n\nINSERT INTO log VALUES (1);\n\nCREATE TABLE posts (id integer);\n",
        None,
    )]);
    // Rows of a table without transactions are intended, changed, and recorded one by one.
    let mut states = Vec::new();
    let url = victim.url.clone();
    set.runner()
        .on_event(|event| {
            if let Event::Statement { number, .. } = event {
                let rows = open(&url)
                    .query("SELECT statement_state FROM _dbkit_migrations")
                    .expect("a row");
                states.push((*number, rows[0][0].clone().unwrap_or_default()));
            }
        })
        .run(&mut *driver)
        .expect("runs");
    assert_eq!(states, [(1, "look".to_owned()), (2, "intent".to_owned()), (3, "look".to_owned())]);
    // As after a crash.
    driver.execute("UPDATE _dbkit_migrations SET status = 'running', statements_done = 1, statement_state = 'intent'; ").expect("is set");
    driver.execute("UPDATE _dbkit_migrations SET format = 1").expect("is set");
    driver.execute("DELETE FROM _dbkit_migrations_log").expect("is set");
    driver.execute("DROP TABLE posts").expect("goes");
    let error = set.run(&mut *driver).expect_err("stops");
    assert!(
        matches!(error.kind(), ErrorKind::Obstacles(found) if matches!(&found[..], [Obstacle::InDoubt { sql, .. }] if sql.starts_with("INSERT"))),
        "{error}"
    );
    let told = |resolution| Repair {
        id: "20260101000000_log".to_owned(),
        resolution,
        reason: "looked".to_owned(),
        is_forced: false,
    };
    set.runner().repair(&mut *driver, &told(Resolution::StatementDone)).expect("is told");
    set.run(&mut *driver).expect("goes on");
    assert_eq!(driver.query("SELECT n FROM log").expect("rows").len(), 1);
    let row = set.history(&mut *driver).expect("a history").remove(0);
    assert_eq!((row.status, row.statements_done), (Status::Applied, 3));
}

#[test]
fn who_is_in_the_way_is_named() {
    let Some(victim) = Victim::fresh("postgres") else { return };
    let mut app = open(&victim.url);
    let set =
        migrations(&[USERS, ("20260102000000_bio", "ALTER TABLE users ADD bio text;\n", None)]);
    set.runner().target(dbkit_runtime::Target::Steps(1)).run(&mut *app).expect("runs");
    app.execute("BEGIN; SELECT * FROM users").expect("reads");
    let mut seen = Vec::new();
    let error = set
        .runner()
        .retry_for(Duration::from_millis(400))
        .on_event(|event| {
            if let Event::Retrying { blockers, .. } = event {
                seen.extend(blockers.to_vec());
            }
        })
        .run(&mut *open(&victim.url))
        .expect_err("gives way");
    let ErrorKind::Statement(failed) = error.kind() else { panic!("{error}") };
    assert!(failed.cause.is_busy && failed.is_rolled_back);
    assert!(
        failed.blockers.iter().any(|found| found.query.contains("SELECT * FROM users")),
        "{error}"
    );
    assert!(!seen.is_empty());
    app.execute("ROLLBACK").expect("ends");
    set.run(&mut *app).expect("goes on");
}
