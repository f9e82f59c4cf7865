//! What a statement leaves behind in the catalog, so that a look can tell whether it was executed.

use super::lexer::{Token, tokens};
use crate::dialect::Dialect;

/// Something that a catalog lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) kind: ObjectKind,
    /// As it was written; `None` is wherever the session looks.
    pub(crate) schema: Option<String>,
    /// The table of a column, an index, a constraint.
    pub(crate) table: Option<String>,
    pub(crate) name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    /// A table, a view, or a sequence.
    Table,
    Column,
    Index,
    /// A primary key; the name means nothing.
    PrimaryKey,
    Constraint,
    Trigger,
    Routine,
    Event,
    Database,
    Partition,
    /// A partition of `table` that may be on its way out.
    Attached,
    Tablespace,
    Subscription,
}

/// What is so after a statement, and was not so before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    There(Object),
    Gone(Object),
    /// The table has no rows.
    Empty(Object),
}

/// How a look tells whether a statement was executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trace {
    /// All of these are so, or none is.
    Effects(Vec<Effect>),
    /// Executed twice is as good as executed once.
    Repeatable,
    /// No look can tell.
    None,
}

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
    dialect: Dialect,
}

/// How a look tells whether a statement outside a transaction was executed.
pub(crate) fn trace(sql: &str, dialect: Dialect) -> Trace {
    let mut reader = Reader { tokens: tokens(sql, dialect).collect(), at: 0, dialect };
    match dialect {
        Dialect::Postgres => reader.postgres(),
        Dialect::Mysql => reader.mysql(),
        // Everything but these is in a transaction.
        Dialect::Sqlite => Some(Trace::Repeatable),
    }
    .unwrap_or(Trace::None)
}

