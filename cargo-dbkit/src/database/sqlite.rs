//! SQLite files.

use std::path::Path;
use std::time::Duration;

use dbkit_runtime::Driver;
use dbkit_schema::diagnostic::Diagnostic;

use super::Missing;
use crate::project::show;

pub(super) fn open(
    path: &str,
    missing: Missing,
    patience: Duration,
) -> Result<Box<dyn Driver>, Diagnostic> {
    use rusqlite::OpenFlags;

    let file = Path::new(path);
    if missing == Missing::Refuse && !file.exists() {
        return Err(Diagnostic::error("DBK0008", format!("there is no database file `{path}`"))
            .help("make it: `cargo dbkit migrate`"));
    }
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty())
        && !folder.is_dir()
    {
        return Err(Diagnostic::error(
            "DBK0008",
            format!("cannot make the database `{path}`: there is no folder `{}`", show(folder)),
        )
        .help(format!("make it: `mkdir -p {}`", show(folder))));
    }
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if missing == Missing::Create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let failed = |error: &rusqlite::Error| {
        let words = match error {
            rusqlite::Error::SqliteFailure(_, Some(words)) => words.clone(),
            other => other.to_string(),
        };
        Diagnostic::error("DBK0008", format!("cannot open the database `{path}`: {words}"))
    };
    let connection =
        rusqlite::Connection::open_with_flags(file, flags).map_err(|error| failed(&error))?;
    connection.busy_timeout(patience).map_err(|error| failed(&error))?;
    // SQLite looks into the file only when it has to: a text file is found out here, not in the middle of the work.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).or_else(
        |error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy) => Ok(()),
            _ => Err(failed(&error)),
        },
    )?;
    Ok(Box::new(connection))
}

/// Copies a database while others use it, by SQLite's online backup. What is in the target goes, whole or not at all.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Diagnostic> {
    use rusqlite::backup::{Backup, StepResult};

    let failed = |error: rusqlite::Error| {
        Diagnostic::error(
            "DBK0031",
            format!("cannot copy `{}` to `{}`: {error}", from.display(), to.display()),
        )
    };
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let source = rusqlite::Connection::open_with_flags(from, flags).map_err(failed)?;
    let mut target = rusqlite::Connection::open(to).map_err(failed)?;
    target.busy_timeout(super::PATIENCE).map_err(failed)?;
    {
        let backup = Backup::new(&source, &mut target).map_err(failed)?;
        let mut patience = super::PATIENCE;
        let pause = Duration::from_millis(50);
        loop {
            match backup.step(1024).map_err(failed)? {
                StepResult::Done => break,
                StepResult::More => {}
                // Somebody writes this very moment.
                _ if patience > pause => {
                    patience -= pause;
                    std::thread::sleep(pause);
                }
                _ => {
                    return Err(Diagnostic::error(
                        "DBK0508",
                        format!("somebody else is writing to `{}`", to.display()),
                    )
                    .help("try again later"));
                }
            }
        }
    }
    drop(target);
    // What is renamed later is on the disk by then.
    std::fs::File::open(to)
        .and_then(|file| file.sync_all())
        .map_err(|error| crate::failure::file_problem("write", to, &error))
}

/// What SQLite finds wrong with a file.
pub(super) fn integrity(path: &Path) -> Result<Vec<String>, Diagnostic> {
    let failed = |error: rusqlite::Error| {
        Diagnostic::error("DBK0031", format!("`{}` cannot be read: {error}", path.display()))
    };
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(failed)?;
    let mut statement = connection.prepare("PRAGMA integrity_check(10)").map_err(failed)?;
    let lines = statement.query_map([], |row| row.get(0)).map_err(failed)?;
    let lines: Vec<String> = lines.collect::<Result<_, _>>().map_err(failed)?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}
