//! How MySQL spells types and defaults.

use std::collections::BTreeMap;

use sea_query::MysqlQueryBuilder;

use crate::dialect::sql::Sql;
use crate::model::{
    Column, ColumnType, DefaultValue, EnumType, FloatSize, IntegerSize, ObjectName,
};

/// A type. Enums are spelled out.
pub(super) fn spell(ty: &ColumnType, enums: &BTreeMap<ObjectName, EnumType>) -> String {
    let precise =
        |word: &str, precision: &Option<u8>| format!("{word}({})", precision.unwrap_or(6));
    match ty {
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Integer { size, is_unsigned } => {
            let word = match size {
                IntegerSize::Tiny => "tinyint",
                IntegerSize::Small => "smallint",
                IntegerSize::Medium => "mediumint",
                IntegerSize::Regular => "int",
                IntegerSize::Big => "bigint",
            };
            if *is_unsigned { format!("{word} unsigned") } else { word.to_owned() }
        }
        ColumnType::Float(FloatSize::Single) => "float".to_owned(),
        ColumnType::Float(FloatSize::Double) => "double".to_owned(),
        ColumnType::Numeric(None) => "decimal(65, 30)".to_owned(),
        ColumnType::Numeric(Some((precision, scale))) => format!("decimal({precision}, {scale})"),
        ColumnType::Varchar(Some(length)) => format!("varchar({length})"),
        ColumnType::Varchar(None) => "varchar(255)".to_owned(),
        ColumnType::Char(Some(length)) => format!("char({length})"),
        ColumnType::Char(None) => "char(1)".to_owned(),
        ColumnType::Bytes => "longblob".to_owned(),
        ColumnType::Binary(length) => format!("binary({length})"),
        ColumnType::Varbinary(length) => format!("varbinary({length})"),
        ColumnType::Uuid => "char(36)".to_owned(),
        ColumnType::Json | ColumnType::JsonBinary => "json".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Time(precision) => precise("time", precision),
        ColumnType::Timestamp(precision) | ColumnType::TimestampTz(precision) => {
            precise("datetime", precision)
        }
        ColumnType::Enum(name) => match enums.get(name) {
            Some(enum_type) => Sql::start(MysqlQueryBuilder, "enum")
                .list(&enum_type.values, |sql, value| sql.literal(value))
                .finish(),
            None => "longtext".to_owned(),
        },
        ColumnType::Text | ColumnType::Interval | ColumnType::Array(_) => "longtext".to_owned(),
        ColumnType::Custom(sql) => sql.clone(),
    }
}

/// A string literal.
pub(super) fn literal(text: &str) -> String {
    Sql::new(MysqlQueryBuilder).literal(text).finish()
}

/// Whether a literal default has to be an expression.
fn is_large(ty: &ColumnType) -> bool {
    matches!(ty, ColumnType::Text | ColumnType::Bytes | ColumnType::Json | ColumnType::JsonBinary)
}

/// A default of a column.
pub(super) fn default(column: &Column, default: &DefaultValue) -> String {
    let literal = |text: &str| Sql::new(MysqlQueryBuilder).literal(text).finish();
    match default {
        DefaultValue::Boolean(value) => if *value { "1" } else { "0" }.to_owned(),
        DefaultValue::Number(number) => number.clone(),
        DefaultValue::Text(text) if is_large(&column.ty) => format!("({})", literal(text)),
        DefaultValue::Text(text) => literal(text),
        DefaultValue::Now => match &column.ty {
            ColumnType::Timestamp(precision) | ColumnType::TimestampTz(precision) => {
                format!("CURRENT_TIMESTAMP({})", precision.unwrap_or(6))
            }
            _ => "(CURRENT_TIMESTAMP)".to_owned(),
        },
        DefaultValue::Expression(text) if is_current_timestamp(text) => text.clone(),
        DefaultValue::Expression(text) => format!("({text})"),
    }
}

fn is_current_timestamp(text: &str) -> bool {
    text.len() >= 17
        && text.is_char_boundary(17)
        && text[..17].eq_ignore_ascii_case("CURRENT_TIMESTAMP")
}
