//! A schema as DBML, the language of dbdiagram.io: <https://dbml.dbdiagram.io/docs>.

use std::fmt::Write;

use dbkit_schema::model::{
    Column, ColumnType, DefaultValue, ForeignKey, Index, IndexTarget, ObjectName,
    ReferentialAction, Schema, Table,
};

use super::{is_in_key, is_unique};

/// Enums, tables with their indexes, and references.
pub(crate) fn text(schema: &Schema) -> String {
    let mut parts = Vec::new();
    for enum_type in schema.enums.values() {
        let values: Vec<String> =
            enum_type.values.iter().map(|value| format!("  {}\n", word(value))).collect();
        parts.push(format!("Enum {} {{\n{}}}\n", name(&enum_type.name), values.concat()));
    }
    parts.extend(schema.tables.values().map(|made| table(made)));
    let keys = schema
        .tables
        .values()
        .flat_map(|table| table.foreign_keys.values().map(|key| reference(table, key)));
    let keys: Vec<String> = keys.collect();
    if !keys.is_empty() {
        parts.push(keys.concat());
    }
    parts.join("\n")
}

fn table(table: &Table) -> String {
    let mut text = format!("Table {} {{\n", name(&table.name));
    for one in &table.columns {
        let _ = writeln!(text, "  {}", column(table, one));
    }
    let mut indexes: Vec<String> = Vec::new();
    if let Some(key) = table.primary_key.as_ref().filter(|key| key.columns.len() > 1) {
        indexes.push(format!("({}) [pk]", words(&key.columns)));
    }
    for unique in table.uniques.values().filter(|unique| unique.columns.len() > 1) {
        let columns = words(&unique.columns);
        indexes.push(format!("({columns}) [unique, name: {}]", quoted(&unique.name.text)));
    }
    indexes.extend(table.indexes.values().map(index));
    if !indexes.is_empty() {
        let lines: Vec<String> = indexes.iter().map(|line| format!("    {line}\n")).collect();
        let _ = write!(text, "\n  indexes {{\n{}  }}\n", lines.concat());
    }
    if let Some(comment) = &table.options.comment {
        let _ = write!(text, "\n  Note: {}\n", quoted(comment));
    }
    text.push_str("}\n");
    text
}

fn column(table: &Table, column: &Column) -> String {
    let mut settings = Vec::new();
    let is_key = is_in_key(table, &column.name);
    if is_key && table.primary_key.as_ref().is_some_and(|key| key.columns.len() == 1) {
        settings.push("pk".to_owned());
    }
    if column.identity.is_some() {
        settings.push("increment".to_owned());
    }
    if !column.is_nullable && !is_key {
        settings.push("not null".to_owned());
    }
    if table.uniques.values().any(|unique| unique.columns == [column.name.as_str()]) {
        settings.push("unique".to_owned());
    }
    settings.extend(column.default.as_ref().map(|value| {
        let value = match value {
            DefaultValue::Boolean(value) => value.to_string(),
            DefaultValue::Number(number) => number.clone(),
            DefaultValue::Text(text) => quoted(text),
            DefaultValue::Now => "`now()`".to_owned(),
            DefaultValue::Expression(sql) => format!("`{}`", sql.replace('`', "'")),
        };
        format!("default: {value}")
    }));
    settings.extend(column.comment.iter().map(|comment| format!("note: {}", quoted(comment))));
    let ty = match column.ty.enum_name() {
        Some(enum_name) => name(enum_name),
        None => match &column.ty {
            ColumnType::Custom(sql) => sql.clone(),
            other => other.to_string(),
        },
    };
    let ty = if ty.chars().all(|c| c.is_alphanumeric() || "_(),.\"".contains(c)) {
        ty
    } else {
        format!("\"{}\"", ty.replace('"', ""))
    };
    let settings =
        if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) };
    format!("{} {ty}{settings}", word(&column.name))
}

fn index(index: &Index) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| match &part.target {
            IndexTarget::Column(column) => word(column),
            IndexTarget::Expression(sql) => format!("`{}`", sql.replace('`', "'")),
        })
        .collect();
    let mut settings = vec![format!("name: {}", quoted(&index.name.text))];
    settings.extend(index.is_unique.then(|| "unique".to_owned()));
    let known = |method: &&String| matches!(method.as_str(), "btree" | "hash");
    settings.extend(index.method.as_ref().filter(known).map(|method| format!("type: {method}")));
    format!("({}) [{}]", parts.join(", "), settings.join(", "))
}

fn reference(table: &Table, key: &ForeignKey) -> String {
    let sign = if is_unique(table, &key.columns) { "-" } else { ">" };
    let side = |table: &ObjectName, columns: &[String]| match columns {
        [column] => format!("{}.{}", name(table), word(column)),
        columns => format!("{}.({})", name(table), words(columns)),
    };
    let action = |action: ReferentialAction| match action {
        ReferentialAction::NoAction => None,
        ReferentialAction::Restrict => Some("restrict"),
        ReferentialAction::Cascade => Some("cascade"),
        ReferentialAction::SetNull => Some("set null"),
        ReferentialAction::SetDefault => Some("set default"),
    };
    let mut settings = Vec::new();
    settings.extend(action(key.on_delete).map(|action| format!("delete: {action}")));
    settings.extend(action(key.on_update).map(|action| format!("update: {action}")));
    let settings =
        if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) };
    format!(
        "Ref {}: {} {sign} {}{settings}\n",
        word(&key.name.text),
        side(&table.name, &key.columns),
        side(&key.references, &key.referenced_columns)
    )
}

fn words(names: &[String]) -> String {
    names.iter().map(|name| word(name)).collect::<Vec<_>>().join(", ")
}

fn name(name: &ObjectName) -> String {
    match &name.schema {
        Some(schema) => format!("{}.{}", word(schema), word(&name.name)),
        None => word(&name.name),
    }
}

/// A name; what is no plain word stands in double quotes.
fn word(text: &str) -> String {
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "'")) }
}

fn quoted(text: &str) -> String {
    if text.contains('\n') {
        return format!("'''{}'''", text.replace('\\', "\\\\").replace("'''", "\\'''"));
    }
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use crate::format::tests::shop;

    #[test]
    fn tables_enums_and_references_are_written() {
        insta::assert_snapshot!(super::text(&shop()));
    }
}
