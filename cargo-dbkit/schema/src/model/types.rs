//! Column types: portable ones by name, everything else as the database spells it.

use std::fmt;
use std::str::FromStr;

use super::ObjectName;

/// How wide an integer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntegerSize {
    /// 1 byte (MySQL).
    Tiny,
    /// 2 bytes.
    Small,
    /// 3 bytes (MySQL).
    Medium,
    /// 4 bytes.
    Regular,
    /// 8 bytes.
    Big,
}

/// How wide a binary floating point number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FloatSize {
    /// 4 bytes.
    Single,
    /// 8 bytes.
    Double,
}

/// The type of a column.
///
/// Its text form (`Display`, `FromStr`) is dbkit's own, used in changes.json and in messages: `bigint`,
/// `varchar(200)`, `numeric(12,2)`, `timestamptz`, `enum(shop.order_status)`, `text[]`, `sql(citext)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnType {
    /// True or false.
    Boolean,
    /// A whole number; `is_unsigned` only where the dialect has it.
    Integer {
        /// Width.
        size: IntegerSize,
        /// MySQL's `UNSIGNED`.
        is_unsigned: bool,
    },
    /// A binary floating point number.
    Float(FloatSize),
    /// An exact decimal number; precision, then scale.
    Numeric(Option<(u16, i16)>),
    /// Text of any length.
    Text,
    /// Text up to a number of characters.
    Varchar(Option<u32>),
    /// Text padded to a number of characters.
    Char(Option<u32>),
    /// Bytes of any number.
    Bytes,
    /// Exactly so many bytes (MySQL `BINARY(n)`).
    Binary(u32),
    /// Up to so many bytes (MySQL `VARBINARY(n)`).
    Varbinary(u32),
    /// 16 bytes, written in hexadecimal.
    Uuid,
    /// JSON, kept as written.
    Json,
    /// JSON, kept parsed (PostgreSQL `jsonb`).
    JsonBinary,
    /// A day.
    Date,
    /// A time of day, with an optional number of fractional digits.
    Time(Option<u8>),
    /// Date and time without a zone.
    Timestamp(Option<u8>),
    /// A moment.
    TimestampTz(Option<u8>),
    /// A span of time (PostgreSQL).
    Interval,
    /// One of the values of an [`EnumType`](super::EnumType).
    Enum(ObjectName),
    /// A PostgreSQL array.
    Array(Box<ColumnType>),
    /// As the database spells it, verbatim.
    Custom(String),
}

impl ColumnType {
    /// A signed integer.
    pub fn integer(size: IntegerSize) -> Self {
        Self::Integer { size, is_unsigned: false }
    }

    /// `bigint`.
    pub fn big_integer() -> Self {
        Self::integer(IntegerSize::Big)
    }

    /// The enum that a column of this type (or an array of it) holds.
    pub fn enum_name(&self) -> Option<&ObjectName> {
        match self {
            Self::Enum(name) => Some(name),
            Self::Array(element) => element.enum_name(),
            _ => None,
        }
    }

    /// The dialect's own text of a type, to be renamed in place.
    pub fn custom_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Custom(text) => Some(text),
            Self::Array(element) => element.custom_mut(),
            _ => None,
        }
    }

    /// The same, to be renamed in place.
    pub fn enum_name_mut(&mut self) -> Option<&mut ObjectName> {
        match self {
            Self::Enum(name) => Some(name),
            Self::Array(element) => element.enum_name_mut(),
            _ => None,
        }
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn sized(
            f: &mut fmt::Formatter<'_>,
            word: &str,
            size: Option<impl fmt::Display>,
        ) -> fmt::Result {
            match size {
                Some(size) => write!(f, "{word}({size})"),
                None => f.write_str(word),
            }
        }
        match self {
            Self::Boolean => f.write_str("boolean"),
            Self::Integer { size, is_unsigned } => {
                f.write_str(match size {
                    IntegerSize::Tiny => "tinyint",
                    IntegerSize::Small => "smallint",
                    IntegerSize::Medium => "mediumint",
                    IntegerSize::Regular => "integer",
                    IntegerSize::Big => "bigint",
                })?;
                if *is_unsigned { f.write_str(" unsigned") } else { Ok(()) }
            }
            Self::Float(FloatSize::Single) => f.write_str("real"),
            Self::Float(FloatSize::Double) => f.write_str("double"),
            Self::Numeric(None) => f.write_str("numeric"),
            Self::Numeric(Some((precision, scale))) => write!(f, "numeric({precision},{scale})"),
            Self::Text => f.write_str("text"),
            Self::Varchar(length) => sized(f, "varchar", *length),
            Self::Char(length) => sized(f, "char", *length),
            Self::Bytes => f.write_str("bytes"),
            Self::Binary(length) => write!(f, "binary({length})"),
            Self::Varbinary(length) => write!(f, "varbinary({length})"),
            Self::Uuid => f.write_str("uuid"),
            Self::Json => f.write_str("json"),
            Self::JsonBinary => f.write_str("jsonb"),
            Self::Date => f.write_str("date"),
            Self::Time(precision) => sized(f, "time", *precision),
            Self::Timestamp(precision) => sized(f, "timestamp", *precision),
            Self::TimestampTz(precision) => sized(f, "timestamptz", *precision),
            Self::Interval => f.write_str("interval"),
            Self::Enum(name) => write!(f, "enum({name})"),
            Self::Array(element) => write!(f, "{element}[]"),
            Self::Custom(sql) => write!(f, "sql({sql})"),
        }
    }
}

