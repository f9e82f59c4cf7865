//! `cargo dbkit generate` beside `drizzle-kit generate` 0.31, over T tables.

use std::fs;
use std::path::{Path, PathBuf};

use super::Bench;
use super::measure::{checked, line, median, once};
use super::schemas::{Edition, drizzle, rust};
use crate::Failure;

const DRIZZLE: [&str; 2] = ["drizzle-kit@0.31.11", "drizzle-orm@0.45.4"];

pub(super) fn run(bench: &Bench) -> Result<(), Failure> {
    let peer = if bench.options.without_peers { None } else { install_drizzle(bench)? };
    println!("\ngenerate: CPU seconds and peak MiB, median of {} runs\n", bench.options.runs);
    println!(
        "| dialect, T, phase | dbkit | MiB | drizzle-kit 0.31 | MiB | ratio |\n|---|---|---|---|---|---|"
    );
    for dialect in ["sqlite", "postgres"] {
        for tables in [10, 100, 300, 1000] {
            for phase in [Phase::Initial, Phase::NoChange, Phase::AddColumn] {
                measure(bench, peer.as_deref(), dialect, tables, phase)?;
            }
        }
    }
    size(bench)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Initial,
    NoChange,
    AddColumn,
}

impl Phase {
    fn word(self) -> &'static str {
        match self {
            Self::Initial => "initial",
            Self::NoChange => "no change",
            Self::AddColumn => "one column added",
        }
    }
}

fn measure(
    bench: &Bench,
    peer: Option<&Path>,
    dialect: &str,
    tables: usize,
    phase: Phase,
) -> Result<(), Failure> {
    let binary = bench.binary.display().to_string();
    let ours: [&str; 4] = [&binary, "dbkit", "generate", "--quiet"];
    let base = bench.fresh_folder("generate/dbkit-base")?;
    project(&base, dialect, tables, Edition::First)?;
    if phase != Phase::Initial {
        once(&base, &ours)?;
    }
    if phase == Phase::AddColumn {
        fs::write(base.join("src/schema.rs"), rust(tables, Edition::OneColumnMore))?;
    }
    let theirs = match peer {
        Some(modules) => Some(drizzle_project(bench, modules, dialect, tables, phase)?),
        None => None,
    };
    let (mut our_runs, mut their_runs) = (Vec::new(), Vec::new());
    for round in 0..=bench.options.runs {
        let folder = copy(&base, &bench.folder.join("generate/dbkit-run"))?;
        let usage = once(&folder, &ours)?;
        if round > 0 {
            our_runs.push(usage);
        }
        if let Some(base) = &theirs {
            let folder = copy(base, &bench.folder.join("generate/drizzle-run"))?;
            let kit = folder.join("node_modules/drizzle-kit/bin.cjs").display().to_string();
            let usage = once(&folder, &["node", &kit, "generate"])?;
            if round > 0 {
                their_runs.push(usage);
            }
        }
    }
    let peer_median = if their_runs.is_empty() { None } else { Some(median(&their_runs)) };
    line(&format!("{dialect}, {tables}, {}", phase.word()), median(&our_runs), peer_median);
    Ok(())
}

/// A package with a schema and an empty journal.
pub(super) fn project(
    folder: &Path,
    dialect: &str,
    tables: usize,
    edition: Edition,
) -> Result<(), Failure> {
    fs::create_dir_all(folder.join("src"))?;
    fs::create_dir_all(folder.join("migrations"))?;
    fs::write(folder.join("migrations/journal.lock"), "dbkit journal 1\n")?;
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"bench\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[package.metadata.dbkit]\ndialect = \"{dialect}\"\n\n[workspace]\n"
        ),
    )?;
    fs::write(folder.join("src/lib.rs"), "pub mod schema;\n")?;
    fs::write(folder.join("src/schema.rs"), rust(tables, edition))?;
    Ok(())
}

fn drizzle_project(
    bench: &Bench,
    modules: &Path,
    dialect: &str,
    tables: usize,
    phase: Phase,
) -> Result<PathBuf, Failure> {
    let folder = bench.fresh_folder("generate/drizzle-base")?;
    let word = if dialect == "postgres" { "postgresql" } else { dialect };
    fs::write(
        folder.join("drizzle.config.ts"),
        format!(
            "export default {{ dialect: '{word}', schema: './schema.ts', out: './drizzle' }};\n"
        ),
    )?;
    fs::write(folder.join("schema.ts"), drizzle(tables, Edition::First, dialect))?;
    std::os::unix::fs::symlink(modules, folder.join("node_modules"))?;
    let kit = modules.join("drizzle-kit/bin.cjs").display().to_string();
    if phase != Phase::Initial {
        once(&folder, &["node", &kit, "generate"])?;
    }
    if phase == Phase::AddColumn {
        fs::write(folder.join("schema.ts"), drizzle(tables, Edition::OneColumnMore, dialect))?;
    }
    Ok(folder)
}

fn install_drizzle(bench: &Bench) -> Result<Option<PathBuf>, Failure> {
    let folder = bench.folder.join("drizzle");
    let modules = folder.join("node_modules");
    if !modules.join("drizzle-kit/bin.cjs").exists() {
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("package.json"), "{ \"private\": true }\n")?;
        let mut arguments = vec!["install", "--no-audit", "--no-fund", "--ignore-scripts=false"];
        arguments.extend(DRIZZLE);
        if let Err(failure) = checked(&folder, "npm", &arguments) {
            println!("drizzle-kit is left out: {failure}");
            return Ok(None);
        }
    }
    Ok(Some(modules))
}

fn size(bench: &Bench) -> Result<(), Failure> {
    let folder = bench.fresh_folder("generate/size")?;
    project(&folder, "sqlite", 1000, Edition::First)?;
    let binary = bench.binary.display().to_string();
    once(&folder, &[&binary, "dbkit", "generate", "--quiet"])?;
    let before = tree_size(&folder.join("migrations"))?;
    fs::write(folder.join("src/schema.rs"), rust(1000, Edition::OneColumnMore))?;
    once(&folder, &[&binary, "dbkit", "generate", "--quiet"])?;
    let after = tree_size(&folder.join("migrations"))?;
    println!(
        "\nThe migration that adds one column to 1,000 tables: {} bytes in all, journal line included",
        after - before
    );
    Ok(())
}

/// Bytes of all files below a folder.
pub(super) fn tree_size(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        bytes += if kind.is_dir() { tree_size(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}

/// A copy of a folder; links stay links.
pub(super) fn copy(from: &Path, to: &Path) -> Result<PathBuf, Failure> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    checked(Path::new("/"), "cp", &["-r", &from.display().to_string(), &to.display().to_string()])?;
    Ok(to.to_owned())
}
