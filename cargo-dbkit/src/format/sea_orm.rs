//! A schema as entities of SeaORM: one module a table, as `sea-orm-cli generate entity` would write them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use dbkit_schema::model::{
    Column, ColumnType, DialectName, EnumType, FloatSize, ForeignKey, IntegerSize, ObjectName,
    ReferentialAction, Schema, Table,
};
use dbkit_schema::rust::write::{field_name, type_name};

use super::names::{self, Names};
use super::{is_in_key, is_nullable, is_unique};

/// Modules beside those of the tables.
const TAKEN_MODULES: [&str; 2] = ["sea_orm", ENUMS];

/// The module of the enums.
const ENUMS: &str = "sea_orm_active_enums";

/// Types of the traits that columns and keys have.
const TAKEN_VARIANTS: [&str; 6] = ["Column", "EntityName", "Err", "Iterator", "Self", "ValueType"];

/// Types of the traits that enums have.
const TAKEN_VALUES: [&str; 5] = ["Err", "Iterator", "Self", "Value", "ValueVec"];

/// Types that the derive of an enum writes without their path.
const TAKEN_TYPES: [&str; 6] = ["None", "Option", "Self", "Some", "String", "Vec"];

/// Modules with entities, and one with the enums.
pub(crate) fn text(schema: &Schema, dialect: DialectName) -> String {
    let names = EntityNames::of(schema);
    let mut parts =
        vec!["// Entities of SeaORM, by `cargo dbkit export --format sea-orm`.\n".to_owned()];
    if !schema.enums.is_empty() {
        parts.push(enums(schema, &names, dialect));
    }
    for table in schema.tables.values() {
        match names.tables.get(&table.name) {
            Some(own) => parts.push(Writer { schema, names: &names, dialect, table, own }.module()),
            None => parts.push(format!(
                "// `{}` has no primary key, which SeaORM needs\n",
                names::in_comment(&table.name.to_string())
            )),
        }
    }
    parts.join("\n")
}

/// The Rust names of everything that is written.
struct EntityNames {
    enums: BTreeMap<ObjectName, String>,
    tables: BTreeMap<ObjectName, TableNames>,
}

/// The module of a table, and the fields of its columns with the variants that SeaORM makes of them.
struct TableNames {
    module: String,
    fields: BTreeMap<String, String>,
    variants: BTreeMap<String, String>,
}

impl EntityNames {
    fn of(schema: &Schema) -> Self {
        let mut taken = Names::without(&TAKEN_TYPES);
        let with_names = schema.enums.values().filter(|one| can_be_said(one));
        let enums = with_names
            .map(|one| (one.name.clone(), taken.take_with(&type_name(&one.name.name), "Enum")));
        let enums = enums.collect();
        let with_key = || schema.tables.values().filter(|table| table.primary_key.is_some());
        let modules = names::modules(
            with_key().map(|table| &table.name),
            Names::without(&TAKEN_MODULES),
            field_name,
        );
        let tables = with_key().map(|table| {
            let fields = names::fields(table, Names::default(), entity_field);
            let mut taken = Names::without(&TAKEN_VARIANTS);
            let (plain, others): (Vec<_>, Vec<_>) =
                fields.iter().partition(|(_, field)| is_plain(bare(field)));
            let variants = plain
                .into_iter()
                .chain(others)
                .map(|(column, field)| ((*column).to_owned(), taken.take(&type_name(bare(field)))))
                .collect();
            let fields =
                fields.into_iter().map(|(column, field)| (column.to_owned(), field)).collect();
            let module = modules[&table.name].clone();
            (table.name.clone(), TableNames { module, fields, variants })
        });
        Self { enums, tables: tables.collect() }
    }
}

/// A field; SeaORM makes a name of it that must not begin with a digit, whatever stands before that.
fn entity_field(column: &str) -> String {
    let field = field_name(column);
    if field.trim_start_matches('_').starts_with(char::is_numeric) {
        format!("column{field}")
    } else {
        field
    }
}

/// A field without the mark of a word of the language.
fn bare(field: &str) -> &str {
    field.trim_start_matches("r#")
}

/// Whether SeaORM finds the column and the variant by the field: it takes words between single lines.
fn is_plain(field: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    field.starts_with(|c: char| c.is_ascii_lowercase()) && field.split('_').all(is_word)
}

