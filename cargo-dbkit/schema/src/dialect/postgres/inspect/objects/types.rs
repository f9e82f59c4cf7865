//! Domains, composite types, range types and collations.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind};

use super::super::reading::{Class, Reading};
use super::super::text::{Fields, array};
use super::super::{MANAGED_NAMESPACE, no_member, query};
use super::{add, comment, property};

pub(super) fn queries(version: u32) -> Vec<CatalogQuery> {
    let is_deterministic = "l.collisdeterministic";
    let locale = match version {
        170_000.. => "COALESCE(l.colllocale, l.collcollate)",
        150_000.. => "COALESCE(l.colliculocale, l.collcollate)",
        _ => "l.collcollate",
    };
    let rules = if version >= 160_000 { "l.collicurules" } else { "NULL" };
    vec![
        query(
            "domains",
            format!(
                "
SELECT t.oid, t.typarray, n.nspname, t.typname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(t.typname),
    pg_catalog.format_type(t.typbasetype, t.typtypmod),
    CASE WHEN t.typcollation <> b.typcollation THEN (SELECT pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname)
        FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace WHERE l.oid = t.typcollation) END,
    t.typnotnull, pg_catalog.pg_get_expr(t.typdefaultbin, 0),
    ARRAY(SELECT c.conname FROM pg_catalog.pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname),
    ARRAY(SELECT pg_catalog.pg_get_constraintdef(c.oid, true) FROM pg_catalog.pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname),
    ARRAY(SELECT COALESCE(cd.description, '') FROM pg_catalog.pg_constraint c
        LEFT JOIN pg_catalog.pg_description cd ON cd.objoid = c.oid AND cd.classoid = 'pg_catalog.pg_constraint'::regclass
        WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname),
    d.description
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
{}
WHERE t.typtype = 'd' AND {MANAGED_NAMESPACE} AND {}",
                comment("pg_type", "t"),
                no_member("pg_type", "t")
            ),
        ),
        query(
            "domain_checks",
            "SELECT c.oid, c.contypid FROM pg_catalog.pg_constraint c WHERE c.contypid <> 0",
        ),
        query(
            "composites",
            format!(
                "
SELECT t.oid, t.typarray, c.oid, n.nspname, t.typname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(t.typname),
    ARRAY(SELECT pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attcollation <> 0 AND a.attcollation <> y.typcollation THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    ARRAY(SELECT COALESCE(pg_catalog.col_description(c.oid, a.attnum), '') FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    d.description
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
{}
WHERE t.typtype = 'c' AND {MANAGED_NAMESPACE} AND {}",
                comment("pg_type", "t"),
                no_member("pg_type", "t")
            ),
        ),
        query(
            "ranges",
            format!(
                "
SELECT t.oid, t.typarray, n.nspname, t.typname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(t.typname),
    pg_catalog.format_type(r.rngsubtype, NULL),
    CASE WHEN NOT o.opcdefault THEN pg_catalog.quote_ident(o.opcname) END,
    CASE WHEN r.rngcollation <> 0 AND r.rngcollation <> s.typcollation THEN r.rngcollation::regcollation::text END,
    CASE WHEN r.rngcanonical <> 0 THEN r.rngcanonical::text END,
    CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::text END,
    d.description
FROM pg_catalog.pg_range r
JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
{}
WHERE {MANAGED_NAMESPACE} AND {}",
                comment("pg_type", "t"),
                no_member("pg_type", "t")
            ),
        ),
        query(
            "collations",
            format!(
                "
SELECT l.oid, n.nspname, l.collname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(l.collname),
    l.collprovider, {locale}, l.collctype, {is_deterministic}, {rules}, d.description
FROM pg_catalog.pg_collation l
JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
{}
WHERE {MANAGED_NAMESPACE} AND {}",
                comment("pg_collation", "l"),
                no_member("pg_collation", "l")
            ),
        ),
        // A type of its own for every table, and an array type for every type.
        query(
            "row_types",
            "SELECT t.oid, t.typarray, t.typrelid, t.typelem FROM pg_catalog.pg_type t WHERE t.oid >= 16384 AND t.typarray <> 0",
        ),
    ]
}

/// A name as the server quotes it; `public` needs no word.
pub(super) fn quoted(schema: &str, name: &str) -> String {
    if schema == "public" { name.to_owned() } else { format!("{schema}.{name}") }
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("domains") {
        let mut row = Fields::of(row);
        let (oid, array_oid, name) = (row.oid(), row.oid(), row.name());
        let quoted = quoted(row.text(), row.text());
        let base = row.text();
        let collation = row.maybe().map(|name| format!(" COLLATE {name}")).unwrap_or_default();
        let is_required = row.flag();
        let default = row.owned();
        let (names, checks, comments) = (array(row.text()), array(row.text()), array(row.text()));
        let comment = row.owned();
        let mut properties = Vec::new();
        properties.extend(property("default", default));
        properties.extend(is_required.then(|| ("not_null".to_owned(), "yes".to_owned())));
        for ((name, check), said) in names.iter().zip(checks).zip(comments) {
            properties.push((format!("check:{name}"), check));
            if !said.is_empty() {
                properties.push((format!("comment_check:{name}"), said));
            }
        }
        properties.extend(property("comment", comment));
        let id = EntityId::object(EntityKind::Domain, name);
        reading.register(Class::TYPE, array_oid, id.clone());
        let definition = format!("CREATE DOMAIN {quoted} AS {base}{collation}");
        add(reading, Class::TYPE, oid, id, definition, properties);
    }
    for row in catalog.of("domain_checks") {
        let mut row = Fields::of(row);
        let (oid, domain) = (row.oid(), row.oid());
        if let Some(id) = reading.find(Class::TYPE, domain).cloned() {
            reading.register(Class::CONSTRAINT, oid, id);
        }
    }
    for row in catalog.of("composites") {
        let mut row = Fields::of(row);
        let (oid, array_oid, relation, name) = (row.oid(), row.oid(), row.oid(), row.name());
        let quoted = quoted(row.text(), row.text());
        let (attributes, names, comments) =
            (array(row.text()), array(row.text()), array(row.text()));
        let mut properties: Vec<(String, String)> = Vec::new();
        for (name, said) in names.iter().zip(comments) {
            if !said.is_empty() {
                properties.push((format!("comment:{name}"), said));
            }
        }
        properties.extend(property("comment", row.owned()));
        let lines: Vec<String> = attributes.iter().map(|one| format!("    {one}")).collect();
        let definition = format!("CREATE TYPE {quoted} AS (\n{}\n)", lines.join(",\n"));
        let id = EntityId::object(EntityKind::CompositeType, name);
        reading.register(Class::TYPE, array_oid, id.clone());
        reading.register(Class::RELATION, relation, id.clone());
        add(reading, Class::TYPE, oid, id, definition, properties);
    }
    for row in catalog.of("ranges") {
        let mut row = Fields::of(row);
        let (oid, array_oid, name) = (row.oid(), row.oid(), row.name());
        let quoted = quoted(row.text(), row.text());
        let mut options = vec![format!("subtype = {}", row.text())];
        for word in ["subtype_opclass", "collation", "canonical", "subtype_diff"] {
            options.extend(row.maybe().map(|value| format!("{word} = {value}")));
        }
        let comment = property("comment", row.owned());
        let definition = format!("CREATE TYPE {quoted} AS RANGE ({})", options.join(", "));
        let id = EntityId::object(EntityKind::RangeType, name);
        reading.register(Class::TYPE, array_oid, id.clone());
        add(reading, Class::TYPE, oid, id, definition, comment);
    }
    for row in catalog.of("collations") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let quoted = quoted(row.text(), row.text());
        let (provider, locale, ctype) = (row.text(), row.text(), row.text());
        let is_deterministic = row.flag();
        let rules = row.owned();
        let comment = property("comment", row.owned());
        let word = match provider {
            "i" => "icu",
            "b" => "builtin",
            _ => "libc",
        };
        let literal = |text: &str| crate::dialect::postgres::types::literal(text);
        let mut options = vec![format!("provider = {word}")];
        if word == "libc" && locale != ctype {
            options.push(format!("lc_collate = {}", literal(locale)));
            options.push(format!("lc_ctype = {}", literal(ctype)));
        } else {
            options.push(format!("locale = {}", literal(locale)));
        }
        if !is_deterministic {
            options.push("deterministic = false".to_owned());
        }
        options.extend(rules.map(|rules| format!("rules = {}", literal(&rules))));
        let definition = format!("CREATE COLLATION {quoted} ({})", options.join(", "));
        let id = EntityId::object(EntityKind::Collation, name);
        add(reading, Class::COLLATION, oid, id, definition, comment);
    }
}

/// The types that come with tables, once those are known.
pub(in super::super) fn read_row_types(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("row_types") {
        let mut row = Fields::of(row);
        let (oid, array_oid, relation) = (row.oid(), row.oid(), row.oid());
        let found = reading
            .find(Class::TYPE, oid)
            .or_else(|| reading.find(Class::RELATION, relation))
            .cloned();
        if let Some(id) = found {
            if reading.find(Class::TYPE, oid).is_none() {
                reading.register(Class::TYPE, oid, id.clone());
            }
            reading.register(Class::TYPE, array_oid, id);
        }
    }
}
