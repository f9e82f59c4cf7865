//! Rows of the history and entries of its log: what is written, and when.

use std::time::Duration;

use super::Run;
use super::script::Script;
use crate::blob::{Direction, Migration};
use crate::driver::DriverError;
use crate::error::{Error, Kind};
use crate::hexadecimal;
use crate::history::{Doubt, FORMAT, HistoryRow, Status};
use crate::log::{ANCHOR, Entry, Head};

/// How far a migration is.
#[derive(Debug, Clone)]
pub(super) struct Progress {
    pub(super) status: Status,
    pub(super) direction: Direction,
    /// Statements that are done.
    pub(super) done: usize,
    /// Of how many.
    pub(super) total: usize,
    /// The next one is about to be executed.
    pub(super) doubt: Option<Doubt>,
    pub(super) error: Option<String>,
    /// How long ago the migration began.
    pub(super) since: Duration,
    /// What the log is told beside the status.
    pub(super) detail: Option<String>,
}

/// What is written in a transaction, and what the log ends with then.
#[derive(Debug, Default)]
pub(super) struct Writes {
    pub(super) statements: Vec<String>,
    pub(super) head: Option<Head>,
}

const LOG_COLUMNS: &str =
    "set_name, seq, id, status, direction, up_hash, detail, chain, at, dbkit_version, applied_by";

// A message can hold a whole row; a history is read by people.
const LONGEST_ERROR: usize = 4_000;

/// A message as every database can keep it.
pub(super) fn kept(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(LONGEST_ERROR).collect()
}

impl Progress {
    pub(super) fn over(script: &Script<'_, '_>, since: Duration) -> Self {
        let status = match script.direction {
            Direction::Up => Status::Applied,
            Direction::Down => Status::RolledBack,
        };
        Self::at(script, status, script.len(), since)
    }

    pub(super) fn at(
        script: &Script<'_, '_>,
        status: Status,
        done: usize,
        since: Duration,
    ) -> Self {
        Self {
            status,
            direction: script.direction,
            done,
            total: script.len(),
            doubt: None,
            error: None,
            since,
            detail: None,
        }
    }

    pub(super) fn failed(mut self, cause: &DriverError) -> Self {
        self.error = Some(kept(&cause.to_string()));
        self
    }
}

/// The hash of a `down.sql`, as the history keeps it.
pub(super) fn down_hash(migration: &Migration<'_>) -> Option<String> {
    migration.text(Direction::Down).map(hexadecimal::hash)
}

