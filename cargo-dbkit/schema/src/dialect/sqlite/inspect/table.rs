//! Reads `CREATE TABLE`, as SQLite's own grammar has it. <https://www.sqlite.org/lang_createtable.html>
//!
//! Its grammar takes more than its documentation shows: constraints of a table need no commas between them, a `CONSTRAINT name` may stand
//! alone, and `DEFERRABLE` belongs to the foreign key before it, whatever stands between.

use crate::dialect::sqlite::types::read_type;
use crate::model::{
    Check, Column, ColumnType, DefaultValue, Deferrable, Extra, ForeignKey, Generated,
    GeneratedKind, Identity, IdentityKind, IntegerSize, Name, ObjectName, PrimaryKey,
    ReferentialAction, SequenceOptions, Table, Unique,
};

use super::token::{Kind, Token, inside, split, tokens, written};

/// The words that begin a constraint of a table.
const TABLE_WORDS: [&str; 5] = ["constraint", "primary", "unique", "check", "foreign"];

/// The words that begin a constraint of a column, so that its type ends there.
const COLUMN_WORDS: [&str; 13] = [
    "constraint",
    "primary",
    "not",
    "null",
    "unique",
    "check",
    "default",
    "collate",
    "references",
    "generated",
    "as",
    "deferrable",
    "initially",
];

/// Reads a table; `None` if it is not understood.
pub(super) fn read(name: &str, sql: &str) -> Option<Table> {
    let tokens = tokens(sql);
    let open = tokens.iter().position(|token| token.is_sign("("))?;
    let (body, end) = inside(&tokens, open)?;
    let mut reader = Reader {
        sql,
        table: Table::new(ObjectName::new(name)),
        key: None,
        taken: Vec::new(),
        last_foreign_key: None,
    };
    for part in split(body) {
        let first = part.first()?;
        if first.kind == Kind::Word && TABLE_WORDS.iter().any(|word| first.is(word)) {
            reader.table_constraints(&mut Cursor { tokens: part, at: 0 })?;
        } else {
            reader.column(&mut Cursor { tokens: part, at: 0 })?;
        }
    }
    for option in split(&tokens[end..]) {
        match option {
            [word] if word.is("strict") => reader.table.options.is_strict = true,
            [without, rowid] if without.is("without") && rowid.is("rowid") => {
                reader.table.options.is_without_rowid = true;
            }
            [] => {}
            [sign] if sign.is_sign(";") => {}
            _ => return None,
        }
    }
    reader.finish()
}

/// A place in a list of tokens.
struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    /// Goes past words that stand here one after the other, or stays.
    fn eat(&mut self, words: &[&str]) -> bool {
        let is_here = words
            .iter()
            .enumerate()
            .all(|(at, word)| self.tokens.get(self.at + at).is_some_and(|token| token.is(word)));
        if is_here {
            self.at += words.len();
        }
        is_here
    }

    fn name(&mut self) -> Option<String> {
        self.next().filter(|token| token.is_name()).map(|token| token.text.clone())
    }

    /// What stands in parentheses here.
    fn inside(&mut self) -> Option<&'a [Token]> {
        if !self.peek()?.is_sign("(") {
            return None;
        }
        let (inner, end) = inside(self.tokens, self.at)?;
        self.at = end;
        Some(inner)
    }

    /// `(a, b)`: each name alone.
    fn names(&mut self) -> Option<Vec<String>> {
        split(self.inside()?)
            .into_iter()
            .map(|part| part.first().filter(|token| token.is_name()).map(|name| name.text.clone()))
            .collect()
    }

    /// `ON CONFLICT action`; the default action is none.
    fn conflict(&mut self) -> Option<Option<String>> {
        if !self.eat(&["on", "conflict"]) {
            return Some(None);
        }
        let action = self.next()?.text.to_lowercase();
        Some(Some(action).filter(|action| action != "abort"))
    }
}

/// A primary key as it was written.
struct Key {
    name: Option<String>,
    parts: KeyParts,
    is_autoincrement: bool,
    /// It stands at its column, where `DESC` makes it no rowid.
    is_inline: bool,
    conflict: Option<String>,
}

/// `(a COLLATE nocase DESC, b)`
#[derive(Default)]
struct KeyParts {
    columns: Vec<String>,
    /// What is said of them beside the name, in normal form: `COLLATE nocase DESC`.
    words: Vec<String>,
}

impl KeyParts {
    fn extra(&self, conflict: Option<String>) -> Extra {
        let words = self.words.iter().enumerate().filter(|(_, words)| !words.is_empty());
        // By place: a column may get another name.
        let parts = words.map(|(at, words)| (format!("part:{}", at + 1), words.clone()));
        let conflict = conflict.map(|action| ("on_conflict".to_owned(), action));
        Extra::properties(conflict.into_iter().chain(parts))
    }
}

