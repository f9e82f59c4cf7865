//! The form in which SQLite would give a schema back.

use crate::model::{
    Column, ColumnType, DefaultValue, Identity, IdentityKind, IntegerSize, MatchType, Schema,
    SequenceOptions, Table, TableOptions,
};

pub(super) fn normalize(mut schema: Schema) -> Schema {
    // Comments are not kept.
    for enum_type in schema.enums.values_mut() {
        enum_type.comment = None;
    }
    for table in schema.tables.values_mut() {
        let options = std::mem::take(&mut table.options);
        table.options = TableOptions {
            is_strict: options.is_strict,
            is_without_rowid: options.is_without_rowid,
            extra: options.extra,
            ..TableOptions::default()
        };
        for column in &mut table.columns {
            normalize_column(column, options.is_strict);
        }
        normalize_key(table);
        for key in table.foreign_keys.values_mut() {
            // Parsed, and not looked at.
            key.match_type = MatchType::Simple;
        }
        for index in table.indexes.values_mut() {
            index.comment = None;
            index.is_concurrent = false;
        }
    }
    schema
}

fn normalize_column(column: &mut Column, is_strict: bool) {
    column.comment = None;
    column.charset = None;
    column.on_update = None;
    column.ty = normalize_type(std::mem::replace(&mut column.ty, ColumnType::Text), is_strict);
    if let Some(identity) = &mut column.identity {
        let kind = match identity.kind {
            IdentityKind::AutoIncrement => IdentityKind::AutoIncrement,
            IdentityKind::Always | IdentityKind::ByDefault | IdentityKind::Serial => {
                IdentityKind::ByDefault
            }
        };
        *identity = Identity { kind, options: SequenceOptions::default() };
        column.is_nullable = column.extra.properties.contains_key("nullable_key");
        // Only `INTEGER` is another name of the rowid.
        column.ty = ColumnType::integer(IntegerSize::Big);
    }
    if column.default == Some(DefaultValue::Expression("CURRENT_TIMESTAMP".to_owned())) {
        column.default = Some(DefaultValue::Now);
    }
}

/// Types that are spelled alike are one.
fn normalize_type(ty: ColumnType, is_strict: bool) -> ColumnType {
    match ty {
        ColumnType::Enum(_) | ColumnType::Custom(_) => ty,
        ty if is_strict => match super::types::spell(&ty, true).as_str() {
            "integer" => ColumnType::integer(IntegerSize::Regular),
            "real" => ColumnType::Float(crate::model::FloatSize::Single),
            "blob" => ColumnType::Bytes,
            _ => ColumnType::Text,
        },
        ColumnType::Integer { size, .. } => ColumnType::integer(size),
        ColumnType::Varchar(None) | ColumnType::Char(None) | ColumnType::Interval => {
            ColumnType::Text
        }
        ColumnType::Binary(_) | ColumnType::Varbinary(_) => ColumnType::Bytes,
        ColumnType::JsonBinary => ColumnType::Json,
        ColumnType::Time(_) => ColumnType::Time(None),
        ColumnType::Timestamp(_) => ColumnType::Timestamp(None),
        ColumnType::TimestampTz(_) => ColumnType::TimestampTz(None),
        ty => ty,
    }
}

/// A single whole-number key is the rowid, whether the code says `identity` or not.
fn normalize_key(table: &mut Table) {
    let is_rowid_table = !table.options.is_without_rowid;
    let Some(key) = &table.primary_key else { return };
    let single = match key.columns.as_slice() {
        [name] => Some(name.clone()),
        _ => None,
    };
    for column in &mut table.columns {
        if !key.columns.contains(&column.name) {
            continue;
        }
        // SQLite lets keys hold NULL, as it once did by mistake, unless they say otherwise.
        column.is_nullable = column.extra.properties.contains_key("nullable_key");
        let is_rowid = is_rowid_table
            && single.as_ref() == Some(&column.name)
            && matches!(column.ty, ColumnType::Integer { .. });
        if is_rowid && column.identity.is_none() && column.default.is_none() {
            column.identity = Some(Identity {
                kind: IdentityKind::ByDefault,
                options: SequenceOptions::default(),
            });
            column.ty = ColumnType::integer(IntegerSize::Big);
        }
    }
}
