//! What stands beside the columns of a table: keys, indexes, checks, foreign keys.

use proc_macro2::Span;

use crate::model::{MatchType, NullsOrder, ReferentialAction};

use super::super::extra::ExtraItem;
use super::super::item::{CheckItem, ForeignKeyItem, IndexItem, KeyItem, PartItem, Spanned};
use super::super::node::{Node, NodeKind};
use super::super::problem::Problem;
use super::{deferrable, name, names, number, plain_text, text, unknown};

/// `primary_key(a, b)`, `unique(on(a, b), name = "..", nulls_not_distinct, deferrable(..))`.
pub(super) fn key(node: &Node, problems: &mut Vec<Problem>) -> KeyItem {
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

pub(in crate::rust) fn index(node: &Node, problems: &mut Vec<Problem>) -> IndexItem {
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

pub(in crate::rust) fn index_part(node: &Node, problems: &mut Vec<Problem>) -> Option<PartItem> {
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
pub(super) fn check(node: &Node, problems: &mut Vec<Problem>) -> Option<CheckItem> {
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

pub(in crate::rust) fn path(
    node: &Node,
    problems: &mut Vec<Problem>,
) -> Option<Spanned<Vec<String>>> {
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
pub(super) fn foreign_key(node: &Node, problems: &mut Vec<Problem>) -> ForeignKeyItem {
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
