//! Indexes of tables, without those behind constraints.

use std::collections::BTreeMap;

use crate::dialect::postgres::index_definition;
use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind, Index, IndexPart, Name, NullsOrder, SortOrder};

use super::reading::{Class, Reading};
use super::text::{Fields, order, parameters};
use super::{MANAGED_NAMESPACE, query};

/// The collation `default` has this number in every database.
const DEFAULT_COLLATION: u32 = 100;

/// The server's own operator classes of B-trees that `pg_get_indexdef` never names, whatever column they are for: the default of their type, where no other
/// type is taken for it. `varchar` is taken for `text`, whose class is its default as long as nobody has made another one.
///
/// This is what `GetDefaultOpClass` of the server's lsyscache says, for those classes for which it is easily said.
const UNNAMED_CLASSES: &str = "
    SELECT o.oid FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_type t ON t.oid = o.opcintype
    WHERE o.oid < 16384 AND o.opcdefault AND o.opcmethod = 403 AND t.typtype <> 'p' AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_cast b WHERE b.castmethod = 'b' AND b.castcontext = 'i' AND b.casttarget = o.opcintype
            AND (b.castsource <> 1043 OR o.opcintype <> 25
                OR EXISTS (SELECT FROM pg_catalog.pg_opclass v WHERE v.opcdefault AND v.opcintype = 1043)
                OR EXISTS (SELECT FROM pg_catalog.pg_cast v WHERE v.castsource = 1043 AND v.oid >= 16384)))";

pub(super) fn queries(version: u32) -> Vec<CatalogQuery> {
    let nulls_not_distinct = if version >= 150_000 { "i.indnullsnotdistinct" } else { "false" };
    vec![
        query(
            "indexes",
            format!(
                "
SELECT i.indexrelid, i.indrelid, ic.relname, i.indisunique, {nulls_not_distinct}, i.indnkeyatts, i.indkey,
    i.indcollation, i.indoption, m.amname,
    CASE WHEN i.indexprs IS NOT NULL OR ic.relam <> 403 OR NOT i.indcollation::oid[] <@ '{{0,{DEFAULT_COLLATION}}}'
        OR NOT i.indclass::oid[] <@ ARRAY({UNNAMED_CLASSES})
        THEN pg_catalog.pg_get_indexdef(i.indexrelid) END, pg_catalog.pg_get_expr(i.indpred, i.indrelid),
    ic.reloptions, s.spcname, i.indisclustered, i.indisvalid, ic.relispartition, d.description
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = ic.relam
LEFT JOIN pg_catalog.pg_constraint con ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = ic.reltablespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = i.indexrelid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p') AND {MANAGED_NAMESPACE} AND con.oid IS NULL
ORDER BY i.indrelid, ic.relname"
            ),
        ),
        query(
            "index_statistics",
            format!(
                "
SELECT a.attrelid, a.attnum, a.attstattarget
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('i', 'I') AND {MANAGED_NAMESPACE} AND a.attstattarget >= 0
ORDER BY a.attrelid, a.attnum"
            ),
        ),
    ]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    let mut statistics: BTreeMap<u32, Vec<(i64, i64)>> = BTreeMap::new();
    for row in catalog.of("index_statistics") {
        let mut row = Fields::of(row);
        if let (index, Some(column), Some(target)) = (row.oid(), row.number(), row.number()) {
            statistics.entry(index).or_default().push((column, target));
        }
    }
    for row in catalog.of("indexes") {
        let mut row = Fields::of(row);
        let (oid, relation, name) = (row.oid(), row.oid(), row.text());
        let Some(table) = reading.table_name(relation).cloned() else { continue };
        let id = EntityId::member(EntityKind::Index, &table, name);
        reading.register(Class::RELATION, oid, id.clone());
        let (is_unique, nulls_not_distinct) = (row.flag(), row.flag());
        let (key_columns, columns) = (row.number().unwrap_or_default(), row.array());
        let (collations, options) = (row.array(), row.array());
        let (method, definition) = (row.text(), row.maybe());
        let parts = match definition {
            Some(definition) => index_definition::parts(definition),
            None => {
                let keys = columns.iter().take(collations.len());
                let keys = keys.zip(&collations).zip(&options);
                keys.filter_map(|((column, collation), option)| {
                    plain_part(reading, relation, column, collation, option)
                })
                .collect()
            }
        };
        let mut index = Index::new(Name::explicit(name), parts);
        index.is_unique = is_unique;
        index.nulls_not_distinct = nulls_not_distinct;
        index.method = Some(method.to_owned());
        let included = columns.get(usize::try_from(key_columns).unwrap_or_default()..);
        index.include = reading.columns(relation, included.unwrap_or_default());
        index.predicate = row.owned();
        let with = row.array();
        index.extra.order = order("with:", &with);
        index.with =
            parameters(&with).map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        let properties = &mut index.extra.properties;
        if let Some(tablespace) = row.owned() {
            properties.insert("tablespace".to_owned(), tablespace);
        }
        let is_clustered = row.flag();
        let is_valid = row.flag();
        if !is_valid {
            properties.insert("invalid".to_owned(), "on".to_owned());
        }
        for (column, target) in statistics.remove(&oid).unwrap_or_default() {
            properties.insert(format!("statistics:{column}"), target.to_string());
        }
        index.extra.is_inherited = row.flag();
        index.comment = row.owned();
        if !is_valid {
            reading.leave("invalid index", id.to_string(), Some(id));
        }
        if let Some(table) = reading.schema.tables.get_mut(&table) {
            if is_clustered {
                let properties = &mut table.options.extra.properties;
                properties.insert("clustered".to_owned(), name.to_owned());
            }
            table.indexes.insert(name.to_owned(), index);
        }
    }
}

/// A part of an index that says nothing but a column, a direction and, where the column has another one, the default collation.
fn plain_part(
    reading: &Reading,
    relation: u32,
    column: &str,
    collation: &str,
    option: &str,
) -> Option<IndexPart> {
    let number = column.parse().ok()?;
    let mut part = IndexPart::column(reading.column(relation, number)?);
    let is_default = collation.parse() == Ok(DEFAULT_COLLATION);
    if is_default && reading.collation(relation, number) != DEFAULT_COLLATION {
        part.collation = Some("default".to_owned());
    }
    // INDOPTION_DESC and INDOPTION_NULLS_FIRST.
    let option: u8 = option.parse().ok()?;
    (part.order, part.nulls) = match (option & 1 != 0, option & 2 != 0) {
        (false, false) => (SortOrder::Ascending, None),
        (false, true) => (SortOrder::Ascending, Some(NullsOrder::First)),
        (true, false) => (SortOrder::Descending, Some(NullsOrder::Last)),
        (true, true) => (SortOrder::Descending, None),
    };
    Some(part)
}
