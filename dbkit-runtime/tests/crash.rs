//! Kills a migrating process at every step and at any moment, runs again, and compares with a database that nobody disturbed. A part of it
//! here; all of it with `cargo xtask crash`.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dbkit_runtime::{Dialect, Driver, DriverError, Rows};

use support::scenes::{self, ENGINES, Victim, Way, everything, go, open};

/// How a run is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kill {
    /// Before the request of that number is sent.
    Before(usize),
    /// After its answer has come.
    After(usize),
    /// After so long.
    At(Duration),
}

/// A driver that kills its own process at a request.
struct Killer<'a> {
    inner: &'a mut dyn Driver,
    count: usize,
    before: Option<usize>,
    after: Option<usize>,
}

impl Killer<'_> {
    fn around<T>(&mut self, act: impl FnOnce(&mut dyn Driver) -> T) -> T {
        self.count += 1;
        if self.before == Some(self.count) {
            die();
        }
        let outcome = act(self.inner);
        if self.after == Some(self.count) {
            die();
        }
        outcome
    }
}

/// As hard as it gets: no destructor runs, no connection is closed in order.
fn die() {
    let _ = Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
    loop {
        std::thread::park();
    }
}

impl Driver for Killer<'_> {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.around(|inner| inner.execute(sql))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        self.around(|inner| inner.query(sql))
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
    let dialect = driver.dialect();
    let mut killer = Killer {
        inner: &mut *driver,
        count: 0,
        before: number("DBKIT_CRASH_BEFORE"),
        after: number("DBKIT_CRASH_AFTER"),
    };
    go(&everything(dialect), way, &mut killer).expect("goes through, if nobody ends it");
}

fn kill(url: &str, way: Way, kill: Kill) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["worker", "--exact", "--nocapture", "--test-threads", "1"])
        .env("DBKIT_CRASH_URL", url)
        .env("DBKIT_CRASH_WAY", if way == Way::Down { "down" } else { "up" })
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match kill {
        Kill::Before(number) => command.env("DBKIT_CRASH_BEFORE", number.to_string()),
        Kill::After(number) => command.env("DBKIT_CRASH_AFTER", number.to_string()),
        Kill::At(_) => &mut command,
    };
    let mut child = command.spawn().expect("starts");
    if let Kill::At(time) = kill {
        std::thread::sleep(time);
        let _ = child.kill();
    }
    child.wait().expect("ends");
}

/// A database from which the way begins.
fn start(engine: &str, way: Way) -> Option<Victim> {
    let victim = Victim::fresh(engine)?;
    if way == Way::Down {
        let mut driver = open(&victim.url);
        let dialect = driver.dialect();
        go(&everything(dialect), Way::Up, &mut *driver).expect("goes up");
    }
    Some(victim)
}

/// Runs again, at most three times, until it goes through.
fn converge(victim: &Victim, way: Way) -> Result<(), String> {
    let mut said = String::new();
    for _ in 0..3 {
        let mut driver = open(&victim.url);
        let dialect = driver.dialect();
        match go(&everything(dialect), way, &mut *driver) {
            Ok(()) => return Ok(()),
            Err(error) => said = error.to_string(),
        }
    }
    Err(said)
}

/// `DBKIT_CRASH=full`, or a number of kills at random moments.
fn size() -> (usize, usize) {
    let stride = if std::env::var("DBKIT_CRASH").as_deref() == Ok("full") { 1 } else { 11 };
    let random = std::env::var("DBKIT_CRASH_RANDOM").ok().and_then(|text| text.parse().ok());
    (stride, random.unwrap_or(2))
}

/// Says how it went. CI reads it in the log; `cargo xtask crash` shows it.
#[expect(clippy::print_stderr, reason = "the figures of docs/reliability.md")]
fn say(line: &str) {
    eprintln!("{line}");
}

fn matrix(engine: &str, way: Way) {
    let Some(clean) = start(engine, way) else { return };
    let mut driver = open(&clean.url);
    let dialect = driver.dialect();
    let mut counter = Killer { inner: &mut *driver, count: 0, before: None, after: None };
    let begun = Instant::now();
    go(&everything(dialect), way, &mut counter).expect("goes through");
    let took = begun.elapsed();
    let steps = counter.count;
    drop(driver);
    let expected = clean.state();

    let (stride, random) = size();
    // Another offset for each engine and way, so that a short run does not look at the same steps everywhere.
    let offset = engine.len() + usize::from(way == Way::Down) * 5;
    let mut kills: Vec<Kill> = (1..=steps)
        .flat_map(|number| [Kill::Before(number), Kill::After(number)])
        .skip(offset % stride)
        .step_by(stride)
        .collect();
    // A generator that needs no crate: the moments need only be spread out.
    let mut seed = 0x9e37_79b9_u64 ^ u64::from(std::process::id());
    let start_up = Duration::from_millis(60);
    for _ in 0..random {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let part = (seed >> 33) as f64 / f64::from(u32::MAX >> 1);
        kills.push(Kill::At((took + start_up).mul_f64(part)));
    }
    let (mut same, mut wrong) = (0, Vec::new());
    for one in &kills {
        let victim = start(engine, way).expect("the server is there");
        kill(&victim.url, way, *one);
        match converge(&victim, way) {
            Err(error) => wrong.push(format!("{one:?}: does not converge: {error}")),
            Ok(()) => {
                let state = victim.state();
                if state == expected {
                    same += 1;
                } else {
                    wrong.push(format!("{one:?}: another state:\n{state}"));
                }
            }
        }
    }
    say(&format!(
        "crash {engine} {way:?}: {} kills ({} at steps, {random} at random moments), {same} converged to the same state, {} did not",
        kills.len(),
        kills.len() - random,
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}\n\nexpected:\n{expected}", wrong.join("\n"));
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
