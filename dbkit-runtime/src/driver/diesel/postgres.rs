//! Diesel's PostgreSQL.

use diesel::RunQueryDsl as _;
use diesel::connection::LoadConnection;
use diesel::deserialize::{self, QueryableByName};
use diesel::pg::{Pg as Backend, PgValue};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::row::{Field as _, NamedRow, Row};

use super::super::{Driver, DriverError, Rows, postgres_is_busy};
use super::{other_error, said};
use crate::dialect::Dialect;

/// A connection of Diesel to PostgreSQL.
pub struct Pg<'a, C>(
    /// The connection.
    pub &'a mut C,
);

impl<C: LoadConnection<Backend = Backend>> Driver for Pg<'_, C> {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.0.batch_execute(sql).map_err(|error| driver_error(&error))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        // Diesel asks for binary values. A row as a whole, cast to text, has all of them as the server writes them.
        let sql = sql.trim_end().trim_end_matches(';');
        let is_select =
            ["select", "with", "values", "table"].iter().any(|word| starts_with(sql, word));
        let asked = if is_select { format!("{START}{sql}{END}") } else { sql.to_owned() };
        let rows = diesel::sql_query(asked).load::<TextRow>(self.0);
        let rows = rows.map_err(|error| {
            let mut error = driver_error(&error);
            if is_select {
                let before = START.chars().count();
                error.position = error.position.and_then(|position| position.checked_sub(before));
            }
            error
        })?;
        if !is_select {
            return Ok(rows.into_iter().map(|row| row.0).collect());
        }
        let record = |row: TextRow| {
            let text = row.0.into_iter().flatten().next().unwrap_or_default();
            record(&text)
        };
        Ok(rows.into_iter().map(record).collect())
    }
}

const START: &str = "SELECT __dbkit_row::text FROM (";
const END: &str = "\n) AS __dbkit_row";

fn starts_with(sql: &str, word: &str) -> bool {
    sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && !sql[word.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_')
}

/// The values of a row that the server wrote as `(1,"a b",)`.
/// <https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX>
fn record(text: &str) -> Vec<Option<String>> {
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    let mut values = vec![None::<String>];
    let mut is_quoted = false;
    let mut letters = inner.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == ',' && !is_quoted {
            values.push(None);
            continue;
        }
        let Some(value) = values.last_mut() else { break };
        let value = value.get_or_insert_default();
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => value.extend(letters.next()),
            '"' => is_quoted = !is_quoted,
            '\\' => value.extend(letters.next()),
            other => value.push(other),
        }
    }
    values
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

// What statements that are no SELECT answer with: SHOW, RETURNING.
fn text(value: PgValue<'_>) -> deserialize::Result<String> {
    let bytes = value.as_bytes();
    let text = match value.get_oid().get() {
        16 => if bytes == [1] { "t" } else { "f" }.to_owned(),
        20 => i64::from_be_bytes(bytes.try_into()?).to_string(),
        21 => i16::from_be_bytes(bytes.try_into()?).to_string(),
        23 => i32::from_be_bytes(bytes.try_into()?).to_string(),
        // "char", name, text, json, xml, unknown, bpchar, varchar.
        18 | 19 | 25 | 114 | 142 | 705 | 1042 | 1043 => String::from_utf8(bytes.to_vec())?,
        oid => {
            return Err(format!(
                "cannot read a value of the type with the number {oid}; cast it to text"
            )
            .into());
        }
    };
    Ok(text)
}

fn driver_error(error: &Error) -> DriverError {
    let Some((kind, information)) = said(error) else { return other_error(error) };
    let message = information.message();
    let code = code(kind, message);
    DriverError {
        message: message.to_owned(),
        is_busy: postgres_is_busy(code),
        code: Some(code.to_owned()),
        detail: information.details().map(str::to_owned),
        hint: information.hint().map(str::to_owned),
        position: information.statement_position().and_then(|position| position.try_into().ok()),
    }
}

/// The SQLSTATE, as far as it can be known.
fn code(kind: DatabaseErrorKind, message: &str) -> &'static str {
    let has = |words: &str| message.contains(words);
    match kind {
        DatabaseErrorKind::UniqueViolation => "23505",
        DatabaseErrorKind::ForeignKeyViolation => "23503",
        DatabaseErrorKind::NotNullViolation => "23502",
        DatabaseErrorKind::CheckViolation => "23514",
        DatabaseErrorKind::SerializationFailure => "40001",
        DatabaseErrorKind::ReadOnlyTransaction => "25006",
        _ if has("due to lock timeout") => "55P03",
        _ if has("due to statement timeout") => "57014",
        _ if message == "deadlock detected" => "40P01",
        _ if message.starts_with("column ") && has(" already exists") => "42701",
        _ if message.starts_with("column ") && has(" does not exist") => "42703",
        _ if message.starts_with("relation ") && has(" does not exist") => "42P01",
        _ if message.starts_with("relation ") && has(" already exists") => "42P07",
        _ if message.starts_with("schema ") && has(" does not exist") => "3F000",
        _ if message.starts_with("schema ") && has(" already exists") => "42P06",
        // The class of what is wrong on the server's side: it did answer.
        _ => "XX000",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_taken_apart() {
        let row = |text: &str| -> Vec<String> {
            let shown = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_owned());
            record(text).into_iter().map(shown).collect()
        };
        assert_eq!(row("(1)"), ["1"]);
        assert_eq!(row("()"), ["NULL"]);
        assert_eq!(row(r#"(1,,"",a)"#), ["1", "NULL", "", "a"]);
        assert_eq!(row(r#"("a, ""b"" (c)","\\d",",")"#), [r#"a, "b" (c)"#, r"\d", ","]);
    }

    #[test]
    fn a_select_is_told_by_its_first_word() {
        assert!(starts_with("SELECT 1", "select") && starts_with("select", "select"));
        assert!(!starts_with("selection", "select") && !starts_with("SHOW x", "select"));
    }
}
