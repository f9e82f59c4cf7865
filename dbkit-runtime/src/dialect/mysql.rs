//! MySQL and MariaDB.

use std::time::Duration;

use super::{LockKey, Setting, Timeouts, Wanted, Words};
use crate::driver::DriverError;
use crate::history::{HistoryTable, definition};
use crate::log;
use crate::sql::{Effect, Object, ObjectKind};

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
        vec![
            log::definition(&table.log().name(self), "datetime(3)", options),
            definition(&table.name(self), "datetime(3)", options),
        ]
    }

    fn upsert(&self, table: &str, columns: &[&str], values: &[String]) -> String {
        format!("REPLACE INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
    }

    fn begin(&self, _timeouts: Timeouts) -> Vec<String> {
        vec!["START TRANSACTION".to_owned()]
    }

    fn run_settings(&self, lock_timeout: Option<Duration>, _lock_wait: Duration) -> Vec<Setting> {
        // Whole seconds, at least one. The server's default is a day, during which everybody else would wait behind us.
        let wait = lock_timeout.map_or(1, |time| time.as_millis().div_ceil(1000).max(1));
        vec![Setting {
            read: "SELECT @@SESSION.lock_wait_timeout",
            write: "SET SESSION lock_wait_timeout =",
            wanted: Wanted::Exactly(u64::try_from(wait).unwrap_or(u64::MAX)),
        }]
    }

    fn try_lock(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT GET_LOCK({}, 0)", name(key)))
    }

    fn unlock(&self, key: &LockKey, _backend: Option<&str>) -> Option<String> {
        Some(format!("SELECT RELEASE_LOCK({})", name(key)))
    }

    fn tables_without_transactions(&self, tables: &[(Option<String>, String)]) -> Option<String> {
        let is_one = |(schema, name): &(Option<String>, String)| {
            let schema = schema
                .as_deref()
                .map_or_else(|| "DATABASE()".to_owned(), |name| self.literal(name));
            format!("(TABLE_SCHEMA = {schema} AND TABLE_NAME = {})", self.literal(name))
        };
        let tables: Vec<String> = tables.iter().map(is_one).collect();
        (!tables.is_empty()).then(|| {
            format!(
                "SELECT COUNT(*) FROM information_schema.TABLES WHERE ({}) AND TABLE_TYPE = 'BASE TABLE' AND ENGINE NOT IN ('InnoDB', 'ROCKSDB', 'ndbcluster')",
                tables.join(" OR ")
            )
        })
    }

    fn look(&self, effects: &[Effect]) -> Option<String> {
        let cells = effects.iter().map(|effect| {
            let (Effect::There(object) | Effect::Gone(object) | Effect::Empty(object)) = effect;
            match effect {
                Effect::Empty(_) => {
                    let schema =
                        object.schema.as_ref().map(|name| format!("{}.", self.quoted(name)));
                    let name =
                        format!("{}{}", schema.unwrap_or_default(), self.quoted(&object.name));
                    format!(
                        "(SELECT COUNT(*) = 0 FROM (SELECT 1 FROM {name} LIMIT 1) AS some_rows)"
                    )
                }
                Effect::There(_) | Effect::Gone(_) => self.is_there(object),
            }
        });
        Some(format!("SELECT {}", cells.collect::<Vec<_>>().join(", ")))
    }

    fn blockers(&self, _target: Option<&(Option<String>, String)>) -> Option<String> {
        // Who holds a table's own lock is told only by a plugin; who is in a transaction is as good as a hint gets.
        Some(
            "SELECT CONCAT('connection ', t.trx_mysql_thread_id), TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), p.COMMAND, COALESCE(LEFT(t.trx_query, 200), '') FROM information_schema.INNODB_TRX t LEFT JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id WHERE t.trx_mysql_thread_id <> CONNECTION_ID() ORDER BY t.trx_started LIMIT 3"
                .to_owned(),
        )
    }

    fn lock_holder(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT CONCAT('connection ', IS_USED_LOCK({}))", name(key)))
    }
}

impl Mysql {
    /// Whether something is there: `1` or `0`.
    fn is_there(&self, object: &Object) -> String {
        let literal = |text: &str| self.literal(text);
        let schema = object.schema.as_deref().map_or_else(|| "DATABASE()".to_owned(), &literal);
        let name = literal(&object.name);
        let table = literal(object.table.as_deref().unwrap_or_default());
        let of_table = format!("TABLE_SCHEMA = {schema} AND TABLE_NAME = {table}");
        let (view, condition) = match object.kind {
            ObjectKind::Table => {
                ("TABLES", format!("TABLE_SCHEMA = {schema} AND TABLE_NAME = {name}"))
            }
            ObjectKind::Column => ("COLUMNS", format!("{of_table} AND COLUMN_NAME = {name}")),
            ObjectKind::Index => ("STATISTICS", format!("{of_table} AND INDEX_NAME = {name}")),
            ObjectKind::PrimaryKey => {
                ("STATISTICS", format!("{of_table} AND INDEX_NAME = 'PRIMARY'"))
            }
            ObjectKind::Constraint => {
                ("TABLE_CONSTRAINTS", format!("{of_table} AND CONSTRAINT_NAME = {name}"))
            }
            ObjectKind::Partition => {
                ("PARTITIONS", format!("{of_table} AND PARTITION_NAME = {name}"))
            }
            ObjectKind::Trigger => {
                ("TRIGGERS", format!("TRIGGER_SCHEMA = {schema} AND TRIGGER_NAME = {name}"))
            }
            ObjectKind::Routine => {
                ("ROUTINES", format!("ROUTINE_SCHEMA = {schema} AND ROUTINE_NAME = {name}"))
            }
            ObjectKind::Event => {
                ("EVENTS", format!("EVENT_SCHEMA = {schema} AND EVENT_NAME = {name}"))
            }
            ObjectKind::Database
            | ObjectKind::Attached
            | ObjectKind::Tablespace
            | ObjectKind::Subscription => ("SCHEMATA", format!("SCHEMA_NAME = {name}")),
        };
        format!("(SELECT COUNT(*) > 0 FROM information_schema.{view} WHERE {condition})")
    }
}

// Locks are of the whole server; the key has the database in it, because the history's schema is one.
fn name(key: &LockKey) -> String {
    format!("'dbkit_{:016x}'", key.0)
}
