//! Which values a change of type would refuse or spoil, as a condition on the column.

use crate::model::{ColumnType, DialectName, IntegerSize};

/// What is wrong with some values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Flaw {
    /// After the name of the column: `are no whole numbers`.
    pub(super) words: String,
    /// SQL, true for such values, never for NULL.
    pub(super) condition: String,
}

/// The flaw that values of one type may have for another one. `column` is the quoted name.
pub(super) fn flaw(
    column: &str,
    from: &ColumnType,
    to: &ColumnType,
    dialect: DialectName,
) -> Option<Flaw> {
    let is_text = matches!(from, ColumnType::Text | ColumnType::Varchar(_) | ColumnType::Char(_));
    let is_number =
        matches!(from, ColumnType::Integer { .. } | ColumnType::Numeric(_) | ColumnType::Float(_));
    let flaw = |words: &str, condition: String| Some(Flaw { words: words.to_owned(), condition });
    match to {
        // MySQL spells an enum out in its type, as in a list of literals.
        ColumnType::Custom(word) if word.to_ascii_lowercase().starts_with("enum(") => {
            let is_enum = matches!(from, ColumnType::Custom(old) if old.to_ascii_lowercase().starts_with("enum("));
            (is_text || is_enum).then_some(())?;
            flaw("are no values of the enum any more", format!("{column} NOT IN {}", &word[4..]))
        }
        ColumnType::Varchar(Some(length)) | ColumnType::Char(Some(length)) if is_text => {
            let is_narrower = match from {
                ColumnType::Varchar(Some(old)) | ColumnType::Char(Some(old)) => old > length,
                _ => true,
            };
            let function = if dialect == DialectName::Sqlite { "length" } else { "char_length" };
            // PostgreSQL does not mind blanks at the end that are too many.
            let counted = match dialect {
                DialectName::Postgres => format!("rtrim({column})"),
                DialectName::Sqlite | DialectName::Mysql => column.to_owned(),
            };
            let words = format!("are longer than {length}");
            is_narrower.then_some(())?;
            flaw(&words, format!("{function}({counted}) > {length}"))
        }
        ColumnType::Integer { size, is_unsigned } if is_text => {
            let range = range(*size, *is_unsigned);
            flaw("are no such whole numbers", no_integer(column, &range, dialect))
        }
        ColumnType::Integer { size, is_unsigned } if is_number => {
            let is_wider = match from {
                ColumnType::Integer { size: old, is_unsigned: was } => {
                    old <= size && (was == is_unsigned || (*was && old < size))
                }
                _ => false,
            };
            let (least, most) = range(*size, *is_unsigned);
            (!is_wider).then_some(())?;
            flaw("are out of range", format!("{column} NOT BETWEEN {least} AND {most}"))
        }
        ColumnType::Numeric(_) | ColumnType::Float(_) if is_text => {
            flaw("are no numbers", no_number(column, dialect))
        }
        ColumnType::Numeric(Some((precision, scale))) if is_number => {
            let whole = i32::from(*precision) - i32::from(*scale);
            if let ColumnType::Numeric(Some((old, old_scale))) = from
                && i32::from(*old) - i32::from(*old_scale) <= whole
            {
                return None;
            }
            (0..=60).contains(&whole).then_some(())?;
            let most = format!("1{}", "0".repeat(usize::try_from(whole).unwrap_or(0)));
            flaw("are out of range", format!("abs({column}) >= {most}"))
        }
        ColumnType::Boolean if is_text && dialect == DialectName::Postgres => flaw(
            "are neither true nor false",
            format!(
                "lower(trim({column})) NOT IN ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1', 'f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0')"
            ),
        ),
        ColumnType::Uuid if is_text && dialect == DialectName::Postgres => flaw(
            "are no UUIDs",
            format!("{column} !~ '^[{{]?([0-9a-fA-F]{{4}}-?){{7}}[0-9a-fA-F]{{4}}[}}]?$'"),
        ),
        ColumnType::Json | ColumnType::JsonBinary if is_text => match dialect {
            DialectName::Postgres => flaw("are no JSON", invalid(column, "jsonb")),
            DialectName::Sqlite | DialectName::Mysql => {
                flaw("are no JSON", format!("NOT json_valid({column})"))
            }
        },
        ColumnType::Date
        | ColumnType::Time(_)
        | ColumnType::Timestamp(_)
        | ColumnType::TimestampTz(_)
        | ColumnType::Interval
            if is_text =>
        {
            let (word, cast) = match to {
                ColumnType::Date => ("date", "date"),
                ColumnType::Time(_) => ("time", "time"),
                ColumnType::Timestamp(_) => ("timestamp", "datetime"),
                ColumnType::TimestampTz(_) => ("timestamptz", "datetime"),
                _ => ("interval", ""),
            };
            match dialect {
                DialectName::Postgres => flaw(&format!("are no `{word}`"), invalid(column, word)),
                DialectName::Mysql if !cast.is_empty() => flaw(
                    &format!("are no `{cast}`"),
                    format!("{column} IS NOT NULL AND CAST({column} AS {cast}) IS NULL"),
                ),
                DialectName::Mysql | DialectName::Sqlite => None,
            }
        }
        _ => None,
    }
}

/// PostgreSQL 16 and later; an older one cannot be asked, and the plan itself will tell.
fn invalid(column: &str, word: &str) -> String {
    format!("NOT pg_input_is_valid({column}, '{word}')")
}

fn range(size: IntegerSize, is_unsigned: bool) -> (String, String) {
    let bits = match size {
        IntegerSize::Tiny => 8,
        IntegerSize::Small => 16,
        IntegerSize::Medium => 24,
        IntegerSize::Regular => 32,
        IntegerSize::Big => 64,
    };
    if is_unsigned {
        ("0".to_owned(), ((1_i128 << bits) - 1).to_string())
    } else {
        let most = (1_i128 << (bits - 1)) - 1;
        ((-most - 1).to_string(), most.to_string())
    }
}

fn no_integer(column: &str, (least, most): &(String, String), dialect: DialectName) -> String {
    match dialect {
        // Only what looks like a number is read as one.
        DialectName::Postgres => format!(
            "{column} IS NOT NULL AND CASE WHEN {column} ~ '^\\s*[+-]?[0-9]+\\s*$' THEN {column}::numeric NOT BETWEEN {least} AND {most} ELSE TRUE END"
        ),
        DialectName::Mysql => format!(
            "{column} IS NOT NULL AND ({column} NOT REGEXP '^ *[+-]?[0-9]+ *$' OR CAST({column} AS DECIMAL(65)) NOT BETWEEN {least} AND {most})"
        ),
        DialectName::Sqlite => format!(
            "typeof({column}) = 'text' AND CAST(CAST({column} AS INTEGER) AS TEXT) <> ltrim(trim({column}), '+')"
        ),
    }
}

fn no_number(column: &str, dialect: DialectName) -> String {
    const NUMBER: &str = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?";
    match dialect {
        DialectName::Postgres => {
            format!("{column} !~* '^\\s*({NUMBER}|nan|[+-]?inf(inity)?)\\s*$'")
        }
        DialectName::Mysql => format!("{column} NOT REGEXP '^ *{NUMBER} *$'"),
        DialectName::Sqlite => format!(
            "typeof({column}) = 'text' AND (trim({column}) = '' OR trim({column}) GLOB '*[^0-9.eE+-]*')"
        ),
    }
}
