//! The form in which MySQL would give a schema back.

use crate::model::{
    Column, ColumnType, DefaultValue, Identity, IdentityKind, IntegerSize, MatchType, Name,
    ReferentialAction, Schema, SequenceOptions, TableOptions,
};

use super::sequence;

pub(super) fn normalize(mut schema: Schema) -> Schema {
    for enum_type in schema.enums.values_mut() {
        enum_type.comment = None;
    }
    for one in schema.sequences.values_mut() {
        one.options = sequence::without_defaults(std::mem::take(&mut one.options));
        one.ty.take_if(|ty| *ty == ColumnType::big_integer());
    }
    for table in schema.tables.values_mut().map(|table| &mut **table) {
        let options = std::mem::take(&mut table.options);
        table.options = TableOptions { is_strict: false, is_without_rowid: false, ..options };
        for column in &mut table.columns {
            normalize_column(column);
        }
        if let Some(key) = &mut table.primary_key {
            // Whatever it is called, the server calls it PRIMARY.
            key.name = Name::implicit("PRIMARY");
            key.deferrable = None;
            for column in &mut table.columns {
                column.is_nullable &= !key.columns.contains(&column.name);
            }
        }
        for key in table.foreign_keys.values_mut() {
            key.match_type = MatchType::Simple;
            // InnoDB has no deferred checks, so the two are the same.
            if key.on_delete == ReferentialAction::Restrict {
                key.on_delete = ReferentialAction::NoAction;
            }
            if key.on_update == ReferentialAction::Restrict {
                key.on_update = ReferentialAction::NoAction;
            }
        }
        for index in table.indexes.values_mut() {
            index.method.take_if(|method| method == "btree");
            index.is_concurrent = false;
        }
    }
    schema
}

fn normalize_column(column: &mut Column) {
    column.ty = normalize_type(std::mem::replace(&mut column.ty, ColumnType::Text));
    if let Some(identity) = &mut column.identity {
        **identity =
            Identity { kind: IdentityKind::AutoIncrement, options: SequenceOptions::default() };
        column.is_nullable = false;
    }
    let is_moment = matches!(column.ty, ColumnType::Timestamp(_));
    if is_moment
        && column.default == Some(DefaultValue::Expression("CURRENT_TIMESTAMP(6)".to_owned()))
    {
        column.default = Some(DefaultValue::Now);
    }
}

/// Types that are spelled alike are one.
fn normalize_type(ty: ColumnType) -> ColumnType {
    match ty {
        ColumnType::JsonBinary => ColumnType::Json,
        ColumnType::Varchar(None) => ColumnType::Varchar(Some(255)),
        ColumnType::Char(None) => ColumnType::Char(Some(1)),
        ColumnType::Interval => ColumnType::Text,
        ColumnType::Timestamp(precision) | ColumnType::TimestampTz(precision) => {
            ColumnType::Timestamp(precision.filter(|precision| *precision != 6))
        }
        ColumnType::Time(precision) => {
            ColumnType::Time(precision.filter(|precision| *precision != 6))
        }
        ColumnType::Integer { size: IntegerSize::Tiny, is_unsigned } => {
            ColumnType::Integer { size: IntegerSize::Tiny, is_unsigned }
        }
        ty => ty,
    }
}
