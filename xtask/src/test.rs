//! Runs the tests, with the servers that they want.

use std::path::Path;
use std::process::Command;

use crate::{Failure, checked, setup};

/// Everything of the runtime but what links C libraries.
const RUNTIME_FEATURES: &str = "sqlite,postgres,mysql,tokio-postgres,mysql_async,sqlx-postgres,sqlx-sqlite,sqlx-mysql,derive,test-tokio,tracing,sea-query,chrono,serde_json,time,uuid";

/// `cargo xtask test`.
#[derive(Debug, Default)]
pub(crate) struct Options {
    pub(crate) setup: bool,
    /// Also the versions of PostgreSQL between the oldest and the newest.
    pub(crate) every_postgres: bool,
    pub(crate) filter: Option<String>,
}

/// `cargo xtask test-migrations`.
#[derive(Debug, Default)]
pub(crate) struct Acceptance {
    pub(crate) engine: Option<String>,
    pub(crate) filter: Option<String>,
    pub(crate) keep: bool,
}

/// Every test.
pub(crate) fn all(root: &Path, options: &Options) -> Result<(), Failure> {
    if options.every_postgres {
        setup::other_postgres(root)?;
    }
    let versions = if options.setup { setup::engines(root)? } else { Vec::new() };
    let has_libraries = setup::has_c_libraries();
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace"]).current_dir(root);
    if has_libraries {
        command.arg("--all-features");
    } else {
        println!(
            "NOT TESTED: the runtime on Diesel: pkg-config finds no libpq and libmariadb; `cargo xtask test --setup` gets them"
        );
        command.args(["--exclude", "dbkit-runtime", "--all-features"]);
    }
    if options.setup {
        // A skipped server would be a test that proves nothing.
        command.env("DBKIT_TEST_REQUIRE", "postgres,mariadb,pgbouncer");
    }
    if let Some(filter) = &options.filter {
        command.arg(filter);
    }
    checked(&mut command)?;
    if !has_libraries {
        let mut command = Command::new("cargo");
        command.args(["test", "-p", "dbkit-runtime", "--features", RUNTIME_FEATURES]);
        checked(command.args(&options.filter).current_dir(root))?;
    }
    if options.filter.is_none() {
        // With all features the shop is built for PostgreSQL; its own tests are about SQLite.
        checked(Command::new("cargo").args(["test", "-p", "shop"]).current_dir(root))?;
    }
    // The newest version ran with everything; the others run what depends on the server.
    for major in versions.iter().skip(1) {
        println!("\nPostgreSQL {major}: the acceptance ring");
        let mut command = Command::new("cargo");
        command
            .args([
                "test",
                "-p",
                "cargo-dbkit",
                "--all-features",
                "--test",
                "migrations",
                "postgres",
            ])
            .current_dir(root);
        command.env("DBKIT_TEST_REQUIRE", "postgres").env("DBKIT_TEST_PG_MAJOR", major.to_string());
        checked(&mut command)?;
    }
    Ok(())
}

/// The acceptance ring alone.
pub(crate) fn acceptance(root: &Path, options: &Acceptance) -> Result<(), Failure> {
    let mut command = Command::new("cargo");
    command
        .args(["test", "-p", "cargo-dbkit", "--all-features", "--test", "migrations"])
        .current_dir(root);
    if let Some(engine) = &options.engine {
        command.arg(engine).env("DBKIT_TEST_REQUIRE", engine);
    }
    if let Some(filter) = &options.filter {
        command.env("DBKIT_TEST_FILTER", filter);
    }
    if options.keep {
        command.env("DBKIT_TEST_KEEP", "1");
    }
    command.args(["--", "--nocapture"]);
    checked(&mut command)
}
