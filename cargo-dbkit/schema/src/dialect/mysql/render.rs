//! Writes actions as MySQL.

use std::collections::BTreeMap;

use sea_query::MysqlQueryBuilder;

use crate::dialect::keep;
use crate::dialect::sql::{self, Sql as Text};
use crate::diff::ConstraintKind;
use crate::model::{Column, EnumType, GeneratedKind, Index, ObjectName, Table, TableOptions};
use crate::plan::{Action, Constraint, Kept, Otherwise, Rows, Step};

use super::align::NO_ACTION;
use super::types::{default, spell};
use super::{object, sequence};

type Sql = Text<MysqlQueryBuilder>;
type Enums = BTreeMap<ObjectName, EnumType>;

fn start(words: &str) -> Sql {
    Text::start(MysqlQueryBuilder, words)
}

fn alter(table: &ObjectName) -> Sql {
    start("ALTER TABLE ").object(table)
}

/// The kept value of a column, over the row that it belongs to.
pub(super) fn kept_value(kept: &Kept, column: &Column, otherwise: Otherwise) -> String {
    keep::value(start(""), kept, column, None, otherwise)
}

pub(super) fn render(step: &Step) -> Vec<String> {
    let enums = &step.enums;
    let sql = match &*step.action {
        Action::Script(text) => return vec![text.clone()],
        // A copy is no part of a transaction here; its rows are.
        Action::KeepRows(kept) => {
            return vec![
                keep::copy(start(""), kept, None).raw("\nLIMIT 0").finish(),
                keep::fill(start(""), kept).finish(),
            ];
        }
        Action::CheckRows(kept) => return keep::check(start, kept),
        Action::ReturnRows(kept) => keep::give_back(start(""), kept, None, ""),
        Action::CreateObject(object) => return object::create(object),
        Action::DropObject(object) => return object::drop(object),
        Action::AlterObject { from, to } => return object::alter(from, to),
        Action::SetProperty { id, key, from, to } => {
            return object::set_property(id, key, from.as_deref(), to.as_deref());
        }
        Action::CreateSequence(new) => return vec![sequence::create(new)],
        Action::DropSequence(name) => start("DROP SEQUENCE ").object(name),
        Action::AlterSequence { from, to } => return sequence::alter(from, to),
        Action::AdvanceSequence { table, column, sequence: Some(name), options } => {
            return vec![sequence::advance(table, column, name, options)];
        }
        // A column that counts by itself goes past its rows.
        Action::AdvanceSequence { sequence: None, .. } => return Vec::new(),
        Action::CreateTable(table) => return vec![create_table(table, enums)],
        Action::DropTable(name) => start("DROP TABLE ").object(name),
        // A sequence is a table to the server.
        Action::RenameSequence { from, to } | Action::RenameTable { from, to } => {
            start("RENAME TABLE ").object(from).raw(" TO ").object(to)
        }
        Action::SetTableOptions { table, from, to } => {
            let is_repartitioned = from.partition_by != to.partition_by;
            let mut alike = from.clone();
            alike.partition_by.clone_from(&to.partition_by);
            let mut statements = Vec::new();
            if alike != *to {
                statements.push(alter(table).raw(&changed_options(from, to)).finish());
            }
            if is_repartitioned {
                statements.push(match &to.partition_by {
                    Some(by) => alter(table).raw("\n    PARTITION BY ").raw(by).finish(),
                    None => alter(table).raw(" REMOVE PARTITIONING").finish(),
                });
            }
            return statements;
        }
        Action::AddColumn { table, column } => {
            alter(table).raw(" ADD COLUMN ").raw(&column_definition(column, enums))
        }
        Action::DropColumn { table, column } => alter(table).raw(" DROP COLUMN ").name(column),
        Action::RenameColumn { table, from, to } => {
            alter(table).raw(" RENAME COLUMN ").name(from).raw(" TO ").name(to)
        }
        Action::ModifyColumn { table, column } => {
            alter(table).raw(" MODIFY COLUMN ").raw(&column_definition(column, enums))
        }
        Action::ReplacePrimaryKey { table, key } => {
            let sql = alter(table).raw(" DROP PRIMARY KEY");
            sql.maybe(key.as_ref(), |sql, key| {
                sql.raw(", ADD ").raw(&constraint(&Constraint::PrimaryKey(key.clone())))
            })
        }
        Action::AddConstraint { table, constraint: added } => {
            alter(table).raw("\n    ADD ").raw(&constraint(added))
        }
        Action::DropConstraint { table, kind, name } => match kind {
            ConstraintKind::PrimaryKey => alter(table).raw(" DROP PRIMARY KEY"),
            ConstraintKind::Unique => alter(table).raw(" DROP INDEX ").name(name),
            ConstraintKind::ForeignKey => alter(table).raw(" DROP FOREIGN KEY ").name(name),
            ConstraintKind::Check => alter(table).raw(" DROP CONSTRAINT ").name(name),
        },
        Action::CreateIndex { table, index } => create_index(table, index),
        Action::DropIndex { table, index } => {
            start("DROP INDEX ").name(&index.name.text).raw(" ON ").object(table)
        }
        Action::RenameIndex { table, from, to } => {
            alter(table).raw(" RENAME INDEX ").name(from).raw(" TO ").name(to)
        }
        Action::Update { table, column, value, rows, has_deferred: _ } => {
            let sql =
                start("UPDATE ").object(table).raw(" SET ").name(column).raw(" = ").value(value);
            match rows {
                Rows::All => sql,
                Rows::Null => sql.raw(" WHERE ").name(column).raw(" IS NULL"),
                Rows::Equal(text) => sql.raw(" WHERE ").name(column).raw(" = ").literal(text),
            }
        }
        // `plan` does not emit these for a dialect that restates columns and has neither types nor namespaces.
        Action::CreateNamespace(_)
        | Action::DropNamespace(_)
        | Action::RenameNamespace { .. }
        | Action::CreateEnum(_)
        | Action::DropEnum(_)
        | Action::RenameEnum { .. }
        | Action::RenameEnumValue { .. }
        | Action::AddEnumValue { .. }
        | Action::RenameObject { .. }
        | Action::Rebuild(_)
        | Action::SetType { .. }
        | Action::SetDefault { .. }
        | Action::DropDefault { .. }
        | Action::SetNotNull { .. }
        | Action::DropNotNull { .. }
        | Action::AddIdentity { .. }
        | Action::AlterIdentity { .. }
        | Action::DropIdentity { .. }
        | Action::DropExpression { .. }
        | Action::RenameConstraint { .. }
        | Action::SetComment { .. } => return Vec::new(),
    };
    vec![sql.finish()]
}

