//! Reads `CREATE TABLE`. <https://www.sqlite.org/lang_createtable.html>

use crate::dialect::sqlite::types::spell;
use crate::model::{
    Check, Column, ColumnType, DefaultValue, Deferrable, Extra, ForeignKey, Generated,
    GeneratedKind, Identity, IdentityKind, IntegerSize, Name, ObjectName, PrimaryKey,
    ReferentialAction, SequenceOptions, Table, Unique,
};

use super::token::{Kind, Token, tokens};
use super::{inside, split, written};

/// The words that begin a constraint of a table.
const TABLE_WORDS: [&str; 5] = ["constraint", "primary", "unique", "check", "foreign"];

/// The words that begin a constraint of a column, so that its type ends there.
const COLUMN_WORDS: [&str; 11] = [
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
];

/// Reads a table; `None` if it is not understood.
pub(super) fn read(name: &str, sql: &str) -> Option<Table> {
    let tokens = tokens(sql);
    let open = tokens.iter().position(|token| token.is_sign("("))?;
    let (body, end) = inside(&tokens, open)?;
    let mut reader =
        Reader { sql, table: Table::new(ObjectName::new(name)), key: None, taken: Vec::new() };
    for part in split(body) {
        let first = part.first()?;
        if first.kind == Kind::Word && TABLE_WORDS.iter().any(|word| first.is(word)) {
            reader.table_constraint(part)?;
        } else {
            reader.column(part)?;
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
    Some(reader.finish())
}

/// A primary key as it was written.
struct Key {
    name: Option<String>,
    columns: Vec<String>,
    descending: Vec<String>,
    is_autoincrement: bool,
    conflict: Option<String>,
}

struct Reader<'a> {
    sql: &'a str,
    table: Table,
    key: Option<Key>,
    taken: Vec<String>,
}

impl Reader<'_> {
    /// The name of a constraint: as written, else made up as PostgreSQL would.
    fn name(&mut self, written: Option<String>, columns: &[String], suffix: &str) -> Name {
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

    fn table_constraint(&mut self, tokens: &[Token]) -> Option<()> {
        let mut at = 0;
        let mut name = None;
        if tokens[0].is("constraint") {
            name = Some(tokens.get(1)?.text.clone());
            at = 2;
        }
        let first = tokens.get(at)?;
        if first.is("primary") {
            let (list, end) = inside(tokens, at + 2)?;
            let parts = split(list);
            // AUTOINCREMENT may stand in the list.
            let is_autoincrement = list.last().is_some_and(|last| last.is("autoincrement"));
            let mut columns = Vec::new();
            let mut descending = Vec::new();
            for part in parts {
                let column = part.first()?.text.clone();
                if part.iter().any(|token| token.is("desc")) {
                    descending.push(column.clone());
                }
                columns.push(column);
            }
            let (conflict, _) = conflict(tokens, end);
            self.key = Some(Key { name, columns, descending, is_autoincrement, conflict });
        } else if first.is("unique") {
            let (list, end) = inside(tokens, at + 1)?;
            let columns: Vec<String> = split(list)
                .into_iter()
                .filter_map(|part| part.first())
                .map(|token| token.text.clone())
                .collect();
            let (conflict, _) = conflict(tokens, end);
            self.unique(name, columns, conflict);
        } else if first.is("check") {
            let (inner, end) = inside(tokens, at + 1)?;
            let (conflict, _) = conflict(tokens, end);
            self.check(name, written(self.sql, inner).to_owned(), &[], conflict);
        } else if first.is("foreign") {
            let (list, end) = inside(tokens, at + 2)?;
            let columns: Vec<String> = split(list)
                .into_iter()
                .filter_map(|part| part.first())
                .map(|token| token.text.clone())
                .collect();
            self.references(name, columns, tokens, end)?;
        } else {
            return None;
        }
        Some(())
    }

    fn unique(&mut self, name: Option<String>, columns: Vec<String>, conflict: Option<String>) {
        let name = self.name(name, &columns, "key");
        let unique = Unique { extra: on_conflict(conflict), ..Unique::new(name, columns) };
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
        let check = Check { name, expression, is_no_inherit: false, extra: on_conflict(conflict) };
        self.table.checks.insert(check.name.text.clone(), check);
    }

    /// From `REFERENCES` on; gives back where it ends.
    fn references(
        &mut self,
        name: Option<String>,
        columns: Vec<String>,
        tokens: &[Token],
        at: usize,
    ) -> Option<usize> {
        let references = ObjectName::new(tokens.get(at + 1)?.text.clone());
        let mut at = at + 2;
        let mut referenced_columns = Vec::new();
        if tokens.get(at).is_some_and(|token| token.is_sign("(")) {
            let (list, end) = inside(tokens, at)?;
            referenced_columns = split(list)
                .into_iter()
                .filter_map(|part| part.first())
                .map(|token| token.text.clone())
                .collect();
            at = end;
        }
        let mut key = ForeignKey::new(Name::implicit(""), columns, references, referenced_columns);
        while let Some(token) = tokens.get(at) {
            if token.is("on") {
                let action = match (tokens.get(at + 2), tokens.get(at + 3)) {
                    (Some(word), _) if word.is("cascade") => (ReferentialAction::Cascade, 3),
                    (Some(word), _) if word.is("restrict") => (ReferentialAction::Restrict, 3),
                    (Some(set), Some(null)) if set.is("set") && null.is("null") => {
                        (ReferentialAction::SetNull, 4)
                    }
                    (Some(set), Some(_)) if set.is("set") => (ReferentialAction::SetDefault, 4),
                    _ => (ReferentialAction::NoAction, 4),
                };
                if tokens.get(at + 1)?.is("delete") {
                    key.on_delete = action.0;
                } else {
                    key.on_update = action.0;
                }
                at += action.1;
            } else if token.is("match") {
                at += 2;
            } else if token.is("not")
                && tokens.get(at + 1).is_some_and(|next| next.is("deferrable"))
            {
                at += 2;
                if tokens.get(at).is_some_and(|token| token.is("initially")) {
                    at += 2;
                }
            } else if token.is("deferrable") {
                key.deferrable = Some(Deferrable::Immediate);
                at += 1;
                if tokens.get(at).is_some_and(|token| token.is("initially")) {
                    if tokens.get(at + 1)?.is("deferred") {
                        key.deferrable = Some(Deferrable::Deferred);
                    }
                    at += 2;
                }
            } else {
                break;
            }
        }
        key.name = self.name(name, &key.columns.clone(), "fkey");
        self.table.foreign_keys.insert(key.name.text.clone(), key);
        Some(at)
    }

    fn column(&mut self, tokens: &[Token]) -> Option<()> {
        let first = tokens.first().filter(|token| token.is_name())?;
        let mut column = Column::new(first.text.clone(), ColumnType::Text).nullable();
        let mut at = 1;
        let mut depth = 0_usize;
        while let Some(token) = tokens.get(at) {
            let ends = depth == 0
                && token.kind == Kind::Word
                && COLUMN_WORDS.iter().any(|word| token.is(word));
            if ends {
                break;
            }
            if token.is_sign("(") {
                depth += 1;
            } else if token.is_sign(")") {
                depth = depth.saturating_sub(1);
            }
            at += 1;
        }
        let declared = written(self.sql, &tokens[1..at]);
        column.ty = column_type(declared);
        let mut name = None;
        while let Some(token) = tokens.get(at) {
            let own = [column.name.clone()];
            if token.is("constraint") {
                name = Some(tokens.get(at + 1)?.text.clone());
                at += 2;
                continue;
            }
            if token.is("primary") {
                at += 2;
                let mut descending = Vec::new();
                if let Some(order) = tokens.get(at).filter(|next| next.is("asc") || next.is("desc"))
                {
                    if order.is("desc") {
                        descending.push(column.name.clone());
                    }
                    at += 1;
                }
                let (conflict, end) = conflict(tokens, at);
                at = end;
                let is_autoincrement =
                    tokens.get(at).is_some_and(|token| token.is("autoincrement"));
                at += usize::from(is_autoincrement);
                self.key = Some(Key {
                    name: name.take(),
                    columns: own.to_vec(),
                    descending,
                    is_autoincrement,
                    conflict,
                });
            } else if token.is("not") {
                column.is_nullable = false;
                let (conflict, end) = conflict(tokens, at + 2);
                if let Some(conflict) = conflict {
                    column.extra.properties.insert("not_null_on_conflict".to_owned(), conflict);
                }
                at = end;
            } else if token.is("null") {
                let (_, end) = conflict(tokens, at + 1);
                at = end;
            } else if token.is("unique") {
                let (conflict, end) = conflict(tokens, at + 1);
                self.unique(name.take(), own.to_vec(), conflict);
                at = end;
            } else if token.is("check") {
                let (inner, end) = inside(tokens, at + 1)?;
                let (conflict, end) = conflict(tokens, end);
                self.check(name.take(), written(self.sql, inner).to_owned(), &own, conflict);
                at = end;
            } else if token.is("default") {
                at = self.default(&mut column, tokens, at + 1)?;
            } else if token.is("collate") {
                let collation = tokens.get(at + 1)?.text.clone();
                // BINARY is what it is anyway.
                column.collation =
                    Some(collation).filter(|name| !name.eq_ignore_ascii_case("binary"));
                at += 2;
            } else if token.is("references") {
                at = self.references(name.take(), own.to_vec(), tokens, at)?;
            } else if token.is("generated") {
                // `GENERATED ALWAYS AS`
                at += 2;
            } else if token.is("as") {
                let (inner, end) = inside(tokens, at + 1)?;
                let mut kind = GeneratedKind::Virtual;
                at = end;
                if let Some(word) = tokens.get(at).filter(|w| w.is("stored") || w.is("virtual")) {
                    if word.is("stored") {
                        kind = GeneratedKind::Stored;
                    }
                    at += 1;
                }
                column.generated =
                    Some(Generated { expression: written(self.sql, inner).to_owned(), kind });
            } else if token.is("deferrable") || token.is("not") || token.is("initially") {
                at += 1;
            } else {
                return None;
            }
        }
        self.table.columns.push(column);
        Some(())
    }

    fn default(&self, column: &mut Column, tokens: &[Token], at: usize) -> Option<usize> {
        let token = tokens.get(at)?;
        let (value, end) = if token.is_sign("(") {
            let (inner, end) = inside(tokens, at)?;
            (expression(self.sql, inner), end)
        } else if token.is_sign("-") || token.is_sign("+") {
            let sign = if token.is_sign("-") { "-" } else { "" };
            (DefaultValue::Number(format!("{sign}{}", tokens.get(at + 1)?.text)), at + 2)
        } else if token.text.eq_ignore_ascii_case("x")
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.kind == Kind::Text && next.range.start == token.range.end)
        {
            (DefaultValue::Expression(written(self.sql, &tokens[at..at + 2]).to_owned()), at + 2)
        } else {
            (literal(self.sql, token), at + 1)
        };
        column.default = Some(value);
        Some(end)
    }

    fn finish(mut self) -> Table {
        let Some(key) = self.key.take() else { return self.table };
        let names: Vec<String> = key
            .columns
            .iter()
            .map(|name| {
                let known = self.table.columns.iter().find(|c| c.name.eq_ignore_ascii_case(name));
                known.map_or_else(|| name.clone(), |column| column.name.clone())
            })
            .collect();
        let mut extra = on_conflict(key.conflict);
        let is_single = names.len() == 1;
        let is_without_rowid = self.table.options.is_without_rowid;
        for column in &mut self.table.columns {
            if !names.contains(&column.name) {
                continue;
            }
            // Only a single column of exactly this type, ascending, is another name of the rowid.
            let is_rowid = is_single
                && !is_without_rowid
                && key.descending.is_empty()
                && column.ty == ColumnType::integer(IntegerSize::Regular);
            if is_rowid {
                let kind = if key.is_autoincrement {
                    IdentityKind::AutoIncrement
                } else {
                    IdentityKind::ByDefault
                };
                column.identity = Some(Identity { kind, options: SequenceOptions::default() });
                column.ty = ColumnType::integer(IntegerSize::Big);
            } else if matches!(column.ty, ColumnType::Integer { .. }) {
                // Any other spelling is no rowid, though it looks like one.
                column.ty = ColumnType::Custom(spell(&column.ty, false));
            }
            if column.is_nullable && !is_without_rowid {
                column.extra.properties.insert("nullable_key".to_owned(), "yes".to_owned());
            }
        }
        if !key.descending.is_empty() {
            extra.properties.insert("descending".to_owned(), key.descending.join(","));
        }
        let name = match key.name {
            Some(name) => Name::explicit(name),
            None => Name::implicit(format!("{}_pkey", self.table.name.name)),
        };
        self.table.primary_key = Some(PrimaryKey { extra, ..PrimaryKey::new(name, names) });
        self.table
    }
}

