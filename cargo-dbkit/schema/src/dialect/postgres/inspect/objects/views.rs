//! Views, materialized views and their indexes, rules, extended statistics and foreign tables.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind, expression};

use super::super::reading::Reading;
use super::super::text::{Fields, array, parameters};
use super::super::{MANAGED_NAMESPACE, no_member, query};
use super::{Class, add, comment, property, types};

pub(super) fn queries(version: u32) -> Vec<CatalogQuery> {
    let enabled_rules = "r.ev_enabled";
    let statistics_target = if version >= 170_000 {
        "NULLIF(COALESCE(s.stxstattarget, -1), -1)"
    } else {
        "NULLIF(s.stxstattarget, -1)"
    };
    vec![
        query(
            "views",
            format!(
                "
SELECT c.oid, n.nspname, c.relname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(c.relname), c.relkind,
    pg_catalog.pg_get_viewdef(c.oid, true), c.reloptions,
    ARRAY(SELECT pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod) 
            || CASE WHEN a.attcollation <> 0 THEN ' ' || a.attcollation::pg_catalog.regcollation ELSE '' END
        FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    ARRAY(SELECT COALESCE(pg_catalog.col_description(c.oid, a.attnum), '') FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    ARRAY(SELECT COALESCE(pg_catalog.pg_get_expr(e.adbin, e.adrelid), '') FROM pg_catalog.pg_attribute a
        LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    s.spcname, CASE WHEN m.amname <> 'heap' THEN m.amname END, w.oid, d.description
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_rewrite w ON w.ev_class = c.oid AND w.rulename = '_RETURN'
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
{}
WHERE c.relkind IN ('v', 'm') AND {MANAGED_NAMESPACE} AND {}",
                comment("pg_class", "c"),
                no_member("pg_class", "c")
            ),
        ),
        query(
            "view_indexes",
            format!(
                "
SELECT c.oid, t.oid, c.relname, pg_catalog.pg_get_indexdef(c.oid), i.indisclustered, s.spcname, d.description
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_class t ON t.oid = i.indrelid AND t.relkind = 'm'
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
{}",
                comment("pg_class", "c")
            ),
        ),
        query(
            "rules",
            format!(
                "
SELECT r.oid, r.ev_class, r.rulename, pg_catalog.pg_get_ruledef(r.oid, false), {enabled_rules}, d.description
FROM pg_catalog.pg_rewrite r
{}
WHERE r.rulename <> '_RETURN' AND r.oid >= 16384",
                comment("pg_rewrite", "r")
            ),
        ),
        query(
            "statistics",
            format!(
                "
SELECT s.oid, n.nspname, s.stxname, pg_catalog.pg_get_statisticsobjdef(s.oid), {statistics_target}, d.description
FROM pg_catalog.pg_statistic_ext s
JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
{}
WHERE {MANAGED_NAMESPACE} AND {}",
                comment("pg_statistic_ext", "s"),
                no_member("pg_statistic_ext", "s")
            ),
        ),
    ]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("views") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let quoted = types::quoted(row.text(), row.text());
        let is_materialized = row.text() == "m";
        let body = row.text().trim().trim_end_matches(';').to_owned();
        let with = array(row.text());
        let mut properties: Vec<(String, String)> = parameters(&with)
            .map(|(key, value)| (format!("with:{key}"), value.to_owned()))
            .collect();
        let columns = array(row.text());
        let (names, comments, defaults) = (array(row.text()), array(row.text()), array(row.text()));
        for (name, number) in names.iter().zip(1..) {
            // Views never lose a column.
            reading.register_part(oid, number, name);
        }
        for ((name, said), default) in names.iter().zip(comments).zip(defaults) {
            if !said.is_empty() {
                properties.push((format!("comment:{name}"), said));
            }
            if !default.is_empty() {
                properties.push((format!("default:{name}"), default));
            }
        }
        properties.extend(property("tablespace", row.owned()));
        properties.extend(property("access_method", row.owned()));
        let rule = row.oid();
        properties.extend(property("comment", row.owned()));
        let kind = if is_materialized { EntityKind::MaterializedView } else { EntityKind::View };
        // What CREATE OR REPLACE may not change.
        properties.push(("columns".to_owned(), columns.join(", ")));
        let word = if is_materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let id = EntityId::object(kind, name);
        reading.register(Class::REWRITE, rule, id.clone());
        let definition = format!("CREATE {word} {quoted} AS\n{body}");
        add(reading, Class::RELATION, oid, id, definition, properties);
    }
    for row in catalog.of("view_indexes") {
        let mut row = Fields::of(row);
        let (oid, view, name) = (row.oid(), row.oid(), row.text());
        let Some(view) = reading.find(Class::RELATION, view).map(|id| id.object.clone()) else {
            continue;
        };
        let definition = row.text().to_owned();
        let mut properties = Vec::new();
        properties.extend(row.flag().then(|| ("clustered".to_owned(), "yes".to_owned())));
        properties.extend(property("tablespace", row.owned()));
        properties.extend(property("comment", row.owned()));
        let id = EntityId::member(EntityKind::Index, &view, name);
        add(reading, Class::RELATION, oid, id, definition, properties);
    }
    for row in catalog.of("rules") {
        let mut row = Fields::of(row);
        let (oid, relation, name) = (row.oid(), row.oid(), row.text());
        let Some(relation) = reading.find(Class::RELATION, relation).map(|id| id.object.clone())
        else {
            continue;
        };
        let definition = row.text().to_owned();
        let mut properties = Vec::new();
        properties.extend(enabled(row.text()));
        properties.extend(property("comment", row.owned()));
        let id = EntityId::member(EntityKind::Rule, &relation, name);
        add(reading, Class::REWRITE, oid, id, definition, properties);
    }
    for row in catalog.of("statistics") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let definition = sorted_columns(row.text());
        let mut properties = Vec::new();
        properties.extend(property("target", row.owned()));
        properties.extend(property("comment", row.owned()));
        let id = EntityId::object(EntityKind::Statistics, name);
        add(reading, Class::STATISTICS, oid, id, definition, properties);
    }
}

/// Extended statistics with their columns in order of name: the server keeps them in that of the table.
fn sorted_columns(definition: &str) -> String {
    let tokens = expression::tokens(definition);
    let word = |token: &expression::Token| &definition[token.range.clone()];
    let on = tokens.iter().position(|token| word(token) == "ON");
    let from = tokens.iter().rposition(|token| word(token) == "FROM");
    let (Some(on), Some(from)) = (on, from) else { return definition.to_owned() };
    let (mut depth, mut start) = (0_usize, tokens[on].range.end);
    let mut parts = Vec::new();
    for token in &tokens[on + 1..=from] {
        match word(token) {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," | "FROM" if depth == 0 => {
                parts.push(definition[start..token.range.start].trim());
                start = token.range.end;
            }
            _ => {}
        }
    }
    // Expressions come after columns, in the order that they have.
    parts.sort_by_key(|part| if part.starts_with('(') { (true, "") } else { (false, *part) });
    let (head, tail) =
        (&definition[..tokens[on].range.end], &definition[tokens[from].range.start..]);
    format!("{head} {} {tail}", parts.join(", "))
}

/// Whether a rule or trigger fires, where that is not the usual way.
pub(super) fn enabled(code: &str) -> Option<(String, String)> {
    let word = match code {
        "D" => "disabled",
        "R" => "replica",
        "A" => "always",
        _ => return None,
    };
    Some(("enabled".to_owned(), word.to_owned()))
}
