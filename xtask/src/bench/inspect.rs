//! Reading schemas back: PostgreSQL beside `pg_dump --schema-only`, SQLite, and `diff` of two files.
//!
//! `cargo dbkit diff A A` reads a database twice and compares it with itself, so an introspection is at most half of it.

use std::fs;
use std::path::Path;

use super::Bench;
use super::generate::project;
use super::measure::{Usage, median, once};
use super::schemas::{Edition, rust};
use super::server::Server;
use crate::Failure;

pub(super) fn run(bench: &Bench) -> Result<(), Failure> {
    println!("\nReading back, T tables x 10 columns: median of {} runs\n", bench.options.runs);
    println!(
        "| what | CPU s | wall s | MiB | pg_dump wall s | ratio of walls |\n|---|---|---|---|---|---|"
    );
    sqlite(bench)?;
    files(bench)?;
    match Server::start()? {
        Some(server) => postgres(bench, &server)?,
        None => println!("\nPostgreSQL is left out: no server binaries"),
    }
    Ok(())
}

fn sqlite(bench: &Bench) -> Result<(), Failure> {
    let folder = bench.fresh_folder("inspect/sqlite")?;
    let url = format!("sqlite:{}", folder.join("bench.db").display());
    fill(bench, &folder, "sqlite", 1000, &url)?;
    let usage = ours(bench, &folder, &["diff", &url, &url])?;
    row("SQLite, T = 1000, `diff` with itself", usage, None);
    Ok(())
}

/// Two schemas that differ in a column, as files.
fn files(bench: &Bench) -> Result<(), Failure> {
    for dialect in ["sqlite", "postgres"] {
        let folder = bench.fresh_folder("inspect/files")?;
        project(&folder, dialect, 1000, Edition::First)?;
        for (name, edition) in [("one", Edition::First), ("other", Edition::OneColumnMore)] {
            fs::write(folder.join("src/schema.rs"), rust(1000, edition))?;
            for format in ["json", "sql"] {
                let binary = bench.binary.display();
                let line = format!("{binary} dbkit export --format {format} > {name}.{format}");
                once(&folder, &["sh", "-c", &line])?;
            }
        }
        let usage =
            ours(bench, &folder, &["diff", "one.json", "other.json", "--dialect", dialect])?;
        row(&format!("`diff` of two JSON files, T = 1000, {dialect}"), usage, None);
        if dialect == "sqlite" {
            let usage =
                ours(bench, &folder, &["diff", "one.sql", "other.sql", "--dialect", dialect])?;
            row("`diff` of two SQL files, T = 1000, sqlite (in scratch databases)", usage, None);
        }
    }
    Ok(())
}

fn postgres(bench: &Bench, server: &Server) -> Result<(), Failure> {
    for tables in [300, 1000, 3000] {
        let folder = bench.fresh_folder("inspect/postgres")?;
        let url = server.database(&format!("t{tables}"))?;
        fill(bench, &folder, "postgres", tables, &url)?;
        beside_pg_dump(bench, server, &folder, &url, &format!("PostgreSQL, T = {tables}"))?;
    }
    for (number, file) in bench.options.schemas.iter().enumerate() {
        let folder = bench.fresh_folder("inspect/real")?;
        let name = format!("real{number}");
        let url = server.database(&name)?;
        server.load(&name, file)?;
        let shown = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        beside_pg_dump(bench, server, &folder, &url, &format!("PostgreSQL, {shown}"))?;
    }
    Ok(())
}

fn beside_pg_dump(
    bench: &Bench,
    server: &Server,
    folder: &Path,
    url: &str,
    what: &str,
) -> Result<(), Failure> {
    let binary = bench.binary.display().to_string();
    let dump = server.binaries.join("pg_dump").display().to_string();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=bench.options.runs {
        let one = once(folder, &[&binary, "dbkit", "--quiet", "diff", url, url])?;
        let other = once(folder, &[&dump, "--schema-only", url])?;
        if round > 0 {
            ours.push(one);
            theirs.push(other);
        }
    }
    row(&format!("{what}, `diff` with itself"), median(&ours), Some(median(&theirs)));
    Ok(())
}

/// A database with the schema of the benchmarks in it.
fn fill(
    bench: &Bench,
    folder: &Path,
    dialect: &str,
    tables: usize,
    url: &str,
) -> Result<(), Failure> {
    project(folder, dialect, tables, Edition::First)?;
    let binary = bench.binary.display().to_string();
    once(folder, &[&binary, "dbkit", "generate", "--quiet"])?;
    once(folder, &[&binary, "dbkit", "migrate", "--quiet", "--url", url])?;
    Ok(())
}

fn ours(bench: &Bench, folder: &Path, arguments: &[&str]) -> Result<Usage, Failure> {
    let binary = bench.binary.display().to_string();
    let mut command = vec![binary.as_str(), "dbkit", "--quiet"];
    command.extend(arguments);
    let mut runs = Vec::new();
    for round in 0..=bench.options.runs {
        let usage = once(folder, &command)?;
        if round > 0 {
            runs.push(usage);
        }
    }
    Ok(median(&runs))
}

fn row(what: &str, ours: Usage, peer: Option<Usage>) {
    let beside = match peer {
        Some(peer) => format!("{:.3} | {:.2}", peer.wall, ours.wall / peer.wall),
        None => "- | -".to_owned(),
    };
    println!("| {what} | {:.3} | {:.3} | {:.0} | {beside} |", ours.cpu, ours.wall, ours.peak);
}