/// The table whose locks a statement needs: schema, if it is said, and name.
pub(crate) fn target(sql: &str, dialect: Dialect) -> Option<(Option<String>, String)> {
    let mut reader = Reader { tokens: tokens(sql, dialect).take(24).collect(), at: 0, dialect };
    let verbs = ["alter", "drop", "lock", "truncate", "update", "insert", "delete", "create"];
    if !verbs.iter().any(|verb| reader.eats(verb)) {
        return None;
    }
    let is_index = reader.tokens.iter().take(4).any(|token| token.is("index"));
    let is_on = reader
        .tokens
        .iter()
        .take(4)
        .any(|token| ["index", "trigger", "policy", "rule"].iter().any(|word| token.is(word)));
    if is_on {
        while !reader.eats("on") {
            reader.next()?;
        }
        let _ = is_index && reader.eats("only");
        return reader.name();
    }
    for word in
        ["or", "replace", "into", "from", "materialized", "table", "view", "only", "foreign"]
    {
        reader.eats(word);
    }
    reader.if_exists();
    reader.eats("only");
    reader.name()
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&Token<'a>> {
        self.at += 1;
        self.tokens.get(self.at - 1)
    }

    fn sees(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    fn eats(&mut self, word: &str) -> bool {
        let is_it = self.sees(word);
        self.at += usize::from(is_it);
        is_it
    }

    fn eats_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.eats(word))
    }

    fn eats_sign(&mut self, sign: char) -> bool {
        let is_it = self.peek().is_some_and(|token| token.is_sign(sign));
        self.at += usize::from(is_it);
        is_it
    }

    /// `IF EXISTS`, `IF NOT EXISTS`
    fn if_exists(&mut self) -> bool {
        let is_it = self.eats("if");
        if is_it {
            self.eats("not");
            self.eats("exists");
        }
        is_it
    }

    fn word(&mut self) -> Option<String> {
        let dialect = self.dialect;
        let name = match self.next()? {
            Token::Word(word) if dialect == Dialect::Postgres => word.to_lowercase(),
            Token::Word(word) => (*word).to_owned(),
            Token::Name(name) => name.clone().into_owned(),
            _ => return None,
        };
        // PostgreSQL cuts longer names, with a notice.
        let mut end = name.len().min(if dialect == Dialect::Postgres { 63 } else { usize::MAX });
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        Some(name[..end].to_owned())
    }

    /// A name, and the schema before it if there is one.
    fn name(&mut self) -> Option<(Option<String>, String)> {
        let one = self.word()?;
        if self.eats_sign('.') {
            return Some((Some(one), self.word()?));
        }
        Some((None, one))
    }

    fn names(&mut self) -> Option<Vec<(Option<String>, String)>> {
        let mut names = vec![self.name()?];
        while self.eats_sign(',') {
            names.push(self.name()?);
        }
        Some(names)
    }

    fn postgres(&mut self) -> Option<Trace> {
        let top = |kind, (schema, name)| Object { kind, schema, table: None, name };
        if self.eats("create") {
            self.eats("unique");
            if self.eats("index") {
                self.eats("concurrently");
                self.if_exists();
                // Without a name, the server chooses one.
                if self.sees("on") {
                    return Some(Trace::None);
                }
                let name = self.word()?;
                self.eats("on");
                self.eats("only");
                let (schema, table) = self.name()?;
                let index = Object { kind: ObjectKind::Index, schema, table: Some(table), name };
                return Some(Trace::Effects(vec![Effect::There(index)]));
            }
            let kind = self.cluster_kind()?;
            let name = self.name()?;
            return Some(Trace::Effects(vec![Effect::There(top(kind, name))]));
        }
        if self.eats("drop") {
            if self.eats("index") {
                self.eats("concurrently");
                self.if_exists();
                let gone = self.names()?.into_iter();
                let gone = gone.map(|name| Effect::Gone(top(ObjectKind::Index, name)));
                return Some(Trace::Effects(gone.collect()));
            }
            let kind = self.cluster_kind()?;
            self.if_exists();
            let name = self.name()?;
            return Some(Trace::Effects(vec![Effect::Gone(top(kind, name))]));
        }
        if self.eats("alter") && self.eats("table") {
            self.if_exists();
            let (schema, parent) = self.name()?;
            if self.eats("detach") && self.eats("partition") {
                let (_, name) = self.name()?;
                let kind = ObjectKind::Attached;
                let part = Object { kind, schema, table: Some(parent), name };
                return Some(Trace::Effects(vec![Effect::Gone(part)]));
            }
            return Some(Trace::None);
        }
        let repeatable = ["vacuum", "reindex", "cluster", "analyze", "alter", "checkpoint"];
        let first = self.tokens.first()?;
        // `ALTER SYSTEM`, `ALTER DATABASE .. SET TABLESPACE`, `ALTER SUBSCRIPTION .. REFRESH`
        if repeatable.iter().any(|word| first.is(word)) {
            return Some(Trace::Repeatable);
        }
        Some(Trace::None)
    }

    fn cluster_kind(&mut self) -> Option<ObjectKind> {
        if self.eats("database") {
            Some(ObjectKind::Database)
        } else if self.eats("tablespace") {
            Some(ObjectKind::Tablespace)
        } else {
            self.eats("subscription").then_some(ObjectKind::Subscription)
        }
    }

    fn mysql(&mut self) -> Option<Trace> {
        let repeatable = [
            "analyze",
            "optimize",
            "repair",
            "check",
            "flush",
            "grant",
            "revoke",
            "cache",
            "lock",
            "unlock",
            "prepare",
            "deallocate",
            "reset",
            "checksum",
            "purge",
        ];
        if repeatable.iter().any(|word| self.sees(word)) {
            return Some(Trace::Repeatable);
        }
        if self.eats("create") {
            return self.mysql_create();
        }
        if self.eats("drop") {
            return self.mysql_drop();
        }
        if self.eats("truncate") {
            self.eats("table");
            let (schema, name) = self.name()?;
            let table = Object { kind: ObjectKind::Table, schema, table: None, name };
            return Some(Trace::Effects(vec![Effect::Empty(table)]));
        }
        if self.eats("rename") && self.eats_any(&["table", "tables"]) {
            let mut effects = Vec::new();
            loop {
                let from = self.name()?;
                self.eats("to");
                let to = self.name()?;
                effects.extend(renamed(from, to));
                if !self.eats_sign(',') {
                    return Some(Trace::Effects(effects));
                }
            }
        }
        if self.eats("alter") {
            self.eats_any(&["online", "ignore"]);
            if self.eats("table") {
                return self.alter_table();
            }
            // Where it counts is set, and someone may have counted on meanwhile.
            if self.eats("sequence") {
                let restarts = self.tokens.iter().any(|token| token.is("restart"));
                return Some(if restarts { Trace::None } else { Trace::Repeatable });
            }
            if self.eats_any(&[
                "view",
                "database",
                "schema",
                "event",
                "definer",
                "algorithm",
                "sql",
            ]) {
                return Some(Trace::Repeatable);
            }
        }
        Some(Trace::None)
    }

    /// Where the table of a trigger or a routine does not matter.
    fn mysql_kind(&mut self) -> Option<ObjectKind> {
        for (word, kind) in [
            ("table", ObjectKind::Table),
            ("view", ObjectKind::Table),
            ("sequence", ObjectKind::Table),
            ("trigger", ObjectKind::Trigger),
            ("procedure", ObjectKind::Routine),
            ("function", ObjectKind::Routine),
            ("event", ObjectKind::Event),
            ("database", ObjectKind::Database),
            ("schema", ObjectKind::Database),
        ] {
            if self.eats(word) {
                return Some(kind);
            }
        }
        None
    }

    fn mysql_create(&mut self) -> Option<Trace> {
        if self.eats("or") {
            return Some(Trace::Repeatable);
        }
        // `DEFINER = a@b`, `ALGORITHM = MERGE`, `SQL SECURITY INVOKER`, `UNIQUE`, `AGGREGATE`, ..
        let mut seen = 0;
        loop {
            if self.eats("index") {
                self.if_exists();
                let name = self.word()?;
                while !self.eats("on") {
                    self.next()?;
                }
                let (schema, table) = self.name()?;
                let index = Object { kind: ObjectKind::Index, schema, table: Some(table), name };
                return Some(Trace::Effects(vec![Effect::There(index)]));
            }
            if let Some(kind) = self.mysql_kind() {
                self.if_exists();
                let (schema, name) = self.name()?;
                let object = Object { kind, schema, table: None, name };
                return Some(Trace::Effects(vec![Effect::There(object)]));
            }
            self.next()?;
            seen += 1;
            if seen > 16 {
                return None;
            }
        }
    }

    fn mysql_drop(&mut self) -> Option<Trace> {
        if self.eats("index") {
            self.if_exists();
            let name = self.word()?;
            self.eats("on");
            let (schema, table) = self.name()?;
            let index = Object { kind: ObjectKind::Index, schema, table: Some(table), name };
            return Some(Trace::Effects(vec![Effect::Gone(index)]));
        }
        let kind = self.mysql_kind()?;
        let is_lenient = self.if_exists();
        let names = self.names()?;
        // Several are not dropped at once; those that are left are dropped the next time.
        if is_lenient && names.len() > 1 {
            return Some(Trace::Repeatable);
        }
        let gone = names
            .into_iter()
            .map(|(schema, name)| Effect::Gone(Object { kind, schema, table: None, name }));
        Some(Trace::Effects(gone.collect()))
    }

    /// `ALTER TABLE` is done as a whole or not at all, so any of its parts tells of all.
    fn alter_table(&mut self) -> Option<Trace> {
        self.if_exists();
        let table = self.name()?;
        let mut effects = Vec::new();
        let mut is_known = true;
        while self.peek().is_some() {
            match self.alteration(&table) {
                Some(found) => effects.extend(found),
                None => is_known = false,
            }
            self.skip_part();
        }
        Some(match (effects.is_empty(), is_known) {
            (false, _) => Trace::Effects(effects),
            (true, true) => Trace::Repeatable,
            (true, false) => Trace::None,
        })
    }

    /// To the next part of an `ALTER TABLE`.
    fn skip_part(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            if token.is_sign('(') {
                depth += 1;
            } else if token.is_sign(')') {
                depth = depth.saturating_sub(1);
            } else if token.is_sign(',') && depth == 0 {
                return;
            }
        }
    }

    /// What one part of an `ALTER TABLE` leaves behind. Nothing: it may be done again. `None`: not known.
    fn alteration(&mut self, table: &(Option<String>, String)) -> Option<Vec<Effect>> {
        let object = |kind, name: String| Object {
            kind,
            schema: table.0.clone(),
            table: Some(table.1.clone()),
            name,
        };
        if self.eats("add") {
            return self.addition(&object);
        }
        if self.eats("drop") {
            let kind = if self.eats("primary") {
                return Some(vec![Effect::Gone(object(ObjectKind::PrimaryKey, String::new()))]);
            } else if self.eats("foreign") {
                self.eats("key");
                ObjectKind::Constraint
            } else if self.eats_any(&["constraint", "check"]) {
                ObjectKind::Constraint
            } else if self.eats_any(&["index", "key"]) {
                ObjectKind::Index
            } else if self.eats("partition") {
                ObjectKind::Partition
            } else {
                self.eats("column");
                ObjectKind::Column
            };
            self.if_exists();
            return Some(vec![Effect::Gone(object(kind, self.word()?))]);
        }
        if self.eats("change") {
            self.eats("column");
            self.if_exists();
            let (from, to) = (self.word()?, self.word()?);
            if from.eq_ignore_ascii_case(&to) {
                return Some(Vec::new());
            }
            return Some(vec![
                Effect::Gone(object(ObjectKind::Column, from)),
                Effect::There(object(ObjectKind::Column, to)),
            ]);
        }
        if self.eats("rename") {
            let kind = if self.eats("column") {
                ObjectKind::Column
            } else if self.eats_any(&["index", "key"]) {
                ObjectKind::Index
            } else {
                self.eats_any(&["to", "as"]);
                let to = self.name()?;
                return Some(renamed(table.clone(), to));
            };
            self.if_exists();
            let from = self.word()?;
            self.eats("to");
            let to = self.word()?;
            return Some(vec![Effect::Gone(object(kind, from)), Effect::There(object(kind, to))]);
        }
        // Definitions that are set, not added: the same once more changes nothing.
        let settings = [
            "modify",
            "alter",
            "engine",
            "convert",
            "default",
            "character",
            "charset",
            "collate",
            "comment",
            "auto_increment",
            "row_format",
            "algorithm",
            "lock",
            "force",
            "enable",
            "disable",
            "order",
            "key_block_size",
            "max_rows",
            "min_rows",
            "checksum",
            "pack_keys",
            "stats_persistent",
            "stats_auto_recalc",
            "stats_sample_pages",
            "compression",
            "encryption",
            "analyze",
            "optimize",
            "check",
            "rebuild",
            "repair",
            "validation",
            "with",
            "without",
            "nowait",
            "wait",
            "page_compressed",
            "transactional",
            "avg_row_length",
            "delay_key_write",
            "encrypted",
            "remove",
        ];
        settings.iter().any(|word| self.sees(word)).then(Vec::new)
    }

    fn addition(&mut self, object: &dyn Fn(ObjectKind, String) -> Object) -> Option<Vec<Effect>> {
        let there = |kind, name| Some(vec![Effect::There(object(kind, name))]);
        if self.eats("partition") {
            self.if_exists();
            self.eats_sign('(');
            self.eats("partition");
            return there(ObjectKind::Partition, self.word()?);
        }
        if self.eats("constraint") {
            self.if_exists();
            if self.sees("primary") {
                return there(ObjectKind::PrimaryKey, String::new());
            }
            let name = self.word()?;
            if self.sees("primary") {
                return there(ObjectKind::PrimaryKey, String::new());
            }
            let kind = if self.sees("unique") { ObjectKind::Index } else { ObjectKind::Constraint };
            return there(kind, name);
        }
        if self.eats("primary") {
            return there(ObjectKind::PrimaryKey, String::new());
        }
        // Without a name, the server chooses one.
        if self.sees("check") || self.sees("foreign") {
            return None;
        }
        if self.eats_any(&["unique", "fulltext", "spatial", "index", "key"]) {
            self.eats_any(&["index", "key"]);
            self.if_exists();
            if self.peek().is_some_and(|token| token.is_sign('(')) {
                return None;
            }
            return there(ObjectKind::Index, self.word()?);
        }
        if self.sees("period") || self.sees("system") {
            return None;
        }
        self.eats("column");
        self.if_exists();
        self.eats_sign('(');
        there(ObjectKind::Column, self.word()?)
    }
}

fn renamed(from: (Option<String>, String), to: (Option<String>, String)) -> Vec<Effect> {
    let table = |(schema, name)| Object { kind: ObjectKind::Table, schema, table: None, name };
    let to = (to.0.or_else(|| from.0.clone()), to.1);
    vec![Effect::Gone(table(from)), Effect::There(table(to))]
}
