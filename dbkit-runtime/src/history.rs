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

impl HistoryTable {
    /// The log beside the table; see [`log`](crate::log).
    pub(crate) fn log(&self) -> Self {
        Self { table: format!("{}_log", self.table), ..self.clone() }
    }
}

/// The format of the rows that this version writes. 1 is what the first dbkit wrote, without a log and without this column.
pub(crate) const FORMAT: u32 = 2;

/// The history table. `statement_state` says of a statement outside a transaction that is under way how a look tells whether it was
/// executed (see [`Doubt`]); `direction` says which script the progress is of. Moments are in UTC.
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
         format integer DEFAULT 1 NOT NULL,\n    \
         down_hash char(64) NULL,\n    \
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
    /// A statement was about to be executed, and the row does not say whether it was.
    pub doubt: Option<Doubt>,
    /// The format of the row.
    pub format: u32,
    /// The hash of the `down.sql` that was there when it was applied, or that is being executed.
    pub down_hash: Option<String>,
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
            && (self.direction == Direction::Down
                || self.statements_done > 0
                || self.doubt.is_some())
    }
}

/// How the next run finds out whether a statement was executed during which its process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// What it leaves behind was not there before, so the catalog tells.
    Look,
    /// Executed twice is as good as executed once.
    Repeat,
    /// Nothing tells. A person must look: `cargo dbkit repair`.
    Unknown,
}

impl Doubt {
    pub(crate) fn word(doubt: Option<Self>) -> &'static str {
        match doubt {
            None => "idle",
            Some(Self::Look) => "look",
            Some(Self::Repeat) => "repeat",
            Some(Self::Unknown) => "intent",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "look" => Some(Self::Look),
            "repeat" => Some(Self::Repeat),
            "idle" | "" => None,
            _ => Some(Self::Unknown),
        }
    }
}

/// What earlier versions of dbkit did not have in their table.
pub(crate) fn missing_columns(name: &str, edition: Edition) -> Vec<String> {
    let direction = "direction varchar(4) DEFAULT 'up' NOT NULL";
    let format = ["format integer DEFAULT 1 NOT NULL", "down_hash char(64) NULL"];
    let columns: Vec<&str> = match edition {
        Edition::Current => Vec::new(),
        Edition::Unlogged => format.to_vec(),
        Edition::Undirected => [&[direction], &format[..]].concat(),
    };
    columns.into_iter().map(|column| format!("ALTER TABLE {name} ADD COLUMN {column}")).collect()
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
pub(crate) enum Unreadable {
    Status { id: String, status: String },
    Format { id: String, format: u32 },
}

/// What a history table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edition {
    /// Everything.
    Current,
    /// An earlier dbkit made it: no log beside it, no format, no hash of `down.sql`.
    Unlogged,
    /// The first dbkit made it: no direction, either.
    Undirected,
}

impl Edition {
    /// The one before it.
    pub(crate) fn earlier(self) -> Option<Self> {
        match self {
            Self::Current => Some(Self::Unlogged),
            Self::Unlogged => Some(Self::Undirected),
            Self::Undirected => None,
        }
    }
}

/// The query for the rows of a set. The caller sorts them: collations differ.
pub(crate) fn select(name: &str, set: &str, columns: Columns, edition: Edition) -> String {
    let direction = if edition == Edition::Undirected { "'up'" } else { "direction" };
    let format = if edition == Edition::Current { "format, down_hash" } else { "1, NULL" };
    let more = match columns {
        Columns::Progress => "",
        Columns::All => ", started_at, finished_at, error",
    };
    format!(
        "SELECT id, up_hash, status, {direction}, statements_done, statements_total, statement_state, {format}{more} FROM {name} WHERE set_name = {set}"
    )
}

/// Rows in the order of their ids.
pub(crate) fn rows(rows: Rows) -> Result<Vec<HistoryRow>, Unreadable> {
    let mut rows = rows.into_iter().map(row).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(rows)
}

fn row(cells: Vec<Option<String>>) -> Result<HistoryRow, Unreadable> {
    let mut cells = cells.into_iter();
    let mut next = || cells.next().flatten();
    let id = next().unwrap_or_default();
    let up_hash = next().unwrap_or_default();
    let word = next().unwrap_or_default();
    let direction = if next().as_deref() == Some("down") { Direction::Down } else { Direction::Up };
    let mut number = || next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let (statements_done, statements_total) = (number(), number());
    let doubt = Doubt::from_word(&next().unwrap_or_default());
    let format = next().and_then(|text| text.parse().ok()).unwrap_or(1);
    if format > FORMAT {
        return Err(Unreadable::Format { id, format });
    }
    let Some(status) = Status::from_word(&word) else {
        return Err(Unreadable::Status { id, status: word });
    };
    Ok(HistoryRow {
        id,
        up_hash,
        status,
        direction,
        statements_done,
        statements_total,
        doubt,
        format,
        down_hash: next().filter(|hash| !hash.is_empty()),
        started_at: next().unwrap_or_default(),
        finished_at: next(),
        error: next(),
    })
}
