//! What SQLite cannot do.

use std::collections::BTreeMap;

use crate::dialect::{Unsupported, unsupported_objects};
use crate::model::{Column, ColumnType, EntityId, EntityKind, Schema, Table};

pub(super) fn check(schema: &Schema) -> Vec<Unsupported> {
    let mut found = unsupported_objects(
        schema,
        "SQLite",
        &[EntityKind::View, EntityKind::Trigger, EntityKind::VirtualTable, EntityKind::Script],
    );
    for name in schema.namespaces.keys() {
        found.push(Unsupported {
            entity: EntityId::object(EntityKind::Namespace, crate::model::ObjectName::new(name)),
            message: format!("SQLite has no schemas inside a database: `{name}` is one"),
            help: Some("take `schema = \"..\"` away, or put its name in front of the table's: `table = \"shop_orders\"`".to_owned()),
        });
    }
    for name in schema.sequences.keys() {
        found.push(Unsupported {
            entity: EntityId::object(EntityKind::Sequence, name.clone()),
            message: format!("SQLite has no sequences: `{name}` is one"),
            help: None,
        });
    }
    let mut names: BTreeMap<String, EntityId> = BTreeMap::new();
    for table in schema.tables.values() {
        check_table(table, &mut found);
        let indexes = table
            .indexes
            .keys()
            .map(|name| (name, EntityId::member(EntityKind::Index, &table.name, name.as_str())));
        for (name, id) in
            std::iter::once((&table.name.name, EntityId::table(&table.name))).chain(indexes)
        {
            if let Some(other) = names.insert(name.to_lowercase(), id.clone()) {
                found.push(Unsupported {
                    message: format!(
                        "SQLite has one set of names for tables and indexes: `{name}` is the {} of `{}` and the {} of `{}`",
                        other.kind.word(),
                        other.object,
                        id.kind.word(),
                        id.object
                    ),
                    help: Some("give one of them another name".to_owned()),
                    entity: id,
                });
            }
        }
    }
    found
}

fn check_table(table: &Table, found: &mut Vec<Unsupported>) {
    let options = &table.options;
    let is_partitioned = options.partition_by.is_some() || options.partition_of.is_some();
    if is_partitioned || options.extra.properties.contains_key("row_security") {
        let what = if is_partitioned { "partitions" } else { "row level security" };
        found.push(Unsupported {
            entity: EntityId::table(&table.name),
            message: format!("SQLite has no {what}: `{}` asks for it", table.name),
            help: None,
        });
    }
    for (word, is_set) in
        [("engine", options.engine.is_some()), ("charset", options.charset.is_some())]
    {
        if is_set {
            found.push(Unsupported {
                entity: EntityId::table(&table.name),
                message: format!("SQLite has no `{word}`: it stands on `{}`", table.name),
                help: None,
            });
        }
    }
    if options.is_without_rowid && table.primary_key.is_none() {
        found.push(Unsupported {
            entity: EntityId::table(&table.name),
            message: format!(
                "a table without a rowid needs a primary key: `{}` has none",
                table.name
            ),
            help: None,
        });
    }
    for column in &table.columns {
        check_column(table, column, found);
    }
    for unique in table.uniques.values() {
        let id = || EntityId::member(EntityKind::Unique, &table.name, unique.name.text.as_str());
        if unique.deferrable.is_some() || unique.nulls_not_distinct {
            let what = if unique.nulls_not_distinct {
                "NULLS NOT DISTINCT"
            } else {
                "deferrable unique constraints"
            };
            found.push(Unsupported {
                entity: id(),
                message: format!("SQLite has no {what}: `{}`", unique.name),
                help: None,
            });
        }
    }
    for index in table.indexes.values() {
        let id = EntityId::member(EntityKind::Index, &table.name, index.name.text.as_str());
        let has_opclass = index.parts.iter().any(|part| part.opclass.is_some());
        let has_nulls = index.parts.iter().any(|part| part.nulls.is_some());
        let has_prefix = index.parts.iter().any(|part| part.prefix.is_some());
        let missing = [
            (index.method.is_some(), "index methods"),
            (!index.include.is_empty(), "INCLUDE in indexes"),
            (!index.with.is_empty(), "index parameters"),
            (index.nulls_not_distinct, "NULLS NOT DISTINCT"),
            (has_opclass, "operator classes"),
            (has_nulls, "NULLS FIRST or LAST in indexes"),
            (has_prefix, "prefix lengths in indexes"),
        ];
        for (_, what) in missing.iter().filter(|(is_used, _)| *is_used) {
            let message =
                format!("SQLite has no {what}: index `{}` of `{}` uses it", index.name, table.name);
            found.push(Unsupported { entity: id.clone(), message, help: None });
        }
    }
}

fn check_column(table: &Table, column: &Column, found: &mut Vec<Unsupported>) {
    let id = || EntityId::column(&table.name, column.name.as_str());
    if let ColumnType::Array(_) = column.ty {
        found.push(Unsupported {
            entity: id(),
            message: format!("SQLite has no array columns: `{}` is `{}`", id(), column.ty),
            help: Some("keep it as JSON: `Json<..>`, or in a table of its own".to_owned()),
        });
    }
    if column.identity.is_some() {
        let is_key =
            table.primary_key.as_ref().is_some_and(|key| key.columns == [column.name.clone()]);
        if !is_key || table.options.is_without_rowid {
            found.push(Unsupported {
                entity: id(),
                message: format!(
                    "SQLite numbers only a single-column primary key: `{}` is none",
                    id()
                ),
                help: Some("make it the `primary_key`, or give the numbers in the app".to_owned()),
            });
        }
    }
}
