//! SQLite.

use super::{LockKey, Timeouts, Words};
use crate::history::{HistoryTable, definition};

pub(crate) struct Sqlite;

impl Words for Sqlite {
    fn has_transactional_ddl(&self) -> bool {
        true
    }

    fn is_missing_table(&self, _code: Option<&str>, message: &str) -> bool {
        message.contains("no such table")
    }

    fn quoted(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn create_history(&self, table: &HistoryTable) -> Vec<String> {
        vec![definition(&table.name(self), "text", "CURRENT_TIMESTAMP")]
    }

    fn upsert(&self, table: &str, columns: &[&str], values: &[String]) -> String {
        format!(
            "INSERT OR REPLACE INTO {table} ({}) VALUES ({})",
            columns.join(", "),
            values.join(", ")
        )
    }

    // IMMEDIATE takes the write lock now; a deferred one could fail half-way.
    fn begin(&self, _timeouts: Timeouts) -> String {
        "BEGIN IMMEDIATE".to_owned()
    }

    fn set_timeouts(&self, _timeouts: Timeouts) -> Option<String> {
        None
    }

    // The write lock of each transaction is the lock.
    fn try_lock(&self, _key: &LockKey) -> Option<String> {
        None
    }

    fn unlock(&self, _key: &LockKey) -> Option<String> {
        None
    }

    fn lock_holder(&self, _key: &LockKey) -> Option<String> {
        None
    }
}
