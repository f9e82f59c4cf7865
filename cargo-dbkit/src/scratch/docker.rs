//! A server in a container, for machines that have Docker and no server.

use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use dbkit_schema::model::DialectName;

use super::watchdog::Watchdog;
use crate::url::Server;

/// What is asked of Docker for a dialect: image, port inside, and the environment without a password.
fn recipe(dialect: DialectName) -> Option<(&'static str, u16, &'static str)> {
    match dialect {
        DialectName::Postgres => {
            Some(("postgres:17-alpine", 5432, "POSTGRES_HOST_AUTH_METHOD=trust"))
        }
        DialectName::Mysql => Some(("mariadb:11", 3306, "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1")),
        DialectName::Sqlite => None,
    }
}

/// Starts one container for a dialect, once in a process. The reason, in words, if there is none.
pub(super) fn server(dialect: DialectName) -> Result<Server, String> {
    static STARTED: Mutex<Vec<(Server, Watchdog)>> = Mutex::new(Vec::new());
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((server, _)) = started.iter().find(|(server, _)| server.dialect == dialect) {
        return Ok(server.clone());
    }
    let (image, port, environment) =
        recipe(dialect).ok_or_else(|| "no container is needed".to_owned())?;
    let id = docker(&[
        "run",
        "--rm",
        "--detach",
        "--label",
        "dbkit=scratch",
        "--publish",
        &format!("127.0.0.1::{port}"),
        "--env",
        environment,
        image,
    ])?;
    let watchdog = Watchdog::start("read -r line; docker rm -f \"$1\" >/dev/null 2>&1", &[&id])
        .map_err(|error| format!("the container {id} cannot be watched: {error}"))?;
    let shown = docker(&["port", &id, &format!("{port}/tcp")])?;
    let outside = published(&shown).ok_or_else(|| format!("`docker port` says `{shown}`"))?;
    let server = Server {
        user: Some(if dialect == DialectName::Postgres { "postgres" } else { "root" }.to_owned()),
        host: Some("127.0.0.1".to_owned()),
        port: Some(outside),
        ..super::nameless(dialect)
    };
    super::wait_for(&server, || None)?;
    started.push((server.clone(), watchdog));
    Ok(server)
}

/// The port in `127.0.0.1:49153`, one line an address.
fn published(text: &str) -> Option<u16> {
    text.lines().next()?.rsplit_once(':')?.1.trim().parse().ok()
}

fn docker(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("docker")
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("docker: {}", crate::failure::io_words(&error)))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        let said = text(&output.stderr);
        let last = said.lines().last().unwrap_or("it failed").to_owned();
        Err(format!("docker: {last}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_outside_is_read() {
        assert_eq!(published("127.0.0.1:49153\n[::1]:49154"), Some(49153));
        assert_eq!(published("no such container"), None);
    }
}
