//! Foreign keys and checks.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{
    Check, ColumnType, Extra, ForeignKey, Name, ObjectName, ReferentialAction, Schema,
};

use super::super::align::NO_ACTION;
use super::{Fields, Server, query, table};

pub(super) fn queries(server: Server) -> Vec<CatalogQuery> {
    let checks = match server {
        Server::MariaDb => {
            "
SELECT c.TABLE_NAME, c.CONSTRAINT_NAME, c.LEVEL, c.CHECK_CLAUSE, 'YES'
FROM information_schema.CHECK_CONSTRAINTS c
WHERE c.CONSTRAINT_SCHEMA = DATABASE()
ORDER BY c.TABLE_NAME, c.CONSTRAINT_NAME"
        }
        Server::MySql => {
            "
SELECT t.TABLE_NAME, c.CONSTRAINT_NAME, 'Table', c.CHECK_CLAUSE, t.ENFORCED
FROM information_schema.CHECK_CONSTRAINTS c
JOIN information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME
WHERE c.CONSTRAINT_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK'
ORDER BY t.TABLE_NAME, c.CONSTRAINT_NAME"
        }
    };
    vec![
        query(
            "foreign_keys",
            "
SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, IF(k.REFERENCED_TABLE_SCHEMA = DATABASE(), NULL, k.REFERENCED_TABLE_SCHEMA),
    k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.UPDATE_RULE, r.DELETE_RULE
FROM information_schema.KEY_COLUMN_USAGE k
JOIN information_schema.REFERENTIAL_CONSTRAINTS r
    ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME
WHERE k.TABLE_SCHEMA = DATABASE() AND k.REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION"
                .to_owned(),
        ),
        query("checks", checks.to_owned()),
    ]
}

pub(super) fn read(catalog: &Catalog, server: Server, schema: &mut Schema) {
    for row in catalog.of("foreign_keys") {
        let mut row = Fields::of(row);
        let (owner, name, column) = (row.text(), row.text(), row.owned());
        let (namespace, target) = (row.maybe(), row.text());
        let referenced = row.owned();
        let (update, delete) = (row.text(), row.text());
        let (on_update, on_delete) = (action(update), action(delete));
        let Some(table) = table(schema, owner) else { continue };
        if !table.foreign_keys.contains_key(name) {
            let references =
                ObjectName { schema: namespace.map(str::to_owned), name: target.to_owned() };
            let key = ForeignKey::new(Name::explicit(name), Vec::new(), references, Vec::new());
            table.foreign_keys.insert(name.to_owned(), key);
        }
        let Some(key) = table.foreign_keys.get_mut(name) else { continue };
        key.columns.push(column);
        key.referenced_columns.push(referenced);
        key.on_update = on_update;
        key.on_delete = on_delete;
        // MySQL says it of every key that says nothing.
        if server == Server::MariaDb {
            let said = [("delete", delete), ("update", update)];
            let words: Vec<&str> =
                said.iter().filter(|said| said.1 == "NO ACTION").map(|said| said.0).collect();
            if !words.is_empty() {
                key.extra.properties.insert(NO_ACTION.to_owned(), words.join(" "));
            }
        }
    }
    for row in catalog.of("checks") {
        let mut row = Fields::of(row);
        let (owner, name) = (row.text(), row.text());
        let (level, clause, enforced) = (row.text(), row.text(), row.text());
        let Some(table) = table(schema, owner) else { continue };
        let clause = match server {
            Server::MySql => unparenthesised(&clause.replace("\\'", "'")).to_owned(),
            Server::MariaDb => clause.to_owned(),
        };
        if level == "Column"
            && let Some(column) = table.column_mut(name)
        {
            // What `json` is made of.
            let is_json = column.ty == ColumnType::Text
                && clause == format!("json_valid({})", super::quoted(name))
                && column.collation.as_deref() == Some("utf8mb4_bin");
            if is_json {
                column.ty = ColumnType::Json;
                column.collation = None;
                column.charset = None;
            } else {
                column.extra.properties.insert("check".to_owned(), clause);
            }
            continue;
        }
        let mut extra = Extra::default();
        if enforced == "NO" {
            extra.properties.insert("not_enforced".to_owned(), "yes".to_owned());
        }
        let check =
            Check { name: Name::explicit(name), expression: clause, is_no_inherit: false, extra };
        table.checks.insert(name.to_owned(), check);
    }
}

fn unparenthesised(text: &str) -> &str {
    text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text)
}

fn action(word: &str) -> ReferentialAction {
    match word {
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        "RESTRICT" => ReferentialAction::Restrict,
        _ => ReferentialAction::NoAction,
    }
}
