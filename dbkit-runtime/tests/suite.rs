//! The same behaviour on every database: SQLite, PostgreSQL, MariaDB. `cargo xtask test --setup` gets the servers; one that is not there is
//! skipped aloud.
#![cfg(all(
    feature = "sqlite",
    feature = "postgres",
    feature = "mysql",
    feature = "tokio-postgres",
    feature = "mysql_async",
    feature = "sqlx-postgres",
    feature = "sqlx-sqlite",
    feature = "sqlx-mysql"
))]

mod support;

use std::time::Duration;

use dbkit_runtime::{
    Direction, Driver, ErrorKind, Event, Migrations, Newer, Obstacle, OutOfOrder, Status, Target,
};

use support::clients::{self, Blocking, wait};
use support::{POSTS, Recording, USERS, graph, migrations};

/// A fresh database that can be opened again and again.
struct Place {
    open: Box<dyn Fn() -> Box<dyn Driver> + Send + Sync>,
    has_transactional_ddl: bool,
    names_holder: bool,
}

impl Place {
    fn open(&self) -> Box<dyn Driver> {
        (self.open)()
    }

    fn one(&self, sql: &str) -> String {
        let rows = self.open().query(sql).expect(sql);
        rows.into_iter().flatten().flatten().next().unwrap_or_default()
    }

    fn execute(&self, sql: &str) {
        self.open().execute(sql).expect(sql);
    }

    fn has_table(&self, name: &str) -> bool {
        self.open().query(&format!("SELECT count(*) FROM {name}")).is_ok()
    }

    fn run(&self, migrations: &Migrations) -> Vec<String> {
        let report = migrations.run(&mut *self.open()).expect("runs");
        report.applied().iter().map(|applied| applied.id.clone()).collect()
    }

    fn states(&self, migrations: &Migrations) -> Vec<(String, Status, usize, usize)> {
        let rows = migrations.history(&mut *self.open()).expect("a history");
        let state = |row: dbkit_runtime::HistoryRow| {
            (row.id, row.status, row.statements_done, row.statements_total)
        };
        rows.into_iter().map(state).collect()
    }
}

fn on_sqlite(test: fn(&Place)) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db");
    test(&Place {
        open: Box::new(move || Box::new(rusqlite::Connection::open(&path).expect("opens"))),
        has_transactional_ddl: true,
        names_holder: false,
    });
}

fn on_postgres(test: fn(&Place)) {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let connect = move || postgres::Client::connect(&url, postgres::NoTls).expect("connects");
    test(&Place {
        open: Box::new(move || Box::new(connect())),
        has_transactional_ddl: true,
        names_holder: true,
    });
}

fn on_mariadb(test: fn(&Place)) {
    let Some(server) = test_fixtures::server::mariadb() else { return };
    let database = server.fresh_database();
    let options = mysql::Opts::from_url(&database.url()).expect("a good URL");
    test(&Place {
        open: Box::new(move || Box::new(mysql::Conn::new(options.clone()).expect("connects"))),
        has_transactional_ddl: false,
        names_holder: true,
    });
}

/// A client that does not block, on a server.
macro_rules! on_client {
    ($name:ident, $server:ident, $has_transactional_ddl:literal, |$url:ident| $connect:expr) => {
        fn $name(test: fn(&Place)) {
            let Some(server) = test_fixtures::server::$server() else { return };
            let database = server.fresh_database();
            let url = database.url();
            let open = move || -> Box<dyn Driver> {
                let $url = url.as_str();
                Box::new(Blocking(wait($connect)))
            };
            test(&Place {
                open: Box::new(open),
                has_transactional_ddl: $has_transactional_ddl,
                names_holder: true,
            });
        }
    };
}

on_client!(on_tokio_postgres, postgres, true, |url| clients::tokio_postgres(url));
on_client!(on_sqlx_postgres, postgres, true, |url| clients::sqlx_postgres(url));
on_client!(on_mysql_async, mariadb, false, |url| clients::mysql_async(url));
on_client!(on_sqlx_mysql, mariadb, false, |url| clients::sqlx_mysql(url));

fn on_sqlx_sqlite(test: fn(&Place)) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db");
    test(&Place {
        open: Box::new(move || Box::new(Blocking(wait(clients::sqlx_sqlite(&path))))),
        has_transactional_ddl: true,
        names_holder: false,
    });
}

/// A client of Diesel, on a server or a file.
#[cfg(feature = "__diesel-clients")]
macro_rules! on_diesel {
    ($name:ident, $adapter:ident, $client:ty, $server:ident, $has_transactional_ddl:literal) => {
        fn $name(test: fn(&Place)) {
            let Some(server) = test_fixtures::server::$server() else { return };
            let database = server.fresh_database();
            // libmysqlclient's word for the socket.
            let url = database.url().replace("?socket=", "?unix_socket=");
            test(&Place {
                open: Box::new(move || Box::new(Connected::<$client>::open(&url))),
                has_transactional_ddl: $has_transactional_ddl,
                names_holder: true,
            });
        }
        adapted!($adapter, $client);
    };
}

