//! The form in which PostgreSQL would give a schema back.

use crate::model::{
    Column, ColumnType, DefaultValue, Identity, IdentityKind, Index, IntegerSize, Namespace,
    NullsOrder, ObjectName, Schema, SequenceOptions, Shared, SortOrder,
};

use super::types::sequence_options;

pub(super) fn normalize(schema: Schema) -> Schema {
    let mut normal = Schema::default();
    // It is there anyway; what was granted on it is worth a word.
    let is_said = |name: &str, namespace: &Namespace| {
        name != "public" || namespace.comment.is_some() || !namespace.extra.is_plain()
    };
    normal
        .namespaces
        .extend(schema.namespaces.into_iter().filter(|(name, namespace)| is_said(name, namespace)));
    for mut enum_type in schema.enums.into_values() {
        default_namespace(&mut enum_type.name);
        normal.enums.insert(enum_type.name.clone(), enum_type);
    }
    for mut sequence in schema.sequences.into_values() {
        default_namespace(&mut sequence.name);
        let ty = sequence.ty.clone().unwrap_or(ColumnType::big_integer());
        sequence.options = sequence_options(&ty, sequence.options);
        sequence.ty = sequence.ty.filter(|ty| *ty != ColumnType::big_integer());
        normal.sequences.insert(sequence.name.clone(), sequence);
    }
    for mut table in schema.tables.into_values().map(Shared::into_inner) {
        default_namespace(&mut table.name);
        for column in &mut table.columns {
            normalize_column(column);
        }
        if let Some(key) = &table.primary_key {
            for column in &mut table.columns {
                column.is_nullable &= !key.columns.contains(&column.name);
            }
        }
        for key in table.foreign_keys.values_mut() {
            default_namespace(&mut key.references);
        }
        for index in table.indexes.values_mut() {
            normalize_index(index);
        }
        table.options.is_strict = false;
        table.options.is_without_rowid = false;
        table.options.engine = None;
        table.options.charset = None;
        table.options.collation = None;
        normal.tables.insert(table.name.clone(), table.into());
    }
    normal.objects = schema.objects;
    normal
}

fn default_namespace(name: &mut ObjectName) {
    name.schema.take_if(|schema| schema == "public");
}

fn normalize_column(column: &mut Column) {
    normalize_type(&mut column.ty);
    column.charset = None;
    column.on_update = None;
    if let Some(identity) = &mut column.identity {
        if identity.kind == IdentityKind::AutoIncrement {
            **identity =
                Identity { kind: IdentityKind::ByDefault, options: SequenceOptions::default() };
        }
        identity.options = sequence_options(&column.ty, std::mem::take(&mut identity.options));
        column.is_nullable = false;
        column.default = None;
    }
    column.collation.take_if(|collation| collation == "default");
    if let Some(DefaultValue::Expression(text)) = &column.default {
        let text = text.trim();
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        if is("now()") {
            column.default = Some(DefaultValue::Now);
        } else if is("NULL") {
            column.default = None;
        }
    }
}

fn normalize_type(ty: &mut ColumnType) {
    match ty {
        ColumnType::Integer { size, is_unsigned } => {
            *is_unsigned = false;
            *size = match size {
                IntegerSize::Tiny | IntegerSize::Small => IntegerSize::Small,
                IntegerSize::Medium | IntegerSize::Regular => IntegerSize::Regular,
                IntegerSize::Big => IntegerSize::Big,
            };
        }
        ColumnType::Binary(_) | ColumnType::Varbinary(_) => *ty = ColumnType::Bytes,
        ColumnType::Char(None) => *ty = ColumnType::Char(Some(1)),
        ColumnType::Enum(name) => default_namespace(name),
        ColumnType::Array(element) => normalize_type(element),
        _ => {}
    }
}

fn normalize_index(index: &mut Index) {
    index.method.take_if(|method| method == "btree");
    for part in &mut index.parts {
        part.prefix = None;
        let default = match part.order {
            SortOrder::Ascending => NullsOrder::Last,
            SortOrder::Descending => NullsOrder::First,
        };
        part.nulls.take_if(|nulls| *nulls == default);
    }
    if !index.is_unique {
        index.nulls_not_distinct = false;
    }
}
