//! A file that is copied.

use std::path::{Path, PathBuf};

use super::{Fixture, Setup, folder, is_old, unique};

/// An SQLite file of a test's own.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    url: String,
    is_kept: bool,
}

impl Sqlite {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The same as a URL: `sqlite:/tmp/..`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection to it.
    ///
    /// # Panics
    /// If it cannot be opened.
    pub fn connect(&self) -> rusqlite::Connection {
        match rusqlite::Connection::open(&self.path) {
            Ok(connection) => connection,
            Err(error) => panic!("cannot open `{}`: {error}", self.path.display()),
        }
    }
}

impl Fixture for Sqlite {
    fn make(setup: &Setup<'_>) -> Result<Self, String> {
        let folder = folder()?;
        let template = folder.join(format!("dbkit_template_{:016x}.db", setup.key()));
        if !template.exists() {
            sweep(&folder);
            // Under a name of its own first: another process may be at the same work, and the last one wins with the same file.
            let new = folder.join(format!("{}.new", unique()));
            let mut connection =
                rusqlite::Connection::open(&new).map_err(|error| error.to_string())?;
            setup.apply(&mut connection)?;
            // With the journal of the write-ahead log there would be more than one file to copy.
            connection
                .execute_batch("PRAGMA journal_mode = DELETE")
                .map_err(|error| error.to_string())?;
            drop(connection);
            std::fs::rename(&new, &template).map_err(|error| error.to_string())?;
        }
        let path = folder.join(format!("{}.db", unique()));
        std::fs::copy(&template, &path)
            .map_err(|error| format!("cannot copy `{}`: {error}", template.display()))?;
        let url = format!("sqlite:{}", path.display());
        Ok(Self { path, url, is_kept: false })
    }

    fn keep(&mut self) {
        self.is_kept = true;
    }

    fn place(&self) -> &str {
        &self.url
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        if !self.is_kept {
            remove(&self.path);
        }
    }
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(PathBuf::from(name));
    }
}

/// What tests that were killed have left.
fn sweep(folder: &Path) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    for entry in entries {
        if entry.file_name().to_str().is_some_and(is_old) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}
