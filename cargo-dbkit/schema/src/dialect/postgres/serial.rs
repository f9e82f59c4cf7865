//! `serial` is a default from a sequence that the column owns. Where one side of a comparison says `serial` and the other spells the sequence
//! out, both are spelled out, so that the sequence stays.

use crate::model::{
    Column, DefaultValue, EntityId, Extra, IdentityKind, Namespace, ObjectName, Schema, Sequence,
    Uses,
};

use super::types::{literal, next_value_of, serial_sequence};

/// Spells out in both what is spelled out in one.
pub(super) fn align(one: &mut Schema, other: &mut Schema) {
    public(one, other);
    public(other, one);
    spell_out(one, other);
    spell_out(other, one);
}

/// `public` is there, whether something was granted on it or not.
fn public(schema: &mut Schema, other: &Schema) {
    const NAME: &str = "public";
    if other.namespaces.contains_key(NAME) && !schema.namespaces.contains_key(NAME) {
        let namespace = Namespace { name: NAME.to_owned(), comment: None, extra: Extra::default() };
        schema.namespaces.insert(NAME.to_owned(), namespace);
    }
}

fn is_serial(column: &Column) -> bool {
    column.identity.as_ref().is_some_and(|identity| identity.kind == IdentityKind::Serial)
}

fn spell_out(schema: &mut Schema, other: &Schema) {
    for table in schema.tables.values_mut().map(|table| &mut **table) {
        let theirs = other.tables.get(&table.name);
        for column in table.columns.iter_mut().filter(|column| is_serial(column)) {
            let name = serial_sequence(&table.name, &column.name);
            let their_column = theirs.and_then(|table| table.column(&column.name));
            let is_spelled_out = other.sequences.contains_key(&name)
                || their_column.is_some_and(|column| default_of(column).is_some());
            if !is_spelled_out || schema.sequences.contains_key(&name) {
                continue;
            }
            let options = column.identity.take().map(|identity| identity.options);
            let id = EntityId::column(&table.name, column.name.as_str());
            let mut extra = Extra::properties([("owned_by", id.to_string())]);
            extra.uses = Uses::from_iter([id]);
            let spelled = super::types::quoted_name(&name);
            column.default =
                Some(DefaultValue::Expression(format!("nextval({}::regclass)", literal(&spelled))));
            let sequence = Sequence {
                name: name.clone(),
                ty: Some(column.ty.clone())
                    .filter(|ty| *ty != crate::model::ColumnType::big_integer()),
                options: options.unwrap_or_default(),
                comment: None,
                extra,
            };
            schema.sequences.insert(name, sequence);
        }
    }
}

fn default_of(column: &Column) -> Option<ObjectName> {
    match &column.default {
        Some(DefaultValue::Expression(text)) => next_value_of(text),
        _ => None,
    }
}
