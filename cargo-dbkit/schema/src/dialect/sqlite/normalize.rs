//! The form in which SQLite would give a schema back.

use crate::model::expression::{is_plain_name, quoted_name};
use crate::model::{
    Column, ColumnType, DefaultValue, EntityKind, Identity, IdentityKind, IndexTarget, IntegerSize,
    MatchType, Object, Schema, SequenceOptions, Table, TableOptions,
};

use super::inspect::token::{Kind, Token, tokens};
use super::types::read_type;

pub(super) fn normalize(mut schema: Schema) -> Schema {
    // Comments are not kept.
    for enum_type in schema.enums.values_mut() {
        enum_type.comment = None;
    }
    for table in schema.tables.values_mut() {
        let options = std::mem::take(&mut table.options);
        table.options = TableOptions {
            is_strict: options.is_strict,
            is_without_rowid: options.is_without_rowid,
            extra: options.extra,
            ..TableOptions::default()
        };
        let rowid = rowid(table);
        for column in &mut table.columns {
            let place = rowid.as_ref().filter(|(name, _)| *name == column.name);
            normalize_column(column, options.is_strict, place.map(|(_, is_rowid)| *is_rowid));
        }
        normalize_key(table);
        for key in table.foreign_keys.values_mut() {
            // Parsed, and not looked at.
            key.match_type = MatchType::Simple;
        }
        for index in table.indexes.values_mut() {
            index.comment = None;
            index.is_concurrent = false;
        }
        normalize_expressions(table);
    }
    for object in schema.objects.values_mut() {
        object.definition = stored(object);
    }
    schema
}

/// The column that alone is the key of a table with rowids, and whether it may be another name of the rowid.
fn rowid(table: &Table) -> Option<(String, bool)> {
    let key = table.primary_key.as_ref().filter(|_| !table.options.is_without_rowid)?;
    match key.columns.as_slice() {
        [name] => Some((name.clone(), !key.extra.properties.contains_key("part:1"))),
        _ => None,
    }
}

/// `rowid` is `None` for a column that is not alone the key of its table, else whether it may be the rowid.
fn normalize_column(column: &mut Column, is_strict: bool, rowid: Option<bool>) {
    column.comment = None;
    column.charset = None;
    column.on_update = None;
    let ty = std::mem::replace(&mut column.ty, ColumnType::Text);
    column.ty = match ty {
        ColumnType::Custom(declared) => match (read_type(&declared), rowid) {
            // Of all whole numbers only `INTEGER` is the rowid; the others stay apart from it.
            (ty @ ColumnType::Integer { .. }, Some(may_be_rowid)) => {
                if may_be_rowid && ty == ColumnType::integer(IntegerSize::Regular) {
                    ty
                } else {
                    ColumnType::Custom(super::types::spell(&ty, false))
                }
            }
            (ColumnType::Custom(declared), _) => ColumnType::Custom(declared),
            (ty, _) => normalize_type(ty, is_strict),
        },
        ty => normalize_type(ty, is_strict),
    };
    if let Some(identity) = &mut column.identity {
        let kind = match identity.kind {
            IdentityKind::AutoIncrement => IdentityKind::AutoIncrement,
            IdentityKind::Always | IdentityKind::ByDefault | IdentityKind::Serial => {
                IdentityKind::ByDefault
            }
        };
        **identity = Identity { kind, options: SequenceOptions::default() };
        column.is_nullable = column.extra.properties.contains_key("nullable_key");
        // Only `INTEGER` is another name of the rowid.
        column.ty = ColumnType::integer(IntegerSize::Big);
    }
    if let Some(DefaultValue::Expression(text)) = &mut column.default {
        match text.to_uppercase().as_str() {
            "CURRENT_TIMESTAMP" => column.default = Some(DefaultValue::Now),
            word @ ("CURRENT_DATE" | "CURRENT_TIME" | "NULL") => *text = word.to_owned(),
            _ => {}
        }
    }
}

/// Types that are spelled alike are one.
fn normalize_type(ty: ColumnType, is_strict: bool) -> ColumnType {
    match ty {
        ColumnType::Enum(_) | ColumnType::Custom(_) => ty,
        ty if is_strict => match super::types::spell(&ty, true).as_str() {
            "integer" => ColumnType::integer(IntegerSize::Regular),
            "real" => ColumnType::Float(crate::model::FloatSize::Single),
            "blob" => ColumnType::Bytes,
            _ => ColumnType::Text,
        },
        ColumnType::Integer { size, .. } => ColumnType::integer(size),
        ColumnType::Varchar(None) | ColumnType::Char(None) | ColumnType::Interval => {
            ColumnType::Text
        }
        ColumnType::Binary(_) | ColumnType::Varbinary(_) => ColumnType::Bytes,
        ColumnType::JsonBinary => ColumnType::Json,
        ColumnType::Time(_) => ColumnType::Time(None),
        ColumnType::Timestamp(_) => ColumnType::Timestamp(None),
        ColumnType::TimestampTz(_) => ColumnType::TimestampTz(None),
        ty => ty,
    }
}

