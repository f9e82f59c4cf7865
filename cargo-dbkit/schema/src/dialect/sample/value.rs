//! What a column may hold: a simple value of its type, then what its checks speak of, then other usual ones.

use crate::model::{Column, ColumnType, DialectName, FloatSize, IntegerSize, Schema, Table};

/// A value, as SQL or as a text that is still to be quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Sql(String),
    Text(String),
}

impl Value {
    fn sql(text: impl ToString) -> Self {
        Self::Sql(text.to_string())
    }

    fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// Values that a column may hold; the first one differs from row to row.
pub(super) fn candidates(
    schema: &Schema,
    table: &Table,
    column: &Column,
    number: u64,
    dialect: DialectName,
) -> Vec<Value> {
    let spoken_of = spoken_of(schema, table, column);
    of_type(schema, &column.ty, number, &spoken_of, dialect)
}

/// Literals in what the table says of a column: its checks, and the bounds of its partitions.
#[derive(Debug, Default)]
struct SpokenOf {
    texts: Vec<String>,
    numbers: Vec<i64>,
}

fn spoken_of(schema: &Schema, table: &Table, column: &Column) -> SpokenOf {
    let mut found = SpokenOf::default();
    let expressions = table.checks.values().map(|check| check.expression.as_str());
    for expression in expressions.filter(|text| mentions(text, &column.name)) {
        literals(expression, &mut found);
    }
    if table.options.partition_by.as_deref().is_some_and(|text| mentions(text, &column.name)) {
        let partitions = schema.tables.values().filter_map(|one| one.options.partition_of.as_ref());
        for partition in partitions.filter(|one| one.parent == table.name) {
            literals(&partition.bound, &mut found);
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn mentions(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_word) && !text[at + name.len()..].starts_with(is_word)
    })
}

/// The texts in single quotes, and the whole numbers outside of them.
fn literals(text: &str, found: &mut SpokenOf) {
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c == '\'' || c.is_ascii_digit()) {
        let is_in_word = rest[..at].ends_with(is_word);
        let start = &rest[at..];
        if let Some(quoted) = start.strip_prefix('\'') {
            let end = quoted.find('\'').unwrap_or(quoted.len());
            found.texts.push(quoted[..end].to_owned());
            if let Ok(number) = quoted[..end].parse() {
                found.numbers.push(number);
            }
            rest = quoted.get(end + 1..).unwrap_or_default();
        } else {
            let end = start.find(|c: char| !c.is_ascii_digit()).unwrap_or(start.len());
            if !is_in_word && let Ok(number) = start[..end].parse() {
                found.numbers.push(number);
            }
            rest = &start[end..];
        }
    }
}

fn of_type(
    schema: &Schema,
    ty: &ColumnType,
    number: u64,
    spoken_of: &SpokenOf,
    dialect: DialectName,
) -> Vec<Value> {
    match ty {
        ColumnType::Boolean => {
            let words = ["TRUE", "FALSE"];
            vec![
                Value::sql(words[(number % 2) as usize]),
                Value::sql(words[((number + 1) % 2) as usize]),
            ]
        }
        ColumnType::Integer { size, .. } => numbers(integer(*size, number), number, spoken_of),
        ColumnType::Float(FloatSize::Single | FloatSize::Double) => {
            numbers(number % 10_000, number, spoken_of)
        }
        ColumnType::Numeric(digits) => {
            let whole =
                digits.map_or(4, |(precision, scale)| i32::from(precision) - i32::from(scale));
            let most = 10_u64.pow(whole.clamp(0, 9) as u32);
            numbers(number % most.max(1), number, spoken_of)
        }
        ColumnType::Text => texts(None, number, spoken_of),
        ColumnType::Varchar(length) => texts(*length, number, spoken_of),
        ColumnType::Char(length) => texts(Some(length.unwrap_or(1)), number, spoken_of),
        ColumnType::Bytes => bytes(4, number, dialect),
        ColumnType::Binary(length) => bytes(*length as usize, number, dialect),
        ColumnType::Varbinary(length) => bytes((*length as usize).min(4), number, dialect),
        ColumnType::Uuid => {
            let text = format!("00000000-0000-4000-8000-{number:012x}");
            let raw = format!("X'{}'", text.replace('-', ""));
            match dialect {
                DialectName::Postgres => vec![Value::text(text)],
                DialectName::Sqlite | DialectName::Mysql => {
                    vec![Value::text(text), Value::sql(raw)]
                }
            }
        }
        ColumnType::Json | ColumnType::JsonBinary => {
            vec![Value::text(format!("{{\"n\": {number}}}")), Value::text("[]"), Value::text("{}")]
        }
        ColumnType::Date => dates(spoken_of, date(number)),
        ColumnType::Time(_) => {
            dates(spoken_of, format!("{:02}:{:02}:00", number % 24, number % 60))
        }
        ColumnType::Timestamp(_) => {
            dates(spoken_of, format!("{} {:02}:00:00", date(number), number % 24))
        }
        ColumnType::TimestampTz(_) => {
            let zone = if dialect == DialectName::Postgres { "+00" } else { "" };
            dates(spoken_of, format!("{} {:02}:00:00{zone}", date(number), number % 24))
        }
        ColumnType::Interval => vec![Value::text(format!("{} days", number % 300))],
        ColumnType::Enum(name) => {
            let values =
                schema.enums.get(name).map(|one| one.values.as_slice()).unwrap_or_default();
            let count = values.len().max(1);
            let first = (number % count as u64) as usize;
            (0..values.len()).map(|at| Value::text(&values[(first + at) % count])).collect()
        }
        ColumnType::Array(_) => vec![Value::text("{}")],
        ColumnType::Custom(word) => custom(word, number, spoken_of, dialect),
    }
}

