//! What a definition stands on, as far as its words tell. For dialects without a catalog of dependencies, and for code.

use std::collections::BTreeSet;

use super::{EntityId, EntityKind, Object, ObjectName, Schema, Uses, expression};

/// The things of a schema that a definition names. More than the truth does no harm: something is made again once too often.
pub(crate) fn mentioned(object: &Object, schema: &Schema) -> Uses {
    let tokens = expression::tokens(&object.definition);
    let words: BTreeSet<String> = tokens
        .iter()
        .filter(|token| token.kind == expression::TokenKind::Name)
        .map(|token| object.definition[token.range.clone()].trim_matches(['"', '`']).to_lowercase())
        .collect();
    let takes_all = tokens.iter().any(|token| &object.definition[token.range.clone()] == "*");
    let is_named = |name: &str| words.contains(&name.to_lowercase());
    let mut found = Uses::default();
    for name in schema.namespaces.keys().filter(|name| is_named(name)) {
        found.0.insert(EntityId::object(EntityKind::Namespace, ObjectName::new(name)));
    }
    for table in schema.tables.values().filter(|table| is_named(&table.name.name)) {
        found.0.insert(EntityId::table(&table.name));
        for column in &table.columns {
            if takes_all || is_named(&column.name) {
                found.0.insert(EntityId::column(&table.name, column.name.as_str()));
            }
        }
    }
    for name in schema.enums.keys().filter(|name| is_named(&name.name)) {
        found.0.insert(EntityId::object(EntityKind::Enum, name.clone()));
    }
    for name in schema.sequences.keys().filter(|name| is_named(&name.name)) {
        found.0.insert(EntityId::object(EntityKind::Sequence, name.clone()));
    }
    for id in schema.objects.keys() {
        let has_own_name =
            id.member.is_none() || matches!(id.kind, EntityKind::Function | EntityKind::Procedure);
        if *id != object.id && has_own_name && is_named(&id.object.name) {
            found.0.insert(id.clone());
        }
    }
    found
}
