//! What can go wrong with a run, with everything that a person needs to go on.

use std::fmt;
use std::time::Duration;

use crate::blob::Direction;
use crate::driver::DriverError;
use crate::history::Unreadable;

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
    /// How many statements of the script stay done.
    pub stays: usize,
    /// Whether the whole script was taken back.
    pub is_rolled_back: bool,
    /// Whether it may have been executed all the same: the connection was lost, or the outcome could not be recorded.
    pub is_in_doubt: bool,
    /// Who had the locks that it needed.
    pub blockers: Vec<Blocker>,
}

/// A session that has locks which a statement needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocker {
    /// Which one, as the database numbers them: `pid 4711 (psql)`.
    pub session: String,
    /// For how long its transaction has been open.
    pub seconds: u64,
    /// What it is doing: `active`, `idle in transaction`.
    pub state: String,
    /// Its last statement.
    pub query: String,
}

impl fmt::Display for Blocker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, in a transaction for {} s", self.session, self.seconds)?;
        if !self.state.is_empty() {
            write!(f, ", {}", self.state)?;
        }
        let query = self.query.split_whitespace().collect::<Vec<_>>().join(" ");
        if query.is_empty() { Ok(()) } else { write!(f, ": {query}") }
    }
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
    /// The history, or its log, is not what dbkit has written.
    Tampered {
        /// The migration.
        id: String,
        /// What is wrong.
        what: String,
    },
    /// `down.sql` is not the one that was there when the migration was applied.
    DownEdited {
        /// The migration.
        id: String,
    },
    /// A script throws away what it has done, so it cannot be recorded.
    RollsBack {
        /// The migration.
        id: String,
        /// Which of its scripts.
        direction: Direction,
        /// The statement.
        sql: String,
    },
    /// A statement that no transaction can hold, and a pooler gives every transaction another session.
    NeedsSession {
        /// The migration.
        id: String,
        /// The statement.
        sql: String,
    },
    /// A script without a transaction stopped half-way, and the history is of an earlier dbkit, which did not record which script it was.
    Undirected {
        /// The migration.
        id: String,
        /// Statements of it that were executed.
        done: usize,
    },
    /// A migration takes the place of others, and the database has run only some of those.
    ReplacedInPart {
        /// The migration.
        id: String,
        /// The first of the others that the database has not run.
        missing: String,
        /// How many of them it has run.
        done: usize,
        /// Of how many.
        of: usize,
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
            | Self::Tampered { id, .. }
            | Self::DownEdited { id }
            | Self::RollsBack { id, .. }
            | Self::NeedsSession { id, .. }
            | Self::ReplacedInPart { id, .. }
            | Self::Irreversible { id } => id,
        }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Edited { id } => format!("restore it with `git restore migrations/{id}` and put the change into its own migration"),
            Self::Unknown { .. } => "deploy the version that has it, or go on in spite of it: `.newer(Newer::Allow)`".to_owned(),
            Self::OutOfOrder { .. } => "apply it now with `cargo dbkit migrate --allow out-of-order` or `.out_of_order(OutOfOrder::Allow)`, or put it after the others with `cargo dbkit rebase`".to_owned(),
            Self::InDoubt { id, .. } => format!("look whether it took effect, then `cargo dbkit repair {id} --done`, or `--not-done`; in code: `Runner::repair`"),
            Self::Tampered { .. } => "find out who changed it and why; if it is right as it is: `cargo dbkit repair --accept-history`".to_owned(),
            Self::DownEdited { .. } => "take back with what it says now: `.allow_edited_down()`".to_owned(),
            Self::RollsBack { .. } => "take it out: what is to be thrown away need not be executed".to_owned(),
            Self::NeedsSession { .. } => "connect to the server itself, or in session mode".to_owned(),
            Self::FailedAndEdited { .. } => "restore the script that failed, or finish it by hand".to_owned(),
            Self::Irreversible { .. } => "write a down.sql; or allow it, and what it cannot bring back is lost: `.allow_irreversible()`".to_owned(),
            Self::Unfinished { direction: Direction::Up, .. } => "mend what stopped it and let it finish with `cargo dbkit migrate`, then take it back".to_owned(),
            Self::Unfinished { direction: Direction::Down, .. } => "mend what stopped it and let it finish with `cargo dbkit rollback`, then apply it".to_owned(),
            Self::ReplacedInPart { .. } => "run the rest of them first, with the version of the program before they were squashed".to_owned(),
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
            Self::Tampered { id, what } if id.is_empty() => {
                write!(f, "the history is not what dbkit has written: {what}")
            }
            Self::Tampered { id, what } => {
                write!(f, "the history of migration `{id}` is not what dbkit has written: {what}")
            }
            Self::DownEdited { id } => write!(
                f,
                "`{id}/down.sql` is not the one that was there when the migration was applied"
            ),
            Self::RollsBack { id, direction, sql } => {
                write!(f, "`{id}/{}` throws away what it has done: {sql}", direction.file())
            }
            Self::NeedsSession { id, sql } => write!(
                f,
                "migration `{id}` has a statement that no transaction can hold, and a pooler is between this program and the server: {sql}"
            ),
            Self::Unfinished { id, direction, done } => {
                let verb = match direction {
                    Direction::Up => "applied",
                    Direction::Down => "taken back",
                };
                write!(f, "migration `{id}` was {verb} in part: it stopped after {done} statements")
            }
            Self::ReplacedInPart { id, missing, done, of } => write!(
                f,
                "migration `{id}` takes the place of {of} others, of which this database has run {done}, but not `{missing}`"
            ),
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
        /// The connection was lost before the database had answered: it may have been committed all the same, and the next run sees that.
        is_unknown: bool,
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
    /// The history is of a format that this version of dbkit does not know: a newer one was at work.
    NewerHistory {
        /// The migration.
        id: String,
        /// The format.
        format: u32,
    },
    /// The database was to be made in one go, but its history has rows already.
    NotEmpty {
        /// How many.
        rows: usize,
    },
    /// There is nothing to repair.
    NothingToRepair {
        /// The migration.
        id: String,
        /// Why not.
        why: String,
    },
    /// The catalog says the opposite of what the history was to be told.
    Contradicted {
        /// The migration.
        id: String,
        /// The statement.
        sql: String,
        /// Whether it took effect, by the catalog.
        was_executed: bool,
    },
    /// Rust code that belongs to a migration is not bound: [`Runner::step`](crate::Runner::step). Nothing was executed.
    MissingStep {
        /// The migration.
        id: String,
        /// Which of its scripts.
        direction: Direction,
    },
    /// A step is bound to a migration that asks for none, by `-- dbkit: rust-step`. Nothing was executed.
    NoSuchStep {
        /// The migration.
        id: String,
        /// Which of its scripts.
        direction: Direction,
    },
    /// The Rust step of a migration failed. Its transaction was taken back.
    Step {
        /// The migration.
        id: String,
        /// Which of its scripts.
        direction: Direction,
        /// What it said.
        message: String,
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

impl From<Unreadable> for Error {
    fn from(unreadable: Unreadable) -> Self {
        Self::new(match unreadable {
            Unreadable::Status { id, status } => Kind::UnknownStatus { id, status },
            Unreadable::Format { id, format } => Kind::NewerHistory { id, format },
        })
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
            Kind::Commit { id, direction, cause, is_unknown: true } => {
                write!(
                    f,
                    "the connection was lost while `{id}/{}` was committed: {cause}\n  = note: it is applied with its record, or not at all; the next run sees which",
                    direction.file()
                )?;
            }
            Kind::Commit { id, direction, cause, is_unknown: false } => {
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
            Kind::NewerHistory { id, format } => write!(
                f,
                "the history of migration `{id}` has format {format}, which this version of dbkit does not know\n  = help: use the version that wrote it, or a later one"
            )?,
            Kind::NotEmpty { rows } => write!(
                f,
                "the database is not empty: its history has {rows} rows; nothing was executed\n  = help: run the migrations one by one"
            )?,
            Kind::NothingToRepair { id, why } if id.is_empty() => {
                write!(f, "there is nothing to repair: {why}")?;
            }
            Kind::NothingToRepair { id, why } => {
                write!(f, "there is nothing to repair of migration `{id}`: {why}")?;
            }
            Kind::Contradicted { id, sql, was_executed } => write!(
                f,
                "nothing was changed: the catalog says that this statement of `{id}` {}: {sql}",
                if *was_executed { "took effect" } else { "did not take effect" }
            )?,
            Kind::MissingStep { id, direction } => write!(
                f,
                "nothing was executed: `{id}/{}` takes a Rust step, and none is bound\n  = help: bind it: `MIGRATIONS.runner().step(\"{id}\", ..)`",
                direction.file()
            )?,
            Kind::NoSuchStep { id, direction } => write!(
                f,
                "nothing was executed: a Rust step is bound to `{id}/{}`, which takes none\n  = help: `-- dbkit: rust-step` at the top of the script takes one",
                direction.file()
            )?,
            Kind::Step { id, direction, message } => write!(
                f,
                "the Rust step of `{id}/{}` failed: {message}\n  = note: its transaction was taken back",
                direction.file()
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
    for blocker in &failed.blockers {
        write!(f, "\n  = note: in its way: {blocker}")?;
    }
    let outcome = if failed.is_rolled_back {
        "the script was taken back as a whole".to_owned()
    } else if failed.is_in_doubt {
        "nothing says whether it was executed all the same; the next run looks".to_owned()
    } else if failed.stays == 0 {
        "nothing of it was executed".to_owned()
    } else {
        let done = if failed.stays == 1 {
            "statement 1 stays".to_owned()
        } else {
            format!("statements 1 to {} stay", failed.stays)
        };
        format!("{done} done; the next run goes on at statement {}", failed.stays + 1)
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
