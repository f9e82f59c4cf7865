//! Primary keys, unique keys and indexes.

use std::collections::BTreeMap;

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{
    Index, IndexPart, IndexTarget, Name, PrimaryKey, Schema, SortOrder, Table, Unique,
};

use super::{Fields, Server, query, table};

pub(super) fn queries(server: Server) -> Vec<CatalogQuery> {
    let (expression, hidden) = match server {
        Server::MySql => ("s.EXPRESSION", "IF(s.IS_VISIBLE = 'NO', 'YES', 'NO')"),
        Server::MariaDb => ("NULL", "s.IGNORED"),
    };
    vec![query(
        "statistics",
        format!(
            "
SELECT s.TABLE_NAME, s.INDEX_NAME, s.NON_UNIQUE, s.COLUMN_NAME, s.SUB_PART, s.COLLATION, s.INDEX_TYPE, s.INDEX_COMMENT, {expression}, {hidden}
FROM information_schema.STATISTICS s
WHERE s.TABLE_SCHEMA = DATABASE()
ORDER BY s.TABLE_NAME, s.INDEX_NAME, s.SEQ_IN_INDEX"
        ),
    )]
}

pub(super) fn read(catalog: &Catalog, schema: &mut Schema) {
    let mut found: BTreeMap<(String, String), Index> = BTreeMap::new();
    for row in catalog.of("statistics") {
        let mut row = Fields::of(row);
        let (table, name) = (row.owned(), row.owned());
        let is_unique = row.text() == "0";
        let (column, prefix) = (row.maybe(), row.number());
        let is_descending = row.text() == "D";
        let kind = row.text().to_lowercase();
        let (comment, expression) = (row.text(), row.maybe());
        let is_hidden = row.text() == "YES";
        let index = found
            .entry((table, name.clone()))
            .or_insert_with(|| Index::new(Name::explicit(name), Vec::new()));
        index.is_unique = is_unique;
        index.method = Some(kind).filter(|kind| kind != "btree");
        index.comment = Some(comment.to_owned()).filter(|comment| !comment.is_empty());
        if is_hidden {
            index.extra.properties.insert("ignored".to_owned(), "yes".to_owned());
        }
        let target = match (expression, column) {
            (Some(text), _) => IndexTarget::Expression(text.replace("\\'", "'")),
            (None, column) => IndexTarget::Column(column.unwrap_or_default().to_owned()),
        };
        let mut part = IndexPart::new(target);
        // Fulltext and spatial indexes say a length that nobody chose.
        part.prefix = prefix
            .filter(|_| !matches!(index.method.as_deref(), Some("fulltext" | "spatial" | "rtree")));
        if is_descending {
            part.order = SortOrder::Descending;
        }
        index.parts.push(part);
    }
    for ((owner, name), index) in found {
        let Some(table) = table(schema, &owner) else { continue };
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        if name == "PRIMARY" {
            let is_plain = index.parts.iter().all(|part| part.prefix.is_none());
            let mut key = PrimaryKey::new(Name::implicit("PRIMARY"), columns);
            if !is_plain {
                let lengths: Vec<String> = index
                    .parts
                    .iter()
                    .map(|part| part.prefix.map_or_else(String::new, |length| length.to_string()))
                    .collect();
                key.extra.properties.insert("prefixes".to_owned(), lengths.join(","));
            }
            table.primary_key = Some(key);
            continue;
        }
        let is_constraint = index.is_unique
            && index.method.is_none()
            && index.comment.is_none()
            && index.extra.properties.is_empty()
            && index.parts.iter().all(|part| {
                part.prefix.is_none()
                    && part.order == SortOrder::Ascending
                    && matches!(part.target, IndexTarget::Column(_))
            });
        if is_constraint {
            let unique = Unique::new(index.name.clone(), columns);
            table.uniques.insert(name, unique);
        } else {
            table.indexes.insert(name, index);
        }
    }
}

/// The server makes an index for a foreign key that has none, under the name of the key.
pub(super) fn hide_implied(table: &mut Table) {
    for key in table.foreign_keys.values() {
        let is_implied = table.indexes.get(&key.name.text).is_some_and(|index| {
            !index.is_unique
                && index.method.is_none()
                && index.comment.is_none()
                && index.extra.properties.is_empty()
                && index.parts.iter().all(|part| part.prefix.is_none())
                && index.columns().eq(key.columns.iter().map(String::as_str))
        });
        if is_implied {
            table.indexes.remove(&key.name.text);
        }
    }
}