fn create_table(table: &Table, enums: &Enums) -> String {
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .map(|column| column_definition(&plain(column, table), enums))
        .collect();
    parts.extend(
        table.primary_key.iter().map(|key| constraint(&Constraint::PrimaryKey(key.clone()))),
    );
    parts.extend(
        table.uniques.values().cloned().map(|unique| constraint(&Constraint::Unique(unique))),
    );
    parts.extend(table.checks.values().cloned().map(|check| constraint(&Constraint::Check(check))));
    parts.extend(
        table.foreign_keys.values().cloned().map(|key| constraint(&Constraint::ForeignKey(key))),
    );
    parts.extend(table.indexes.values().map(inline_index));
    let head = start("CREATE TABLE ").object(&table.name).finish();
    let mut tail = changed_options(&TableOptions::default(), &table.options);
    if let Some(by) = &table.options.partition_by {
        tail.push_str(&format!("\nPARTITION BY {by}"));
    }
    sql::layout(&head, &parts, &tail)
}

/// A column of a new table: what the table says need not be said again.
fn plain(column: &Column, table: &Table) -> Column {
    let mut column = column.clone();
    if column.collation.is_some() && column.collation == table.options.collation {
        column.collation = None;
        column.charset = None;
    }
    column
}

/// An index that has to be there with its table.
fn inline_index(index: &Index) -> String {
    start(if index.is_unique { "UNIQUE KEY " } else { "KEY " })
        .name(&index.name.text)
        .raw(" ")
        .list(&index.parts, Text::index_part)
        .finish()
}

/// The options that differ, each with a space before it.
fn changed_options(from: &TableOptions, to: &TableOptions) -> String {
    let mut sql = start("");
    if let Some(engine) = to.engine.as_ref().filter(|_| from.engine != to.engine) {
        sql = sql.raw(" ENGINE = ").raw(engine);
    }
    if let Some(charset) = to.charset.as_ref().filter(|_| from.charset != to.charset) {
        sql = sql.raw(" DEFAULT CHARSET = ").raw(charset);
    }
    if let Some(collation) = to.collation.as_ref().filter(|_| from.collation != to.collation) {
        sql = sql.raw(" COLLATE = ").raw(collation);
    }
    if from.comment != to.comment {
        sql = sql.raw(" COMMENT = ").literal(to.comment.as_deref().unwrap_or_default());
    }
    let keys: std::collections::BTreeSet<&String> =
        from.extra.properties.keys().chain(to.extra.properties.keys()).collect();
    for key in keys {
        let (before, after) = (from.extra.properties.get(key), to.extra.properties.get(key));
        if let Some(option) = key.strip_prefix("option:").filter(|_| before != after) {
            let value = after.map_or("DEFAULT", String::as_str);
            let value = if after.is_none() && option != "row_format" { "0" } else { value };
            sql = sql.raw(&format!(" {} = {value}", option.to_uppercase()));
        }
    }
    let text = sql.finish();
    // An option that is no longer said stays as it is: the server's default is not known here.
    if text.is_empty() && from != to { " COMMENT = ''".to_owned() } else { text }
}

