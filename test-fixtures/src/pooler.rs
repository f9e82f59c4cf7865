//! PgBouncer in front of an ephemeral PostgreSQL.

use std::fs;
use std::path::PathBuf;
use std::process::ChildStdin;

use crate::engine;
use crate::server::{Server, folder, wait_for, watched};

/// When a client gives its session of the server back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// When it disconnects.
    Session,
    /// At the end of each transaction.
    Transaction,
}

/// A running PgBouncer.
#[derive(Debug)]
pub struct Pooler {
    folder: PathBuf,
    _watchdog: ChildStdin,
}

const PORT: u16 = 6432;

impl Pooler {
    /// Starts one with so many sessions of the server; `None` if there is no PgBouncer, said aloud.
    ///
    /// # Panics
    /// If it does not start, or if there is none and `DBKIT_TEST_REQUIRE` asks for it.
    #[expect(clippy::print_stderr, reason = "a skipped server is said aloud")]
    pub fn start(server: &Server, mode: Mode, sessions: usize) -> Option<Self> {
        let Some((binary, libraries)) = engine::pgbouncer() else {
            let required = std::env::var("DBKIT_TEST_REQUIRE").unwrap_or_default();
            assert!(
                !required.split(',').any(|name| name == "pgbouncer"),
                "pgbouncer is required, but it was not found; run `cargo xtask test --setup`"
            );
            eprintln!(
                "SKIPPED: everything through pgbouncer: it was not found; `cargo xtask test --setup` gets it"
            );
            return None;
        };
        let folder = folder("pgbouncer").expect("a folder");
        let mode = match mode {
            Mode::Session => "session",
            Mode::Transaction => "transaction",
        };
        let settings = format!(
            "[databases]\n* = host={} user=postgres\n[pgbouncer]\nlisten_addr =\nlisten_port = {PORT}\nunix_socket_dir = {}\nauth_type = any\npool_mode = {mode}\ndefault_pool_size = {sessions}\nmax_client_conn = 300\nignore_startup_parameters = extra_float_digits\n",
            server.socket().display(),
            folder.display()
        );
        let file = folder.join("pgbouncer.ini");
        fs::write(&file, settings).expect("writes");
        let command = format!(
            "LD_LIBRARY_PATH={} {} {}",
            libraries.display(),
            binary.display(),
            file.display()
        );
        let (_, watchdog) = watched(&command, &folder).expect("starts");
        let pooler = Self { folder, _watchdog: watchdog };
        let connect = || {
            postgres::Client::connect(&pooler.url("postgres"), postgres::NoTls)
                .map(drop)
                .map_err(|error| error.to_string())
        };
        wait_for(connect, &pooler.folder).expect("answers");
        Some(pooler)
    }

    /// Where a database of the server is through this pooler.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@/{database}?host={}&port={PORT}", self.folder.display())
    }
}
