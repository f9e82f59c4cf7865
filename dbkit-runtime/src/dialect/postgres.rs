//! PostgreSQL.

use std::time::Duration;

use super::{LockKey, Setting, Timeouts, Wanted, Words};
use crate::driver::DriverError;
use crate::history::{HistoryTable, definition};
use crate::log;
use crate::sql::{Effect, Object, ObjectKind};

pub(crate) struct Postgres;

/// What the server's log has when two migrators meet.
const LOCK_REFUSED: &str = "dbkit: another migrator is at work, or this is another session: ";

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

    // A server may take backslashes for escapes (`standard_conforming_strings = off`); with `E` all of them do.
    fn literal(&self, text: &str) -> String {
        if text.contains('\\') {
            format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
        } else {
            format!("'{}'", text.replace('\'', "''"))
        }
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
            "SELECT coalesce(({found} WHERE c.oid = pg_catalog.to_regclass({})), pg_catalog.current_schema()), pg_catalog.pg_backend_pid()",
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
        let tables = [
            log::definition(&table.log().name(self), "timestamptz", ""),
            definition(&table.name(self), "timestamptz", ""),
        ];
        schema.chain(tables).collect()
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

    fn begin(&self, timeouts: Timeouts) -> Vec<String> {
        // What is looked at after the lock was had must be what others have committed before.
        let mut statements = vec![
            "BEGIN ISOLATION LEVEL READ COMMITTED".to_owned(),
            // The scripts were cut with this in mind.
            "SET LOCAL standard_conforming_strings = on".to_owned(),
        ];
        if let Some(milliseconds) = timeouts.lock {
            statements.push(format!("SET LOCAL lock_timeout = {milliseconds}"));
        }
        if let Some(milliseconds) = timeouts.statement {
            statements.push(format!("SET LOCAL statement_timeout = {milliseconds}"));
        }
        statements
    }

    fn script_settings(
        &self,
        _script: &str,
        _without_foreign_keys: bool,
        has_alone: bool,
    ) -> Vec<Setting> {
        if !has_alone {
            return Vec::new();
        }
        // A timeout in CREATE INDEX CONCURRENTLY leaves an invalid index, and its locks hold up nobody.
        vec![
            Setting {
                read: "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'lock_timeout'",
                write: "SET lock_timeout =",
                wanted: Wanted::Exactly(0),
            },
            Setting {
                read: "SELECT setting FROM pg_catalog.pg_settings WHERE name = 'statement_timeout'",
                write: "SET statement_timeout =",
                wanted: Wanted::Exactly(0),
            },
        ]
    }

    fn try_lock(&self, key: &LockKey) -> Option<String> {
        Some(format!(
            "SELECT CASE WHEN {} THEN 2 WHEN pg_catalog.pg_try_advisory_lock({}) THEN 1 ELSE 0 END, pg_catalog.pg_backend_pid()",
            had(key),
            key.0 as i64
        ))
    }

    // A session has a lock as often as it asks for it. Through a pooler another run may have it in the very session that we were given.
    fn try_transaction_lock(&self, key: &LockKey, backend: Option<&str>) -> Option<String> {
        let had = backend.is_none().then(|| format!("WHEN {} THEN 0 ", had(key)));
        Some(format!(
            "SELECT CASE {}WHEN pg_catalog.pg_try_advisory_xact_lock({}) THEN 1 ELSE 0 END, pg_catalog.pg_backend_pid()",
            had.unwrap_or_default(),
            key.0 as i64
        ))
    }

    // A number that is none, and not known to be none before it is computed, is the shortest way to fail with words of one's own.
    fn insist_on_transaction_lock(&self, key: &LockKey, backend: Option<&str>) -> Option<String> {
        let lock = format!("pg_catalog.pg_try_advisory_xact_lock({})", key.0 as i64);
        let is_had = match backend.and_then(|backend| backend.parse::<i32>().ok()) {
            Some(pid) => format!("pg_catalog.pg_backend_pid() = {pid} AND {lock}"),
            None => format!("CASE WHEN {} THEN FALSE ELSE {lock} END", had(key)),
        };
        Some(format!(
            "SELECT CASE WHEN {is_had} THEN 1 ELSE CAST(pg_catalog.concat('{LOCK_REFUSED}', pg_catalog.pg_backend_pid()) AS pg_catalog.int4) END"
        ))
    }

    fn is_lock_refused(&self, error: &DriverError) -> bool {
        error.code.as_deref() == Some("22P02") && error.message.contains(LOCK_REFUSED)
    }

    fn unlock(&self, key: &LockKey, backend: Option<&str>) -> Option<String> {
        let unlock =
            format!("CASE WHEN pg_catalog.pg_advisory_unlock({}) THEN 1 ELSE 0 END", key.0 as i64);
        Some(match backend.and_then(|backend| backend.parse::<i32>().ok()) {
            Some(pid) => format!(
                "SELECT CASE WHEN pg_catalog.pg_backend_pid() = {pid} THEN {unlock} ELSE 2 END"
            ),
            None => format!("SELECT {unlock}"),
        })
    }

    fn end_session(&self, backend: &str) -> Option<String> {
        let pid = backend.parse::<i32>().ok()?;
        Some(format!(
            "SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = {pid} AND state = 'idle'"
        ))
    }

    fn look(&self, effects: &[Effect]) -> Option<String> {
        let cells = effects.iter().map(|effect| {
            let (Effect::There(object) | Effect::Gone(object) | Effect::Empty(object)) = effect;
            format!("coalesce(({}), '0')", self.is_there(object))
        });
        Some(format!("SELECT {}", cells.collect::<Vec<_>>().join(", ")))
    }

    fn mend(&self, effect: &Effect, cell: &str) -> Option<(Option<String>, bool)> {
        let (Effect::There(object) | Effect::Gone(object) | Effect::Empty(object)) = effect;
        match (cell, object.kind) {
            // Half dropped is not dropped.
            (index, ObjectKind::Index)
                if index.starts_with("invalid ") && matches!(effect, Effect::Gone(_)) =>
            {
                Some((None, true))
            }
            // A broken build, with its schema: `IF NOT EXISTS` would take it for the index.
            (index, ObjectKind::Index) if index.starts_with("invalid ") => {
                let name = index.strip_prefix("invalid ").unwrap_or_default();
                Some((Some(format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")), false))
            }
            (names, ObjectKind::Attached) if names.starts_with("pending ") => {
                let names = names.strip_prefix("pending ").unwrap_or_default();
                let (parent, part) = names.split_once(' ')?;
                Some((
                    Some(format!("ALTER TABLE {parent} DETACH PARTITION {part} FINALIZE")),
                    false,
                ))
            }
            _ => None,
        }
    }

    fn blockers(&self, target: Option<&(Option<String>, String)>) -> Option<String> {
        let relation = target.map(|(schema, name)| {
            format!(
                "AND l.relation = pg_catalog.to_regclass({})",
                self.regclass(schema.as_deref(), name)
            )
        });
        Some(format!(
            "SELECT 'pid ' || a.pid || coalesce(' (' || nullif(a.application_name, '') || ')', ''), \
             extract(epoch FROM clock_timestamp() - a.xact_start)::bigint, a.state, left(a.query, 200) \
             FROM pg_catalog.pg_stat_activity a WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.datname = pg_catalog.current_database() \
             AND EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.pid = a.pid AND l.granted AND l.locktype = 'relation' {}) \
             ORDER BY a.xact_start LIMIT 3",
            relation.unwrap_or_default()
        ))
    }

    fn lock_holder(&self, key: &LockKey) -> Option<String> {
        Some(format!(
            "SELECT 'pid ' || l.pid || coalesce(' (' || nullif(a.application_name, '') || ')', '') \
             || coalesce(', ' || a.state || ' for ' || extract(epoch FROM clock_timestamp() - a.state_change)::bigint || ' s: ' || nullif(left(a.query, 80), ''), '') FROM {} LIMIT 1",
            held(key)
        ))
    }
}

impl Postgres {
    /// A name for `to_regclass`.
    fn regclass(&self, schema: Option<&str>, name: &str) -> String {
        let schema = schema.map(|schema| format!("{}.", self.quoted(schema)));
        self.literal(&format!("{}{}", schema.unwrap_or_default(), self.quoted(name)))
    }

    /// Whether something is there: a query for `1`, or what [`Words::mend`] knows, or nothing.
    fn is_there(&self, object: &Object) -> String {
        let name = self.literal(&object.name);
        let schema = object.schema.as_deref();
        let catalog = |table: &str, column: &str| {
            format!("SELECT '1' FROM pg_catalog.{table} WHERE {column} = {name}")
        };
        match object.kind {
            ObjectKind::Index => {
                let condition = match object.table.as_deref() {
                    Some(table) => format!(
                        "c.relname = {name} AND i.indrelid = pg_catalog.to_regclass({})",
                        self.regclass(schema, table)
                    ),
                    None => format!(
                        "c.oid = pg_catalog.to_regclass({})",
                        self.regclass(schema, &object.name)
                    ),
                };
                format!(
                    "SELECT CASE WHEN i.indisvalid AND i.indisready THEN '1' ELSE 'invalid ' || pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) END \
                     FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {condition}"
                )
            }
            ObjectKind::Attached => {
                let parent = object.table.as_deref().unwrap_or_default();
                let (parent, part) =
                    (self.regclass(schema, parent), self.regclass(schema, &object.name));
                // `inhdetachpending` is there where DETACH CONCURRENTLY is.
                format!(
                    "SELECT CASE WHEN h.inhdetachpending THEN 'pending ' || h.inhparent::regclass || ' ' || h.inhrelid::regclass ELSE '1' END \
                     FROM pg_catalog.pg_inherits h WHERE h.inhparent = pg_catalog.to_regclass({parent}) AND h.inhrelid = pg_catalog.to_regclass({part})"
                )
            }
            ObjectKind::Database => catalog("pg_database", "datname"),
            ObjectKind::Tablespace => catalog("pg_tablespace", "spcname"),
            ObjectKind::Subscription => catalog("pg_subscription", "subname"),
            ObjectKind::Table
            | ObjectKind::Column
            | ObjectKind::PrimaryKey
            | ObjectKind::Constraint
            | ObjectKind::Trigger
            | ObjectKind::Routine
            | ObjectKind::Event
            | ObjectKind::Partition => format!(
                "SELECT '1' WHERE pg_catalog.to_regclass({}) IS NOT NULL",
                self.regclass(schema, &object.name)
            ),
        }
    }
}

/// Whether this session of the server has the lock, for whomever.
fn had(key: &LockKey) -> String {
    format!("EXISTS (SELECT 1 FROM {} AND l.pid = pg_catalog.pg_backend_pid())", held(key))
}

/// The sessions that hold the migrators' lock.
fn held(key: &LockKey) -> String {
    format!(
        "pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
         AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) \
         AND ((l.classid::bigint << 32) | l.objid::bigint) = {}",
        key.0 as i64
    )
}
