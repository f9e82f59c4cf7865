//! A database's structure as a value. Nothing in here knows SQL, Rust syntax, JSON or a dialect; it imports only std.
//!
//! A [`Schema`] is always the schema *for one dialect*: whoever reads it has already chosen between per-dialect
//! overrides. Maps are keyed by name so that equal schemas are equal values; columns keep their order.

mod by_name;
mod column;
mod constraint;
mod dialect_name;
#[cfg_attr(
    not(feature = "dialect"),
    allow(dead_code, reason = "diff, plan and delta use the rest")
)]
pub(crate) mod expression;
mod extra;
mod hints;
mod index;
#[cfg(any(feature = "dialect", feature = "rust"))]
mod mention;
mod name;
mod object;
mod rename;
mod shared;
mod table;
mod types;

use std::collections::BTreeMap;

pub use self::by_name::ByName;
pub use self::column::{Column, DefaultValue, Generated, GeneratedKind, Identity, IdentityKind};
pub use self::constraint::{
    Check, Deferrable, ForeignKey, MatchType, PrimaryKey, ReferentialAction, Unique,
};
pub use self::dialect_name::DialectName;
pub use self::extra::{Extra, Order, Uses};
pub use self::hints::{Hints, Rename, inverse_renames};
pub use self::index::{Index, IndexPart, IndexTarget, NullsOrder, SortOrder};
#[cfg(any(feature = "dialect", feature = "rust"))]
pub(crate) use self::mention::mentioned;
#[cfg(any(feature = "dialect", feature = "rust"))]
pub(crate) use self::name::split_dotted;
pub use self::name::{EntityId, EntityKind, Name, ObjectName};
pub use self::object::{EnumType, Namespace, Object, Sequence, SequenceOptions};
pub use self::rename::Renaming;
pub use self::shared::Shared;
pub use self::table::{PartitionOf, Table, TableOptions};
pub use self::types::{ColumnType, FloatSize, IntegerSize, ParseTypeError};

/// A database's structure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Namespaces (`CREATE SCHEMA`) besides the default one, by name.
    pub namespaces: BTreeMap<String, Namespace>,
    /// Enum types. Dialects without named types keep them here too; a column refers to one by name.
    pub enums: BTreeMap<ObjectName, EnumType>,
    /// Sequences that stand alone (not those of identity columns).
    pub sequences: BTreeMap<ObjectName, Sequence>,
    /// Tables with their columns, constraints and indexes.
    pub tables: BTreeMap<ObjectName, Shared<Table>>,
    /// Everything else: views, functions, triggers, policies, domains, ..
    pub objects: BTreeMap<EntityId, Object>,
}

impl Schema {
    /// The table of that name.
    pub fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.tables.get(name).map(|table| &**table)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.namespaces.is_empty()
            && self.enums.is_empty()
            && self.sequences.is_empty()
            && self.tables.is_empty()
            && self.objects.is_empty()
    }
}