fn on_conflict(conflict: Option<String>) -> Extra {
    Extra::properties(conflict.map(|action| ("on_conflict", action)))
}

/// `ON CONFLICT action`; the default action is none. And where it ends.
fn conflict(tokens: &[Token], at: usize) -> (Option<String>, usize) {
    match (tokens.get(at), tokens.get(at + 1), tokens.get(at + 2)) {
        (Some(on), Some(conflict), Some(action)) if on.is("on") && conflict.is("conflict") => {
            let action = action.text.to_lowercase();
            (Some(action).filter(|action| action != "abort"), at + 3)
        }
        _ => (None, at),
    }
}

/// A portable type where it is spelled exactly so, else what was declared.
fn column_type(declared: &str) -> ColumnType {
    let words = declared.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return ColumnType::Custom(String::new());
    }
    let lower = words.to_lowercase();
    let candidates = [
        lower.parse::<ColumnType>().ok(),
        (lower == "blob").then_some(ColumnType::Bytes),
        (lower == "date_text").then_some(ColumnType::Date),
        (lower == "time_text").then_some(ColumnType::Time(None)),
        (lower == "timestamp_text").then_some(ColumnType::Timestamp(None)),
        (lower == "timestamptz_text").then_some(ColumnType::TimestampTz(None)),
        (lower == "uuid_text").then_some(ColumnType::Uuid),
        (lower == "json_text").then_some(ColumnType::Json),
        lower.replace(", ", ",").parse::<ColumnType>().ok(),
    ];
    candidates
        .into_iter()
        .flatten()
        .find(|ty| spell(ty, false) == lower)
        .unwrap_or(ColumnType::Custom(words))
}

fn literal(sql: &str, token: &Token) -> DefaultValue {
    match token.kind {
        Kind::Number => DefaultValue::Number(token.text.clone()),
        // A name in double quotes is a text where no column could stand.
        Kind::Text | Kind::Quoted => DefaultValue::Text(token.text.clone()),
        _ if token.is("true") => DefaultValue::Boolean(true),
        _ if token.is("false") => DefaultValue::Boolean(false),
        _ if token.is("current_timestamp") => DefaultValue::Now,
        _ => DefaultValue::Expression(sql[token.range.clone()].to_owned()),
    }
}

fn expression(sql: &str, tokens: &[Token]) -> DefaultValue {
    match tokens {
        [token] => literal(sql, token),
        _ => DefaultValue::Expression(written(sql, tokens).to_owned()),
    }
}
