//! A PostgreSQL server of the benchmarks' own, with the client programs of its distribution.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;

// nobody, on every Linux: PostgreSQL refuses to run as root.
const UNPRIVILEGED: u32 = 65534;

/// A PostgreSQL server in a temporary folder, stopped with this value.
pub(super) struct Server {
    pub(super) binaries: PathBuf,
    folder: tempfile::TempDir,
}

impl Server {
    /// `None` if there are no binaries.
    pub(super) fn start() -> Result<Option<Self>, Failure> {
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

    /// Runs a program of the server's.
    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Failure> {
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

    /// The folder of its socket.
    pub(super) fn socket(&self) -> String {
        self.folder.path().display().to_string()
    }

    /// Makes a database; its URL.
    pub(super) fn database(&self, name: &str) -> Result<String, Failure> {
        self.run("createdb", &["-h", &self.socket(), "-U", "postgres", name])?;
        Ok(format!("postgres://postgres@/{name}?host={}", self.socket()))
    }

    /// Loads a file; what needs an extension or a role that is not there is passed over.
    pub(super) fn load(&self, name: &str, file: &Path) -> Result<(), Failure> {
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
