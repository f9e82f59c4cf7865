//! Writes actions as SQLite.

use std::collections::BTreeMap;

use sea_query::SqliteQueryBuilder;

use crate::dialect::keep;
use crate::dialect::sql::{self, Sql as Text};
use crate::model::{
    Column, EnumType, Extra, GeneratedKind, IdentityKind, Index, ObjectName, PrimaryKey, Table,
};
use crate::plan::{Action, Kept, Otherwise, Rebuild, Rows, Step};

use super::object;
use super::types::{default, spell};

type Sql = Text<SqliteQueryBuilder>;
type Enums = BTreeMap<ObjectName, EnumType>;

fn start(words: &str) -> Sql {
    Text::start(SqliteQueryBuilder, words)
}

/// The kept value of a column, over the row that it belongs to.
pub(super) fn kept_value(kept: &Kept, column: &Column, otherwise: Otherwise) -> String {
    keep::value(start(""), kept, column, None, otherwise)
}

pub(super) fn render(step: &Step) -> Vec<String> {
    let sql = match &*step.action {
        Action::Script(text) => return vec![text.clone()],
        Action::KeepRows(kept) => keep::copy(start(""), kept, None),
        Action::CheckRows(kept) => return keep::check(start, kept),
        Action::ReturnRows(kept) => keep::give_back(start(""), kept, None, ""),
        Action::CreateObject(object) => return object::create(object),
        Action::DropObject(object) => return object::drop(object),
        Action::AlterObject { from, to } => return object::alter(from, to),
        Action::SetProperty { id, key, from, to } => {
            return object::set_property(id, key, from.as_deref(), to.as_deref());
        }
        Action::CreateTable(table) => return vec![create_table(&table.name, table, &step.enums)],
        Action::DropTable(name) => start("DROP TABLE ").object(name),
        Action::RenameTable { from, to } => {
            start("ALTER TABLE ").object(from).raw(" RENAME TO ").name(&to.name)
        }
        Action::Rebuild(rebuild) => return rebuild_table(rebuild, &step.enums),
        Action::AddColumn { table, column } => {
            let definition = column_definition(column, Place::Added, &step.enums);
            start("ALTER TABLE ").object(table).raw(" ADD COLUMN ").raw(&definition)
        }
        Action::DropColumn { table, column } => {
            start("ALTER TABLE ").object(table).raw(" DROP COLUMN ").name(column)
        }
        Action::RenameColumn { table, from, to } => start("ALTER TABLE ")
            .object(table)
            .raw(" RENAME COLUMN ")
            .name(from)
            .raw(" TO ")
            .name(to),
        Action::CreateIndex { table, index } => create_index(table, index),
        Action::DropIndex { table: _, index } => start("DROP INDEX ").name(&index.name.text),
        Action::Update { table, column, value, rows, has_deferred: _ } => {
            let sql =
                start("UPDATE ").object(table).raw(" SET ").name(column).raw(" = ").value(value);
            match rows {
                Rows::All => sql,
                Rows::Null => sql.raw(" WHERE ").name(column).raw(" IS NULL"),
                Rows::Equal(text) => sql.raw(" WHERE ").name(column).raw(" = ").literal(text),
            }
        }
        // `plan` does not emit these for a dialect that rebuilds tables and has neither types, sequences nor comments.
        Action::CreateNamespace(_)
        | Action::DropNamespace(_)
        | Action::RenameNamespace { .. }
        | Action::CreateEnum(_)
        | Action::DropEnum(_)
        | Action::RenameEnum { .. }
        | Action::RenameEnumValue { .. }
        | Action::AddEnumValue { .. }
        | Action::CreateSequence(_)
        | Action::DropSequence(_)
        | Action::RenameSequence { .. }
        | Action::RenameObject { .. }
        | Action::AlterSequence { .. }
        | Action::SetTableOptions { .. }
        | Action::ModifyColumn { .. }
        | Action::SetType { .. }
        | Action::SetDefault { .. }
        | Action::DropDefault { .. }
        | Action::SetNotNull { .. }
        | Action::DropNotNull { .. }
        | Action::AddIdentity { .. }
        | Action::AlterIdentity { .. }
        | Action::DropIdentity { .. }
        | Action::AdvanceSequence { .. }
        | Action::DropExpression { .. }
        | Action::ReplacePrimaryKey { .. }
        | Action::AddConstraint { .. }
        | Action::DropConstraint { .. }
        | Action::RenameConstraint { .. }
        | Action::RenameIndex { .. }
        | Action::SetComment { .. } => return Vec::new(),
    };
    vec![sql.finish()]
}

