//! What the words of attributes mean. The CLI and the derive come through here, so that they say the same of a mistake.

mod field;
mod member;
mod types;

use proc_macro2::TokenTree;
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, Fields, Meta};

use crate::model::Deferrable;

use super::extra::ExtraItem;
use super::item::{Cfg, Spanned, TableItem};
use super::node::{self, Node, NodeKind};
use super::object_grammar;
use super::problem::Problem;

pub(super) use self::field::{field, sequence_option};
use self::member::{check, foreign_key, key};
pub(super) use self::member::{index, index_part};
pub(crate) use self::types::{enum_type, snake, type_alias};

const TABLE_WORDS: [&str; 25] = [
    "table",
    "schema",
    "primary_key",
    "unique",
    "index",
    "check",
    "foreign_key",
    "comment",
    "strict",
    "without_rowid",
    "engine",
    "charset",
    "collate",
    "renamed_from",
    "crate",
    "exclude",
    "rls",
    "policy",
    "trigger",
    "partition_by",
    "partition_of",
    "inherits",
    "property",
    "inherited",
    "name",
];

/// Everything below `#[dbkit(..)]` of some attributes, in one list: a long attribute may be split over several lines.
pub(super) fn nodes(attributes: &[Attribute], problems: &mut Vec<Problem>) -> Vec<Node> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("dbkit")) {
        match &attribute.meta {
            Meta::List(list) => found.extend(node::parse(list.tokens.clone(), problems)),
            Meta::Path(_) | Meta::NameValue(_) => {
                problems.push(Problem::new(
                    attribute.span(),
                    "DBK0103",
                    "expected a list: `#[dbkit(..)]`",
                ));
            }
        }
    }
    found
}

/// Whether one of the derives of an item is that one.
pub(crate) fn derives(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("derive")).any(|attribute| {
        let Meta::List(list) = &attribute.meta else { return false };
        // `Table` and `dbkit::Table`; the last word before a comma or the end.
        let mut is_last = false;
        for token in list.tokens.clone() {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == ',' => {
                    if is_last {
                        return true;
                    }
                }
                TokenTree::Ident(word) => is_last = word == name,
                _ => is_last = false,
            }
        }
        is_last
    })
}

fn doc(attributes: &[Attribute]) -> Option<String> {
    let mut paragraph: Vec<String> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let Meta::NameValue(value) = &attribute.meta else { continue };
        let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &value.value else {
            continue;
        };
        let text = text.value();
        let line = text.trim();
        if line.is_empty() && !paragraph.is_empty() {
            break;
        }
        paragraph.extend((!line.is_empty()).then(|| line.to_owned()));
    }
    (!paragraph.is_empty()).then(|| paragraph.join(" "))
}

pub(super) fn cfgs(attributes: &[Attribute], problems: &mut Vec<Problem>) -> Vec<Cfg> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")) {
        let Meta::List(list) = &attribute.meta else { continue };
        for node in node::parse(list.tokens.clone(), problems) {
            found.extend(cfg(&node, problems));
        }
    }
    found
}

fn cfg(node: &Node, problems: &mut Vec<Problem>) -> Option<Cfg> {
    let mut all =
        |nodes: &[Node]| nodes.iter().filter_map(|node| cfg(node, problems)).collect::<Vec<_>>();
    match (&node.kind, node.word()) {
        (NodeKind::Assign(word, value), _) if word == "feature" => match &value.kind {
            NodeKind::Text(feature) => Some(Cfg::Feature(feature.clone())),
            _ => None,
        },
        (NodeKind::List(_, nodes), Some("all")) => Some(Cfg::All(all(nodes))),
        (NodeKind::List(_, nodes), Some("any")) => Some(Cfg::Any(all(nodes))),
        (NodeKind::List(_, nodes), Some("not")) => {
            all(nodes).pop().map(|inner| Cfg::Not(Box::new(inner)))
        }
        (NodeKind::Path(_), Some("test")) => Some(Cfg::Test),
        _ => {
            problems.push(
                Problem::new(node.span, "DBK0112", "a schema may not depend on the target")
                    .label("only `feature`, `test`, `all`, `any` and `not` are known here")
                    .help("keep the struct for all targets, or put it behind a feature"),
            );
            None
        }
    }
}

