//! What the words of attributes mean. The CLI and the derive come through here, so that they say the same of a mistake.

use proc_macro2::{Span, TokenTree};
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, Fields, Meta};

use crate::model::{
    ColumnType, Deferrable, DialectName, FloatSize, GeneratedKind, IdentityKind, IntegerSize,
    MatchType, NullsOrder, ReferentialAction, SequenceOptions,
};

use super::extra::ExtraItem;
use super::item::{
    Cfg, CheckItem, Choice, DefaultItem, EnumItem, FieldItem, ForeignKeyItem, IdentityItem,
    IndexItem, KeyItem, PartItem, Spanned, TableItem, TypeAliasItem, TypeItem, VariantItem,
};
use super::node::{self, Node, NodeKind};
use super::object_grammar;
use super::problem::Problem;

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
    item.fields = fields.named.iter().filter_map(|one| field(one, problems)).collect();
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

/// `primary_key(a, b)`, `unique(on(a, b), name = "..", nulls_not_distinct, deferrable(..))`.
fn key(node: &Node, problems: &mut Vec<Problem>) -> KeyItem {
    let mut key = KeyItem {
        name: None,
        columns: Vec::new(),
        include: Vec::new(),
        is_temporal: false,
        nulls_not_distinct: false,
        deferrable: None,
        renamed_from: None,
        extra: ExtraItem::default(),
        span: node.span,
    };
    let has_on = node
        .list()
        .iter()
        .any(|node| node.word() == Some("on") && matches!(node.kind, NodeKind::List(..)));
    for part in node.list() {
        match (part.word(), &part.kind) {
            (Some("on"), NodeKind::List(_, nodes)) => key.columns = names(nodes, problems),
            (Some("name"), NodeKind::Assign(..)) => key.name = text(part, problems),
            (Some("renamed_from"), NodeKind::Assign(..)) => key.renamed_from = text(part, problems),
            (Some("nulls_not_distinct"), NodeKind::Path(_)) if has_on || key.columns.is_empty() => {
                key.nulls_not_distinct = true
            }
            (Some("temporal"), NodeKind::Path(_)) if has_on => key.is_temporal = true,
            (Some("include"), NodeKind::List(_, nodes)) => key.include = names(nodes, problems),
            (Some("deferrable"), _) => key.deferrable = deferrable(part, problems),
            (Some("inherited"), NodeKind::Path(_)) if !has_on && !key.columns.is_empty() => {
                key.columns.extend(name(part, problems));
            }
            (Some("property" | "inherited"), _) if key.extra.takes(part, problems) => {}
            (Some(_), NodeKind::Path(_)) if !has_on => key.columns.extend(name(part, problems)),
            _ => problems.push(unknown(
                part,
                [
                    "on",
                    "name",
                    "nulls_not_distinct",
                    "deferrable",
                    "include",
                    "temporal",
                    "renamed_from",
                    "property",
                    "inherited",
                ],
                "of a key",
            )),
        }
    }
    key
}

pub(super) fn index(node: &Node, problems: &mut Vec<Problem>) -> IndexItem {
    let mut index = IndexItem {
        name: None,
        is_unique: false,
        nulls_not_distinct: false,
        parts: Vec::new(),
        method: None,
        include: Vec::new(),
        predicate: None,
        with: Vec::new(),
        comment: None,
        is_concurrent: false,
        renamed_from: None,
        extra: ExtraItem::default(),
        span: node.span,
    };
    const WORDS: [&str; 13] = [
        "name",
        "unique",
        "on",
        "where",
        "method",
        "include",
        "with",
        "concurrently",
        "nulls_not_distinct",
        "renamed_from",
        "comment",
        "property",
        "inherited",
    ];
    for part in node.list() {
        match part.word() {
            Some("name") => index.name = text(part, problems),
            Some("unique") => index.is_unique = true,
            Some("on") => {
                index.parts =
                    part.list().iter().filter_map(|node| index_part(node, problems)).collect()
            }
            Some("where") => index.predicate = plain_text(part, problems),
            Some("method") => match part.list().first().and_then(Node::word) {
                Some(method) => index.method = Some(method.to_lowercase()),
                None => problems.push(Problem::new(
                    part.span,
                    "DBK0103",
                    "expected a method: `method(gin)`",
                )),
            },
            Some("include") => index.include = names(part.list(), problems),
            Some("with") => {
                for option in part.list() {
                    if let (Some(word), Some(value)) = (option.word(), text(option, problems)) {
                        index.with.push((word.replace("::", "."), value.value));
                    }
                }
            }
            Some("concurrently") => index.is_concurrent = true,
            Some("nulls_not_distinct") => index.nulls_not_distinct = true,
            Some("renamed_from") => index.renamed_from = text(part, problems),
            Some("comment") => index.comment = plain_text(part, problems),
            _ if index.extra.takes(part, problems) => {}
            _ => problems.push(unknown(part, WORDS, "of an index")),
        }
    }
    index
}

