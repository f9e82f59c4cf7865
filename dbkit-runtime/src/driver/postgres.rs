//! postgres.

use postgres::Client;

use super::postgres_words::{driver_error, rows};
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
        self.simple_query(sql).map(rows).map_err(|error| driver_error(&error))
    }
}