#[cfg(feature = "__diesel-clients")]
macro_rules! adapted {
    ($adapter:ident, $client:ty) => {
        impl Driver for Connected<$client> {
            fn dialect(&self) -> dbkit_runtime::Dialect {
                dbkit_runtime::Dialect::$adapter
            }
            fn execute(&mut self, sql: &str) -> Result<(), dbkit_runtime::DriverError> {
                adapter!($adapter)(&mut self.0).execute(sql)
            }
            fn query(
                &mut self,
                sql: &str,
            ) -> Result<dbkit_runtime::Rows, dbkit_runtime::DriverError> {
                adapter!($adapter)(&mut self.0).query(sql)
            }
        }
    };
}

#[cfg(feature = "__diesel-clients")]
macro_rules! adapter {
    (Postgres) => {
        dbkit_runtime::diesel::Pg
    };
    (Sqlite) => {
        dbkit_runtime::diesel::Sqlite
    };
    (Mysql) => {
        dbkit_runtime::diesel::Mysql
    };
}

/// The adapters borrow their connection; a place gives away what it opens.
#[cfg(feature = "__diesel-clients")]
struct Connected<C>(C);

#[cfg(feature = "__diesel-clients")]
impl<C: diesel::Connection> Connected<C> {
    fn open(url: &str) -> Self {
        Self(C::establish(url).expect("connects"))
    }
}

#[cfg(feature = "__diesel-clients")]
on_diesel!(on_diesel_postgres, Postgres, diesel::PgConnection, postgres, true);
#[cfg(feature = "__diesel-clients")]
on_diesel!(on_diesel_mysql, Mysql, diesel::MysqlConnection, mariadb, false);
#[cfg(feature = "__diesel-clients")]
adapted!(Sqlite, diesel::SqliteConnection);

#[cfg(feature = "__diesel-clients")]
fn on_diesel_sqlite(test: fn(&Place)) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db").display().to_string();
    test(&Place {
        open: Box::new(move || Box::new(Connected::<diesel::SqliteConnection>::open(&path))),
        has_transactional_ddl: true,
        names_holder: false,
    });
}

