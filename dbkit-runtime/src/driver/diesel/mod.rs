//! Diesel: `MIGRATIONS.run(&mut dbkit::diesel::Pg(&mut connection))`.
//!
//! The adapters know Diesel's backends, not its clients, so they link no C library of their own and take what the app has: a
//! `PgConnection`, an object of an r2d2 pool, a connection that logs.
//!
//! Diesel keeps back the code of most errors. What the runner has to tell apart is therefore recognised by the server's words where it
//! must be (PostgreSQL, in English), or asked of the server (MySQL). A server that speaks another language is only less patient: what
//! would be tried again is reported.

#[cfg(feature = "diesel-mysql")]
mod mysql;
#[cfg(feature = "diesel-postgres")]
mod postgres;
#[cfg(feature = "diesel-sqlite")]
mod sqlite;

#[cfg(feature = "diesel-mysql")]
pub use self::mysql::Mysql;
#[cfg(feature = "diesel-postgres")]
pub use self::postgres::Pg;
#[cfg(feature = "diesel-sqlite")]
pub use self::sqlite::Sqlite;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

use super::DriverError;

/// What Diesel lets through of an error of the database; `None`: the error is another one.
fn said(error: &Error) -> Option<(DatabaseErrorKind, &dyn DatabaseErrorInformation)> {
    match error {
        // Without a connection there is no telling what was done.
        Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => None,
        Error::DatabaseError(kind, information) => Some((*kind, information.as_ref())),
        _ => None,
    }
}

fn other_error(error: &Error) -> DriverError {
    DriverError { message: error.to_string(), ..DriverError::default() }
}
