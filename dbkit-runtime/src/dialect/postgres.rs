//! PostgreSQL.

use std::time::Duration;

use super::{LockKey, Timeouts, Words};
use crate::driver::DriverError;
use crate::history::{HistoryTable, definition};

pub(crate) struct Postgres;

impl Words for Postgres {
    fn has_transactional_ddl(&self) -> bool {
        true
    }

    fn joins_statements(&self) -> bool {
        true
    }

    fn is_missing_table(&self, error: &DriverError) -> bool {
        // 42P01: undefined table; 3F000: undefined schema.
        matches!(error.code.as_deref(), Some("42P01" | "3F000"))
    }

    fn is_missing_column(&self, error: &DriverError) -> bool {
        error.code.as_deref() == Some("42703")
    }

    fn is_duplicate_column(&self, error: &DriverError) -> bool {
        error.code.as_deref() == Some("42701")
    }

    fn is_creation_race(&self, error: &DriverError) -> bool {
        // IF NOT EXISTS looks first and creates then. The one who is late is told of a duplicate in a catalog (23505), of a duplicate table
        // (42P07) or schema (42P06).
        matches!(error.code.as_deref(), Some("23505" | "42P07" | "42P06"))
    }

    fn moment(&self, ago: Duration) -> String {
        format!("clock_timestamp() - interval '{} milliseconds'", ago.as_millis())
    }

    fn current_user(&self) -> &'static str {
        "current_user"
    }

    fn locate_history(&self, table: &str) -> Option<String> {
        let found = "SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace";
        Some(format!(
            "SELECT coalesce(({found} WHERE c.oid = to_regclass({})), current_schema())",
            self.literal(&self.quoted(table))
        ))
    }

    fn create_history(&self, table: &HistoryTable) -> Vec<String> {
        // CREATE SCHEMA IF NOT EXISTS asks for the right to create one even if it is there.
        let given = table.schema.iter().filter(|_| !table.is_located);
        let schema = given.map(|schema| {
            let name = self.quoted(schema);
            let test = self.literal(&name);
            format!(
                "DO $dbkit$ BEGIN IF to_regnamespace({test}) IS NULL THEN CREATE SCHEMA {name}; END IF; END $dbkit$"
            )
        });
        schema.chain([definition(&table.name(self), "timestamptz", "")]).collect()
    }

    fn upsert(&self, table: &str, columns: &[&str], values: &[String]) -> String {
        let updates: Vec<String> =
            columns.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        format!(
            "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT (set_name, id) DO UPDATE SET {}",
            columns.join(", "),
            values.join(", "),
            updates.join(", ")
        )
    }

    // Statements outside a transaction wait as the server says: a timeout in CREATE INDEX CONCURRENTLY leaves an invalid index.
    fn begin(&self, timeouts: Timeouts) -> Vec<String> {
        let mut statements = vec!["BEGIN".to_owned()];
        if let Some(milliseconds) = timeouts.lock {
            statements.push(format!("SET LOCAL lock_timeout = {milliseconds}"));
        }
        if let Some(milliseconds) = timeouts.statement {
            statements.push(format!("SET LOCAL statement_timeout = {milliseconds}"));
        }
        statements
    }

    fn try_lock(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT CASE WHEN pg_try_advisory_lock({}) THEN 1 ELSE 0 END", key.0 as i64))
    }

    fn unlock(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT CASE WHEN pg_advisory_unlock({}) THEN 1 ELSE 0 END", key.0 as i64))
    }

    fn lock_holder(&self, key: &LockKey) -> Option<String> {
        Some(format!(
            "SELECT 'pid ' || l.pid || coalesce(' (' || nullif(a.application_name, '') || ')', '') FROM pg_catalog.pg_locks l \
             LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
             AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) \
             AND ((l.classid::bigint << 32) | l.objid::bigint) = {} LIMIT 1",
            key.0 as i64
        ))
    }
}