/// A generic item is refused as a whole: what its parameters stand for is not known.
pub(super) fn is_generic(input: &DeriveInput, problems: &mut Vec<Problem>) -> bool {
    if let Some(parameter) = input.generics.params.first() {
        problems.push(
            Problem::new(
                parameter.span(),
                "DBK0109",
                format!("`{}` is generic, and a table is one table", input.ident),
            )
            .label("not known when the file is read")
            .help("write a struct for each table, without parameters"),
        );
    }
    !input.generics.params.is_empty()
}

pub(super) fn unknown<'a>(
    node: &Node,
    words: impl IntoIterator<Item = &'a str> + Clone,
    place: &str,
) -> Problem {
    let word = match &node.kind {
        NodeKind::Path(path) | NodeKind::List(path, _) => path.join("::"),
        NodeKind::Assign(word, _) => word.clone(),
        NodeKind::Text(text) => format!("\"{text}\""),
        NodeKind::Number(number) => number.clone(),
    };
    let problem = Problem::new(node.span, "DBK0102", format!("unknown attribute `{word}` {place}"))
        .label("not known here");
    match super::problem::nearest(&word, words.clone()) {
        Some(near) => Problem {
            replacement: Some(near.to_owned()),
            ..problem.help(format!("an attribute with a similar name exists: `{near}`"))
        },
        None => {
            problem.help(format!("one of: {}", words.into_iter().collect::<Vec<_>>().join(", ")))
        }
    }
}

/// The text of `word = "text"`, or of `word("text")`.
pub(super) fn text(node: &Node, problems: &mut Vec<Problem>) -> Option<Spanned<String>> {
    let value = match &node.kind {
        NodeKind::Assign(_, value) => value,
        NodeKind::List(_, nodes) if nodes.len() == 1 => &nodes[0],
        _ => {
            let word = node.word().unwrap_or("it");
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                format!("expected a text: `{word} = \"..\"`"),
            ));
            return None;
        }
    };
    match &value.kind {
        NodeKind::Text(text) => Some(Spanned { value: text.clone(), span: value.span }),
        _ => {
            problems.push(Problem::new(value.span, "DBK0103", "expected a string literal"));
            None
        }
    }
}

pub(super) fn plain_text(node: &Node, problems: &mut Vec<Problem>) -> Option<String> {
    text(node, problems).map(|text| text.value)
}

fn number<T: std::str::FromStr>(
    node: Option<&Node>,
    owner: &Node,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let parsed = match node.map(|node| &node.kind) {
        Some(NodeKind::Number(number) | NodeKind::Text(number)) => number.parse().ok(),
        _ => None,
    };
    if parsed.is_none() {
        let word = owner.word().unwrap_or("it");
        problems.push(Problem::new(
            node.map_or(owner.span, |node| node.span),
            "DBK0103",
            format!("expected a number: `{word}(10)`"),
        ));
    }
    parsed
}

pub(super) fn name(node: &Node, problems: &mut Vec<Problem>) -> Option<Spanned<String>> {
    match &node.kind {
        NodeKind::Path(path) if path.len() == 1 => {
            Some(Spanned { value: path[0].clone(), span: node.span })
        }
        NodeKind::Text(text) => Some(Spanned { value: text.clone(), span: node.span }),
        _ => {
            problems.push(Problem::new(node.span, "DBK0103", "expected the name of a field"));
            None
        }
    }
}

pub(super) fn names(nodes: &[Node], problems: &mut Vec<Problem>) -> Vec<Spanned<String>> {
    nodes.iter().filter_map(|node| name(node, problems)).collect()
}

fn deferrable(node: &Node, problems: &mut Vec<Problem>) -> Option<Deferrable> {
    match node.list().first().and_then(Node::word) {
        None | Some("immediate") => Some(Deferrable::Immediate),
        Some("deferred") => Some(Deferrable::Deferred),
        Some(_) => {
            problems.push(unknown(&node.list()[0], ["deferred", "immediate"], "in `deferrable`"));
            None
        }
    }
}