/// `ON CONFLICT REPLACE`, where something other than the default is said.
fn on_conflict(sql: Sql, extra: &Extra) -> Sql {
    sql.maybe(extra.properties.get("on_conflict").map(String::as_str), conflict_action)
}

fn conflict_action(sql: Sql, action: &str) -> Sql {
    sql.raw(" ON CONFLICT ").raw(&action.to_uppercase())
}

/// Where a column definition stands.
#[derive(Clone, Copy, PartialEq)]
enum Place<'a> {
    /// In a table, STRICT or not.
    Table { is_strict: bool },
    /// The single-column key, which is written with the column.
    Key { is_strict: bool, key: &'a PrimaryKey },
    /// In `ADD COLUMN`, of a table that is not STRICT as far as its column goes.
    Added,
}

fn create_table(name: &ObjectName, table: &Table, enums: &Enums) -> String {
    let is_strict = table.options.is_strict;
    let inline_key = inline_key(table);
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let key = inline_key.filter(|key| key.columns[0] == column.name);
            let place = match key {
                Some(key) => Place::Key { is_strict, key },
                None => Place::Table { is_strict },
            };
            column_definition(column, place, enums)
        })
        .collect();
    if let Some(key) = table.primary_key.as_ref().filter(|_| inline_key.is_none()) {
        let sql = if key.name.is_implicit {
            start("")
        } else {
            start("CONSTRAINT ").name(&key.name.text).raw(" ")
        };
        let sql = key_parts(sql.raw("PRIMARY KEY "), &key.columns, &key.extra);
        parts.push(on_conflict(sql, &key.extra).finish());
    }
    let named = |name: &str| start("CONSTRAINT ").name(name).raw(" ");
    parts.extend(table.uniques.values().map(|unique| {
        let sql = named(&unique.name.text).raw("UNIQUE ");
        on_conflict(key_parts(sql, &unique.columns, &unique.extra), &unique.extra).finish()
    }));
    parts.extend(
        table
            .checks
            .values()
            .map(|check| on_conflict(named(&check.name.text).check(check), &check.extra).finish()),
    );
    parts.extend(
        table.foreign_keys.values().map(|key| named(&key.name.text).foreign_key(key).finish()),
    );
    let tail = match (table.options.is_strict, table.options.is_without_rowid) {
        (true, true) => " STRICT, WITHOUT ROWID",
        (true, false) => " STRICT",
        (false, true) => " WITHOUT ROWID",
        (false, false) => "",
    };
    sql::layout(&start("CREATE TABLE ").object(name).finish(), &parts, tail)
}

/// `(a COLLATE nocase DESC, b)`
fn key_parts(sql: Sql, columns: &[String], extra: &Extra) -> Sql {
    sql.list(columns.iter().enumerate(), |sql, (at, column)| {
        let words = extra.properties.get(&format!("part:{}", at + 1));
        sql.name(column).maybe(words, |sql, words| sql.raw(" ").raw(words))
    })
}

/// The key of one column that is written with it: the rowid, and what would be the rowid if it were not.
fn inline_key(table: &Table) -> Option<&PrimaryKey> {
    let key = table.primary_key.as_ref()?;
    let [name] = key.columns.as_slice() else { return None };
    let column = table.column(name)?;
    let is_descending_integer = !table.options.is_without_rowid
        && spell(&column.ty, table.options.is_strict).eq_ignore_ascii_case("integer")
        && key.extra.properties.get("part:1").is_some_and(|words| words == "DESC");
    (column.identity.is_some() || is_descending_integer).then_some(key)
}

