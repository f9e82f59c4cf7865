//! Opens databases. No other file of the program does.

use std::error::Error as _;
use std::path::Path;
use std::time::Duration;

use dbkit_runtime::{Dialect, Driver};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use crate::project::{Target, show};
use crate::url::{self, Address, Server};

/// Whether a database file that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It is made (SQLite).
    Create,
    /// It is a problem.
    Refuse,
}

/// How an SQLite file waits for other writers inside one statement; the runner polls beyond that.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open database.
pub(crate) struct Database {
    /// What talks to it.
    pub(crate) driver: Box<dyn Driver>,
    /// Where it is, without the password.
    pub(crate) shown: String,
}

/// Where the database of a command is. Without any URL: a problem that says how to give one.
pub(crate) fn address(target: &Target) -> Result<Address, Diagnostic> {
    let Some(text) = &target.url else {
        let example = match target.dialect {
            DialectName::Sqlite => "sqlite:app.db",
            DialectName::Postgres => "postgres://user@localhost/app",
            DialectName::Mysql => "mysql://user@localhost/app",
        };
        return Err(Diagnostic::error("DBK0006", "which database? no URL is given")
            .note(format!(
                "`--url` is not given, and neither DBKIT_URL nor {} is set",
                target.url_env
            ))
            .help(format!("for this command: `--url {example}`"))
            .help(format!("for this shell: `export {}={example}`", target.url_env)));
    };
    url::parse(text, target.dialect)
}

/// Whether the file of an SQLite database is not there yet.
pub(crate) fn is_absent(address: &Address) -> bool {
    matches!(address, Address::Sqlite(path) if !Path::new(path).exists())
}

impl Database {
    /// Opens a database.
    pub(crate) fn open(address: &Address, missing: Missing) -> Result<Self, Diagnostic> {
        Self::open_patiently(address, missing, PATIENCE)
    }

    /// Opens a database that is waited for no longer than so.
    pub(crate) fn open_patiently(
        address: &Address,
        missing: Missing,
        patience: Duration,
    ) -> Result<Self, Diagnostic> {
        let driver = match address {
            Address::Sqlite(path) => open_sqlite(path, missing, patience.min(PATIENCE)),
            Address::Server(server) if server.dialect == DialectName::Postgres => {
                open_postgres(server)
            }
            Address::Server(server) => open_mysql(server),
        }?;
        Ok(Self { driver, shown: address.shown() })
    }

    /// Stands in for a database that is not there yet, for a look at what would be done.
    pub(crate) fn nowhere(address: &Address) -> Result<Self, Diagnostic> {
        Ok(Self {
            driver: open_sqlite(":memory:", Missing::Create, PATIENCE)?,
            shown: address.shown(),
        })
    }

    /// What the server calls itself: `PostgreSQL 17.10`.
    pub(crate) fn version(&mut self) -> String {
        let (sql, title) = match self.driver.dialect() {
            Dialect::Sqlite => ("SELECT sqlite_version()", "SQLite"),
            Dialect::Postgres => ("SHOW server_version", "PostgreSQL"),
            Dialect::Mysql => ("SELECT VERSION()", "MySQL"),
        };
        let rows = self.driver.query(sql).unwrap_or_default();
        let Some(text) = rows.into_iter().flatten().flatten().next() else {
            return title.to_owned();
        };
        let title = if text.contains("MariaDB") { "MariaDB" } else { title };
        format!("{title} {}", text.split(['-', ' ']).next().unwrap_or_default())
    }
}

fn unreachable(title: &str, place: &str, words: &str) -> Diagnostic {
    Diagnostic::error("DBK0008", format!("cannot reach {title} at {place}: {words}"))
}

#[cfg(any(not(feature = "sqlite"), not(feature = "postgres"), not(feature = "mysql")))]
fn not_built(dialect: DialectName) -> Diagnostic {
    Diagnostic::error(
        "DBK0010",
        format!("this build of dbkit cannot open {} databases", dialect.title()),
    )
    .help(format!("install it with the feature: `cargo install cargo-dbkit --features {dialect}`"))
}

#[cfg(not(feature = "sqlite"))]
fn open_sqlite(_: &str, _: Missing, _: Duration) -> Result<Box<dyn Driver>, Diagnostic> {
    Err(not_built(DialectName::Sqlite))
}

