//! `cargo xtask crash`: everything that can be done to a migrating process, and how it ends. The tests do a part of it each time; this does
//! all, and prints the figures of docs/reliability.md.

use std::path::Path;
use std::process::Command;

use crate::{Failure, setup};

/// How much.
#[derive(Debug)]
pub(crate) struct Options {
    /// A part of it, as in CI.
    pub(crate) short: bool,
    /// Kills at random moments, for each engine and direction.
    pub(crate) random: usize,
    /// How often 2, 8 and 32 migrators begin at once.
    pub(crate) rounds: usize,
}

/// Runs the tests of the runner that break things.
pub(crate) fn run(root: &Path, options: &Options) -> Result<(), Failure> {
    setup::engines(root)?;
    let mut command = Command::new("cargo");
    command
        .args(["test", "-p", "dbkit-runtime", "--all-features"])
        .args(["--test", "crash", "--test", "server_dies", "--test", "cut", "--test", "many"])
        .args([
            "--test",
            "full_disk",
            "--test",
            "hostile",
            "--no-fail-fast",
            "--",
            "--nocapture",
            "--test-threads",
            "2",
        ])
        .env("DBKIT_TEST_REQUIRE", "postgres,mariadb,pgbouncer")
        .current_dir(root);
    if !options.short {
        command
            .env("DBKIT_CRASH", "full")
            .env("DBKIT_CRASH_RANDOM", options.random.to_string())
            .env("DBKIT_CRASH_ROUNDS", options.rounds.to_string());
    }
    println!("$ {}", format!("{command:?}").replace('"', ""));
    if command.status()?.success() { Ok(()) } else { Err("something was lost".into()) }
}

/// Runs the fuzz tests so often.
pub(crate) fn fuzz(root: &Path, executions: u64, seed: u64) -> Result<(), Failure> {
    let mut command = Command::new("cargo");
    command
        .args(["test", "-p", "test-fixtures", "--test", "fuzz", "--", "--nocapture"])
        .env("DBKIT_FUZZ_EXECUTIONS", executions.to_string())
        .env("DBKIT_FUZZ_SEED", seed.to_string())
        .current_dir(root);
    if command.status()?.success() { Ok(()) } else { Err("a text was too much".into()) }
}
