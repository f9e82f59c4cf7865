//! Which Rust type a column gets, and what has to be said beside it.

use crate::model::{ColumnType, DialectName, FloatSize, IntegerSize};
use crate::rust::types::{Guess, guess};

use super::words::Word;
use super::{Crates, TimeCrate};

/// A Rust type, and the words that make it exactly the column's.
pub(super) struct RustType {
    pub(super) ty: String,
    pub(super) words: Vec<Word>,
}

pub(super) fn rust_type(
    ty: &ColumnType,
    dialect: DialectName,
    crates: &Crates,
    enum_name: &dyn Fn(&crate::model::ObjectName) -> Option<String>,
) -> RustType {
    if let ColumnType::Array(element) = ty {
        let element = rust_type(element, dialect, crates, enum_name);
        let rust = format!("Vec<{}>", element.ty);
        // A word says what one element is; of an array of arrays the whole has to be said.
        let is_deep = element.ty.starts_with("Vec<") && element.ty != "Vec<u8>";
        let is_sql = element.words.iter().any(|word| word.flat().starts_with("type ="));
        let words = if element.words.is_empty() || !(is_deep || is_sql) {
            element.words
        } else {
            vec![Word::assign("type", &spelled(ty))]
        };
        return RustType { ty: rust, words };
    }
    if let ColumnType::Enum(name) = ty
        && let Some(rust) = enum_name(name)
    {
        return RustType { ty: rust, words: Vec::new() };
    }
    let rust = natural(ty, dialect, crates);
    if is_natural(&rust, ty, dialect) {
        return RustType { ty: rust, words: Vec::new() };
    }
    RustType { ty: rust, words: words(ty) }
}

/// Whether the reader takes the type for that column by itself.
fn is_natural(rust: &str, ty: &ColumnType, dialect: DialectName) -> bool {
    let Ok(parsed) = syn::parse_str(rust) else { return false };
    match guess(&parsed) {
        (Guess::Known(known), false) => {
            let is_unsigned = matches!(known, ColumnType::Integer { is_unsigned: true, .. });
            known == *ty && (!is_unsigned || dialect == DialectName::Mysql)
        }
        _ => false,
    }
}

fn natural(ty: &ColumnType, dialect: DialectName, crates: &Crates) -> String {
    let text = "String".to_owned();
    match ty {
        ColumnType::Boolean => "bool".to_owned(),
        ColumnType::Integer { size, is_unsigned } => {
            let bits = match size {
                // Every whole number of SQLite has 8 bytes.
                IntegerSize::Small | IntegerSize::Medium | IntegerSize::Regular
                    if dialect == DialectName::Sqlite =>
                {
                    64
                }
                IntegerSize::Tiny => 8,
                IntegerSize::Small => 16,
                IntegerSize::Medium | IntegerSize::Regular => 32,
                IntegerSize::Big => 64,
            };
            format!("{}{bits}", if *is_unsigned { "u" } else { "i" })
        }
        ColumnType::Float(FloatSize::Single) => "f32".to_owned(),
        ColumnType::Float(FloatSize::Double) => "f64".to_owned(),
        ColumnType::Numeric(_) if crates.decimal => "rust_decimal::Decimal".to_owned(),
        ColumnType::Bytes | ColumnType::Binary(_) | ColumnType::Varbinary(_) => {
            "Vec<u8>".to_owned()
        }
        ColumnType::Uuid if crates.uuid => "uuid::Uuid".to_owned(),
        ColumnType::Json | ColumnType::JsonBinary if crates.json => "serde_json::Value".to_owned(),
        ColumnType::Date => match crates.time {
            Some(TimeCrate::Time) => "time::Date".to_owned(),
            Some(TimeCrate::Chrono) => "chrono::NaiveDate".to_owned(),
            Some(TimeCrate::Jiff) => "jiff::civil::Date".to_owned(),
            None => text,
        },
        ColumnType::Time(_) => match crates.time {
            Some(TimeCrate::Time) => "time::Time".to_owned(),
            Some(TimeCrate::Chrono) => "chrono::NaiveTime".to_owned(),
            Some(TimeCrate::Jiff) => "jiff::civil::Time".to_owned(),
            None => text,
        },
        ColumnType::Timestamp(_) => match crates.time {
            Some(TimeCrate::Time) => "time::PrimitiveDateTime".to_owned(),
            Some(TimeCrate::Chrono) => "chrono::NaiveDateTime".to_owned(),
            Some(TimeCrate::Jiff) => "jiff::civil::DateTime".to_owned(),
            None => text,
        },
        ColumnType::TimestampTz(_) => match crates.time {
            Some(TimeCrate::Time) => "time::OffsetDateTime".to_owned(),
            Some(TimeCrate::Chrono) => "chrono::DateTime<chrono::Utc>".to_owned(),
            Some(TimeCrate::Jiff) => "jiff::Timestamp".to_owned(),
            None => text,
        },
        ColumnType::Custom(sql) => by_words(sql, dialect).to_owned(),
        _ => text,
    }
}

