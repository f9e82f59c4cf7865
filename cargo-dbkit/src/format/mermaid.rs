//! A schema as a Mermaid diagram. Schema in, text out.

use std::fmt::Write;

use dbkit_schema::model::{ObjectName, Schema, Table};

use super::{is_required, is_unique};

/// An `erDiagram` of the tables and their foreign keys.
pub(crate) fn diagram(schema: &Schema) -> String {
    let mut text = String::from("erDiagram\n");
    for table in schema.tables.values() {
        let _ = writeln!(text, "    {} {{", entity(&table.name));
        for column in &table.columns {
            let _ = write!(text, "        {} {}", word(&column.ty.to_string()), word(&column.name));
            let keys = keys(table, &column.name);
            if !keys.is_empty() {
                let _ = write!(text, " {}", keys.join(", "));
            }
            if column.is_nullable {
                text.push_str(" \"nullable\"");
            }
            text.push('\n');
        }
        text.push_str("    }\n");
    }
    for table in schema.tables.values() {
        for key in table.foreign_keys.values() {
            let many = if is_unique(table, &key.columns) { "|o" } else { "}o" };
            let one = if is_required(table, key) { "||" } else { "o|" };
            let _ = writeln!(
                text,
                "    {} {many}--{one} {} : \"{}\"",
                entity(&table.name),
                entity(&key.references),
                key.columns.join(", ").replace('"', "'")
            );
        }
    }
    text
}

fn keys(table: &Table, column: &str) -> Vec<&'static str> {
    let has = |columns: &[String]| columns.iter().any(|name| name == column);
    let mut keys = Vec::new();
    if super::is_in_key(table, column) {
        keys.push("PK");
    }
    if table.foreign_keys.values().any(|key| has(&key.columns)) {
        keys.push("FK");
    }
    if table.uniques.values().any(|unique| unique.columns == [column]) {
        keys.push("UK");
    }
    keys
}

/// Names with a namespace, or with anything odd in them, stand in quotes.
fn entity(name: &ObjectName) -> String {
    let text = name.to_string();
    if text.chars().all(|c| c.is_alphanumeric() || c == '_') {
        text
    } else {
        format!("\"{}\"", text.replace('"', "'"))
    }
}

/// Mermaid's words for types and columns have letters, digits, `_`, `-`, parentheses and brackets only.
fn word(text: &str) -> String {
    let word: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() || "_-()[]".contains(c) { c } else { '_' })
        .collect();
    if word.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        word
    } else {
        format!("_{word}")
    }
}

#[cfg(test)]
mod tests {
    use dbkit_schema::model::{Column, ColumnType, ForeignKey, Name, PrimaryKey};

    use super::*;

    #[test]
    fn tables_and_keys_are_drawn() {
        let mut users = Table::new(ObjectName::new("users"));
        users.columns = vec![Column::new("id", ColumnType::big_integer()).into()];
        users.primary_key = Some(PrimaryKey::new(Name::implicit("users_pkey"), vec!["id".into()]));
        let mut orders = Table::new(ObjectName::qualified("shop", "orders"));
        orders.columns = vec![
            Column::new("user_id", ColumnType::big_integer()).nullable().into(),
            Column::new("total", ColumnType::Numeric(Some((12, 2)))).into(),
        ];
        orders.foreign_keys.insert(
            "k".into(),
            ForeignKey::new(
                Name::implicit("k"),
                vec!["user_id".into()],
                users.name.clone(),
                vec!["id".into()],
            ),
        );
        let mut schema = Schema::default();
        for table in [users, orders] {
            schema.tables.insert(table.name.clone(), table.into());
        }
        assert_eq!(
            diagram(&schema),
            r#"erDiagram
    users {
        bigint id PK
    }
    "shop.orders" {
        bigint user_id FK "nullable"
        numeric(12_2) total
    }
    "shop.orders" }o--o| users : "user_id"
"#
        );
    }
}
