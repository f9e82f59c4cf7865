//! Rows of the history: what is written, and when.

use std::time::Duration;

use super::Run;
use crate::blob::{Direction, Migration};
use crate::driver::DriverError;
use crate::history::Status;

/// How far a migration is.
pub(super) struct Progress<'a> {
    pub(super) status: Status,
    pub(super) direction: Direction,
    /// Statements that are done.
    pub(super) done: usize,
    /// Whether the next one is about to be executed.
    pub(super) has_intent: bool,
    pub(super) error: Option<&'a DriverError>,
    /// How long ago the migration began.
    pub(super) since: Duration,
}

// A message can hold a whole row; a history is read by people.
const LONGEST_ERROR: usize = 4_000;

impl Run<'_> {
    /// The row of a migration that is over.
    pub(super) fn finished(
        &self,
        migration: &Migration<'_>,
        status: Status,
        since: Duration,
    ) -> String {
        let direction = match status {
            Status::RolledBack => Direction::Down,
            Status::Applied | Status::Baseline | Status::Running | Status::Failed => Direction::Up,
        };
        let done = migration.statements(direction).len();
        let progress = Progress { status, direction, done, has_intent: false, error: None, since };
        self.record(migration, &progress)
    }

    /// The row of a migration.
    pub(super) fn record(&self, migration: &Migration<'_>, progress: &Progress<'_>) -> String {
        let words = self.words();
        let text = |text: &str| words.literal(text);
        let null = || "NULL".to_owned();
        let is_over =
            matches!(progress.status, Status::Applied | Status::RolledBack | Status::Baseline);
        let finished = if is_over { words.moment(Duration::ZERO) } else { null() };
        let error = |error: &DriverError| {
            text(&error.to_string().chars().take(LONGEST_ERROR).collect::<String>())
        };
        let who = self.options.applied_by.as_deref();
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
            ("statements_total", migration.statements(progress.direction).len().to_string()),
            ("statement_state", text(if progress.has_intent { "intent" } else { "idle" })),
            ("started_at", words.moment(progress.since)),
            ("finished_at", finished),
            ("error", progress.error.map_or_else(null, error)),
            ("dbkit_version", text(env!("CARGO_PKG_VERSION"))),
            ("applied_by", who.map_or_else(|| words.current_user().to_owned(), text)),
        ];
        let (columns, values): (Vec<&str>, Vec<String>) = row.into_iter().unzip();
        words.upsert(&self.table(), &columns, &values)
    }
}