/// A Rust type for one that is only known as the database spells it.
fn by_words(sql: &str, dialect: DialectName) -> &'static str {
    let upper = sql.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    match dialect {
        DialectName::Postgres => "String",
        // The rules of affinity, in their order: https://www.sqlite.org/datatype3.html#determination_of_column_affinity
        DialectName::Sqlite if has(&["INT"]) => "i64",
        DialectName::Sqlite if has(&["CHAR", "CLOB", "TEXT", "DATE", "TIME", "JSON"]) => "String",
        DialectName::Sqlite if upper.is_empty() || has(&["BLOB"]) => "Vec<u8>",
        DialectName::Sqlite => "f64",
        DialectName::Mysql if has(&["BLOB", "BINARY", "BIT", "GEOMETRY", "POINT", "POLYGON"]) => {
            "Vec<u8>"
        }
        DialectName::Mysql if has(&["DOUBLE", "FLOAT", "REAL"]) => "f64",
        DialectName::Mysql if upper.starts_with("YEAR") => "i16",
        DialectName::Mysql => "String",
    }
}

/// The words that say a type whatever the Rust type is.
fn words(ty: &ColumnType) -> Vec<Word> {
    let sized = |word: &str, size: Option<String>| {
        vec![Word::list_or_plain(word, size.into_iter().map(Word::plain).collect())]
    };
    match ty {
        ColumnType::Varchar(length) => sized("varchar", length.map(|length| length.to_string())),
        ColumnType::Char(length) => sized("char", length.map(|length| length.to_string())),
        ColumnType::Binary(length) => sized("binary", Some(length.to_string())),
        ColumnType::Varbinary(length) => sized("varbinary", Some(length.to_string())),
        ColumnType::Time(precision) => sized("time", precision.map(|digits| digits.to_string())),
        ColumnType::Timestamp(precision) => {
            sized("timestamp", precision.map(|digits| digits.to_string()))
        }
        ColumnType::TimestampTz(precision) => {
            sized("timestamptz", precision.map(|digits| digits.to_string()))
        }
        ColumnType::Numeric(Some((precision, scale))) => {
            let scale = if *scale < 0 {
                Word::text(&scale.to_string())
            } else {
                Word::plain(scale.to_string())
            };
            vec![Word::list("numeric", [Word::plain(precision.to_string()), scale])]
        }
        ColumnType::Integer { size, is_unsigned } => {
            let word = match size {
                IntegerSize::Tiny => "tinyint",
                IntegerSize::Small => "smallint",
                IntegerSize::Medium => "mediumint",
                IntegerSize::Regular => "integer",
                IntegerSize::Big => "bigint",
            };
            let mut words = vec![Word::plain(word)];
            words.extend(is_unsigned.then(|| Word::plain("unsigned")));
            words
        }
        ColumnType::Numeric(None) | ColumnType::Array(_) | ColumnType::Enum(_) => {
            vec![Word::assign("type", &spelled(ty))]
        }
        ColumnType::Custom(_) => vec![Word::assign("type", &spelled(ty))],
        ColumnType::Boolean
        | ColumnType::Float(_)
        | ColumnType::Text
        | ColumnType::Bytes
        | ColumnType::Uuid
        | ColumnType::Json
        | ColumnType::JsonBinary
        | ColumnType::Date
        | ColumnType::Interval => vec![Word::plain(ty.to_string())],
    }
}

/// The text that `type = ".."` reads as this type.
fn spelled(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Custom(sql) => {
            let is_read_back = crate::rust::resolve::portable_word(sql) == *ty && sql.trim() == sql;
            if is_read_back { sql.clone() } else { ty.to_string() }
        }
        ColumnType::Array(element) => format!("{}[]", spelled(element)),
        other => other.to_string(),
    }
}
