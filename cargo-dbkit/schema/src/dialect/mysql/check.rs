//! What MySQL and MariaDB cannot do.

use crate::dialect::{Unsupported, unsupported_objects};
use crate::model::{
    Column, ColumnType, EntityId, EntityKind, Index, IndexTarget, Schema, Sequence,
    SequenceOptions, Table, expression,
};

use super::sequence;

pub(super) fn check(schema: &Schema) -> Vec<Unsupported> {
    let mut found = unsupported_objects(
        schema,
        "MySQL",
        &[
            EntityKind::View,
            EntityKind::Trigger,
            EntityKind::Function,
            EntityKind::Procedure,
            EntityKind::Event,
            EntityKind::Script,
        ],
    );
    for name in schema.namespaces.keys() {
        found.push(Unsupported {
            entity: EntityId::object(EntityKind::Namespace, crate::model::ObjectName::new(name)),
            message: format!("MySQL has no schemas inside a database: `{name}` is one"),
            help: Some("take `schema = \"..\"` away, or put its name in front of the table's: `table = \"shop_orders\"`".to_owned()),
        });
    }
    for sequence in schema.sequences.values() {
        check_sequence(sequence, &mut found);
    }
    for table in schema.tables.values() {
        check_table(table, &mut found);
    }
    found
}

fn check_sequence(sequence: &Sequence, found: &mut Vec<Unsupported>) {
    let name = &sequence.name;
    let id = || EntityId::object(EntityKind::Sequence, name.clone());
    check_length(&name.name, id, found);
    if let Some(ty) = sequence.ty.as_ref().filter(|ty| **ty != ColumnType::big_integer()) {
        found.push(Unsupported {
            entity: id(),
            message: format!("a sequence of MariaDB holds `bigint`: `{name}` is `{ty}`"),
            help: Some("say its `max` instead of its type".to_owned()),
        });
    }
    let SequenceOptions { min, max, .. } = sequence.options;
    if min.is_some_and(|min| min < sequence::LEAST) || max.is_some_and(|max| max > sequence::MOST) {
        found.push(Unsupported {
            entity: id(),
            message: format!(
                "a sequence of MariaDB counts from {} to {}: `{name}` goes further",
                sequence::LEAST,
                sequence::MOST
            ),
            help: None,
        });
    }
}

fn is_large(ty: &ColumnType) -> bool {
    matches!(ty, ColumnType::Text | ColumnType::Bytes | ColumnType::Json | ColumnType::JsonBinary)
}

fn check_table(table: &Table, found: &mut Vec<Unsupported>) {
    check_length(&table.name.name, || EntityId::table(&table.name), found);
    if table.options.is_strict || table.options.is_without_rowid {
        found.push(Unsupported {
            entity: EntityId::table(&table.name),
            message: format!(
                "`strict` and `without_rowid` are SQLite's: they stand on `{}`",
                table.name
            ),
            help: None,
        });
    }
    for column in &table.columns {
        check_column(table, column, found);
    }
    let keys =
        table.primary_key.iter().map(|key| (EntityKind::PrimaryKey, &key.name.text, &key.columns));
    let uniques = table
        .uniques
        .values()
        .map(|unique| (EntityKind::Unique, &unique.name.text, &unique.columns));
    let foreign = table
        .foreign_keys
        .values()
        .map(|key| (EntityKind::ForeignKey, &key.name.text, &key.columns));
    for (kind, name, columns) in keys.chain(uniques).chain(foreign) {
        let id = EntityId::member(kind, &table.name, name.as_str());
        check_length(name, || id.clone(), found);
        for column in columns
            .iter()
            .filter_map(|name| table.column(name))
            .filter(|column| is_large(&column.ty))
        {
            found.push(no_key_over_text(table, column, id.clone()));
        }
    }
    for unique in table
        .uniques
        .values()
        .filter(|unique| unique.deferrable.is_some() || unique.nulls_not_distinct)
    {
        let what =
            if unique.nulls_not_distinct { "NULLS NOT DISTINCT" } else { "deferrable constraints" };
        found.push(Unsupported {
            entity: EntityId::member(EntityKind::Unique, &table.name, unique.name.text.as_str()),
            message: format!("MySQL has no {what}: `{}`", unique.name),
            help: None,
        });
    }
    for key in table.foreign_keys.values().filter(|key| key.deferrable.is_some()) {
        found.push(Unsupported {
            entity: EntityId::member(EntityKind::ForeignKey, &table.name, key.name.text.as_str()),
            message: format!("MySQL has no deferrable constraints: `{}`", key.name),
            help: None,
        });
    }
    for name in table.checks.keys() {
        check_length(
            name,
            || EntityId::member(EntityKind::Check, &table.name, name.as_str()),
            found,
        );
    }
    for index in table.indexes.values() {
        check_index(table, index, found);
    }
}

