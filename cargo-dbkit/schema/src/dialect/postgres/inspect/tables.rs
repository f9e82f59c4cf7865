//! Tables, partitioned ones, partitions and those that inherit.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, PartitionOf, Table};

use super::reading::{Class, Reading};
use super::text::{Fields, order, parameters};
use super::{MANAGED_NAMESPACE, no_member, query};

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![
        query(
            "tables",
            format!(
                "
SELECT c.oid, n.nspname, c.relname, c.relpersistence,
    CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
    CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
    c.relrowsecurity, c.relforcerowsecurity,
    CASE WHEN c.relkind = 'r' AND m.amname <> 'heap' THEN m.amname END,
    s.spcname, c.reloptions, t.reloptions,
    c.relreplident, ri.relname,
    CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END,
    d.description
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid AND t.reloptions IS NOT NULL
LEFT JOIN pg_catalog.pg_am m ON m.oid = c.relam
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
LEFT JOIN pg_catalog.pg_index i ON c.relreplident = 'i' AND i.indrelid = c.oid AND i.indisreplident
LEFT JOIN pg_catalog.pg_class ri ON ri.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p') AND {MANAGED_NAMESPACE} AND c.relname !~ '^_dbkit_migrations' AND {}
ORDER BY n.nspname, c.relname",
                no_member("pg_class", "c")
            ),
        ),
        query(
            "inherits",
            "
SELECT i.inhrelid, i.inhparent
FROM pg_catalog.pg_inherits i
JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
WHERE c.relkind IN ('r', 'p')
ORDER BY i.inhrelid, i.inhseqno",
        ),
    ]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    let mut bounds = Vec::new();
    for row in catalog.of("tables") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        reading.register(Class::RELATION, oid, EntityId::table(&name));
        let mut table = Table::new(name.clone());
        let persistence = row.text();
        table.options.partition_by = row.owned();
        bounds.extend(row.owned().map(|bound| (oid, bound)));
        let (is_secured, is_forced) = (row.flag(), row.flag());
        let (method, tablespace) = (row.owned(), row.owned());
        let (options, toast) = (row.array(), row.array());
        let (identity, identity_index) = (row.text(), row.owned());
        let of_type = row.owned();
        table.options.comment = row.owned();
        let properties = &mut table.options.extra.properties;
        let mut set = |key: &str, value: &str| properties.insert(key.to_owned(), value.to_owned());
        if persistence == "u" {
            set("unlogged", "on");
        }
        match (is_secured, is_forced) {
            (true, true) => {
                set("row_security", "forced");
            }
            (true, false) => {
                set("row_security", "on");
            }
            // FORCE says nothing as long as row security is off, but the catalog keeps it.
            (false, true) => {
                set("row_security", "off, forced");
            }
            (false, false) => {}
        }
        if let Some(method) = method {
            set("access_method", &method);
        }
        if let Some(tablespace) = tablespace {
            set("tablespace", &tablespace);
        }
        for (key, value) in parameters(&options) {
            set(&format!("with:{key}"), value);
        }
        for (key, value) in parameters(&toast) {
            set(&format!("with:toast.{key}"), value);
        }
        table.options.extra.order = order("with:", &options);
        match (identity, identity_index) {
            ("f", _) => {
                set("replica_identity", "full");
            }
            ("n", _) => {
                set("replica_identity", "nothing");
            }
            ("i", Some(index)) => {
                set("replica_identity", &format!("index {index}"));
            }
            _ => {}
        }
        if let Some(of_type) = of_type {
            set("of_type", &of_type);
        }
        reading.schema.tables.insert(name, table.into());
    }
    for row in catalog.of("inherits") {
        let mut row = Fields::of(row);
        let (child, parent) = (row.oid(), row.oid());
        let Some(parent) = reading.table_name(parent).cloned() else { continue };
        let bound = bounds.iter().position(|(oid, _)| *oid == child);
        let bound = bound.map(|at| bounds.swap_remove(at).1);
        let Some(table) = reading.table(child) else { continue };
        match bound {
            Some(bound) => table.options.partition_of = Some(PartitionOf { parent, bound }),
            None => table.options.inherits.push(parent),
        }
    }
}
