//! Puts simple rows into the tables of a scratch database.

use std::collections::{BTreeMap, BTreeSet};

use dbkit_runtime::Driver;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect::sample::{self, Parents};
use dbkit_schema::model::{DialectName, ObjectName, Schema, Table};

use crate::spelling;

/// How many rows a table gets at first; after each change of it, one more.
const FIRST: usize = 2;

/// Gives rows to tables.
#[derive(Debug)]
pub(super) struct Seeder {
    dialect: DialectName,
    number: u64,
    /// How many rows were put in.
    pub(super) rows: usize,
    counts: BTreeMap<ObjectName, usize>,
    /// Tables that take none, and why.
    refused: BTreeMap<ObjectName, String>,
}

impl Seeder {
    pub(super) fn new(dialect: DialectName) -> Self {
        let (counts, refused) = (BTreeMap::new(), BTreeMap::new());
        Self { dialect, number: 0, rows: 0, counts, refused }
    }

    /// The database is another one.
    pub(super) fn forget(&mut self) {
        self.counts.clear();
    }

    /// Gives rows to tables that have none of its rows yet, and one more to those that have changed.
    pub(super) fn fill(
        &mut self,
        driver: &mut dyn Driver,
        schema: &Schema,
        changed: &BTreeSet<ObjectName>,
    ) {
        self.counts.retain(|name, _| schema.tables.contains_key(name));
        self.refused.retain(|name, _| schema.tables.contains_key(name));
        for table in sample::in_order(schema) {
            let is_changed = changed.contains(&table.name);
            if table.options.partition_of.is_some()
                || (self.refused.contains_key(&table.name) && !is_changed)
            {
                continue;
            }
            let had = self.counts.get(&table.name).copied().unwrap_or(0);
            let wanted = FIRST.saturating_sub(had).max(usize::from(is_changed));
            for _ in 0..wanted {
                match self.put(driver, schema, table) {
                    Ok(()) => {
                        self.refused.remove(&table.name);
                        self.rows += 1;
                        *self.counts.entry(table.name.clone()).or_insert(0) += 1;
                    }
                    // One row is enough to know something.
                    Err(_) if self.counts.contains_key(&table.name) => break,
                    Err(reason) => {
                        self.refused.insert(table.name.clone(), reason);
                        break;
                    }
                }
            }
        }
    }

    fn put(
        &mut self,
        driver: &mut dyn Driver,
        schema: &Schema,
        table: &Table,
    ) -> Result<(), String> {
        self.number += 1;
        let mut parents = Parents::new();
        for key in table.foreign_keys.values() {
            let Some(sql) = sample::parents(key, schema, self.dialect) else { continue };
            let rows = driver.query(&sql).unwrap_or_default();
            let rows = rows.into_iter().map(|row| row.into_iter().flatten().collect()).collect();
            parents.insert(key.name.text.clone(), rows);
        }
        let mut said = None;
        for attempt in 0..sample::ATTEMPTS {
            let sql = sample::attempt(schema, table, &parents, self.number, attempt, self.dialect)?;
            match driver.execute(&sql) {
                Ok(()) => return Ok(()),
                Err(error) => {
                    said.get_or_insert_with(|| error.to_string());
                }
            }
        }
        Err(said.unwrap_or_default())
    }

    /// Which tables have no rows of its.
    pub(super) fn problem(&self) -> Option<Diagnostic> {
        const MANY: usize = 8;
        if self.refused.is_empty() {
            return None;
        }
        let count = self.refused.len();
        let mut problem = Diagnostic::warning(
            "DBK0607",
            format!(
                "{} got no rows, so nothing is known of what becomes of {}",
                spelling::count(count, "table"),
                if count == 1 { "its rows" } else { "theirs" }
            ),
        );
        for (name, reason) in self.refused.iter().take(MANY) {
            problem = problem.note(format!("`{name}`: {reason}"));
        }
        if count > MANY {
            problem = problem.note(format!("and {} more", count - MANY));
        }
        Some(problem.help("what a table wants that no simple row has (a trigger, a check over several columns) is yours to try"))
    }
}