fn check_length(name: &str, id: impl Fn() -> EntityId, found: &mut Vec<Unsupported>) {
    let length = name.chars().count();
    if length > 64 {
        found.push(Unsupported {
            entity: id(),
            message: format!("a name has at most 64 characters in MySQL: `{name}` has {length}"),
            help: Some("give it a shorter name".to_owned()),
        });
    }
}

fn no_key_over_text(table: &Table, column: &Column, entity: EntityId) -> Unsupported {
    Unsupported {
        entity,
        message: format!("MySQL cannot index `{}.{}` as a whole: it is `{}`", table.name, column.name, column.ty),
        help: Some("give the column a length, `varchar(255)`, or index a prefix: `index(on(prefix(column, 100)))`".to_owned()),
    }
}

fn check_index(table: &Table, index: &Index, found: &mut Vec<Unsupported>) {
    let id = EntityId::member(EntityKind::Index, &table.name, index.name.text.as_str());
    check_length(&index.name.text, || id.clone(), found);
    let is_special = matches!(index.method.as_deref(), Some("fulltext" | "spatial"));
    for part in &index.parts {
        if let IndexTarget::Column(name) = &part.target
            && let Some(column) = table.column(name)
            && is_large(&column.ty)
            && part.prefix.is_none()
            && !is_special
        {
            found.push(no_key_over_text(table, column, id.clone()));
        }
    }
    let missing = [
        (index.predicate.is_some(), "partial indexes"),
        (!index.include.is_empty(), "INCLUDE in indexes"),
        (!index.with.is_empty(), "index parameters"),
        (index.nulls_not_distinct, "NULLS NOT DISTINCT"),
        (index.parts.iter().any(|part| part.opclass.is_some()), "operator classes"),
        (index.parts.iter().any(|part| part.nulls.is_some()), "NULLS FIRST or LAST in indexes"),
        (index.parts.iter().any(|part| part.collation.is_some()), "collations in indexes"),
        (
            !matches!(
                index.method.as_deref(),
                None | Some("btree" | "hash" | "fulltext" | "spatial")
            ),
            "that index method",
        ),
    ];
    for (_, what) in missing.iter().filter(|(is_used, _)| *is_used) {
        let message =
            format!("MySQL has no {what}: index `{}` of `{}` uses it", index.name, table.name);
        found.push(Unsupported { entity: id.clone(), message, help: None });
    }
}

fn check_column(table: &Table, column: &Column, found: &mut Vec<Unsupported>) {
    let id = || EntityId::column(&table.name, column.name.as_str());
    check_length(&column.name, id, found);
    if let ColumnType::Array(_) = column.ty {
        found.push(Unsupported {
            entity: id(),
            message: format!("MySQL has no array columns: `{}` is `{}`", id(), column.ty),
            help: Some("keep it as JSON: `Json<..>`, or in a table of its own".to_owned()),
        });
    }
    if column.identity.is_some() {
        let checks = table.checks.values();
        for check in checks.filter(|check| {
            expression::names_column(&check.expression, &table.name.name, &column.name)
        }) {
            found.push(Unsupported {
                entity: EntityId::member(EntityKind::Check, &table.name, check.name.text.as_str()),
                message: format!(
                    "MySQL has no check over a column that it numbers: `{}` names `{}`",
                    check.name,
                    id()
                ),
                help: None,
            });
        }
        let leads = |columns: &[String]| columns.first() == Some(&column.name);
        let has_key = table.primary_key.as_ref().is_some_and(|key| leads(&key.columns))
            || table.uniques.values().any(|unique| leads(&unique.columns))
            || table
                .indexes
                .values()
                .any(|index| index.columns().next() == Some(column.name.as_str()));
        if !has_key {
            found.push(Unsupported {
                entity: id(),
                message: format!(
                    "MySQL numbers only a column that leads a key: `{}` leads none",
                    id()
                ),
                help: Some("make it the `primary_key`, or `unique`".to_owned()),
            });
        }
    }
}