/// Whether SeaORM finds a name for each value: it makes words of them, whose case says nothing.
fn can_be_said(enum_type: &EnumType) -> bool {
    let values: BTreeSet<String> =
        enum_type.values.iter().map(|value| value.to_lowercase()).collect();
    values.len() == enum_type.values.len() && !values.contains("self")
}

fn enums(schema: &Schema, names: &EntityNames, dialect: DialectName) -> String {
    let mut text = format!("pub mod {ENUMS} {{\n    use sea_orm::entity::prelude::*;\n");
    for enum_type in schema.enums.values() {
        let Some(rust) = names.enums.get(&enum_type.name) else {
            let name = names::in_comment(&enum_type.name.to_string());
            let _ = write!(
                text,
                "\n    // `{name}` is text: SeaORM has no names for all of its values, or one for two\n"
            );
            continue;
        };
        // Only PostgreSQL has a type of that name.
        let db_type = match dialect {
            DialectName::Sqlite => "Text",
            DialectName::Postgres | DialectName::Mysql => "Enum",
        };
        let _ = write!(
            text,
            "\n    #[derive(Debug, Clone, PartialEq, Eq, EnumIter, DeriveActiveEnum)]\n    #[sea_orm(rs_type = \"String\", db_type = \"{db_type}\", enum_name = {:?})]\n    pub enum {} {{\n",
            enum_type.name.name, rust
        );
        let mut taken = Names::without(&TAKEN_VALUES);
        for value in &enum_type.values {
            let variant = taken.take(&type_name(value));
            let _ =
                writeln!(text, "        #[sea_orm(string_value = {value:?})]\n        {variant},");
        }
        text.push_str("    }\n");
    }
    text.push_str("}\n");
    text
}

/// What is needed to write one table.
struct Writer<'a> {
    schema: &'a Schema,
    names: &'a EntityNames,
    dialect: DialectName,
    table: &'a Table,
    own: &'a TableNames,
}

