//! Finds the binaries of database servers.

use std::env;
use std::path::{Path, PathBuf};

/// Where `cargo xtask test --setup` puts what it fetches: `DBKIT_TEST_ENGINES`, else `target/engines`.
pub fn engines() -> PathBuf {
    env::var_os("DBKIT_TEST_ENGINES")
        .map_or_else(|| crate::workspace().join("target/engines"), PathBuf::from)
}

/// The folder with `initdb` and `postgres` of a major version: `DBKIT_TEST_PG_<major>`, what was fetched, or Debian's place.
pub fn postgres(major: u32) -> Option<PathBuf> {
    let candidates = [
        env::var_os(format!("DBKIT_TEST_PG_{major}")).map(PathBuf::from),
        Some(engines().join(format!("pg{major}/bin"))),
        Some(PathBuf::from(format!("/usr/lib/postgresql/{major}/bin"))),
    ];
    candidates
        .into_iter()
        .flatten()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// The major versions that are there, the newest first.
pub fn postgres_versions() -> Vec<u32> {
    (13..=19).rev().filter(|major| postgres(*major).is_some()).collect()
}

/// A MariaDB server.
#[derive(Debug, Clone)]
pub struct MariaDb {
    /// The server itself.
    pub server: PathBuf,
    /// The folder with messages and the scripts that make the system tables.
    pub share: PathBuf,
}

/// PgBouncer and the folder of the libraries that it brings: `DBKIT_TEST_PGBOUNCER` (a folder with `usr/sbin`), what was fetched, or what is
/// installed.
pub fn pgbouncer() -> Option<(PathBuf, PathBuf)> {
    let roots = [
        env::var_os("DBKIT_TEST_PGBOUNCER").map(PathBuf::from),
        Some(engines().join("pgbouncer")),
        Some(PathBuf::from("/")),
    ];
    let found = |root: PathBuf| {
        let server = root.join("usr/sbin/pgbouncer");
        server.exists().then(|| (server, root.join("usr/lib/x86_64-linux-gnu")))
    };
    roots.into_iter().flatten().find_map(found)
}

/// MariaDB: `DBKIT_TEST_MARIADB` (a folder with `usr/sbin` and `usr/share`), what was fetched, or what is installed.
pub fn mariadb() -> Option<MariaDb> {
    let roots = [
        env::var_os("DBKIT_TEST_MARIADB").map(PathBuf::from),
        Some(engines().join("mariadb")),
        Some(PathBuf::from("/")),
    ];
    let found = |root: &Path| {
        let server = root.join("usr/sbin/mariadbd");
        let share = ["usr/share/mysql", "usr/share/mariadb"]
            .iter()
            .map(|share| root.join(share))
            .find(|share| {
            share.join("mysql_system_tables.sql").exists()
                || share.join("mariadb_system_tables.sql").exists()
        })?;
        server.exists().then_some(MariaDb { server, share })
    };
    roots.iter().flatten().find_map(|root| found(root))
}
