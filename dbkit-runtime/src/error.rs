//! What can go wrong with a run, with everything that a person needs to go on.

use std::fmt;
use std::time::Duration;

use crate::blob::Direction;
use crate::driver::DriverError;

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
    /// Whether the whole migration was taken back; otherwise the statements before this one stay.
    pub is_rolled_back: bool,
}

impl FailedStatement {
    /// The script, below the migrations folder: `20261122093000_create_users/up.sql`.
    pub fn file(&self) -> String {
        let script = match self.direction {
            Direction::Up => "up.sql",
            Direction::Down => "down.sql",
        };
        format!("{}/{script}", self.id)
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
            | Self::Irreversible { id } => id,
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Edited { id } => format!("restore it with `git restore migrations/{id}` and put the change into its own migration"),
            Self::Unknown { .. } => "deploy the version that has it, or allow it: `.newer(Newer::Allow)`".to_owned(),
            Self::OutOfOrder { .. } => "allow it: `.out_of_order(OutOfOrder::Allow)`".to_owned(),
            Self::InDoubt { .. } => "look whether the statement took effect, then set the row of the history table right".to_owned(),
            Self::FailedAndEdited { .. } => "restore the script that failed, or finish it by hand".to_owned(),
            Self::Irreversible { .. } => "allow it, and what it cannot bring back is lost: `.allow_irreversible()`".to_owned(),
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
    /// There is no migration of that id.
    UnknownTarget(String),
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
            Kind::UnknownTarget(id) => write!(f, "there is no migration `{id}`")?,
            Kind::Database(error) => write!(f, "{error}")?,
        }
        if !self.report.applied.is_empty() {
            let applied: Vec<&str> =
                self.report.applied.iter().map(|applied| applied.id.as_str()).collect();
            write!(f, "\n  = note: applied before: {}", applied.join(", "))?;
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
    write!(f, "{margin} | {}^", " ".repeat(column.saturating_sub(1)))?;
    for (word, text) in [("detail", &failed.cause.detail), ("hint", &failed.cause.hint)] {
        if let Some(text) = text {
            write!(f, "\n  = {word}: {text}")?;
        }
    }
    let outcome = if failed.is_rolled_back {
        "the migration was taken back as a whole".to_owned()
    } else {
        format!(
            "statements 1 to {} stay done; the next run goes on at statement {}",
            failed.number - 1,
            failed.number
        )
    };
    let outcome = if !failed.is_rolled_back && failed.number == 1 {
        "nothing of it was executed".to_owned()
    } else {
        outcome
    };
    write!(f, "\n  = note: {outcome}")
}

impl std::error::Error for Error {}
