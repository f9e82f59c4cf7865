//! Opens databases. No other file of the program does.

#[cfg(feature = "postgres")]
pub(crate) mod libpq;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(all(feature = "tls", any(feature = "postgres", feature = "mysql")))]
mod tls;

use std::path::Path;
use std::time::Duration;

use dbkit_runtime::{Dialect, Driver};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use crate::project::Target;
use crate::url::{self, Address};

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
    /// How it was reached: another connection goes the same way.
    pub(crate) address: Address,
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

/// Copies an SQLite file while others use it; what is in the target goes.
#[cfg_attr(
    not(feature = "sqlite"),
    expect(unused_variables, reason = "without SQLite there is no file")
)]
pub(crate) fn copy_file(from: &Path, to: &Path) -> Result<(), Diagnostic> {
    #[cfg(feature = "sqlite")]
    return sqlite::copy(from, to);
    #[cfg(not(feature = "sqlite"))]
    Err(not_built(DialectName::Sqlite, Missing::Refuse, PATIENCE))
}

/// What SQLite finds wrong with a file.
#[cfg_attr(
    not(feature = "sqlite"),
    expect(unused_variables, reason = "without SQLite there is no file")
)]
pub(crate) fn integrity(path: &Path) -> Result<Vec<String>, Diagnostic> {
    #[cfg(feature = "sqlite")]
    return sqlite::integrity(path);
    #[cfg(not(feature = "sqlite"))]
    Err(not_built(DialectName::Sqlite, Missing::Refuse, PATIENCE))
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
        let address = &address.completed()?;
        let driver = match (address, address.dialect()) {
            #[cfg(feature = "sqlite")]
            (Address::Sqlite(path), _) => sqlite::open(path, missing, patience.min(PATIENCE))?,
            #[cfg(feature = "postgres")]
            (Address::Server(server), DialectName::Postgres) => postgres::open(server)?,
            #[cfg(feature = "mysql")]
            (Address::Server(server), DialectName::Mysql | DialectName::Sqlite) => {
                mysql::open(server)?
            }
            #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            (_, dialect) => return Err(not_built(dialect, missing, patience)),
        };
        Ok(Self { driver, shown: address.shown(), address: address.clone() })
    }

    /// Stands in for a database file that is not there yet, for a look at what would be done.
    pub(crate) fn nowhere(address: &Address) -> Result<Self, Diagnostic> {
        let memory = Address::Sqlite(":memory:".to_owned());
        Ok(Self { shown: address.shown(), ..Self::open(&memory, Missing::Create)? })
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

impl Address {
    /// With everything that is said of it beside the URL: libpq's files and variables.
    pub(crate) fn completed(&self) -> Result<Self, Diagnostic> {
        match self {
            #[cfg(feature = "postgres")]
            Self::Server(server) if server.dialect == DialectName::Postgres => {
                libpq::completed(server, &libpq::Process).map(Self::Server)
            }
            other => Ok(other.clone()),
        }
    }
}

/// TLS began and came to no end.
#[cfg(any(feature = "postgres", feature = "mysql"))]
fn handshake_failed(server: &url::Server, title: &str, words: &str) -> Diagnostic {
    let problem =
        Diagnostic::error("DBK0030", format!("no trust in {title} at {}: {words}", server.place()));
    #[cfg(feature = "tls")]
    if let Some(advice) = tls::advice(server, words) {
        return problem.help(advice);
    }
    problem.help("which versions of TLS and which certificate does the server have? `openssl s_client -starttls` asks it")
}

/// This build lacks TLS.
#[cfg(all(not(feature = "tls"), any(feature = "postgres", feature = "mysql")))]
fn without_tls(server: &url::Server) -> Diagnostic {
    Diagnostic::error(
        "DBK0030",
        format!(
            "`sslmode={}` needs TLS, which this build of dbkit does not speak",
            server.tls_mode().word()
        ),
    )
    .help("install it with the feature: `cargo install cargo-dbkit --features tls`")
}

#[cfg(any(feature = "postgres", feature = "mysql"))]
fn unreachable(title: &str, place: &str, words: &str) -> Diagnostic {
    Diagnostic::error("DBK0008", format!("cannot reach {title} at {place}: {words}"))
}

/// This build lacks a driver.
#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
fn not_built(dialect: DialectName, _: Missing, _: Duration) -> Diagnostic {
    Diagnostic::error(
        "DBK0010",
        format!("this build of dbkit cannot open {} databases", dialect.title()),
    )
    .help(format!("install it with the feature: `cargo install cargo-dbkit --features {dialect}`"))
}
