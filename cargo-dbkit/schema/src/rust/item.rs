//! What the attributes of a struct or an enum say, dialects and other types not looked at yet.

use proc_macro2::Span;

use crate::model::{
    Deferrable, DialectName, GeneratedKind, MatchType, NullsOrder, ReferentialAction,
    SequenceOptions,
};

use super::extra::ExtraItem;
use super::object_item::{ExcludeItem, PartitionItem, PolicyItem, TriggerItem};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Spanned<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// A value for all dialects, or one for some of them.
#[derive(Debug, Clone)]
pub(crate) struct Choice<T> {
    pub(crate) all: Option<T>,
    pub(crate) each: Vec<(DialectName, T)>,
    pub(crate) span: Span,
}

impl<T> Choice<T> {
    pub(crate) fn of(&self, dialect: DialectName) -> Option<&T> {
        self.each
            .iter()
            .find(|(name, _)| *name == dialect)
            .map(|(_, value)| value)
            .or(self.all.as_ref())
    }
}

/// `cfg` attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cfg {
    Feature(String),
    Not(Box<Cfg>),
    All(Vec<Cfg>),
    Any(Vec<Cfg>),
    Test,
}

/// A struct with `#[derive(Table)]`.
#[derive(Debug, Clone)]
pub(crate) struct TableItem {
    pub(crate) rust_name: Spanned<String>,
    pub(crate) table: Option<Spanned<String>>,
    pub(crate) schema: Option<String>,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) comment: Option<String>,
    pub(crate) doc: Option<String>,
    pub(crate) primary_key: Option<KeyItem>,
    pub(crate) uniques: Vec<KeyItem>,
    pub(crate) indexes: Vec<IndexItem>,
    pub(crate) checks: Vec<CheckItem>,
    pub(crate) foreign_keys: Vec<ForeignKeyItem>,
    pub(crate) is_strict: bool,
    pub(crate) is_without_rowid: bool,
    pub(crate) engine: Option<String>,
    pub(crate) charset: Option<String>,
    pub(crate) collation: Option<String>,
    pub(crate) rls: Option<RowSecurity>,
    pub(crate) policies: Vec<PolicyItem>,
    pub(crate) triggers: Vec<TriggerItem>,
    pub(crate) excludes: Vec<ExcludeItem>,
    pub(crate) partition_by: Option<PartitionItem>,
    /// The parent, and for which rows.
    pub(crate) partition_of: Option<(Spanned<String>, String)>,
    pub(crate) inherits: Vec<Spanned<String>>,
    pub(crate) extra: ExtraItem,
    pub(crate) fields: Vec<FieldItem>,
    pub(crate) cfg: Vec<Cfg>,
    /// `#[dbkit(crate = "..")]`, for the derive.
    pub(crate) crate_path: Option<String>,
}

/// `rls`, `rls(force)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowSecurity {
    Enabled,
    Forced,
}

/// A primary key or unique constraint of a table.
#[derive(Debug, Clone)]
pub(crate) struct KeyItem {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) columns: Vec<Spanned<String>>,
    pub(crate) include: Vec<Spanned<String>>,
    pub(crate) is_temporal: bool,
    pub(crate) nulls_not_distinct: bool,
    pub(crate) deferrable: Option<Deferrable>,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) extra: ExtraItem,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) struct IndexItem {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) is_unique: bool,
    pub(crate) nulls_not_distinct: bool,
    pub(crate) parts: Vec<PartItem>,
    pub(crate) method: Option<String>,
    pub(crate) include: Vec<Spanned<String>>,
    pub(crate) predicate: Option<String>,
    pub(crate) with: Vec<(String, String)>,
    pub(crate) comment: Option<String>,
    pub(crate) is_concurrent: bool,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) extra: ExtraItem,
    pub(crate) span: Span,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct PartItem {
    pub(crate) column: Option<Spanned<String>>,
    pub(crate) expression: Option<String>,
    pub(crate) is_descending: bool,
    pub(crate) nulls: Option<NullsOrder>,
    pub(crate) opclass: Option<String>,
    pub(crate) collation: Option<String>,
    pub(crate) prefix: Option<u32>,
}

#[derive(Debug, Clone)]
pub(crate) struct CheckItem {
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) expression: String,
    pub(crate) is_no_inherit: bool,
    pub(crate) extra: ExtraItem,
    pub(crate) span: Span,
}