/// A text that is no column type in dbkit's own form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTypeError(String);

impl fmt::Display for ParseTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no column type", self.0)
    }
}

impl std::error::Error for ParseTypeError {}

impl FromStr for ColumnType {
    type Err = ParseTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseTypeError(text.to_owned());
        if let Some(element) = text.strip_suffix("[]") {
            return Ok(Self::Array(Box::new(element.parse()?)));
        }
        if let Some((word, rest)) = text.split_once('(') {
            let argument = rest.strip_suffix(')').ok_or_else(error)?;
            let number = || argument.parse::<u32>().map_err(|_| error());
            let precision = || argument.parse::<u8>().map_err(|_| error());
            return Ok(match word {
                "varchar" => Self::Varchar(Some(number()?)),
                "char" => Self::Char(Some(number()?)),
                "binary" => Self::Binary(number()?),
                "varbinary" => Self::Varbinary(number()?),
                "time" => Self::Time(Some(precision()?)),
                "timestamp" => Self::Timestamp(Some(precision()?)),
                "timestamptz" => Self::TimestampTz(Some(precision()?)),
                "enum" => Self::Enum(argument.parse().map_err(|_| error())?),
                "sql" => Self::Custom(argument.to_owned()),
                "numeric" => {
                    let (precision, scale) = argument.split_once(',').unwrap_or((argument, "0"));
                    Self::Numeric(Some((
                        precision.trim().parse().map_err(|_| error())?,
                        scale.trim().parse().map_err(|_| error())?,
                    )))
                }
                _ => return Err(error()),
            });
        }
        let (word, is_unsigned) = match text.strip_suffix(" unsigned") {
            Some(word) => (word, true),
            None => (text, false),
        };
        let size = match word {
            "tinyint" => Some(IntegerSize::Tiny),
            "smallint" => Some(IntegerSize::Small),
            "mediumint" => Some(IntegerSize::Medium),
            "integer" => Some(IntegerSize::Regular),
            "bigint" => Some(IntegerSize::Big),
            _ => None,
        };
        if let Some(size) = size {
            return Ok(Self::Integer { size, is_unsigned });
        }
        Ok(match text {
            "boolean" => Self::Boolean,
            "real" => Self::Float(FloatSize::Single),
            "double" => Self::Float(FloatSize::Double),
            "numeric" => Self::Numeric(None),
            "text" => Self::Text,
            "varchar" => Self::Varchar(None),
            "char" => Self::Char(None),
            "bytes" => Self::Bytes,
            "uuid" => Self::Uuid,
            "json" => Self::Json,
            "jsonb" => Self::JsonBinary,
            "date" => Self::Date,
            "time" => Self::Time(None),
            "timestamp" => Self::Timestamp(None),
            "timestamptz" => Self::TimestampTz(None),
            "interval" => Self::Interval,
            _ => return Err(error()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_read_back_from_its_text_form() {
        for text in [
            "boolean",
            "tinyint unsigned",
            "smallint",
            "mediumint",
            "integer",
            "bigint unsigned",
            "real",
            "double",
            "numeric",
            "numeric(12,2)",
            "numeric(5,-1)",
            "text",
            "varchar",
            "varchar(200)",
            "char(2)",
            "bytes",
            "binary(16)",
            "varbinary(64)",
            "uuid",
            "json",
            "jsonb",
            "date",
            "time(3)",
            "timestamp",
            "timestamptz(6)",
            "interval",
            "enum(shop.order_status)",
            "enum(\"odd name\")",
            "text[]",
            "integer[][]",
            "sql(citext)",
            "sql(geometry(Point,4326))",
            "sql(citext)[]",
        ] {
            assert_eq!(
                text.parse::<ColumnType>().map(|parsed| parsed.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn an_unknown_word_is_no_type() {
        assert_eq!(
            "strng".parse::<ColumnType>().map_err(|error| error.to_string()),
            Err("`strng` is no column type".to_owned())
        );
    }
}
