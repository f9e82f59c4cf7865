//! A PostgreSQL server that follows another one.

use std::fs;
use std::process::Command;
use std::sync::Mutex;

use crate::engine;
use crate::server::{
    Kind, Server, checked, folder, postgres_client, secret, start_newest_postgres, wait_for,
    watched,
};

/// The newest PostgreSQL, and one that follows it under the name `mirror`.
///
/// # Errors
/// What went wrong, in words.
pub fn start_pair() -> Result<(Server, Server), String> {
    let primary = start_newest_postgres(&crate::server::Options::default())?;
    let major = *engine::postgres_versions().first().ok_or("no PostgreSQL was found")?;
    let binaries =
        engine::postgres(major).ok_or_else(|| format!("PostgreSQL {major} was not found"))?;
    let folder = folder("standby")?;
    let (from, data) = (primary.socket().join("data"), folder.join("data"));
    let mut client = postgres_client(primary.socket(), "postgres")?;
    // Before 15 the functions had other names and other results.
    client.simple_query("SELECT pg_backup_start('mirror', true)").map_err(words)?;
    checked(Command::new("cp").arg("-r").arg(&from).arg(&data), "the copy")?;
    let label: String = client
        .query_one("SELECT labelfile FROM pg_backup_stop(false)", &[])
        .and_then(|row| row.try_get(0))
        .map_err(words)?;
    secret(&data.join("backup_label"), &label)?;
    secret(&data.join("standby.signal"), "")?;
    fs::remove_file(data.join("postmaster.pid")).map_err(|error| error.to_string())?;
    let follows =
        format!("host={} user=postgres application_name=mirror", primary.socket().display());
    let command = format!(
        "{} -D {} -k {} -c listen_addresses= -c fsync=off -c max_connections=200 -c 'primary_conninfo={follows}'",
        binaries.join("postgres").display(),
        data.display(),
        folder.display()
    );
    let (_, stdin) = watched(&command, &folder).map_err(|error| error.to_string())?;
    wait_for(|| postgres_client(&folder, "postgres").map(drop), &folder)?;
    let standby =
        Server { kind: Kind::Postgres, socket: folder, watchdog: Mutex::new(Some(stdin)) };
    Ok((primary, standby))
}

fn words(error: postgres::Error) -> String {
    error.to_string()
}
