//! Copies of a database that can be put back: made before something is changed, named by the second, with a manifest that says what is in
//! them and a checksum that says that it still is.

mod dump;
mod manifest;

use std::fs;
use std::path::{Path, PathBuf};

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

pub(crate) use self::manifest::{Manifest, sha256};

use crate::database::{self, Database, Missing};
use crate::failure::file_problem;
use crate::inspect::inspect;
use crate::scratch::{Scratch, Site};
use crate::url::Address;
use crate::{clock, store, verify};

/// Where backups are, unless it is said: a folder beside the migrations.
pub(crate) const FOLDER: &str = "backups";

/// A backup on disk.
#[derive(Debug, Clone)]
pub(crate) struct Backup {
    /// The copy.
    pub(crate) path: PathBuf,
    /// What is said of it, beside it.
    pub(crate) manifest: Manifest,
}

/// How far a backup is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The tool that made it reads it again.
    Readable,
    /// It is restored into a scratch database, which then has the same schema.
    Restored,
}

/// Copies a database into a folder.
pub(crate) fn make(
    address: &Address,
    folder: &Path,
    at: Option<&str>,
    proof: Proof,
) -> Result<Backup, Diagnostic> {
    let address = &address.completed()?;
    fs::create_dir_all(folder).map_err(|error| file_problem("make", folder, &error))?;
    // Rows of people lie in it.
    keep_out(folder);
    let moment = clock::stamp(clock::now());
    let (suffix, name) = match address {
        Address::Sqlite(path) => {
            let stem = Path::new(path).file_stem().map(|stem| stem.to_string_lossy().into_owned());
            ("db", stem.unwrap_or_else(|| "database".to_owned()))
        }
        Address::Server(server) => {
            let suffix = if server.dialect == DialectName::Postgres { "dump" } else { "sql" };
            (suffix, server.database.clone().unwrap_or_else(|| "database".to_owned()))
        }
    };
    let path = folder.join(format!("{moment}_{name}.{suffix}"));
    let unfinished = folder.join(format!("{moment}_{name}.{suffix}.unfinished"));
    let made = match address {
        Address::Sqlite(file) => database::copy_file(Path::new(file), &unfinished)
            .map(|()| "SQLite's online backup".to_owned()),
        Address::Server(server) => dump::write(server, &unfinished),
    };
    let tool = made.inspect_err(|_| {
        let _ = fs::remove_file(&unfinished);
    })?;
    fs::rename(&unfinished, &path).map_err(|error| file_problem("write", &path, &error))?;
    let manifest = Manifest::new(address, &path, &moment, at, &tool)?;
    let mut backup = Backup { path, manifest };
    backup.prove(address, proof)?;
    store::write_file(&backup.manifest_path(), &backup.manifest.to_json())
        .map_err(|error| file_problem("write", backup.manifest_path(), &error))?;
    Ok(backup)
}

impl Backup {
    /// Reads what is said of a copy, and looks whether it is still the one that was made.
    pub(crate) fn open(path: &Path) -> Result<Self, Diagnostic> {
        let manifest_path = beside(path);
        let text = fs::read_to_string(&manifest_path).map_err(|error| {
            file_problem("read", &manifest_path, &error)
                .help("a backup is two files: the copy, and its manifest beside it")
        })?;
        let manifest = Manifest::read(&text, &manifest_path)?;
        let found = sha256(path)?;
        if found != manifest.sha256 {
            return Err(Diagnostic::error(
                "DBK0031",
                format!("`{}` is not the copy that was made", path.display()),
            )
            .note(format!("its manifest says sha256 {}, the file has {found}", manifest.sha256))
            .help("it was cut off or changed since; take another one"));
        }
        Ok(Self { path: path.to_owned(), manifest })
    }

    pub(crate) fn manifest_path(&self) -> PathBuf {
        beside(&self.path)
    }

    /// Looks whether it could be put back.
    pub(crate) fn prove(&mut self, address: &Address, proof: Proof) -> Result<(), Diagnostic> {
        match address {
            Address::Sqlite(_) => {
                let problems = database::integrity(&self.path)?;
                if !problems.is_empty() {
                    let mut problem =
                        Diagnostic::error("DBK0031", "the copy is damaged, as the database is");
                    problem.notes = problems;
                    return Err(problem.help("`sqlite3 app.db .recover` saves what can be saved"));
                }
            }
            Address::Server(server) => dump::list(server, &self.path)?,
        }
        if proof == Proof::Restored {
            self.prove_by_restoring(address)?;
            self.manifest.verified_at = Some(clock::stamp(clock::now()));
        }
        Ok(())
    }

    /// Restores it where nobody is, and compares what is there.
    fn prove_by_restoring(&self, address: &Address) -> Result<(), Diagnostic> {
        let mut original = Database::open(address, Missing::Refuse)?;
        let shown = original.shown.clone();
        let expected = inspect(&mut original, &shown)?;
        let restored = match address {
            Address::Sqlite(_) => {
                let copy = Address::Sqlite(self.path.display().to_string());
                let mut copy = Database::open(&copy, Missing::Refuse)?;
                let shown = copy.shown.clone();
                inspect(&mut copy, &shown)?
            }
            Address::Server(server) => {
                let mut scratch = Scratch::make(server.dialect, &Site::on(address))?;
                let mut place = server.clone();
                place.database = Some(scratch.name().to_owned());
                dump::restore(&place, &self.path)?;
                scratch.inspect()?
            }
        };
        let differences = verify::between(&expected.schema, &restored.schema, address.dialect());
        if differences.is_empty() {
            return Ok(());
        }
        let problem = Diagnostic::error("DBK0031", "the backup does not bring back the same schema")
            .note("it was restored into a scratch database, which differs from the one that was copied by:")
            .help("somebody may have changed the schema meanwhile; take another one");
        Err(verify::listed(problem, &differences))
    }

    /// Puts it back. What is in the database goes.
    pub(crate) fn restore(&self, address: &Address) -> Result<(), Diagnostic> {
        match address.completed()? {
            Address::Sqlite(file) => database::copy_file(&self.path, Path::new(&file)),
            Address::Server(server) => dump::restore(&server, &self.path),
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".json");
    PathBuf::from(name)
}

#[cfg(unix)]
fn keep_out(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
}

#[cfg(not(unix))]
fn keep_out(_: &Path) {}
