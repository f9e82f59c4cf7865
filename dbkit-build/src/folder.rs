//! Reads a migrations folder into values.

use std::fs;
use std::io;
use std::path::Path;

use crate::journal::Journal;
use crate::problem::Problem;

/// Name of the journal inside the folder.
pub const JOURNAL: &str = "journal.lock";

/// The files of one migration, as they are on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationFiles {
    /// The folder's name.
    pub name: String,
    /// `up.sql`.
    pub up: Option<Vec<u8>>,
    /// `down.sql`.
    pub down: Option<Vec<u8>>,
    /// `changes.json`.
    pub changes: Option<Vec<u8>>,
    /// `replaces.lock`.
    pub replaces: Option<Vec<u8>>,
}

/// A migrations folder, as it is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its path below the package, with `/`; the start of every path in a problem.
    pub path: String,
    /// What the journal says.
    pub journal: Journal,
    /// Sorted by name.
    pub migrations: Vec<MigrationFiles>,
    /// What was wrong already when it was read.
    pub problems: Vec<Problem>,
}

impl Folder {
    /// A folder without migrations.
    pub(crate) fn empty(shown: &str) -> Self {
        Self {
            path: shown.to_owned(),
            journal: Journal::default(),
            migrations: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Reads a folder; everything wrong with it is in `problems`. `shown` is the path that messages name.
    pub fn read(folder: &Path, shown: &str) -> Self {
        let mut read = Self::empty(shown);
        if !folder.is_dir() {
            read.problems.push(
                Problem::error("DBK0202", format!("there is no migrations folder `{shown}`"))
                    .note("an empty set is never embedded in its place: the app would start on an empty database")
                    .help("`cargo dbkit init` makes one; or mend the path in build.rs"),
            );
            return read;
        }
        let journal_path = format!("{shown}/{JOURNAL}");
        match fs::read(folder.join(JOURNAL)) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => (read.journal, read.problems) = Journal::parse(&text, &journal_path),
                Err(error) => {
                    let bytes = error.as_bytes();
                    read.problems.push(not_utf8(
                        bytes,
                        error.utf8_error().valid_up_to(),
                        &journal_path,
                    ));
                }
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => read.problems.push(
                Problem::error(
                    "DBK0202",
                    format!("the migrations folder `{shown}` has no journal"),
                )
                .file(journal_path)
                .help("restore it with `git restore`, or start with `cargo dbkit init`"),
            ),
            Err(error) => read
                .problems
                .push(Problem::error("DBK0208", format!("cannot read `{journal_path}`: {error}"))),
        }
        match names(folder) {
            Ok((names, strays)) => {
                for file in strays {
                    let path = format!("{shown}/{file}");
                    read.problems.push(
                        Problem::warning("DBK0215", format!("`{path}` is not run"))
                            .file(&path)
                            .note("a migration is a folder with an `up.sql`, recorded in the journal")
                            .help("`cargo dbkit generate --custom` makes one for its statements; or move the file elsewhere"),
                    );
                }
                for name in names {
                    read.read_migration(folder, name);
                }
            }
            Err(error) => read
                .problems
                .push(Problem::error("DBK0204", format!("cannot read `{shown}`: {error}"))),
        }
        read
    }

    fn read_migration(&mut self, folder: &Path, name: String) {
        let path = folder.join(&name);
        let problems = &mut self.problems;
        let shown_folder = &self.path;
        let mut file = |file: &str| match fs::read(path.join(file)) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                let shown = format!("{shown_folder}/{name}/{file}");
                problems.push(Problem::error("DBK0204", format!("cannot read `{shown}`: {error}")));
                None
            }
        };
        let (up, down, changes) = (file("up.sql"), file("down.sql"), file("changes.json"));
        // Few have one, and a look into every folder takes its time: the journal says who does.
        let is_replacing = self.journal.has_replaces()
            && name.parse().is_ok_and(|id| self.journal.replaces(&id).is_some());
        let replaces = if is_replacing { file(crate::replaces::FILE) } else { None };
        self.migrations.push(MigrationFiles { name, up, down, changes, replaces });
    }

    /// Adds warnings of scripts inside the migrations that are not run, although it looks so.
    ///
    /// A build script does without: looking into every folder takes it half as long again.
    pub fn find_strays(&mut self, folder: &Path) {
        for files in &self.migrations {
            let Ok(entries) = fs::read_dir(folder.join(&files.name)) else { continue };
            let mut strays: Vec<String> = entries
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .filter(|file| is_script(file) && file != "up.sql" && file != "down.sql")
                .collect();
            strays.sort();
            for file in strays {
                let path = format!("{}/{}/{file}", self.path, files.name);
                self.problems.push(
                    Problem::warning("DBK0215", format!("`{path}` is not run"))
                        .file(&path)
                        .note("a migration is its `up.sql`, and `down.sql` for the way back")
                        .help("put its statements into one of them, or move the file elsewhere"),
                );
            }
        }
    }

    /// The same for one that is probably the one at `guess`, which saves the search.
    pub(crate) fn migration_near(&self, name: &str, guess: usize) -> Option<&MigrationFiles> {
        self.migrations
            .get(guess)
            .filter(|files| files.name == name)
            .or_else(|| self.migration(name))
    }

    /// The files of the migration of that name.
    pub fn migration(&self, name: &str) -> Option<&MigrationFiles> {
        self.migrations
            .binary_search_by(|files| files.name.as_str().cmp(name))
            .ok()
            .map(|position| &self.migrations[position])
    }
}

/// A script, and not what an editor leaves of one.
fn is_script(file: &str) -> bool {
    file.ends_with(".sql") && !file.starts_with(['.', '#'])
}

/// The folders inside the folder, and scripts beside them, sorted. Other files (a README) are none of our business.
fn names(folder: &Path) -> io::Result<(Vec<String>, Vec<String>)> {
    let mut names = Vec::new();
    let mut strays = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        let is_folder = kind.is_dir() || (kind.is_symlink() && entry.path().is_dir());
        if is_folder && !name.starts_with('.') {
            names.push(name);
        } else if !is_folder && is_script(&name) {
            strays.push(name);
        }
    }
    names.sort();
    strays.sort();
    Ok((names, strays))
}

/// The problem of a file that is not UTF-8, with the place of the first byte that is not.
pub(crate) fn not_utf8(bytes: &[u8], offset: usize, path: &str) -> Problem {
    let before = &bytes[..offset];
    let line_start =
        before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
    let byte = bytes.get(offset).copied().unwrap_or_default();
    Problem::error("DBK0210", format!("`{path}` is not UTF-8: byte {offset} is 0x{byte:02x}"))
        .file(path)
        .at((line, column))
        .help("save the file as UTF-8")
}
