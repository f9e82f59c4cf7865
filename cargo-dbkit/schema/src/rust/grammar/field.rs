//! A field of a struct: a column.

use proc_macro2::Span;

use crate::model::{
    ColumnType, DialectName, FloatSize, GeneratedKind, IdentityKind, IntegerSize, SequenceOptions,
};

use super::super::extra::ExtraItem;
use super::super::item::{Choice, DefaultItem, FieldItem, IdentityItem, Spanned, TypeItem};
use super::super::node::{Node, NodeKind};
use super::super::problem::Problem;
use super::member::{check, foreign_key, index, key};
use super::{cfgs, doc, nodes, number, plain_text, text, unknown};

const COLUMN_WORDS: [&str; 46] = [
    "primary_key",
    "identity",
    "serial",
    "autoincrement",
    "unique",
    "index",
    "references",
    "default",
    "generated",
    "check",
    "collate",
    "charset",
    "on_update",
    "comment",
    "renamed_from",
    "using",
    "backfill",
    "skip",
    "name",
    "type",
    "unsigned",
    "varchar",
    "char",
    "numeric",
    "text",
    "bytes",
    "binary",
    "varbinary",
    "json",
    "jsonb",
    "uuid",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "interval",
    "boolean",
    "tinyint",
    "smallint",
    "integer",
    "bigint",
    "real",
    "double",
    "mediumint",
    "property",
    "inherited",
];

pub(in crate::rust) fn field(field: &syn::Field, problems: &mut Vec<Problem>) -> Option<FieldItem> {
    let ident = field.ident.as_ref()?;
    let rust_name = ident.to_string().trim_start_matches("r#").to_owned();
    let mut item = FieldItem {
        rust_name: Spanned { value: rust_name, span: ident.span() },
        name: None,
        ty: Box::new(field.ty.clone()),
        ty_item: None,
        is_unsigned: false,
        is_primary_key: None,
        identity: None,
        unique: None,
        index: None,
        references: None,
        default: None,
        generated: None,
        checks: Vec::new(),
        collation: None,
        charset: None,
        on_update: None,
        comment: None,
        doc: doc(&field.attrs),
        renamed_from: None,
        using: None,
        backfill: None,
        is_skipped: false,
        extra: ExtraItem::default(),
        cfg: cfgs(&field.attrs, problems),
    };
    for node in nodes(&field.attrs, problems) {
        column_word(&mut item, &node, problems);
    }
    Some(item)
}

fn column_word(item: &mut FieldItem, node: &Node, problems: &mut Vec<Problem>) {
    let Some(word) = node.word() else {
        problems.push(unknown(node, COLUMN_WORDS, "of a column"));
        return;
    };
    match word {
        "primary_key" => item.is_primary_key = Some(node.span),
        "identity" => item.identity = Some(Box::new(identity(node, problems))),
        "serial" => {
            let serial = identity(node, problems);
            item.identity = Some(Box::new(IdentityItem { kind: IdentityKind::Serial, ..serial }));
        }
        "autoincrement" => {
            item.identity = Some(Box::new(IdentityItem {
                kind: IdentityKind::AutoIncrement,
                options: SequenceOptions::default(),
                span: node.span,
            }));
        }
        "unique" => {
            let key = key(node, problems);
            problems.extend(key.columns.first().map(|column| of_one(column.span, "unique")));
            item.unique = Some(Box::new(key));
        }
        "index" => {
            if let Some(on) = node.list().iter().find(|part| part.word() == Some("on")) {
                problems.push(of_one(on.span, "index"));
            }
            item.index = Some(Box::new(index(node, problems)));
        }
        "references" => item.references = Some(Box::new(foreign_key(node, problems))),
        "default" => item.default = default(node, problems).map(Box::new),
        "generated" => item.generated = generated(node, problems).map(Box::new),
        "check" => item.checks.extend(check(node, problems)),
        "collate" => item.collation = plain_text(node, problems),
        "charset" => item.charset = plain_text(node, problems),
        "on_update" => item.on_update = plain_text(node, problems),
        "comment" => item.comment = plain_text(node, problems),
        "renamed_from" => item.renamed_from = text(node, problems),
        "using" => item.using = text_choice(node, problems).map(Box::new),
        "backfill" => item.backfill = text_choice(node, problems).map(Box::new),
        "skip" => item.is_skipped = true,
        "name" => item.name = text(node, problems),
        "type" => {
            let each = |each: Vec<(DialectName, String)>| {
                each.into_iter().map(|(dialect, sql)| (dialect, TypeItem::Sql(sql))).collect()
            };
            item.ty_item = text_choice(node, problems).map(|choice| {
                Box::new(Choice {
                    all: choice.all.map(TypeItem::Sql),
                    each: each(choice.each),
                    span: choice.span,
                })
            });
        }
        "unsigned" => item.is_unsigned = true,
        "property" | "inherited" => {
            item.extra.takes(node, problems);
        }
        _ => match portable_type(node, problems) {
            Some(ty) => {
                item.ty_item = Some(Box::new(Choice {
                    all: Some(TypeItem::Portable(ty)),
                    each: Vec::new(),
                    span: node.span,
                }));
            }
            None => problems.push(unknown(node, COLUMN_WORDS, "of a column")),
        },
    }
}

