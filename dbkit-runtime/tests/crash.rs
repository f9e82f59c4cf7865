//! Kills a migrating process at every step and at any moment, runs again, and compares with a database that nobody disturbed. A part of it
//! here; all of it with `cargo xtask crash`.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::disturb::{Disturbed, Moment, moments, size};
use support::say;
use support::scenes::{self, ENGINES, Parts, Victim, Way, converge, go, open};

/// When a process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    /// By itself.
    Step(Moment),
    /// From outside, so long after it has connected.
    At(Duration),
}

/// As hard as it gets: no destructor runs, no connection is closed in order.
fn die() {
    let _ = Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
    loop {
        std::thread::park();
    }
}

/// The process that is killed: this program again, with what to do in its environment. Without that, it is a test that does nothing.
#[test]
fn worker() {
    let Ok(url) = std::env::var("DBKIT_CRASH_URL") else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let way =
        if std::env::var("DBKIT_CRASH_WAY").as_deref() == Ok("down") { Way::Down } else { Way::Up };
    let mut driver = open(&url);
    say(CONNECTED);
    let moment = match (number("DBKIT_CRASH_BEFORE"), number("DBKIT_CRASH_AFTER")) {
        (Some(number), _) => Some(Moment::Before(number)),
        (None, number) => number.map(Moment::After),
    };
    let mut killer = Disturbed::new(&mut *driver, moment, die);
    go(way, &mut killer).expect("goes through, if nobody ends it");
}

/// What the worker says when its run is about to begin.
const CONNECTED: &str = "connected";

/// Ends a run; false if it had come to its end by itself.
fn kill(url: &str, way: Way, kill: Kill) -> bool {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["worker", "--exact", "--nocapture", "--test-threads", "1"])
        .env("DBKIT_CRASH_URL", url)
        .env("DBKIT_CRASH_WAY", if way == Way::Down { "down" } else { "up" })
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    match kill {
        Kill::Step(Moment::Before(number)) => command.env("DBKIT_CRASH_BEFORE", number.to_string()),
        Kill::Step(Moment::After(number)) => command.env("DBKIT_CRASH_AFTER", number.to_string()),
        Kill::At(_) => &mut command,
    };
    let mut child = command.spawn().expect("starts");
    let said = BufReader::new(child.stderr.take().expect("a pipe"));
    let has_connected = said.lines().map_while(Result::ok).any(|line| line == CONNECTED);
    assert!(has_connected, "the worker does not connect");
    if let Kill::At(time) = kill {
        std::thread::sleep(time);
        let _ = child.kill();
    }
    !child.wait().expect("ends").success()
}

/// A database from which the way begins.
fn start(engine: &str, way: Way) -> Option<Victim> {
    let victim = Victim::fresh(engine)?;
    if way == Way::Down {
        let mut driver = open(&victim.url);
        go(Way::Up, &mut *driver).expect("goes up");
    }
    Some(victim)
}

fn matrix(engine: &str, way: Way) {
    let Some(clean) = start(engine, way) else { return };
    let mut driver = open(&clean.url);
    let mut counter = Disturbed::new(&mut *driver, None, || ());
    let begun = Instant::now();
    go(way, &mut counter).expect("goes through");
    let took = begun.elapsed();
    let steps = counter.count();
    drop(driver);
    let expected = clean.state();

    let (stride, random) = size(11);
    // Another offset for each engine and way, so that a short run does not look at the same steps everywhere.
    let offset = engine.len() + usize::from(way == Way::Down) * 5;
    let at_steps = moments(steps, offset, stride).map(Kill::Step);
    let seed = std::process::id();
    let mut parts = Parts::new(seed);
    let at_moments = std::iter::from_fn(|| Some(Kill::At(took.mul_f64(parts.next()))));
    let mut outcome = Outcome::default();
    let mut wrong = Vec::new();
    for one in at_steps.chain(at_moments) {
        let is_random = matches!(one, Kill::At(_));
        if is_random && outcome.random == random {
            break;
        }
        let victim = start(engine, way).expect("the server is there");
        if !kill(&victim.url, way, one) {
            assert!(is_random, "{one:?}: the run was over");
            outcome.late += 1;
            continue;
        }
        *(if is_random { &mut outcome.random } else { &mut outcome.steps }) += 1;
        match converge(&victim.url, way) {
            Err(error) => wrong.push(format!("{one:?}: does not converge: {error}")),
            Ok(()) => {
                let state = victim.state();
                if state != expected {
                    wrong.push(format!("{one:?}: another state:\n{state}"));
                }
            }
        }
    }
    say(&format!(
        "crash {engine} {way:?}: {} kills at steps, {} at random moments (seed {seed}; {} more came too late), {} did not converge to the same state",
        outcome.steps,
        outcome.random,
        outcome.late,
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}\n\nexpected:\n{expected}", wrong.join("\n"));
}

/// How many runs were killed.
#[derive(Default)]
struct Outcome {
    steps: usize,
    random: usize,
    /// Runs that were over before they could be killed; they are not counted.
    late: usize,
}

#[test]
fn a_killed_run_up_is_finished_by_the_next_one() {
    for engine in ENGINES {
        matrix(engine, Way::Up);
    }
}

#[test]
fn a_killed_run_down_is_finished_by_the_next_one() {
    for engine in ENGINES {
        matrix(engine, Way::Down);
    }
}

/// Whoever comes while the statement of a dead process is still being executed waits for it.
#[test]
fn a_statement_that_outlives_its_process_is_waited_for() {
    let Some(victim) = Victim::fresh("postgres") else { return };
    let slow = "-- dbkit: no-transaction\nCREATE TABLE users (id integer);\n\nINSERT INTO users SELECT i FROM generate_series(1, 3000) i;\n\nCREATE FUNCTION slow(i integer) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.0005); RETURN i; END';\n\nCREATE INDEX CONCURRENTLY users_slow ON users (slow(id));\n";
    let set = support::migrations(&[("20260101000000_slow", slow, None)]);
    let url = victim.url.clone();
    let mut app = open(&victim.url);
    let run = std::thread::spawn({
        let set = set.clone();
        move || {
            let mut driver = open(&url);
            let _ = set.run(&mut *driver);
        }
    });
    // The index is being built by a session whose client we end from outside.
    let building = "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'CREATE INDEX CONCURRENTLY users_slow%' AND datname = current_database()";
    let begun = Instant::now();
    while app.query(building).expect("a look").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(30), "the build does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut events = Vec::new();
    set.runner()
        .on_event(|event| events.push(format!("{event:?}").chars().take(8).collect::<String>()))
        .run(&mut *open(&victim.url))
        .expect("waits, and goes on");
    assert!(events.iter().any(|event| event.starts_with("Waiting")), "{events:?}");
    run.join().expect("ends");
    assert!(scenes::state(&victim.url).contains("users_slow"));
}
