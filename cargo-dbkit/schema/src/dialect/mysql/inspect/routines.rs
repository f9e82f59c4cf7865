//! Views, triggers, routines and events.

use std::collections::BTreeMap;

use crate::dialect::{Catalog, CatalogQuery, Inspection};
use crate::model::{EntityId, EntityKind, ObjectName};

use super::{Fields, Server, object, query, quoted, without_database};

pub(super) fn queries(server: Server) -> Vec<CatalogQuery> {
    let algorithm = match server {
        Server::MariaDb => "v.ALGORITHM",
        Server::MySql => "'UNDEFINED'",
    };
    vec![
        query(
            "views",
            format!(
                "
SELECT v.TABLE_NAME, v.VIEW_DEFINITION, v.CHECK_OPTION, v.SECURITY_TYPE, {algorithm}
FROM information_schema.VIEWS v
WHERE v.TABLE_SCHEMA = DATABASE()
ORDER BY v.TABLE_NAME"
            ),
        ),
        query(
            "triggers",
            "
SELECT t.TRIGGER_NAME, t.EVENT_MANIPULATION, t.EVENT_OBJECT_TABLE, t.ACTION_TIMING, t.ACTION_STATEMENT
FROM information_schema.TRIGGERS t
WHERE t.TRIGGER_SCHEMA = DATABASE()
ORDER BY t.EVENT_OBJECT_TABLE, t.ACTION_TIMING, t.EVENT_MANIPULATION, t.ACTION_ORDER"
                .to_owned(),
        ),
        query(
            "parameters",
            "
SELECT p.SPECIFIC_NAME, p.ROUTINE_TYPE, p.PARAMETER_MODE, p.PARAMETER_NAME, p.DTD_IDENTIFIER
FROM information_schema.PARAMETERS p
WHERE p.SPECIFIC_SCHEMA = DATABASE() AND p.ORDINAL_POSITION > 0
ORDER BY p.SPECIFIC_NAME, p.ROUTINE_TYPE, p.ORDINAL_POSITION"
                .to_owned(),
        ),
        query(
            "routines",
            "
SELECT r.ROUTINE_NAME, r.ROUTINE_TYPE, r.DTD_IDENTIFIER, r.ROUTINE_DEFINITION, r.IS_DETERMINISTIC, r.SQL_DATA_ACCESS, r.SECURITY_TYPE, r.ROUTINE_COMMENT
FROM information_schema.ROUTINES r
WHERE r.ROUTINE_SCHEMA = DATABASE()
ORDER BY r.ROUTINE_NAME"
                .to_owned(),
        ),
        query(
            "events",
            "
SELECT e.EVENT_NAME, e.EXECUTE_AT, e.INTERVAL_VALUE, e.INTERVAL_FIELD, e.ENDS, e.STATUS, e.ON_COMPLETION, e.EVENT_COMMENT, e.EVENT_DEFINITION
FROM information_schema.EVENTS e
WHERE e.EVENT_SCHEMA = DATABASE()
ORDER BY e.EVENT_NAME"
                .to_owned(),
        ),
    ]
}

pub(super) fn read(catalog: &Catalog, _server: Server, found: &mut Inspection) {
    let schema = &mut found.schema;
    for row in catalog.of("views") {
        let mut row = Fields::of(row);
        let (name, body) = (row.text(), without_database(catalog, row.text()));
        let (check, security, algorithm) = (row.text(), row.text(), row.text());
        let mut text = String::from("CREATE ");
        if algorithm != "UNDEFINED" && !algorithm.is_empty() {
            text.push_str(&format!("ALGORITHM = {algorithm} "));
        }
        if security == "INVOKER" {
            text.push_str("SQL SECURITY INVOKER ");
        }
        text.push_str(&format!("VIEW {} AS\n{body}", quoted(name)));
        if check != "NONE" && !check.is_empty() {
            text.push_str(&format!("\nWITH {check} CHECK OPTION"));
        }
        let id = EntityId::object(EntityKind::View, ObjectName::new(name));
        object(schema, id, text, []);
    }
    for row in catalog.of("triggers") {
        let mut row = Fields::of(row);
        let (name, event, table) = (row.text(), row.text(), row.text());
        let (timing, body) = (row.text(), row.text());
        let text = format!(
            "CREATE TRIGGER {} {timing} {event} ON {} FOR EACH ROW {body}",
            quoted(name),
            quoted(table)
        );
        let id = EntityId::member(EntityKind::Trigger, &ObjectName::new(table), name);
        object(schema, id, text, []);
    }
    let mut parameters: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in catalog.of("parameters") {
        let mut row = Fields::of(row);
        let (routine, kind) = (row.owned(), row.owned());
        let (mode, name, ty) = (row.text(), row.text(), row.text());
        let mode = if kind == "PROCEDURE" { format!("{mode} ") } else { String::new() };
        let parameter = format!("{mode}{} {ty}", quoted(name));
        parameters.entry((routine, kind)).or_default().push(parameter);
    }
    for row in catalog.of("routines") {
        let mut row = Fields::of(row);
        let (name, kind, returns) = (row.owned(), row.owned(), row.text());
        let body = row.text();
        let (deterministic, access, security, comment) =
            (row.text(), row.text(), row.text(), row.text());
        let entity = if kind == "PROCEDURE" { EntityKind::Procedure } else { EntityKind::Function };
        let list = parameters.remove(&(name.clone(), kind.clone())).unwrap_or_default();
        let mut text = format!("CREATE {kind} {}({})", quoted(&name), list.join(", "));
        if entity == EntityKind::Function {
            text.push_str(&format!(" RETURNS {returns}"));
        }
        if deterministic == "YES" {
            text.push_str("\n    DETERMINISTIC");
        }
        if access != "CONTAINS SQL" {
            text.push_str(&format!("\n    {access}"));
        }
        if security == "INVOKER" {
            text.push_str("\n    SQL SECURITY INVOKER");
        }
        if !comment.is_empty() {
            text.push_str(&format!("\n    COMMENT {}", super::super::types::literal(comment)));
        }
        text.push_str(&format!("\n{body}"));
        let id = EntityId::object(entity, ObjectName::new(name));
        object(schema, id, text, []);
    }
    for row in catalog.of("events") {
        let mut row = Fields::of(row);
        let name = row.text();
        let (at, every, field, ends) = (row.maybe(), row.maybe(), row.text(), row.maybe());
        let (status, completion, comment, body) = (row.text(), row.text(), row.text(), row.text());
        let literal = super::super::types::literal;
        let schedule = match (at, every) {
            (Some(at), _) => format!("AT {}", literal(at)),
            (None, Some(every)) => {
                let every =
                    if every.parse::<i64>().is_ok() { every.to_owned() } else { literal(every) };
                let ends = ends.map(|ends| format!(" ENDS {}", literal(ends))).unwrap_or_default();
                format!("EVERY {every} {field}{ends}")
            }
            (None, None) => continue,
        };
        let mut text = format!("CREATE EVENT {}\n    ON SCHEDULE {schedule}", quoted(name));
        if completion == "PRESERVE" {
            text.push_str("\n    ON COMPLETION PRESERVE");
        }
        if status == "DISABLED" {
            text.push_str("\n    DISABLE");
        }
        if !comment.is_empty() {
            text.push_str(&format!("\n    COMMENT {}", literal(comment)));
        }
        text.push_str(&format!("\n    DO {body}"));
        let id = EntityId::object(EntityKind::Event, ObjectName::new(name));
        object(schema, id, text, []);
    }
}
