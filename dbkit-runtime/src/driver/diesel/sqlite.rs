//! Diesel's SQLite.

use diesel::RunQueryDsl as _;
use diesel::connection::LoadConnection;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::row::{Field as _, NamedRow, Row};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite as Backend;

use super::super::{Driver, DriverError, Rows};
use super::{other_error, said};
use crate::dialect::Dialect;

/// A connection of Diesel to SQLite.
pub struct Sqlite<'a, C>(
    /// The connection.
    pub &'a mut C,
);

impl<C: LoadConnection<Backend = Backend>> Driver for Sqlite<'_, C> {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.0.batch_execute(sql).map_err(|error| driver_error(&error))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        let rows = diesel::sql_query(sql).load::<TextRow>(self.0);
        Ok(rows.map_err(|error| driver_error(&error))?.into_iter().map(|row| row.0).collect())
    }
}

struct TextRow(Vec<Option<String>>);

impl QueryableByName<Backend> for TextRow {
    fn build<'a>(row: &impl NamedRow<'a, Backend>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(row.field_count());
        for at in 0..row.field_count() {
            let field = Row::get(row, at).ok_or("a column is missing")?;
            // SQLite turns what it has into text when it is asked for text.
            let text =
                field.value().map(<String as FromSql<Text, Backend>>::from_sql).transpose()?;
            values.push(text);
        }
        Ok(Self(values))
    }
}

fn driver_error(error: &Error) -> DriverError {
    let Some((kind, information)) = said(error) else { return other_error(error) };
    let message = information.message().to_owned();
    let is_busy = message.contains("is locked");
    let code = match kind {
        _ if is_busy => "5",
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::NotNullViolation
        | DatabaseErrorKind::CheckViolation => "19",
        // SQLITE_ERROR, which is what nearly everything else is.
        _ => "1",
    };
    DriverError { message, code: Some(code.to_owned()), is_busy, ..DriverError::default() }
}
