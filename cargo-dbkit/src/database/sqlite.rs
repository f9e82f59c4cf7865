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