/// Large, so that they do not meet the keys that a script gives itself.
fn integer(size: IntegerSize, number: u64) -> u64 {
    match size {
        IntegerSize::Tiny => 50 + number % 70,
        IntegerSize::Small => 20_000 + number % 10_000,
        IntegerSize::Medium | IntegerSize::Regular | IntegerSize::Big => 1_000_000 + number,
    }
}

fn numbers(first: u64, number: u64, spoken_of: &SpokenOf) -> Vec<Value> {
    let mut values = vec![Value::sql(first)];
    for spoken in &spoken_of.numbers {
        values
            .extend([*spoken, spoken.saturating_add(1), spoken.saturating_sub(1)].map(Value::sql));
    }
    values.extend([number % 9 + 1, number % 90 + 10, 0, 100 + number, 1].map(Value::sql));
    values
}

fn texts(length: Option<u32>, number: u64, spoken_of: &SpokenOf) -> Vec<Value> {
    let longest = length.unwrap_or(u32::MAX) as usize;
    let fits = |text: &String| text.chars().count() <= longest;
    let unique = [format!("row{number}"), format!("r{number}"), base36(number)];
    let first = unique.into_iter().find(fits).unwrap_or_else(|| {
        let digits = base36(number);
        digits[digits.len().saturating_sub(longest)..].to_owned()
    });
    let usual = [
        format!("a{number}@example.org"),
        format!("A{number}"),
        format!("a{number}"),
        format!("https://example.org/{number}"),
        format!("00000000-0000-4000-8000-{number:012x}"),
        format!("{} 00:00:00", date(number)),
        date(number),
        number.to_string(),
        "{}".to_owned(),
        "XX".to_owned(),
        "x".to_owned(),
    ];
    // A check of the length speaks of a number: a text that is as long.
    let padded = spoken_of.numbers.iter().filter_map(|length| {
        let length = usize::try_from(*length).ok().filter(|length| (1..500).contains(length))?;
        let digits = base36(number);
        Some(format!("{}{digits}", "a".repeat(length.saturating_sub(digits.len()))))
    });
    let spoken = spoken_of.texts.iter().cloned();
    let mut values = vec![Value::Text(first)];
    values.extend(spoken.chain(padded).chain(usual).filter(fits).map(Value::Text));
    values
}

fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((number % 36) as u32, 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

fn bytes(length: usize, number: u64, dialect: DialectName) -> Vec<Value> {
    let digits = format!("{number:016x}");
    let digits: String = "0".repeat(2 * length.saturating_sub(8)) + &digits;
    let digits = &digits[digits.len() - 2 * length.max(1)..];
    match dialect {
        DialectName::Postgres => vec![Value::text(format!("\\x{digits}"))],
        DialectName::Sqlite | DialectName::Mysql => vec![Value::sql(format!("X'{digits}'"))],
    }
}

fn date(number: u64) -> String {
    format!("{}-{:02}-{:02}", 2001 + number / 336 % 28, number / 28 % 12 + 1, number % 28 + 1)
}

fn dates(spoken_of: &SpokenOf, first: String) -> Vec<Value> {
    let spoken =
        spoken_of.texts.iter().filter(|text| text.starts_with(|c: char| c.is_ascii_digit()));
    let mut values = vec![Value::Text(first)];
    values.extend(spoken.map(Value::text));
    values.extend(["2026-06-01 12:00:00", "1999-12-31 00:00:00"].map(Value::text));
    values
}

/// Types that only one database has, by the beginning of their names.
fn custom(word: &str, number: u64, spoken_of: &SpokenOf, dialect: DialectName) -> Vec<Value> {
    let lower = word.to_ascii_lowercase();
    let lower = lower.trim_start_matches("pg_catalog.").trim_start_matches("public.");
    let inside = |text: &str| {
        let mut found = SpokenOf::default();
        literals(text, &mut found);
        found
    };
    if lower.ends_with("[]") {
        return vec![Value::text("{}")];
    }
    if lower.starts_with("enum(") || lower.starts_with("set(") {
        let values = inside(word).texts;
        let count = values.len().max(1);
        let first = (number % count as u64) as usize;
        return (0..values.len()).map(|at| Value::text(&values[(first + at) % count])).collect();
    }
    let known: &[(&str, &[&str])] = &[
        ("int4range", &["[1,5)"]),
        ("int8range", &["[1,5)"]),
        ("numrange", &["[1,5)"]),
        ("tsrange", &["[2001-01-01,2001-01-02)"]),
        ("tstzrange", &["[2001-01-01,2001-01-02)"]),
        ("daterange", &["[2001-01-01,2001-01-02)"]),
        ("inet", &["10.0.0.1"]),
        ("cidr", &["10.0.0.0/24"]),
        ("macaddr8", &["08:00:2b:01:02:03:04:05"]),
        ("macaddr", &["08:00:2b:01:02:03"]),
        ("tsvector", &["row"]),
        ("tsquery", &["row"]),
        ("xml", &["<row/>"]),
        ("ltree", &["a.b"]),
        ("hstore", &["a=>1"]),
        ("money", &["1"]),
        ("oid", &["1"]),
        ("pg_lsn", &["0/1"]),
        ("point", &["(1,2)"]),
        ("line", &["{1,2,3}"]),
        ("lseg", &["[(0,0),(1,1)]"]),
        ("box", &["(1,1),(0,0)"]),
        ("path", &["((0,0),(1,1))"]),
        ("polygon", &["((0,0),(1,1),(1,0))"]),
        ("circle", &["<(0,0),1>"]),
        ("year", &["2001"]),
        ("inet6", &["::1"]),
        ("inet4", &["10.0.0.1"]),
    ];
    if dialect == DialectName::Mysql {
        let shapes = [
            ("point", "POINT(1, 2)"),
            ("geometry", "POINT(1, 2)"),
            ("linestring", "LINESTRING(POINT(0, 0), POINT(1, 1))"),
            ("polygon", "POLYGON(LINESTRING(POINT(0, 0), POINT(1, 1), POINT(1, 0), POINT(0, 0)))"),
            ("bit", "1"),
        ];
        if let Some((_, sql)) = shapes.iter().find(|(start, _)| lower.starts_with(start)) {
            return vec![Value::sql(sql)];
        }
    }
    if lower.starts_with("bit") {
        let length = inside(word).numbers.first().copied().unwrap_or(1);
        return vec![Value::text("1".repeat(usize::try_from(length).unwrap_or(1)))];
    }
    if let Some((_, values)) = known.iter().find(|(start, _)| lower.starts_with(start)) {
        return values.iter().map(|text| Value::text(*text)).collect();
    }
    let length = inside(word).numbers.first().and_then(|length| u32::try_from(*length).ok());
    let mut values = texts(length.filter(|_| lower.contains("char")), number, spoken_of);
    let others = numbers(number % 100, number, spoken_of);
    if ["int", "num", "dec", "real", "double", "float"].iter().any(|start| lower.starts_with(start))
    {
        return others.into_iter().chain(values).collect();
    }
    if lower.starts_with("date") || lower.starts_with("time") {
        return dates(spoken_of, date(number));
    }
    values.extend(others);
    values
}
