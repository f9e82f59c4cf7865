//! A schema in the words of others: diagrams, and the code of other libraries. Schema in, text out.

pub(crate) mod dbml;
pub(crate) mod diesel;
pub(crate) mod mermaid;
mod names;
pub(crate) mod sea_orm;

use dbkit_schema::model::{Column, ForeignKey, Table};

/// Whether some columns are unique in their table.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    table.uniques.values().any(|unique| unique.columns == columns)
        || table.primary_key.as_ref().is_some_and(|key| key.columns == columns)
        || table.indexes.values().any(|index| {
            index.is_unique
                && index.predicate.is_none()
                && index.parts.len() == columns.len()
                && index.columns().eq(columns.iter().map(String::as_str))
        })
}

/// Whether every row has to point to another one.
fn is_required(table: &Table, key: &ForeignKey) -> bool {
    key.columns.iter().all(|name| table.column(name).is_some_and(|column| !column.is_nullable))
}

/// Whether a column is part of the primary key.
fn is_in_key(table: &Table, column: &str) -> bool {
    table.primary_key.as_ref().is_some_and(|key| key.columns.iter().any(|name| name == column))
}

/// Whether rows may lack a value. SQLite takes NULL in a key by an old mistake of its own; nobody means it.
fn is_nullable(table: &Table, column: &Column) -> bool {
    column.is_nullable && !is_in_key(table, &column.name)
}

#[cfg(test)]
mod tests {
    use dbkit_schema::model::{DialectName, Schema};
    use dbkit_schema::rust::{Options, SourceFile, read};

    /// A small schema with one of most things.
    pub(super) fn shop() -> Schema {
        let text = r#"
            #[derive(dbkit::DbEnum)]
            #[dbkit(name = "order_status")]
            pub enum OrderStatus { Open, #[dbkit(rename = "on the way")] OnTheWay }

            #[derive(dbkit::Table)]
            #[dbkit(table = "users", comment = "who buys")]
            pub struct User {
                #[dbkit(primary_key, identity)]
                pub id: i64,
                #[dbkit(type = "citext", unique)]
                pub email: String,
                pub tags: Vec<String>,
                #[dbkit(name = "type", default("it's"))]
                pub kind: String,
                #[dbkit(references(User::id))]
                pub parent_id: Option<i64>,
            }

            #[derive(dbkit::Table)]
            #[dbkit(table = "orders", schema = "shop", primary_key(user_id, number), index(unique, on(expr("lower(note)"))))]
            pub struct Order {
                #[dbkit(references(User::id, on_delete(cascade)))]
                pub user_id: i64,
                pub number: i32,
                #[dbkit(default(OrderStatus::Open))]
                pub status: OrderStatus,
                #[dbkit(numeric(12, 2), default(0))]
                pub total: String,
                pub note: Option<String>,
                #[dbkit(default(now), timestamptz)]
                pub at: String,
            }

            #[derive(dbkit::Table)]
            #[dbkit(table = "log")]
            pub struct Log { #[dbkit(type = "tsvector")] pub words: String }
        "#;
        let file = SourceFile { path: "src/schema.rs".to_owned(), text: text.to_owned() };
        let reading = read(&[file], &Options::new(DialectName::Postgres));
        assert_eq!(reading.diagnostics, []);
        reading.schema
    }
}