pub(super) fn index_part(node: &Node, problems: &mut Vec<Problem>) -> Option<PartItem> {
    let NodeKind::List(_, nodes) = &node.kind else {
        return Some(PartItem { column: Some(name(node, problems)?), ..PartItem::default() });
    };
    let inner = |problems: &mut Vec<Problem>| match nodes.first() {
        Some(first) => index_part(first, problems),
        None => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected the name of a field in the parentheses",
            ));
            None
        }
    };
    let second_text = |problems: &mut Vec<Problem>| match nodes.get(1).map(|node| &node.kind) {
        Some(NodeKind::Text(text)) => Some(text.clone()),
        _ => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected a name in a string as the second argument",
            ));
            None
        }
    };
    match node.word() {
        Some("expr") => {
            let expression = text(node, problems)?.value;
            Some(PartItem { expression: Some(expression), ..PartItem::default() })
        }
        Some("desc") => Some(PartItem { is_descending: true, ..inner(problems)? }),
        Some("asc") => inner(problems),
        Some("nulls_first") => {
            Some(PartItem { nulls: Some(NullsOrder::First), ..inner(problems)? })
        }
        Some("nulls_last") => Some(PartItem { nulls: Some(NullsOrder::Last), ..inner(problems)? }),
        Some("opclass") => {
            Some(PartItem { opclass: Some(second_text(problems)?), ..inner(problems)? })
        }
        Some("collate") => {
            Some(PartItem { collation: Some(second_text(problems)?), ..inner(problems)? })
        }
        Some("prefix") => Some(PartItem {
            prefix: Some(number(nodes.get(1), node, problems)?),
            ..inner(problems)?
        }),
        _ => {
            let words = [
                "expr",
                "desc",
                "asc",
                "nulls_first",
                "nulls_last",
                "opclass",
                "collate",
                "prefix",
            ];
            problems.push(unknown(node, words, "of an index part"));
            None
        }
    }
}

/// `check("name", "expression")` or `check("expression")`.
fn check(node: &Node, problems: &mut Vec<Problem>) -> Option<CheckItem> {
    let texts: Vec<(&String, Span)> = node
        .list()
        .iter()
        .filter_map(|node| match &node.kind {
            NodeKind::Text(text) => Some((text, node.span)),
            _ => None,
        })
        .collect();
    let mut item = CheckItem {
        name: None,
        expression: String::new(),
        is_no_inherit: false,
        extra: ExtraItem::default(),
        span: node.span,
    };
    let mut is_odd = false;
    for part in node.list().iter().filter(|part| !matches!(part.kind, NodeKind::Text(_))) {
        match part.word() {
            Some("no_inherit") => item.is_no_inherit = true,
            None => is_odd = true,
            _ if item.extra.takes(part, problems) => {}
            _ => {
                problems.push(unknown(part, ["no_inherit", "property", "inherited"], "of a check"))
            }
        }
    }
    match texts.as_slice() {
        [(expression, _)] if !is_odd => {
            Some(CheckItem { expression: (*expression).clone(), ..item })
        }
        [(name, span), (expression, _)] if !is_odd => Some(CheckItem {
            name: Some(Spanned { value: (*name).clone(), span: *span }),
            expression: (*expression).clone(),
            ..item
        }),
        _ => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected `check(\"name\", \"expression\")` or `check(\"expression\")`",
            ));
            None
        }
    }
}

