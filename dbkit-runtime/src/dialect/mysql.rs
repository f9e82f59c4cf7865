//! MySQL and MariaDB.

use super::{LockKey, Timeouts, Words};
use crate::history::{HistoryTable, definition};

pub(crate) struct Mysql;

impl Words for Mysql {
    fn has_transactional_ddl(&self) -> bool {
        false
    }

    fn is_missing_table(&self, code: Option<&str>, _message: &str) -> bool {
        code == Some("1146")
    }

    fn quoted(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
    }

    fn create_history(&self, table: &HistoryTable) -> Vec<String> {
        vec![definition(&table.name(self), "datetime", "CURRENT_TIMESTAMP")]
    }

    fn upsert(&self, table: &str, columns: &[&str], values: &[String]) -> String {
        format!("REPLACE INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
    }

    fn begin(&self, _timeouts: Timeouts) -> String {
        "START TRANSACTION".to_owned()
    }

    fn set_timeouts(&self, timeouts: Timeouts) -> Option<String> {
        // Whole seconds, at least one.
        timeouts.lock.map(|milliseconds| {
            format!("SET SESSION lock_wait_timeout = {}", milliseconds.div_ceil(1000).max(1))
        })
    }

    fn try_lock(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT GET_LOCK({}, 0)", name(key)))
    }

    fn unlock(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT RELEASE_LOCK({})", name(key)))
    }

    fn lock_holder(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT CONCAT('connection ', IS_USED_LOCK({}))", name(key)))
    }
}

// Locks are of the whole server, so the database is part of the name, which has at most 64 characters.
fn name(key: &LockKey) -> String {
    format!("CONCAT('dbkit_{:016x}_', LEFT(MD5(DATABASE()), 16))", key.0)
}
