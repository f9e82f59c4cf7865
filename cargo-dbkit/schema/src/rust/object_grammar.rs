//! The grammar of views, policies, triggers, exclusion constraints, partitioning and `objects!`.

use syn::{Data, DeriveInput, Fields};

use crate::model::{EntityKind, SequenceOptions};

use super::extra::ExtraItem;
use super::grammar::{
    cfgs, derives_named_struct, field, index, index_part, is_generic, names, nodes, plain_text,
    sequence_option, text, unknown,
};
use super::item::{PartItem, RowSecurity, Spanned};
use super::node::{self, Node, NodeKind};
use super::object_item::{
    EventItem, ExcludeItem, ObjectItem, PartitionItem, PolicyItem, SqlItem, TriggerItem, ViewItem,
};
use super::problem::Problem;

/// The text that stands first in a list: the name of a policy, a trigger, ..
fn first_text(node: &Node, problems: &mut Vec<Problem>) -> Option<Spanned<String>> {
    match node.list().first() {
        Some(Node { kind: NodeKind::Text(text), span }) => {
            Some(Spanned { value: text.clone(), span: *span })
        }
        _ => {
            let word = node.word().unwrap_or("it");
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                format!("expected a name first: `{word}(\"name\", ..)`"),
            ));
            None
        }
    }
}

/// `using = ".."` and the like, where only these words may stand.
fn words_in(node: &Node) -> Vec<&str> {
    node.list().iter().filter_map(Node::word).collect()
}

/// Reads a struct with `#[derive(View)]`.
pub(crate) fn view(input: &DeriveInput, problems: &mut Vec<Problem>) -> Option<ViewItem> {
    if is_generic(input, problems) {
        return None;
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => fields,
            _ => return derives_named_struct(input, "a view", problems),
        },
        _ => return derives_named_struct(input, "a view", problems),
    };
    let mut item = ViewItem {
        rust_name: Spanned { value: input.ident.to_string(), span: input.ident.span() },
        view: None,
        schema: None,
        is_materialized: false,
        query: None,
        depends_on: Vec::new(),
        indexes: Vec::new(),
        with: Vec::new(),
        comment: None,
        fields: Vec::new(),
        cfg: cfgs(&input.attrs, problems),
        crate_path: None,
    };
    const WORDS: [&str; 11] = [
        "view",
        "schema",
        "materialized",
        "query",
        "query_file",
        "depends_on",
        "index",
        "with",
        "comment",
        "crate",
        "name",
    ];
    for node in nodes(&input.attrs, problems) {
        match node.word() {
            Some("view" | "name") => item.view = text(&node, problems),
            Some("schema") => item.schema = plain_text(&node, problems),
            Some("materialized") => item.is_materialized = true,
            Some("query") => item.query = text(&node, problems).map(SqlItem::Text),
            Some("query_file") => item.query = text(&node, problems).map(SqlItem::File),
            Some("depends_on") => {
                for part in node.list() {
                    match &part.kind {
                        NodeKind::Path(path) => {
                            item.depends_on.push(Spanned { value: path.clone(), span: part.span })
                        }
                        _ => problems.push(Problem::new(
                            part.span,
                            "DBK0103",
                            "expected the name of a struct: `depends_on(User, Post)`",
                        )),
                    }
                }
            }
            Some("index") => item.indexes.push(index(&node, problems)),
            Some("with") => {
                for option in node.list() {
                    let value = plain_text(option, problems);
                    item.with.extend(option.word().map(str::to_owned).zip(value));
                }
            }
            Some("comment") => item.comment = plain_text(&node, problems),
            Some("crate") => item.crate_path = plain_text(&node, problems),
            _ => problems.push(unknown(&node, WORDS, "of a view")),
        }
    }
    if item.query.is_none() {
        problems.push(
            Problem::new(
                input.ident.span(),
                "DBK0103",
                format!("view `{}` has no query", input.ident),
            )
            .label("what does it show?")
            .help("add `#[dbkit(query = \"SELECT ..\")]`, or `query_file = \"sql/view.sql\"`"),
        );
    }
    item.fields = fields.named.iter().filter_map(|one| field(one, problems)).collect();
    Some(item)
}

/// `rls`, `rls(force)`.
pub(crate) fn row_security(node: &Node, problems: &mut Vec<Problem>) -> RowSecurity {
    match node.list().first().and_then(Node::word) {
        None => RowSecurity::Enabled,
        Some("force") => RowSecurity::Forced,
        Some(_) => {
            problems.push(unknown(&node.list()[0], ["force"], "in `rls`"));
            RowSecurity::Enabled
        }
    }
}

