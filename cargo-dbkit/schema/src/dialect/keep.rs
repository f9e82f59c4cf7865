//! Writes the copies of what is dropped, and their way back; the same words in all dialects.

use crate::model::{Column, ColumnType};
use crate::plan::{Kept, LOOK, Otherwise, Value};

use super::sql::{Backend, Sql};

/// How a type is spelled where a value of a type that may be dropped is kept as text; `None`: types are no things of their own.
pub(crate) type Spell = Option<fn(&ColumnType) -> String>;

/// `SELECT .. FROM ..`: what is copied.
fn selection<B: Backend>(mut sql: Sql<B>, kept: &Kept, spell: Spell) -> Sql<B> {
    sql = sql.raw("SELECT ");
    for (at, column) in kept.columns().into_iter().enumerate() {
        sql = sql.when(at > 0, ", ").name(&column.name);
        if spell.is_some() && Kept::is_text(column) {
            sql = sql.raw("::text AS ").name(&column.name);
        }
    }
    sql.raw("\nFROM ").object(&kept.table.name)
}

/// `CREATE TABLE .. AS SELECT ..`.
pub(crate) fn copy<B: Backend>(sql: Sql<B>, kept: &Kept, spell: Spell) -> Sql<B> {
    selection(sql.raw("CREATE TABLE ").object(&kept.into).raw(" AS\n"), kept, spell)
}

/// `INSERT INTO .. SELECT ..` into the copy, which is there.
pub(crate) fn fill<B: Backend>(sql: Sql<B>, kept: &Kept) -> Sql<B> {
    selection(sql.raw("INSERT INTO ").object(&kept.into).raw("\n"), kept, None)
}

/// Fails if there is no copy; and an index, without which every row would be searched for in all of the copy.
pub(crate) fn check<B: Backend>(start: impl Fn(&str) -> Sql<B>, kept: &Kept) -> Vec<String> {
    let mut statements = vec![start(LOOK).object(&kept.into).finish()];
    // MySQL indexes no text of any length; a key of such is slow there, and right.
    let is_long = |column: &Column| matches!(column.ty, ColumnType::Text | ColumnType::Bytes);
    if !kept.dropped.is_empty() && !kept.key().any(is_long) {
        let sql = start("CREATE INDEX ").name(&kept.key_name()).raw(" ON ").object(&kept.into);
        statements.push(sql.raw(" ").names(kept.key().map(|column| &column.name)).finish());
    }
    statements
}

/// `INSERT INTO .. SELECT ..` from the copy; `words` stand between.
pub(crate) fn give_back<B: Backend>(sql: Sql<B>, kept: &Kept, spell: Spell, words: &str) -> Sql<B> {
    let columns = kept.columns();
    let names = columns.iter().map(|column| &column.name);
    let mut sql = sql
        .raw("INSERT INTO ")
        .object(&kept.table.name)
        .raw(" ")
        .names(names)
        .raw(words)
        .raw("\nSELECT ");
    for (at, column) in columns.into_iter().enumerate() {
        sql = typed(sql.when(at > 0, ", ").name(&column.name), column, spell);
    }
    sql.raw("\nFROM ").object(&kept.into)
}

fn typed<B: Backend>(sql: Sql<B>, column: &Column, spell: Spell) -> Sql<B> {
    match spell {
        Some(spell) if Kept::is_text(column) => sql.raw("::").raw(&spell(&column.ty)),
        _ => sql,
    }
}

/// The kept value of a column, over the row that it belongs to.
pub(crate) fn value<B: Backend>(
    sql: Sql<B>,
    kept: &Kept,
    column: &Column,
    spell: Spell,
    otherwise: Otherwise,
) -> String {
    let part = |sql: Sql<B>, what: &dyn Fn(Sql<B>) -> Sql<B>| {
        let mut sql = what(sql.raw("(SELECT ")).raw(" FROM ").object(&kept.into).raw(" AS kept");
        for (at, key) in kept.key().enumerate() {
            sql = sql.raw(if at == 0 { " WHERE " } else { " AND " });
            let name = |sql: Sql<B>| sql.raw("kept.").name(&key.name);
            sql = typed(name(sql), key, spell)
                .raw(" = ")
                .name(&kept.table.name.name)
                .raw(".")
                .name(&key.name);
        }
        sql.raw(")")
    };
    let own = |sql: Sql<B>| typed(sql.raw("kept.").name(&column.name), column, spell);
    let other = |sql: Sql<B>| match (otherwise, &column.default) {
        (Otherwise::Itself, _) => sql.name(&kept.table.name.name).raw(".").name(&column.name),
        (Otherwise::Default, Some(default)) => sql.value(&Value::Default(default.clone())),
        (Otherwise::Default, None) => sql.raw("NULL"),
    };
    let sql = match (&column.default, column.is_nullable) {
        (None, true) => part(sql, &own),
        (_, false) => other(part(sql.raw("coalesce("), &own).raw(", ")).raw(")"),
        // A NULL that was kept comes back as one.
        (Some(_), true) => {
            let found = part(sql.raw("CASE WHEN EXISTS "), &|sql| sql.raw("1"));
            other(part(found.raw(" THEN "), &own).raw(" ELSE ")).raw(" END")
        }
    };
    sql.finish()
}
