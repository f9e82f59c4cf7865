//! MySQL and MariaDB.

use std::time::Duration;

use super::{LockKey, Setting, Timeouts, Wanted, Words};
use crate::driver::DriverError;
use crate::history::{HistoryTable, definition};

pub(crate) struct Mysql;

impl Words for Mysql {
    fn has_transactional_ddl(&self) -> bool {
        false
    }

    fn is_missing_table(&self, error: &DriverError) -> bool {
        // 1146: no such table; 1049: no such database, which is where a history in a schema would be.
        matches!(error.code.as_deref(), Some("1146" | "1049"))
    }

    fn is_missing_column(&self, error: &DriverError) -> bool {
        error.code.as_deref() == Some("1054")
    }

    fn is_duplicate_column(&self, error: &DriverError) -> bool {
        error.code.as_deref() == Some("1060")
    }

    fn quoted(&self, name: &str) -> String {
        format!("`{}`", name.replace('`', "``"))
    }

    fn literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
    }

    fn moment(&self, ago: Duration) -> String {
        format!("UTC_TIMESTAMP(3) - INTERVAL {} MICROSECOND", ago.as_micros())
    }

    fn current_user(&self) -> &'static str {
        "CURRENT_USER()"
    }

    fn locate_history(&self, _table: &str) -> Option<String> {
        Some("SELECT DATABASE()".to_owned())
    }

    fn create_history(&self, table: &HistoryTable) -> Vec<String> {
        // The server's defaults could be a table without transactions, or names that are the same in upper and lower case.
        let options = " ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin";
        vec![definition(&table.name(self), "datetime(3)", options)]
    }

    fn upsert(&self, table: &str, columns: &[&str], values: &[String]) -> String {
        format!("REPLACE INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
    }

    fn begin(&self, _timeouts: Timeouts) -> Vec<String> {
        vec!["START TRANSACTION".to_owned()]
    }

    fn run_settings(&self, timeouts: Timeouts, _lock_wait: Duration) -> Vec<Setting> {
        // Whole seconds, at least one.
        let setting = |milliseconds: u64| Setting {
            read: "SELECT @@SESSION.lock_wait_timeout",
            write: "SET SESSION lock_wait_timeout =",
            wanted: Wanted::Exactly(milliseconds.div_ceil(1000).max(1)),
        };
        timeouts.lock.map(setting).into_iter().collect()
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

// Locks are of the whole server; the key has the database in it, because the history's schema is one.
fn name(key: &LockKey) -> String {
    format!("'dbkit_{:016x}'", key.0)
}
