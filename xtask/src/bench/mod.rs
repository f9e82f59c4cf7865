//! `cargo xtask bench`: the figures of docs/performance.md, each beside its peer in one run.
//!
//! Runs alternate (dbkit, peer, dbkit, peer, ..) so that a machine whose speed drifts does not favour one side. CPU is user
//! plus system time of the whole process tree; quote the medians and the ratios.

mod apply;
mod embed;
mod generate;
mod inspect;
mod load;
mod measure;
mod schemas;
mod server;

use std::path::{Path, PathBuf};

use crate::Failure;

/// What to measure, and how often.
pub(crate) struct Options {
    /// `generate`, `embed`, `start`, `apply`, `inspect`, `load`; empty is all of them.
    pub(crate) only: Vec<String>,
    /// Counted runs of each command, after one that is not counted.
    pub(crate) runs: usize,
    /// Leave the peers out (no npm, no second build).
    pub(crate) without_peers: bool,
    /// SQL files of PostgreSQL schemas that are read back as well.
    pub(crate) schemas: Vec<PathBuf>,
}

/// Where the bench keeps its projects: beside the build, so that `cargo clean` takes them away.
pub(crate) struct Bench {
    root: PathBuf,
    folder: PathBuf,
    binary: PathBuf,
    options: Options,
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.options.only.is_empty() || self.options.only.iter().any(|only| only == name)
    }

    fn fresh_folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.folder.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

/// Runs what was asked for.
pub(crate) fn run(root: &Path, target: &Path, options: Options) -> Result<(), Failure> {
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    let bench = Bench {
        root: root.to_owned(),
        folder,
        binary: target.join("release/cargo-dbkit"),
        options,
    };
    // The others measure apps.
    if ["generate", "inspect", "load"].into_iter().any(|name| bench.wants(name)) {
        println!("$ cargo build --release -p cargo-dbkit");
        measure::checked(root, "cargo", &["build", "--release", "-p", "cargo-dbkit"])?;
    }
    if bench.wants("generate") {
        generate::run(&bench)?;
    }
    if bench.wants("embed") {
        embed::run(&bench)?;
    }
    if bench.wants("start") || bench.wants("apply") {
        apply::run(&bench)?;
    }
    if bench.wants("inspect") {
        inspect::run(&bench)?;
    }
    if bench.wants("load") {
        load::run(&bench)?;
    }
    Ok(())
}
