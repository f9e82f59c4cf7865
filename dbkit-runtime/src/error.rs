//! What can go wrong with a run, with everything that a person needs to go on.

use std::fmt;
use std::time::Duration;

use crate::blob::Direction;
use crate::driver::DriverError;
use crate::history::UnknownStatus;

/// A migration that a run executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Its id.
    pub id: String,
    /// Statements that were executed.
    pub statements: usize,
    /// How long they took.
    pub took: Duration,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub(crate) applied: Vec<Applied>,
    pub(crate) rolled_back: Vec<Applied>,
}

impl Report {
    /// The migrations that were applied, in order.
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    /// The migrations that were taken back, in order.
    pub fn rolled_back(&self) -> &[Applied] {
        &self.rolled_back
    }
}

/// A statement that the database refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedStatement {
    /// The migration.
    pub id: String,
    /// Which of its scripts.
    pub direction: Direction,
    /// Which statement, from 1.
    pub number: usize,
    /// Of how many.
    pub total: usize,
    /// The statement.
    pub sql: String,
    /// Line and column of the script, from 1, at which the database points, or at which the statement begins.
    pub position: (usize, usize),
    /// That line of the script.
    pub line: String,
    /// Whether the database itself points at the column.
    pub is_pointed_at: bool,
    /// What the database said.
    pub cause: DriverError,
    /// Whether the whole script was taken back; otherwise the statements before this one stay.
    pub is_rolled_back: bool,
    /// Whether it may have been executed all the same: the connection was lost, or the outcome could not be recorded.
    pub is_in_doubt: bool,
}

impl FailedStatement {
    /// The script, below the migrations folder: `20261122093000_create_users/up.sql`.
    pub fn file(&self) -> String {
        format!("{}/{}", self.id, self.direction.file())
    }
}

/// Something that keeps a run from starting.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Obstacle {
    /// `up.sql` is not what the database has run.
    Edited {
        /// The migration.
        id: String,
    },
    /// The database has run a migration that this program does not have: the program is older than the database, or it was deleted.
    Unknown {
        /// The migration.
        id: String,
    },
    /// A migration was applied although one that it follows was not.
    OutOfOrder {
        /// The migration that was not applied.
        id: String,
        /// The one that was.
        before: String,
    },
    /// A statement was under way when its process ended, and nothing says whether the database executed it.
    InDoubt {
        /// The migration.
        id: String,
        /// The statement.
        sql: String,
    },
    /// A migration failed half-way, and its script is another one now.
    FailedAndEdited {
        /// The migration.
        id: String,
        /// Statements that were executed.
        done: usize,
    },
    /// A migration has no way back.
    Irreversible {
        /// The migration.
        id: String,
    },
    /// A script without a transaction stopped half-way, and the other direction is asked for.
    Unfinished {
        /// The migration.
        id: String,
        /// The script that stopped.
        direction: Direction,
        /// Statements of it that were executed.
        done: usize,
    },
    /// A script without a transaction stopped half-way, and the history is of an earlier dbkit, which did not record which script it was.
    Undirected {
        /// The migration.
        id: String,
        /// Statements of it that were executed.
        done: usize,
    },
}

