//! postgres.

use postgres::error::ErrorPosition;
use postgres::{Client, Error, SimpleQueryMessage};

use super::{Driver, DriverError, Rows};
use crate::dialect::Dialect;

impl Driver for Client {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.batch_execute(sql).map_err(|error| driver_error(&error))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        let messages = self.simple_query(sql).map_err(|error| driver_error(&error))?;
        let rows = messages.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
            }
            _ => None,
        });
        Ok(rows.collect())
    }
}

fn driver_error(error: &Error) -> DriverError {
    let Some(database) = error.as_db_error() else {
        let cause =
            std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
        return DriverError { message: format!("{error}{cause}"), ..DriverError::default() };
    };
    let position = match database.position() {
        Some(ErrorPosition::Original(position)) => Some(*position as usize),
        _ => None,
    };
    let code = database.code().code();
    DriverError {
        message: database.message().to_owned(),
        // 55P03: lock_timeout; 40P01: deadlock; 40001: serialization failure.
        is_busy: matches!(code, "55P03" | "40P01" | "40001"),
        code: Some(code.to_owned()),
        detail: database.detail().map(str::to_owned),
        hint: database.hint().map(str::to_owned),
        position,
    }
}
