//! Properties: what is changed in place, one at a time.

use crate::dialect::postgres::property::{self, spelled};
use crate::model::{EntityId, EntityKind, Object};

use super::{access, alter_owner, composite, named, start, subscription, word};

/// Whether `CREATE` writes a property of a new thing.
pub(in crate::dialect::postgres) fn is_inline(kind: EntityKind, key: &str) -> bool {
    let is = |prefix: &str| key.starts_with(prefix);
    match kind {
        EntityKind::Domain => matches!(key, "default" | "not_null") || is("check:"),
        EntityKind::View => is("with:") || key == "columns",
        EntityKind::MaterializedView => {
            is("with:") || matches!(key, "tablespace" | "access_method" | "columns")
        }
        EntityKind::ForeignDataWrapper | EntityKind::ForeignTable | EntityKind::UserMapping => {
            is("option:")
        }
        EntityKind::ForeignServer => is("option:") || key == "version",
        EntityKind::Publication => !matches!(key, "comment"),
        EntityKind::Subscription => !matches!(key, "comment" | "enabled"),
        _ => property::is_inline(kind, key),
    }
}

/// The comments that go with a check of a domain or an attribute of a composite type.
pub(in crate::dialect::postgres) fn forgets(from: &Object, to: &Object) -> Vec<String> {
    let properties = &from.extra.properties;
    match from.id.kind {
        EntityKind::Domain => properties
            .keys()
            .filter(|key| {
                key.strip_prefix("comment_check:").is_some_and(|name| {
                    let check = format!("check:{name}");
                    to.extra.properties.get(&check) != properties.get(&check)
                })
            })
            .cloned()
            .collect(),
        EntityKind::CompositeType => {
            let kept = composite::names(to);
            let is_gone = |key: &&String| {
                key.strip_prefix("comment:")
                    .is_some_and(|name| !kept.iter().any(|kept| kept == name))
            };
            properties.keys().filter(is_gone).cloned().collect()
        }
        _ => Vec::new(),
    }
}

/// Sets, changes or takes away one property.
pub(in crate::dialect::postgres) fn set_property(
    id: &EntityId,
    key: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Vec<String> {
    let (head, rest) = key.split_once(':').unwrap_or((key, ""));
    match head {
        "comment" if rest.is_empty() => return vec![comment(id, to)],
        "comment" => return vec![comment_on_part(id, rest, to)],
        "grant" | "revoke" | "grant_column" | "sequence_grant" | "sequence_revoke" => {
            return access::set(id, key, from, to);
        }
        "option" => return vec![option(id, rest, from, to)],
        _ => {}
    }
    match id.kind {
        EntityKind::Domain => domain(id, head, rest, from, to),
        EntityKind::View | EntityKind::MaterializedView => view(id, head, rest, to),
        EntityKind::Trigger | EntityKind::Rule if head == "enabled" => {
            let state = match to {
                Some("disabled") => "DISABLE",
                Some("replica") => "ENABLE REPLICA",
                Some("always") => "ENABLE ALWAYS",
                _ => "ENABLE",
            };
            let name = id.member.as_deref().unwrap_or_default();
            vec![
                alter_owner(&id.object)
                    .raw(" ")
                    .raw(state)
                    .raw(" ")
                    .raw(&word(id.kind))
                    .raw(" ")
                    .name(name)
                    .finish(),
            ]
        }
        EntityKind::EventTrigger => {
            let state = match to {
                Some("disabled") => "DISABLE",
                Some("replica") => "ENABLE REPLICA",
                Some("always") => "ENABLE ALWAYS",
                _ => "ENABLE",
            };
            vec![start("ALTER EVENT TRIGGER ").name(&id.object.name).raw(" ").raw(state).finish()]
        }
        EntityKind::Statistics => vec![
            start("ALTER STATISTICS ")
                .object(&id.object)
                .raw(" SET STATISTICS ")
                .raw(to.unwrap_or("-1"))
                .finish(),
        ],
        EntityKind::ForeignServer => vec![
            start("ALTER SERVER ")
                .name(&id.object.name)
                .raw(" VERSION ")
                .raw(&to.map_or_else(
                    || "NULL".to_owned(),
                    |version| start("").literal(version).finish(),
                ))
                .finish(),
        ],
        EntityKind::TextSearchConfiguration if head == "mapping" => {
            let alter = named(start("ALTER "), id);
            vec![
                match (from, to) {
                    (_, None) => alter.raw(" DROP MAPPING FOR ").name(rest),
                    (None, Some(to)) => {
                        alter.raw(" ADD MAPPING FOR ").name(rest).raw(" WITH ").raw(to)
                    }
                    (Some(_), Some(to)) => {
                        alter.raw(" ALTER MAPPING FOR ").name(rest).raw(" WITH ").raw(to)
                    }
                }
                .finish(),
            ]
        }
        EntityKind::Publication => publication(id, head, rest, from, to),
        EntityKind::Subscription => subscription::set(id, head, rest, to),
        _ => property::set(id, key, from, to),
    }
}

fn text(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| start("").literal(value).finish())
}