struct Reader<'a> {
    sql: &'a str,
    table: Table,
    key: Option<Key>,
    taken: Vec<String>,
    last_foreign_key: Option<String>,
}

impl Reader<'_> {
    /// The name of a constraint: as written, else made up as PostgreSQL would.
    fn name(&mut self, written: Option<String>, columns: &[String], suffix: &str) -> Name {
        // Two constraints may have one name, which says nothing.
        let written = written.filter(|name| !self.taken.contains(name));
        let name = match written {
            Some(name) => Name::explicit(name),
            None => {
                let mut parts = vec![self.table.name.name.clone()];
                parts.extend(columns.iter().cloned());
                let base = format!("{}_{suffix}", parts.join("_"));
                let mut name = base.clone();
                let mut number = 1;
                while self.taken.contains(&name) {
                    name = format!("{base}{number}");
                    number += 1;
                }
                Name::implicit(name)
            }
        };
        self.taken.push(name.text.clone());
        name
    }

    fn table_constraints(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let mut name = None;
        while cursor.peek().is_some() {
            if cursor.eat(&["constraint"]) {
                name = Some(cursor.name()?);
            } else if cursor.eat(&["primary", "key"]) {
                let list = cursor.inside()?;
                // AUTOINCREMENT may stand in the list.
                let (list, is_autoincrement) = match list {
                    [rest @ .., last] if last.is("autoincrement") => (rest, true),
                    _ => (list, false),
                };
                let parts = key_parts(list)?;
                let conflict = cursor.conflict()?;
                let name = name.take();
                self.key = Some(Key { name, parts, is_autoincrement, is_inline: false, conflict });
            } else if cursor.eat(&["unique"]) {
                let parts = key_parts(cursor.inside()?)?;
                let conflict = cursor.conflict()?;
                self.unique(name.take(), parts, conflict);
            } else if cursor.eat(&["check"]) {
                let expression = written(self.sql, cursor.inside()?).to_owned();
                let conflict = cursor.conflict()?;
                self.check(name.take(), expression, &[], conflict);
            } else if cursor.eat(&["foreign", "key"]) {
                let columns = cursor.names()?;
                if !cursor.eat(&["references"]) {
                    return None;
                }
                self.references(name.take(), columns, cursor)?;
            } else if !self.deferrable(cursor)? {
                return None;
            }
        }
        Some(())
    }

    fn unique(&mut self, name: Option<String>, parts: KeyParts, conflict: Option<String>) {
        let name = self.name(name, &parts.columns, "key");
        let unique = Unique { extra: parts.extra(conflict), ..Unique::new(name, parts.columns) };
        self.table.uniques.insert(unique.name.text.clone(), unique);
    }

    fn check(
        &mut self,
        name: Option<String>,
        expression: String,
        columns: &[String],
        conflict: Option<String>,
    ) {
        let name = self.name(name, columns, "check");
        let extra = KeyParts::default().extra(conflict);
        let check = Check { name, expression, is_no_inherit: false, extra };
        self.table.checks.insert(check.name.text.clone(), check);
    }

    /// After `REFERENCES`.
    fn references(
        &mut self,
        name: Option<String>,
        columns: Vec<String>,
        cursor: &mut Cursor<'_>,
    ) -> Option<()> {
        let references = ObjectName::new(cursor.name()?);
        let referenced_columns = match cursor.peek() {
            Some(token) if token.is_sign("(") => cursor.names()?,
            _ => Vec::new(),
        };
        let name = self.name(name, &columns, "fkey");
        let mut key = ForeignKey::new(name, columns, references, referenced_columns);
        loop {
            if cursor.eat(&["on", "delete"]) {
                key.on_delete = action(cursor)?;
            } else if cursor.eat(&["on", "update"]) {
                key.on_update = action(cursor)?;
            } else if cursor.eat(&["on", "insert"]) {
                // Parsed, and not looked at; the same goes for MATCH.
                action(cursor)?;
            } else if cursor.eat(&["match"]) {
                cursor.next()?;
            } else {
                break;
            }
        }
        self.last_foreign_key = Some(key.name.text.clone());
        self.table.foreign_keys.insert(key.name.text.clone(), key);
        self.deferrable(cursor)?;
        Some(())
    }

    /// `[NOT] DEFERRABLE [INITIALLY ..]`, of the foreign key before it. Whether something stood there.
    fn deferrable(&mut self, cursor: &mut Cursor<'_>) -> Option<bool> {
        let mut deferrable = if cursor.eat(&["not", "deferrable"]) {
            None
        } else if cursor.eat(&["deferrable"]) {
            Some(Deferrable::Immediate)
        } else {
            return Some(false);
        };
        if cursor.eat(&["initially"]) && cursor.next()?.is("deferred") && deferrable.is_some() {
            deferrable = Some(Deferrable::Deferred);
        }
        let last = self.last_foreign_key.as_ref();
        if let Some(key) = last.and_then(|name| self.table.foreign_keys.get_mut(name)) {
            key.deferrable = deferrable;
        }
        Some(true)
    }

    fn column(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let mut column = Column::new(cursor.name()?, ColumnType::Text).nullable();
        let start = cursor.at;
        let is_constraint = |token: &Token| {
            token.kind == Kind::Word && COLUMN_WORDS.iter().any(|word| token.is(word))
        };
        while let Some(token) = cursor.peek().filter(|token| !is_constraint(token)) {
            if token.is_sign("(") {
                cursor.inside()?;
            } else {
                cursor.at += 1;
            }
        }
        column.ty = read_type(written(self.sql, &cursor.tokens[start..cursor.at]));
        let own = || KeyParts { columns: vec![column.name.clone()], words: vec![String::new()] };
        let columns = [column.name.clone()];
        let mut name = None;
        while cursor.peek().is_some() {
            if cursor.eat(&["constraint"]) {
                name = Some(cursor.name()?);
            } else if cursor.eat(&["primary", "key"]) {
                let mut parts = own();
                if cursor.eat(&["desc"]) {
                    parts.words = vec!["DESC".to_owned()];
                } else {
                    cursor.eat(&["asc"]);
                }
                let conflict = cursor.conflict()?;
                let is_autoincrement = cursor.eat(&["autoincrement"]);
                let name = name.take();
                self.key = Some(Key { name, parts, is_autoincrement, is_inline: true, conflict });
            } else if cursor.eat(&["not", "null"]) {
                column.is_nullable = false;
                if let Some(action) = cursor.conflict()? {
                    column.extra.properties.insert("not_null_on_conflict".to_owned(), action);
                }
                name = None;
            } else if cursor.eat(&["null"]) {
                cursor.conflict()?;
            } else if cursor.eat(&["unique"]) {
                let conflict = cursor.conflict()?;
                self.unique(name.take(), own(), conflict);
            } else if cursor.eat(&["check"]) {
                let expression = written(self.sql, cursor.inside()?).to_owned();
                let conflict = cursor.conflict()?;
                self.check(name.take(), expression, &columns, conflict);
            } else if cursor.eat(&["default"]) {
                column.default = Some(self.default(cursor)?);
                name = None;
            } else if cursor.eat(&["collate"]) {
                let collation = cursor.name()?;
                // BINARY is what it is anyway.
                column.collation =
                    Some(collation).filter(|name| !name.eq_ignore_ascii_case("binary"));
                name = None;
            } else if cursor.eat(&["references"]) {
                self.references(name.take(), columns.to_vec(), cursor)?;
            } else if cursor.eat(&["generated", "always"]) {
                if !cursor.is("as") {
                    return None;
                }
            } else if cursor.eat(&["as"]) {
                let expression = written(self.sql, cursor.inside()?).to_owned();
                let kind = if cursor.eat(&["stored"]) {
                    GeneratedKind::Stored
                } else {
                    cursor.eat(&["virtual"]);
                    GeneratedKind::Virtual
                };
                column.generated = Some(Generated { expression, kind });
                name = None;
            } else if !self.deferrable(cursor)? {
                return None;
            }
        }
        self.table.columns.push(column.into());
        Some(())
    }

    fn default(&self, cursor: &mut Cursor<'_>) -> Option<DefaultValue> {
        if cursor.peek()?.is_sign("(") {
            return Some(expression(self.sql, cursor.inside()?));
        }
        let sign = match cursor.peek()? {
            token if token.is_sign("-") => "-",
            token if token.is_sign("+") => "",
            _ => return literal(self.sql, cursor.next()?),
        };
        cursor.next()?;
        let value = cursor.next()?;
        Some(match value.kind {
            Kind::Number => DefaultValue::Number(format!("{sign}{}", value.text)),
            _ => DefaultValue::Expression(format!("{sign}{}", &self.sql[value.range.clone()])),
        })
    }

    fn finish(mut self) -> Option<Table> {
        // Names have no case; a thing has the one under which it was made.
        let known: Vec<String> =
            self.table.columns.iter().map(|column| column.name.clone()).collect();
        let resolve = |names: &mut Vec<String>| {
            for name in names {
                if let Some(found) = known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                    name.clone_from(found);
                }
            }
        };
        for unique in self.table.uniques.values_mut() {
            resolve(&mut unique.columns);
        }
        for key in self.table.foreign_keys.values_mut() {
            resolve(&mut key.columns);
        }
        let Some(mut key) = self.key.take() else { return Some(self.table) };
        resolve(&mut key.parts.columns);
        let is_rowid_table = !self.table.options.is_without_rowid;
        let single = match key.parts.columns.as_slice() {
            [name] if is_rowid_table => Some(name.clone()),
            _ => None,
        };
        for column in &mut self.table.columns {
            if !key.parts.columns.contains(&column.name) {
                continue;
            }
            if column.is_nullable && is_rowid_table {
                column.extra.properties.insert("nullable_key".to_owned(), "yes".to_owned());
            }
            if single.as_ref() != Some(&column.name) {
                continue;
            }
            // Only a column of exactly this type is another name of the rowid, and by mistake not with DESC at the column.
            let is_descending = key.parts.words.iter().any(|words| words.ends_with("DESC"));
            if column.ty == ColumnType::integer(IntegerSize::Regular)
                && !(key.is_inline && is_descending)
            {
                let kind = if key.is_autoincrement {
                    IdentityKind::AutoIncrement
                } else {
                    IdentityKind::ByDefault
                };
                column.identity =
                    Some(Box::new(Identity { kind, options: SequenceOptions::default() }));
                column.ty = ColumnType::integer(IntegerSize::Big);
                key.parts.words.clear();
            } else if matches!(column.ty, ColumnType::Integer { .. }) {
                // Any other spelling is no rowid, though it looks like one.
                column.ty = ColumnType::Custom(super::super::types::spell(&column.ty, false));
            }
        }
        let extra = key.parts.extra(key.conflict);
        let name = match key.name {
            Some(name) => Name::explicit(name),
            None => Name::implicit(format!("{}_pkey", self.table.name.name)),
        };
        let columns = key.parts.columns;
        self.table.primary_key = Some(PrimaryKey { extra, ..PrimaryKey::new(name, columns) });
        Some(self.table)
    }
}

