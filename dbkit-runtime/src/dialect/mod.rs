//! The SQL that the runner itself needs, one file a database.

mod mysql;
mod postgres;
mod sqlite;

use crate::history::HistoryTable;

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

/// How one database is talked to.
pub(crate) trait Words: Sync {
    /// Whether DDL is part of a transaction.
    fn has_transactional_ddl(&self) -> bool;

    /// Whether an error says that the history table is not there.
    fn is_missing_table(&self, code: Option<&str>, message: &str) -> bool;

    /// A name in quotes.
    fn quoted(&self, name: &str) -> String;

    /// A string literal.
    fn literal(&self, text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }

    /// Creates the history table if it is not there; several statements, each for itself.
    fn create_history(&self, table: &HistoryTable) -> Vec<String>;

    /// Puts a row in, or in the place of the one with its key.
    fn upsert(&self, table: &str, columns: &[&str], values: &[String]) -> String;

    /// Starts a transaction that may write. `lock_timeout` and `statement_timeout` in milliseconds.
    fn begin(&self, timeouts: Timeouts) -> String;

    /// Sets timeouts for statements outside a transaction.
    fn set_timeouts(&self, timeouts: Timeouts) -> Option<String>;

    /// Takes a lock that keeps other migrators out, without waiting: one row, `1` if it was had. `None`: the transaction is the lock.
    fn try_lock(&self, key: &LockKey) -> Option<String>;

    /// Gives the lock back.
    fn unlock(&self, key: &LockKey) -> Option<String>;

    /// Who has the lock, in a few words, as one row.
    fn lock_holder(&self, key: &LockKey) -> Option<String>;
}

/// Milliseconds that statements may wait and run; `None` is the server's own setting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Timeouts {
    pub(crate) lock: Option<u64>,
    pub(crate) statement: Option<u64>,
}

/// What migrators of the same set and history lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LockKey(pub(crate) u64);

impl LockKey {
    /// From the names of the set and of the history table. The database is part of the lock itself.
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
