//! sqlx: a dedicated connection, never a pool (`pool.acquire().await?.detach()`).
//!
//! Everything goes through `raw_sql`, which prepares nothing: DDL of the app does not meet cached statements, and values come as text.

#[cfg(feature = "sqlx-postgres")]
mod postgres {
    use sqlx::postgres::{PgConnection, PgDatabaseError, PgErrorPosition};

    use super::super::{AsyncDriver, DriverError, Rows, postgres_is_busy};
    use crate::dialect::Dialect;

    impl AsyncDriver for PgConnection {
        fn dialect(&self) -> Dialect {
            Dialect::Postgres
        }

        async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
            super::execute(self, sql).await.map_err(|error| driver_error(&error))
        }

        async fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
            super::query(self, sql).await.map_err(|error| driver_error(&error))
        }
    }

    fn driver_error(error: &sqlx::Error) -> DriverError {
        let Some(database) =
            error.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
        else {
            return super::other_error(error);
        };
        let position = match database.position() {
            Some(PgErrorPosition::Original(position)) => Some(position),
            _ => None,
        };
        DriverError {
            message: database.message().to_owned(),
            is_busy: postgres_is_busy(database.code()),
            code: Some(database.code().to_owned()),
            detail: database.detail().map(str::to_owned),
            hint: database.hint().map(str::to_owned),
            position,
        }
    }
}

#[cfg(feature = "sqlx-sqlite")]
mod sqlite {
    use sqlx::sqlite::SqliteConnection;

    use super::super::{AsyncDriver, DriverError, Rows};
    use crate::dialect::Dialect;

    impl AsyncDriver for SqliteConnection {
        fn dialect(&self) -> Dialect {
            Dialect::Sqlite
        }

        async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
            super::execute(self, sql).await.map_err(|error| driver_error(&error))
        }

        async fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
            super::query(self, sql).await.map_err(|error| driver_error(&error))
        }
    }

    fn driver_error(error: &sqlx::Error) -> DriverError {
        let Some(database) = error.as_database_error() else { return super::other_error(error) };
        let code = database.code().map(|code| code.into_owned());
        // The low byte is the primary code. 5: busy; 6: locked.
        let primary =
            code.as_deref().and_then(|code| code.parse::<i32>().ok()).map(|code| code & 0xff);
        DriverError {
            message: database.message().to_owned(),
            is_busy: matches!(primary, Some(5 | 6)),
            code,
            ..DriverError::default()
        }
    }
}

#[cfg(feature = "sqlx-mysql")]
mod mysql {
    use sqlx::mysql::{MySqlConnection, MySqlDatabaseError};

    use super::super::{AsyncDriver, DriverError, Rows, mysql_is_busy};
    use crate::dialect::Dialect;

    impl AsyncDriver for MySqlConnection {
        fn dialect(&self) -> Dialect {
            Dialect::Mysql
        }

        async fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
            super::execute(self, sql).await.map_err(|error| driver_error(&error))
        }

        async fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
            super::query(self, sql).await.map_err(|error| driver_error(&error))
        }
    }

    fn driver_error(error: &sqlx::Error) -> DriverError {
        let Some(database) = error
            .as_database_error()
            .and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>())
        else {
            return super::other_error(error);
        };
        DriverError {
            message: database.message().to_owned(),
            is_busy: mysql_is_busy(database.number()),
            // `code()` is the SQLSTATE, which says less.
            code: Some(database.number().to_string()),
            ..DriverError::default()
        }
    }
}

use sqlx::{AssertSqlSafe, Database, Decode, Executor, Row as _, ValueRef as _, raw_sql};

use super::{DriverError, Rows};

async fn execute<'c, C>(connection: &'c mut C, sql: &str) -> Result<(), sqlx::Error>
where
    C: sqlx::Connection,
    &'c mut C: Executor<'c, Database = C::Database>,
{
    raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(drop)
}

async fn query<'c, C>(connection: &'c mut C, sql: &str) -> Result<Rows, sqlx::Error>
where
    C: sqlx::Connection,
    &'c mut C: Executor<'c, Database = C::Database>,
    usize: sqlx::ColumnIndex<<C::Database as Database>::Row>,
    for<'r> String: Decode<'r, C::Database>,
{
    let found = raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await?;
    let mut rows = Rows::with_capacity(found.len());
    for row in &found {
        let mut values = Vec::with_capacity(row.len());
        for at in 0..row.len() {
            let value = row.try_get_raw(at)?;
            // Whatever its type is: in the text protocol, and from SQLite, it can be had as text.
            let text = if value.is_null() {
                None
            } else {
                Some(
                    <String as Decode<'_, C::Database>>::decode(value)
                        .map_err(sqlx::Error::Decode)?,
                )
            };
            values.push(text);
        }
        rows.push(values);
    }
    Ok(rows)
}

fn other_error(error: &sqlx::Error) -> DriverError {
    DriverError { message: error.to_string(), ..DriverError::default() }
}
