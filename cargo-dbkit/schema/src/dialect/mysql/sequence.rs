//! Sequences of MariaDB: what they are where nothing is said, and the statements that make, change and advance them.

use sea_query::MysqlQueryBuilder;

use crate::dialect::sql::Sql as Text;
use crate::model::{ObjectName, Sequence, SequenceOptions};

use super::object::ENGINE;

/// The least number that a sequence takes.
pub(super) const LEAST: i64 = -i64::MAX;

/// The greatest number that a sequence takes.
pub(super) const MOST: i64 = i64::MAX - 1;

/// `CACHE` where nothing is said.
const CACHE: i64 = 1000;

type Sql = Text<MysqlQueryBuilder>;

fn start(words: &str) -> Sql {
    Text::start(MysqlQueryBuilder, words)
}

/// Options with what holds where nothing is said.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Whole {
    start: i64,
    increment: i64,
    min: i64,
    max: i64,
    cache: i64,
    cycle: bool,
}

impl Whole {
    fn of(options: &SequenceOptions) -> Self {
        let increment = options.increment.unwrap_or(1);
        let min = options.min.unwrap_or(if increment < 0 { LEAST } else { 1 });
        let max = options.max.unwrap_or(if increment < 0 { -1 } else { MOST });
        let first = if increment < 0 { max } else { min };
        Self {
            start: options.start.unwrap_or(first),
            increment,
            min,
            max,
            cache: options.cache.unwrap_or(CACHE),
            cycle: options.cycle,
        }
    }

    /// The clauses in which this differs.
    fn clauses(self, from: Self) -> String {
        let mut text = String::new();
        let mut number = |words: &str, from: i64, to: i64| {
            if from != to {
                text.push_str(&format!(" {words} {to}"));
            }
        };
        number("INCREMENT BY", from.increment, self.increment);
        number("MINVALUE", from.min, self.min);
        number("MAXVALUE", from.max, self.max);
        number("START WITH", from.start, self.start);
        number("CACHE", from.cache, self.cache);
        if from.cycle != self.cycle {
            text.push_str(if self.cycle { " CYCLE" } else { " NOCYCLE" });
        }
        text
    }
}

/// What is the default is the same as nothing said.
pub(super) fn without_defaults(mut options: SequenceOptions) -> SequenceOptions {
    options.increment.take_if(|increment| *increment == 1);
    let nothing = SequenceOptions { increment: options.increment, ..SequenceOptions::default() };
    let usual = Whole::of(&nothing);
    options.min.take_if(|min| *min == usual.min);
    options.max.take_if(|max| *max == usual.max);
    options.cache.take_if(|cache| *cache == usual.cache);
    let first = Whole::of(&SequenceOptions { start: None, ..options.clone() }).start;
    options.start.take_if(|start| *start == first);
    options
}

pub(super) fn create(sequence: &Sequence) -> String {
    let clauses = Whole::of(&sequence.options).clauses(Whole::of(&SequenceOptions::default()));
    start("CREATE SEQUENCE ")
        .object(&sequence.name)
        .raw(&clauses)
        .maybe(sequence.extra.properties.get(ENGINE), |sql, engine| {
            sql.raw(" ENGINE = ").raw(engine)
        })
        .maybe(sequence.comment.as_ref(), |sql, comment| sql.raw(" COMMENT = ").literal(comment))
        .finish()
}

pub(super) fn alter(from: &Sequence, to: &Sequence) -> Vec<String> {
    let (before, after) = (Whole::of(&from.options), Whole::of(&to.options));
    let clauses = after.clauses(before);
    let mut statements = Vec::new();
    // The server refuses a bound that the next number has not reached yet; one past the other bound has run out.
    let reached = if after.increment < 0 {
        (after.max < before.max).then(|| format!("LEAST(next_not_cached_value, {})", after.max))
    } else {
        (after.min > before.min).then(|| format!("GREATEST(next_not_cached_value, {})", after.min))
    };
    let name = start("").object(&to.name).finish();
    match reached {
        Some(reached) => {
            let head =
                start("").literal(&format!("ALTER SEQUENCE {name}{clauses} RESTART ")).finish();
            // No number was taken while the next one is the first.
            let next =
                format!("IF(next_not_cached_value = {}, {}, {reached})", before.start, after.start);
            statements.push(format!(
                "BEGIN NOT ATOMIC\n    DECLARE next_number BIGINT DEFAULT (SELECT {next} FROM {name});\n    EXECUTE IMMEDIATE CONCAT({head}, next_number);\nEND"
            ));
        }
        None if !clauses.is_empty() => statements.push(format!("ALTER SEQUENCE {name}{clauses}")),
        None => {}
    }
    if from.comment != to.comment {
        let comment = to.comment.as_deref().unwrap_or_default();
        let sql = start("ALTER TABLE ").object(&to.name).raw(" COMMENT = ").literal(comment);
        statements.push(sql.finish());
    }
    statements
}

/// Goes past the numbers that are there. The server never goes back, and takes no expression.
pub(super) fn advance(
    table: &ObjectName,
    column: &str,
    sequence: &ObjectName,
    options: &SequenceOptions,
) -> String {
    let furthest =
        if options.increment.is_some_and(|increment| increment < 0) { "MIN" } else { "MAX" };
    let last =
        start("SELECT ").raw(furthest).raw("(").name(column).raw(") FROM ").object(table).finish();
    let head = format!("DO SETVAL({}, ", start("").object(sequence).finish());
    let head = start("").literal(&head).finish();
    format!(
        "BEGIN NOT ATOMIC\n    DECLARE last_number BIGINT DEFAULT ({last});\n    IF last_number IS NOT NULL THEN\n        EXECUTE IMMEDIATE CONCAT({head}, last_number, ')');\n    END IF;\nEND"
    )
}