fn column_definition(column: &Column, place: Place<'_>, enums: &Enums) -> String {
    let (is_strict, key) = match place {
        Place::Table { is_strict } => (is_strict, None),
        Place::Key { is_strict, key } => (is_strict, Some(key)),
        Place::Added => (false, None),
    };
    let is_autoincrement = column
        .identity
        .as_ref()
        .is_some_and(|identity| identity.kind == IdentityKind::AutoIncrement);
    let ty = if key.is_some() { "integer".to_owned() } else { spell(&column.ty, is_strict) };
    start("")
        .name(&column.name)
        .when(!ty.is_empty(), " ")
        .raw(&ty)
        .maybe(key, |sql, key| {
            let sql = if key.name.is_implicit {
                sql
            } else {
                sql.raw(" CONSTRAINT ").name(&key.name.text)
            };
            let is_descending = key.extra.properties.contains_key("part:1");
            on_conflict(sql.raw(" PRIMARY KEY").when(is_descending, " DESC"), &key.extra)
                .when(is_autoincrement, " AUTOINCREMENT")
        })
        .when(!column.is_nullable, " NOT NULL")
        .maybe(
            column.extra.properties.get("not_null_on_conflict").map(String::as_str),
            conflict_action,
        )
        .maybe(column.collation.as_ref(), |sql, collation| sql.raw(" COLLATE ").name(collation))
        .maybe(column.default.as_ref(), |sql, value| sql.raw(" DEFAULT ").raw(&default(value)))
        .maybe(column.generated.as_ref(), |sql, generated| {
            let kind = match generated.kind {
                GeneratedKind::Stored => ") STORED",
                GeneratedKind::Virtual => ") VIRTUAL",
            };
            sql.raw(" GENERATED ALWAYS AS (").raw(&generated.expression).raw(kind)
        })
        .maybe(column.ty.enum_name().and_then(|name| enums.get(name)), |sql, enum_type| {
            sql.raw(" CHECK (")
                .name(&column.name)
                .raw(" IN ")
                .list(&enum_type.values, |sql, value| sql.literal(value))
                .raw(")")
        })
        .finish()
}

fn create_index(table: &ObjectName, index: &Index) -> Sql {
    start("CREATE ")
        .when(index.is_unique, "UNIQUE ")
        .raw("INDEX ")
        .name(&index.name.text)
        .raw(" ON ")
        .object(table)
        .raw(" ")
        .list(&index.parts, |sql, part| match &part.target {
            // An expression stands in an index as it is; more parentheses would do no harm but read badly.
            crate::model::IndexTarget::Expression(text) => {
                sql.raw(text).when(part.order == crate::model::SortOrder::Descending, " DESC")
            }
            crate::model::IndexTarget::Column(_) => sql.index_part(part),
        })
        .maybe(index.predicate.as_ref(), |sql, predicate| sql.raw(" WHERE ").raw(predicate))
}

/// A new table takes the place of the old one: <https://www.sqlite.org/lang_altertable.html#otheralter>.
///
/// The runner has switched foreign keys off, and puts back the triggers that go with the old table.
fn rebuild_table(rebuild: &Rebuild, enums: &Enums) -> Vec<String> {
    let name = &rebuild.to.name;
    let new = ObjectName::new(format!("__dbkit_new_{}", name.name));
    let mut statements = vec![create_table(&new, &rebuild.to, enums)];
    if !rebuild.copy.is_empty() {
        let columns: Vec<&String> = rebuild.copy.iter().map(|(column, _)| column).collect();
        let values: Vec<&str> = rebuild.copy.iter().map(|(_, value)| value.as_str()).collect();
        let sql = start("INSERT INTO ")
            .object(&new)
            .raw(" ")
            .names(columns)
            .raw("\nSELECT ")
            .raw(&values.join(", "));
        statements.push(sql.raw("\nFROM ").object(name).finish());
    }
    if is_autoincrement(&rebuild.from) && is_autoincrement(&rebuild.to) {
        // Numbers of deleted rows are not given again.
        let (new_name, old_name) =
            (start("").literal(&new.name).finish(), start("").literal(&name.name).finish());
        statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {new_name}"));
        statements.push(format!(
            "INSERT INTO sqlite_sequence (name, seq)\nSELECT {new_name}, seq FROM sqlite_sequence WHERE name = {old_name}"
        ));
    }
    statements.push(start("DROP TABLE ").object(name).finish());
    // Without this, a view over the table would stop the rename, because the table is not there at the moment.
    statements.push("PRAGMA legacy_alter_table = ON".to_owned());
    statements
        .push(start("ALTER TABLE ").object(&new).raw(" RENAME TO ").name(&name.name).finish());
    statements.push("PRAGMA legacy_alter_table = OFF".to_owned());
    statements
}

fn is_autoincrement(table: &Table) -> bool {
    table.columns.iter().any(|column| {
        column
            .identity
            .as_ref()
            .is_some_and(|identity| identity.kind == IdentityKind::AutoIncrement)
    })
}
