//! Looks whether pending migrations would go well, before anything runs: rights, room, others at work, replicas that are behind.

use std::path::Path;
use std::process::Command;

use dbkit_runtime::{Dialect, Driver};
use dbkit_schema::diagnostic::Diagnostic;

use crate::replicas::Replica;
use crate::spelling;
use crate::url::Address;

/// Seconds after which a transaction of others is long.
const LONG: u64 = 60;

/// Everything that is found. What cannot be asked, for lack of rights, is not said.
pub(crate) fn look(
    address: &Address,
    driver: &mut dyn Driver,
    pending: &[(String, String)],
) -> Vec<Diagnostic> {
    let mut look = Look { driver, found: Vec::new() };
    match look.driver.dialect() {
        Dialect::Postgres => look.postgres(pending),
        Dialect::Mysql => look.mysql(),
        Dialect::Sqlite => {
            if let Address::Sqlite(path) = address {
                look.sqlite(Path::new(path));
            }
        }
    }
    look.found
}

struct Look<'a> {
    driver: &'a mut dyn Driver,
    found: Vec<Diagnostic>,
}

impl Look<'_> {
    /// Rows of texts, with nothing for NULL.
    fn rows(&mut self, sql: &str) -> Vec<Vec<String>> {
        let rows = self.driver.query(sql).unwrap_or_default();
        let text = |row: Vec<Option<String>>| row.into_iter().map(Option::unwrap_or_default);
        rows.into_iter().map(|row| text(row).collect()).collect()
    }

    fn one(&mut self, sql: &str) -> String {
        self.rows(sql).into_iter().flatten().next().unwrap_or_default()
    }

    fn error(&mut self, message: impl Into<String>, help: &str) {
        self.found.push(Diagnostic::error("DBK0033", message).help(help));
    }

    fn warning(&mut self, message: impl Into<String>, help: &str) {
        self.found.push(Diagnostic::warning("DBK0033", message).help(help));
    }

    fn postgres(&mut self, pending: &[(String, String)]) {
        if self.one("SELECT pg_is_in_recovery()") == "t" {
            self.error(
                "the server is a replica, which takes no writes",
                "give the URL of the primary",
            );
            return;
        }
        if self.one("SHOW transaction_read_only") == "on" {
            self.error(
                "transactions are read only for this role or database",
                "`ALTER ROLE .. SET default_transaction_read_only = off`, or use another role",
            );
        }
        if pending.is_empty() {
            return;
        }
        let user = self.one("SELECT current_user");
        let schema = self.one("SELECT current_schema()");
        if schema.is_empty() {
            self.error(
                "there is no schema to create tables in: search_path names none that exists",
                "create it, or set `options=-c search_path=..` in the URL",
            );
        } else if self.one("SELECT has_schema_privilege(current_schema(), 'CREATE')") == "f" {
            self.error(
                format!("the role `{user}` may not create anything in the schema `{schema}`"),
                &format!("`GRANT CREATE ON SCHEMA {schema} TO {user}`"),
            );
        }
        // DDL wants the owner, or a member of it.
        let foreign = self.rows(
            "SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c \
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') \
             AND NOT pg_has_role(c.relowner, 'USAGE') ORDER BY 1",
        );
        for row in foreign {
            let [table, owner] = row.as_slice() else { continue };
            if pending.iter().any(|(_, sql)| names(sql, table)) {
                self.error(
                    format!("`{table}` is named in a pending migration and belongs to `{owner}`, not to `{user}`"),
                    &format!("`GRANT {owner} TO {user}`, or migrate as `{owner}`"),
                );
            }
        }
        let open = self.rows(&format!(
            "SELECT pid, extract(epoch FROM now() - xact_start)::bigint, coalesce(state, ''), left(coalesce(query, ''), 60) \
             FROM pg_catalog.pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND backend_type = 'client backend' AND xact_start < now() - interval '{LONG} seconds' ORDER BY 2 DESC LIMIT 5"
        ));
        for row in open {
            let [pid, seconds, state, query] = row.as_slice() else { continue };
            self.warning(
                format!(
                    "session {pid} has had a transaction open for {seconds} s ({state}): {query}"
                ),
                "definitions wait for it, and everybody else behind them; let it end first",
            );
        }
        for replica in Replica::of(self.driver).into_iter().filter(Replica::is_behind) {
            self.warning(
                format!("the replica `{}` is {} behind", replica.name, replica.shown()),
                "it will fall behind further while tables are rewritten; let it catch up first",
            );
        }
        let invalid = self.rows(
            "SELECT c.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
             WHERE NOT i.indisvalid AND c.relkind = 'i' ORDER BY 1",
        );
        for name in invalid.into_iter().flatten() {
            self.warning(
                format!("the index `{name}` is INVALID: a build of it was cut off"),
                &format!("`DROP INDEX CONCURRENTLY {name}`, then build it again"),
            );
        }
        // Only where the server's disk is ours to look at.
        let folder = self.one("SHOW data_directory");
        let bytes = self.one("SELECT pg_database_size(current_database())").parse().unwrap_or(0);
        self.room(Path::new(&folder), bytes);
    }

    fn mysql(&mut self) {
        for name in ["super_read_only", "read_only"] {
            if self.one(&format!("SELECT @@GLOBAL.{name}")) == "1" {
                self.error(
                    format!("the server takes no writes: `{name}` is on"),
                    "give the URL of the primary",
                );
                return;
            }
        }
        let grants: Vec<String> = self
            .rows("SHOW GRANTS")
            .into_iter()
            .flatten()
            .map(|line| line.to_uppercase())
            .collect();
        if !grants.is_empty() {
            let has = |right: &str| {
                grants.iter().any(|line| line.contains("ALL PRIVILEGES") || line.contains(right))
            };
            let missing: Vec<&str> =
                ["CREATE", "ALTER", "DROP", "INDEX", "INSERT", "UPDATE", "DELETE"]
                    .into_iter()
                    .filter(|right| !has(right))
                    .collect();
            if !missing.is_empty() {
                let user = self.one("SELECT CURRENT_USER()");
                self.error(
                    format!("`{user}` lacks {}", spelling::list(&missing)),
                    &format!("`GRANT {} ON .. TO {user}`", missing.join(", ")),
                );
            }
        }
        let open = self.rows(&format!(
            "SELECT trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, trx_started, NOW()), LEFT(COALESCE(trx_query, ''), 60) \
             FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> CONNECTION_ID() \
             AND trx_started < NOW() - INTERVAL {LONG} SECOND ORDER BY 2 DESC LIMIT 5"
        ));
        for row in open {
            let [session, seconds, query] = row.as_slice() else { continue };
            self.warning(
                format!("connection {session} has had a transaction open for {seconds} s: {query}"),
                "definitions wait for it, and everybody else behind them; let it end first",
            );
        }
    }

    fn sqlite(&mut self, path: &Path) {
        let is_read_only = path.metadata().is_ok_and(|data| data.permissions().readonly());
        if is_read_only {
            self.error(
                format!("`{}` cannot be written to", path.display()),
                "give its owner the right to write, and to its folder, where the journal goes",
            );
        }
        if self.one("PRAGMA query_only") == "1" {
            self.error("the database is opened for reading only", "`PRAGMA query_only = OFF`");
        }
        let bytes = path.metadata().map_or(0, |data| data.len());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        self.room(folder.unwrap_or(Path::new(".")), bytes);
    }

    /// A copy and a rebuild want room for the database twice.
    fn room(&mut self, folder: &Path, bytes: u64) {
        let Some(free) = free(folder) else { return };
        let wanted = bytes.saturating_mul(2);
        if free < wanted {
            self.warning(
                format!(
                    "`{}` has {} left, and the database has {}",
                    folder.display(),
                    spelling::bytes(free),
                    spelling::bytes(bytes)
                ),
                "a table that is rebuilt is there twice for a while, and a backup once more; make room",
            );
        }
    }
}

/// Bytes that are free where a folder is, by the `df` of every Unix.
fn free(folder: &Path) -> Option<u64> {
    if folder.as_os_str().is_empty() || !folder.is_dir() {
        return None;
    }
    let output = Command::new("df").arg("-Pk").arg(folder).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let blocks: u64 = text.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()?;
    Some(blocks * 1024)
}

/// Whether a name stands in SQL as a word of its own.
fn names(sql: &str, name: &str) -> bool {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    sql.match_indices(name).any(|(at, _)| {
        !sql[..at].ends_with(is_word) && !sql[at + name.len()..].starts_with(is_word)
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_is_a_word() {
        assert!(names("ALTER TABLE \"users\" ADD x", "users"));
        assert!(names("DROP TABLE users;", "users"));
        assert!(!names("DROP TABLE users_old", "users"));
        assert!(!names("DROP TABLE old_users", "users"));
    }
}
