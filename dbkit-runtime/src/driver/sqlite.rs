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
        self.execute_batch(sql).map_err(|error| driver_error(sql, &error))
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
        read().map_err(|error| driver_error(sql, &error))
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

fn driver_error(asked: &str, error: &Error) -> DriverError {
    if let Error::SqliteFailure(failure, message) = error {
        return DriverError {
            message: message.clone().unwrap_or_else(|| failure.to_string()),
            code: Some(failure.extended_code.to_string()),
            is_busy: matches!(failure.code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked),
            ..DriverError::default()
        };
    }
    // `Error::SqlInputError` is there or not by a feature and version of rusqlite that this crate does not choose; its text and its source
    // say the same.
    let text = error.to_string();
    let code = std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<rusqlite::ffi::Error>())
        .map(|failure| failure.extended_code.to_string());
    match pointed_at(asked, &text) {
        Some((message, position)) => DriverError {
            message: message.to_owned(),
            code,
            position: Some(position),
            ..DriverError::default()
        },
        None => DriverError { message: text, code, ..DriverError::default() },
    }
}

/// Takes `MESSAGE in SQL at offset BYTE` apart, for the SQL that was asked. The position is in characters, from 1.
fn pointed_at<'a>(asked: &str, text: &'a str) -> Option<(&'a str, usize)> {
    let (head, offset) = text.rsplit_once(" at offset ")?;
    let message = head.strip_suffix(asked)?.strip_suffix(" in ")?;
    let before = asked.get(..offset.parse().ok()?)?;
    Some((message, before.chars().count() + 1))
}
