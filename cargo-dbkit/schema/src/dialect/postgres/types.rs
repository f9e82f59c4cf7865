//! How PostgreSQL spells types and defaults.

use sea_query::PostgresQueryBuilder;

use crate::dialect::sql::Sql;
use crate::model::{
    ColumnType, DefaultValue, FloatSize, IntegerSize, ObjectName, SequenceOptions, expression,
};

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

/// A type as `format_type` prints it, or as a person writes it.
pub(super) fn read(spelled: &str) -> ColumnType {
    let spelled = spelled.trim();
    if let Some(element) = spelled.strip_suffix("[]") {
        // The server does not count dimensions.
        return match read(element) {
            ColumnType::Array(element) => ColumnType::Array(element),
            element => ColumnType::Array(Box::new(element)),
        };
    }
    portable(&spelled.to_ascii_lowercase())
        .unwrap_or_else(|| ColumnType::Custom(spelled.to_owned()))
}

fn portable(text: &str) -> Option<ColumnType> {
    let integer = |size| Some(ColumnType::Integer { size, is_unsigned: false });
    let (word, argument, rest) = match text.split_once('(') {
        Some((word, rest)) => {
            let (argument, rest) = rest.split_once(')')?;
            (word.trim(), Some(argument.trim()), rest.trim())
        }
        None => {
            let word = text.split(" with").next().unwrap_or(text);
            (word, None, text[word.len()..].trim())
        }
    };
    if let ("numeric" | "decimal", Some(argument), "") = (word, argument, rest) {
        let (precision, scale) = argument.split_once(',').unwrap_or((argument, "0"));
        let (precision, scale) = (precision.trim().parse().ok()?, scale.trim().parse().ok()?);
        return Some(ColumnType::Numeric(Some((precision, scale))));
    }
    let length = match argument {
        Some(argument) => Some(argument.parse::<u32>().ok()?),
        None => None,
    };
    // What does not fit a precision is no type that has one.
    let precision = length.and_then(|length| u8::try_from(length).ok());
    Some(match (word, argument.is_some(), rest) {
        ("boolean" | "bool", false, "") => ColumnType::Boolean,
        ("smallint" | "int2", false, "") => return integer(IntegerSize::Small),
        ("integer" | "int" | "int4", false, "") => return integer(IntegerSize::Regular),
        ("bigint" | "int8", false, "") => return integer(IntegerSize::Big),
        ("real" | "float4", false, "") => ColumnType::Float(FloatSize::Single),
        ("double precision" | "float8", false, "") => ColumnType::Float(FloatSize::Double),
        ("numeric" | "decimal", false, "") => ColumnType::Numeric(None),
        ("text", false, "") => ColumnType::Text,
        ("character varying" | "varchar", _, "") => ColumnType::Varchar(length),
        ("character" | "char", _, "") => ColumnType::Char(Some(length.unwrap_or(1))),
        ("bpchar", true, "") => ColumnType::Char(length),
        ("bytea", false, "") => ColumnType::Bytes,
        ("uuid", false, "") => ColumnType::Uuid,
        ("json", false, "") => ColumnType::Json,
        ("jsonb", false, "") => ColumnType::JsonBinary,
        ("date", false, "") => ColumnType::Date,
        ("time", _, "" | "without time zone") => ColumnType::Time(precision),
        ("timestamp", _, "" | "without time zone") => ColumnType::Timestamp(precision),
        ("timestamp", _, "with time zone") | ("timestamptz", _, "") => {
            ColumnType::TimestampTz(precision)
        }
        ("interval", false, "") => ColumnType::Interval,
        _ => return None,
    })
}

/// An expression without the parentheses around all of it.
pub(super) fn without_parentheses(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) else {
        return text;
    };
    let mut depth = 0_i32;
    for token in expression::tokens(inner) {
        match &inner[token.range] {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return text;
        }
    }
    without_parentheses(inner)
}

/// A collation by name. One of another namespace than the usual ones is spelled as SQL, which starts with a quote.
pub(super) fn collation_name(schema: Option<&str>, name: &str) -> String {
    match schema {
        None | Some("pg_catalog" | "public") => name.to_owned(),
        Some(schema) => {
            Sql::new(PostgresQueryBuilder).object(&ObjectName::qualified(schema, name)).finish()
        }
    }
}

/// What is the default is the same as nothing said.
pub(super) fn sequence_options(ty: &ColumnType, mut options: SequenceOptions) -> SequenceOptions {
    let (least, most) = match ty {
        ColumnType::Integer { size: IntegerSize::Small, .. } => {
            (i64::from(i16::MIN), i64::from(i16::MAX))
        }
        ColumnType::Integer { size: IntegerSize::Regular, .. } => {
            (i64::from(i32::MIN), i64::from(i32::MAX))
        }
        _ => (i64::MIN, i64::MAX),
    };
    let is_ascending = options.increment.is_none_or(|increment| increment > 0);
    let (min, max) = if is_ascending { (1, most) } else { (least, -1) };
    options.increment.take_if(|increment| *increment == 1);
    options.min.take_if(|value| *value == min);
    options.max.take_if(|value| *value == max);
    options.cache.take_if(|cache| *cache == 1);
    let first = if is_ascending { options.min.unwrap_or(min) } else { options.max.unwrap_or(max) };
    options.start.take_if(|start| *start == first);
    options
}

/// The sequence that `serial` makes for a column.
pub(super) fn serial_sequence(table: &ObjectName, column: &str) -> ObjectName {
    // The longer of the two is cut off, as the server does it.
    let (mut first, mut second) = (table.name.len(), column.len());
    while first + second + "__seq".len() > 63 {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let cut = |text: &str, mut length: usize| {
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        text[..length].to_owned()
    };
    table.with_name(format!("{}_{}_seq", cut(&table.name, first), cut(column, second)))
}

/// The sequence of `nextval('..'::regclass)`.
pub(super) fn next_value_of(text: &str) -> Option<ObjectName> {
    let inner = text.strip_prefix("nextval('")?;
    let inner = inner.strip_suffix("'::regclass)").or_else(|| inner.strip_suffix("')"))?;
    sql_name(&inner.replace("''", "'"))
}

/// A name as SQL spells it: `shop."Odd name"`.
pub(super) fn sql_name(text: &str) -> Option<ObjectName> {
    let parts: Vec<String> = expression::tokens(text)
        .into_iter()
        .map(|token| &text[token.range])
        .filter(|word| *word != ".")
        .map(unquoted)
        .collect();
    match parts.as_slice() {
        [name] => Some(ObjectName::new(name)),
        [schema, name] if schema == "public" => Some(ObjectName::new(name)),
        [schema, name] => Some(ObjectName::qualified(schema, name)),
        _ => None,
    }
}

/// A name without its quotes.
pub(super) fn unquoted(name: &str) -> String {
    match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

/// A name as the server would quote it: only where it has to.
pub(super) fn quoted_name(name: &ObjectName) -> String {
    let part = |part: &str| {
        let is_plain = part
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && !part.starts_with(|first: char| first.is_ascii_digit())
            && !part.is_empty();
        if is_plain { part.to_owned() } else { expression::quoted_name(part) }
    };
    match &name.schema {
        Some(schema) => format!("{}.{}", part(schema), part(&name.name)),
        None => part(&name.name),
    }
}
