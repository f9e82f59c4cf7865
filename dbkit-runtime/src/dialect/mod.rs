//! The SQL that the runner itself needs, one file a database.

mod mysql;
mod postgres;
mod sqlite;

use std::time::Duration;

use crate::driver::DriverError;
use crate::history::HistoryTable;
use crate::sql::Effect;

/// A database, as far as the runner is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
    /// MySQL and MariaDB.
    Mysql,
}

/// How one database is talked to. What most of them have in common is the default.
pub(crate) trait Words: Sync {
    /// Whether DDL is part of a transaction.
    fn has_transactional_ddl(&self) -> bool;

    /// Whether one message may hold several statements, the rest being skipped after an error.
    fn joins_statements(&self) -> bool {
        false
    }

    /// Whether the write lock of a transaction is all that keeps other migrators out.
    fn locks_by_transaction(&self) -> bool {
        false
    }

    /// Whether tables are rebuilt with foreign keys off.
    fn rebuilds_tables(&self) -> bool {
        false
    }

    /// Whether an error says that the history table is not there.
    fn is_missing_table(&self, error: &DriverError) -> bool;

    /// Whether an error says that the history table lacks a column.
    fn is_missing_column(&self, error: &DriverError) -> bool;

    /// Whether an error says that the history table has a column already.
    fn is_duplicate_column(&self, error: &DriverError) -> bool;

    /// Whether an error says that somebody else was creating the history table at the same moment.
    fn is_creation_race(&self, _error: &DriverError) -> bool {
        false
    }

    /// Whether a statement of the runner failed only because somebody else was in the way, and changed nothing.
    fn is_safe_to_repeat(&self, _error: &DriverError) -> bool {
        false
    }

    /// A name in quotes.
    fn quoted(&self, name: &str) -> String {
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// A string literal.
    fn literal(&self, text: &str) -> String {
        let mut literal = String::with_capacity(text.len() + 2);
        literal.push('\'');
        for (at, part) in text.split('\'').enumerate() {
            if at > 0 {
                literal.push_str("''");
            }
            literal.push_str(part);
        }
        literal.push('\'');
        literal
    }

    /// A moment so long ago, in UTC.
    fn moment(&self, ago: Duration) -> String;

    /// Who is connected, where the database knows users.
    fn current_user(&self) -> &'static str {
        "NULL"
    }

    /// Finds the schema of a history table that is named without one, and beside it the session of the server, where a pooler could give
    /// us another one. With the schema in its name, a script that changes the session does not hide it, and the lock is of this database.
    fn locate_history(&self, _table: &str) -> Option<String> {
        None
    }

    /// Creates the log and the history table if they are not there, the log first: where no transaction holds both, a history without a
    /// log would be one that somebody has tampered with. Several statements, each for itself.
    fn create_history(&self, table: &HistoryTable) -> Vec<String>;

    /// Puts a row in, or in the place of the one with its key.
    fn upsert(&self, table: &str, columns: &[&str], values: &[String]) -> String;

    /// Starts a transaction that may write; the first statement is the one that starts it.
    fn begin(&self, timeouts: Timeouts) -> Vec<String>;

    /// Settings of the session for the whole run.
    fn run_settings(&self, _lock_timeout: Option<Duration>, _lock_wait: Duration) -> Vec<Setting> {
        Vec::new()
    }

    /// Settings of the session around one script. `has_alone`: some of its statements stand outside transactions.
    fn script_settings(
        &self,
        _script: &str,
        _without_foreign_keys: bool,
        _has_alone: bool,
    ) -> Vec<Setting> {
        Vec::new()
    }

    /// Takes a lock that keeps other migrators out, without waiting. One row: `1` if it was had, `2` if this session of the server had it
    /// already; and the session, where a pooler could give us another one. `None`: the transaction is the lock.
    fn try_lock(&self, _key: &LockKey) -> Option<String> {
        None
    }

    /// The same for the transaction that has begun, which gives it back when it ends. `backend`: the session of the server in which this
    /// run has the lock already; if none is named, nobody may have it, in this session neither.
    fn try_transaction_lock(&self, _key: &LockKey, _backend: Option<&str>) -> Option<String> {
        None
    }

    /// The same as a statement that fails unless the transaction has the lock, and is in that session. It goes to the database together
    /// with what begins the transaction.
    fn insist_on_transaction_lock(&self, _key: &LockKey, _backend: Option<&str>) -> Option<String> {
        None
    }

    /// Whether it was that statement which failed.
    fn is_lock_refused(&self, _error: &DriverError) -> bool {
        false
    }

    /// Gives the lock back. One row, `2` if this is another session of the server than the one that has it.
    fn unlock(&self, _key: &LockKey, _backend: Option<&str>) -> Option<String> {
        None
    }

    /// Ends a session that has our lock and idles in a pool.
    fn end_session(&self, _backend: &str) -> Option<String> {
        None
    }

    /// What gives back another value once somebody else has committed a change, where that is cheaper than looking for the change.
    fn change_mark(&self) -> Option<&'static str> {
        None
    }

    /// How many of these tables no transaction holds, as one row; `None`: a transaction holds every table.
    fn tables_without_transactions(&self, _tables: &[(Option<String>, String)]) -> Option<String> {
        None
    }

    /// Looks whether things are there: one row, with a `1` or `0` for each, or a word that [`Words::mend`] knows.
    fn look(&self, _effects: &[Effect]) -> Option<String> {
        None
    }

    /// What brings a half of something to an end, if it must be, and whether it is there then.
    fn mend(&self, _effect: &Effect, _cell: &str) -> Option<(Option<String>, bool)> {
        None
    }

    /// Sessions that have locks on a table, or on anything: session, seconds, state, query.
    fn blockers(&self, _target: Option<&(Option<String>, String)>) -> Option<String> {
        None
    }

    /// Who has the lock, in a few words, as one row.
    fn lock_holder(&self, _key: &LockKey) -> Option<String> {
        None
    }
}

/// Milliseconds that statements may wait and run; `None` is the server's own setting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) lock: Option<u64>,
    pub(crate) statement: Option<u64>,
}

/// A number of the session that is put back when it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The query for its value.
    pub(crate) read: &'static str,
    /// Sets it, followed by a value.
    pub(crate) write: &'static str,
    /// What it is to be meanwhile.
    pub(crate) wanted: Wanted,
}

/// What a setting is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// This.
    Exactly(u64),
    /// This, unless it is less.
    AtMost(u64),
    /// Whatever the script does with it.
    Anything,
}

/// What migrators of the same set and history lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockKey(pub(crate) u64);

impl LockKey {
    /// From the names of the set and of the history table with its schema, by FNV-1a. PostgreSQL's locks are of one database anyway.
    pub(crate) fn new(set: &str, table: &str) -> Self {
        let text = format!("dbkit\u{0}{set}\u{0}{table}");
        let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        Self(text.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, fnv))
    }
}

impl Dialect {
    pub(crate) fn words(self) -> &'static dyn Words {
        match self {
            Self::Postgres => &postgres::Postgres,
            Self::Sqlite => &sqlite::Sqlite,
            Self::Mysql => &mysql::Mysql,
        }
    }
}