fn of_one(span: Span, word: &str) -> Problem {
    Problem::new(span, "DBK0103", format!("`{word}` on a field is of that column alone"))
        .label("not here")
        .help(format!("for several columns write `{word}(on(a, b))` on the struct"))
}

/// `varchar(200)`, `numeric(12, 2)`, `timestamp(3)`, `text`, ..
fn portable_type(node: &Node, problems: &mut Vec<Problem>) -> Option<ColumnType> {
    let list = node.list();
    let length = |problems: &mut Vec<Problem>| match list.first() {
        Some(first) => number(Some(first), node, problems).map(Some),
        None => Some(None),
    };
    let precision = |problems: &mut Vec<Problem>| match list.first() {
        Some(first) => number::<u8>(Some(first), node, problems).map(Some),
        None => Some(None),
    };
    // A number that is missing has been reported; the type itself is known.
    Some(match node.word()? {
        "varchar" => ColumnType::Varchar(length(problems).flatten()),
        "char" => ColumnType::Char(length(problems).flatten()),
        "binary" => ColumnType::Binary(number(list.first(), node, problems).unwrap_or(1)),
        "varbinary" => ColumnType::Varbinary(number(list.first(), node, problems).unwrap_or(1)),
        "numeric" => {
            let precision = number(list.first(), node, problems)?;
            let scale = if list.len() > 1 { number(list.get(1), node, problems)? } else { 0 };
            ColumnType::Numeric(Some((precision, scale)))
        }
        "text" => ColumnType::Text,
        "bytes" => ColumnType::Bytes,
        "json" => ColumnType::Json,
        "jsonb" => ColumnType::JsonBinary,
        "uuid" => ColumnType::Uuid,
        "date" => ColumnType::Date,
        "time" => ColumnType::Time(precision(problems).flatten()),
        "timestamp" => ColumnType::Timestamp(precision(problems).flatten()),
        "timestamptz" => ColumnType::TimestampTz(precision(problems).flatten()),
        "interval" => ColumnType::Interval,
        "boolean" => ColumnType::Boolean,
        "tinyint" => ColumnType::integer(IntegerSize::Tiny),
        "smallint" => ColumnType::integer(IntegerSize::Small),
        "mediumint" => ColumnType::integer(IntegerSize::Medium),
        "integer" => ColumnType::integer(IntegerSize::Regular),
        "bigint" => ColumnType::integer(IntegerSize::Big),
        "real" => ColumnType::Float(FloatSize::Single),
        "double" => ColumnType::Float(FloatSize::Double),
        _ => return None,
    })
}

fn dialect(word: &str) -> Option<DialectName> {
    matches!(word, "pg" | "postgres" | "sqlite" | "mysql").then(|| word.parse().ok()).flatten()
}

/// `word = ".."`, or `word(pg = "..", sqlite = "..")`.
fn text_choice(node: &Node, problems: &mut Vec<Problem>) -> Option<Choice<String>> {
    let is_each = !node.list().is_empty()
        && node.list().iter().all(|node| matches!(node.kind, NodeKind::Assign(..)));
    if !is_each {
        let text = text(node, problems)?;
        return Some(Choice { all: Some(text.value), each: Vec::new(), span: text.span });
    }
    let mut choice = Choice { all: None, each: Vec::new(), span: node.span };
    for part in node.list() {
        match part.word().and_then(dialect) {
            Some(dialect) => {
                choice.each.extend(plain_text(part, problems).map(|text| (dialect, text)))
            }
            None => problems.push(unknown(part, ["pg", "sqlite", "mysql"], "as a dialect")),
        }
    }
    Some(choice)
}

pub(in crate::rust) fn sequence_option(
    options: &mut SequenceOptions,
    node: &Node,
    problems: &mut Vec<Problem>,
) -> bool {
    let place = match node.word() {
        Some("start") => &mut options.start,
        Some("increment") => &mut options.increment,
        Some("min") => &mut options.min,
        Some("max") => &mut options.max,
        Some("cache") => &mut options.cache,
        Some("cycle") => {
            options.cycle = true;
            return true;
        }
        _ => return false,
    };
    *place = number(node.list().first(), node, problems);
    true
}

