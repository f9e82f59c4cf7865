//! What the machine asks for, without any database: the number of round trips, and what it makes of answers that are hard to come by.

mod support;

use std::time::Duration;

use dbkit_runtime::machine::{Answer, Request, Step};
use dbkit_runtime::{Dialect, DriverError, ErrorKind, Migrations, Report, Rows, Runner};

use support::{POSTS, USERS, migrations};

/// Answers as a database would, and gives back what was asked: the first words of each request.
fn converse(
    runner: Runner<'_>,
    dialect: Dialect,
    mut answer: impl FnMut(&str) -> Result<Rows, DriverError>,
) -> (Vec<String>, Result<Report, dbkit_runtime::Error>) {
    let mut machine = runner.machine(dialect);
    let mut asked = Vec::new();
    let mut last = None;
    loop {
        match machine.step(last.take()) {
            Step::Done(outcome) => return (asked, outcome),
            Step::Ask(request) => {
                let outcome = match &request {
                    Request::Execute(sql) | Request::Query(sql) => answer(sql),
                    Request::Sleep(_) | Request::Step { .. } => Ok(Rows::new()),
                };
                asked.push(match request {
                    Request::Execute(sql) | Request::Query(sql) => shortened(&sql),
                    Request::Sleep(_) => "(sleeps)".to_owned(),
                    Request::Step { id, .. } => format!("(step of {id})"),
                });
                // The loop measures nothing; deadlines come all the same.
                last = Some(Answer { outcome, took: Duration::ZERO });
            }
        }
    }
}

/// The first words of each statement.
fn shortened(sql: &str) -> String {
    let words = |sql: &str| sql.split_whitespace().take(3).collect::<Vec<_>>().join(" ");
    sql.split("; ").map(words).collect::<Vec<_>>().join("; ")
}

fn refused(code: &str) -> DriverError {
    DriverError { code: Some(code.to_owned()), message: "no".to_owned(), ..DriverError::default() }
}

fn one(text: &str) -> Rows {
    vec![vec![Some(text.to_owned())]]
}

fn two(text: &str, more: &str) -> Rows {
    vec![vec![Some(text.to_owned()), Some(more.to_owned())]]
}

/// PostgreSQL without a history; everything succeeds.
fn fresh_postgres(sql: &str) -> Result<Rows, DriverError> {
    match sql {
        sql if sql.starts_with("SELECT id,") => Err(refused("42P01")),
        sql if sql.contains("current_schema()") => Ok(two("public", "7")),
        sql if sql.contains("advisory") => Ok(two("1", "7")),
        _ => Ok(Rows::new()),
    }
}

