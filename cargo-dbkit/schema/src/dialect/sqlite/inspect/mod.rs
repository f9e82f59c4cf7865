//! Reads a schema back out of `sqlite_schema`: SQLite keeps the text of every `CREATE` statement, and that is all it knows.

mod index;
mod table;
mod token;

use crate::dialect::{Catalog, CatalogQuery, Inspection, Unmanaged};
use crate::model::{EntityId, EntityKind, Extra, Object, ObjectName, Schema};

use self::token::{Token, tokens};

/// Asks for the version.
pub(super) const VERSION: &str = "SELECT sqlite_version()";

pub(super) fn queries(_version: &str) -> Vec<CatalogQuery> {
    vec![CatalogQuery {
        name: "schema",
        sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
            .to_owned(),
    }]
}

/// The tables that a virtual table of a module keeps its rows in.
fn shadows(module: &str) -> &'static [&'static str] {
    match module {
        "fts3" | "fts4" => &["content", "segments", "segdir", "docsize", "stat"],
        "fts5" => &["data", "idx", "content", "docsize", "config"],
        "rtree" | "rtree_i32" | "geopoly" => &["node", "parent", "rowid"],
        _ => &[],
    }
}

pub(super) fn inspect(catalog: &Catalog) -> Inspection {
    let mut found = Inspection::default();
    let mut hidden: Vec<String> = Vec::new();
    let rows: Vec<(&str, &str, &str, &str)> = catalog
        .of("schema")
        .iter()
        .filter_map(|row| match row.as_slice() {
            [Some(kind), Some(name), Some(table), Some(sql)] => {
                Some((kind.as_str(), name.as_str(), table.as_str(), sql.as_str()))
            }
            _ => None,
        })
        .collect();
    for (kind, name, _, sql) in &rows {
        if *kind == "table"
            && let Some(module) = virtual_module(sql)
        {
            let of = |suffix: &&str| format!("{name}_{suffix}").to_lowercase();
            hidden.extend(shadows(&module).iter().map(of));
        }
    }
    let is_ours = |name: &str| {
        let name = name.to_lowercase();
        !name.starts_with("sqlite_") && !name.starts_with("_dbkit_") && !hidden.contains(&name)
    };
    for (kind, name, table, sql) in rows {
        if !is_ours(name) || !is_ours(table) {
            continue;
        }
        match kind {
            "table" => match virtual_module(sql) {
                Some(_) => add(&mut found.schema, EntityKind::VirtualTable, table, None, sql),
                None => match table::read(name, sql) {
                    Some(read) => {
                        found.schema.tables.insert(read.name.clone(), read);
                    }
                    None => unread(&mut found, "table", name),
                },
            },
            "index" => match index::read(sql) {
                Some(read) => {
                    let owner = find_table(&mut found.schema, table);
                    match owner {
                        Some(owner) => {
                            owner.indexes.insert(read.name.text.clone(), read);
                        }
                        None => unread(&mut found, "index", name),
                    }
                }
                None => unread(&mut found, "index", name),
            },
            "view" => add(&mut found.schema, EntityKind::View, name, None, sql),
            "trigger" => add(&mut found.schema, EntityKind::Trigger, table, Some(name), sql),
            other => unread(&mut found, other, name),
        }
    }
    let uses: Vec<_> = found
        .schema
        .objects
        .values()
        .map(|object| crate::model::mentioned(object, &found.schema))
        .collect();
    for (object, uses) in found.schema.objects.values_mut().zip(uses) {
        object.extra.uses = uses;
    }
    found.schema = super::normalize::normalize(std::mem::take(&mut found.schema));
    found
}

fn unread(found: &mut Inspection, kind: &str, name: &str) {
    found.unmanaged.push(Unmanaged {
        kind: format!("{kind} that is not understood"),
        name: name.to_owned(),
        entity: None,
    });
}

/// Names of tables have no case.
fn find_table<'a>(schema: &'a mut Schema, name: &str) -> Option<&'a mut crate::model::Table> {
    schema.tables.values_mut().find(|table| table.name.name.eq_ignore_ascii_case(name))
}

fn add(schema: &mut Schema, kind: EntityKind, name: &str, member: Option<&str>, sql: &str) {
    // A trigger says the name of its table in any case.
    let owner = schema.tables.keys().find(|known| known.name.eq_ignore_ascii_case(name));
    let object = match member {
        Some(_) => owner.cloned().unwrap_or_else(|| ObjectName::new(name)),
        None => ObjectName::new(name),
    };
    let id = EntityId { kind, object, member: member.map(str::to_owned) };
    let definition = sql.trim().trim_end_matches(';').trim_end().to_owned();
    schema.objects.insert(id.clone(), Object { id, definition, extra: Extra::default() });
}

/// The module of a `CREATE VIRTUAL TABLE`, in lower case.
fn virtual_module(sql: &str) -> Option<String> {
    let tokens = tokens(sql);
    if !tokens.first()?.is("create") || !tokens.get(1)?.is("virtual") {
        return None;
    }
    let using = tokens.iter().position(|token| token.is("using"))?;
    tokens.get(using + 1).map(|token| token.text.to_lowercase())
}

/// The tokens between two parentheses, and what comes after them. `at` is the opening one.
fn inside(tokens: &[Token], at: usize) -> Option<(&[Token], usize)> {
    let mut depth = 0_usize;
    for (end, token) in tokens.iter().enumerate().skip(at) {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some((&tokens[at + 1..end], end + 1));
            }
        }
    }
    None
}

/// Splits at commas that stand in no parentheses.
fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth = depth.saturating_sub(1);
        } else if token.is_sign(",") && depth == 0 {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// The SQL that tokens stand for, as it was written.
fn written<'a>(sql: &'a str, tokens: &[Token]) -> &'a str {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => sql[first.range.start..last.range.end].trim(),
        _ => "",
    }
}
