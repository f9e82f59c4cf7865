//! What belongs to a database as a whole: extensions, event triggers, publications, foreign data, default privileges.

use crate::dialect::postgres::types::literal;
use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind, ObjectName};

use super::super::reading::Reading;
use super::super::text::{Fields, array, parameters};
use super::super::{MANAGED_NAMESPACE, no_member, query};
use super::{Class, add, comment, property, types, views};

pub(super) fn queries(version: u32) -> Vec<CatalogQuery> {
    let publishes_schemas = version >= 150_000;
    let (attributes, filter) = if publishes_schemas {
        (
            "(SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.at) FROM unnest(r.prattrs) WITH ORDINALITY AS k(num, at)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = r.prrelid AND a.attnum = k.num)",
            "pg_catalog.pg_get_expr(r.prqual, r.prrelid)",
        )
    } else {
        ("NULL", "NULL")
    };
    let mut queries = vec![
        query(
            "extensions",
            format!(
                "
SELECT e.oid, e.extname, pg_catalog.quote_ident(e.extname), pg_catalog.quote_ident(n.nspname), n.nspname,
    CASE WHEN d.description IS DISTINCT FROM v.comment THEN d.description END
FROM pg_catalog.pg_extension e
JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
LEFT JOIN pg_catalog.pg_available_extensions v ON v.name = e.extname
{}
WHERE e.oid >= 16384",
                comment("pg_extension", "e")
            ),
        ),
        query(
            "event_triggers",
            format!(
                "
SELECT t.oid, t.evtname, pg_catalog.quote_ident(t.evtname), t.evtevent, t.evttags, t.evtfoid::regproc::text, t.evtenabled, d.description
FROM pg_catalog.pg_event_trigger t
{}
WHERE {}",
                comment("pg_event_trigger", "t"),
                no_member("pg_event_trigger", "t")
            ),
        ),
        query(
            "publications",
            format!(
                "
SELECT p.oid, p.pubname, pg_catalog.quote_ident(p.pubname), p.puballtables,
    p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot, d.description
FROM pg_catalog.pg_publication p
{}",
                comment("pg_publication", "p")
            ),
        ),
        query(
            "publication_tables",
            format!(
                "SELECT r.prpubid, r.prrelid, r.prrelid::regclass::text, {attributes}, {filter} FROM pg_catalog.pg_publication_rel r ORDER BY 3"
            ),
        ),
        query(
            "wrappers",
            format!(
                "
SELECT w.oid, w.fdwname, pg_catalog.quote_ident(w.fdwname),
    CASE WHEN w.fdwhandler <> 0 THEN w.fdwhandler::regproc::text END,
    CASE WHEN w.fdwvalidator <> 0 THEN w.fdwvalidator::regproc::text END, w.fdwoptions, d.description
FROM pg_catalog.pg_foreign_data_wrapper w
{}
WHERE w.oid >= 16384 AND {}",
                comment("pg_foreign_data_wrapper", "w"),
                no_member("pg_foreign_data_wrapper", "w")
            ),
        ),
        query(
            "servers",
            format!(
                "
SELECT s.oid, s.srvname, pg_catalog.quote_ident(s.srvname), pg_catalog.quote_ident(w.fdwname), s.srvtype, s.srvversion, s.srvoptions, d.description
FROM pg_catalog.pg_foreign_server s
JOIN pg_catalog.pg_foreign_data_wrapper w ON w.oid = s.srvfdw
{}
WHERE {}",
                comment("pg_foreign_server", "s"),
                no_member("pg_foreign_server", "s")
            ),
        ),
        query(
            "user_mappings",
            "
SELECT u.umid, u.srvname, pg_catalog.quote_ident(u.srvname), u.usename,
    CASE WHEN u.umuser = 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(u.usename) END, u.umoptions
FROM pg_catalog.pg_user_mappings u",
        ),
        query(
            "foreign_tables",
            format!(
                "
SELECT c.oid, n.nspname, c.relname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(c.relname), pg_catalog.quote_ident(s.srvname), f.ftoptions,
    ARRAY(SELECT pg_catalog.quote_ident(a.attname) || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attfdwoptions IS NULL THEN '' ELSE ' OPTIONS (' || (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(o.option_name) || ' ' || pg_catalog.quote_literal(o.option_value), ', ' ORDER BY o.option_name)
            FROM pg_catalog.pg_options_to_table(a.attfdwoptions) o) || ')' END
        || CASE WHEN a.attcollation <> 0 AND a.attcollation <> y.typcollation THEN ' COLLATE ' || a.attcollation::regcollation::text ELSE '' END
        || COALESCE(CASE WHEN a.attgenerated = '' THEN ' DEFAULT ' || pg_catalog.pg_get_expr(e.adbin, e.adrelid)
            ELSE ' GENERATED ALWAYS AS (' || pg_catalog.pg_get_expr(e.adbin, e.adrelid) || ') STORED' END, '')
        || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
        FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
        LEFT JOIN pg_catalog.pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
    || ARRAY(SELECT 'CONSTRAINT ' || pg_catalog.quote_ident(k.conname) || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
        FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' ORDER BY k.conname),
    ARRAY(SELECT a.attnum::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    ARRAY(SELECT COALESCE(pg_catalog.col_description(c.oid, a.attnum), '') FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum),
    d.description
FROM pg_catalog.pg_foreign_table f
JOIN pg_catalog.pg_class c ON c.oid = f.ftrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
{}
WHERE {MANAGED_NAMESPACE} AND {}",
                comment("pg_class", "c"),
                no_member("pg_class", "c")
            ),
        ),
        query(
            "default_privileges",
            "
SELECT pg_catalog.pg_get_userbyid(a.defaclrole), n.nspname, a.defaclobjtype, x.is_added, x.grantee, x.privileges
FROM pg_catalog.pg_default_acl a
LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace
CROSS JOIN LATERAL (
    SELECT CASE WHEN a.defaclnamespace = 0 THEN pg_catalog.acldefault(CASE a.defaclobjtype WHEN 'S' THEN 's'::\"char\" ELSE a.defaclobjtype END, a.defaclrole)
        END AS base
) b
CROSS JOIN LATERAL (
    SELECT true AS is_added, e.grantee, pg_catalog.string_agg(e.privilege_type || CASE WHEN e.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY e.privilege_type) AS privileges
    FROM (SELECT CASE y.grantee WHEN 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(y.grantee) END AS grantee, y.privilege_type, y.is_grantable
        FROM (SELECT grantee, privilege_type, is_grantable FROM pg_catalog.aclexplode(a.defaclacl)
            EXCEPT SELECT grantee, privilege_type, is_grantable FROM pg_catalog.aclexplode(b.base)) y) e
    GROUP BY e.grantee
    UNION ALL
    SELECT false, e.grantee, pg_catalog.string_agg(e.privilege_type, ', ' ORDER BY e.privilege_type)
    FROM (SELECT CASE y.grantee WHEN 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(y.grantee) END AS grantee, y.privilege_type
        FROM (SELECT grantee, privilege_type FROM pg_catalog.aclexplode(b.base)
            EXCEPT SELECT grantee, privilege_type FROM pg_catalog.aclexplode(a.defaclacl)) y) e
    GROUP BY e.grantee
) x
ORDER BY 1, 2, 3, 4, 5",
        ),
    ];
    if publishes_schemas {
        queries.push(query(
            "publication_schemas",
            "SELECT r.pnpubid, r.pnnspid, n.nspname FROM pg_catalog.pg_publication_namespace r JOIN pg_catalog.pg_namespace n ON n.oid = r.pnnspid ORDER BY 3",
        ));
    }
    queries
}

/// `OPTIONS (..)` as properties.
fn options(text: &str) -> Vec<(String, String)> {
    parameters(&array(text))
        .map(|(key, value)| (format!("option:{key}"), value.to_owned()))
        .collect()
}

fn at_server(kind: EntityKind, name: &str) -> EntityId {
    EntityId::object(kind, ObjectName::new(name))
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("extensions") {
        let mut row = Fields::of(row);
        let (oid, name, quoted, schema) = (row.oid(), row.text(), row.text(), row.text());
        let schema_name = row.text();
        let comment = property("comment", row.owned());
        let definition = if schema_name == "pg_catalog" {
            format!("CREATE EXTENSION {quoted}")
        } else {
            format!("CREATE EXTENSION {quoted} WITH SCHEMA {schema}")
        };
        let id = at_server(EntityKind::Extension, name);
        add(reading, Class::EXTENSION, oid, id.clone(), definition, comment);
        if schema_name != "public"
            && let Some(extra) = reading.extra(&id)
            && !schema_name.starts_with("pg_")
        {
            let schema = EntityId::object(EntityKind::Namespace, ObjectName::new(schema_name));
            extra.uses.0.insert(schema);
        }
    }
    for row in catalog.of("event_triggers") {
        let mut row = Fields::of(row);
        let (oid, name, quoted, event) = (row.oid(), row.text(), row.text(), row.text());
        let tags: Vec<String> = array(row.text()).iter().map(|tag| literal(tag)).collect();
        let function = row.text();
        let mut properties = Vec::new();
        properties.extend(views::enabled(row.text()));
        properties.extend(property("comment", row.owned()));
        let mut definition = format!("CREATE EVENT TRIGGER {quoted} ON {event}");
        if !tags.is_empty() {
            definition.push_str(&format!(" WHEN TAG IN ({})", tags.join(", ")));
        }
        definition.push_str(&format!(" EXECUTE FUNCTION {function}()"));
        let id = at_server(EntityKind::EventTrigger, name);
        add(reading, Class::EVENT_TRIGGER, oid, id, definition, properties);
    }
    publications(catalog, reading);
    foreign(catalog, reading);
    default_privileges(catalog, reading);
}

fn publications(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("publications") {
        let mut row = Fields::of(row);
        let (oid, name, quoted, is_all) = (row.oid(), row.text(), row.text(), row.flag());
        let publishes: Vec<&str> =
            ["insert", "update", "delete", "truncate"].into_iter().filter(|_| row.flag()).collect();
        let via_root = row.flag();
        let mut properties = Vec::new();
        if publishes.len() < 4 {
            properties.push(("publish".to_owned(), publishes.join(", ")));
        }
        if via_root {
            properties.push(("publish_via_partition_root".to_owned(), "true".to_owned()));
        }
        properties.extend(property("comment", row.owned()));
        let all = if is_all { " FOR ALL TABLES" } else { "" };
        let definition = format!("CREATE PUBLICATION {quoted}{all}");
        let id = at_server(EntityKind::Publication, name);
        add(reading, Class::PUBLICATION, oid, id, definition, properties);
    }
    for row in catalog.of("publication_tables") {
        let mut row = Fields::of(row);
        let (oid, relation, table) = (row.oid(), row.oid(), row.text());
        let (columns, filter) = (row.maybe(), row.maybe());
        let mut text = String::new();
        if let Some(columns) = columns {
            text.push_str(&format!(" ({columns})"));
        }
        if let Some(filter) = filter {
            text.push_str(&format!(" WHERE ({filter})"));
        }
        let used = reading.find(Class::RELATION, relation).cloned();
        let Some(id) = reading.find(Class::PUBLICATION, oid).cloned() else { continue };
        if let Some(extra) = reading.extra(&id) {
            extra.properties.insert(format!("table:{table}"), text);
            extra.uses.0.extend(used);
        }
    }
    for row in catalog.of("publication_schemas") {
        let mut row = Fields::of(row);
        let (oid, _, schema) = (row.oid(), row.oid(), row.text());
        let Some(id) = reading.find(Class::PUBLICATION, oid).cloned() else { continue };
        if let Some(extra) = reading.extra(&id) {
            extra.properties.insert(format!("schema:{schema}"), String::new());
            if schema != "public" {
                let used = EntityId::object(EntityKind::Namespace, ObjectName::new(schema));
                extra.uses.0.insert(used);
            }
        }
    }
}

fn foreign(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("wrappers") {
        let mut row = Fields::of(row);
        let (oid, name, quoted) = (row.oid(), row.text(), row.text());
        let mut definition = format!("CREATE FOREIGN DATA WRAPPER {quoted}");
        if let Some(handler) = row.maybe() {
            definition.push_str(&format!(" HANDLER {handler}"));
        }
        if let Some(validator) = row.maybe() {
            definition.push_str(&format!(" VALIDATOR {validator}"));
        }
        let mut properties = options(row.text());
        properties.extend(property("comment", row.owned()));
        let id = at_server(EntityKind::ForeignDataWrapper, name);
        add(reading, Class::WRAPPER, oid, id, definition, properties);
    }
    for row in catalog.of("servers") {
        let mut row = Fields::of(row);
        let (oid, name, quoted, wrapper) = (row.oid(), row.text(), row.text(), row.text());
        let mut definition = format!("CREATE SERVER {quoted}");
        if let Some(ty) = row.maybe() {
            definition.push_str(&format!(" TYPE {}", literal(ty)));
        }
        let version = row.owned();
        definition.push_str(&format!(" FOREIGN DATA WRAPPER {wrapper}"));
        let mut properties = options(row.text());
        properties.extend(property("version", version));
        properties.extend(property("comment", row.owned()));
        let id = at_server(EntityKind::ForeignServer, name);
        add(reading, Class::SERVER, oid, id, definition, properties);
    }
    for row in catalog.of("user_mappings") {
        let mut row = Fields::of(row);
        let (oid, server, quoted) = (row.oid(), row.text(), row.text());
        let (user, spelled) = (row.text(), row.text());
        let definition = format!("CREATE USER MAPPING FOR {spelled} SERVER {quoted}");
        let properties = options(row.text());
        let owner = at_server(EntityKind::ForeignServer, server);
        let id = EntityId::member(EntityKind::UserMapping, &owner.object, user);
        add(reading, Class::USER_MAPPING, oid, id.clone(), definition, properties);
        if let Some(extra) = reading.extra(&id) {
            extra.uses.0.insert(owner);
        }
    }
    for row in catalog.of("foreign_tables") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let quoted = types::quoted(row.text(), row.text());
        let server = row.text();
        let mut properties = options(row.text());
        let lines: Vec<String> =
            array(row.text()).into_iter().map(|line| format!("    {line}")).collect();
        let (numbers, names, comments) = (array(row.text()), array(row.text()), array(row.text()));
        for ((number, name), said) in numbers.iter().zip(&names).zip(comments) {
            reading.register_part(oid, number.parse().unwrap_or_default(), name);
            if !said.is_empty() {
                properties.push((format!("comment:{name}"), said));
            }
        }
        properties.extend(property("comment", row.owned()));
        let definition =
            format!("CREATE FOREIGN TABLE {quoted} (\n{}\n) SERVER {server}", lines.join(",\n"));
        let id = EntityId::object(EntityKind::ForeignTable, name);
        add(reading, Class::RELATION, oid, id, definition, properties);
    }
}

fn default_privileges(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("default_privileges") {
        let mut row = Fields::of(row);
        let (role, schema) = (row.text(), row.maybe());
        let word = match row.text() {
            "r" => "TABLES",
            "S" => "SEQUENCES",
            "f" => "FUNCTIONS",
            "T" => "TYPES",
            "n" => "SCHEMAS",
            _ => continue,
        };
        let (is_added, grantee, privileges) = (row.flag(), row.text(), row.text());
        let object = ObjectName { schema: schema.map(str::to_owned), name: word.to_owned() };
        let id = EntityId::member(EntityKind::DefaultPrivileges, &object, role);
        let object =
            reading.schema.objects.entry(id.clone()).or_insert_with(|| crate::model::Object {
                id,
                definition: "ALTER DEFAULT PRIVILEGES".to_owned(),
                extra: crate::model::Extra::default(),
            });
        let sign = if is_added { "grant" } else { "revoke" };
        object.extra.properties.insert(format!("{sign}:{grantee}"), privileges.to_owned());
    }
}