/// Says that something has to be a struct with named fields.
pub(super) fn derives_named_struct<T>(
    input: &DeriveInput,
    what: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    problems.push(Problem::new(
        input.ident.span(),
        "DBK0103",
        format!("{what} is a struct with named fields"),
    ));
    None
}

/// Reads a struct with `#[derive(Table)]`.
pub(crate) fn table(input: &DeriveInput, problems: &mut Vec<Problem>) -> Option<TableItem> {
    if is_generic(input, problems) {
        return None;
    }
    let Data::Struct(data) = &input.data else {
        return derives_named_struct(input, "a table", problems);
    };
    let Fields::Named(fields) = &data.fields else {
        return derives_named_struct(input, "a table", problems);
    };
    let mut item = TableItem {
        rust_name: Spanned { value: input.ident.to_string(), span: input.ident.span() },
        table: None,
        schema: None,
        renamed_from: None,
        comment: None,
        doc: doc(&input.attrs),
        primary_key: None,
        uniques: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        is_strict: false,
        is_without_rowid: false,
        engine: None,
        charset: None,
        collation: None,
        rls: None,
        policies: Vec::new(),
        triggers: Vec::new(),
        excludes: Vec::new(),
        partition_by: None,
        partition_of: None,
        inherits: Vec::new(),
        extra: ExtraItem::default(),
        fields: Vec::new(),
        cfg: cfgs(&input.attrs, problems),
        crate_path: None,
    };
    for node in nodes(&input.attrs, problems) {
        table_word(&mut item, &node, problems);
    }
    item.fields.reserve_exact(fields.named.len());
    item.fields.extend(fields.named.iter().filter_map(|one| field(one, problems)));
    Some(item)
}

fn table_word(item: &mut TableItem, node: &Node, problems: &mut Vec<Problem>) {
    match node.word() {
        Some("table" | "name") => item.table = text(node, problems),
        Some("schema") => item.schema = plain_text(node, problems),
        Some("renamed_from") => item.renamed_from = text(node, problems),
        Some("comment") => item.comment = plain_text(node, problems),
        Some("primary_key") => item.primary_key = Some(key(node, problems)),
        Some("unique") => {
            // `unique(a, b)` is short for `unique(on(a, b))`.
            let is_column = |part: &Node| matches!(part.kind, NodeKind::Path(_));
            if !has_columns(node) && !node.list().iter().any(is_column) {
                problems.push(no_columns(node, "unique"));
            }
            item.uniques.push(key(node, problems));
        }
        Some("index") => {
            if !has_columns(node) {
                problems.push(no_columns(node, "index"));
            }
            item.indexes.push(index(node, problems));
        }
        Some("check") => item.checks.extend(check(node, problems)),
        Some("foreign_key") => item.foreign_keys.push(foreign_key(node, problems)),
        Some("strict") => item.is_strict = true,
        Some("without_rowid") => item.is_without_rowid = true,
        Some("engine") => item.engine = plain_text(node, problems),
        Some("charset") => item.charset = plain_text(node, problems),
        Some("collate") => item.collation = plain_text(node, problems),
        Some("crate") => item.crate_path = plain_text(node, problems),
        Some("exclude") => item.excludes.extend(object_grammar::exclude(node, problems)),
        Some("rls") => item.rls = Some(object_grammar::row_security(node, problems)),
        Some("policy") => item.policies.extend(object_grammar::policy(node, problems)),
        Some("trigger") => item.triggers.extend(object_grammar::trigger(node, problems)),
        Some("partition_by") => item.partition_by = object_grammar::partition_by(node, problems),
        Some("partition_of") => item.partition_of = object_grammar::partition_of(node, problems),
        Some("inherits") => item.inherits = names(node.list(), problems),
        _ if item.extra.takes(node, problems) => {}
        _ => problems.push(unknown(node, TABLE_WORDS, "of a table")),
    }
}

/// Whether there is something in its `on(..)`, right or wrong.
fn has_columns(node: &Node) -> bool {
    node.list().iter().any(|part| part.word() == Some("on") && !part.list().is_empty())
}

fn no_columns(node: &Node, word: &str) -> Problem {
    Problem::new(node.span, "DBK0103", format!("expected columns: `{word}(on(a, b))`"))
}
