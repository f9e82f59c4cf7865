//! `GRANT` and `REVOKE`.

use std::collections::BTreeMap;

use crate::model::{EntityId, EntityKind, ObjectName};

use super::{is_routine, role_name, start};

/// Privileges by name, and whether they may be granted on.
fn privileges(text: Option<&str>) -> BTreeMap<String, bool> {
    text.unwrap_or_default()
        .split(", ")
        .filter(|word| !word.is_empty())
        .map(|word| match word.strip_suffix('*') {
            Some(word) => (word.to_owned(), true),
            None => (word.to_owned(), false),
        })
        .collect()
}

/// `GRANT` and `REVOKE` for a change of one grantee's privileges. `revoke:` holds what is taken from those that everybody has.
pub(super) fn set(id: &EntityId, key: &str, from: Option<&str>, to: Option<&str>) -> Vec<String> {
    let Some((sign, grantee)) = key.split_once(':') else { return Vec::new() };
    if sign == "grant_column" {
        // Of a view or a foreign table, whose columns are no entities of their own.
        let Ok(ObjectName { schema: Some(grantee), name: column }) = grantee.parse() else {
            return Vec::new();
        };
        let column = EntityId::column(&id.object, column);
        return set(&column, &format!("grant:{grantee}"), from, to);
    }
    let (before, after) = match sign {
        // Less taken away is more granted.
        "revoke" | "sequence_revoke" => (privileges(to), privileges(from)),
        _ => (privileges(from), privileges(to)),
    };
    let mut statements = Vec::new();
    let gone: Vec<&str> =
        before.keys().filter(|word| !after.contains_key(*word)).map(String::as_str).collect();
    let ungrantable: Vec<&str> = before
        .iter()
        .filter(|(word, may)| **may && after.get(*word) == Some(&false))
        .map(|(word, _)| word.as_str())
        .collect();
    let new = |wanted: bool| -> Vec<&str> {
        after
            .iter()
            .filter(|(word, may)| {
                **may == wanted && before.get(*word).is_none_or(|had| wanted && !had)
            })
            .map(|(word, _)| word.as_str())
            .collect()
    };
    let role = role_name(grantee);
    if let Some(sign) = sign.strip_prefix("sequence_") {
        return of_identity(id, &format!("{sign}:{grantee}"), from, to);
    }
    let (head, place) = target(id);
    let mut say = |verb: &str, words: &[&str], preposition: &str, tail: &str| {
        if !words.is_empty() {
            let list: Vec<String> = words.iter().map(|word| on_column(id, word)).collect();
            statements.push(format!(
                "{head}{verb}{} ON {place} {preposition} {role}{tail}",
                list.join(", ")
            ));
        }
    };
    say("REVOKE ", &gone, "FROM", "");
    say("REVOKE GRANT OPTION FOR ", &ungrantable, "FROM", "");
    say("GRANT ", &new(false), "TO", "");
    say("GRANT ", &new(true), "TO", " WITH GRANT OPTION");
    statements
}

/// On the sequence behind an identity column, which only the server knows the name of.
fn of_identity(id: &EntityId, key: &str, from: Option<&str>, to: Option<&str>) -> Vec<String> {
    let sequence = EntityId::object(EntityKind::Sequence, ObjectName::new("%s"));
    let table = start("").literal(&start("").object(&id.object).finish()).finish();
    let column = start("").literal(id.member.as_deref().unwrap_or_default()).finish();
    set(&sequence, key, from, to)
        .iter()
        .map(|statement| {
            let template = statement.replace('%', "%%").replacen("\"%%s\"", "%s", 1);
            let statement = start("").literal(&template).finish();
            format!(
                "DO $dbkit$\nBEGIN\n    EXECUTE format({statement}, pg_get_serial_sequence({table}, {column}));\nEND\n$dbkit$"
            )
        })
        .collect()
}

/// A privilege on a column names it.
fn on_column(id: &EntityId, privilege: &str) -> String {
    match (&id.member, id.kind) {
        (Some(column), EntityKind::Column) => {
            start(privilege).raw(" (").name(column).raw(")").finish()
        }
        _ => privilege.to_owned(),
    }
}

/// What comes before `GRANT`, and what stands after `ON`.
fn target(id: &EntityId) -> (String, String) {
    let sql = match (id.kind, &id.member) {
        (EntityKind::DefaultPrivileges, Some(role)) => {
            let head = start("ALTER DEFAULT PRIVILEGES FOR ROLE ").name(role);
            let head = match &id.object.schema {
                Some(schema) => head.raw(" IN SCHEMA ").name(schema),
                None => head,
            };
            return (head.raw(" ").finish(), id.object.name.clone());
        }
        (kind, Some(arguments)) if is_routine(kind) => {
            let word = if kind == EntityKind::Procedure { "PROCEDURE " } else { "FUNCTION " };
            start(word).object(&id.object).raw("(").raw(arguments).raw(")")
        }
        (EntityKind::Sequence, _) => start("SEQUENCE ").object(&id.object),
        (EntityKind::Namespace, _) => start("SCHEMA ").name(&id.object.name),
        (EntityKind::Domain, _) => start("DOMAIN ").object(&id.object),
        (EntityKind::Enum | EntityKind::CompositeType | EntityKind::RangeType, _) => {
            start("TYPE ").object(&id.object)
        }
        (EntityKind::ForeignDataWrapper, _) => start("FOREIGN DATA WRAPPER ").name(&id.object.name),
        (EntityKind::ForeignServer, _) => start("FOREIGN SERVER ").name(&id.object.name),
        _ => start("TABLE ").object(&id.object),
    };
    (String::new(), sql.finish())
}
