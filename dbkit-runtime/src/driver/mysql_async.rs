//! mysql_async. An object of its pool derefs to the connection.

use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Error, Row, Value};

use super::{AsyncDriver, DriverError, Rows, mysql_is_busy};
use crate::dialect::Dialect;

impl AsyncDriver for Conn {
    fn dialect(&self) -> Dialect {
        Dialect::Mysql
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.query_drop(sql).await.map_err(|error| driver_error(&error))
    }

    async fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        let rows: Vec<Row> = mysql_async::prelude::Queryable::query(self, sql)
            .await
            .map_err(|error| driver_error(&error))?;
        Ok(rows.into_iter().map(|row| row.unwrap().into_iter().map(text).collect()).collect())
    }
}

// The text protocol gives every value as bytes.
fn text(value: Value) -> Option<String> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        other => Some(other.as_sql(true).trim_matches('\'').to_owned()),
    }
}

fn driver_error(error: &Error) -> DriverError {
    match error {
        Error::Server(database) => DriverError {
            message: database.message.clone(),
            code: Some(database.code.to_string()),
            is_busy: mysql_is_busy(database.code),
            ..DriverError::default()
        },
        other => DriverError { message: other.to_string(), ..DriverError::default() },
    }
}