impl Writer<'_> {
    fn module(&self) -> String {
        let (table, module) = (self.table, &self.own.module);
        let mut text = format!("pub mod {module} {{\n    use sea_orm::entity::prelude::*;\n");
        let has_floats = table.columns.iter().any(|column| is_float(&column.ty));
        let eq = if has_floats { "" } else { ", Eq" };
        let in_schema = table
            .name
            .schema
            .as_ref()
            .map(|schema| format!("schema_name = {schema:?}, "))
            .unwrap_or_default();
        let _ = write!(
            text,
            "\n    #[derive(Clone, Debug, PartialEq, DeriveEntityModel{eq})]\n    #[sea_orm({in_schema}table_name = {:?})]\n    pub struct Model {{\n",
            table.name.name
        );
        for column in &table.columns {
            text.push_str(&self.field(column));
        }
        text.push_str("    }\n");
        text.push_str(&self.relations());
        text.push_str("\n    impl ActiveModelBehavior for ActiveModel {}\n}\n");
        text
    }

    fn field(&self, column: &Column) -> String {
        let table = self.table;
        let (field, variant) = (&self.own.fields[&column.name], &self.own.variants[&column.name]);
        let mut words = Vec::new();
        if bare(field) != column.name || !is_plain(bare(field)) {
            words.push(format!("column_name = {:?}", column.name));
        }
        if !is_plain(bare(field)) || *variant != type_name(bare(field)) {
            words.push(format!("enum_name = {variant:?}"));
        }
        if is_in_key(table, &column.name) {
            let is_numbered = column.identity.is_some();
            words.push(if is_numbered {
                "primary_key".to_owned()
            } else {
                "primary_key, auto_increment = false".to_owned()
            });
        }
        words.extend(
            column_type(&column.ty, self.dialect).map(|ty| format!("column_type = {ty:?}")),
        );
        words.extend(self.cast(&column.ty));
        if table.uniques.values().any(|unique| unique.columns == [column.name.as_str()]) {
            words.push("unique".to_owned());
        }
        let ty = rust_type(&column.ty, self.names);
        let ty = if is_nullable(table, column) { format!("Option<{ty}>") } else { ty };
        let attribute = if words.is_empty() {
            String::new()
        } else {
            format!("        #[sea_orm({})]\n", words.join(", "))
        };
        format!("{attribute}        pub {field}: {ty},\n")
    }

    /// How an enum that is text in Rust gets there and back.
    fn cast(&self, ty: &ColumnType) -> Option<String> {
        match ty {
            ColumnType::Enum(name)
                if self.dialect == DialectName::Postgres
                    && !self.names.enums.contains_key(name) =>
            {
                Some(format!("select_as = \"text\", save_as = {:?}", name.to_string()))
            }
            _ => None,
        }
    }

    fn relations(&self) -> String {
        let (schema, table, names) = (self.schema, self.table, self.names);
        let mut taken = BTreeSet::from(["Iterator".to_owned(), "Self".to_owned()]);
        let mut variants = String::new();
        let mut related = String::new();
        let mut has_related = BTreeSet::new();
        let mut relate = |module: &str, variant: &str, related: &mut String| {
            // Two ways to one entity are for a person to choose between.
            if has_related.insert(module.to_owned()) {
                let _ = write!(
                    related,
                    "\n    impl Related<super::{module}::Entity> for Entity {{\n        fn to() -> RelationDef {{\n            Relation::{variant}.def()\n        }}\n    }}\n"
                );
            }
        };
        for key in table.foreign_keys.values() {
            let Some((target, there)) =
                schema.tables.get(&key.references).zip(names.tables.get(&key.references))
            else {
                continue;
            };
            let is_self = target.name == table.name;
            let variant =
                relation_name(if is_self { "self_ref" } else { &target.name.name }, &mut taken);
            let module = &there.module;
            let (entity, column) = if is_self {
                ("Entity".to_owned(), "Column".to_owned())
            } else {
                (format!("super::{module}::Entity"), format!("super::{module}::Column"))
            };
            let _ = write!(
                variants,
                "        #[sea_orm(belongs_to = \"{entity}\", from = \"{}\", to = \"{}\"{}{})]\n        {variant},\n",
                columns("Column", self.own, &key.columns),
                columns(&column, there, &key.referenced_columns),
                action("on_update", key.on_update),
                action("on_delete", key.on_delete),
            );
            if !is_self {
                relate(module, &variant, &mut related);
            }
        }
        for (other, key) in pointing_at(schema, table) {
            let Some(there) = names.tables.get(&other.name) else { continue };
            let module = &there.module;
            let variant = relation_name(&other.name.name, &mut taken);
            let word = if is_unique(other, &key.columns) { "has_one" } else { "has_many" };
            if has_many_ways(schema, other, table) {
                continue;
            }
            let _ = write!(
                variants,
                "        #[sea_orm({word} = \"super::{module}::Entity\")]\n        {variant},\n"
            );
            relate(module, &variant, &mut related);
        }
        format!(
            "\n    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\n    pub enum Relation {{\n{variants}    }}\n{related}"
        )
    }
}

fn is_float(ty: &ColumnType) -> bool {
    match ty {
        ColumnType::Float(_) => true,
        ColumnType::Array(element) => is_float(element),
        _ => false,
    }
}

fn rust_type(ty: &ColumnType, names: &EntityNames) -> String {
    let word = match ty {
        ColumnType::Boolean => "bool",
        ColumnType::Integer { size, is_unsigned } => {
            let bits = match size {
                IntegerSize::Tiny => 8,
                IntegerSize::Small => 16,
                IntegerSize::Medium | IntegerSize::Regular => 32,
                IntegerSize::Big => 64,
            };
            return format!("{}{bits}", if *is_unsigned { "u" } else { "i" });
        }
        ColumnType::Float(FloatSize::Single) => "f32",
        ColumnType::Float(FloatSize::Double) => "f64",
        ColumnType::Numeric(_) => "Decimal",
        ColumnType::Bytes | ColumnType::Binary(_) | ColumnType::Varbinary(_) => "Vec<u8>",
        ColumnType::Uuid => "Uuid",
        ColumnType::Json | ColumnType::JsonBinary => "Json",
        ColumnType::Date => "Date",
        ColumnType::Time(_) => "Time",
        ColumnType::Timestamp(_) => "DateTime",
        ColumnType::TimestampTz(_) => "DateTimeWithTimeZone",
        ColumnType::Enum(name) => {
            // An enum that nobody describes is read as text.
            let Some(rust) = names.enums.get(name) else { return "String".to_owned() };
            return format!("super::{ENUMS}::{rust}");
        }
        ColumnType::Array(element) => return format!("Vec<{}>", rust_type(element, names)),
        ColumnType::Text
        | ColumnType::Varchar(_)
        | ColumnType::Char(_)
        | ColumnType::Interval
        | ColumnType::Custom(_) => "String",
    };
    word.to_owned()
}

