//! What a rebuild of SQLite tables needs beside its script: the triggers that go with the old table, and rows that must not point nowhere.

use std::collections::BTreeMap;

use super::Run;
use crate::error::{Error, Kind};

/// Triggers by name: their table and their SQL.
pub(super) type Triggers = BTreeMap<String, (String, String)>;

/// Who wrote a script that rebuilds tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Dbkit,
    Hand,
}

impl Origin {
    pub(super) fn of(script: &str) -> Self {
        if script.contains("\"__dbkit_new_") { Self::Dbkit } else { Self::Hand }
    }
}

const MOST_VIOLATIONS: usize = 20;

impl Run<'_> {
    /// Remembers the triggers before a table is dropped.
    ///
    /// A script of dbkit's own fills a table with a telling name first. Where there is none, the table does not come back: another one may
    /// get its name, which the triggers have nothing to do with.
    pub(super) async fn remember_triggers(
        &self,
        triggers: &mut Triggers,
        origin: Origin,
    ) -> Result<(), Error> {
        let of_rebuilt = match origin {
            Origin::Dbkit => {
                " AND EXISTS (SELECT 1 FROM sqlite_master AS new WHERE new.type = 'table' AND new.name = '__dbkit_new_' || old.tbl_name COLLATE NOCASE)"
            }
            Origin::Hand => "",
        };
        let rows = self
            .port
            .query(&format!("SELECT name, tbl_name, sql FROM sqlite_master AS old WHERE old.type = 'trigger'{of_rebuilt}"))
            .await?;
        for row in rows {
            if let [Some(name), Some(table), Some(sql)] = &row[..] {
                triggers.insert(name.clone(), (table.clone(), sql.clone()));
            }
        }
        Ok(())
    }

    /// Brings back those whose table is there again, and which the script itself has not brought back.
    pub(super) async fn restore_triggers(&self, triggers: Triggers) -> Result<(), Error> {
        if triggers.is_empty() {
            return Ok(());
        }
        let rows = self
            .port
            .query("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'table', 'view')")
            .await?;
        let there: Vec<String> = rows.into_iter().flatten().flatten().collect();
        for (name, (table, sql)) in triggers {
            let is_gone = !there.contains(&name);
            let has_table = there.iter().any(|known| known.eq_ignore_ascii_case(&table));
            if is_gone && has_table {
                self.port.execute(sql).await?;
            }
        }
        Ok(())
    }

    /// Looks for rows that point nowhere.
    pub(super) async fn check_foreign_keys(&self, id: &str) -> Result<(), Error> {
        let violations = self.port.query("PRAGMA foreign_key_check").await?;
        if violations.is_empty() {
            return Ok(());
        }
        let describe = |row: &Vec<Option<String>>| {
            let cell = |at: usize| row.get(at).and_then(Option::as_deref).unwrap_or("?");
            format!("row {} of `{}` points to `{}`", cell(1), cell(0), cell(2))
        };
        let mut lines: Vec<String> =
            violations.iter().take(MOST_VIOLATIONS).map(describe).collect();
        if violations.len() > MOST_VIOLATIONS {
            lines.push(format!("and {} more", violations.len() - MOST_VIOLATIONS));
        }
        Err(Error::new(Kind::ForeignKeys { id: id.to_owned(), violations: lines }))
    }
}
