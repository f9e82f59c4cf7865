//! `cargo xtask deny`: licences, duplicates and sources of everything that is built, by deny.toml.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Failure;

/// Runs cargo-deny, if it is there.
pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    let is_there = Command::new("cargo")
        .args(["deny", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_there {
        println!(
            "NOT CHECKED: cargo-deny is not installed; `cargo install cargo-deny --locked` gets it"
        );
        return Ok(());
    }
    println!("$ cargo deny check licenses bans sources");
    let status = Command::new("cargo")
        .args(["deny", "check", "licenses", "bans", "sources"])
        .current_dir(root)
        .status()?;
    if status.success() { Ok(()) } else { Err("cargo-deny has findings".into()) }
}