fn both() -> Migrations {
    migrations(&[USERS, POSTS])
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL; SET LOCAL standard_conforming_strings; SET LOCAL lock_timeout; SELECT CASE WHEN";
const CREATION: &str = "CREATE TABLE IF; CREATE TABLE IF";
const RECORD: &str = "INSERT INTO \"public\".\"_dbkit_migrations\"; INSERT INTO \"public\".\"_dbkit_migrations_log\"; COMMIT";

#[test]
fn a_transaction_costs_two_round_trips_beside_its_statements() {
    let (asked, outcome) = converse(both().runner(), Dialect::Postgres, fresh_postgres);
    assert_eq!(outcome.expect("runs").applied().len(), 2);
    assert_eq!(
        asked,
        [
            "SELECT id, up_hash,",
            "SELECT coalesce((SELECT n.nspname",
            "SELECT CASE WHEN",
            "SELECT id, up_hash,",
            BEGIN,
            CREATION,
            "CREATE TABLE users",
            "INSERT INTO users",
            RECORD,
            BEGIN,
            "CREATE TABLE posts",
            RECORD,
            "SELECT CASE WHEN",
        ]
    );
}

#[test]
fn timeouts_are_of_the_transaction() {
    let set = both();
    let runner = set
        .runner()
        .lock_timeout(Duration::from_millis(200))
        .statement_timeout(Duration::from_secs(9));
    let mut begins = Vec::new();
    let (_, outcome) = converse(runner, Dialect::Postgres, |sql| {
        if sql.starts_with("BEGIN") {
            begins.push(sql.to_owned());
        }
        fresh_postgres(sql)
    });
    outcome.expect("runs");
    let expected = "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL standard_conforming_strings = on; SET LOCAL lock_timeout = 200; SET LOCAL statement_timeout = 9000; SELECT CASE";
    assert_eq!(begins.len(), 2);
    assert!(begins.iter().all(|begin| begin.starts_with(expected)), "{begins:#?}");
}

#[test]
fn a_lock_is_asked_for_again_until_the_deadline() {
    let set = both();
    let runner = set.runner().lock_wait(Duration::from_secs(3));
    let (asked, outcome) = converse(runner, Dialect::Mysql, |sql| match sql {
        sql if sql.starts_with("SELECT id,") => Err(refused("1146")),
        sql if sql.contains("GET_LOCK") => Ok(one("0")),
        sql if sql.contains("IS_USED_LOCK") => Ok(one("connection 7")),
        _ => Ok(Rows::new()),
    });
    let error = outcome.expect_err("gives up");
    let ErrorKind::Locked { holder, waited } = error.kind() else { panic!("{error}") };
    assert_eq!((holder.as_deref(), waited.as_secs()), (Some("connection 7"), 3));
    let sleeps = asked.iter().filter(|asked| *asked == "(sleeps)").count();
    assert!((5..12).contains(&sleeps), "{asked:?}");
    assert!(!asked.iter().any(|asked| asked.starts_with("SELECT RELEASE_LOCK")));
}

#[test]
fn a_transaction_that_was_in_the_way_is_tried_again() {
    let set = both();
    let busy = DriverError { is_busy: true, ..refused("55P03") };
    let mut left = 2;
    let (asked, outcome) = converse(set.runner(), Dialect::Postgres, |sql| match sql {
        "CREATE TABLE users (id integer PRIMARY KEY)" if left > 0 => {
            left -= 1;
            Err(busy.clone())
        }
        sql => fresh_postgres(sql),
    });
    assert_eq!(outcome.expect("runs").applied().len(), 2);
    let attempt = [
        BEGIN,
        CREATION,
        "CREATE TABLE users",
        "ROLLBACK",
        // Who is in the way?
        "SELECT 'pid '",
        "(sleeps)",
    ];
    assert_eq!(asked[4..16], [attempt, attempt].concat());

    let (asked, outcome) = converse(set.runner().retries(0), Dialect::Postgres, |sql| match sql {
        "CREATE TABLE users (id integer PRIMARY KEY)" => Err(busy.clone()),
        sql => fresh_postgres(sql),
    });
    let error = outcome.expect_err("fails");
    assert!(matches!(error.kind(), ErrorKind::Statement(failed) if failed.cause.is_busy));
    // First the transaction, then the lock: a transaction that failed refuses everything else.
    assert_eq!(asked[asked.len() - 3..], ["ROLLBACK", "SELECT 'pid '", "SELECT CASE WHEN"]);
}

#[test]
fn a_transaction_that_cannot_have_the_lock_asks_again_who_has_it() {
    let set = migrations(&[USERS]);
    let mut is_first = true;
    let (asked, outcome) = converse(set.runner(), Dialect::Postgres, |sql| {
        if sql.starts_with("BEGIN") && std::mem::take(&mut is_first) {
            let message = "invalid input syntax for type integer: \"dbkit: another migrator is at work, or this is another session: 7\"";
            return Err(DriverError { message: message.to_owned(), ..refused("22P02") });
        }
        fresh_postgres(sql)
    });
    assert_eq!(outcome.expect("runs").applied().len(), 1);
    let without = BEGIN.trim_end_matches("; SELECT CASE WHEN");
    assert_eq!(asked[4..9], [BEGIN, "ROLLBACK", without, "SELECT CASE WHEN", CREATION]);
}

#[test]
fn two_sets_may_create_the_history_at_the_same_moment() {
    let set = both();
    let mut is_first = true;
    let (asked, outcome) = converse(set.runner(), Dialect::Postgres, |sql| {
        if sql.starts_with("CREATE TABLE IF") && std::mem::take(&mut is_first) {
            return Err(refused("23505"));
        }
        fresh_postgres(sql)
    });
    assert_eq!(outcome.expect("runs").applied().len(), 2);
    let attempt = [BEGIN, CREATION];
    assert_eq!(asked[4..10], [&attempt[..], &["ROLLBACK", "(sleeps)"], &attempt].concat());
}

#[test]
fn a_script_that_another_migrator_is_executing_is_waited_for() {
    let set = migrations(&[USERS]);
    let hash = set.iter().next().expect("one").hash_text();
    let row = |status: &str, done: &str, state: &str| {
        vec![
            [USERS.0, &hash, status, "up", done, "2", state, "1"]
                .map(|cell| Some(cell.to_owned()))
                .to_vec(),
        ]
    };
    let mut looks = 0;
    let (asked, outcome) = converse(set.runner(), Dialect::Mysql, |sql| match sql {
        sql if sql.starts_with("SELECT id,") => {
            looks += 1;
            Ok(if looks == 1 { row("running", "1", "intent") } else { row("applied", "2", "idle") })
        }
        sql if sql.contains("LOCK(") => Ok(one("1")),
        _ => Ok(Rows::new()),
    });
    assert_eq!(outcome.expect("runs").applied(), []);
    assert_eq!(
        asked,
        [
            "SELECT id, up_hash,",
            "SELECT @@SESSION.lock_wait_timeout",
            "SELECT DATABASE()",
            &asked[3],
            "SELECT id, up_hash,",
            "SELECT seq, id,",
            &asked[6],
        ]
    );
    assert!(asked[3].contains("GET_LOCK") && asked[6].contains("RELEASE_LOCK"), "{asked:?}");
}

/// Status, direction, done, total and state of every row that is written.
fn records(set: &Migrations, lost: &str) -> (Vec<String>, dbkit_runtime::Error) {
    let mut records = Vec::new();
    let (_, outcome) = converse(set.runner(), Dialect::Mysql, |sql| match sql {
        sql if sql.starts_with("SELECT id,") => Ok(Rows::new()),
        sql if sql.contains("LOCK(") => Ok(one("1")),
        sql if sql.contains("ENGINE NOT IN") => Ok(one("0")),
        sql if sql == lost => {
            Err(DriverError { message: "broken pipe".to_owned(), ..DriverError::default() })
        }
        sql => {
            if sql.starts_with("REPLACE") {
                let values = sql.split("VALUES (").nth(1).unwrap_or_default();
                records.push(values.split(", ").skip(3).take(5).collect::<Vec<_>>().join(" "));
            }
            Ok(Rows::new())
        }
    });
    (records, outcome.expect_err("fails"))
}

#[test]
fn a_statement_whose_answer_was_lost_stays_in_doubt() {
    let set = migrations(&[USERS]);
    let (records, error) = records(&set, "CREATE TABLE users (id integer PRIMARY KEY)");
    assert!(matches!(error.kind(), ErrorKind::Statement(failed) if failed.is_in_doubt), "{error}");
    assert_eq!(records, ["'running' 'up' 0 2 'look'"]);
}

#[test]
fn rows_are_changed_in_one_transaction_with_their_record() {
    let set = migrations(&[USERS]);
    let (records, error) = records(&set, "INSERT INTO users VALUES (1)");
    let ErrorKind::Statement(failed) = error.kind() else { panic!("{error}") };
    // The transaction is gone with the connection, and statement 2 is not done.
    assert_eq!((failed.is_in_doubt, failed.stays), (false, 1));
    assert_eq!(records, ["'running' 'up' 0 2 'look'", "'running' 'up' 1 2 'idle'"]);
}