/// `policy("name", for(select), to("role"), restrictive, using = "..", with_check = "..")`.
pub(crate) fn policy(node: &Node, problems: &mut Vec<Problem>) -> Option<PolicyItem> {
    const COMMANDS: [&str; 5] = ["all", "select", "insert", "update", "delete"];
    const WORDS: [&str; 6] = ["for", "to", "restrictive", "permissive", "using", "with_check"];
    let mut item = PolicyItem {
        name: first_text(node, problems)?,
        is_restrictive: false,
        command: None,
        roles: Vec::new(),
        using: None,
        with_check: None,
    };
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some("for") => match part.list().first().and_then(Node::word) {
                Some(word) if COMMANDS.contains(&word) => item.command = Some(word.to_owned()),
                _ => problems.push(unknown(
                    part.list().first().unwrap_or(part),
                    COMMANDS,
                    "as what a policy is for",
                )),
            },
            Some("to") => {
                item.roles.extend(names(part.list(), problems).into_iter().map(|name| name.value));
            }
            Some("restrictive") => item.is_restrictive = true,
            Some("permissive") => item.is_restrictive = false,
            Some("using") => item.using = plain_text(part, problems),
            Some("with_check") => item.with_check = plain_text(part, problems),
            _ => problems.push(unknown(part, WORDS, "of a policy")),
        }
    }
    Some(item)
}

/// `trigger("name", before(insert, update(title)), each(row), when = "..", execute = "f()")`.
pub(crate) fn trigger(node: &Node, problems: &mut Vec<Problem>) -> Option<TriggerItem> {
    const EVENTS: [&str; 4] = ["insert", "update", "delete", "truncate"];
    const WORDS: [&str; 8] =
        ["before", "after", "instead_of", "each", "when", "execute", "body", "body_file"];
    let mut item = TriggerItem {
        name: first_text(node, problems)?,
        timing: String::new(),
        events: Vec::new(),
        is_each_row: true,
        when: None,
        execute: None,
        body: None,
        span: node.span,
    };
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some(timing @ ("before" | "after" | "instead_of")) => {
                item.timing = timing.to_owned();
                for event in part.list() {
                    match event.word() {
                        Some(word) if EVENTS.contains(&word) => item.events.push(EventItem {
                            word: word.to_owned(),
                            columns: names(event.list(), problems),
                        }),
                        _ => problems.push(unknown(event, EVENTS, "as an event")),
                    }
                }
            }
            Some("each") => match part.list().first().and_then(Node::word) {
                Some("row") => item.is_each_row = true,
                Some("statement") => item.is_each_row = false,
                _ => problems.push(unknown(part, ["row", "statement"], "in `each`")),
            },
            Some("when") => item.when = plain_text(part, problems),
            Some("execute") => item.execute = plain_text(part, problems),
            Some("body") => item.body = text(part, problems).map(SqlItem::Text),
            Some("body_file") => item.body = text(part, problems).map(SqlItem::File),
            _ => problems.push(unknown(part, WORDS, "of a trigger")),
        }
    }
    if item.events.is_empty() || (item.execute.is_none() && item.body.is_none()) {
        problems.push(
            Problem::new(node.span, "DBK0103", format!("trigger `{}` is not whole", item.name.value))
                .label("when does it fire, and what does it do?")
                .help("write `trigger(\"name\", before(update), execute = \"function()\")`; SQLite and MySQL take `body = \"..\"`"),
        );
        return None;
    }
    Some(item)
}

/// `exclude("name", method(gist), on(with(room_id, "="), with(expr("during"), "&&")), where = "..")`.
pub(crate) fn exclude(node: &Node, problems: &mut Vec<Problem>) -> Option<ExcludeItem> {
    let mut item = ExcludeItem {
        name: first_text(node, problems)?,
        method: None,
        elements: Vec::new(),
        predicate: None,
    };
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some("method") => {
                item.method = part.list().first().and_then(Node::word).map(str::to_lowercase);
            }
            Some("on") => {
                for element in part.list() {
                    item.elements.extend(exclude_element(element, problems));
                }
            }
            Some("where") => item.predicate = plain_text(part, problems),
            _ => problems.push(unknown(part, ["method", "on", "where"], "of an exclusion")),
        }
    }
    Some(item)
}

fn exclude_element(node: &Node, problems: &mut Vec<Problem>) -> Option<(PartItem, String)> {
    match (node.word(), node.list()) {
        (Some("with"), [part, Node { kind: NodeKind::Text(operator), .. }]) => {
            Some((index_part(part, problems)?, operator.clone()))
        }
        _ => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected a column and an operator: `with(room_id, \"=\")`",
            ));
            None
        }
    }
}

