//! Reading schemas back: PostgreSQL beside `pg_dump --schema-only`, SQLite, and `diff` of two files.
//!
//! `cargo dbkit diff A A` reads a database twice and compares it with itself, so an introspection is at most half of it.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Bench;
use super::generate::project;
use super::measure::{Usage, median, once};
use super::schemas::{Edition, rust};
use crate::Failure;

// nobody, on every Linux: PostgreSQL refuses to run as root.
const UNPRIVILEGED: u32 = 65534;

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

/// A PostgreSQL server in a temporary folder, stopped with this value.
struct Server {
    binaries: PathBuf,
    folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Result<Option<Self>, Failure> {
        let Some(binaries) = binaries() else { return Ok(None) };
        let folder = tempfile::Builder::new().prefix("dbkit-bench").tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        let data = folder.path().join("data");
        fs::create_dir(&data)?;
        chown(&data, Some(UNPRIVILEGED), Some(UNPRIVILEGED))?;
        chown(folder.path(), Some(UNPRIVILEGED), Some(UNPRIVILEGED))?;
        let server = Self { binaries, folder };
        let data = data.display().to_string();
        server.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "--no-sync"])?;
        // As a database at work, but that a crash may lose it.
        let options = format!(
            "-c listen_addresses= -c fsync=off -c max_locks_per_transaction=8192 -c unix_socket_directories={}",
            server.folder.path().display()
        );
        let log = format!("{data}/log");
        server.run("pg_ctl", &["-D", &data, "-o", &options, "-l", &log, "-w", "start"])?;
        Ok(Some(server))
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Failure> {
        let output = Command::new(self.binaries.join(program))
            .args(arguments)
            .uid(UNPRIVILEGED)
            .gid(UNPRIVILEGED)
            .current_dir(self.folder.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()?;
        if output.success() {
            Ok(())
        } else {
            Err(format!("`{program}` ended with {output}").into())
        }
    }

    fn socket(&self) -> String {
        self.folder.path().display().to_string()
    }

    fn database(&self, name: &str) -> Result<String, Failure> {
        self.run("createdb", &["-h", &self.socket(), "-U", "postgres", name])?;
        Ok(format!("postgres://postgres@/{name}?host={}", self.socket()))
    }

    /// Loads a file; what needs an extension or a role that is not there is passed over.
    fn load(&self, name: &str, file: &Path) -> Result<(), Failure> {
        let text = fs::read(file)?;
        let copy = self.folder.path().join("load.sql");
        fs::write(&copy, text)?;
        self.run(
            "psql",
            &["-q", "-h", &self.socket(), "-U", "postgres", "-d", name, "-f", "load.sql"],
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.folder.path().join("data").display().to_string();
        let _ = self.run("pg_ctl", &["-D", &data, "-m", "immediate", "-w", "stop"]);
    }
}

/// The newest PostgreSQL of the usual places.
fn binaries() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, path)| {
            ["initdb", "pg_ctl", "pg_dump", "psql", "createdb"]
                .iter()
                .all(|name| path.join(name).exists())
        })
        .collect();
    found.sort();
    found.pop().map(|(_, path)| path)
}