fn identity(node: &Node, problems: &mut Vec<Problem>) -> IdentityItem {
    let mut item = IdentityItem {
        kind: IdentityKind::ByDefault,
        options: SequenceOptions::default(),
        span: node.span,
    };
    for part in node.list() {
        match part.word() {
            Some("always") => item.kind = IdentityKind::Always,
            Some("by_default") => item.kind = IdentityKind::ByDefault,
            _ if sequence_option(&mut item.options, part, problems) => {}
            _ => problems.push(unknown(
                part,
                ["always", "by_default", "start", "increment", "min", "max", "cache", "cycle"],
                "of an identity",
            )),
        }
    }
    item
}

fn default_value(node: &Node, problems: &mut Vec<Problem>) -> Option<DefaultItem> {
    match (&node.kind, node.word()) {
        (NodeKind::Text(text), _) => Some(DefaultItem::Text(text.clone())),
        (NodeKind::Number(number), _) => Some(DefaultItem::Number(number.clone())),
        (NodeKind::Path(_), Some("now")) => Some(DefaultItem::Now),
        (NodeKind::Path(_), Some("true")) => Some(DefaultItem::Boolean(true)),
        (NodeKind::Path(_), Some("false")) => Some(DefaultItem::Boolean(false)),
        (NodeKind::Path(path), None) => {
            Some(DefaultItem::Variant(Spanned { value: path.clone(), span: node.span }))
        }
        (NodeKind::List(..), Some("sql")) => plain_text(node, problems).map(DefaultItem::Sql),
        _ => {
            problems.push(
                Problem::new(node.span, "DBK0103", "expected a literal, `now`, `true`, `false`, a variant of an enum, or `sql(\"..\")`")
                    .label("not a default that can be read"),
            );
            None
        }
    }
}

/// `default(..)`, `default = ".."`, `default(pg("..") , sqlite(".."))`: the texts of a dialect are SQL.
fn default(node: &Node, problems: &mut Vec<Problem>) -> Option<Choice<DefaultItem>> {
    if let NodeKind::Assign(_, value) = &node.kind {
        let value = default_value(value, problems)?;
        return Some(Choice { all: Some(value), each: Vec::new(), span: node.span });
    }
    let mut choice = Choice { all: None, each: Vec::new(), span: node.span };
    for part in node.list() {
        match (part.word().and_then(dialect), &part.kind) {
            (Some(dialect), NodeKind::List(..) | NodeKind::Assign(..)) => {
                choice.each.extend(
                    plain_text(part, problems).map(|text| (dialect, DefaultItem::Sql(text))),
                );
            }
            _ => choice.all = default_value(part, problems),
        }
    }
    if choice.all.is_none() && choice.each.is_empty() {
        if node.list().is_empty() {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected a value: `default(0)`, `default(now)`, `default(sql(\"..\"))`",
            ));
        }
        return None;
    }
    Some(choice)
}

/// `generated(stored, "..")`, `generated(stored, pg("..") , sqlite(".."))`.
fn generated(node: &Node, problems: &mut Vec<Problem>) -> Option<Choice<(GeneratedKind, String)>> {
    let mut kind = None;
    let mut choice = Choice { all: None, each: Vec::new(), span: node.span };
    for part in node.list() {
        match (&part.kind, part.word()) {
            (NodeKind::Path(_), Some("stored")) => kind = Some(GeneratedKind::Stored),
            (NodeKind::Path(_), Some("virtual")) => kind = Some(GeneratedKind::Virtual),
            (NodeKind::Text(text), _) => choice.all = Some(text.clone()),
            (NodeKind::List(..) | NodeKind::Assign(..), Some(word)) if dialect(word).is_some() => {
                let text = plain_text(part, problems);
                choice.each.extend(dialect(word).zip(text));
            }
            _ => problems.push(unknown(
                part,
                ["stored", "virtual", "pg", "sqlite", "mysql"],
                "of a generated column",
            )),
        }
    }
    let Some(kind) = kind else {
        problems.push(Problem::new(
            node.span,
            "DBK0103",
            "expected `generated(stored, \"..\")` or `generated(virtual, \"..\")`",
        ));
        return None;
    };
    Some(Choice {
        all: choice.all.map(|text| (kind, text)),
        each: choice.each.into_iter().map(|(dialect, text)| (dialect, (kind, text))).collect(),
        span: node.span,
    })
}
