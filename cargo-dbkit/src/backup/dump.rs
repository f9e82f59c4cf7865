//! Servers, by their own tools: pg_dump and pg_restore, mariadb-dump or mysqldump. Secrets go by the environment, never by the arguments,
//! which everybody on the computer can read.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use crate::failure::file_problem;
use crate::url::Server;

/// Writes a dump, and says what made it.
pub(super) fn write(server: &Server, path: &Path) -> Result<String, Diagnostic> {
    let mut command = match server.dialect {
        DialectName::Postgres => {
            let mut command = tool(server, &["pg_dump"])?;
            command
                .args(["--format=custom", "--no-password", "--lock-wait-timeout=30s", "--file"])
                .arg(path);
            command
        }
        DialectName::Mysql | DialectName::Sqlite => {
            let mut command = tool(server, &["mariadb-dump", "mysqldump"])?;
            command.args([
                "--single-transaction",
                "--routines",
                "--triggers",
                "--events",
                "--hex-blob",
            ]);
            command.arg(format!("--result-file={}", path.display()));
            command.arg(server.database.as_deref().unwrap_or_default());
            command
        }
    };
    let version = version(&command);
    checked(&mut command)?;
    Ok(version)
}

/// Looks whether a dump can be read.
pub(super) fn list(server: &Server, path: &Path) -> Result<(), Diagnostic> {
    match server.dialect {
        DialectName::Postgres => {
            let mut command = tool(server, &["pg_restore"])?;
            checked(command.arg("--list").arg(path))
        }
        DialectName::Mysql | DialectName::Sqlite => {
            let text = std::fs::read(path).map_err(|error| file_problem("read", path, &error))?;
            let end = text.len().saturating_sub(200);
            // The last line of a dump that came to its end.
            if String::from_utf8_lossy(&text[end..]).contains("Dump completed") {
                return Ok(());
            }
            Err(Diagnostic::error("DBK0031", format!("`{}` was cut off", path.display())))
        }
    }
}

/// Puts a dump back, as a whole or not at all where the server can.
pub(super) fn restore(server: &Server, path: &Path) -> Result<(), Diagnostic> {
    match server.dialect {
        DialectName::Postgres => {
            let mut command = tool(server, &["pg_restore"])?;
            command.args(["--clean", "--if-exists", "--no-owner", "--exit-on-error"]);
            command.args(["--single-transaction", "--no-password", "--dbname"]);
            command.arg(server.database.as_deref().unwrap_or_default()).arg(path);
            checked(&mut command)
        }
        DialectName::Mysql | DialectName::Sqlite => {
            let mut command = tool(server, &["mariadb", "mysql"])?;
            command.arg(server.database.as_deref().unwrap_or_default());
            let file = File::open(path).map_err(|error| file_problem("read", path, &error))?;
            checked(command.stdin(file))
        }
    }
}

/// The first of some programs that is there, with the place and the secrets of a server.
fn tool(server: &Server, names: &[&str]) -> Result<Command, Diagnostic> {
    let Some(program) = names.iter().find_map(|name| find(name)) else {
        return Err(Diagnostic::error("DBK0032", format!("`{}` is not there", names[0]))
            .note(format!("{} is backed up by its own tools", server.dialect.title()))
            .help("install it (Debian: `postgresql-client`, `mariadb-client`), or go on without a backup: `--no-backup`"));
    };
    let mut command = Command::new(program);
    let set = |command: &mut Command, name: &str, value: Option<&str>| {
        if let Some(value) = value {
            command.env(name, value);
        }
    };
    match server.dialect {
        DialectName::Postgres => {
            let mode = server.tls.mode.map(crate::url::TlsMode::word);
            set(&mut command, "PGHOST", Some(server.socket.as_deref().unwrap_or(server.host())));
            set(&mut command, "PGPORT", Some(&server.port().to_string()));
            set(&mut command, "PGUSER", server.user.as_deref());
            set(&mut command, "PGPASSWORD", server.password.as_deref());
            set(&mut command, "PGDATABASE", server.database.as_deref());
            set(&mut command, "PGSSLMODE", mode);
            set(&mut command, "PGSSLROOTCERT", server.tls.root.as_deref());
            set(&mut command, "PGSSLCERT", server.tls.certificate.as_deref());
            set(&mut command, "PGSSLKEY", server.tls.key.as_deref());
            command.env_remove("PGSERVICE");
        }
        DialectName::Mysql | DialectName::Sqlite => {
            set(&mut command, "MYSQL_PWD", server.password.as_deref());
            match &server.socket {
                Some(socket) => command.arg(format!("--socket={socket}")),
                None => command
                    .arg(format!("--host={}", server.host()))
                    .arg(format!("--port={}", server.port()))
                    .arg("--protocol=tcp"),
            };
            if let Some(user) = &server.user {
                command.arg(format!("--user={user}"));
            }
            if let Some(root) = &server.tls.root {
                command.arg(format!("--ssl-ca={root}"));
            }
        }
    }
    Ok(command)
}

/// On PATH; PostgreSQL's, in the newest version, where Debian and others put them beside the server.
fn find(name: &str) -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    if name.starts_with("pg_") {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
        let mut found: Vec<(u32, PathBuf)> = versions
            .filter_map(Result::ok)
            .filter_map(|entry| {
                Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
            })
            .collect();
        found.sort();
        // An older tool refuses a newer server; a newer one reads an older server.
        folders.extend(found.into_iter().rev().map(|(_, folder)| folder));
    }
    if let Some(path) = std::env::var_os("DBKIT_TOOLS") {
        folders.splice(0..0, std::env::split_paths(&path));
    }
    if let Some(path) = std::env::var_os("PATH") {
        folders.extend(std::env::split_paths(&path));
    }
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    folders.into_iter().map(|folder| folder.join(&file)).find(|path| path.is_file())
}

fn version(command: &Command) -> String {
    let output = Command::new(command.get_program()).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

fn checked(command: &mut Command) -> Result<(), Diagnostic> {
    let program = Path::new(command.get_program())
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    if !command.get_args().any(|argument| argument == "--list") {
        command.stdout(Stdio::null());
    }
    let failed =
        |words: String| Diagnostic::error("DBK0031", format!("`{program}` failed: {words}"));
    let output = command.output().map_err(|error: io::Error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let mut lines = said.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or("it said nothing").trim();
    let prefix = format!("{program}: ");
    let mut problem = failed(first.strip_prefix(&prefix).unwrap_or(first).to_owned());
    problem.notes = lines.take(6).map(|line| line.trim().to_owned()).collect();
    if said.contains("server version mismatch") {
        problem = problem.help(
            "the tool is older than the server; name the folder of a newer one in DBKIT_TOOLS",
        );
    }
    Err(problem)
}