/// The list of a key.
fn key_parts(list: &[Token]) -> Option<KeyParts> {
    let mut parts = KeyParts::default();
    for part in split(list) {
        let mut cursor = Cursor { tokens: part, at: 0 };
        parts.columns.push(cursor.name()?);
        let mut words = Vec::new();
        if cursor.eat(&["collate"]) {
            words.push(format!("COLLATE {}", cursor.name()?));
        }
        if cursor.eat(&["desc"]) {
            words.push("DESC".to_owned());
        } else {
            cursor.eat(&["asc"]);
        }
        if cursor.peek().is_some() {
            return None;
        }
        parts.words.push(words.join(" "));
    }
    Some(parts)
}

/// What a foreign key does.
fn action(cursor: &mut Cursor<'_>) -> Option<ReferentialAction> {
    Some(if cursor.eat(&["cascade"]) {
        ReferentialAction::Cascade
    } else if cursor.eat(&["restrict"]) {
        ReferentialAction::Restrict
    } else if cursor.eat(&["set", "null"]) {
        ReferentialAction::SetNull
    } else if cursor.eat(&["set", "default"]) {
        ReferentialAction::SetDefault
    } else if cursor.eat(&["no", "action"]) {
        ReferentialAction::NoAction
    } else {
        return None;
    })
}