/// `partition_by(range(created_at))`, `partition_by(list(region))`, `partition_by(hash(expr("lower(name)")))`.
pub(crate) fn partition_by(node: &Node, problems: &mut Vec<Problem>) -> Option<PartitionItem> {
    const WORDS: [&str; 3] = ["range", "list", "hash"];
    match node.list() {
        [Node { kind: NodeKind::Text(sql), .. }] => {
            Some(PartitionItem { sql: Some(sql.clone()), word: String::new(), parts: Vec::new() })
        }
        [part]
            if part.word().is_some_and(|word| WORDS.contains(&word)) && !part.list().is_empty() =>
        {
            let parts: Vec<PartItem> =
                part.list().iter().filter_map(|node| index_part(node, problems)).collect();
            Some(PartitionItem {
                sql: None,
                word: part.word().unwrap_or_default().to_uppercase(),
                parts,
            })
        }
        _ => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected `partition_by(range(created_at))`, with `range`, `list` or `hash`",
            ));
            None
        }
    }
}

/// `partition_of("events", "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")`.
pub(crate) fn partition_of(
    node: &Node,
    problems: &mut Vec<Problem>,
) -> Option<(Spanned<String>, String)> {
    match node.list() {
        [Node { kind: NodeKind::Text(parent), span }, Node { kind: NodeKind::Text(bound), .. }] => {
            Some((Spanned { value: parent.clone(), span: *span }, bound.clone()))
        }
        _ => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected a table and its rows: `partition_of(\"events\", \"FOR VALUES ..\")`",
            ));
            None
        }
    }
}

/// The kinds of objects that may stand as statements, by their words.
pub(crate) const STATEMENTS: [(&str, EntityKind); 26] = [
    ("view", EntityKind::View),
    ("materialized_view", EntityKind::MaterializedView),
    ("function", EntityKind::Function),
    ("procedure", EntityKind::Procedure),
    ("aggregate", EntityKind::Aggregate),
    ("trigger", EntityKind::Trigger),
    ("event_trigger", EntityKind::EventTrigger),
    ("policy", EntityKind::Policy),
    ("rule", EntityKind::Rule),
    ("index", EntityKind::Index),
    ("exclusion", EntityKind::Exclusion),
    ("domain", EntityKind::Domain),
    ("composite", EntityKind::CompositeType),
    ("range", EntityKind::RangeType),
    ("extension", EntityKind::Extension),
    ("collation", EntityKind::Collation),
    ("statistics", EntityKind::Statistics),
    ("publication", EntityKind::Publication),
    ("subscription", EntityKind::Subscription),
    ("foreign_data_wrapper", EntityKind::ForeignDataWrapper),
    ("foreign_server", EntityKind::ForeignServer),
    ("foreign_table", EntityKind::ForeignTable),
    ("user_mapping", EntityKind::UserMapping),
    ("default_privileges", EntityKind::DefaultPrivileges),
    ("event", EntityKind::Event),
    ("virtual_table", EntityKind::VirtualTable),
];

/// Reads the inside of `dbkit::objects! { .. }`.
pub(crate) fn objects(
    tokens: proc_macro2::TokenStream,
    problems: &mut Vec<Problem>,
) -> Vec<ObjectItem> {
    let mut found = Vec::new();
    for node in node::parse(tokens, problems) {
        let is_statement = words_in(&node).iter().any(|word| matches!(*word, "sql" | "file"));
        let kind = STATEMENTS.iter().find(|(word, _)| node.word() == Some(word));
        match node.word() {
            Some("function" | "procedure") if has_signature(&node) || !is_statement => {
                let is_procedure = node.word() == Some("procedure");
                found.extend(routine(&node, is_procedure, problems));
            }
            _ if let Some((_, kind)) = kind.filter(|_| is_statement) => {
                found.extend(statement(&node, *kind, problems));
            }
            Some("schema") => found.extend(namespace(&node, problems)),
            Some("sequence") => found.extend(sequence(&node, problems)),
            Some("extension") => found.extend(extension(&node, problems)),
            Some("domain") => found.extend(domain(&node, problems)),
            Some("composite") => found.extend(composite(&node, problems)),
            Some("sql") => found.extend(raw_sql(&node, problems)),
            _ if kind.is_some() => problems.push(no_statement(&node)),
            _ => {
                let words = ["schema", "sequence", "sql"].into_iter();
                let words = words.chain(STATEMENTS.iter().map(|(word, _)| *word));
                problems.push(unknown(&node, words, "in `objects!`"));
            }
        }
    }
    found
}

