//! Properties of tables, columns, constraints, indexes and sequences.

use sea_query::PostgresQueryBuilder;

use crate::dialect::sql::Sql as Text;
use crate::model::{EntityId, EntityKind, Extra, ObjectName, split_dotted};

use super::types;

type Sql = Text<PostgresQueryBuilder>;

fn start(words: &str) -> Sql {
    Text::start(PostgresQueryBuilder, words)
}

fn is_constraint(kind: EntityKind) -> bool {
    matches!(
        kind,
        EntityKind::PrimaryKey
            | EntityKind::Unique
            | EntityKind::ForeignKey
            | EntityKind::Check
            | EntityKind::Exclusion
    )
}

/// Whether `CREATE` or `ADD` writes a property of a new thing.
pub(super) fn is_inline(kind: EntityKind, key: &str) -> bool {
    let is_parameter = key.starts_with("with:");
    match kind {
        EntityKind::Table => {
            is_parameter || matches!(key, "unlogged" | "tablespace" | "access_method" | "of_type")
        }
        EntityKind::Column => matches!(key, "local" | "identity_sequence"),
        EntityKind::Sequence => key == "unlogged",
        EntityKind::Index => matches!(key, "tablespace" | "invalid"),
        kind if is_constraint(kind) => {
            is_parameter || matches!(key, "tablespace" | "not_valid" | "not_enforced" | "local")
        }
        _ => false,
    }
}

/// A storage parameter as it is written.
pub(super) fn spelled(value: &str) -> String {
    let is_plain = !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
    if is_plain { value.to_owned() } else { start("").literal(value).finish() }
}

/// The properties that begin with some words, without them, in the order in which they were written.
pub(super) fn written<'a>(extra: &'a Extra, prefix: &str) -> Vec<(&'a str, &'a str)> {
    let mut found: Vec<(&str, &str)> = extra
        .properties
        .iter()
        .filter(|(key, _)| key.starts_with(prefix))
        .map(|(key, value)| (key.as_str(), value.as_str()))
        .collect();
    extra.order.sort(&mut found, |(key, _)| key);
    found.into_iter().map(|(key, value)| (&key[prefix.len()..], value)).collect()
}

/// ` WITH (..)`, or nothing.
pub(super) fn with(extra: &Extra) -> String {
    let spell = |(key, value): (&str, &str)| {
        if value.is_empty() { key.to_owned() } else { format!("{key} = {}", spelled(value)) }
    };
    let parameters: Vec<String> = written(extra, "with:").into_iter().map(spell).collect();
    if parameters.is_empty() { String::new() } else { format!(" WITH ({})", parameters.join(", ")) }
}

fn parameter(sql: Sql, key: &str, to: Option<&str>) -> Sql {
    match to {
        Some(value) => sql.raw(" SET (").raw(key).raw(" = ").raw(&spelled(value)).raw(")"),
        None => sql.raw(" RESET (").raw(key).raw(")"),
    }
}

/// Sets, changes or takes away one property.
pub(super) fn set(id: &EntityId, key: &str, from: Option<&str>, to: Option<&str>) -> Vec<String> {
    let (head, rest) = key.split_once(':').unwrap_or((key, ""));
    match id.kind {
        EntityKind::Table => table(id, head, rest, from, to),
        EntityKind::Column => column(id, head, rest, from, to),
        EntityKind::Sequence => sequence(id, head, to),
        EntityKind::Index => index(id, head, rest, to),
        kind if is_constraint(kind) => constraint(id, head, rest, from, to),
        _ => Vec::new(),
    }
}

