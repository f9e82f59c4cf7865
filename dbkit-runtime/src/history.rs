//! The table in a database that says what ran there.

use crate::blob::Direction;
use crate::dialect::Words;
use crate::driver::Rows;

/// Name of the history table, unless another one is chosen.
pub const HISTORY_TABLE: &str = "_dbkit_migrations";

/// Where the history is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HistoryTable {
    pub(crate) schema: Option<String>,
    pub(crate) table: String,
    /// Whether the schema was found in the database, so that it is there.
    pub(crate) is_located: bool,
}

impl HistoryTable {
    pub(crate) fn name(&self, words: &dyn Words) -> String {
        let schema = self
            .schema
            .as_ref()
            .map(|schema| format!("{}.", words.quoted(schema)))
            .unwrap_or_default();
        format!("{schema}{}", words.quoted(&self.table))
    }
}

/// The history table, format 1. `statement_state` is `intent` while a statement outside a transaction is under way; `direction` says
/// which script the progress is of. Moments are in UTC.
pub(crate) fn definition(name: &str, moment: &str, options: &str) -> String {
    format!(
        "CREATE TABLE IF NOT EXISTS {name} (\n    \
         set_name varchar(64) NOT NULL,\n    \
         id varchar(128) NOT NULL,\n    \
         up_hash char(64) NOT NULL,\n    \
         status varchar(16) NOT NULL,\n    \
         direction varchar(4) DEFAULT 'up' NOT NULL,\n    \
         statements_done integer NOT NULL,\n    \
         statements_total integer NOT NULL,\n    \
         statement_state varchar(8) DEFAULT 'idle' NOT NULL,\n    \
         started_at {moment} NULL,\n    \
         finished_at {moment} NULL,\n    \
         error text NULL,\n    \
         dbkit_version varchar(32) NOT NULL,\n    \
         applied_by varchar(255) NULL,\n    \
         PRIMARY KEY (set_name, id)\n){options}"
    )
}

/// What became of a migration in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// A script without a transaction is under way, or was when its process ended.
    Running,
    /// Done.
    Applied,
    /// A script without a transaction stopped at a statement.
    Failed,
    /// Taken back.
    RolledBack,
    /// Recorded without being executed.
    Baseline,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Applied => "applied",
            Self::Failed => "failed",
            Self::RolledBack => "rolled_back",
            Self::Baseline => "baseline",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Running, Self::Applied, Self::Failed, Self::RolledBack, Self::Baseline]
            .into_iter()
            .find(|status| status.word() == word)
    }
}

/// One row of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// The migration.
    pub id: String,
    /// The hash of the `up.sql` that ran.
    pub up_hash: String,
    /// What became of it.
    pub status: Status,
    /// Which script the progress is of.
    pub direction: Direction,
    /// Statements of that script that are done.
    pub statements_done: usize,
    /// Statements that it had.
    pub statements_total: usize,
    /// A statement was about to be executed, and nothing says whether it was.
    pub is_in_doubt: bool,
    /// When it began, as the database writes it.
    pub started_at: String,
    /// When it ended.
    pub finished_at: Option<String>,
    /// What the database said when it failed.
    pub error: Option<String>,
}

impl HistoryRow {
    /// Whether the database has it.
    pub fn is_applied(&self) -> bool {
        matches!(self.status, Status::Applied | Status::Baseline)
    }

    /// Whether the database has a part of it: a script without a transaction has begun and not ended.
    pub fn is_partial(&self) -> bool {
        matches!(self.status, Status::Running | Status::Failed)
            && (self.direction == Direction::Down || self.statements_done > 0 || self.is_in_doubt)
    }
}

/// What the first version of dbkit did not have in its table.
pub(crate) fn direction_column(name: &str) -> String {
    format!("ALTER TABLE {name} ADD COLUMN direction varchar(4) DEFAULT 'up' NOT NULL")
}

/// Which columns are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    /// What it takes to find what is pending.
    Progress,
    /// What people want to know, too.
    All,
}

/// A row that this version of dbkit cannot read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownStatus {
    pub(crate) id: String,
    pub(crate) status: String,
}

/// What a history table says of directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    /// It has the column.
    Current,
    /// An earlier dbkit made it, without the column.
    Undirected,
}

/// The query for the rows of a set. The caller sorts them: collations differ.
pub(crate) fn select(name: &str, set: &str, columns: Columns, edition: Edition) -> String {
    let direction = match edition {
        Edition::Current => "direction",
        Edition::Undirected => "'up'",
    };
    let more = match columns {
        Columns::Progress => "",
        Columns::All => ", started_at, finished_at, error",
    };
    format!(
        "SELECT id, up_hash, status, {direction}, statements_done, statements_total, statement_state{more} FROM {name} WHERE set_name = {set}"
    )
}

/// Rows in the order of their ids.
pub(crate) fn rows(rows: Rows) -> Result<Vec<HistoryRow>, UnknownStatus> {
    let mut rows = rows.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(rows)
}

fn row(cells: Vec<Option<String>>) -> Result<HistoryRow, UnknownStatus> {
    let mut cells = cells.into_iter();
    let mut next = || cells.next().flatten();
    let id = next().unwrap_or_default();
    let up_hash = next().unwrap_or_default();
    let word = next().unwrap_or_default();
    let Some(status) = Status::from_word(&word) else {
        return Err(UnknownStatus { id, status: word });
    };
    let direction = if next().as_deref() == Some("down") { Direction::Down } else { Direction::Up };
    let mut number = || next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let (statements_done, statements_total) = (number(), number());
    let is_in_doubt = next().as_deref() == Some("intent");
    Ok(HistoryRow {
        id,
        up_hash,
        status,
        direction,
        statements_done,
        statements_total,
        is_in_doubt,
        started_at: next().unwrap_or_default(),
        finished_at: next(),
        error: next(),
    })
}