fn column_definition(column: &Column, enums: &Enums) -> String {
    start("")
        .name(&column.name)
        .raw(" ")
        .raw(&spell(&column.ty, enums))
        .maybe(column.charset.as_ref(), |sql, charset| sql.raw(" CHARACTER SET ").raw(charset))
        .maybe(column.collation.as_ref(), |sql, collation| sql.raw(" COLLATE ").raw(collation))
        .maybe(column.generated.as_ref(), |sql, generated| {
            let kind = match generated.kind {
                GeneratedKind::Stored => ") STORED",
                GeneratedKind::Virtual => ") VIRTUAL",
            };
            sql.raw(" GENERATED ALWAYS AS (").raw(&generated.expression).raw(kind)
        })
        // MariaDB refuses NOT NULL on a generated column.
        .when(!column.is_nullable && column.generated.is_none(), " NOT NULL")
        .when(column.is_nullable && column.generated.is_none(), " NULL")
        .maybe(column.default.as_ref(), |sql, value| {
            sql.raw(" DEFAULT ").raw(&default(column, value))
        })
        .maybe(column.on_update.as_ref(), |sql, expression| sql.raw(" ON UPDATE ").raw(expression))
        .when(column.identity.is_some(), " AUTO_INCREMENT")
        .when(column.extra.properties.contains_key("invisible"), " INVISIBLE")
        .maybe(column.comment.as_ref(), |sql, comment| sql.raw(" COMMENT ").literal(comment))
        .maybe(column.extra.properties.get("check"), |sql, check| {
            sql.raw(" CHECK (").raw(check).raw(")")
        })
        .finish()
}

fn constraint(constraint: &Constraint) -> String {
    let named = |name: &str| start("CONSTRAINT ").name(name).raw(" ");
    match constraint {
        Constraint::PrimaryKey(key) => {
            let prefixes = key.extra.properties.get("prefixes");
            let lengths: Vec<&str> =
                prefixes.map(|text| text.split(',').collect()).unwrap_or_default();
            start("PRIMARY KEY ").list(key.columns.iter().enumerate(), |sql, (at, column)| {
                let length = lengths.get(at).copied().filter(|length| !length.is_empty());
                sql.name(column).maybe(length, |sql, length| sql.raw(&format!("({length})")))
            })
        }
        Constraint::Unique(unique) => {
            named(&unique.name.text).raw("UNIQUE ").names(&unique.columns)
        }
        Constraint::Check(check) => named(&check.name.text)
            .check(check)
            .when(check.extra.properties.contains_key("not_enforced"), " NOT ENFORCED"),
        Constraint::ForeignKey(key) => {
            let says = key.extra.properties.get(NO_ACTION).map_or("", String::as_str);
            named(&key.name.text)
                .foreign_key(key)
                .when(says.contains("delete"), " ON DELETE NO ACTION")
                .when(says.contains("update"), " ON UPDATE NO ACTION")
        }
    }
    .finish()
}

fn create_index(table: &ObjectName, index: &Index) -> Sql {
    let special = match index.method.as_deref() {
        Some("fulltext") => Some("FULLTEXT "),
        Some("spatial") => Some("SPATIAL "),
        _ => None,
    };
    start("CREATE ")
        .when(index.is_unique, "UNIQUE ")
        .maybe(special, Text::raw)
        .raw("INDEX ")
        .name(&index.name.text)
        .raw(" ON ")
        .object(table)
        .raw(" ")
        .list(&index.parts, Text::index_part)
        .maybe(index.method.as_ref().filter(|_| special.is_none()), |sql, method| {
            sql.raw(" USING ").raw(method)
        })
        .maybe(index.comment.as_ref(), |sql, comment| sql.raw(" COMMENT ").literal(comment))
        .when(index.extra.properties.contains_key("ignored"), " IGNORED")
}