fn comment(id: &EntityId, to: Option<&str>) -> String {
    named(start("COMMENT ON "), id).raw(" IS ").raw(&text(to)).finish()
}

/// The comment of a column of a view, or of an attribute.
fn comment_on_part(id: &EntityId, part: &str, to: Option<&str>) -> String {
    start("COMMENT ON COLUMN ")
        .object(&id.object)
        .raw(".")
        .name(part)
        .raw(" IS ")
        .raw(&text(to))
        .finish()
}

fn option(id: &EntityId, key: &str, from: Option<&str>, to: Option<&str>) -> String {
    let sql = named(start("ALTER "), id).raw(" OPTIONS (");
    match (from, to) {
        (_, None) => sql.raw("DROP ").name(key),
        (None, Some(value)) => sql.raw("ADD ").name(key).raw(" ").literal(value),
        (Some(_), Some(value)) => sql.raw("SET ").name(key).raw(" ").literal(value),
    }
    .raw(")")
    .finish()
}

fn domain(
    id: &EntityId,
    head: &str,
    rest: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Vec<String> {
    let alter = || start("ALTER DOMAIN ").object(&id.object);
    match (head, to) {
        ("default", Some(value)) => vec![alter().raw(" SET DEFAULT ").raw(value).finish()],
        ("default", None) => vec![alter().raw(" DROP DEFAULT").finish()],
        ("not_null", Some(_)) => vec![alter().raw(" SET NOT NULL").finish()],
        ("not_null", None) => vec![alter().raw(" DROP NOT NULL").finish()],
        ("check", _) => {
            let validates =
                from.and_then(|text| text.strip_suffix(" NOT VALID")) == to && to.is_some();
            if validates {
                return vec![alter().raw(" VALIDATE CONSTRAINT ").name(rest).finish()];
            }
            let drop = from.map(|_| alter().raw(" DROP CONSTRAINT ").name(rest).finish());
            let add = to.map(|check| {
                alter().raw(" ADD CONSTRAINT ").name(rest).raw(" ").raw(check).finish()
            });
            drop.into_iter().chain(add).collect()
        }
        ("comment_check", _) => vec![
            start("COMMENT ON CONSTRAINT ")
                .name(rest)
                .raw(" ON DOMAIN ")
                .object(&id.object)
                .raw(" IS ")
                .raw(&text(to))
                .finish(),
        ],
        _ => Vec::new(),
    }
}

fn view(id: &EntityId, head: &str, rest: &str, to: Option<&str>) -> Vec<String> {
    let alter = || start("ALTER ").raw(&word(id.kind)).raw(" ").object(&id.object);
    match (head, to) {
        ("with", Some(value)) => {
            vec![alter().raw(" SET (").raw(rest).raw(" = ").raw(&spelled(value)).raw(")").finish()]
        }
        ("with", None) => vec![alter().raw(" RESET (").raw(rest).raw(")").finish()],
        ("default", Some(value)) => {
            vec![alter().raw(" ALTER COLUMN ").name(rest).raw(" SET DEFAULT ").raw(value).finish()]
        }
        ("default", None) => {
            vec![alter().raw(" ALTER COLUMN ").name(rest).raw(" DROP DEFAULT").finish()]
        }
        ("tablespace", to) => {
            vec![alter().raw(" SET TABLESPACE ").name(to.unwrap_or("pg_default")).finish()]
        }
        ("access_method", to) => {
            vec![alter().raw(" SET ACCESS METHOD ").name(to.unwrap_or("heap")).finish()]
        }
        _ => Vec::new(),
    }
}

fn publication(
    id: &EntityId,
    head: &str,
    rest: &str,
    from: Option<&str>,
    to: Option<&str>,
) -> Vec<String> {
    let alter = || start("ALTER PUBLICATION ").name(&id.object.name);
    match head {
        "table" => {
            let drop = from.map(|_| alter().raw(" DROP TABLE ").raw(rest).finish());
            let add = to.map(|tail| alter().raw(" ADD TABLE ").raw(rest).raw(tail).finish());
            drop.into_iter().chain(add).collect()
        }
        "schema" => vec![
            alter()
                .raw(if to.is_some() { " ADD" } else { " DROP" })
                .raw(" TABLES IN SCHEMA ")
                .name(rest)
                .finish(),
        ],
        "publish" => vec![
            alter()
                .raw(" SET (publish = ")
                .literal(to.unwrap_or("insert, update, delete, truncate"))
                .raw(")")
                .finish(),
        ],
        "publish_via_partition_root" => vec![
            alter()
                .raw(" SET (publish_via_partition_root = ")
                .raw(to.unwrap_or("false"))
                .raw(")")
                .finish(),
        ],
        _ => Vec::new(),
    }
}
