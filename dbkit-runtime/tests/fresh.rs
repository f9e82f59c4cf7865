//! `#[dbkit::test]`: tests that have a database of their own, which cost a copy of a template.
#![cfg(all(feature = "test-tokio", feature = "sqlite", feature = "postgres", feature = "mysql"))]

extern crate dbkit_runtime as dbkit;

mod support;

use std::sync::LazyLock;

use dbkit_runtime::Migrations;
use dbkit_runtime::test::{Fixture, Mysql, Postgres, Setup, Sqlite, run};
use support::{POSTS, USERS, migrations};

static MIGRATIONS: LazyLock<Migrations> = LazyLock::new(|| migrations(&[USERS, POSTS]));

fn users(db: &Sqlite) -> i64 {
    let count = "SELECT count(*) FROM users";
    db.connect().query_row(count, [], |row| row.get(0)).expect("counts")
}

#[dbkit::test]
fn one_test_does_not_see_what_another_one_writes(db: Sqlite) {
    assert_eq!(users(db), 1);
    db.connect().execute("INSERT INTO users VALUES (2)", []).expect("inserts");
    assert_eq!(users(db), 2);
}

#[dbkit::test(crate::MIGRATIONS)]
fn another_one_writes_the_same(db: &Sqlite) {
    db.connect().execute("INSERT INTO users VALUES (2)", []).expect("inserts");
    assert_eq!(users(db), 2);
}

#[dbkit::test(migrations = MIGRATIONS, to = "20260101000000_users")]
fn a_test_can_begin_at_an_earlier_migration(db: Sqlite) -> Result<(), rusqlite::Error> {
    let mut connection = db.connect();
    connection.execute("INSERT INTO users VALUES (7)", [])?;
    assert!(connection.prepare("SELECT * FROM posts").is_err());
    MIGRATIONS.run(&mut connection).expect("goes on");
    connection.prepare("SELECT * FROM posts").map(drop)
}

#[dbkit::test(MIGRATIONS)]
async fn a_test_can_be_async(db: Sqlite) {
    let seen = tokio::spawn(async { 1 }).await.expect("ends");
    assert_eq!(users(db), seen);
}

#[dbkit::test]
#[should_panic(expected = "on purpose")]
fn a_test_can_be_meant_to_fail(db: Sqlite) {
    assert!(db.path().exists());
    // Kept because it fails; this test has no use for it.
    std::fs::remove_file(db.path()).expect("removes");
    panic!("on purpose");
}

#[test]
fn files_are_gone_when_the_test_is_over_unless_it_fails() {
    let setup = Setup::new(&MIGRATIONS);
    let path = run(&setup, |db: &Sqlite| Ok::<_, ()>(db.path().to_owned())).expect("is fine");
    assert!(!path.exists());
    let path = run(&setup, |db: &Sqlite| Err::<(), _>(db.path().to_owned())).expect_err("fails");
    assert!(path.exists());
    std::fs::remove_file(path).expect("removes");
}

fn names_on(server: &str, pattern: &str) -> usize {
    let mut client = postgres::Client::connect(server, postgres::NoTls).expect("connects");
    let sql = format!("SELECT 1 FROM pg_database WHERE datname LIKE '{pattern}'");
    client.query(&sql, &[]).expect("reads").len()
}

#[test]
fn tests_on_postgres_share_a_template_and_leave_nothing() {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let url = server.url();
    let setup = Setup::new(&MIGRATIONS).server(&url);
    let test = |db: &Postgres| {
        let mut client = db.connect();
        client.batch_execute("INSERT INTO users VALUES (2)").expect("inserts");
        let count: i64 =
            client.query_one("SELECT count(*) FROM users", &[]).expect("counts").get(0);
        assert_eq!(count, 2);
    };
    // All at once, and the first ones make the template.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| run(&setup, test));
        }
    });
    assert_eq!(names_on(&url, "dbkit\\_template\\_%"), 1);
    assert_eq!(names_on(&url, "dbkit\\_test\\_1%"), 0);

    // In a test that does not block, with a client that does not.
    run(&setup, |db: &Postgres| {
        dbkit_runtime::test::block_on(async {
            let (client, connection) =
                tokio_postgres::connect(db.url(), tokio_postgres::NoTls).await.expect("connects");
            tokio::spawn(connection);
            client.query_one("SELECT id FROM users", &[]).await.expect("a row");
        });
    });

    let kept = run(&setup, |db: &Postgres| Err::<(), _>(db.url().to_owned())).expect_err("fails");
    postgres::Client::connect(&kept, postgres::NoTls).expect("it is kept");
    // Others are another template.
    let other = setup.clone().to(USERS.0);
    run(&other, |db: &Postgres| assert!(db.connect().query("SELECT * FROM posts", &[]).is_err()));
    assert_eq!(names_on(&url, "dbkit\\_template\\_%"), 2);
}

#[test]
fn tests_on_mariadb_have_databases_of_their_own() {
    use mysql::prelude::Queryable as _;

    let Some(server) = test_fixtures::server::mariadb() else { return };
    let setup = Setup::new(&MIGRATIONS).server(&server.url());
    let test = |db: &Mysql| {
        let mut connection = db.connect();
        connection.query_drop("INSERT INTO users VALUES (2)").expect("inserts");
        let count: Option<i64> =
            connection.query_first("SELECT count(*) FROM users").expect("counts");
        assert_eq!(count, Some(2));
        Ok::<_, ()>(db.url().to_owned())
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let url = run(&setup, test).expect("is fine");
                assert!(mysql::Conn::new(mysql::Opts::from_url(&url).expect("a URL")).is_err());
            });
        }
    });
}

#[test]
fn without_a_server_the_reason_is_said() {
    let setup = Setup::new(&MIGRATIONS).server("postgres://nobody@127.0.0.1:1/none");
    let error = Postgres::make(&setup).expect_err("refuses");
    assert!(error.contains("error connecting to server"), "{error}");
}