impl Run<'_> {
    /// The row of a migration.
    pub(super) fn record(&self, migration: &Migration<'_>, progress: &Progress) -> String {
        let (columns, values) = self.row(migration, progress);
        self.words().upsert(&self.table(), &columns, &values)
    }

    fn row(
        &self,
        migration: &Migration<'_>,
        progress: &Progress,
    ) -> (Vec<&'static str>, Vec<String>) {
        let words = self.words();
        let text = |text: &str| words.literal(text);
        let null = || "NULL".to_owned();
        let is_over =
            matches!(progress.status, Status::Applied | Status::RolledBack | Status::Baseline);
        let finished = if is_over { words.moment(Duration::ZERO) } else { null() };
        let direction = match progress.direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        let row = [
            ("set_name", text(&self.options.set)),
            ("id", text(migration.id())),
            ("up_hash", text(&migration.hash_text())),
            ("status", text(progress.status.word())),
            ("direction", text(direction)),
            ("statements_done", progress.done.to_string()),
            ("statements_total", progress.total.to_string()),
            ("statement_state", text(Doubt::word(progress.doubt))),
            ("started_at", words.moment(progress.since)),
            ("finished_at", finished),
            ("error", progress.error.as_deref().map_or_else(null, text)),
            ("dbkit_version", text(env!("CARGO_PKG_VERSION"))),
            ("applied_by", self.who()),
            ("format", FORMAT.to_string()),
            ("down_hash", down_hash(migration).as_deref().map_or_else(null, text)),
        ];
        row.into_iter().unzip()
    }

    /// The rows of migrations of which the history has none yet, and their entries of the log, one statement each.
    pub(super) fn add_all(&self, writes: &mut Writes, rows: &[(&Migration<'_>, Progress)]) {
        let mut columns = Vec::new();
        let mut values = Vec::new();
        let mut entries = Vec::new();
        let mut head = writes.head.clone().unwrap_or_else(|| self.head.clone());
        for (migration, progress) in rows {
            let (names, row) = self.row(migration, progress);
            columns = names;
            values.push(format!("({})", row.join(", ")));
            let entry = Self::entry(migration, progress);
            head = head.after(&self.options.set, &entry);
            entries.push(format!("({})", self.log_values(&head, &entry).join(", ")));
        }
        if values.is_empty() {
            return;
        }
        writes.statements.push(format!(
            "INSERT INTO {} ({}) VALUES {}",
            self.table(),
            columns.join(", "),
            values.join(", ")
        ));
        writes.statements.push(format!(
            "INSERT INTO {} ({LOG_COLUMNS}) VALUES {}",
            self.options.history.log().name(self.words()),
            entries.join(", ")
        ));
        writes.head = Some(head);
    }

    fn entry(migration: &Migration<'_>, progress: &Progress) -> Entry {
        Entry {
            id: migration.id().to_owned(),
            status: progress.status.word().to_owned(),
            direction: match progress.direction {
                Direction::Up => "up".to_owned(),
                Direction::Down => "down".to_owned(),
            },
            up_hash: migration.hash_text(),
            detail: progress.detail.clone().or_else(|| progress.error.clone()).unwrap_or_default(),
        }
    }

    fn who(&self) -> String {
        let words = self.words();
        let who = self.options.applied_by.as_deref();
        who.map_or_else(|| words.current_user().to_owned(), |who| words.literal(who))
    }

    /// The row, and an entry of the log if something has become of the migration since `before`.
    pub(super) fn writes(
        &self,
        migration: &Migration<'_>,
        progress: &Progress,
        before: Option<&HistoryRow>,
    ) -> Writes {
        let mut writes = Writes::default();
        self.add(&mut writes, migration, progress, before);
        writes
    }

    /// The same after what is written already.
    pub(super) fn add(
        &self,
        writes: &mut Writes,
        migration: &Migration<'_>,
        progress: &Progress,
        before: Option<&HistoryRow>,
    ) {
        writes.statements.push(self.record(migration, progress));
        let is_news = before.is_none_or(|row| row.status != progress.status)
            || progress.status != Status::Running
            || progress.detail.is_some();
        if is_news {
            self.enter_log(writes, Self::entry(migration, progress));
        }
    }

    /// Adds an entry of the log.
    pub(super) fn enter_log(&self, writes: &mut Writes, entry: Entry) {
        let words = self.words();
        let head = writes.head.as_ref().unwrap_or(&self.head).after(&self.options.set, &entry);
        let values = self.log_values(&head, &entry);
        writes.statements.push(format!(
            "INSERT INTO {} ({LOG_COLUMNS}) VALUES ({})",
            self.options.history.log().name(words),
            values.join(", ")
        ));
        writes.head = Some(head);
    }

    fn log_values(&self, head: &Head, entry: &Entry) -> [String; 11] {
        let words = self.words();
        [
            words.literal(&self.options.set),
            head.seq.to_string(),
            words.literal(&entry.id),
            words.literal(&entry.status),
            words.literal(&entry.direction),
            words.literal(&entry.up_hash),
            words.literal(&entry.detail),
            words.literal(&head.chain),
            words.moment(Duration::ZERO),
            words.literal(env!("CARGO_PKG_VERSION")),
            self.who(),
        ]
    }

    /// Where the chain begins anew.
    pub(super) fn anchor(&self, writes: &mut Writes, detail: &str) {
        self.enter_log(
            writes,
            Entry {
                id: String::new(),
                status: ANCHOR.to_owned(),
                direction: "up".to_owned(),
                up_hash: String::new(),
                detail: kept(detail),
            },
        );
    }

    /// An entry that says of a row what it says itself.
    pub(super) fn entry_of(row: &HistoryRow, detail: &str) -> Entry {
        Entry {
            id: row.id.clone(),
            status: row.status.word().to_owned(),
            direction: match row.direction {
                Direction::Up => "up".to_owned(),
                Direction::Down => "down".to_owned(),
            },
            up_hash: row.up_hash.clone(),
            detail: kept(detail),
        }
    }

    /// Writes, and ends the transaction.
    pub(super) async fn commit(&mut self, writes: Writes) -> Result<(), Error> {
        let Writes { mut statements, head } = writes;
        statements.push("COMMIT".to_owned());
        if self.words().joins_statements() {
            statements = vec![statements.join("; ")];
        }
        for sql in &statements {
            self.insist(sql).await?;
        }
        if let Some(head) = head {
            self.head = head;
        }
        Ok(())
    }

    /// What the end of a transaction that failed means for its migration.
    pub(super) fn not_committed(script: &Script<'_, '_>, error: Error) -> Error {
        match *error.kind {
            // Constraints that are checked at the end speak here.
            Kind::Database(cause) => Error::new(Kind::Commit {
                id: script.migration.id().to_owned(),
                direction: script.direction,
                is_unknown: cause.is_silence(),
                cause,
            }),
            kind => Error::new(kind),
        }
    }
}
