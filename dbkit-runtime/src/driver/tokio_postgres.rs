//! tokio-postgres, and through it the objects of deadpool-postgres and bb8-postgres: `&mut **object`.

use tokio_postgres::Client;

use super::postgres_words::{driver_error, rows};
use super::{AsyncDriver, DriverError, Rows};
use crate::dialect::Dialect;

impl AsyncDriver for Client {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.batch_execute(sql).await.map_err(|error| driver_error(&error))
    }

    async fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        self.simple_query(sql).await.map(rows).map_err(|error| driver_error(&error))
    }
}
