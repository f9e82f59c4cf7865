//! What PostgreSQL cannot do.

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::Unsupported;
use crate::model::{
    Column, ColumnType, EntityId, EntityKind, GeneratedKind, IdentityKind, IndexPart, IntegerSize,
    ObjectName, Schema, SequenceOptions, Table,
};

pub(super) fn check(schema: &Schema) -> Vec<Unsupported> {
    let mut found = Vec::new();
    let mut names: BTreeMap<(Option<&str>, &str), EntityId> = BTreeMap::new();
    for table in schema.tables.values() {
        check_table(table, &mut found);
        check_keys(table, schema, &mut found);
        // Tables and indexes share one set of names in a namespace.
        let mut named = vec![(table.name.name.as_str(), EntityId::table(&table.name))];
        named.extend(table.indexes.keys().map(|name| {
            (name.as_str(), EntityId::member(EntityKind::Index, &table.name, name.as_str()))
        }));
        named.extend(table.uniques.keys().map(|name| {
            (name.as_str(), EntityId::member(EntityKind::Unique, &table.name, name.as_str()))
        }));
        named.extend(table.primary_key.iter().map(|key| {
            (
                key.name.text.as_str(),
                EntityId::member(EntityKind::PrimaryKey, &table.name, key.name.text.as_str()),
            )
        }));
        for (name, id) in named {
            if let Some(other) = names.insert((table.name.schema.as_deref(), name), id.clone()) {
                found.push(Unsupported {
                    message: format!(
                        "PostgreSQL has one set of names for tables and indexes: `{name}` is the {} of `{}` and the {} of `{}`",
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
    for enum_type in schema.enums.values() {
        for value in enum_type.values.iter().filter(|value| value.len() > 63) {
            found.push(Unsupported {
                entity: EntityId::member(EntityKind::EnumValue, &enum_type.name, value.as_str()),
                message: format!(
                    "an enum value has at most 63 bytes in PostgreSQL: `{value}` has {}",
                    value.len()
                ),
                help: None,
            });
        }
    }
    for name in schema.sequences.keys() {
        check_length(
            &name.name,
            || EntityId::object(EntityKind::Sequence, name.clone()),
            &mut found,
        );
    }
    for name in schema.enums.keys() {
        let id = || EntityId::object(EntityKind::Enum, name.clone());
        check_length(&name.name, id, &mut found);
        // A table is a type as well.
        if schema.tables.contains_key(name) {
            found.push(Unsupported {
                entity: id(),
                message: format!(
                    "`{name}` is an enum and a table, which share one set of names in PostgreSQL"
                ),
                help: Some("give one of them another name".to_owned()),
            });
        }
    }
    found
}

fn check_length(name: &str, id: impl Fn() -> EntityId, found: &mut Vec<Unsupported>) {
    if name.len() > 63 {
        found.push(Unsupported {
            entity: id(),
            message: format!(
                "a name has at most 63 bytes in PostgreSQL: `{name}` has {}",
                name.len()
            ),
            help: Some("the server would cut it off; give it a shorter name".to_owned()),
        });
    }
}

fn check_table(table: &Table, found: &mut Vec<Unsupported>) {
    check_length(&table.name.name, || EntityId::table(&table.name), found);
    for column in &table.columns {
        check_column(&table.name, column, found);
    }
    for index in table.indexes.values().filter(|index| index.parts.iter().any(has_prefix)) {
        let name = index.name.text.as_str();
        found.push(Unsupported {
            entity: EntityId::member(EntityKind::Index, &table.name, name),
            message: format!(
                "PostgreSQL has no prefix lengths in indexes: `{name}` of `{}` has one",
                table.name
            ),
            help: Some("index an expression such as `left(name, 20)`".to_owned()),
        });
    }
    for name in table.indexes.keys() {
        check_length(
            name,
            || EntityId::member(EntityKind::Index, &table.name, name.as_str()),
            found,
        );
    }
    for name in table.uniques.keys().chain(table.checks.keys()).chain(table.foreign_keys.keys()) {
        check_length(
            name,
            || EntityId::member(EntityKind::Check, &table.name, name.as_str()),
            found,
        );
    }
    let options = &table.options;
    let foreign = [
        (options.is_strict, "`strict`"),
        (options.is_without_rowid, "`without_rowid`"),
        (options.engine.is_some(), "`engine`"),
        (options.charset.is_some(), "`charset`"),
    ];
    for (_, word) in foreign.iter().filter(|(is_set, _)| *is_set) {
        found.push(Unsupported {
            entity: EntityId::table(&table.name),
            message: format!("PostgreSQL has no {word}: it stands on `{}`", table.name),
            help: Some(
                "take it away, or keep a schema of its own for the other dialect".to_owned(),
            ),
        });
    }
}

/// What a foreign key points to is checked at once, so that it cannot be deferrable itself.
fn check_keys(table: &Table, schema: &Schema, found: &mut Vec<Unsupported>) {
    for key in table.foreign_keys.values() {
        let Some(target) = schema.tables.get(&key.references) else { continue };
        let wanted: BTreeSet<&String> = key.referenced_columns.iter().collect();
        let is_wanted = |columns: &[String]| columns.iter().collect::<BTreeSet<_>>() == wanted;
        let keys = target.primary_key.iter().map(|key| (&key.columns, &key.name, key.deferrable));
        let uniques = target.uniques.values().map(|key| (&key.columns, &key.name, key.deferrable));
        let mut candidates: Vec<_> =
            keys.chain(uniques).filter(|(columns, ..)| is_wanted(columns)).collect();
        // One that can be pointed to is enough.
        candidates.sort_by_key(|(_, _, deferrable)| deferrable.is_some());
        if let Some((_, name, Some(_))) = candidates.first() {
            found.push(Unsupported {
                entity: EntityId::member(
                    EntityKind::ForeignKey,
                    &table.name,
                    key.name.text.as_str(),
                ),
                message: format!(
                    "PostgreSQL has no foreign keys to deferrable keys: `{}` of `{}` points to `{}` of `{}`",
                    key.name, table.name, name, target.name
                ),
                help: Some(format!("take `deferrable` away from `{name}`")),
            });
        }
    }
}

fn has_prefix(part: &IndexPart) -> bool {
    part.prefix.is_some()
}

fn check_column(table: &ObjectName, column: &Column, found: &mut Vec<Unsupported>) {
    let id = || EntityId::column(table, column.name.as_str());
    let mut push = |message: String, help: &str| {
        found.push(Unsupported { entity: id(), message, help: Some(help.to_owned()) });
    };
    if column.name.len() > 63 {
        push(
            format!(
                "a name has at most 63 bytes in PostgreSQL: `{}` has {}",
                column.name,
                column.name.len()
            ),
            "give it a shorter name",
        );
    }
    if let ColumnType::Integer { is_unsigned: true, .. } = column.ty {
        push(
            format!("PostgreSQL has no unsigned integers: `{}` is one", id()),
            "use the next larger signed type, or `type(pg = \"..\")`",
        );
    }
    if column.on_update.is_some() {
        push(
            format!("PostgreSQL has no ON UPDATE of columns: `{}` has one", id()),
            "a trigger does it",
        );
    }
    if column.generated.as_ref().is_some_and(|generated| generated.kind == GeneratedKind::Virtual) {
        push(
            format!("PostgreSQL before 18 has no virtual generated columns: `{}` is one", id()),
            "use `generated(stored, ..)`",
        );
    }
    let is_whole = matches!(
        column.ty,
        ColumnType::Integer {
            size: IntegerSize::Small | IntegerSize::Regular | IntegerSize::Big,
            ..
        }
    );
    if let Some(identity) = &column.identity
        && !is_whole
    {
        let word = if identity.kind == IdentityKind::Serial { "a serial" } else { "an identity" };
        push(
            format!("{word} column is `i16`, `i32` or `i64`: `{}` is `{}`", id(), column.ty),
            "change its type",
        );
    }
    if let Some(identity) = &column.identity
        && identity.kind == IdentityKind::Serial
        && identity.options != SequenceOptions::default()
    {
        push(
            format!("a serial column has no options of its own: `{}` has some", id()),
            "use an identity column",
        );
    }
}
