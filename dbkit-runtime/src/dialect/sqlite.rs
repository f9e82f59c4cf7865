//! SQLite.

use std::time::Duration;

use super::{Setting, Timeouts, Wanted, Words};
use crate::driver::DriverError;
use crate::history::{HistoryTable, definition};
use crate::log;

pub(crate) struct Sqlite;

/// One tree instead of two for each table: half of the pages that a migration writes beside its own.
const WITHOUT_ROWID: &str = " WITHOUT ROWID";

impl Words for Sqlite {
    fn has_transactional_ddl(&self) -> bool {
        true
    }

    fn locks_by_transaction(&self) -> bool {
        true
    }

    fn rebuilds_tables(&self) -> bool {
        true
    }

    fn is_missing_table(&self, error: &DriverError) -> bool {
        error.message.contains("no such table")
    }

    fn is_missing_column(&self, error: &DriverError) -> bool {
        error.message.contains("no such column")
    }

    fn is_duplicate_column(&self, error: &DriverError) -> bool {
        error.message.contains("duplicate column name")
    }

    // BEGIN, COMMIT and a statement of its own leave everything as it was when they answer SQLITE_BUSY.
    // https://www.sqlite.org/lang_transaction.html
    fn is_safe_to_repeat(&self, error: &DriverError) -> bool {
        error.is_busy
    }

    // <https://www.sqlite.org/pragma.html#pragma_data_version>: changes of this connection do not count.
    fn change_mark(&self) -> Option<&'static str> {
        Some("PRAGMA data_version")
    }

    fn moment(&self, ago: Duration) -> String {
        format!("strftime('%Y-%m-%d %H:%M:%f', 'now', '-{:.3} seconds')", ago.as_secs_f64())
    }

    fn create_history(&self, table: &HistoryTable) -> Vec<String> {
        vec![
            log::definition(&table.log().name(self), "text", WITHOUT_ROWID),
            definition(&table.name(self), "text", WITHOUT_ROWID),
        ]
    }

    // Not ON CONFLICT, which came with 3.24.
    fn upsert(&self, table: &str, columns: &[&str], values: &[String]) -> String {
        format!(
            "INSERT OR REPLACE INTO {table} ({}) VALUES ({})",
            columns.join(", "),
            values.join(", ")
        )
    }

    // IMMEDIATE takes the write lock now; a deferred one could fail half-way.
    fn begin(&self, _timeouts: Timeouts) -> Vec<String> {
        vec!["BEGIN IMMEDIATE".to_owned()]
    }

    // A connection that waits longer inside SQLite than the run may wait would miss the deadline.
    fn run_settings(&self, _lock_timeout: Option<Duration>, lock_wait: Duration) -> Vec<Setting> {
        let wait = u64::try_from(lock_wait.as_millis()).unwrap_or(u64::MAX);
        vec![Setting {
            read: "PRAGMA busy_timeout",
            write: "PRAGMA busy_timeout =",
            wanted: Wanted::AtMost(wait),
        }]
    }

    fn script_settings(
        &self,
        script: &str,
        without_foreign_keys: bool,
        _has_alone: bool,
    ) -> Vec<Setting> {
        let mut settings = Vec::new();
        if without_foreign_keys {
            // Inside a transaction it would do nothing, without a word.
            settings.push(Setting {
                read: "PRAGMA foreign_keys",
                write: "PRAGMA foreign_keys =",
                wanted: Wanted::Exactly(0),
            });
        }
        if script.contains("legacy_alter_table") {
            settings.push(Setting {
                read: "PRAGMA legacy_alter_table",
                write: "PRAGMA legacy_alter_table =",
                wanted: Wanted::Anything,
            });
        }
        settings
    }
}
