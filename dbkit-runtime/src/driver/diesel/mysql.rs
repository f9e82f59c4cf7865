//! Diesel's MySQL and MariaDB.

use diesel::RunQueryDsl as _;
use diesel::connection::LoadConnection;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::mysql::data_types::MysqlTime;
use diesel::mysql::{Mysql as Backend, MysqlType, MysqlValue};
use diesel::result::Error;
use diesel::row::{Field as _, NamedRow, Row};
use diesel::sql_types::Datetime;

use super::super::{Driver, DriverError, Rows, mysql_is_busy};
use super::{other_error, said};
use crate::dialect::Dialect;

/// A connection of Diesel to MySQL or MariaDB.
pub struct Mysql<'a, C>(
    /// The connection.
    pub &'a mut C,
);

impl<C: LoadConnection<Backend = Backend>> Driver for Mysql<'_, C> {
    fn dialect(&self) -> Dialect {
        Dialect::Mysql
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        let outcome = self.0.batch_execute(sql);
        outcome.map_err(|error| self.driver_error(&error))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        let outcome = load(self.0, sql);
        outcome.map_err(|error| self.driver_error(&error))
    }
}

impl<C: LoadConnection<Backend = Backend>> Mysql<'_, C> {
    fn driver_error(&mut self, error: &Error) -> DriverError {
        let Some((_, information)) = said(error) else { return other_error(error) };
        let message = information.message().to_owned();
        // Diesel has the words only; the server remembers the number of its last error.
        let rows = load(self.0, "SHOW ERRORS").unwrap_or_default();
        let is_meant = |row: &Vec<Option<String>>| {
            row.get(2).and_then(Option::as_deref).is_some_and(|words| message.contains(words))
        };
        let number = rows
            .iter()
            .find(|row| is_meant(row))
            .and_then(|row| row.get(1)?.as_deref()?.parse::<u16>().ok())
            .or_else(|| number(&message));
        DriverError {
            is_busy: number.is_some_and(mysql_is_busy),
            // 1105: ER_UNKNOWN_ERROR.
            code: Some(number.unwrap_or(1105).to_string()),
            message,
            ..DriverError::default()
        }
    }
}

/// The number of an error by its English words, for a server that has forgotten it.
fn number(message: &str) -> Option<u16> {
    const WORDS: [(&str, u16); 6] = [
        ("' doesn't exist", 1146),
        ("Unknown database ", 1049),
        ("Unknown column ", 1054),
        ("Duplicate column name ", 1060),
        ("Lock wait timeout exceeded", 1205),
        ("Deadlock found", 1213),
    ];
    WORDS.iter().find(|(words, _)| message.contains(words)).map(|(_, number)| *number)
}

fn load<C: LoadConnection<Backend = Backend>>(
    connection: &mut C,
    sql: &str,
) -> Result<Rows, Error> {
    let rows = diesel::sql_query(sql).load::<TextRow>(connection)?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

struct TextRow(Vec<Option<String>>);

impl QueryableByName<Backend> for TextRow {
    fn build<'a>(row: &impl NamedRow<'a, Backend>) -> deserialize::Result<Self> {
        let mut values = Vec::with_capacity(row.field_count());
        for at in 0..row.field_count() {
            let field = Row::get(row, at).ok_or("a column is missing")?;
            values.push(field.value().map(text).transpose()?);
        }
        Ok(Self(values))
    }
}

// Diesel prepares every query, and prepared statements answer in binary.
fn text(value: MysqlValue<'_>) -> deserialize::Result<String> {
    let bytes = value.as_bytes();
    let text = match value.value_type() {
        MysqlType::Tiny | MysqlType::Short | MysqlType::Long | MysqlType::LongLong => {
            signed(bytes).to_string()
        }
        MysqlType::UnsignedTiny
        | MysqlType::UnsignedShort
        | MysqlType::UnsignedLong
        | MysqlType::UnsignedLongLong => unsigned(bytes).to_string(),
        MysqlType::Float => f32::from_le_bytes(bytes.try_into()?).to_string(),
        MysqlType::Double => f64::from_le_bytes(bytes.try_into()?).to_string(),
        kind @ (MysqlType::Time | MysqlType::Date | MysqlType::DateTime | MysqlType::Timestamp) => {
            moment(kind, &<MysqlTime as FromSql<Datetime, Backend>>::from_sql(value)?)
        }
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    Ok(text)
}

fn unsigned(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn signed(bytes: &[u8]) -> i64 {
    let unused = 64 - 8 * u32::try_from(bytes.len().min(8)).unwrap_or(8);
    if unused == 64 { 0 } else { ((unsigned(bytes) << unused) as i64) >> unused }
}

fn moment(kind: MysqlType, time: &MysqlTime) -> String {
    let date = format!("{:04}-{:02}-{:02}", time.year, time.month, time.day);
    let fraction = match time.second_part {
        0 => String::new(),
        part => format!(".{part:06}"),
    };
    let clock = format!("{:02}:{:02}:{:02}{fraction}", time.hour, time.minute, time.second);
    match kind {
        MysqlType::Date => date,
        MysqlType::Time => format!("{}{clock}", if time.neg { "-" } else { "" }),
        _ => format!("{date} {clock}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_as_the_server_counts() {
        assert_eq!(signed(&[0xff]), -1);
        assert_eq!(signed(&[0xfe, 0xff, 0xff, 0xff]), -2);
        assert_eq!(signed(&[1, 0, 0, 0, 0, 0, 0, 0]), 1);
        assert_eq!(unsigned(&[0xff, 0xff]), 65_535);
        assert_eq!(signed(&[]), 0);
    }

    #[test]
    fn words_stand_in_for_a_number() {
        assert_eq!(number("Table 'app.users' doesn't exist"), Some(1146));
        assert_eq!(number("Deadlock found when trying to get lock; try restarting"), Some(1213));
        assert_eq!(number("Access denied"), None);
    }
}
