//! PostgreSQL.

use super::{LockKey, Timeouts, Words};
use crate::history::{HistoryTable, definition};

pub(crate) struct Postgres;

impl Words for Postgres {
    fn has_transactional_ddl(&self) -> bool {
        true
    }

    fn is_missing_table(&self, code: Option<&str>, _message: &str) -> bool {
        // 42P01: undefined table; 3F000: undefined schema.
        matches!(code, Some("42P01" | "3F000"))
    }

    fn quoted(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    fn create_history(&self, table: &HistoryTable) -> Vec<String> {
        let schema = table
            .schema
            .iter()
            .map(|schema| format!("CREATE SCHEMA IF NOT EXISTS {}", self.quoted(schema)));
        schema.chain([definition(&table.name(self), "timestamptz", "now()")]).collect()
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

    fn begin(&self, timeouts: Timeouts) -> String {
        let mut sql = "BEGIN".to_owned();
        if let Some(milliseconds) = timeouts.lock {
            sql.push_str(&format!("; SET LOCAL lock_timeout = {milliseconds}"));
        }
        if let Some(milliseconds) = timeouts.statement {
            sql.push_str(&format!("; SET LOCAL statement_timeout = {milliseconds}"));
        }
        sql
    }

    // A setting of the session would outlive the run; statements outside a transaction wait as the server says.
    fn set_timeouts(&self, _timeouts: Timeouts) -> Option<String> {
        None
    }

    fn try_lock(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT CASE WHEN pg_try_advisory_lock({}) THEN 1 ELSE 0 END", key.0 as i64))
    }

    fn unlock(&self, key: &LockKey) -> Option<String> {
        Some(format!("SELECT CASE WHEN pg_advisory_unlock({}) THEN 1 ELSE 0 END", key.0 as i64))
    }

    fn lock_holder(&self, key: &LockKey) -> Option<String> {
        Some(format!(
            "SELECT 'pid ' || l.pid || coalesce(' (' || nullif(a.application_name, '') || ')', '') FROM pg_locks l \
             LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted \
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND ((l.classid::bigint << 32) | l.objid::bigint) = {} LIMIT 1",
            key.0 as i64
        ))
    }
}
