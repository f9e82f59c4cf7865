//! How far the replicas of a server are behind it.

use dbkit_runtime::{Dialect, Driver};
use serde_json::{Value, json};

use crate::spelling;

/// Seconds after which a replica is behind.
const BEHIND_SECONDS: u64 = 10;
/// Bytes of log after which it is, too: one that has stopped says no seconds.
const BEHIND_BYTES: u64 = 256 << 20;

/// A server that follows the one that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replica {
    pub(crate) name: String,
    /// How long it took until it had executed what it executed last.
    pub(crate) seconds: u64,
    /// How much of the log it has not executed.
    pub(crate) bytes: u64,
}

impl Replica {
    /// Those that follow a server. Who may not look sees none; MySQL and MariaDB do not tell it at this end.
    pub(crate) fn of(driver: &mut dyn Driver) -> Vec<Self> {
        if driver.dialect() != Dialect::Postgres {
            return Vec::new();
        }
        let rows = driver.query(
            "SELECT coalesce(nullif(application_name, ''), client_addr::text, pid::text), \
             coalesce(extract(epoch FROM replay_lag), 0)::bigint, \
             coalesce(greatest(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), replay_lsn), 0), 0)::bigint \
             FROM pg_catalog.pg_stat_replication WHERE state <> 'backup' ORDER BY 1, pid",
        );
        rows.unwrap_or_default().into_iter().filter_map(Self::from_row).collect()
    }

    fn from_row(row: Vec<Option<String>>) -> Option<Self> {
        let [name, seconds, bytes] = row.try_into().ok()?;
        let number = |text: Option<String>| text?.parse().ok();
        Some(Self { name: name?, seconds: number(seconds)?, bytes: number(bytes)? })
    }

    pub(crate) fn is_behind(&self) -> bool {
        self.seconds >= BEHIND_SECONDS || self.bytes >= BEHIND_BYTES
    }

    /// `12 s and 3.4 MiB`
    pub(crate) fn shown(&self) -> String {
        format!("{} s and {}", self.seconds, spelling::bytes(self.bytes))
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "name": self.name, "seconds": self.seconds, "bytes": self.bytes })
    }
}
