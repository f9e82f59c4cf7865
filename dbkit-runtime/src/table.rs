//! What the derives stand on: tables and columns by name, and what a Rust type is to a database.

use std::fmt;
use std::marker::PhantomData;

/// A struct that is a table, by `#[derive(Table)]`.
pub trait Table {
    /// The namespace, if it is not the default one.
    const SCHEMA: Option<&'static str>;
    /// The name of the table.
    const NAME: &'static str;
    /// A hash of the struct as the derive saw it; see [`assert_schema!`](crate::assert_schema).
    const SHAPE: u64;
}

/// Where the hash of a [`Table::SHAPE`] begins.
#[doc(hidden)]
pub const SHAPE_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Adds a piece to the hash of a [`Table::SHAPE`]: FNV-1a.
#[doc(hidden)]
pub const fn shape(mut hash: u64, piece: &str) -> u64 {
    let bytes = piece.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// A table by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRef {
    schema: Option<&'static str>,
    name: &'static str,
}

impl TableRef {
    /// A table by name.
    pub const fn new(schema: Option<&'static str>, name: &'static str) -> Self {
        Self { schema, name }
    }

    /// The namespace, if it is not the default one.
    pub const fn schema(&self) -> Option<&'static str> {
        self.schema
    }

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// A column of the table `T`, whose values are `V` (or `Option<V>`, where the field is one).
pub struct Col<T, V> {
    table: &'static str,
    name: &'static str,
    types: PhantomData<fn() -> (T, V)>,
}

impl<T, V> Col<T, V> {
    /// A column by name.
    pub const fn new(table: &'static str, name: &'static str) -> Self {
        Self { table, name, types: PhantomData }
    }

    /// The name of the table.
    pub const fn table(&self) -> &'static str {
        self.table
    }

    /// The name of the column.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Compiles only if a field of the type `F` can point to this column.
    pub const fn is_pointed_to_by<F: PointsTo<V>>(&self) {}
}

impl<T, V> Clone for Col<T, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, V> Copy for Col<T, V> {}

impl<T, V> fmt::Debug for Col<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.name)
    }
}

#[cfg(feature = "sea-query")]
impl<T, V> sea_query::Iden for Col<T, V> {
    fn quoted(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed(self.name)
    }

    fn unquoted(&self) -> &str {
        self.name
    }
}

#[cfg(feature = "sea-query")]
impl sea_query::Iden for TableRef {
    fn quoted(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed(self.name)
    }

    fn unquoted(&self) -> &str {
        self.name
    }
}

/// The type of a field that points to a field of another type: the same one.
///
/// The derive asks for it, so that the compiler says of a foreign key what `cargo dbkit` says.
#[diagnostic::on_unimplemented(
    message = "dbkit[DBK0106]: this field is `{Self}`, but the one that it points to is `{V}`",
    label = "points to another type",
    note = "give both fields the same type"
)]
pub trait PointsTo<V> {}

impl<V> PointsTo<V> for V {}

/// An enum that is a database enum, by `#[derive(DbEnum)]`.
pub trait DbEnum: Sized {
    /// The name of the type.
    const NAME: &'static str;
    /// Its values, in order.
    const VALUES: &'static [&'static str];

    /// The value as stored.
    fn as_db_str(&self) -> &'static str;

    /// The variant of a stored value.
    fn from_db_str(text: &str) -> Option<Self>;
}

/// What a Rust type is to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[expect(missing_docs, reason = "the variants are the names of column types")]
pub enum Kind {
    Boolean,
    TinyInt,
    SmallInt,
    Integer,
    BigInt,
    UnsignedTinyInt,
    UnsignedSmallInt,
    UnsignedInteger,
    UnsignedBigInt,
    Real,
    Double,
    Text,
    Bytes,
    Uuid,
    Decimal,
    Json,
    Date,
    Time,
    Timestamp,
    TimestampTz,
    Enum,
    List,
}

/// A type that a column can have. The derive compares it with what `cargo dbkit` guessed from the type's name.
pub trait SqlType {
    /// What it is.
    const KIND: Kind;
}

macro_rules! kinds {
    ($($ty:ty => $kind:ident),* $(,)?) => {$(
        impl SqlType for $ty {
            const KIND: Kind = Kind::$kind;
        }
    )*};
}

kinds! {
    bool => Boolean,
    i8 => TinyInt,
    i16 => SmallInt,
    i32 => Integer,
    i64 => BigInt,
    u8 => UnsignedTinyInt,
    u16 => UnsignedSmallInt,
    u32 => UnsignedInteger,
    u64 => UnsignedBigInt,
    f32 => Real,
    f64 => Double,
    String => Text,
    Vec<u8> => Bytes,
}

#[cfg(feature = "uuid")]
kinds!(uuid::Uuid => Uuid);

#[cfg(feature = "time")]
kinds! {
    time::OffsetDateTime => TimestampTz,
    time::PrimitiveDateTime => Timestamp,
    time::Date => Date,
    time::Time => Time,
}

#[cfg(feature = "chrono")]
impl<Z: chrono::TimeZone> SqlType for chrono::DateTime<Z> {
    const KIND: Kind = Kind::TimestampTz;
}

#[cfg(feature = "chrono")]
kinds! {
    chrono::NaiveDateTime => Timestamp,
    chrono::NaiveDate => Date,
    chrono::NaiveTime => Time,
}

#[cfg(feature = "serde_json")]
kinds!(serde_json::Value => Json);

/// A value that is stored as JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Json<T>(
    /// The value.
    pub T,
);

impl<T> SqlType for Json<T> {
    const KIND: Kind = Kind::Json;
}
