//! Random pairs of schemas on real databases, as many as one likes.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::{Failure, checked, setup};

/// `cargo xtask fuzz`.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) setup: bool,
    pub(crate) pairs: u64,
    /// All three where none is said.
    pub(crate) dialect: Option<String>,
    /// The seed of the first pair; the next one has the next number.
    pub(crate) seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { setup: false, pairs: 1000, dialect: None, seed: None }
    }
}

/// Runs them. The seed is said, also where the clock chose it.
pub(crate) fn run(root: &Path, options: &Options) -> Result<(), Failure> {
    let engines: &[(&str, &str)] = match options.dialect.as_deref() {
        None => &[("sqlite", ""), ("postgres", "postgres"), ("mariadb", "mariadb")],
        Some("sqlite") => &[("sqlite", "")],
        Some("postgres") => &[("postgres", "postgres")],
        Some("mysql" | "mariadb") => &[("mariadb", "mariadb")],
        Some(other) => {
            return Err(format!("`{other}` is no dialect; one of: sqlite, postgres, mysql")
                .as_str()
                .into());
        }
    };
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let seed = options.seed.unwrap_or_else(clock);
    println!("{} pairs from seed {seed}", options.pairs);
    if options.setup {
        setup::engines(root)?;
    }
    let mut failures = Vec::new();
    for (engine, required) in engines {
        let mut command = Command::new("cargo");
        command
            .args(["test", "-p", "cargo-dbkit", "--all-features", "--test", "fuzz", engine])
            .args(["--", "--nocapture"])
            .env("DBKIT_TEST_REQUIRE", required)
            .env("DBKIT_FUZZ_PAIRS", options.pairs.to_string())
            .env("DBKIT_FUZZ_SEED", seed.to_string())
            .env("DBKIT_FUZZ_SAVE", "1")
            .current_dir(root);
        if checked(&mut command).is_err() {
            failures.push(*engine);
        }
    }
    if failures.is_empty() {
        return Ok(());
    }
    Err(format!(
        "pairs fail on {}; each is a case now, in test-fixtures/cases",
        failures.join(", ")
    )
    .as_str()
    .into())
}