fn table(
    id: &EntityId,
    head: &str,
    rest: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Vec<String> {
    let alter = || start("ALTER TABLE ").object(&id.object);
    vec![match head {
        "with" => parameter(alter(), rest, to).finish(),
        "unlogged" => {
            alter().raw(if to.is_some() { " SET UNLOGGED" } else { " SET LOGGED" }).finish()
        }
        "tablespace" => alter().raw(" SET TABLESPACE ").name(to.unwrap_or("pg_default")).finish(),
        "access_method" => alter().raw(" SET ACCESS METHOD ").name(to.unwrap_or("heap")).finish(),
        "of_type" => match to {
            Some(ty) => alter().raw(" OF ").raw(ty).finish(),
            None => alter().raw(" NOT OF").finish(),
        },
        "row_security" => {
            let flags = |value: Option<&str>| match value {
                Some("forced") => (true, true),
                Some("on") => (true, false),
                Some(_) => (false, true),
                None => (false, false),
            };
            let ((was_on, was_forced), (is_on, is_forced)) = (flags(from), flags(to));
            let word =
                |is: bool, yes: &str, no: &str| if is { yes.to_owned() } else { no.to_owned() };
            let mut statements = Vec::new();
            if was_on != is_on {
                let word = word(is_on, " ENABLE", " DISABLE");
                statements.push(alter().raw(&word).raw(" ROW LEVEL SECURITY").finish());
            }
            if was_forced != is_forced {
                let word = word(is_forced, " FORCE", " NO FORCE");
                statements.push(alter().raw(&word).raw(" ROW LEVEL SECURITY").finish());
            }
            return statements;
        }
        "clustered" => match to {
            Some(index) => alter().raw(" CLUSTER ON ").name(index).finish(),
            None => alter().raw(" SET WITHOUT CLUSTER").finish(),
        },
        "replica_identity" => {
            let sql = alter().raw(" REPLICA IDENTITY ");
            match to {
                Some("full") => sql.raw("FULL"),
                Some("nothing") => sql.raw("NOTHING"),
                Some(index) => {
                    sql.raw("USING INDEX ").name(index.strip_prefix("index ").unwrap_or(index))
                }
                None => sql.raw("DEFAULT"),
            }
            .finish()
        }
        _ => return Vec::new(),
    }]
}

fn column(
    id: &EntityId,
    head: &str,
    rest: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Vec<String> {
    let name = id.member.as_deref().unwrap_or_default();
    let alter = || start("ALTER TABLE ").object(&id.object).raw(" ALTER COLUMN ").name(name);
    vec![match head {
        "with" => parameter(alter(), rest, to).finish(),
        "storage" => {
            // What a type does by itself has no name before PostgreSQL 16.
            let word = to.unwrap_or(if from == Some("extended") { "main" } else { "extended" });
            alter().raw(" SET STORAGE ").raw(&word.to_uppercase()).finish()
        }
        "identity_sequence" => {
            let table = &id.object;
            let named = |value: Option<&str>| {
                let parsed = value.and_then(|value| value.parse::<ObjectName>().ok());
                parsed.unwrap_or_else(|| types::serial_sequence(table, name))
            };
            let (old, new) = (named(from), named(to));
            start("ALTER SEQUENCE ").object(&old).raw(" RENAME TO ").name(&new.name).finish()
        }
        "compression" => alter().raw(" SET COMPRESSION ").raw(to.unwrap_or("default")).finish(),
        "statistics" => alter().raw(" SET STATISTICS ").raw(to.unwrap_or("-1")).finish(),
        _ => return Vec::new(),
    }]
}

fn sequence(id: &EntityId, head: &str, to: Option<&str>) -> Vec<String> {
    let alter = || start("ALTER SEQUENCE ").object(&id.object);
    vec![match (head, to) {
        ("owned_by", Some(column)) => {
            let Some(parts) = split_dotted(column) else { return Vec::new() };
            let mut sql = alter().raw(" OWNED BY ");
            for (at, part) in parts.iter().enumerate() {
                sql = sql.when(at > 0, ".").name(part);
            }
            sql.finish()
        }
        ("owned_by", None) => alter().raw(" OWNED BY NONE").finish(),
        ("unlogged", Some(_)) => alter().raw(" SET UNLOGGED").finish(),
        ("unlogged", None) => alter().raw(" SET LOGGED").finish(),
        _ => return Vec::new(),
    }]
}

fn index(id: &EntityId, head: &str, rest: &str, to: Option<&str>) -> Vec<String> {
    let name = id.object.with_name(id.member.as_deref().unwrap_or_default());
    let alter = || start("ALTER INDEX ").object(&name);
    vec![match head {
        "tablespace" => alter().raw(" SET TABLESPACE ").name(to.unwrap_or("pg_default")).finish(),
        "statistics" => alter()
            .raw(" ALTER COLUMN ")
            .raw(rest)
            .raw(" SET STATISTICS ")
            .raw(to.unwrap_or("-1"))
            .finish(),
        // One that was not finished is built anew.
        "invalid" if to.is_none() => start("REINDEX INDEX ").object(&name).finish(),
        _ => return Vec::new(),
    }]
}

fn constraint(
    id: &EntityId,
    head: &str,
    rest: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Vec<String> {
    let name = id.member.as_deref().unwrap_or_default();
    let alter = || start("ALTER TABLE ").object(&id.object);
    let index = id.object.with_name(name);
    vec![match head {
        "not_valid" if from.is_some() => alter().raw(" VALIDATE CONSTRAINT ").name(name).finish(),
        "not_enforced" => alter()
            .raw(" ALTER CONSTRAINT ")
            .name(name)
            .raw(if to.is_some() { " NOT ENFORCED" } else { " ENFORCED" })
            .finish(),
        "with" => parameter(start("ALTER INDEX ").object(&index), rest, to).finish(),
        "tablespace" => start("ALTER INDEX ")
            .object(&index)
            .raw(" SET TABLESPACE ")
            .name(to.unwrap_or("pg_default"))
            .finish(),
        "index_comment" => {
            let text =
                to.map_or_else(|| "NULL".to_owned(), |text| start("").literal(text).finish());
            start("COMMENT ON INDEX ").object(&index).raw(" IS ").raw(&text).finish()
        }
        _ => return Vec::new(),
    }]
}
