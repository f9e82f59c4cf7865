//! How PostgreSQL spells types and defaults.

use sea_query::PostgresQueryBuilder;

use crate::dialect::sql::Sql;
use crate::model::{ColumnType, DefaultValue, FloatSize, IntegerSize};

/// A type, as `format_type` would print it, names quoted.
pub(super) fn spell(ty: &ColumnType) -> String {
    let precise = |word: &str, precision: &Option<u8>, rest: &str| match precision {
        Some(precision) => format!("{word}({precision}){rest}"),
        None => format!("{word}{rest}"),
    };
    match ty {
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Integer { size, .. } => match size {
            IntegerSize::Tiny | IntegerSize::Small => "smallint",
            IntegerSize::Medium | IntegerSize::Regular => "integer",
            IntegerSize::Big => "bigint",
        }
        .to_owned(),
        ColumnType::Float(FloatSize::Single) => "real".to_owned(),
        ColumnType::Float(FloatSize::Double) => "double precision".to_owned(),
        ColumnType::Numeric(None) => "numeric".to_owned(),
        ColumnType::Numeric(Some((precision, scale))) => format!("numeric({precision}, {scale})"),
        ColumnType::Text => "text".to_owned(),
        ColumnType::Varchar(None) => "varchar".to_owned(),
        ColumnType::Varchar(Some(length)) => format!("varchar({length})"),
        ColumnType::Char(None) => "char".to_owned(),
        ColumnType::Char(Some(length)) => format!("char({length})"),
        ColumnType::Bytes | ColumnType::Binary(_) | ColumnType::Varbinary(_) => "bytea".to_owned(),
        ColumnType::Uuid => "uuid".to_owned(),
        ColumnType::Json => "json".to_owned(),
        ColumnType::JsonBinary => "jsonb".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Time(precision) => precise("time", precision, ""),
        ColumnType::Timestamp(precision) => precise("timestamp", precision, ""),
        ColumnType::TimestampTz(precision) => precise("timestamptz", precision, ""),
        ColumnType::Interval => "interval".to_owned(),
        ColumnType::Enum(name) => Sql::new(PostgresQueryBuilder).object(name).finish(),
        ColumnType::Array(element) => format!("{}[]", spell(element)),
        ColumnType::Custom(sql) => sql.clone(),
    }
}

/// A default of a column.
pub(super) fn default(default: &DefaultValue) -> String {
    match default {
        DefaultValue::Boolean(value) => value.to_string(),
        DefaultValue::Number(number) => number.clone(),
        DefaultValue::Text(text) => literal(text),
        DefaultValue::Now => "now()".to_owned(),
        DefaultValue::Expression(text) => text.clone(),
    }
}

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    Sql::new(PostgresQueryBuilder).literal(text).finish()
}