fn action(node: &Node, problems: &mut Vec<Problem>) -> ReferentialAction {
    const WORDS: [&str; 5] = ["cascade", "restrict", "set_null", "set_default", "no_action"];
    match node.list().first().and_then(Node::word) {
        Some("cascade") => ReferentialAction::Cascade,
        Some("restrict") => ReferentialAction::Restrict,
        Some("set_null") => ReferentialAction::SetNull,
        Some("set_default") => ReferentialAction::SetDefault,
        Some("no_action") => ReferentialAction::NoAction,
        Some(_) => {
            problems.push(unknown(&node.list()[0], WORDS, "as an action"));
            ReferentialAction::NoAction
        }
        None => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected an action: `on_delete(cascade)`",
            ));
            ReferentialAction::NoAction
        }
    }
}

pub(super) fn path(node: &Node, problems: &mut Vec<Problem>) -> Option<Spanned<Vec<String>>> {
    match &node.kind {
        NodeKind::Path(path) if path.len() >= 2 => {
            Some(Spanned { value: path.clone(), span: node.span })
        }
        _ => {
            problems.push(
                Problem::new(
                    node.span,
                    "DBK0103",
                    "expected a field of a struct, such as `User::id`",
                )
                .label("not a path to a field"),
            );
            None
        }
    }
}

/// `foreign_key(on(a), references(T::a), ..)` of a table, or `references(T::a, ..)` of a column.
fn foreign_key(node: &Node, problems: &mut Vec<Problem>) -> ForeignKeyItem {
    let mut key = ForeignKeyItem {
        name: None,
        columns: Vec::new(),
        references: Vec::new(),
        named: Vec::new(),
        is_external: false,
        on_delete: ReferentialAction::NoAction,
        set_columns: Vec::new(),
        on_update: ReferentialAction::NoAction,
        match_type: MatchType::Simple,
        is_temporal: false,
        deferrable: None,
        renamed_from: None,
        extra: ExtraItem::default(),
        span: node.span,
    };
    const WORDS: [&str; 12] = [
        "on",
        "references",
        "name",
        "on_delete",
        "on_update",
        "match",
        "deferrable",
        "renamed_from",
        "external",
        "temporal",
        "property",
        "inherited",
    ];
    if let NodeKind::Assign(..) = &node.kind {
        // `references = "users.id"` is short for `references("users.id")`.
        key.named.extend(text(node, problems));
        return key;
    }
    let mut is_reported = false;
    for part in node.list() {
        match part.word() {
            Some("on") => key.columns = names(part.list(), problems),
            Some("references") => {
                for node in part.list() {
                    match &node.kind {
                        NodeKind::Text(text) => {
                            key.named.push(Spanned { value: text.clone(), span: node.span });
                        }
                        _ => key.references.extend(path(node, problems)),
                    }
                }
            }
            Some("external") => key.is_external = true,
            Some("temporal") => key.is_temporal = true,
            Some("name") => key.name = text(part, problems),
            Some("on_delete") => {
                key.on_delete = action(part, problems);
                let columns = part.list().first().map(Node::list).unwrap_or_default();
                key.set_columns = names(columns, problems);
            }
            Some("on_update") => key.on_update = action(part, problems),
            Some("match") => match part.list().first().and_then(Node::word) {
                Some("full") => key.match_type = MatchType::Full,
                Some("simple") => {}
                _ => problems.push(unknown(part, ["full", "simple"], "in `match`")),
            },
            Some("deferrable") => key.deferrable = deferrable(part, problems),
            Some("renamed_from") => key.renamed_from = text(part, problems),
            None if matches!(part.kind, NodeKind::Path(_)) => {
                key.references.extend(path(part, problems))
            }
            _ if key.extra.takes(part, problems) => {}
            None if matches!(part.kind, NodeKind::Text(_)) => {
                key.named.extend(name(part, problems));
            }
            // `references(User)`: the field was forgotten.
            Some(word) if word.starts_with(char::is_uppercase) => {
                is_reported |= path(part, problems).is_none();
            }
            _ => problems.push(unknown(part, WORDS, "of a foreign key")),
        }
    }
    if key.references.is_empty()
        && key.named.is_empty()
        && node.word() == Some("references")
        && !is_reported
    {
        problems.push(Problem::new(
            node.span,
            "DBK0103",
            "expected the field that is pointed to: `references(User::id)`",
        ));
    }
    key
}

