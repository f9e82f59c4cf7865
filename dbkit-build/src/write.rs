//! Writes migrations so that nothing is ever half-written: to a temporary name first, then renamed.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::folder::JOURNAL;
use crate::id::MigrationId;
use crate::journal::Journal;

/// The texts of one migration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationTexts {
    /// `up.sql`.
    pub up: String,
    /// `down.sql`.
    pub down: Option<String>,
    /// `changes.json`.
    pub changes: Option<String>,
}

/// Writes a file under a temporary name beside it, syncs it, and renames it.
///
/// # Errors
/// What the file system says; the old file is as it was.
pub fn file(path: &Path, text: &str) -> io::Result<()> {
    let temporary = beside(path);
    let write = || {
        let mut file = File::create(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

/// Writes the folder of a migration. It appears whole, or not at all.
///
/// # Errors
/// What the file system says, also when the folder exists.
pub fn migration(folder: &Path, id: &MigrationId, texts: &MigrationTexts) -> io::Result<()> {
    let path = folder.join(id.as_str());
    if path.exists() {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("`{id}` exists")));
    }
    let temporary = beside(&path);
    let write = || {
        // What a crash of a process with the same number left behind would be renamed with the rest.
        match fs::remove_dir_all(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::create_dir_all(&temporary)?;
        let files = [
            ("up.sql", Some(&texts.up)),
            ("down.sql", texts.down.as_ref()),
            ("changes.json", texts.changes.as_ref()),
        ];
        for (name, text) in files {
            if let Some(text) = text {
                let mut file = File::create(temporary.join(name))?;
                file.write_all(text.as_bytes())?;
                file.sync_all()?;
            }
        }
        fs::rename(&temporary, &path)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_dir_all(&temporary);
    })
}

/// Writes the journal.
///
/// # Errors
/// What the file system says; the old journal is as it was.
pub fn journal(folder: &Path, journal: &Journal) -> io::Result<()> {
    file(&folder.join(JOURNAL), &journal.to_string())
}

// The leading dot hides it from `Folder::read` if a crash leaves it behind.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}
