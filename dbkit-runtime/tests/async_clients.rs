//! `run_async` and its kind on real clients, under a runtime with several threads. What they ask for is the suite's business.
#![cfg(all(
    feature = "tokio-postgres",
    feature = "mysql_async",
    feature = "sqlx-postgres",
    feature = "sqlx-sqlite",
    feature = "sqlx-mysql"
))]

mod support;

use std::time::Duration;

use dbkit_runtime::{AsyncDriver, ErrorKind, Migrations, Target};

use support::clients::{self, wait};
use support::{POSTS, USERS, migrations};

/// There, back, and what is said of it; then two at once.
async fn exercise<C: AsyncDriver + 'static>(mut first: C, mut second: C) {
    let both = migrations(&[USERS, POSTS]);
    assert_eq!(both.status_async(&mut first).await.expect("a status").pending.len(), 2);
    assert_eq!(both.plan_async(&mut first).await.expect("a plan").len(), 2);
    let one = both.runner().target(Target::Steps(1));
    assert_eq!(one.run_async(&mut first).await.expect("runs").applied().len(), 1);
    assert_eq!(both.run_async(&mut first).await.expect("runs").applied().len(), 1);
    assert_eq!(both.run_async(&mut first).await.expect("runs").applied(), []);
    let back = both.runner().target(Target::Steps(2)).rollback_async(&mut first).await;
    assert_eq!(back.expect("goes back").rolled_back().len(), 2);
    assert_eq!(both.runner().history_async(&mut first).await.expect("a history").len(), 2);

    // On threads of the runtime: the futures are Send, and one waits for the other without blocking it.
    let task = |mut client: C, migrations: Migrations| async move {
        let report = migrations.run_async(&mut client).await.expect("runs");
        (client, report.applied().len())
    };
    let left = tokio::spawn(task(first, both.clone()));
    let right = tokio::spawn(task(second, both.clone()));
    let (left, right) = (left.await.expect("ends"), right.await.expect("ends"));
    assert_eq!(left.1 + right.1, 2);
    (first, second) = (left.0, right.0);

    let stepped =
        ("20260103000000_stepped", "-- dbkit: rust-step\nCREATE TABLE steps (id integer);\n", None);
    let all = migrations(&[USERS, POSTS, stepped]);
    let error = all.run_async(&mut first).await.expect_err("refuses");
    assert!(matches!(error.kind(), ErrorKind::MissingStep { .. }), "{error}");
    let run = all.runner().async_step(stepped.0, |client: &mut C| {
        Box::pin(async move { Ok(client.execute("INSERT INTO steps VALUES (1)").await?) })
    });
    assert_eq!(run.run_async(&mut first).await.expect("runs").applied().len(), 1);
    let rows = first.query("SELECT count(*) FROM steps").await.expect("a row");
    assert_eq!(rows, [[Some("1".to_owned())]]);

    let broken = migrations(&[
        USERS,
        POSTS,
        stepped,
        ("20260109000000_broken", "DROP TABLE nowhere;\n", None),
    ]);
    let error = broken.run_async(&mut first).await.expect_err("fails");
    assert!(matches!(error.kind(), ErrorKind::Statement(_)), "{error}");
    let hurried = broken.runner().lock_wait(Duration::ZERO);
    let error = hurried.run_async(&mut second).await.expect_err("fails the same way");
    assert!(matches!(error.kind(), ErrorKind::Statement(_)), "{error}");
}

#[test]
fn tokio_postgres_runs() {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let database = server.fresh_database();
    wait(async {
        let url = database.url();
        exercise(clients::tokio_postgres(&url).await, clients::tokio_postgres(&url).await).await;
    });
}

#[test]
fn sqlx_runs_on_all_three() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.db");
    wait(async {
        exercise(clients::sqlx_sqlite(&path).await, clients::sqlx_sqlite(&path).await).await;
    });
    if let Some(server) = test_fixtures::server::postgres() {
        let database = server.fresh_database();
        wait(async {
            let url = database.url();
            exercise(clients::sqlx_postgres(&url).await, clients::sqlx_postgres(&url).await).await;
        });
    }
    if let Some(server) = test_fixtures::server::mariadb() {
        let database = server.fresh_database();
        wait(async {
            let url = database.url();
            exercise(clients::sqlx_mysql(&url).await, clients::sqlx_mysql(&url).await).await;
        });
    }
}

#[test]
fn mysql_async_runs() {
    let Some(server) = test_fixtures::server::mariadb() else { return };
    let database = server.fresh_database();
    wait(async {
        let url = database.url();
        exercise(clients::mysql_async(&url).await, clients::mysql_async(&url).await).await;
    });
}

#[test]
fn objects_of_pools_are_taken_as_they_are() {
    let migrations = migrations(&[USERS, POSTS]);
    if let Some(server) = test_fixtures::server::postgres() {
        let database = server.fresh_database();
        wait(async {
            let config: tokio_postgres::Config = database.url().parse().expect("a good URL");
            let manager = deadpool_postgres::Manager::new(config.clone(), tokio_postgres::NoTls);
            let pool =
                deadpool_postgres::Pool::builder(manager).max_size(1).build().expect("a pool");
            let mut object = pool.get().await.expect("an object");
            let report = migrations.run_async(&mut **object).await.expect("runs");
            assert_eq!(report.applied().len(), 2);
            drop(object);

            let manager =
                bb8_postgres::PostgresConnectionManager::new(config, tokio_postgres::NoTls);
            let pool = bb8_postgres::bb8::Pool::builder().max_size(1).build(manager).await;
            let pool = pool.expect("a pool");
            let mut connection = pool.get().await.expect("a connection");
            let report = migrations.run_async(&mut *connection).await.expect("runs");
            assert_eq!(report.applied(), []);
        });
        let database = server.fresh_database();
        wait(async {
            let url = clients::sqlx_url(&database.url());
            let pool = sqlx::PgPool::connect(&url).await.expect("a pool");
            let mut connection = pool.acquire().await.expect("a connection").detach();
            let report = migrations.run_async(&mut connection).await.expect("runs");
            assert_eq!(report.applied().len(), 2);
        });
    }
    if let Some(server) = test_fixtures::server::mariadb() {
        let database = server.fresh_database();
        wait(async {
            let pool = mysql_async::Pool::from_url(database.url()).expect("a pool");
            let mut connection = pool.get_conn().await.expect("a connection");
            let report = migrations.run_async(&mut connection).await.expect("runs");
            assert_eq!(report.applied().len(), 2);
            drop(connection);
            pool.disconnect().await.expect("closes");
        });
    }
}
