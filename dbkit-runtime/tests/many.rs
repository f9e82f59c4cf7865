//! Many migrators at once: directly, and through PgBouncer in both of its modes. Every migration is applied once, nobody fails, no lock stays.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::sync::Barrier;
use std::time::{Duration, Instant};

use dbkit_runtime::{Dialect, ErrorKind, Lock, Migrations, Obstacle, Runner};
use test_fixtures::catalog::Client;
use test_fixtures::pooler::{Mode, Pooler};

use support::scenes::{ENGINES, Victim, everything, open, state, transactional};
use support::{POSTS, USERS, migrations, say};

/// How often everything is done: `cargo xtask crash` does it many times.
fn rounds() -> usize {
    std::env::var("DBKIT_CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// So many runs begin at the same moment. Gives back how many migrations each has applied.
fn at_once(
    url: &str,
    set: &Migrations,
    count: usize,
    options: fn(Runner<'_>) -> Runner<'_>,
) -> Vec<Result<usize, String>> {
    let barrier = Barrier::new(count);
    std::thread::scope(|scope| {
        let one = || {
            let mut driver = open(url);
            barrier.wait();
            let runner = options(set.runner().lock_wait(Duration::from_secs(120)));
            let outcome = runner.run(&mut *driver);
            outcome.map(|report| report.applied().len()).map_err(|error| error.to_string())
        };
        let all: Vec<_> = (0..count).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().expect("ends")).collect()
    })
}

fn check(
    url: &str,
    direct: &str,
    set: &Migrations,
    count: usize,
    options: fn(Runner<'_>) -> Runner<'_>,
) {
    let outcomes = at_once(url, set, count, options);
    let mut applied = 0;
    for outcome in &outcomes {
        applied += outcome.as_ref().unwrap_or_else(|error| panic!("{count} at once: {error}"));
    }
    assert_eq!(applied, set.len(), "{count} at once");
    let mut client = Client::open(direct);
    let once = "SELECT count(*) FROM _dbkit_migrations_log WHERE status = 'applied'";
    assert_eq!(client.query(once).expect("a count").trim(), set.len().to_string());
    if direct.starts_with("postgres") {
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        // The server ends a session a moment after its client has gone.
        let start = Instant::now();
        while client.query(locks).expect("a count").trim() != "0" {
            assert!(start.elapsed() < Duration::from_secs(30), "a lock stays");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn many_migrators_at_once_apply_everything_once() {
    for engine in ENGINES {
        let Some(clean) = Victim::fresh(engine) else { continue };
        let mut driver = open(&clean.url);
        let set = everything(driver.dialect());
        set.run(&mut *driver).expect("runs");
        let expected = clean.state();
        for count in [2, 8, 32] {
            for _ in 0..rounds() {
                let victim = Victim::fresh(engine).expect("the server is there");
                check(&victim.url, &victim.url, &set, count, |runner| runner);
                assert_eq!(victim.state(), expected, "{engine}, {count} at once");
            }
        }
        say(&format!("many {engine}: 2, 8 and 32 at once, {} times each: applied once", rounds()));
    }
}

/// 2, 8 and 32 at once through a pooler with fewer sessions than that; what is there afterwards is what a run on the server itself leaves.
fn through(mode: Mode, sessions: usize, set: &Migrations, options: fn(Runner<'_>) -> Runner<'_>) {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let Some(pooler) = Pooler::start(server, mode, sessions) else { return };
    let clean = server.fresh_database();
    set.run(&mut *open(&clean.url())).expect("runs");
    let expected = state(&clean.url());
    for count in [2, 8, 32] {
        for _ in 0..rounds() {
            let database = server.fresh_database();
            check(&pooler.url(database.name()), &database.url(), set, count, options);
            assert_eq!(state(&database.url()), expected, "{mode:?}, {count} at once");
        }
    }
    say(&format!(
        "many through pgbouncer, {mode:?} mode: 2, 8 and 32 at once, {} times each: applied once",
        rounds()
    ));
}

#[test]
fn a_session_mode_pooler_takes_everything() {
    through(Mode::Session, 20, &everything(Dialect::Postgres), |runner| runner);
}

#[test]
fn a_transaction_mode_pooler_takes_what_transactions_can_hold() {
    through(Mode::Transaction, 5, &transactional(), |runner| runner);
    through(Mode::Transaction, 5, &transactional(), |runner| runner.lock(Lock::Transaction));
}

#[test]
fn what_no_transaction_can_hold_is_refused_behind_a_pooler() {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let Some(pooler) = Pooler::start(server, Mode::Transaction, 5) else { return };
    let database = server.fresh_database();
    let index =
        ("20260103000000_index", "CREATE INDEX CONCURRENTLY users_id ON users (id);\n", None);
    let set = migrations(&[USERS, POSTS, index]);
    let runner = set.runner().lock(Lock::Transaction);
    let error = runner.run(&mut *open(&pooler.url(database.name()))).expect_err("refuses");
    let ErrorKind::Obstacles(found) = error.kind() else { panic!("{error}") };
    assert!(matches!(&found[..], [Obstacle::NeedsSession { id, .. }] if id == index.0), "{error}");
    assert!(open(&database.url()).query("SELECT * FROM users").is_err(), "nothing was begun");
    set.run(&mut *open(&database.url())).expect("runs on the server itself");
}
