//! Writes a schema as Rust: the reader's own grammar, the other way round. What is written is read back as the same schema.
//!
//! Values in, values out: attributes as words, with names for everything. `print` makes text of them, `merge` puts them into
//! files that are there already.

mod index;
mod merge;
mod names;
mod objects;
mod print;
mod table;
mod types;
mod words;

use std::collections::BTreeMap;

use crate::model::{ColumnType, DefaultValue, DialectName, ObjectName, Schema};

use super::resolve::is_number;

pub use self::merge::{Merged, Thoroughness, merge};
pub use self::print::{file, objects_text};

use self::names::TypeNames;
use self::words::Word;

/// Which crates an app has for moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeCrate {
    /// `time`.
    Time,
    /// `chrono`.
    Chrono,
    /// `jiff`.
    Jiff,
}

/// Which crates an app has for values that the standard library does not know; without them such a column is a `String`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crates {
    /// `uuid`.
    pub uuid: bool,
    /// `rust_decimal`.
    pub decimal: bool,
    /// `serde_json`.
    pub json: bool,
    /// The one for moments.
    pub time: Option<TimeCrate>,
}

/// How to write.
#[derive(Debug, Clone)]
pub struct WriteOptions {
    /// The dialect of the schema.
    pub dialect: DialectName,
    /// What types may be of.
    pub crates: Crates,
}

/// Names that are in use already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The struct of a table, with its fields by column.
    pub tables: BTreeMap<ObjectName, (String, BTreeMap<String, String>)>,
    /// The enum of a type, with its variants by value.
    pub enums: BTreeMap<ObjectName, (String, BTreeMap<String, String>)>,
    /// Other types in the files.
    pub others: Vec<String>,
}

/// A schema as Rust.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    pub(crate) enums: Vec<EnumText>,
    pub(crate) tables: Vec<TableText>,
    /// What stands in `objects!`.
    pub(crate) objects: Vec<Word>,
    /// SQL beside the code: paths relative to the package, and texts.
    pub files: BTreeMap<String, String>,
}

/// A struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableText {
    pub(crate) name: ObjectName,
    pub(crate) rust_name: String,
    pub(crate) words: Vec<Word>,
    pub(crate) fields: Vec<FieldText>,
}

/// A field of a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldText {
    pub(crate) column: String,
    pub(crate) rust_name: String,
    pub(crate) ty: String,
    pub(crate) words: Vec<Word>,
}

/// An enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EnumText {
    pub(crate) name: ObjectName,
    pub(crate) rust_name: String,
    pub(crate) words: Vec<Word>,
    pub(crate) variants: Vec<VariantText>,
}

/// A variant of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VariantText {
    pub(crate) value: String,
    pub(crate) rust_name: String,
    pub(crate) words: Vec<Word>,
}

/// The schema as a person would say it in Rust, where a server says the same in more words: a number, a truth value or an enum's value
/// that is a default is no expression, and what columns a view has follows from its query.
#[must_use]
pub fn plain(mut schema: Schema) -> Schema {
    let columns = schema.tables.values_mut().flat_map(|table| &mut table.columns);
    for column in columns {
        let Some(DefaultValue::Expression(text)) = &column.default else { continue };
        let said = match (&column.ty, text.as_str()) {
            (_, text) if is_number(text) => Some(DefaultValue::Number(text.to_owned())),
            (ColumnType::Boolean, "true") => Some(DefaultValue::Boolean(true)),
            (ColumnType::Boolean, "false") => Some(DefaultValue::Boolean(false)),
            (ColumnType::Enum(_), text) => cast_text(text).map(DefaultValue::Text),
            _ => None,
        };
        column.default = said.or(column.default.take());
    }
    for object in schema.objects.values_mut() {
        object.extra.properties.remove("columns");
    }
    schema
}

/// `a` of `'a'::mood`.
fn cast_text(text: &str) -> Option<String> {
    let (literal, ty) = text.strip_prefix('\'')?.rsplit_once("'::")?;
    let inner = literal.replace("''", "");
    (!inner.contains('\'') && !ty.contains('\'')).then(|| literal.replace("''", "'"))
}

/// Writes a schema. Names that are in use stay.
pub fn write(schema: &Schema, options: &WriteOptions, known: &Known) -> Written {
    let names = all_names(schema, known);
    let mut written = Written::default();
    for enum_type in schema.enums.values() {
        written.enums.push(table::enum_text(enum_type, &names.enums[&enum_type.name]));
    }
    for one in schema.tables.values() {
        written.tables.push(table::Writer { schema, options, names: &names, table: one }.text());
    }
    let (words, files) = objects::words(schema);
    written.objects = words;
    written.files = files;
    written
}

/// The name of a type after a table, an enum or a value: `order_items` -> `OrderItems`.
pub fn type_name(name: &str) -> String {
    names::camel(name)
}

/// The name of a field after a column, with `r#` where it is a word of the language.
pub fn field_name(column: &str) -> String {
    names::spelled(&names::identifier(column))
}

/// Whether a name is an identifier of Rust as it stands, and no word of the language.
pub fn is_identifier(name: &str) -> bool {
    // The compiler composes a letter and a mark that follows it; the parser takes spaces and comments around a name.
    let is_composed = !name.contains(|c| matches!(c, '\u{300}'..='\u{36f}'));
    let is_word = name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_composed && is_word && syn::parse_str::<syn::Ident>(name).is_ok()
}

/// The Rust names of everything in a schema.
pub(crate) struct Names {
    tables: BTreeMap<ObjectName, StructName>,
    enums: BTreeMap<ObjectName, StructName>,
}

/// The Rust name of a struct or an enum, and those of its parts by column or value.
pub(crate) struct StructName {
    rust: String,
    parts: BTreeMap<String, String>,
}

fn all_names(schema: &Schema, known: &Known) -> Names {
    let mut types = TypeNames::default();
    let in_use = known.tables.values().chain(known.enums.values()).map(|(name, _)| name);
    for name in in_use.chain(&known.others) {
        types.take(name);
    }
    let mut names = Names { tables: BTreeMap::new(), enums: BTreeMap::new() };
    for enum_type in schema.enums.values() {
        let (rust, mut parts) = match known.enums.get(&enum_type.name) {
            Some((rust, parts)) => (rust.clone(), parts.clone()),
            None => {
                let ObjectName { schema, name } = &enum_type.name;
                (types.name(schema.as_deref(), name, "Kind"), BTreeMap::new())
            }
        };
        parts.retain(|value, _| enum_type.values.contains(value));
        let mut taken = parts.values().cloned().collect();
        for value in &enum_type.values {
            if !parts.contains_key(value) {
                parts.insert(value.clone(), names::variant(value, &mut taken));
            }
        }
        names.enums.insert(enum_type.name.clone(), StructName { rust, parts });
    }
    for table in schema.tables.values() {
        let (rust, mut parts) = match known.tables.get(&table.name) {
            Some((rust, parts)) => (rust.clone(), parts.clone()),
            None => {
                let ObjectName { schema, name } = &table.name;
                let name = names::singular(name);
                (types.name(schema.as_deref(), &name, "Row"), BTreeMap::new())
            }
        };
        let columns = table.columns.iter().map(|column| column.name.as_str()).collect();
        parts.retain(|column, _| table.column(column).is_some());
        let mut fields = names::FieldNames::new(parts.values().cloned());
        for column in &table.columns {
            if !parts.contains_key(&column.name) {
                parts.insert(column.name.clone(), fields.name(&column.name, &columns));
            }
        }
        names.tables.insert(table.name.clone(), StructName { rust, parts });
    }
    names
}
