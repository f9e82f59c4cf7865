//! Writes SQL through sea-query's identifier and literal writers, so that quoting lives in one place.
//!
//! sea-query's own statements put a whole table on one line, and drop or misspell what dbkit has to keep (names of foreign keys on
//! SQLite, comments, deferrable constraints, collations, options of identities, ..). So the keywords here are ours; names, literals
//! and their escapes are sea-query's.

use sea_query::{
    Alias, IntoIden as _, MysqlQueryBuilder, PostgresQueryBuilder, QueryBuilder, QuotedBuilder,
    SqliteQueryBuilder,
};

use crate::model::{
    Check, DefaultValue, Deferrable, ForeignKey, IndexPart, IndexTarget, MatchType, NullsOrder,
    ObjectName, ReferentialAction, SortOrder,
};
use crate::plan::Value;

/// A sea-query backend, with its quotes and escapes.
pub(crate) trait Backend: QuotedBuilder + QueryBuilder {
    /// Writes a string literal.
    fn write_literal(&self, text: &str, sql: &mut String) {
        self.write_string_quoted(text, sql);
    }
}

impl Backend for SqliteQueryBuilder {}

impl Backend for MysqlQueryBuilder {}

impl Backend for PostgresQueryBuilder {
    /// The standard form where it will do, which is what PostgreSQL prints itself: `it''s`, not `E'it\'s'`. Backslashes need the other
    /// one, whatever `standard_conforming_strings` says.
    fn write_literal(&self, text: &str, sql: &mut String) {
        if text.contains(['\\', '\r', '\0']) {
            self.write_string_quoted(text, sql);
        } else {
            SqliteQueryBuilder.write_string_quoted(text, sql);
        }
    }
}

/// A statement in the making.
#[derive(Debug, Clone)]
pub(crate) struct Sql<B> {
    text: String,
    backend: B,
}

impl<B: Backend> Sql<B> {
    pub(crate) fn new(backend: B) -> Self {
        Self { text: String::new(), backend }
    }

    /// Starts with keywords.
    pub(crate) fn start(backend: B, words: &str) -> Self {
        Self::new(backend).raw(words)
    }

    /// Keywords, signs, and SQL that a person wrote.
    pub(crate) fn raw(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// A name.
    pub(crate) fn name(mut self, name: &str) -> Self {
        self.backend.prepare_iden(&Alias::new(name).into_iden(), &mut self.text);
        self
    }

    /// A name with its namespace.
    pub(crate) fn object(self, name: &ObjectName) -> Self {
        match &name.schema {
            Some(schema) => self.name(schema).raw(".").name(&name.name),
            None => self.name(&name.name),
        }
    }

    /// Names with commas between, in parentheses.
    pub(crate) fn names<'a>(self, names: impl IntoIterator<Item = &'a String>) -> Self {
        self.list(names, |sql, name| sql.name(name))
    }

    /// Anything with commas between, in parentheses.
    pub(crate) fn list<T>(
        mut self,
        items: impl IntoIterator<Item = T>,
        write: impl Fn(Self, T) -> Self,
    ) -> Self {
        self = self.raw("(");
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self = self.raw(", ");
            }
            self = write(self, item);
        }
        self.raw(")")
    }

    /// A collation; one with its namespace is spelled as SQL, which starts with a quote.
    pub(crate) fn collation(self, name: &str) -> Self {
        if name.starts_with('"') { self.raw(name) } else { self.name(name) }
    }

    /// A string literal.
    pub(crate) fn literal(mut self, text: &str) -> Self {
        self.backend.write_literal(text, &mut self.text);
        self
    }

    /// A value of a row.
    pub(crate) fn value(self, value: &Value) -> Self {
        match value {
            Value::Sql(sql) => self.raw(sql),
            Value::Default(DefaultValue::Boolean(true)) => self.raw("TRUE"),
            Value::Default(DefaultValue::Boolean(false)) => self.raw("FALSE"),
            Value::Default(DefaultValue::Number(number)) => self.raw(number),
            Value::Default(DefaultValue::Text(text)) => self.literal(text),
            Value::Default(DefaultValue::Now) => self.raw("CURRENT_TIMESTAMP"),
            Value::Default(DefaultValue::Expression(sql)) => self.raw(sql),
        }
    }

    /// Does something with a value that may not be there.
    pub(crate) fn maybe<T>(self, value: Option<T>, write: impl FnOnce(Self, T) -> Self) -> Self {
        match value {
            Some(value) => write(self, value),
            None => self,
        }
    }

    /// Writes keywords where something is so.
    pub(crate) fn when(self, is_so: bool, words: &str) -> Self {
        if is_so { self.raw(words) } else { self }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// `CHECK (..)`, without a name.
    pub(crate) fn check(self, check: &Check) -> Self {
        self.raw("CHECK (").raw(&check.expression).raw(")")
    }

    /// `FOREIGN KEY (..) REFERENCES ..`, without a name.
    pub(crate) fn foreign_key(self, key: &ForeignKey) -> Self {
        self.raw("FOREIGN KEY ")
            .names(&key.columns)
            .raw(" REFERENCES ")
            .object(&key.references)
            // SQLite lets them out: the primary key.
            .maybe(Some(&key.referenced_columns).filter(|names| !names.is_empty()), |sql, names| {
                sql.raw(" ").names(names)
            })
            .when(key.match_type == MatchType::Full, " MATCH FULL")
            .maybe(action(key.on_delete), |sql, action| sql.raw(" ON DELETE ").raw(action))
            .maybe(action(key.on_update), |sql, action| sql.raw(" ON UPDATE ").raw(action))
            .deferrable(key.deferrable)
    }

    pub(crate) fn deferrable(self, deferrable: Option<Deferrable>) -> Self {
        match deferrable {
            Some(Deferrable::Deferred) => self.raw(" DEFERRABLE INITIALLY DEFERRED"),
            Some(Deferrable::Immediate) => self.raw(" DEFERRABLE"),
            None => self,
        }
    }

    /// A part of an index. `expression` says how an expression is wrapped.
    pub(crate) fn index_part(self, part: &IndexPart) -> Self {
        let sql = match &part.target {
            IndexTarget::Column(name) => self.name(name),
            IndexTarget::Expression(text) => self.raw("(").raw(text).raw(")"),
        };
        sql.maybe(part.prefix, |sql, length| sql.raw(&format!("({length})")))
            .maybe(part.collation.as_ref(), |sql, collation| {
                sql.raw(" COLLATE ").collation(collation)
            })
            .maybe(part.opclass.as_ref(), |sql, opclass| sql.raw(" ").raw(opclass))
            .when(part.order == SortOrder::Descending, " DESC")
            .maybe(part.nulls, |sql, nulls| {
                sql.raw(match nulls {
                    NullsOrder::First => " NULLS FIRST",
                    NullsOrder::Last => " NULLS LAST",
                })
            })
    }
}

/// The words for what happens to referencing rows; nothing for the default.
pub(crate) fn action(action: ReferentialAction) -> Option<&'static str> {
    Some(match action {
        ReferentialAction::NoAction => return None,
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    })
}

/// The parts of a `CREATE TABLE`, one a line.
pub(crate) fn layout(head: &str, parts: &[String], tail: &str) -> String {
    let mut text = format!("{head} (\n");
    for (at, part) in parts.iter().enumerate() {
        text.push_str("    ");
        text.push_str(part);
        text.push_str(if at + 1 < parts.len() { ",\n" } else { "\n" });
    }
    text.push(')');
    text.push_str(tail);
    text
}
