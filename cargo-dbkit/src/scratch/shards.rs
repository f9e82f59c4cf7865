//! SQL of many SQLite tables, loaded into several databases instead of one.
//!
//! SQLite looks at its whole catalog again for every table and index that is made, so that a thousand tables take a hundred times as long as a
//! hundred. What a table, its indexes and its triggers are depends on no other table, and the catalog is a list of their texts, so
//! they may as well be made side by side. Whatever else a file holds (a view, `ALTER`, rows), a name that comes twice or an error: then
//! nothing is said here, and all of it is loaded into one database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use dbkit_build::split;
use dbkit_schema::dialect::Catalog;
use dbkit_schema::dialect::sqlite::{Made, made};
use dbkit_schema::model::DialectName;

use super::SqlFile;
use crate::database::{Database, Missing};
use crate::inspect;
use crate::ledger;
use crate::url::Address;

/// So many tables share a database, about. A new one costs as much as some ten tables do.
const TABLES: usize = 24;

/// Fewer tables than these are not worth the trouble.
const MANY: usize = 100;

/// What was read by this process, by the statements that made it: two versions of a schema have most of it in common.
static KNOWN: Mutex<BTreeMap<String, Catalog>> = Mutex::new(BTreeMap::new());

/// The catalog of what files make.
pub(super) fn catalog(files: &[SqlFile]) -> Option<Catalog> {
    sharded(files, MANY, TABLES)
}

fn sharded(files: &[SqlFile], many: usize, tables: usize) -> Option<Catalog> {
    // What makes a table, and all that stands on it.
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for file in files {
        for range in split::split(&file.text, ledger::flavor(DialectName::Sqlite)).ok()? {
            let sql = &file.text[range];
            let Made { name, table } = made(sql)?;
            match table {
                Some(table) => groups[*places.get(&table)?].1.push(sql),
                None => {
                    places.insert(name.clone(), groups.len());
                    groups.push((name.clone(), vec![sql]));
                }
            }
            if !names.insert(name) {
                return None;
            }
        }
    }
    if groups.len() < many {
        return None;
    }
    // By name, so that a table more or less changes one of them.
    let mut shards = vec![String::new(); (groups.len() / tables).next_power_of_two()];
    let count = shards.len();
    for (name, statements) in &groups {
        let number =
            name.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31) ^ usize::from(byte));
        for sql in statements {
            shards[number % count].extend([sql, ";\n"]);
        }
    }
    let mut whole: Option<Catalog> = None;
    for shard in shards.iter().filter(|shard| !shard.is_empty()) {
        let part = read(shard)?;
        match &mut whole {
            None => whole = Some(part),
            Some(whole) => {
                for (query, rows) in part.rows {
                    whole.rows.entry(query).or_default().extend(rows);
                }
            }
        }
    }
    whole
}

fn read(statements: &str) -> Option<Catalog> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(catalog) = known.get(statements) {
        return Some(catalog.clone());
    }
    let memory = Address::Sqlite(":memory:".to_owned());
    let mut database = Database::open(&memory, Missing::Create).ok()?;
    database.driver.execute(&format!("BEGIN;\n{statements}")).ok()?;
    let catalog = inspect::catalog(&mut database, "the scratch database").ok()?;
    known.insert(statements.to_owned(), catalog.clone());
    Some(catalog)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER REFERENCES B (Id));
        CREATE TABLE \"B\" (id INTEGER PRIMARY KEY AUTOINCREMENT, \"odd name\" TEXT UNIQUE CHECK (\"odd name\" <> ''));
        CREATE INDEX a_b ON A (b_id DESC) WHERE b_id > 0;
        CREATE TABLE c (x, y, PRIMARY KEY (x, y)) WITHOUT ROWID, STRICT;
        CREATE TRIGGER b_gone AFTER DELETE ON b BEGIN DELETE FROM a WHERE b_id = old.id; END;";

    fn file(text: &str) -> Vec<SqlFile> {
        vec![SqlFile { path: "schema.sql".to_owned(), text: text.to_owned() }]
    }

    /// The rows of its only query.
    fn sorted(catalog: Catalog) -> Vec<Vec<Option<String>>> {
        let mut rows: Vec<_> = catalog.rows.into_values().flatten().collect();
        rows.sort();
        rows
    }

    #[test]
    fn several_databases_hold_together_what_one_would() {
        let text = SQL.replace("(x, y, PRIMARY", "(x INT, y INT, PRIMARY");
        let in_one = read(&text).expect("SQLite takes it");
        for tables in [1, 2, 9] {
            let in_several = sharded(&file(&text), 1, tables).expect("it can be split");
            assert_eq!(sorted(in_several), sorted(in_one.clone()), "{tables} tables in each");
        }
    }

    #[test]
    fn what_needs_one_database_or_is_wrong_is_not_split() {
        for text in [
            "CREATE TABLE a (x); CREATE VIEW v AS SELECT x FROM a;",
            "CREATE TABLE a (x); ALTER TABLE a ADD COLUMN y;",
            "CREATE TABLE a (x); CREATE TABLE A (y);",
            "CREATE TABLE a (x); CREATE TABLE b (x); CREATE INDEX b ON a (x);",
            "CREATE INDEX i ON a (x); CREATE TABLE a (x);",
            "CREATE TABLE a (x); CREATE INDEX i ON a (y);",
            "CREATE TABLE a (x); CREATE TABLE b (",
        ] {
            assert!(sharded(&file(text), 1, 1).is_none(), "{text}");
        }
        assert!(sharded(&file("CREATE TABLE a (x);"), 2, 1).is_none(), "one is not worth it");
    }
}