pub(super) fn field(field: &syn::Field, problems: &mut Vec<Problem>) -> Option<FieldItem> {
    let ident = field.ident.as_ref()?;
    let rust_name = ident.to_string().trim_start_matches("r#").to_owned();
    let mut item = FieldItem {
        rust_name: Spanned { value: rust_name, span: ident.span() },
        name: None,
        ty: field.ty.clone(),
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
        "identity" => item.identity = Some(identity(node, problems)),
        "serial" => {
            let serial = identity(node, problems);
            item.identity = Some(IdentityItem { kind: IdentityKind::Serial, ..serial });
        }
        "autoincrement" => {
            item.identity = Some(IdentityItem {
                kind: IdentityKind::AutoIncrement,
                options: SequenceOptions::default(),
                span: node.span,
            });
        }
        "unique" => {
            let key = key(node, problems);
            problems.extend(key.columns.first().map(|column| of_one(column.span, "unique")));
            item.unique = Some(key);
        }
        "index" => {
            if let Some(on) = node.list().iter().find(|part| part.word() == Some("on")) {
                problems.push(of_one(on.span, "index"));
            }
            item.index = Some(index(node, problems));
        }
        "references" => item.references = Some(foreign_key(node, problems)),
        "default" => item.default = default(node, problems),
        "generated" => item.generated = generated(node, problems),
        "check" => item.checks.extend(check(node, problems)),
        "collate" => item.collation = plain_text(node, problems),
        "charset" => item.charset = plain_text(node, problems),
        "on_update" => item.on_update = plain_text(node, problems),
        "comment" => item.comment = plain_text(node, problems),
        "renamed_from" => item.renamed_from = text(node, problems),
        "using" => item.using = text_choice(node, problems),
        "backfill" => item.backfill = text_choice(node, problems),
        "skip" => item.is_skipped = true,
        "name" => item.name = text(node, problems),
        "type" => {
            item.ty_item = text_choice(node, problems).map(|choice| Choice {
                all: choice.all.map(TypeItem::Sql),
                each: choice
                    .each
                    .into_iter()
                    .map(|(dialect, sql)| (dialect, TypeItem::Sql(sql)))
                    .collect(),
                span: choice.span,
            });
        }
        "unsigned" => item.is_unsigned = true,
        "property" | "inherited" => {
            item.extra.takes(node, problems);
        }
        _ => match portable_type(node, problems) {
            Some(ty) => {
                item.ty_item = Some(Choice {
                    all: Some(TypeItem::Portable(ty)),
                    each: Vec::new(),
                    span: node.span,
                });
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

pub(super) fn sequence_option(
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

/// Reads an enum with `#[derive(DbEnum)]`.
pub(crate) fn enum_type(input: &DeriveInput, problems: &mut Vec<Problem>) -> Option<EnumItem> {
    if is_generic(input, problems) {
        return None;
    }
    let Data::Enum(data) = &input.data else {
        problems.push(Problem::new(input.ident.span(), "DBK0114", "`DbEnum` is for an enum"));
        return None;
    };
    let mut item = EnumItem {
        rust_name: Spanned { value: input.ident.to_string(), span: input.ident.span() },
        name: None,
        schema: None,
        renamed_from: None,
        comment: None,
        variants: Vec::new(),
        removed: Vec::new(),
        extra: ExtraItem::default(),
        cfg: cfgs(&input.attrs, problems),
        crate_path: None,
    };
    let mut case = Case::Snake;
    for node in nodes(&input.attrs, problems) {
        match node.word() {
            Some("name") => item.name = text(&node, problems),
            Some("schema") => item.schema = plain_text(&node, problems),
            Some("renamed_from") => item.renamed_from = text(&node, problems),
            Some("comment") => item.comment = plain_text(&node, problems),
            Some("crate") => item.crate_path = plain_text(&node, problems),
            Some("rename_all") => {
                let Some(word) = text(&node, problems) else { continue };
                match Case::named(&word.value) {
                    Some(found) => case = found,
                    None => problems.push(
                        Problem::new(
                            word.span,
                            "DBK0103",
                            format!("`{}` is no way to write names", word.value),
                        )
                        .suggest(&word.value, Case::ALL.iter().map(|(name, _)| *name), "way")
                        .label("not known"),
                    ),
                }
            }
            _ if item.extra.takes(&node, problems) => {}
            Some("removed") => match node.list() {
                [old, new] => {
                    if let (Some(old), Some(new)) = (name(old, problems), name(new, problems)) {
                        item.removed.push((old, new));
                    }
                }
                _ => problems.push(Problem::new(
                    node.span,
                    "DBK0103",
                    "expected `removed(\"old_value\", Variant)`",
                )),
            },
            _ => {
                let words = [
                    "name",
                    "schema",
                    "rename_all",
                    "renamed_from",
                    "removed",
                    "comment",
                    "property",
                    "crate",
                ];
                problems.push(unknown(&node, words, "of an enum"));
            }
        }
    }
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            problems.push(Problem::new(
                variant.span(),
                "DBK0114",
                format!("variant `{}` has fields, and a database enum has none", variant.ident),
            ));
            continue;
        }
        let rust_name = variant.ident.to_string();
        let mut one = VariantItem {
            value: case.apply(&rust_name),
            rust_name: Spanned { value: rust_name, span: variant.ident.span() },
            renamed_from: None,
        };
        for node in nodes(&variant.attrs, problems) {
            match node.word() {
                Some("rename" | "name") => {
                    if let Some(text) = plain_text(&node, problems) {
                        one.value = text;
                    }
                }
                Some("renamed_from") => one.renamed_from = text(&node, problems),
                _ => problems.push(unknown(&node, ["rename", "renamed_from"], "of a variant")),
            }
        }
        item.variants.push(one);
    }
    Some(item)
}

/// Reads a struct with `#[derive(DbType)]`.
pub(crate) fn type_alias(
    input: &DeriveInput,
    problems: &mut Vec<Problem>,
) -> Option<TypeAliasItem> {
    if is_generic(input, problems) {
        return None;
    }
    let field = match &input.data {
        Data::Struct(data) if data.fields.len() == 1 => data.fields.iter().next(),
        _ => None,
    };
    let Some(field) = field else {
        problems.push(Problem::new(
            input.ident.span(),
            "DBK0103",
            "`DbType` is for a struct of one field, stored as what is in it",
        ));
        return None;
    };
    let mut crate_path = None;
    for node in nodes(&input.attrs, problems) {
        match node.word() {
            Some("crate") => crate_path = plain_text(&node, problems),
            _ => problems.push(unknown(&node, ["crate"], "of a type")),
        }
    }
    Some(TypeAliasItem {
        rust_name: Spanned { value: input.ident.to_string(), span: input.ident.span() },
        ty: field.ty.clone(),
        crate_path,
    })
}

/// A way to write the name of a variant.
#[derive(Debug, Clone, Copy)]
enum Case {
    Snake,
    ScreamingSnake,
    Kebab,
    Camel,
    Pascal,
    Lower,
    Upper,
}

impl Case {
    const ALL: [(&'static str, Self); 7] = [
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("camelCase", Self::Camel),
        ("PascalCase", Self::Pascal),
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(word, _)| *word == name).map(|(_, case)| *case)
    }

    fn apply(self, name: &str) -> String {
        match self {
            Self::Snake => snake(name),
            Self::ScreamingSnake => snake(name).to_uppercase(),
            Self::Kebab => snake(name).replace('_', "-"),
            Self::Camel => {
                let mut letters = name.chars();
                letters
                    .next()
                    .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
            }
            Self::Pascal => name.to_owned(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
        }
    }
}

/// `OrderItem` -> `order_item`, `HTTPServer` -> `http_server`.
pub(crate) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if letter.is_uppercase() {
            let after_small = at > 0 && !letters[at - 1].is_uppercase() && letters[at - 1] != '_';
            let before_small = at > 0
                && letters[at - 1].is_uppercase()
                && letters.get(at + 1).is_some_and(|next| next.is_lowercase());
            if after_small || before_small {
                text.push('_');
            }
        }
        text.extend(letter.to_lowercase());
    }
    text
}