fn literal(sql: &str, token: &Token) -> Option<DefaultValue> {
    Some(match token.kind {
        Kind::Number => DefaultValue::Number(token.text.clone()),
        Kind::Blob => DefaultValue::Expression(sql[token.range.clone()].to_owned()),
        // A name is a text where no column could stand.
        Kind::Text | Kind::Quoted => DefaultValue::Text(token.text.clone()),
        Kind::Word => match token.text.to_lowercase().as_str() {
            "true" => DefaultValue::Boolean(true),
            "false" => DefaultValue::Boolean(false),
            "current_timestamp" => DefaultValue::Now,
            "current_date" | "current_time" | "null" => {
                DefaultValue::Expression(token.text.to_uppercase())
            }
            _ => DefaultValue::Text(token.text.clone()),
        },
        Kind::Sign => return None,
    })
}

/// What stands in parentheses after DEFAULT: a literal is one there, too.
fn expression(sql: &str, tokens: &[Token]) -> DefaultValue {
    let verbatim = || DefaultValue::Expression(written(sql, tokens).to_owned());
    match tokens {
        [open, .., _] if open.is_sign("(") => match inside(tokens, 0) {
            Some((inner, end)) if end == tokens.len() => expression(sql, inner),
            _ => verbatim(),
        },
        [sign, number] if sign.is_sign("-") && number.kind == Kind::Number => {
            DefaultValue::Number(format!("-{}", number.text))
        }
        // Here a name in quotes could be a column.
        [token] if token.kind != Kind::Quoted => literal(sql, token).unwrap_or_else(verbatim),
        _ => verbatim(),
    }
}
