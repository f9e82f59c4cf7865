//! How SQLite spells types and defaults.

use crate::model::expression::quoted_text;
use crate::model::{ColumnType, DefaultValue, FloatSize, IntegerSize};

/// A type with the right affinity; in a STRICT table one of the few that it allows.
pub(super) fn spell(ty: &ColumnType, is_strict: bool) -> String {
    if is_strict {
        return strict(ty).to_owned();
    }
    match ty {
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Integer { size, .. } => match size {
            IntegerSize::Tiny => "tinyint",
            IntegerSize::Small => "smallint",
            IntegerSize::Medium => "mediumint",
            IntegerSize::Regular => "integer",
            IntegerSize::Big => "bigint",
        }
        .to_owned(),
        ColumnType::Float(FloatSize::Single) => "real".to_owned(),
        ColumnType::Float(FloatSize::Double) => "double".to_owned(),
        ColumnType::Numeric(None) => "numeric".to_owned(),
        ColumnType::Numeric(Some((precision, scale))) => format!("numeric({precision}, {scale})"),
        ColumnType::Varchar(Some(length)) => format!("varchar({length})"),
        ColumnType::Char(Some(length)) => format!("char({length})"),
        ColumnType::Bytes | ColumnType::Binary(_) | ColumnType::Varbinary(_) => "blob".to_owned(),
        // `date` and its kind alone would have NUMERIC affinity, which keeps ISO text as text.
        ColumnType::Date => "date_text".to_owned(),
        ColumnType::Time(_) => "time_text".to_owned(),
        ColumnType::Timestamp(_) => "timestamp_text".to_owned(),
        ColumnType::TimestampTz(_) => "timestamptz_text".to_owned(),
        ColumnType::Uuid => "uuid_text".to_owned(),
        ColumnType::Json | ColumnType::JsonBinary => "json_text".to_owned(),
        ColumnType::Text
        | ColumnType::Varchar(None)
        | ColumnType::Char(None)
        | ColumnType::Interval
        | ColumnType::Enum(_)
        | ColumnType::Array(_) => "text".to_owned(),
        ColumnType::Custom(sql) => sql.clone(),
    }
}

fn strict(ty: &ColumnType) -> &str {
    match ty {
        ColumnType::Boolean | ColumnType::Integer { .. } => "integer",
        ColumnType::Float(_) => "real",
        ColumnType::Bytes | ColumnType::Binary(_) | ColumnType::Varbinary(_) => "blob",
        ColumnType::Custom(sql) => sql,
        ColumnType::Numeric(_)
        | ColumnType::Text
        | ColumnType::Varchar(_)
        | ColumnType::Char(_)
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::JsonBinary
        | ColumnType::Date
        | ColumnType::Time(_)
        | ColumnType::Timestamp(_)
        | ColumnType::TimestampTz(_)
        | ColumnType::Interval
        | ColumnType::Enum(_)
        | ColumnType::Array(_) => "text",
    }
}

/// A declared type: a portable one where dbkit would spell it so, else as it was declared. Case means nothing in it.
pub(super) fn read_type(declared: &str) -> ColumnType {
    let words = declared.split_whitespace().collect::<Vec<_>>().join(" ");
    // What stands in quotes is left alone.
    if words.is_empty() || words.contains(['"', '\'', '`', '[']) {
        return ColumnType::Custom(words);
    }
    let lower = words.to_lowercase();
    let is_spelled_so = |ty: &ColumnType| spell(ty, false) == lower;
    let known = match lower.as_str() {
        "blob" => Some(ColumnType::Bytes),
        "date_text" => Some(ColumnType::Date),
        "time_text" => Some(ColumnType::Time(None)),
        "timestamp_text" => Some(ColumnType::Timestamp(None)),
        "timestamptz_text" => Some(ColumnType::TimestampTz(None)),
        "uuid_text" => Some(ColumnType::Uuid),
        "json_text" => Some(ColumnType::Json),
        _ => lower.replace(", ", ",").parse::<ColumnType>().ok(),
    };
    known.filter(is_spelled_so).unwrap_or(ColumnType::Custom(lower))
}

/// A default of a column.
pub(super) fn default(default: &DefaultValue) -> String {
    match default {
        DefaultValue::Boolean(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        DefaultValue::Number(number) => number.clone(),
        DefaultValue::Text(text) => quoted_text(text),
        DefaultValue::Now => "CURRENT_TIMESTAMP".to_owned(),
        DefaultValue::Expression(text) if is_bare(text) => text.clone(),
        DefaultValue::Expression(text) => format!("({text})"),
    }
}

/// What DEFAULT takes without parentheses, so that `ADD COLUMN` takes it, too.
fn is_bare(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_blob = lower
        .strip_prefix("x'")
        .and_then(|rest| rest.strip_suffix('\''))
        .is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
    is_blob || matches!(lower.as_str(), "null" | "current_date" | "current_time")
}
