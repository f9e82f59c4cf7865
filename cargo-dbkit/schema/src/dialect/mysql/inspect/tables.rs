//! Tables, their options and partitions.

use std::collections::BTreeMap;

use crate::dialect::{Catalog, CatalogQuery, Inspection, Unmanaged};
use crate::model::{ObjectName, Table};

use super::{Fields, query, table};

pub(super) fn queries() -> Vec<CatalogQuery> {
    vec![
        query(
            "tables",
            "
SELECT t.TABLE_NAME, t.TABLE_TYPE, t.ENGINE, t.TABLE_COLLATION, t.CREATE_OPTIONS, t.TABLE_COMMENT
FROM information_schema.TABLES t
WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE <> 'VIEW' AND t.TABLE_NAME NOT LIKE '\\_dbkit\\_%'
ORDER BY t.TABLE_NAME"
                .to_owned(),
        ),
        query(
            "partitions",
            "
SELECT p.TABLE_NAME, p.PARTITION_NAME, p.PARTITION_METHOD, p.PARTITION_EXPRESSION, p.PARTITION_DESCRIPTION,
    p.SUBPARTITION_METHOD, p.SUBPARTITION_EXPRESSION, p.SUBPARTITION_NAME
FROM information_schema.PARTITIONS p
WHERE p.TABLE_SCHEMA = DATABASE() AND p.PARTITION_NAME IS NOT NULL
ORDER BY p.TABLE_NAME, p.PARTITION_ORDINAL_POSITION, p.SUBPARTITION_ORDINAL_POSITION"
                .to_owned(),
        ),
    ]
}

/// The options of a table that have a name and a value of their own.
const OPTIONS: [&str; 8] = [
    "row_format",
    "key_block_size",
    "page_compressed",
    "page_compression_level",
    "stats_persistent",
    "stats_auto_recalc",
    "max_rows",
    "min_rows",
];

pub(super) fn read(catalog: &Catalog, found: &mut Inspection) {
    for row in catalog.of("tables") {
        let mut row = Fields::of(row);
        let (name, kind) = (row.text(), row.text());
        // Read by `sequences`.
        if kind == "SEQUENCE" {
            continue;
        }
        if kind != "BASE TABLE" {
            let kind = kind.to_lowercase();
            found.unmanaged.push(Unmanaged { kind, name: name.to_owned(), entity: None });
            continue;
        }
        let mut table = Table::new(ObjectName::new(name));
        let options = &mut table.options;
        options.engine = row.maybe().map(str::to_owned);
        options.collation = row.maybe().map(str::to_owned);
        options.charset = options.collation.as_deref().map(|name| charset_of(name).to_owned());
        for option in row.text().split_whitespace() {
            let Some((key, value)) = option.split_once('=') else { continue };
            let key = key.trim_matches('`').to_lowercase();
            if OPTIONS.contains(&key.as_str()) {
                let value = value.trim_matches(['\'', '"']).to_uppercase();
                options.extra.properties.insert(format!("option:{key}"), value);
            }
        }
        options.comment = Some(row.owned()).filter(|comment| !comment.is_empty());
        found.schema.tables.insert(table.name.clone(), table.into());
    }
    partitions(catalog, found);
}

/// A collation begins with its character set.
pub(super) fn charset_of(collation: &str) -> &str {
    collation.split('_').next().unwrap_or(collation)
}

fn partitions(catalog: &Catalog, found: &mut Inspection) {
    let mut heads: BTreeMap<String, String> = BTreeMap::new();
    let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in catalog.of("partitions") {
        let mut row = Fields::of(row);
        let (name, partition, method) = (row.owned(), row.text(), row.text());
        let (expression, description) = (row.maybe(), row.maybe());
        let (sub_method, sub_expression, sub) = (row.maybe(), row.maybe(), row.maybe());
        let mut head = format!("{method} ({})", expression.unwrap_or_default());
        if let (Some(method), Some(expression)) = (sub_method, sub_expression) {
            head.push_str(&format!(" SUBPARTITION BY {method} ({expression})"));
        }
        heads.insert(name.clone(), head);
        let values = match (method, description) {
            (_, None) => String::new(),
            (method, Some("MAXVALUE")) if method.starts_with("RANGE") => {
                " VALUES LESS THAN MAXVALUE".to_owned()
            }
            (method, Some(values)) if method.starts_with("RANGE") => {
                format!(" VALUES LESS THAN ({values})")
            }
            (_, Some("DEFAULT")) => " DEFAULT".to_owned(),
            (_, Some(values)) => format!(" VALUES IN ({values})"),
        };
        let text = format!("PARTITION {}{values}", super::quoted(partition));
        let parts = parts.entry(name).or_default();
        // A subpartition repeats its partition; names of subpartitions are made up by the server.
        if sub.is_none() || !parts.contains(&text) {
            parts.push(text);
        }
    }
    for (name, head) in heads {
        let parts = parts.remove(&name).unwrap_or_default();
        if let Some(table) = table(&mut found.schema, &name) {
            let list = if parts
                .iter()
                .all(|part| !part.contains(" VALUES") && !part.ends_with("DEFAULT"))
            {
                // One is what it would be anyway.
                if parts.len() > 1 { format!(" PARTITIONS {}", parts.len()) } else { String::new() }
            } else {
                format!(" ({})", parts.join(", "))
            };
            table.options.partition_by = Some(format!("{head}{list}"));
        }
    }
}