/// `schema("shop")`, `schema = "shop"`, `schema("shop", comment = "..")`.
fn namespace(node: &Node, problems: &mut Vec<Problem>) -> Option<ObjectItem> {
    let name = match &node.kind {
        NodeKind::Assign(..) => text(node, problems)?,
        _ => first_text(node, problems)?,
    };
    let (mut comment, mut extra) = (None, ExtraItem::default());
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some("comment") => comment = plain_text(part, problems),
            _ if extra.takes(part, problems) => {}
            _ => problems.push(unknown(part, ["comment", "property"], "of a schema")),
        }
    }
    Some(ObjectItem::Namespace { name, comment, extra })
}

fn has_signature(node: &Node) -> bool {
    match node.list().first() {
        Some(Node { kind: NodeKind::Text(name), .. }) => name.contains('('),
        _ => true,
    }
}

/// `view("shop.totals", sql = "CREATE VIEW ..")`, `trigger("touch", on = "posts", file = "sql/touch.sql")`.
fn statement(node: &Node, kind: EntityKind, problems: &mut Vec<Problem>) -> Option<ObjectItem> {
    const WORDS: [&str; 6] = ["on", "sql", "file", "comment", "property", "inherited"];
    let name = first_text(node, problems)?;
    let (mut on, mut sql, mut extra) = (None, None, ExtraItem::default());
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some("on") => on = text(part, problems),
            Some("sql") => sql = text(part, problems).map(SqlItem::Text),
            Some("file") => sql = text(part, problems).map(SqlItem::File),
            _ if extra.takes_of_object(part, problems) => {}
            _ => problems.push(unknown(part, WORDS, "of an object in SQL")),
        }
    }
    let is_member = matches!(
        kind,
        EntityKind::Trigger
            | EntityKind::Policy
            | EntityKind::Rule
            | EntityKind::Index
            | EntityKind::Exclusion
    );
    if is_member && on.is_none() {
        let word = kind.word();
        problems.push(
            Problem::new(
                node.span,
                "DBK0103",
                format!("nothing says of what `{}` is the {word}", name.value),
            )
            .label("of which table?")
            .help("add `on = \"table\"`"),
        );
        return None;
    }
    Some(ObjectItem::Statement { kind, name, on, sql: sql?, extra })
}

fn no_statement(node: &Node) -> Problem {
    Problem::new(
        node.span,
        "DBK0103",
        "expected the statement that makes it: `sql = \"CREATE ..\"` or `file = \"sql/name.sql\"`",
    )
}

fn sequence(node: &Node, problems: &mut Vec<Problem>) -> Option<ObjectItem> {
    let mut options = SequenceOptions::default();
    let name = first_text(node, problems)?;
    let (mut ty, mut comment, mut extra) = (None, None, ExtraItem::default());
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some("type") => ty = text(part, problems),
            Some("comment") => comment = plain_text(part, problems),
            _ if extra.takes(part, problems) => {}
            _ if sequence_option(&mut options, part, problems) => {}
            _ => problems.push(unknown(
                part,
                [
                    "start",
                    "increment",
                    "min",
                    "max",
                    "cache",
                    "cycle",
                    "type",
                    "comment",
                    "property",
                ],
                "of a sequence",
            )),
        }
    }
    Some(ObjectItem::Sequence { name, options, ty, comment, extra })
}

fn extension(node: &Node, problems: &mut Vec<Problem>) -> Option<ObjectItem> {
    let name = match &node.kind {
        NodeKind::Assign(..) => text(node, problems)?,
        _ => first_text(node, problems)?,
    };
    let (mut schema, mut version) = (None, None);
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some("schema") => schema = plain_text(part, problems),
            Some("version") => version = plain_text(part, problems),
            _ => problems.push(unknown(part, ["schema", "version"], "of an extension")),
        }
    }
    Some(ObjectItem::Extension { name, schema, version })
}

fn routine(node: &Node, is_procedure: bool, problems: &mut Vec<Problem>) -> Option<ObjectItem> {
    let signature = first_text(node, problems)?;
    let (mut sql, mut extra) = (None, ExtraItem::default());
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some("file") => sql = text(part, problems).map(SqlItem::File),
            Some("sql") => sql = text(part, problems).map(SqlItem::Text),
            _ if extra.takes_of_object(part, problems) => {}
            _ => {
                let words = ["file", "sql", "comment", "property"];
                problems.push(unknown(part, words, "of a function"));
            }
        }
    }
    if !signature.value.ends_with(')') || !signature.value.contains('(') {
        problems.push(
            Problem::new(
                signature.span,
                "DBK0103",
                "expected a signature: `\"area(integer, integer)\"`",
            )
            .label("the types of the arguments are missing"),
        );
        return None;
    }
    match sql {
        Some(sql) => Some(ObjectItem::Routine { signature, is_procedure, sql, extra }),
        None => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected the statement that makes it: `file = \"sql/area.sql\"` or `sql = \"CREATE FUNCTION ..\"`",
            ));
            None
        }
    }
}

