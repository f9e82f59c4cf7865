//! The disk is full in the middle of a migration: the run says so, nothing is half done, and the next run goes on when there is room.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use dbkit_runtime::{Dialect, ErrorKind, Migrations};
use test_fixtures::disk::SmallDisk;
use test_fixtures::server::{self, Options};

use support::scenes::open;
use support::{USERS, migrations};

/// Some 8 MB of rows, and a statement before and after them.
fn set(dialect: Dialect) -> Migrations {
    let (text, rows) = match dialect {
        Dialect::Postgres => {
            ("text", "SELECT repeat(md5(i::text), 60) FROM generate_series(1, 20000) i")
        }
        Dialect::Mysql => ("varchar(4000)", "SELECT repeat(md5(seq), 60) FROM seq_1_to_6000"),
        Dialect::Sqlite => (
            "text",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 8000) SELECT hex(zeroblob(500)) FROM n",
        ),
    };
    let big = format!(
        "CREATE TABLE big (text {text});\n\nINSERT INTO big VALUES ('first');\n\nUPDATE users SET id = id + 1;\n\nINSERT INTO big {rows};\n\nUPDATE users SET id = id + 10;\n"
    );
    migrations(&[USERS, ("20260102000000_big", &big, None)])
}

/// Runs on a full disk, then on one with room, where `restart` brings the server up if it has ended.
fn run(dialect: Dialect, disk: &SmallDisk, url: &str, restart: impl FnOnce()) {
    let set = set(dialect);
    let users = set.runner().target(dbkit_runtime::Target::Steps(1)).run(&mut *open(url));
    users.expect("there is room for that");
    disk.fill(3 << 10).expect("fills");
    let error = set.run(&mut *open(url)).expect_err("is full");
    match error.kind() {
        ErrorKind::Statement(failed) => {
            assert!(failed.sql.starts_with("INSERT INTO big"), "{error}");
        }
        // Servers end sessions, or themselves, when they cannot write their logs.
        kind => assert!(matches!(kind, ErrorKind::Database(_)), "{error}"),
    }
    disk.relieve().expect("relieves");
    restart();
    let mut driver = open(url);
    assert_eq!(set.runner().audit(&mut *driver).expect("an audit"), [], "{dialect:?}");
    let report = set.run(&mut *driver).expect("goes on");
    assert_eq!(report.applied().len(), 1, "{dialect:?}");
    let rows = driver.query("SELECT id FROM users").expect("rows");
    assert_eq!(rows, [[Some("12".to_owned())]], "{dialect:?}: every statement once");
}

#[test]
fn sqlite() {
    let Some(disk) = SmallDisk::mount(12) else { return };
    let url = format!("sqlite:{}", disk.folder().join("app.db").display());
    run(Dialect::Sqlite, &disk, &url, || ());
}

#[test]
fn postgres() {
    if server::postgres().is_none() {
        return;
    }
    let Some(disk) = SmallDisk::mount(160) else { return };
    let options = Options { is_durable: true, data: Some(disk.folder()), ..Options::default() };
    let server = server::start_newest_postgres(&options).expect("starts");
    let database = server.fresh_database();
    run(Dialect::Postgres, &disk, &database.url(), || ());
}

#[test]
fn mariadb() {
    if server::mariadb().is_none() {
        return;
    }
    let Some(disk) = SmallDisk::mount(200) else { return };
    let options = Options { is_durable: true, data: Some(disk.folder()), ..Options::default() };
    let server = server::start_mariadb(&options).expect("starts");
    let database = server.fresh_database();
    // MariaDB 10.11 aborts when it cannot take back what did not fit.
    run(Dialect::Mysql, &disk, &database.url(), || server.kill());
}
