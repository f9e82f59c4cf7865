//! Columns of tables.

use crate::dialect::postgres::types;
use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{
    Column, ColumnType, DefaultValue, EntityId, EntityKind, Generated, GeneratedKind, Identity,
    IdentityKind, SequenceOptions,
};

use super::reading::{Class, Reading};
use super::text::{Fields, array, parameters};
use super::{MANAGED_NAMESPACE, query};

pub(super) fn queries(version: u32) -> Vec<CatalogQuery> {
    // With the table's number the server opens the table, whose columns only a generated column's expression names.
    let compression = if version >= 140_000 { "a.attcompression" } else { "''" };
    vec![query(
        "columns",
        format!(
            "
SELECT a.attrelid, a.attnum, a.attname, a.atttypid, pg_catalog.format_type(a.atttypid, a.atttypmod),
    a.attnotnull, a.attidentity, a.attgenerated, a.attislocal, a.attinhcount,
    ad.oid, pg_catalog.pg_get_expr(ad.adbin, CASE a.attgenerated WHEN '' THEN 0 ELSE ad.adrelid END), a.attcollation,
    CASE WHEN a.attcollation <> t.typcollation THEN ln.nspname END,
    CASE WHEN a.attcollation <> t.typcollation THEN l.collname END,
    CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, {compression},
    a.attstattarget, a.attoptions, d.description
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation AND a.attcollation <> t.typcollation
LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = a.attrelid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = a.attnum
WHERE c.relkind IN ('r', 'p') AND {MANAGED_NAMESPACE} AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum"
        ),
    )]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("columns") {
        let mut row = Fields::of(row);
        let (relation, number, name) = (row.oid(), row.number().unwrap_or_default(), row.text());
        let Some(table) = reading.table_name(relation).cloned() else { continue };
        reading.register_column(relation, number, name);
        let (type_oid, spelled) = (row.oid(), row.text());
        let mut column = Column::new(name, column_type(reading, type_oid, spelled));
        column.is_nullable = !row.flag();
        let (identity, generated) = (row.text(), row.text());
        let (is_local, parents) = (row.flag(), row.number().unwrap_or_default());
        let (default_oid, default) = (row.oid(), row.maybe());
        reading.register_collation(relation, number, row.oid());
        let (collation_schema, collation) = (row.maybe(), row.maybe());
        column.collation = collation.map(|name| types::collation_name(collation_schema, name));
        let (storage, compression) = (row.text(), row.text());
        let (statistics, options) = (row.number(), row.text());
        column.comment = row.owned();
        column.extra.is_inherited = parents > 0;
        let properties = &mut column.extra.properties;
        let mut set = |key: &str, value: &str| properties.insert(key.to_owned(), value.to_owned());
        if parents > 0 && is_local {
            // It stays when the parent's goes.
            set("local", "on");
        }
        let word = match storage {
            "p" => Some("plain"),
            "e" => Some("external"),
            "m" => Some("main"),
            "x" => Some("extended"),
            _ => None,
        };
        if let Some(word) = word {
            set("storage", word);
        }
        match compression {
            "p" => {
                set("compression", "pglz");
            }
            "l" => {
                set("compression", "lz4");
            }
            _ => {}
        }
        if let Some(target) = statistics.filter(|target| *target >= 0) {
            set("statistics", &target.to_string());
        }
        for (key, value) in parameters(&array(options)) {
            // `pg_attver` is the server's own (15.20 and its contemporaries): another one for every column, and left out by pg_dump.
            if !key.starts_with("pg_") {
                set(&format!("with:{key}"), value);
            }
        }
        let kind = match identity {
            "a" => Some(IdentityKind::Always),
            "d" => Some(IdentityKind::ByDefault),
            _ => None,
        };
        column.identity =
            kind.map(|kind| Box::new(Identity { kind, options: SequenceOptions::default() }));
        let generated = match generated {
            "s" => Some(GeneratedKind::Stored),
            "v" => Some(GeneratedKind::Virtual),
            _ => None,
        };
        if let Some(default) = default {
            reading.register(Class::DEFAULT, default_oid, EntityId::column(&table, name));
            match generated {
                Some(kind) => {
                    let expression = types::without_parentheses(default).to_owned();
                    column.generated = Some(Generated { expression, kind });
                }
                // Normalisation finds what is simpler.
                None => column.default = Some(DefaultValue::Expression(default.to_owned())),
            }
        }
        if let Some(table) = reading.schema.tables.get_mut(&table) {
            table.columns.push(column.into());
        }
    }
}

/// A type by its number and as `format_type` spells it.
fn column_type(reading: &Reading, oid: u32, spelled: &str) -> ColumnType {
    match reading.find(Class::TYPE, oid) {
        Some(id) if id.kind == EntityKind::Enum => {
            let element = ColumnType::Enum(id.object.clone());
            if spelled.ends_with("[]") { ColumnType::Array(Box::new(element)) } else { element }
        }
        _ => types::read(spelled),
    }
}