#[cfg(feature = "sqlite")]
fn open_sqlite(
    path: &str,
    missing: Missing,
    patience: Duration,
) -> Result<Box<dyn Driver>, Diagnostic> {
    use rusqlite::OpenFlags;

    let file = Path::new(path);
    if missing == Missing::Refuse && !file.exists() {
        return Err(Diagnostic::error("DBK0008", format!("there is no database file `{path}`"))
            .help("make it: `cargo dbkit migrate`"));
    }
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty())
        && !folder.is_dir()
    {
        return Err(Diagnostic::error(
            "DBK0008",
            format!("cannot make the database `{path}`: there is no folder `{}`", show(folder)),
        )
        .help(format!("make it: `mkdir -p {}`", show(folder))));
    }
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if missing == Missing::Create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let failed = |error: &rusqlite::Error| {
        let words = match error {
            rusqlite::Error::SqliteFailure(_, Some(words)) => words.clone(),
            other => other.to_string(),
        };
        Diagnostic::error("DBK0008", format!("cannot open the database `{path}`: {words}"))
    };
    let connection =
        rusqlite::Connection::open_with_flags(file, flags).map_err(|error| failed(&error))?;
    connection.busy_timeout(patience).map_err(|error| failed(&error))?;
    // SQLite looks into the file only when it has to: a text file is found out here, not in the middle of the work.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).or_else(
        |error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy) => Ok(()),
            _ => Err(failed(&error)),
        },
    )?;
    Ok(Box::new(connection))
}

#[cfg(not(feature = "postgres"))]
fn open_postgres(_: &Server) -> Result<Box<dyn Driver>, Diagnostic> {
    Err(not_built(DialectName::Postgres))
}

#[cfg(feature = "postgres")]
fn open_postgres(server: &Server) -> Result<Box<dyn Driver>, Diagnostic> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let mut config = postgres::Config::new();
    match &server.socket {
        #[cfg(unix)]
        Some(socket) => config.host_path(socket),
        #[cfg(not(unix))]
        Some(socket) => config.host(socket),
        None => config.host(&server.host),
    };
    config.port(server.port);
    let user = server
        .user
        .clone()
        .or_else(|| variable("PGUSER"))
        .or_else(|| variable("USER"))
        .unwrap_or_else(|| "postgres".to_owned());
    config.user(&user);
    if let Some(password) = server.password.clone().or_else(|| variable("PGPASSWORD")) {
        config.password(password);
    }
    if let Some(database) = &server.database {
        config.dbname(database);
    }
    if let Some(options) = &server.options {
        config.options(options);
    }
    config.application_name(server.application_name.as_deref().unwrap_or("cargo-dbkit"));
    config.connect_timeout(Duration::from_secs(server.connect_timeout));
    config.connect(postgres::NoTls).map(|client| Box::new(client) as Box<dyn Driver>).map_err(|error| {
        if let Some(said) = error.as_db_error() {
            let problem = Diagnostic::error(
                "DBK0008",
                format!("PostgreSQL at {} refused the connection: {}", server.place(), said.message()),
            );
            let database = server.database.as_deref().unwrap_or(&user);
            return match said.code().code() {
                "3D000" => problem.help(format!("make it: `createdb {database}`")),
                "28P01" | "28000" => problem
                    .help("check user and password in the URL; the password may also come from PGPASSWORD"),
                _ => problem,
            };
        }
        let words = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let words = words.split(" (os error").next().unwrap_or_default().to_lowercase();
        unreachable("PostgreSQL", &server.place(), &words)
            .help("is the server running, and is this its address? `pg_isready` asks it")
    })
}

#[cfg(not(feature = "mysql"))]
fn open_mysql(_: &Server) -> Result<Box<dyn Driver>, Diagnostic> {
    Err(not_built(DialectName::Mysql))
}

#[cfg(feature = "mysql")]
fn open_mysql(server: &Server) -> Result<Box<dyn Driver>, Diagnostic> {
    let user = server.user.clone().or_else(|| std::env::var("USER").ok());
    let options = mysql::OptsBuilder::new()
        .ip_or_hostname(Some(server.host.clone()))
        .tcp_port(server.port)
        .socket(server.socket.clone())
        .prefer_socket(server.socket.is_some())
        .user(user)
        .pass(server.password.clone())
        .db_name(server.database.clone())
        .tcp_connect_timeout(Some(Duration::from_secs(server.connect_timeout)));
    mysql::Conn::new(options).map(|connection| Box::new(connection) as Box<dyn Driver>).map_err(
        |error| {
            if let mysql::Error::MySqlError(said) = &error {
                let problem = Diagnostic::error(
                    "DBK0008",
                    format!(
                        "the server at {} refused the connection: {}",
                        server.place(),
                        said.message
                    ),
                );
                return match said.code {
                    1049 => problem.help(format!(
                        "make it: `CREATE DATABASE {}`",
                        server.database.as_deref().unwrap_or("app")
                    )),
                    1045 => problem.help("check user and password in the URL"),
                    _ => problem,
                };
            }
            let words = match &error {
                mysql::Error::IoError(error) => error.to_string(),
                mysql::Error::DriverError(error) => error.to_string(),
                other => other.to_string(),
            };
            let words = words.split(" (os error").next().unwrap_or_default().to_lowercase();
            unreachable("MySQL", &server.place(), &words)
                .help("is the server running, and is this its address? `mysqladmin ping` asks it")
        },
    )
}