/// A single whole-number key is the rowid, whether the code says `identity` or not.
fn normalize_key(table: &mut Table) {
    let rowid = rowid(table);
    let Some(key) = &table.primary_key else { return };
    for column in &mut table.columns {
        if !key.columns.contains(&column.name) {
            continue;
        }
        // SQLite lets keys hold NULL, as it once did by mistake, unless they say otherwise.
        column.is_nullable = column.extra.properties.contains_key("nullable_key");
        let is_rowid = rowid == Some((column.name.clone(), true))
            && matches!(column.ty, ColumnType::Integer { .. });
        if is_rowid && column.identity.is_none() && column.default.is_none() {
            column.identity = Some(Box::new(Identity {
                kind: IdentityKind::ByDefault,
                options: SequenceOptions::default(),
            }));
            column.ty = ColumnType::integer(IntegerSize::Big);
        }
    }
}

/// Names in expressions have quotes where they need them: SQLite itself adds quotes when it renames something.
fn normalize_expressions(table: &mut Table) {
    let columns: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    let spelling = Spelling { table: table.name.name.clone(), columns };
    for generated in table.columns.iter_mut().filter_map(|column| column.generated.as_mut()) {
        spelling.mend(&mut generated.expression);
    }
    for check in table.checks.values_mut() {
        spelling.mend(&mut check.expression);
    }
    for index in table.indexes.values_mut() {
        for part in &mut index.parts {
            if let IndexTarget::Expression(text) = &mut part.target {
                spelling.mend(text);
            }
        }
        if let Some(predicate) = &mut index.predicate {
            spelling.mend(predicate);
        }
    }
}

/// How the names that an expression of a table may say are spelled.
struct Spelling {
    table: String,
    columns: Vec<String>,
}

impl Spelling {
    fn mend(&self, text: &mut String) {
        let tokens = tokens(text);
        let mut mended = String::with_capacity(text.len());
        let mut end = 0;
        for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Quoted)
        {
            if let Some(spelled) = self.spelled(&tokens, at) {
                mended.push_str(&text[end..token.range.start]);
                mended.push_str(&spelled);
                end = token.range.end;
            }
        }
        if end > 0 {
            mended.push_str(&text[end..]);
            *text = mended;
        }
    }

    /// What a name in quotes becomes.
    fn spelled(&self, tokens: &[Token], at: usize) -> Option<String> {
        let token = &tokens[at];
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let after = tokens.get(at + 1);
        if before.is_some_and(|word| word.is("collate") || word.is("as")) {
            return None;
        }
        let is = |name: &&String| name.eq_ignore_ascii_case(&token.text);
        let is_table = after.is_some_and(|sign| sign.is_sign(".")) && is(&&self.table);
        let column = self.columns.iter().find(is);
        match column.or_else(|| is_table.then_some(&self.table)) {
            Some(name) if is_plain_name(name) => Some(name.clone()),
            Some(name) => Some(quoted_name(name)),
            // Else it is a function, or a text by an old mistake of SQLite.
            None => None,
        }
    }
}

/// The text of an object as SQLite keeps it: the first words are its own, from the name on it is what was written.
fn stored(object: &Object) -> String {
    let text = object.definition.as_str();
    let tokens = tokens(text);
    let last = tokens.iter().rev().find(|token| !token.is_sign(";"));
    // A comment at the end would swallow the semicolon after it.
    let text = &text[..last.map_or(0, |last| last.range.end)];
    let head = match object.id.kind {
        EntityKind::View => "CREATE VIEW ",
        EntityKind::Trigger => "CREATE TRIGGER ",
        EntityKind::VirtualTable => "CREATE VIRTUAL TABLE ",
        _ => return text.to_owned(),
    };
    let is_head = |token: &&Token| {
        ["create", "virtual", "table", "view", "trigger"].iter().any(|word| token.is(word))
    };
    let mut at = tokens.iter().take_while(is_head).count();
    let are = |at: usize, words: &[&str]| {
        words.iter().zip(&tokens[at..]).filter(|(word, token)| token.is(word)).count()
            == words.len()
    };
    if at < 2 {
        return text.to_owned();
    }
    if are(at, &["if", "not", "exists"]) {
        at += 3;
    }
    if are(at, &["main"]) && tokens.get(at + 1).is_some_and(|sign| sign.is_sign(".")) {
        at += 2;
    }
    match tokens.get(at) {
        Some(name) => format!("{head}{}", text.get(name.range.start..).unwrap_or_default()),
        None => text.to_owned(),
    }
}
