//! Cuts the connection before and after messages of the protocol, runs again, and compares with a database that nobody disturbed. A part
//! of it here; all of it with `cargo xtask crash`.
#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]

mod support;

use dbkit_runtime::Dialect;
use test_fixtures::proxy::{Cut, Framing, Proxy};
use test_fixtures::server::{self, Server};

use support::say;
use support::scenes::{Way, converge, go, state, try_open};

fn matrix(server: &Server, dialect: Dialect) {
    let (framing, word) = match dialect {
        Dialect::Mysql => (Framing::Mysql, "mysql://root@127.0.0.1"),
        _ => (Framing::Postgres, "postgres://postgres@127.0.0.1"),
    };
    let through = |cut: Cut| {
        let database = server.fresh_database();
        let proxy = Proxy::start(server.socket(), framing, cut).expect("starts");
        let more =
            if dialect == Dialect::Mysql { "?prefer_socket=false" } else { "?sslmode=disable" };
        let url = format!("{word}:{}/{}{more}", proxy.port(), database.name());
        let outcome = try_open(&url).map(|mut driver| go(Way::Up, &mut *driver));
        (database, proxy.count(), outcome)
    };
    let (clean, messages, outcome) = through(Cut::Never);
    outcome.expect("connects").expect("runs");
    let expected = state(&clean.url());

    let stride = if std::env::var("DBKIT_CRASH").as_deref() == Ok("full") { 1 } else { 23 };
    let cuts = (1..=messages).flat_map(|number| [Cut::Before(number), Cut::After(number)]);
    let (mut count, mut wrong) = (0, Vec::new());
    for cut in cuts.step_by(stride) {
        count += 1;
        let (database, ..) = through(cut);
        if let Err(error) = converge(&database.url(), Way::Up) {
            wrong.push(format!("{cut:?}: does not converge: {error}"));
        } else if state(&database.url()) != expected {
            wrong.push(format!("{cut:?}: another state:\n{}", state(&database.url())));
        }
    }
    say(&format!(
        "cut {dialect:?}: {count} cuts around {messages} messages, {} did not converge to the same state",
        wrong.len()
    ));
    assert!(wrong.is_empty(), "{}\n\nexpected:\n{expected}", wrong.join("\n"));
}

#[test]
fn a_cut_connection_to_postgres_loses_nothing() {
    let Some(server) = server::postgres() else { return };
    matrix(server, Dialect::Postgres);
}

#[test]
fn a_cut_connection_to_mariadb_loses_nothing() {
    let Some(server) = server::mariadb() else { return };
    matrix(server, Dialect::Mysql);
}
