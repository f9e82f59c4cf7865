//! Columns.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{
    Column, ColumnType, DefaultValue, FloatSize, Generated, GeneratedKind, Identity, IdentityKind,
    IntegerSize, Schema, SequenceOptions,
};

use super::{Fields, Server, query, table, tables, without_database};

pub(super) fn queries() -> Vec<CatalogQuery> {
    vec![query(
        "columns",
        "
SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.IS_NULLABLE, c.COLUMN_DEFAULT, c.EXTRA, c.COLLATION_NAME, c.COLUMN_COMMENT, c.GENERATION_EXPRESSION
FROM information_schema.COLUMNS c
WHERE c.TABLE_SCHEMA = DATABASE()
ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION"
            .to_owned(),
    )]
}

pub(super) fn read(catalog: &Catalog, server: Server, schema: &mut Schema) {
    for row in catalog.of("columns") {
        let mut row = Fields::of(row);
        let Some(table) = table(schema, row.text()) else { continue };
        let (name, spelled) = (row.text(), row.text());
        let mut column = Column::new(name, column_type(spelled));
        column.is_nullable = row.text() == "YES";
        let (default, extra) = (row.maybe(), row.text().to_lowercase());
        column.collation = row.maybe().map(str::to_owned);
        column.charset =
            column.collation.as_deref().map(|name| tables::charset_of(name).to_owned());
        column.comment = Some(row.owned()).filter(|comment| !comment.is_empty());
        let generation = row.text();
        if extra.contains("auto_increment") {
            column.identity = Some(Box::new(Identity {
                kind: IdentityKind::AutoIncrement,
                options: SequenceOptions::default(),
            }));
        }
        if let Some((_, expression)) = extra.split_once("on update ") {
            let expression = expression.split_whitespace().next().unwrap_or_default();
            column.on_update = Some(moment(expression));
        }
        if extra.contains("invisible") {
            column.extra.properties.insert("invisible".to_owned(), "yes".to_owned());
        }
        if extra.contains("generated") && !generation.is_empty() {
            let kind = if extra.contains("virtual") {
                GeneratedKind::Virtual
            } else {
                GeneratedKind::Stored
            };
            // MySQL prints the quotes of texts with backslashes here.
            let expression = match server {
                Server::MySql => generation.replace("\\'", "'"),
                Server::MariaDb => generation.to_owned(),
            };
            column.generated = Some(Generated { expression, kind });
        } else if let Some(default) = default {
            column.default = match server {
                Server::MariaDb => default_of_mariadb(&without_database(catalog, default)),
                Server::MySql => Some(default_of_mysql(default, &extra, &column.ty)),
            };
        }
        table.columns.push(column.into());
    }
}

/// `current_timestamp(6)` as it is written in upper case, without empty parentheses.
fn moment(text: &str) -> String {
    text.to_uppercase().replace("()", "").replace("NOW(", "CURRENT_TIMESTAMP(")
}

/// MariaDB gives back SQL.
fn default_of_mariadb(text: &str) -> Option<DefaultValue> {
    if text == "NULL" {
        return None;
    }
    if let Some(inner) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Some(DefaultValue::Text(unescaped(inner)));
    }
    Some(if is_number(text) {
        DefaultValue::Number(text.to_owned())
    } else if text.to_lowercase().starts_with("current_timestamp") {
        DefaultValue::Expression(moment(text))
    } else {
        DefaultValue::Expression(text.to_owned())
    })
}

/// MySQL gives back the bare text of a literal, and says when it is an expression.
fn default_of_mysql(text: &str, extra: &str, ty: &ColumnType) -> DefaultValue {
    if text.to_lowercase().starts_with("current_timestamp") {
        return DefaultValue::Expression(moment(text));
    }
    if extra.contains("default_generated") {
        return DefaultValue::Expression(text.replace("\\'", "'"));
    }
    let is_numeric = matches!(
        ty,
        ColumnType::Integer { .. }
            | ColumnType::Numeric(_)
            | ColumnType::Float(_)
            | ColumnType::Boolean
    );
    if is_numeric && is_number(text) {
        DefaultValue::Number(text.to_owned())
    } else if text.starts_with("b'") {
        DefaultValue::Expression(text.to_owned())
    } else {
        DefaultValue::Text(text.to_owned())
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && digits.parse::<f64>().is_ok()
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\'', Some('\'')) => {
                chars.next();
                plain.push('\'');
            }
            ('\\', Some(_)) => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('r') => plain.push('\r'),
                Some('t') => plain.push('\t'),
                Some('0') => plain.push('\0'),
                Some(other) => plain.push(other),
                None => {}
            },
            _ => plain.push(c),
        }
    }
    plain
}

/// A portable type where it is spelled exactly so, else what the server says. Display widths that mean nothing are left out.
pub(super) fn column_type(spelled: &str) -> ColumnType {
    let text = spelled.trim();
    let (word, argument, rest) = match text.split_once('(') {
        Some((word, rest)) => match rest.rsplit_once(')') {
            Some((argument, rest)) => (word.trim(), Some(argument.trim()), rest.trim()),
            None => (text, None, ""),
        },
        None => match text.split_once(' ') {
            Some((word, rest)) => (word, None, rest.trim()),
            None => (text, None, ""),
        },
    };
    let custom = || ColumnType::Custom(spelled.to_owned());
    let width = argument.and_then(|argument| argument.parse::<u32>().ok());
    let integer = |size, signed: u32, unsigned: u32| {
        let is_unsigned = rest == "unsigned";
        let usual = if is_unsigned { unsigned } else { signed };
        let is_plain = width.is_none_or(|width| width == usual) && (rest.is_empty() || is_unsigned);
        if is_plain { ColumnType::Integer { size, is_unsigned } } else { custom() }
    };
    if !rest.is_empty() && rest != "unsigned" {
        return custom();
    }
    match word {
        "tinyint" if width == Some(1) && rest.is_empty() => ColumnType::Boolean,
        "tinyint" => integer(IntegerSize::Tiny, 4, 3),
        "smallint" => integer(IntegerSize::Small, 6, 5),
        "mediumint" => integer(IntegerSize::Medium, 9, 8),
        "int" => integer(IntegerSize::Regular, 11, 10),
        "bigint" => integer(IntegerSize::Big, 20, 20),
        _ if !rest.is_empty() => custom(),
        "float" if argument.is_none() => ColumnType::Float(FloatSize::Single),
        "double" if argument.is_none() => ColumnType::Float(FloatSize::Double),
        "decimal" => {
            let parts = argument.and_then(|argument| argument.split_once(','));
            match parts.map(|(precision, scale)| (precision.trim().parse(), scale.trim().parse())) {
                Some((Ok(precision), Ok(scale))) => ColumnType::Numeric(Some((precision, scale))),
                _ => custom(),
            }
        }
        "varchar" => ColumnType::Varchar(width),
        "char" => ColumnType::Char(width),
        "binary" => width.map_or_else(custom, ColumnType::Binary),
        "varbinary" => width.map_or_else(custom, ColumnType::Varbinary),
        "longtext" => ColumnType::Text,
        "longblob" => ColumnType::Bytes,
        "json" => ColumnType::Json,
        "date" => ColumnType::Date,
        "datetime" => {
            ColumnType::Timestamp(Some(width.and_then(|w| u8::try_from(w).ok()).unwrap_or(0)))
        }
        "time" => ColumnType::Time(Some(width.and_then(|w| u8::try_from(w).ok()).unwrap_or(0))),
        _ => custom(),
    }
}
