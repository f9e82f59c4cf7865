//! Kills the server (SIGKILL, with all its processes) at moments of a run, starts it again, runs again, and compares with a database that
//! nobody disturbed. A part of it here; all of it with `cargo xtask crash`.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::time::Instant;

use test_fixtures::server::{self, Options, Server};

use support::disturb::{Disturbed, moments, size};
use support::say;
use support::scenes::{Parts, Way, converge, go, open, state};

/// Goes all the way up, where the way down begins.
fn prepare(url: &str, way: Way) {
    if way == Way::Down {
        converge(url, Way::Up).expect("goes up");
    }
}

fn matrix(server: &Server, engine: &str, way: Way) {
    let clean = server.fresh_database();
    prepare(&clean.url(), way);
    let mut driver = open(&clean.url());
    let mut counter = Disturbed::new(&mut *driver, None, || ());
    let begun = Instant::now();
    go(way, &mut counter).expect("goes through");
    let (took, requests) = (begun.elapsed(), counter.count());
    drop(driver);
    let expected = state(&clean.url());

    let (mut kills, mut late, mut wrong) = (0, 0, Vec::new());
    let mut compare = |url: &str, when: &str| match converge(url, way) {
        Err(error) => wrong.push(format!("{when}: does not converge: {error}")),
        Ok(()) => {
            let state = state(url);
            if state != expected {
                wrong.push(format!("{when}: another state:\n{state}"));
            }
        }
    };
    let (stride, random) = size(41);
    for moment in moments(requests, engine.len(), stride) {
        let database = server.fresh_database();
        prepare(&database.url(), way);
        // The last requests only give the lock back, and a run that has done everything says so.
        let _ = go(
            way,
            &mut Disturbed::new(&mut *open(&database.url()), Some(moment), || server.kill()),
        );
        kills += 1;
        compare(&database.url(), &format!("{moment:?}"));
    }
    let seed = std::process::id();
    let mut parts = Parts::new(seed);
    let mut hits = 0;
    while hits < random {
        let database = server.fresh_database();
        prepare(&database.url(), way);
        let pause = took.mul_f64(parts.next());
        let mut driver = open(&database.url());
        let outcome = std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(pause);
                server.kill();
            });
            go(way, &mut *driver)
        });
        if outcome.is_ok() {
            late += 1;
            continue;
        }
        hits += 1;
        compare(&database.url(), &format!("after {pause:?}"));
    }
    say(&format!(
        "server killed, {engine} {way:?}: {kills} kills at steps, {hits} at random moments (seed {seed}; {late} more came too late), {} did not converge to the same state",
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}\n\nexpected:\n{expected}", wrong.join("\n"));
}

#[test]
fn a_killed_postgres_loses_nothing() {
    if server::postgres().is_none() {
        return;
    }
    let options = Options { is_durable: true, ..Options::default() };
    let server = server::start_newest_postgres(&options).expect("starts");
    matrix(&server, "postgres", Way::Up);
    matrix(&server, "postgres", Way::Down);
}

#[test]
fn a_killed_mariadb_loses_nothing() {
    if server::mariadb().is_none() {
        return;
    }
    let options = Options { is_durable: true, ..Options::default() };
    let server = server::start_mariadb(&options).expect("starts");
    matrix(&server, "mariadb", Way::Up);
    matrix(&server, "mariadb", Way::Down);
}