/// `domain("email", "text", not_null, default = "''", check("value ~ '@'"))`.
fn domain(node: &Node, problems: &mut Vec<Problem>) -> Option<ObjectItem> {
    let name = first_text(node, problems)?;
    let Some(Node { kind: NodeKind::Text(ty), .. }) = node.list().get(1) else {
        problems.push(Problem::new(
            node.span,
            "DBK0103",
            "expected a name and a type: `domain(\"email\", \"text\", check(\"value ~ '@'\"))`",
        ));
        return None;
    };
    let (mut is_required, mut default, mut checks) = (false, None, Vec::new());
    for part in node.list().iter().skip(2) {
        match part.word() {
            Some("not_null") => is_required = true,
            Some("default") => default = plain_text(part, problems),
            Some("check") => match part.list() {
                [Node { kind: NodeKind::Text(check), .. }] => checks.push((None, check.clone())),
                [
                    Node { kind: NodeKind::Text(name), .. },
                    Node { kind: NodeKind::Text(check), .. },
                ] => checks.push((Some(name.clone()), check.clone())),
                _ => problems.push(Problem::new(
                    part.span,
                    "DBK0103",
                    "expected `check(\"name\", \"expression\")` or `check(\"expression\")`",
                )),
            },
            _ => problems.push(unknown(part, ["not_null", "default", "check"], "of a domain")),
        }
    }
    Some(ObjectItem::Domain { name, ty: ty.clone(), is_required, default, checks })
}

/// `composite("address", street("text"), zip("varchar(10)"))`.
fn composite(node: &Node, problems: &mut Vec<Problem>) -> Option<ObjectItem> {
    let name = first_text(node, problems)?;
    let mut fields = Vec::new();
    for part in node.list().iter().skip(1) {
        let ty = plain_text(part, problems);
        fields.extend(part.word().map(str::to_owned).zip(ty));
    }
    Some(ObjectItem::Composite { name, fields })
}

/// `sql("grants", create = "GRANT ..", drop = "REVOKE ..")`.
fn raw_sql(node: &Node, problems: &mut Vec<Problem>) -> Option<ObjectItem> {
    const WORDS: [&str; 5] = ["create", "create_file", "drop", "drop_file", "irreversible"];
    let name = first_text(node, problems)?;
    let (mut create, mut drop) = (None, None);
    for part in node.list().iter().skip(1) {
        match part.word() {
            Some("create") => create = text(part, problems).map(SqlItem::Text),
            Some("create_file") => create = text(part, problems).map(SqlItem::File),
            Some("drop") => drop = text(part, problems).map(SqlItem::Text),
            Some("drop_file") => drop = text(part, problems).map(SqlItem::File),
            Some("irreversible") => {}
            _ => problems.push(unknown(part, WORDS, "of an object in SQL")),
        }
    }
    let is_final = words_in(node).contains(&"irreversible");
    match create {
        Some(create) if drop.is_some() || is_final => Some(ObjectItem::Sql { name, create, drop }),
        Some(_) => {
            problems.push(
                Problem::new(
                    node.span,
                    "DBK0103",
                    format!("nothing says how `{}` goes", name.value),
                )
                .label("no way back")
                .help("add `drop = \"..\"`, or `irreversible` if there is none"),
            );
            None
        }
        None => {
            problems.push(Problem::new(
                node.span,
                "DBK0103",
                "expected the statement that makes it: `create = \"..\"`",
            ));
            None
        }
    }
}

/// The file paths in `objects!`, for the derive: the compiler is to look at them again when they change.
pub(crate) fn files(objects: &[ObjectItem]) -> Vec<&Spanned<String>> {
    let mut found = Vec::new();
    for object in objects {
        match object {
            ObjectItem::Routine { sql, .. } | ObjectItem::Statement { sql, .. } => {
                found.extend(file_of(sql));
            }
            ObjectItem::Sql { create, drop, .. } => {
                found.extend(file_of(create));
                found.extend(drop.as_ref().and_then(file_of));
            }
            _ => {}
        }
    }
    found
}

/// The path of SQL that stands in a file.
pub(crate) fn file_of(sql: &SqlItem) -> Option<&Spanned<String>> {
    match sql {
        SqlItem::File(path) => Some(path),
        SqlItem::Text(_) => None,
    }
}