impl Obstacle {
    /// The migration.
    pub fn id(&self) -> &str {
        match self {
            Self::Edited { id }
            | Self::Unknown { id }
            | Self::OutOfOrder { id, .. }
            | Self::InDoubt { id, .. }
            | Self::FailedAndEdited { id, .. }
            | Self::Unfinished { id, .. }
            | Self::Undirected { id, .. }
            | Self::Irreversible { id } => id,
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Edited { id } => format!("restore it with `git restore migrations/{id}` and put the change into its own migration"),
            Self::Unknown { .. } => "deploy the version that has it, or go on in spite of it: `.newer(Newer::Allow)`".to_owned(),
            Self::OutOfOrder { .. } => "apply it now with `cargo dbkit migrate --allow out-of-order` or `.out_of_order(OutOfOrder::Allow)`, or put it after the others with `cargo dbkit rebase`".to_owned(),
            Self::InDoubt { .. } => "look whether the statement took effect; if so, add 1 to `statements_done` in its row of the history; then set `statement_state` to 'idle'".to_owned(),
            Self::FailedAndEdited { .. } => "restore the script that failed, or finish it by hand".to_owned(),
            Self::Irreversible { .. } => "write a down.sql; or allow it, and what it cannot bring back is lost: `.allow_irreversible()`".to_owned(),
            Self::Unfinished { direction: Direction::Up, .. } => "mend what stopped it and let it finish with `cargo dbkit migrate`, then take it back".to_owned(),
            Self::Unfinished { direction: Direction::Down, .. } => "mend what stopped it and let it finish with `cargo dbkit rollback`, then apply it".to_owned(),
            Self::Undirected { .. } => "say it yourself: `ALTER TABLE _dbkit_migrations ADD COLUMN direction varchar(4) DEFAULT 'up' NOT NULL`, and set it to 'down' in the migration's row if it was being taken back".to_owned(),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited { id } => {
                write!(f, "migration `{id}` was edited after this database ran it")
            }
            Self::Unknown { id } => {
                write!(f, "the database has run migration `{id}`, which this program does not have")
            }
            Self::OutOfOrder { id, before } => write!(
                f,
                "migration `{id}` was not applied, but `{before}`, which comes after it, was"
            ),
            Self::InDoubt { id, sql } => {
                write!(
                    f,
                    "migration `{id}` was interrupted, and nothing says whether this statement was executed: {sql}"
                )
            }
            Self::FailedAndEdited { id, done } => {
                write!(
                    f,
                    "migration `{id}` failed after {done} statements, and its script was edited since"
                )
            }
            Self::Irreversible { id } => {
                write!(f, "migration `{id}` has no way back that keeps its data")
            }
            Self::Unfinished { id, direction, done } => {
                let verb = match direction {
                    Direction::Up => "applied",
                    Direction::Down => "taken back",
                };
                write!(f, "migration `{id}` was {verb} in part: it stopped after {done} statements")
            }
            Self::Undirected { id, done } => write!(
                f,
                "migration `{id}` stopped after {done} statements, and the history, which an earlier dbkit made, does not say whether it was applied or taken back"
            ),
        }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The embedded migrations cannot be read.
    Blob,
    /// Nothing was executed, for these reasons.
    Obstacles(Vec<Obstacle>),
    /// Another migrator kept the lock until the deadline. Nothing was changed; try again later.
    Locked {
        /// Who, as far as the database can tell.
        holder: Option<String>,
        /// How long this run waited.
        waited: Duration,
    },
    /// A statement of a migration failed.
    Statement(Box<FailedStatement>),
    /// After a script without foreign keys, rows point nowhere. It was taken back.
    ForeignKeys {
        /// The migration.
        id: String,
        /// Tables and rows, one a line.
        violations: Vec<String>,
    },
    /// All statements of a script succeeded, but it could not be recorded and committed. It was taken back.
    Commit {
        /// The migration.
        id: String,
        /// Which of its scripts.
        direction: Direction,
        /// What the database said, of a constraint that is checked at the end, for instance.
        cause: DriverError,
    },
    /// There is no migration of that id.
    UnknownTarget(String),
    /// The history has a word that this version of dbkit does not know: a newer one was at work.
    UnknownStatus {
        /// The migration.
        id: String,
        /// The word.
        status: String,
    },
    /// A statement of the runner itself failed.
    Database(DriverError),
}

/// What went wrong, and what was done before.
#[derive(Debug, Clone)]
pub struct Error {
    pub(crate) kind: Box<Kind>,
    pub(crate) report: Report,
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind: Box::new(kind), report: Report::default() }
    }

    /// What went wrong.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// What was done before; it stays done.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

impl From<DriverError> for Error {
    fn from(error: DriverError) -> Self {
        Self::new(Kind::Database(error))
    }
}

