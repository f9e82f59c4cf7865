//! A schema as entities of SeaORM: one module a table, as `sea-orm-cli generate entity` would write them.

use std::collections::BTreeSet;
use std::fmt::Write;

use dbkit_schema::model::{
    Column, ColumnType, DialectName, FloatSize, ForeignKey, IntegerSize, ReferentialAction, Schema,
    Table,
};
use dbkit_schema::rust::write::{field_name, type_name};

use super::{is_in_key, is_unique};

/// Modules with entities, and one with the enums.
pub(crate) fn text(schema: &Schema, dialect: DialectName) -> String {
    let mut parts =
        vec!["// Entities of SeaORM, by `cargo dbkit export --format sea-orm`.\n".to_owned()];
    if !schema.enums.is_empty() {
        parts.push(enums(schema, dialect));
    }
    for table in schema.tables.values() {
        match &table.primary_key {
            Some(_) => parts.push(module(schema, table, dialect)),
            None => {
                parts.push(format!("// `{}` has no primary key, which SeaORM needs\n", table.name))
            }
        }
    }
    parts.join("\n")
}

fn enums(schema: &Schema, dialect: DialectName) -> String {
    let mut text =
        String::from("pub mod sea_orm_active_enums {\n    use sea_orm::entity::prelude::*;\n");
    for enum_type in schema.enums.values() {
        // Only PostgreSQL has a type of that name.
        let db_type = match dialect {
            DialectName::Sqlite => "Text",
            DialectName::Postgres | DialectName::Mysql => "Enum",
        };
        let _ = write!(
            text,
            "\n    #[derive(Debug, Clone, PartialEq, Eq, EnumIter, DeriveActiveEnum)]\n    #[sea_orm(rs_type = \"String\", db_type = \"{db_type}\", enum_name = {:?})]\n    pub enum {} {{\n",
            enum_type.name.name,
            type_name(&enum_type.name.name)
        );
        let mut taken = BTreeSet::new();
        for value in &enum_type.values {
            let mut variant = type_name(value);
            while !taken.insert(variant.clone()) {
                variant.push('_');
            }
            let _ =
                writeln!(text, "        #[sea_orm(string_value = {value:?})]\n        {variant},");
        }
        text.push_str("    }\n");
    }
    text.push_str("}\n");
    text
}

fn module_name(table: &Table) -> String {
    field_name(&table.name.name)
}

fn module(schema: &Schema, table: &Table, dialect: DialectName) -> String {
    let mut text =
        format!("pub mod {} {{\n    use sea_orm::entity::prelude::*;\n", module_name(table));
    let has_floats = table.columns.iter().any(|column| {
        rust_type(&column.ty).contains('f') && matches!(column.ty, ColumnType::Float(_))
    });
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
        text.push_str(&field(table, column, dialect));
    }
    text.push_str("    }\n");
    text.push_str(&relations(schema, table));
    text.push_str("\n    impl ActiveModelBehavior for ActiveModel {}\n}\n");
    text
}

fn field(table: &Table, column: &Column, dialect: DialectName) -> String {
    let name = field_name(&column.name);
    let mut words = Vec::new();
    if name.trim_start_matches("r#") != column.name {
        words.push(format!("column_name = {:?}", column.name));
    }
    if is_in_key(table, &column.name) {
        let is_numbered = column.identity.is_some();
        words.push(if is_numbered {
            "primary_key".to_owned()
        } else {
            "primary_key, auto_increment = false".to_owned()
        });
    }
    words.extend(column_type(&column.ty, dialect).map(|ty| format!("column_type = {ty:?}")));
    if table.uniques.values().any(|unique| unique.columns == [column.name.as_str()]) {
        words.push("unique".to_owned());
    }
    let ty = rust_type(&column.ty);
    let ty = if column.is_nullable { format!("Option<{ty}>") } else { ty };
    let attribute = if words.is_empty() {
        String::new()
    } else {
        format!("        #[sea_orm({})]\n", words.join(", "))
    };
    format!("{attribute}        pub {name}: {ty},\n")
}

fn rust_type(ty: &ColumnType) -> String {
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
            return format!("super::sea_orm_active_enums::{}", type_name(&name.name));
        }
        ColumnType::Array(element) => return format!("Vec<{}>", rust_type(element)),
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

fn relations(schema: &Schema, table: &Table) -> String {
    let mut taken = BTreeSet::new();
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
        let Some(target) =
            schema.tables.get(&key.references).filter(|target| target.primary_key.is_some())
        else {
            continue;
        };
        let is_self = target.name == table.name;
        let variant =
            relation_name(if is_self { "self_ref" } else { &target.name.name }, &mut taken);
        let module = module_name(target);
        let entity = if is_self { "Entity".to_owned() } else { format!("super::{module}::Entity") };
        let _ = write!(
            variants,
            "        #[sea_orm(belongs_to = \"{entity}\", from = \"{}\", to = \"{}\"{}{})]\n        {variant},\n",
            columns("Column", &key.columns),
            columns(
                &if is_self { "Column".to_owned() } else { format!("super::{module}::Column") },
                &key.referenced_columns
            ),
            action("on_update", key.on_update),
            action("on_delete", key.on_delete),
        );
        if !is_self {
            relate(&module, &variant, &mut related);
        }
    }
    for (other, key) in pointing_at(schema, table) {
        let module = module_name(other);
        let variant = relation_name(&other.name.name, &mut taken);
        let word = if is_unique(other, &key.columns) { "has_one" } else { "has_many" };
        if has_many_ways(schema, other, table) {
            continue;
        }
        let _ = write!(
            variants,
            "        #[sea_orm({word} = \"super::{module}::Entity\")]\n        {variant},\n"
        );
        relate(&module, &variant, &mut related);
    }
    format!(
        "\n    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]\n    pub enum Relation {{\n{variants}    }}\n{related}"
    )
}

fn pointing_at<'a>(
    schema: &'a Schema,
    table: &'a Table,
) -> impl Iterator<Item = (&'a Table, &'a ForeignKey)> {
    schema
        .tables
        .values()
        .filter(move |other| other.name != table.name && other.primary_key.is_some())
        .flat_map(|other| other.foreign_keys.values().map(move |key| (other, key)))
        .filter(move |(_, key)| key.references == table.name)
}

/// Whether more than one foreign key leads from one table to the other, in either direction.
fn has_many_ways(schema: &Schema, one: &Table, other: &Table) -> bool {
    let count = |from: &Table, to: &Table| {
        pointing_at(schema, to).filter(|(table, _)| table.name == from.name).count()
    };
    count(one, other) + count(other, one) > 1
}

fn columns(owner: &str, names: &[String]) -> String {
    let names: Vec<String> =
        names.iter().map(|name| format!("{owner}::{}", type_name(&field_name(name)))).collect();
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
    use dbkit_schema::model::DialectName;

    use crate::format::tests::shop;

    #[test]
    fn a_table_is_a_module_with_its_relations() {
        insta::assert_snapshot!(super::text(&shop(), DialectName::Postgres));
    }
}
