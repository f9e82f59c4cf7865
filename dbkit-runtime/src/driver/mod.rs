//! Database clients. A driver only executes and queries; everything else is SQL that the machine asks for.

#[cfg(any(feature = "diesel-postgres", feature = "diesel-sqlite", feature = "diesel-mysql"))]
pub mod diesel;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "mysql_async")]
mod mysql_async;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "tokio-postgres"))]
mod postgres_words;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "sqlx-postgres", feature = "sqlx-sqlite", feature = "sqlx-mysql"))]
mod sqlx;
#[cfg(feature = "tokio-postgres")]
mod tokio_postgres;

use std::fmt;
use std::future::Future;

use crate::dialect::Dialect;

/// Rows as text, or NULL.
pub type Rows = Vec<Vec<Option<String>>>;

/// The least that a database client must do for dbkit. Implement it for a client that dbkit does not know.
pub trait Driver {
    /// Which database this is.
    fn dialect(&self) -> Dialect;

    /// Executes SQL. It may hold more than one statement only where the dialect's client accepts that.
    ///
    /// # Errors
    /// What the database says.
    fn execute(&mut self, sql: &str) -> Result<(), DriverError>;

    /// Executes one statement and gives back its rows, every value as text or NULL.
    ///
    /// # Errors
    /// What the database says.
    fn query(&mut self, sql: &str) -> Result<Rows, DriverError>;
}

impl<D: Driver + ?Sized> Driver for Box<D> {
    fn dialect(&self) -> Dialect {
        (**self).dialect()
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        (**self).execute(sql)
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        (**self).query(sql)
    }
}

/// The same of a client that does not block. `run_async` and its kind take it.
///
/// It is one connection of its own, not a pool: locks, settings and transactions are the connection's.
pub trait AsyncDriver: Send {
    /// Which database this is.
    fn dialect(&self) -> Dialect;

    /// Executes SQL. It may hold more than one statement only where the dialect's client accepts that.
    ///
    /// # Errors
    /// What the database says.
    fn execute(&mut self, sql: &str) -> impl Future<Output = Result<(), DriverError>> + Send;

    /// Executes one statement and gives back its rows, every value as text or NULL.
    ///
    /// # Errors
    /// What the database says.
    fn query(&mut self, sql: &str) -> impl Future<Output = Result<Rows, DriverError>> + Send;
}

/// What a database said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriverError {
    /// Its own words.
    pub message: String,
    /// SQLSTATE or the database's own code.
    pub code: Option<String>,
    /// More of its words.
    pub detail: Option<String>,
    /// Its advice.
    pub hint: Option<String>,
    /// The character (from 1) of the statement that it points at.
    pub position: Option<usize>,
    /// Somebody else holds a lock; later it may work.
    pub is_busy: bool,
}

impl DriverError {
    /// Whether the database gave no answer about the statement itself: it may have been executed all the same.
    pub(crate) fn is_silence(&self) -> bool {
        match self.code.as_deref() {
            None => true,
            // 57P01 to 57P05: the session or the server ends; 08: the connection.
            Some(code) => code.len() == 5 && (code.starts_with("57P") || code.starts_with("08")),
        }
    }
}

impl fmt::Display for DriverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        Ok(())
    }
}

impl std::error::Error for DriverError {}

/// 1205: lock wait timeout; 1213: deadlock.
#[cfg(any(
    feature = "mysql",
    feature = "mysql_async",
    feature = "sqlx-mysql",
    feature = "diesel-mysql"
))]
fn mysql_is_busy(code: u16) -> bool {
    matches!(code, 1205 | 1213)
}

/// 55P03: lock_timeout; 40P01: deadlock; 40001: serialization failure.
#[cfg(any(
    feature = "postgres",
    feature = "tokio-postgres",
    feature = "sqlx-postgres",
    feature = "diesel-postgres"
))]
fn postgres_is_busy(code: &str) -> bool {
    matches!(code, "55P03" | "40P01" | "40001")
}