impl From<UnknownStatus> for Error {
    fn from(unknown: UnknownStatus) -> Self {
        Self::new(Kind::UnknownStatus { id: unknown.id, status: unknown.status })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.kind {
            Kind::Blob => write!(f, "{}", crate::blob::InvalidBlob)?,
            Kind::Obstacles(obstacles) => {
                f.write_str("nothing was executed:")?;
                for obstacle in obstacles {
                    write!(f, "\n  {obstacle}\n    = help: {}", obstacle.help())?;
                }
            }
            Kind::Locked { holder, waited } => {
                write!(f, "another migrator has the lock")?;
                if let Some(holder) = holder {
                    write!(f, " ({holder})")?;
                }
                write!(f, "; waited {} s, nothing was changed", waited.as_secs())?;
            }
            Kind::Statement(failed) => write_failed(f, failed)?,
            Kind::ForeignKeys { id, violations } => {
                write!(f, "migration `{id}` was taken back: rows would point nowhere")?;
                for violation in violations {
                    write!(f, "\n  {violation}")?;
                }
            }
            Kind::Commit { id, direction, cause } => {
                write!(
                    f,
                    "`{id}/{}` was taken back, because it could not be committed: {cause}",
                    direction.file()
                )?;
                write_words(f, cause)?;
            }
            Kind::UnknownTarget(id) => write!(f, "there is no migration `{id}`")?,
            Kind::UnknownStatus { id, status } => write!(
                f,
                "the history says `{status}` of migration `{id}`, which this version of dbkit does not know\n  = help: use the version that wrote it, or a later one"
            )?,
            Kind::Database(error) => {
                write!(f, "the database refused a statement of the runner's own: {error}")?;
                write_words(f, error)?;
            }
        }
        let done = [("applied", &self.report.applied), ("taken back", &self.report.rolled_back)];
        for (verb, migrations) in done.into_iter().filter(|(_, migrations)| !migrations.is_empty())
        {
            let ids: Vec<&str> = migrations.iter().map(|migration| migration.id.as_str()).collect();
            write!(f, "\n  = note: {verb} before, and it stays so: {}", ids.join(", "))?;
        }
        Ok(())
    }
}

fn write_failed(f: &mut fmt::Formatter<'_>, failed: &FailedStatement) -> fmt::Result {
    let (line, column) = failed.position;
    writeln!(
        f,
        "`{}` failed at statement {} of {}: {}",
        failed.id, failed.number, failed.total, failed.cause
    )?;
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    writeln!(f, "{margin}--> {}:{line}:{column}", failed.file())?;
    writeln!(f, "{margin} |")?;
    writeln!(f, "{number} | {}", failed.line)?;
    // A tab stays a tab, so that the caret stands below its character.
    let indent: String =
        failed.line.chars().take(column - 1).map(|c| if c == '\t' { c } else { ' ' }).collect();
    write!(f, "{margin} | {indent}^")?;
    write_words(f, &failed.cause)?;
    let before = failed.number - 1;
    let outcome = if failed.is_rolled_back {
        "the script was taken back as a whole".to_owned()
    } else if failed.is_in_doubt {
        "nothing says whether it was executed all the same; look before the next run".to_owned()
    } else if before == 0 {
        "nothing of it was executed".to_owned()
    } else {
        let done = if before == 1 {
            "statement 1 stays".to_owned()
        } else {
            format!("statements 1 to {before} stay")
        };
        format!("{done} done; the next run goes on at statement {}", failed.number)
    };
    write!(f, "\n  = note: {outcome}")
}

/// What else a database said.
fn write_words(f: &mut fmt::Formatter<'_>, said: &DriverError) -> fmt::Result {
    for (word, text) in [("detail", &said.detail), ("hint", &said.hint)] {
        if let Some(text) = text {
            write!(f, "\n  = {word}: {text}")?;
        }
    }
    Ok(())
}

impl std::error::Error for Error {}
