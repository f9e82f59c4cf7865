//! A problem with a migrations folder, as data, and the table of codes.

use std::fmt;

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The build fails.
    Error,
    /// The build goes on.
    Warning,
}

/// What is wrong with a migrations folder, where, why it matters and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, a row of [`CODES`].
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Lower case, no full stop.
    pub message: String,
    /// Path below the package, with `/`.
    pub file: Option<String>,
    /// Line and column, from 1.
    pub position: Option<(usize, usize)>,
    /// Why it matters.
    pub notes: Vec<String>,
    /// What to do.
    pub helps: Vec<String>,
}

impl Problem {
    pub(crate) fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            file: None,
            position: None,
            notes: Vec::new(),
            helps: Vec::new(),
        }
    }

    pub(crate) fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    pub(crate) fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    pub(crate) fn at(mut self, position: (usize, usize)) -> Self {
        self.position = Some(position);
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// Whether the build has to fail.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The form that `cargo::error=` lines show: code and message, place, notes and helps, one a line.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dbkit[{}]: {}", self.code, self.message)?;
        if let Some(file) = &self.file {
            write!(f, "\n  --> {file}")?;
            if let Some((line, column)) = self.position {
                write!(f, ":{line}:{column}")?;
            }
        }
        for note in &self.notes {
            write!(f, "\n  = note: {note}")?;
        }
        for help in &self.helps {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

/// Every code of this crate: code, title, explanation. `cargo dbkit explain CODE` prints it.
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "DBK0201",
        "more than one migration is a head",
        "Two migrations have no successor, as after the merge of two branches that both added one. If they touch different things, \
         either order gives the same schema: `cargo dbkit check` says so, and `cargo dbkit rebase` puts the younger one last. If they \
         collide, `check` names both sides; take one back with `cargo dbkit drop ID` and generate it again on top of the other.",
    ),
    (
        "DBK0202",
        "the migrations folder or its journal is missing",
        "The build script was told to embed a folder that is not there, or that has no `journal.lock`. An empty set is never embedded in \
         its place, because an app without migrations would start on an empty database. Run `cargo dbkit init`, or mend the path in build.rs.",
    ),
    (
        "DBK0203",
        "a migration was edited after it was recorded",
        "The journal holds the hash of every file of every migration. A database that has run the migration will not run it again, so an \
         edit makes it differ from new databases. If no database has applied it yet, `cargo dbkit amend ID` records the edit. Otherwise \
         restore the file and put the change into a migration of its own.",
    ),
    (
        "DBK0204",
        "a file of a migration is missing",
        "The journal names a migration whose folder or file is not on disk. Restore it with git. If a published package lacks it, look \
         at `include` and `exclude` in its Cargo.toml.",
    ),
    (
        "DBK0205",
        "a folder is not in the journal",
        "There is a migration folder that the journal does not name, so its place in the order and its hashes are not known. \
         `cargo dbkit amend ID` records a migration written by hand; delete the folder if it is a left-over.",
    ),
    (
        "DBK0206",
        "a parent is unknown, later than its child, or part of a circle",
        "Every migration names the migrations that it follows. The named one must be in the journal and must be older. After a merge by \
         hand a line may have been lost: restore it, or run `cargo dbkit rebase`.",
    ),
    (
        "DBK0207",
        "a migration id appears twice",
        "Two lines of the journal have the same id but different contents. Keep the one that fits the folder on disk.",
    ),
    (
        "DBK0208",
        "the journal cannot be read",
        "A line of `journal.lock` is not of the form `id  up:<sha256>  down:<sha256 or ->  changes:<sha256 or ->  parent:<ids or ->`, or the \
         file holds merge conflict markers. Take both sides of a conflict: the order of lines does not matter.",
    ),
    (
        "DBK0209",
        "the journal is of a newer version",
        "A newer dbkit wrote this journal. Update dbkit-build and cargo-dbkit to the version that the project uses.",
    ),
    (
        "DBK0210",
        "a file is not UTF-8",
        "SQL is embedded and sent as text. Save the file as UTF-8; the message names the first byte that is not.",
    ),
    (
        "DBK0211",
        "a statement does not end",
        "A quote, a comment, a dollar quote or a body was opened and never closed, so the statements of the file cannot be told apart.",
    ),
    (
        "DBK0212",
        "a directive is not known",
        "Lines of the form `-- dbkit: word` at the top of a file tell the runner how to run it. Known are `no-transaction`, \
         `foreign-keys=off`, `phase=expand|backfill|contract`, `irreversible`, `rust-step` and `allow=<rule>`.",
    ),
    (
        "DBK0213",
        "a file begins with a byte order mark",
        "The mark is ignored by dbkit, but psql and others may stumble over it.",
    ),
    (
        "DBK0214",
        "the migrations folder is outside the package",
        "`cargo package` takes only files below the package, so a published package could not be built. Move the folder below the package, \
         or set `publish = false` in its Cargo.toml.",
    ),
    (
        "DBK0215",
        "a script that nothing runs",
        "A `.sql` file lies in the migrations folder, or in a migration beside `up.sql` and `down.sql`. Nobody runs it, although it looks so. \
         A migration is a folder `<time>_<name>` with an `up.sql`, recorded in the journal: `cargo dbkit generate --custom` makes one.",
    ),
    (
        "DBK0216",
        "a directive after the first statement",
        "Lines of the form `-- dbkit: word` count before the first statement only. A later one is an ordinary comment, so the script runs \
         without what it asks for.",
    ),
    (
        "DBK0218",
        "the structs cannot be compared with the migrations",
        "The build script was built with the feature `schema-check`, but it does not know the dialect, finds no schema file, or cannot fold the \
         migrations. `cargo dbkit check` tells more; `SchemaCheck::Off` in build.rs does not look.",
    ),
    (
        "DBK0217",
        "two folders are embedded under one name",
        "A build script embeds several folders, and each needs a name of its own: the second would take the place of the first. \
         `dbkit_build::Embed::new(\"migrations-audit\").set(\"audit\").run()` in build.rs goes with \
         `dbkit::include_migrations!(pub AUDIT, set = \"audit\")` in the app. The set also keeps their rows apart in the history.",
    ),
];
