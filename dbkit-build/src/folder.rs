//! Reads a migrations folder into values.

use std::fs::{self, File};
use std::io::{self, Read as _};
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
                let mut buffer = vec![0; 1 << 16];
                for name in names {
                    read.read_migration(folder, name, &mut buffer);
                }
            }
            Err(error) => read
                .problems
                .push(Problem::error("DBK0204", format!("cannot read `{shown}`: {error}"))),
        }
        read
    }

    fn read_migration(&mut self, folder: &Path, name: String, buffer: &mut [u8]) {
        let mut path = folder.join(&name);
        let position = self.journal.position_near(&name, self.migrations.len());
        let entry = position.map(|position| &self.journal.entries()[position]);
        let has_down = entry.is_none_or(|entry| entry.down.is_some());
        let has_changes = entry.is_none_or(|entry| entry.changes.is_some());
        // Few have one, and the journal says who does.
        let has_replaces = self.journal.has_replaces()
            && entry.is_some_and(|entry| self.journal.replaces(&entry.id).is_some());
        let problems = &mut self.problems;
        let shown_folder = &self.path;
        let mut file = |file: &str, is_expected: bool| {
            path.push(file);
            // A look costs half as much as an attempt to open what is not there.
            let is_there = is_expected || fs::exists(&path).unwrap_or(true);
            let read = if is_there { read_file(&path, buffer).map(Some) } else { Ok(None) };
            path.pop();
            match read {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => {
                    let shown = format!("{shown_folder}/{name}/{file}");
                    problems
                        .push(Problem::error("DBK0204", format!("cannot read `{shown}`: {error}")));
                    None
                }
            }
        };
        let up = file("up.sql", true);
        let down = file("down.sql", has_down);
        let changes = file("changes.json", has_changes);
        let replaces = if has_replaces { file(crate::replaces::FILE, true) } else { None };
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

/// `fs::read` with a buffer that fits most files, so that none is asked for its size.
fn read_file(path: &Path, buffer: &mut [u8]) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let mut length = 0;
    while length < buffer.len() {
        match file.read(&mut buffer[length..]) {
            Ok(0) => return Ok(buffer[..length].to_vec()),
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let mut bytes = buffer.to_vec();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::Folder;
    use crate::canonical::Hash;
    use crate::journal::{Entry, Journal};
    use crate::split::Flavor;
    use crate::verify::verify;
    use crate::write::{self, MigrationTexts};

    const NAME: &str = "20260101000000_create_users";

    /// A folder with one migration, recorded without a way back.
    fn with(up: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let id = NAME.parse().unwrap();
        let texts = MigrationTexts { up: up.to_owned(), down: None, changes: None };
        write::migration(folder.path(), &id, &texts).unwrap();
        let up = Hash::of(up.as_bytes());
        let entry = Entry { id, up, down: None, changes: None, parents: Vec::new() };
        write::journal(folder.path(), &Journal::new(vec![entry])).unwrap();
        folder
    }

    #[test]
    fn a_file_is_read_whole_however_long_it_is() {
        for length in [0, 1, 65_535, 65_536, 65_537, 200_000] {
            let up = "-".repeat(length);
            let folder = with(&up);
            let read = Folder::read(folder.path(), "migrations");
            assert_eq!(read.migrations[0].up.as_deref(), Some(up.as_bytes()), "{length} bytes");
        }
    }

    #[test]
    fn files_that_came_after_the_record_are_found() {
        for name in ["down.sql", "changes.json"] {
            let folder = with("SELECT 1;\n");
            fs::write(folder.path().join(NAME).join(name), "SELECT 2;\n").unwrap();
            let problems = verify(&Folder::read(folder.path(), "migrations"), Flavor::Sqlite);
            let codes: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
            assert_eq!(codes, ["DBK0203"], "{name}");
            assert_eq!(
                problems[0].message,
                format!("`{name}` of migration `{NAME}` came after it was recorded")
            );
        }
    }
}