/// What SeaORM does not see in the Rust type.
fn column_type(ty: &ColumnType, dialect: DialectName) -> Option<String> {
    match ty {
        ColumnType::Text => Some("Text".to_owned()),
        ColumnType::Varchar(Some(length)) => Some(format!("String(StringLen::N({length}))")),
        ColumnType::Char(length) => Some(format!("Char({length:?})")),
        ColumnType::Numeric(precision) => Some(match precision {
            Some((precision, scale)) => format!("Decimal(Some(({precision}, {scale})))"),
            None => "Decimal(None)".to_owned(),
        }),
        ColumnType::Binary(length) => Some(format!("Binary({length})")),
        ColumnType::Varbinary(length) => Some(format!("VarBinary(StringLen::N({length}))")),
        ColumnType::Bytes if dialect != DialectName::Postgres => Some("Blob".to_owned()),
        ColumnType::JsonBinary => Some("JsonBinary".to_owned()),
        ColumnType::Custom(sql) => Some(format!("custom({sql:?})")),
        ColumnType::Interval => Some("custom(\"interval\")".to_owned()),
        _ => None,
    }
}

/// A name for a relation that no other one of the table has.
fn relation_name(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let base = type_name(wanted);
    let mut name = base.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}{number}");
        number += 1;
    }
    name
}

fn pointing_at<'a>(
    schema: &'a Schema,
    table: &'a Table,
) -> impl Iterator<Item = (&'a Table, &'a ForeignKey)> {
    schema
        .tables
        .values()
        .filter(move |other| other.name != table.name && other.primary_key.is_some())
        .flat_map(|other| other.foreign_keys.values().map(move |key| (&**other, key)))
        .filter(move |(_, key)| key.references == table.name)
}

/// Whether more than one foreign key leads from one table to the other, in either direction.
fn has_many_ways(schema: &Schema, one: &Table, other: &Table) -> bool {
    let count = |from: &Table, to: &Table| {
        pointing_at(schema, to).filter(|(table, _)| table.name == from.name).count()
    };
    count(one, other) + count(other, one) > 1
}

fn columns(owner: &str, own: &TableNames, names: &[String]) -> String {
    let names: Vec<String> = names
        .iter()
        .filter_map(|name| own.variants.get(name))
        .map(|variant| format!("{owner}::{variant}"))
        .collect();
    match names.as_slice() {
        [one] => one.clone(),
        many => format!("({})", many.join(", ")),
    }
}

fn action(word: &str, action: ReferentialAction) -> String {
    let value = match action {
        ReferentialAction::NoAction => return String::new(),
        ReferentialAction::Restrict => "Restrict",
        ReferentialAction::Cascade => "Cascade",
        ReferentialAction::SetNull => "SetNull",
        ReferentialAction::SetDefault => "SetDefault",
    };
    format!(", {word} = \"{value}\"")
}

#[cfg(test)]
mod tests {
    use dbkit_schema::model::{ColumnType, DialectName, ObjectName, Schema};

    use crate::format::tests::shop;

    #[test]
    fn a_table_is_a_module_with_its_relations() {
        insta::assert_snapshot!(super::text(&shop(), DialectName::Postgres));
    }

    #[test]
    fn every_name_is_one_that_sea_orm_makes_no_other_of() {
        let mut schema = Schema::default();
        for (name, more) in [("mood", "self"), ("Mood", "+"), ("mood enum", "value")] {
            let mut one = shop().enums[&ObjectName::new("order_status")].clone();
            one.name = ObjectName::new(name);
            one.values.push(more.to_owned());
            schema.enums.insert(one.name.clone(), one);
        }
        let mut table = shop().tables[&ObjectName::new("users")].clone();
        table.foreign_keys = Default::default();
        let names = ["id", "err", "_id", "2fa", "a_1"];
        for (column, name) in table.columns.iter_mut().zip(names) {
            column.name = name.to_owned();
        }
        table.columns[1].ty = ColumnType::Enum(ObjectName::new("mood"));
        table.columns[2].ty = ColumnType::Enum(ObjectName::new("Mood"));
        for in_schema in [None, Some("a")] {
            table.name.schema = in_schema.map(str::to_owned);
            schema.tables.insert(table.name.clone(), table.clone());
        }
        insta::assert_snapshot!(super::text(&schema, DialectName::Postgres));
    }
}