macro_rules! on_every_database {
    ($($test:ident)*) => {
        mod sqlite { $(#[test] fn $test() { super::on_sqlite(super::$test) })* }
        mod postgres_server { $(#[test] fn $test() { super::on_postgres(super::$test) })* }
        mod mariadb_server { $(#[test] fn $test() { super::on_mariadb(super::$test) })* }
        mod tokio_postgres_client { $(#[test] fn $test() { super::on_tokio_postgres(super::$test) })* }
        mod mysql_async_client { $(#[test] fn $test() { super::on_mysql_async(super::$test) })* }
        mod sqlx_sqlite_client { $(#[test] fn $test() { super::on_sqlx_sqlite(super::$test) })* }
        mod sqlx_postgres_client { $(#[test] fn $test() { super::on_sqlx_postgres(super::$test) })* }
        mod sqlx_mysql_client { $(#[test] fn $test() { super::on_sqlx_mysql(super::$test) })* }
        #[cfg(feature = "__diesel-clients")]
        mod diesel_sqlite_client { $(#[test] fn $test() { super::on_diesel_sqlite(super::$test) })* }
        #[cfg(feature = "__diesel-clients")]
        mod diesel_postgres_client { $(#[test] fn $test() { super::on_diesel_postgres(super::$test) })* }
        #[cfg(feature = "__diesel-clients")]
        mod diesel_mysql_client { $(#[test] fn $test() { super::on_diesel_mysql(super::$test) })* }
    };
}

on_every_database! {
    pending_migrations_are_applied_once_and_recorded
    up_to_date_is_one_query
    looking_creates_nothing
    a_failure_keeps_what_came_before_it
    a_script_without_a_transaction_goes_on_where_it_stopped
    an_edited_migration_stops_everything_before_it_starts
    a_database_that_is_ahead_is_left_alone_unless_told
    a_database_that_is_ahead_is_not_rolled_back
    rollback_goes_back_step_by_step_and_forward_again
    a_way_back_that_stopped_half_way_is_finished_first
    a_way_back_that_failed_at_once_leaves_the_migration_applied
    a_second_migrator_gives_up_at_its_deadline
    a_second_migrator_finds_the_work_done
    a_failed_run_gives_the_lock_back
    two_sets_live_in_one_database
    a_baseline_records_without_executing
    a_statement_in_doubt_is_never_executed_again_unasked
    siblings_of_another_branch_are_applied_late_and_ancestors_are_not
    the_history_can_have_another_name
    a_status_of_a_later_version_is_not_guessed
    a_message_of_the_database_is_recorded_whatever_it_holds
    a_history_of_an_earlier_version_is_read_and_brought_up_to_date
    a_history_of_an_earlier_version_is_not_asked_what_it_cannot_say
    a_rust_step_belongs_to_its_migration
    a_rust_step_that_fails_takes_its_transaction_back
    nothing_runs_without_the_rust_steps_that_it_takes
    a_rust_step_belongs_to_a_script_that_no_transaction_holds
}

fn pending_migrations_are_applied_once_and_recorded(place: &Place) {
    let migrations = migrations(&[USERS, POSTS]);
    assert_eq!(place.run(&migrations), [USERS.0, POSTS.0]);
    assert_eq!(place.run(&migrations), [""; 0]);
    assert_eq!(
        place.states(&migrations),
        [(USERS.0.to_owned(), Status::Applied, 2, 2), (POSTS.0.to_owned(), Status::Applied, 1, 1)]
    );
    let standing = migrations.status(&mut *place.open()).expect("a status");
    assert!(standing.is_current());
    assert_eq!(standing.history.len(), 2);
    assert!(standing.history.iter().all(|row| {
        row.started_at.starts_with("20") && row.finished_at.as_ref() >= Some(&row.started_at)
    }));
    assert_eq!(place.one("SELECT count(*) FROM users"), "1");
}

fn up_to_date_is_one_query(place: &Place) {
    let migrations = migrations(&[USERS, POSTS]);
    place.run(&migrations);
    let mut driver = place.open();
    let mut recording = Recording::new(&mut *driver);
    migrations.run(&mut recording).expect("runs");
    assert_eq!(recording.asked.len(), 1, "{:?}", recording.asked);
    assert!(recording.asked[0].starts_with("SELECT "));
}

fn looking_creates_nothing(place: &Place) {
    let some = migrations(&[USERS]);
    let mut driver = place.open();
    migrations(&[]).run(&mut *driver).expect("runs");
    let plan = some.plan(&mut *driver).expect("a plan");
    assert_eq!(plan, [(USERS.0.to_owned(), USERS.1.to_owned())]);
    assert_eq!(some.history(&mut *driver).expect("a history"), []);
    assert_eq!(some.status(&mut *driver).expect("a status").pending, [USERS.0]);
    let nothing = some.runner().rollback(&mut *driver).expect("nothing to do");
    assert_eq!(nothing.rolled_back(), []);
    assert!(!place.has_table("_dbkit_migrations"));
    assert!(!place.has_table("users"));
}

fn a_failure_keeps_what_came_before_it(place: &Place) {
    let script = "CREATE TABLE a (id integer);\n\n-- next\nINSERT INTO nowhere\n    VALUES (1);\n\nCREATE TABLE c (id integer);\n";
    let broken = ("20260103000000_broken", script, None);
    let migrations = migrations(&[USERS, broken]);
    let error = migrations.run(&mut *place.open()).expect_err("fails");
    let ErrorKind::Statement(failed) = error.kind() else { panic!("{error}") };
    assert_eq!((failed.number, failed.total, failed.position.0), (2, 3, 4));
    assert_eq!(failed.is_rolled_back, place.has_transactional_ddl);
    assert_eq!(error.report().applied().len(), 1);
    assert!(place.has_table("users"));
    assert_eq!(place.has_table("a"), !place.has_transactional_ddl);
    if !place.has_transactional_ddl {
        assert_eq!(place.states(&migrations)[1], (broken.0.to_owned(), Status::Failed, 1, 3));
    }
    place.execute("CREATE TABLE nowhere (id integer)");
    assert_eq!(place.run(&migrations), [broken.0]);
    assert_eq!(place.one("SELECT count(*) FROM nowhere"), "1");
    assert_eq!(place.states(&migrations)[1], (broken.0.to_owned(), Status::Applied, 3, 3));
}

fn a_script_without_a_transaction_goes_on_where_it_stopped(place: &Place) {
    let script = "-- dbkit: no-transaction\nCREATE TABLE a (id integer);\n\nINSERT INTO b VALUES (1);\n\nCREATE TABLE c (id integer);\n";
    let migrations = migrations(&[("20260101000000_a", script, None)]);
    let error = migrations.run(&mut *place.open()).expect_err("fails");
    let ErrorKind::Statement(failed) = error.kind() else { panic!("{error}") };
    assert_eq!((failed.number, failed.is_rolled_back, failed.is_in_doubt), (2, false, false));
    let row = migrations.history(&mut *place.open()).expect("a history").remove(0);
    assert_eq!((row.status, row.statements_done, row.doubt), (Status::Failed, 1, None));
    assert!(row.error.is_some_and(|said| said.contains('b')));

    let edited = script.replace("VALUES (1)", "VALUES (2)");
    let edited = support::migrations(&[("20260101000000_a", &edited, None)]);
    let error = edited.run(&mut *place.open()).expect_err("refuses");
    assert_eq!(
        *error.kind(),
        ErrorKind::Obstacles(vec![Obstacle::FailedAndEdited {
            id: "20260101000000_a".to_owned(),
            done: 1
        }])
    );

    place.execute("CREATE TABLE b (id integer)");
    let report = migrations.run(&mut *place.open()).expect("goes on");
    assert_eq!(report.applied()[0].statements, 2);
    assert_eq!(place.one("SELECT count(*) FROM b"), "1");
    assert!(place.has_table("c"));
}

fn an_edited_migration_stops_everything_before_it_starts(place: &Place) {
    place.run(&migrations(&[USERS]));
    let edited = (USERS.0, "CREATE TABLE users (id bigint PRIMARY KEY);\n", None);
    let error = migrations(&[edited, POSTS]).run(&mut *place.open()).expect_err("refuses");
    let expected = Obstacle::Edited { id: USERS.0.to_owned() };
    assert_eq!(*error.kind(), ErrorKind::Obstacles(vec![expected]));
    assert!(!place.has_table("posts"));
}

fn a_database_that_is_ahead_is_left_alone_unless_told(place: &Place) {
    place.run(&migrations(&[USERS, POSTS]));
    let old = migrations(&[USERS]);
    let error = old.run(&mut *place.open()).expect_err("refuses");
    let expected = Obstacle::Unknown { id: POSTS.0.to_owned() };
    assert_eq!(*error.kind(), ErrorKind::Obstacles(vec![expected]));
    old.runner().newer(Newer::Allow).run(&mut *place.open()).expect("is allowed");
    let mut ahead = Vec::new();
    old.runner()
        .newer(Newer::Warn)
        .on_event(|event| {
            if let Event::Ahead { ids } = event {
                ahead.extend(ids.to_vec());
            }
        })
        .run(&mut *place.open())
        .expect("is allowed");
    assert_eq!(ahead, [POSTS.0]);
}

fn a_database_that_is_ahead_is_not_rolled_back(place: &Place) {
    place.run(&migrations(&[USERS, POSTS]));
    let old = migrations(&[USERS]);
    let error = old.runner().rollback(&mut *place.open()).expect_err("refuses");
    let expected = Obstacle::Unknown { id: POSTS.0.to_owned() };
    assert_eq!(*error.kind(), ErrorKind::Obstacles(vec![expected]));
    assert!(place.has_table("users"));
    old.runner().newer(Newer::Allow).rollback(&mut *place.open()).expect("is allowed");
    assert!(!place.has_table("users"));
}

fn rollback_goes_back_step_by_step_and_forward_again(place: &Place) {
    let migrations = migrations(&[USERS, POSTS]);
    place.run(&migrations);
    let report = migrations.runner().rollback(&mut *place.open()).expect("goes back");
    assert_eq!(report.rolled_back()[0].id, POSTS.0);
    assert!(place.has_table("users") && !place.has_table("posts"));
    migrations
        .runner()
        .target(Target::Steps(9))
        .rollback(&mut *place.open())
        .expect("goes back further");
    assert!(!place.has_table("users"));
    assert_eq!(
        place.states(&migrations),
        [
            (USERS.0.to_owned(), Status::RolledBack, 1, 1),
            (POSTS.0.to_owned(), Status::RolledBack, 1, 1)
        ]
    );
    assert_eq!(place.run(&migrations), [USERS.0, POSTS.0]);
    migrations
        .runner()
        .target(Target::Id(USERS.0.to_owned()))
        .rollback(&mut *place.open())
        .expect("goes back to it");
    assert!(place.has_table("users") && !place.has_table("posts"));
}

fn a_way_back_that_stopped_half_way_is_finished_first(place: &Place) {
    let up = "CREATE TABLE a (id integer);\n\nCREATE TABLE b (id integer);\n";
    let down = "-- dbkit: no-transaction\nDROP TABLE b;\n\nDROP TABLE c;\n\nDROP TABLE a;\n";
    let id = "20260101000000_ab";
    let migrations = migrations(&[(id, up, Some(down))]);
    place.run(&migrations);
    let error = migrations.runner().rollback(&mut *place.open()).expect_err("fails");
    assert!(matches!(error.kind(), ErrorKind::Statement(failed) if failed.number == 2), "{error}");
    let error = migrations.run(&mut *place.open()).expect_err("refuses");
    let expected = Obstacle::Unfinished { id: id.to_owned(), direction: Direction::Down, done: 1 };
    assert_eq!(*error.kind(), ErrorKind::Obstacles(vec![expected]));
    place.execute("CREATE TABLE c (id integer)");
    migrations.runner().rollback(&mut *place.open()).expect("goes on");
    assert!(!place.has_table("a"));
    assert_eq!(place.run(&migrations), [id]);
    assert!(place.has_table("a") && place.has_table("b"));
}

fn a_way_back_that_failed_at_once_leaves_the_migration_applied(place: &Place) {
    let down = "-- dbkit: no-transaction\nDROP TABLE nowhere;\n";
    let migrations = migrations(&[(USERS.0, USERS.1, Some(down))]);
    place.run(&migrations);
    migrations.runner().rollback(&mut *place.open()).expect_err("fails");
    assert_eq!(place.states(&migrations), [(USERS.0.to_owned(), Status::Applied, 2, 2)]);
    assert_eq!(place.run(&migrations), [""; 0]);
}

fn a_second_migrator_gives_up_at_its_deadline(place: &Place) {
    let migrations = migrations(&[USERS]);
    let mut second = Vec::new();
    migrations
        .runner()
        .on_event(|event| {
            if let Event::Statement { number: 1, .. } = event {
                let error = migrations
                    .runner()
                    .lock_wait(Duration::ZERO)
                    .run(&mut *place.open())
                    .expect_err("gives up");
                second.push(error);
            }
        })
        .run(&mut *place.open())
        .expect("runs");
    let ErrorKind::Locked { holder, .. } = second[0].kind() else { panic!("{}", second[0]) };
    assert_eq!(holder.is_some(), place.names_holder, "{holder:?}");
    assert_eq!(place.run(&migrations), [""; 0]);
}

fn a_second_migrator_finds_the_work_done(place: &Place) {
    let script = "-- dbkit: no-transaction\nCREATE TABLE a (id integer);\n";
    let migrations = migrations(&[USERS, ("20260102000000_a", script, None)]);
    let mut driver = place.open();
    // Between the first look and the lock, somebody else does it all.
    let mut recording =
        Recording::new(&mut *driver).after_first(|| assert_eq!(place.run(&migrations).len(), 2));
    let report = migrations.run(&mut recording).expect("runs");
    assert_eq!(report.applied(), []);
    assert_eq!(place.one("SELECT count(*) FROM users"), "1");
}

fn a_failed_run_gives_the_lock_back(place: &Place) {
    let migrations = migrations(&[("20260101000000_wrong", "DROP TABLE nowhere;\n", None)]);
    // The connection of the failed run stays open.
    let mut first = place.open();
    for _ in 0..2 {
        let error = migrations.run(&mut *first).expect_err("fails");
        assert!(matches!(error.kind(), ErrorKind::Statement(_)), "{error}");
        let error = migrations
            .runner()
            .lock_wait(Duration::ZERO)
            .run(&mut *place.open())
            .expect_err("fails the same way");
        assert!(matches!(error.kind(), ErrorKind::Statement(_)), "{error}");
    }
}

fn two_sets_live_in_one_database(place: &Place) {
    let (ours, theirs) = (migrations(&[USERS]), migrations(&[POSTS]));
    place.run(&ours);
    let report = theirs.runner().set("audit").run(&mut *place.open()).expect("runs");
    assert_eq!(report.applied().len(), 1);
    assert_eq!(place.run(&ours), [""; 0]);
    let again = theirs.runner().set("audit").run(&mut *place.open()).expect("runs");
    assert_eq!(again.applied(), []);
    let named = theirs.clone().with_set("audit");
    assert_eq!(place.run(&named), [""; 0]);
    assert!(named.status(&mut *place.open()).expect("a status").is_current());
}

fn a_baseline_records_without_executing(place: &Place) {
    let migrations = migrations(&[USERS, POSTS]);
    place.execute("CREATE TABLE users (id integer PRIMARY KEY)");
    let report = migrations
        .runner()
        .target(Target::Id(USERS.0.to_owned()))
        .baseline(&mut *place.open())
        .expect("records");
    assert_eq!(report.applied().len(), 1);
    assert_eq!(place.states(&migrations), [(USERS.0.to_owned(), Status::Baseline, 2, 2)]);
    assert_eq!(place.run(&migrations), [POSTS.0]);
    assert_eq!(place.one("SELECT count(*) FROM users"), "0");
}

fn a_statement_in_doubt_is_never_executed_again_unasked(place: &Place) {
    let script =
        "-- dbkit: no-transaction\nCREATE TABLE a (id integer);\n\nCREATE TABLE b (id integer);\n";
    let id = "20260102000000_a";
    let migrations = migrations(&[USERS, (id, script, None)]);
    migrations.runner().target(Target::Steps(1)).run(&mut *place.open()).expect("runs");
    let hash = migrations.iter().nth(1).expect("two").hash_text();
    place.execute(&format!(
        "INSERT INTO _dbkit_migrations (set_name, id, up_hash, status, statements_done, statements_total, statement_state, dbkit_version) VALUES ('app', '{id}', '{hash}', 'running', 1, 2, 'intent', '0')"
    ));
    let expected =
        Obstacle::InDoubt { id: id.to_owned(), sql: "CREATE TABLE b (id integer)".to_owned() };
    let error = migrations.run(&mut *place.open()).expect_err("refuses");
    assert_eq!(*error.kind(), ErrorKind::Obstacles(vec![expected.clone()]));
    let error = migrations.plan(&mut *place.open()).expect_err("refuses");
    assert_eq!(*error.kind(), ErrorKind::Obstacles(vec![expected.clone()]));
    let error = migrations.runner().rollback(&mut *place.open()).expect_err("refuses");
    assert!(matches!(error.kind(), ErrorKind::Obstacles(found) if found.contains(&expected)));
    // As the help says: it took effect.
    place.execute("CREATE TABLE b (id integer)");
    place.execute(
        "UPDATE _dbkit_migrations SET statements_done = 2, statement_state = 'idle' WHERE status = 'running'",
    );
    assert_eq!(place.run(&migrations), [id]);
    assert!(!place.has_table("a"));
}

fn siblings_of_another_branch_are_applied_late_and_ancestors_are_not(place: &Place) {
    let left = ("20260102000000_left", "CREATE TABLE l (id integer);\n", None);
    let right = ("20260103000000_right", "CREATE TABLE r (id integer);\n", None);
    place.run(&graph(&[(USERS, vec![]), (right, vec![USERS.0])]));
    let merged = graph(&[(USERS, vec![]), (left, vec![USERS.0]), (right, vec![USERS.0])]);
    let denied = merged.runner().out_of_order(OutOfOrder::Deny).run(&mut *place.open());
    let expected = Obstacle::OutOfOrder { id: left.0.to_owned(), before: right.0.to_owned() };
    assert_eq!(*denied.expect_err("refuses").kind(), ErrorKind::Obstacles(vec![expected.clone()]));
    // In a line, right would build on left.
    let line = migrations(&[USERS, left, right]);
    let error = line.run(&mut *place.open()).expect_err("refuses");
    assert_eq!(*error.kind(), ErrorKind::Obstacles(vec![expected]));
    assert_eq!(place.run(&merged), [left.0]);
}

fn the_history_can_have_another_name(place: &Place) {
    let migrations = migrations(&[USERS]);
    let odd = "odd \"name\"";
    for expected in [1, 0] {
        let report =
            migrations.runner().history_table(None, odd).run(&mut *place.open()).expect("runs");
        assert_eq!(report.applied().len(), expected);
    }
    assert!(!place.has_table("_dbkit_migrations"));
}

fn a_status_of_a_later_version_is_not_guessed(place: &Place) {
    let migrations = migrations(&[USERS]);
    place.run(&migrations);
    place.execute("UPDATE _dbkit_migrations SET status = 'squashed'");
    let error = migrations.run(&mut *place.open()).expect_err("refuses");
    let expected =
        ErrorKind::UnknownStatus { id: USERS.0.to_owned(), status: "squashed".to_owned() };
    assert_eq!(*error.kind(), expected);
}

fn a_message_of_the_database_is_recorded_whatever_it_holds(place: &Place) {
    // What no transaction holds is recorded when it fails.
    let script = if place.has_transactional_ddl {
        "VACUUM \"it's \\ a table\";\n"
    } else {
        "INSERT INTO `it's \\ a table` VALUES (1);\n"
    };
    let migrations = migrations(&[("20260101000000_odd", script, None)]);
    migrations.run(&mut *place.open()).expect_err("fails");
    let row = migrations.history(&mut *place.open()).expect("a history").remove(0);
    assert_eq!(row.status, Status::Failed);
    assert!(row.error.as_ref().is_some_and(|said| said.contains("it's \\ a table")), "{row:?}");
}

const STEPPED: support::Scripts<'_> = (
    "20260102000000_stepped",
    "-- dbkit: rust-step\nCREATE TABLE steps (id integer);\n",
    Some("-- dbkit: rust-step\nDROP TABLE steps;\n"),
);

fn a_rust_step_belongs_to_its_migration(place: &Place) {
    let migrations = migrations(&[USERS, STEPPED]);
    let mut driver = place.open();
    let step = |driver: &mut Box<dyn Driver>| {
        driver.execute("INSERT INTO steps SELECT id FROM users")?;
        Ok(())
    };
    let report = migrations.runner().step(STEPPED.0, step).run(&mut driver).expect("runs");
    assert_eq!(report.applied()[1].statements, 2);
    assert_eq!(place.one("SELECT count(*) FROM steps"), "1");
    assert_eq!(place.states(&migrations)[1], (STEPPED.0.to_owned(), Status::Applied, 2, 2));
    // Applied, so it takes nothing any more.
    assert_eq!(place.run(&migrations), [""; 0]);
    assert!(migrations.status(&mut *place.open()).expect("a status").is_current());

    let mut seen = Vec::new();
    let report = migrations
        .runner()
        .step(STEPPED.0, step)
        .step_back(STEPPED.0, |driver: &mut Box<dyn Driver>| {
            seen.push(driver.query("SELECT count(*) FROM users")?);
            Ok(())
        })
        .rollback(&mut driver)
        .expect("goes back");
    assert_eq!(report.rolled_back()[0].id, STEPPED.0);
    assert_eq!(seen.len(), 1);
    assert!(!place.has_table("steps"));
}

fn a_rust_step_that_fails_takes_its_transaction_back(place: &Place) {
    let migrations = migrations(&[USERS, STEPPED]);
    let mut driver = place.open();
    let error = migrations
        .runner()
        .step(STEPPED.0, |driver: &mut Box<dyn Driver>| {
            driver.execute("INSERT INTO steps VALUES (1)")?;
            Err("it is Monday".into())
        })
        .run(&mut driver)
        .expect_err("fails");
    let expected = ErrorKind::Step {
        id: STEPPED.0.to_owned(),
        direction: Direction::Up,
        message: "it is Monday".to_owned(),
    };
    assert_eq!(*error.kind(), expected);
    assert_eq!(place.has_table("steps"), !place.has_transactional_ddl);
    let report = migrations
        .runner()
        .step(STEPPED.0, |driver: &mut Box<dyn Driver>| {
            Ok(driver.execute("INSERT INTO steps VALUES (2)")?)
        })
        .run(&mut driver)
        .expect("goes on");
    assert_eq!(report.applied()[0].id, STEPPED.0);
    // What the first try did is gone.
    assert_eq!(place.one("SELECT sum(id) FROM steps"), "2");
}

fn nothing_runs_without_the_rust_steps_that_it_takes(place: &Place) {
    let both = migrations(&[USERS, STEPPED]);
    let error = both.run(&mut *place.open()).expect_err("refuses");
    let (id, direction) = (STEPPED.0.to_owned(), Direction::Up);
    assert_eq!(*error.kind(), ErrorKind::MissingStep { id, direction });
    assert!(!place.has_table("users"));
    let error = both
        .runner()
        .step(USERS.0, |_: &mut Box<dyn Driver>| Ok(()))
        .step(STEPPED.0, |_| Ok(()))
        .run(&mut place.open())
        .expect_err("refuses");
    let id = USERS.0.to_owned();
    assert_eq!(*error.kind(), ErrorKind::NoSuchStep { id, direction });
    assert!(!place.has_table("users"));
    // One that is not reached is not asked for.
    let one = both.runner().target(Target::Steps(1)).run(&mut *place.open()).expect("runs");
    assert_eq!(one.applied().len(), 1);
}

fn a_rust_step_belongs_to_a_script_that_no_transaction_holds(place: &Place) {
    let script = "-- dbkit: no-transaction rust-step\nCREATE TABLE a (id integer);\n";
    let migrations = migrations(&[("20260101000000_a", script, None)]);
    let mut driver = place.open();
    let run = |driver: &mut Box<dyn Driver>, number: u32, is_good: bool| {
        let step = move |driver: &mut Box<dyn Driver>| {
            driver.execute(&format!("INSERT INTO a VALUES ({number})"))?;
            if is_good { Ok(()) } else { Err("not today".into()) }
        };
        migrations.runner().step("20260101000000_a", step).run(driver)
    };
    run(&mut driver, 1, false).expect_err("fails");
    assert!(!place.has_table("a") || place.one("SELECT count(*) FROM a") == "0");
    run(&mut driver, 2, true).expect("goes on");
    assert_eq!(place.one("SELECT sum(id) FROM a"), "2");
    assert_eq!(place.states(&migrations)[0].1, Status::Applied);
}

/// What the table of the first dbkit lacks.
fn make_history_old(place: &Place) {
    for column in ["direction", "format", "down_hash"] {
        place.execute(&format!("ALTER TABLE _dbkit_migrations DROP COLUMN {column}"));
    }
    place.execute("DROP TABLE _dbkit_migrations_log");
}

fn a_history_of_an_earlier_version_is_read_and_brought_up_to_date(place: &Place) {
    let one = migrations(&[USERS]);
    place.run(&one);
    make_history_old(place);
    // Looking changes nothing.
    assert!(one.status(&mut *place.open()).expect("a status").is_current());
    assert_eq!(place.run(&one), [""; 0]);
    let both = migrations(&[USERS, POSTS]);
    assert_eq!(both.plan(&mut *place.open()).expect("a plan").len(), 1);
    assert!(place.open().query("SELECT direction FROM _dbkit_migrations").is_err());

    assert_eq!(place.run(&both), [POSTS.0]);
    assert_eq!(place.one("SELECT count(*) FROM _dbkit_migrations WHERE direction = 'up'"), "2");
    make_history_old(place);
    let report = both.runner().rollback(&mut *place.open()).expect("goes back");
    assert_eq!(report.rolled_back().len(), 1);
    assert_eq!(
        place.one(&format!("SELECT direction FROM _dbkit_migrations WHERE id = '{}'", POSTS.0)),
        "down"
    );
}

fn a_history_of_an_earlier_version_is_not_asked_what_it_cannot_say(place: &Place) {
    let script =
        "-- dbkit: no-transaction\nCREATE TABLE a (id integer);\n\nINSERT INTO b VALUES (1);\n";
    let migrations = migrations(&[("20260101000000_a", script, Some("DROP TABLE a;\n"))]);
    migrations.run(&mut *place.open()).expect_err("fails");
    make_history_old(place);
    let expected = Obstacle::Undirected { id: "20260101000000_a".to_owned(), done: 1 };
    let expected = ErrorKind::Obstacles(vec![expected]);
    let error = migrations.run(&mut *place.open()).expect_err("refuses");
    assert_eq!(*error.kind(), expected);
    let error = migrations.runner().rollback(&mut *place.open()).expect_err("refuses");
    assert_eq!(*error.kind(), expected);

    // As the message says.
    place.execute(
        "ALTER TABLE _dbkit_migrations ADD COLUMN direction varchar(4) DEFAULT 'up' NOT NULL",
    );
    place.execute("CREATE TABLE b (id integer)");
    assert_eq!(place.run(&migrations), ["20260101000000_a"]);
    assert_eq!(place.one("SELECT count(*) FROM b"), "1");
}

#[test]
fn postgres_points_at_the_place() {
    on_postgres(|place| {
        let script =
            "CREATE TABLE a (id integer);\n\nINSERT INTO a (id)\n    SELECT größe, nope FROM a;\n";
        let script = script.replace("größe", "'größe'::text::integer");
        let migrations = migrations(&[("20260101000000_a", &script, None)]);
        let error = migrations.run(&mut *place.open()).expect_err("fails");
        assert_eq!(
            error.to_string(),
            "`20260101000000_a` failed at statement 2 of 2: column \"nope\" does not exist (42703)
 --> 20260101000000_a/up.sql:4:36
  |
4 |     SELECT 'größe'::text::integer, nope FROM a;
  |                                    ^
  = note: the script was taken back as a whole"
        );
    });
}

#[test]
fn a_script_that_empties_the_search_path_does_not_hide_the_history() {
    on_postgres(|place| {
        // As pg_dump writes it.
        let script = "SELECT pg_catalog.set_config('search_path', '', false);\n\nCREATE TABLE public.a (id integer);\n";
        let migrations = migrations(&[("20260101000000_a", script, None)]);
        let mut driver = place.open();
        assert_eq!(migrations.run(&mut *driver).expect("runs").applied().len(), 1);
        assert_eq!(place.states(&migrations).len(), 1);
    });
}

#[test]
fn the_history_can_be_in_a_schema_of_its_own() {
    on_postgres(|place| {
        let migrations = migrations(&[USERS]);
        for expected in [1, 0] {
            let runner = migrations.runner().history_table(Some("ops"), "runs");
            assert_eq!(runner.run(&mut *place.open()).expect("runs").applied().len(), expected);
        }
        assert!(place.has_table("ops.runs"));
    });
}

#[test]
fn a_constraint_that_is_checked_at_the_end_takes_the_migration_back() {
    let check = |place: &Place| {
        let script = "CREATE TABLE parents (id integer PRIMARY KEY);\n\nCREATE TABLE children (id integer REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED);\n\nINSERT INTO children VALUES (7);\n";
        let migrations = migrations(&[("20260101000000_a", script, None)]);
        let mut driver = place.open();
        if driver.dialect() == dbkit_runtime::Dialect::Sqlite {
            driver.execute("PRAGMA foreign_keys = ON").expect("is set");
        }
        let error = migrations.run(&mut *driver).expect_err("fails");
        assert!(matches!(error.kind(), ErrorKind::Commit { .. }), "{error}");
        assert!(!place.has_table("parents") && !place.has_table("_dbkit_migrations"));
    };
    on_sqlite(check);
    on_postgres(check);
}

#[test]
fn indexes_are_built_concurrently_while_others_wait_for_the_lock() {
    on_postgres(|place| {
        let script =
            "-- dbkit: no-transaction\nCREATE INDEX CONCURRENTLY users_id ON users (id);\n";
        let migrations = migrations(&[USERS, ("20260102000000_index", script, None)]);
        migrations.runner().target(Target::Steps(1)).run(&mut *place.open()).expect("runs");
        // Two at once, each as patient as usual: a lock that is waited for inside a statement would be a deadlock here.
        let applied: usize = std::thread::scope(|scope| {
            let both = [(); 2].map(|()| scope.spawn(|| place.run(&migrations).len()));
            both.into_iter().map(|one| one.join().expect("ends")).sum()
        });
        assert_eq!(applied, 1);
        let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'users_id'::regclass";
        assert_eq!(place.one(valid), "t");
    });
}

#[test]
fn mariadb_gets_its_lock_wait_timeout_back() {
    on_mariadb(|place| {
        let migrations = migrations(&[USERS]);
        let mut driver = place.open();
        driver.execute("SET SESSION lock_wait_timeout = 77").expect("is set");
        let runner = migrations.runner().lock_timeout(Duration::from_millis(1500));
        runner.run(&mut *driver).expect("runs");
        let rows = driver.query("SELECT @@SESSION.lock_wait_timeout").expect("a row");
        assert_eq!(rows, [[Some("77".to_owned())]]);
    });
}
