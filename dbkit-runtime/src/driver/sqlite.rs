//! rusqlite.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, ErrorCode};

use super::{Driver, DriverError, Rows};
use crate::dialect::Dialect;

impl Driver for Connection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        // The statement may give back rows (a PRAGMA, a SELECT); they are read and dropped.
        self.execute_batch(sql).map_err(|error| driver_error(&error))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        let read = || -> Result<Rows, Error> {
            let mut statement = self.prepare(sql)?;
            let count = statement.column_count();
            let mut found = statement.query([])?;
            let mut rows = Vec::new();
            while let Some(row) = found.next()? {
                rows.push(
                    (0..count).map(|at| row.get_ref(at).map(text)).collect::<Result<_, _>>()?,
                );
            }
            Ok(rows)
        };
        read().map_err(|error| driver_error(&error))
    }
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

fn driver_error(error: &Error) -> DriverError {
    let (code, is_busy) = match error {
        Error::SqliteFailure(failure, _) => (
            Some(failure.extended_code.to_string()),
            matches!(failure.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked),
        ),
        _ => (None, false),
    };
    let message = match error {
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        other => other.to_string(),
    };
    DriverError { message, code, is_busy, ..DriverError::default() }
}