#[derive(Debug, Clone)]
pub(crate) struct ForeignKeyItem {
    pub(crate) name: Option<Spanned<String>>,
    /// Empty for one that stands on a column.
    pub(crate) columns: Vec<Spanned<String>>,
    /// Paths to fields of one struct.
    pub(crate) references: Vec<Spanned<Vec<String>>>,
    /// Columns as the database names them, `shop.users.id`: nothing but that they are there is asked of them.
    pub(crate) named: Vec<Spanned<String>>,
    /// The table is none of this schema.
    pub(crate) is_external: bool,
    pub(crate) on_delete: ReferentialAction,
    /// The columns that `ON DELETE` sets, where not all of them.
    pub(crate) set_columns: Vec<Spanned<String>>,
    pub(crate) on_update: ReferentialAction,
    pub(crate) match_type: MatchType,
    pub(crate) is_temporal: bool,
    pub(crate) deferrable: Option<Deferrable>,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) extra: ExtraItem,
    pub(crate) span: Span,
}

/// How numbers are given.
#[derive(Debug, Clone)]
pub(crate) struct IdentityItem {
    pub(crate) kind: crate::model::IdentityKind,
    pub(crate) options: SequenceOptions,
    pub(crate) span: Span,
}

/// A default, before the dialect is known.
#[derive(Debug, Clone)]
pub(crate) enum DefaultItem {
    Boolean(bool),
    Number(String),
    Text(String),
    Now,
    Sql(String),
    /// A variant of an enum.
    Variant(Spanned<Vec<String>>),
}

/// A type that is said and not guessed.
#[derive(Debug, Clone)]
pub(crate) enum TypeItem {
    Portable(crate::model::ColumnType),
    Sql(String),
}

/// A field. Most say little, so that what is large and rare stands elsewhere: there are thousands of fields.
#[derive(Debug, Clone)]
pub(crate) struct FieldItem {
    pub(crate) rust_name: Spanned<String>,
    /// The name of the column, where it is not that of the field.
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) ty: Box<syn::Type>,
    pub(crate) ty_item: Option<Box<Choice<TypeItem>>>,
    pub(crate) is_unsigned: bool,
    pub(crate) is_primary_key: Option<Span>,
    pub(crate) identity: Option<Box<IdentityItem>>,
    pub(crate) unique: Option<Box<KeyItem>>,
    pub(crate) index: Option<Box<IndexItem>>,
    pub(crate) references: Option<Box<ForeignKeyItem>>,
    pub(crate) default: Option<Box<Choice<DefaultItem>>>,
    pub(crate) generated: Option<Box<Choice<(GeneratedKind, String)>>>,
    pub(crate) checks: Vec<CheckItem>,
    pub(crate) collation: Option<String>,
    pub(crate) charset: Option<String>,
    pub(crate) on_update: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) doc: Option<String>,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) using: Option<Box<Choice<String>>>,
    pub(crate) backfill: Option<Box<Choice<String>>>,
    pub(crate) is_skipped: bool,
    pub(crate) extra: ExtraItem,
    pub(crate) cfg: Vec<Cfg>,
}

impl FieldItem {
    /// The name of the column.
    pub(crate) fn column_name(&self) -> &str {
        self.name.as_ref().map_or(&self.rust_name.value, |name| &name.value)
    }
}

/// An enum with `#[derive(DbEnum)]`.
#[derive(Debug, Clone)]
pub(crate) struct EnumItem {
    pub(crate) rust_name: Spanned<String>,
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) schema: Option<String>,
    pub(crate) renamed_from: Option<Spanned<String>>,
    pub(crate) comment: Option<String>,
    pub(crate) variants: Vec<VariantItem>,
    /// Removed value -> the variant that its rows get.
    pub(crate) removed: Vec<(Spanned<String>, Spanned<String>)>,
    pub(crate) extra: ExtraItem,
    pub(crate) cfg: Vec<Cfg>,
    pub(crate) crate_path: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct VariantItem {
    pub(crate) rust_name: Spanned<String>,
    /// As stored.
    pub(crate) value: String,
    pub(crate) renamed_from: Option<Spanned<String>>,
}

/// A struct with `#[derive(DbType)]`: stored as what is in it.
#[derive(Debug, Clone)]
pub(crate) struct TypeAliasItem {
    pub(crate) rust_name: Spanned<String>,
    pub(crate) ty: syn::Type,
    pub(crate) crate_path: Option<String>,
}
