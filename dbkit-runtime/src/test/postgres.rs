//! `CREATE DATABASE .. TEMPLATE`.

use std::time::Duration;

use postgres::{Client, NoTls};

use super::{Fixture, Setup, is_old, unique, with_database};

/// A PostgreSQL database of a test's own, on the server that DBKIT_TEST_POSTGRES_URL names, or else DATABASE_URL.
#[derive(Debug)]
pub struct Postgres {
    server: String,
    name: String,
    url: String,
    is_kept: bool,
}

impl Postgres {
    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection to it.
    ///
    /// # Panics
    /// If the server refuses.
    pub fn connect(&self) -> Client {
        match Client::connect(&self.url, NoTls) {
            Ok(client) => client,
            Err(error) => panic!("cannot connect to the database of this test: {error}"),
        }
    }
}

impl Fixture for Postgres {
    // A test that does not block makes it inside a runtime, where a client that blocks would panic; so it has a thread.
    fn make(setup: &Setup<'_>) -> Result<Self, String> {
        apart(|| make(setup))
    }

    fn keep(&mut self) {
        self.is_kept = true;
    }

    fn place(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.is_kept {
            return;
        }
        apart(|| {
            if let Ok(mut client) = Client::connect(&self.server, NoTls) {
                let _ = client
                    .batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
            }
        });
    }
}

fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

fn make(setup: &Setup<'_>) -> Result<Postgres, String> {
    let server = setup.server_url("DBKIT_TEST_POSTGRES_URL", &["postgres", "postgresql"])?;
    let mut client = Client::connect(&server, NoTls).map_err(|error| words(&error))?;
    let key = setup.key();
    let template = format!("dbkit_template_{key:016x}");
    if !exists(&mut client, &template)? {
        locked(&mut client, key as i64, |client| build(client, &server, &template, setup))?;
    }
    let name = unique();
    copy(&mut client, &template, &name)?;
    let url = with_database(&server, &name);
    Ok(Postgres { server, name, url, is_kept: false })
}

/// The template gets its name when it is whole.
fn build(
    client: &mut Client,
    server: &str,
    template: &str,
    setup: &Setup<'_>,
) -> Result<(), String> {
    if exists(client, template)? {
        return Ok(());
    }
    sweep(client);
    let new = format!("{template}_new");
    execute(client, &format!("DROP DATABASE IF EXISTS {new} WITH (FORCE)"))?;
    execute(client, &format!("CREATE DATABASE {new}"))?;
    let mut inside =
        Client::connect(&with_database(server, &new), NoTls).map_err(|error| words(&error))?;
    setup.apply(&mut inside)?;
    inside.close().map_err(|error| words(&error))?;
    // The session that is closed may be there a moment longer.
    again(client, &format!("ALTER DATABASE {new} RENAME TO {template}"))
}

fn copy(client: &mut Client, template: &str, name: &str) -> Result<(), String> {
    again(client, &format!("CREATE DATABASE {name} TEMPLATE {template}"))
}

/// 55006: somebody is in the database.
fn again(client: &mut Client, sql: &str) -> Result<(), String> {
    let mut left = 50;
    loop {
        match client.batch_execute(sql) {
            Err(error) if left > 0 && error.code().is_some_and(|code| code.code() == "55006") => {
                left -= 1;
                std::thread::sleep(Duration::from_millis(100));
            }
            outcome => return outcome.map_err(|error| words(&error)),
        }
    }
}

fn locked(
    client: &mut Client,
    key: i64,
    work: impl FnOnce(&mut Client) -> Result<(), String>,
) -> Result<(), String> {
    // Asked for again and again: a statement that waits would hold up `CREATE DATABASE` of others.
    loop {
        let row = client
            .query_one("SELECT pg_try_advisory_lock($1)", &[&key])
            .map_err(|error| words(&error))?;
        if row.get(0) {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let outcome = work(client);
    let unlocked = execute(client, &format!("SELECT pg_advisory_unlock({key})"));
    outcome.and(unlocked)
}

fn exists(client: &mut Client, name: &str) -> Result<bool, String> {
    client
        .query_one(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)",
            &[&name],
        )
        .map(|row| row.get(0))
        .map_err(|error| words(&error))
}

fn execute(client: &mut Client, sql: &str) -> Result<(), String> {
    client.batch_execute(sql).map_err(|error| words(&error))
}

/// What tests that were killed have left, if nobody is looking at it.
fn sweep(client: &mut Client) {
    let rows = client.query(
        "SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE 'dbkit\\_test\\_%'",
        &[],
    );
    for name in rows.into_iter().flatten().map(|row| row.get::<_, String>(0)) {
        if is_old(&name) {
            let _ = client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}"));
        }
    }
}

fn words(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => said.message().to_owned(),
        None => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
            format!("{error}{}", cause.unwrap_or_default())
        }
    }
}
