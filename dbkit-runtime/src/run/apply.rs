//! One migration: in a transaction with its row in the history, or, where none can cover it, statement by statement.

use std::time::Duration;

use super::Run;
use super::rebuild::Triggers;
use super::record::Progress;
use crate::Event;
use crate::blob::{Direction, Migration};
use crate::driver::DriverError;
use crate::error::{Applied, Error, FailedStatement, Kind};
use crate::history::{self, Columns, Edition, HistoryRow, Status};

impl Run<'_> {
    /// Runs a script of a migration and records it. `row` is what the history says of it.
    pub(super) async fn apply(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        row: Option<&HistoryRow>,
        has_history: bool,
    ) -> Result<(), Error> {
        let words = self.words();
        let without_keys = words.rebuilds_tables() && migration.is_without_foreign_keys(direction);
        let script = migration.text(direction).unwrap_or_default();
        let is_whole =
            words.has_transactional_ddl() && !migration.is_without_transaction(direction);
        let mut undo = Vec::new();
        let settings = words.script_settings(script, without_keys);
        let outcome = match self.change_settings(settings, &mut undo).await {
            Ok(()) if is_whole => self.whole(migration, direction, has_history, without_keys).await,
            Ok(()) => self.by_statement(migration, direction, row, has_history).await,
            Err(error) => Err(error),
        };
        let restored = self.restore_settings(undo).await;
        if let Some(applied) = outcome? {
            self.done(direction, applied);
        }
        restored
    }

    /// One transaction, and again if others were in its way. Nothing to report if another migrator was first.
    async fn whole(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        has_history: bool,
        without_keys: bool,
    ) -> Result<Option<Applied>, Error> {
        let mut left = self.options.retries;
        let mut pause = Duration::from_millis(250);
        loop {
            match self.transaction(migration, direction, has_history, without_keys).await {
                Err(error) if left > 0 && is_in_the_way(&error) => {
                    left -= 1;
                    self.emit(&Event::Retrying { id: migration.id(), after: pause, left });
                    self.port.sleep(pause).await;
                    pause = (pause * 17 / 10).min(Duration::from_secs(15));
                }
                outcome => return outcome,
            }
        }
    }

    async fn transaction(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        has_history: bool,
        without_keys: bool,
    ) -> Result<Option<Applied>, Error> {
        let id = migration.id();
        self.begin(has_history).await?;
        let since = self.port.elapsed();
        let outcome = self.in_transaction(migration, direction, without_keys, since).await;
        match outcome {
            Ok(Some(took)) => {
                let statements = migration.statements(direction).len();
                Ok(Some(Applied { id: id.to_owned(), statements, took }))
            }
            Ok(None) => {
                self.take_back().await;
                Ok(None)
            }
            Err(error) => {
                self.take_back().await;
                Err(error)
            }
        }
    }

    async fn in_transaction(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        without_keys: bool,
        since: Duration,
    ) -> Result<Option<Duration>, Error> {
        let words = self.words();
        // Where the transaction is the lock, another migrator may have been first.
        if words.locks_by_transaction() && self.is_done(migration.id(), direction).await? {
            return Ok(None);
        }
        let took = self.execute_script(migration, direction, without_keys).await?;
        let status = match direction {
            Direction::Up => Status::Applied,
            Direction::Down => Status::RolledBack,
        };
        let record = self.finished(migration, status, self.port.elapsed() - since);
        let ended = if words.joins_statements() {
            self.insist(&format!("{record}; COMMIT")).await
        } else {
            match self.insist(&record).await {
                Ok(()) => self.insist("COMMIT").await,
                failed => failed,
            }
        };
        match ended {
            Ok(()) => Ok(Some(took)),
            Err(error) => Err(match *error.kind {
                // Constraints that are checked at the end speak here.
                Kind::Database(cause) => {
                    Error::new(Kind::Commit { id: migration.id().to_owned(), direction, cause })
                }
                kind => Error::new(kind),
            }),
        }
    }

    /// Executes an up script and records nothing: in one transaction where there can be one.
    pub(super) async fn execute_unrecorded(
        &mut self,
        migration: &Migration<'_>,
    ) -> Result<(), Error> {
        let words = self.words();
        let direction = Direction::Up;
        let without_keys = words.rebuilds_tables() && migration.is_without_foreign_keys(direction);
        let script = migration.text(direction).unwrap_or_default();
        let is_whole =
            words.has_transactional_ddl() && !migration.is_without_transaction(direction);
        let mut undo = Vec::new();
        let settings = words.script_settings(script, without_keys);
        let outcome = match self.change_settings(settings, &mut undo).await {
            Ok(()) if is_whole => self.whole_unrecorded(migration, without_keys).await,
            Ok(()) => self.each_unrecorded(migration).await,
            Err(error) => Err(error),
        };
        let restored = self.restore_settings(undo).await;
        let took = outcome?;
        let statements = migration.statements(direction).len();
        self.done(direction, Applied { id: migration.id().to_owned(), statements, took });
        restored
    }

    async fn whole_unrecorded(
        &mut self,
        migration: &Migration<'_>,
        without_keys: bool,
    ) -> Result<Duration, Error> {
        self.begin(true).await?;
        let outcome = match self.execute_script(migration, Direction::Up, without_keys).await {
            Ok(took) => self.insist("COMMIT").await.map(|()| took),
            Err(error) => Err(error),
        };
        if outcome.is_err() {
            self.take_back().await;
        }
        outcome
    }

    async fn each_unrecorded(&mut self, migration: &Migration<'_>) -> Result<Duration, Error> {
        let text = migration.text(Direction::Up).unwrap_or_default();
        let mut took = Duration::ZERO;
        for (at, range) in migration.statements(Direction::Up).into_iter().enumerate() {
            match self.port.execute(text.get(range).unwrap_or_default()).await {
                Ok(time) => took += time,
                Err(cause) => {
                    return Err(failed(migration, Direction::Up, at, cause, Outcome::Stays));
                }
            }
        }
        Ok(took)
    }

    /// Starts a transaction, with a history table in it if there is none.
    pub(super) async fn begin(&mut self, has_history: bool) -> Result<(), Error> {
        let words = self.words();
        let mut statements = words.begin(self.options.timeouts);
        if !has_history {
            statements.extend(words.create_history(&self.options.history));
        }
        if words.joins_statements() {
            statements = vec![statements.join("; ")];
        }
        let mut wait = self.waiting();
        'again: loop {
            for (at, sql) in statements.iter().enumerate() {
                if at == 0 && !words.joins_statements() {
                    // If the first one fails, there is no transaction to take back, or it is somebody else's.
                    self.insist(sql).await?;
                } else if let Err(error) = self.port.execute(sql.as_str()).await {
                    self.take_back().await;
                    if has_history || !words.is_creation_race(&error) {
                        return Err(error.into());
                    }
                    self.wait(&mut wait, None).await?;
                    continue 'again;
                }
            }
            return Ok(());
        }
    }

    /// Creates the history table outside a transaction.
    pub(super) async fn create_history(&mut self) -> Result<(), Error> {
        let mut wait = self.waiting();
        for sql in self.words().create_history(&self.options.history) {
            while let Err(error) = self.port.execute(sql.as_str()).await {
                let words = self.words();
                if !words.is_creation_race(&error) && !words.is_safe_to_repeat(&error) {
                    return Err(error.into());
                }
                self.wait(&mut wait, None).await?;
            }
        }
        Ok(())
    }

    /// Brings a history table of an earlier dbkit up to date, one statement outside a transaction.
    pub(super) async fn add_direction(&mut self) -> Result<(), Error> {
        match self.insist(&history::direction_column(&self.table())).await {
            Err(error) => match error.kind() {
                // Where the transaction is the lock, another migrator may have been first.
                Kind::Database(said) if self.words().is_duplicate_column(said) => Ok(()),
                _ => Err(error),
            },
            done => done,
        }
    }

    /// After an error the transaction may be gone already; that it cannot be taken back then is no news.
    pub(super) async fn take_back(&self) {
        let _ = self.port.execute("ROLLBACK").await;
    }

    async fn is_done(&mut self, id: &str, direction: Direction) -> Result<bool, Error> {
        let words = self.words();
        let sql = format!(
            "SELECT status FROM {} WHERE set_name = {} AND id = {}",
            self.table(),
            words.literal(&self.options.set),
            words.literal(id)
        );
        let status = self.insist_query(&sql).await?.into_iter().flatten().flatten().next();
        let is_applied = matches!(status.as_deref(), Some("applied" | "baseline"));
        Ok(is_applied == (direction == Direction::Up))
    }

    async fn execute_script(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        without_keys: bool,
    ) -> Result<Duration, Error> {
        let text = migration.text(direction).unwrap_or_default();
        let statements = migration.statements(direction);
        let total = statements.len();
        let id = migration.id();
        self.emit(&Event::Started { id, statements: total });
        let mut took = Duration::ZERO;
        let mut triggers = Triggers::new();
        for (at, range) in statements.into_iter().enumerate() {
            let sql = text.get(range).unwrap_or_default();
            // A table that is rebuilt loses its triggers with the old one.
            if without_keys && drops_table(sql) {
                self.remember_triggers(&mut triggers).await?;
            }
            self.emit(&Event::Statement { id, number: at + 1, total, sql });
            match self.port.execute(sql).await {
                Ok(time) => took += time,
                Err(cause) => {
                    return Err(failed(migration, direction, at, cause, Outcome::TakenBack));
                }
            }
        }
        if without_keys {
            self.restore_triggers(triggers).await?;
            self.check_foreign_keys(id).await?;
        }
        Ok(took)
    }

    /// Statement by statement, each recorded before and after: the next run goes on where this one stopped.
    async fn by_statement(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        row: Option<&HistoryRow>,
        has_history: bool,
    ) -> Result<Option<Applied>, Error> {
        if !has_history {
            self.create_history().await?;
        }
        let id = migration.id();
        let text = migration.text(direction).unwrap_or_default();
        let statements = migration.statements(direction);
        let total = statements.len();
        let is_resumed = |row: &&HistoryRow| row.is_partial() && row.direction == direction;
        let first = row.filter(is_resumed).map_or(0, |row| row.statements_done.min(total));
        let start = self.port.elapsed();
        let progress = |status: Status, done: usize, has_intent: bool, now: Duration| Progress {
            status,
            direction,
            done,
            has_intent,
            error: None,
            since: now - start,
        };
        if self.words().locks_by_transaction() {
            let claim = self.record(migration, &progress(Status::Running, first, false, start));
            if !self.claim(id, direction, row, &claim).await? {
                return Ok(None);
            }
        }
        self.emit(&Event::Started { id, statements: total });
        let mut took = Duration::ZERO;
        for (at, range) in statements.into_iter().enumerate().skip(first) {
            let sql = text.get(range).unwrap_or_default();
            self.emit(&Event::Statement { id, number: at + 1, total, sql });
            let intent = progress(Status::Running, at, true, self.port.elapsed());
            self.insist(&self.record(migration, &intent)).await?;
            match self.port.execute(sql).await {
                Ok(time) => took += time,
                // Without an answer of the database the statement stays in doubt.
                Err(cause) if cause.code.is_none() => {
                    return Err(failed(migration, direction, at, cause, Outcome::InDoubt));
                }
                Err(cause) => {
                    let now = self.port.elapsed();
                    let no = match direction {
                        // Nothing was taken back, so the migration is applied as before.
                        Direction::Down if at == 0 => Progress {
                            direction: Direction::Up,
                            error: Some(&cause),
                            ..progress(
                                Status::Applied,
                                migration.statements(Direction::Up).len(),
                                false,
                                now,
                            )
                        },
                        Direction::Up | Direction::Down => Progress {
                            error: Some(&cause),
                            ..progress(Status::Failed, at, false, now)
                        },
                    };
                    // If that cannot be recorded, the statement is in doubt for the next run; what it failed of matters more now.
                    let recorded = self.insist(&self.record(migration, &no)).await;
                    let outcome = if recorded.is_ok() { Outcome::Stays } else { Outcome::InDoubt };
                    return Err(failed(migration, direction, at, cause, outcome));
                }
            }
            if at + 1 < total {
                let next = progress(Status::Running, at + 1, false, self.port.elapsed());
                self.insist(&self.record(migration, &next)).await?;
            }
        }
        let status = match direction {
            Direction::Up => Status::Applied,
            Direction::Down => Status::RolledBack,
        };
        self.insist(&self.finished(migration, status, self.port.elapsed() - start)).await?;
        Ok(Some(Applied { id: id.to_owned(), statements: total - first, took }))
    }

    /// Where there is no lock but that of a transaction: takes a script for this run, unless another migrator was first. Then this waits
    /// for the other one to end.
    async fn claim(
        &mut self,
        id: &str,
        direction: Direction,
        row: Option<&HistoryRow>,
        record: &str,
    ) -> Result<bool, Error> {
        let state = |row: &HistoryRow| (row.status, row.statements_done, row.is_in_doubt);
        let mut wait = self.waiting();
        loop {
            self.begin(true).await?;
            match self.row_now(id).await {
                Ok(now) if now.as_ref().map(state) == row.map(state) => {
                    let claimed = match self.insist(record).await {
                        Ok(()) => self.insist("COMMIT").await,
                        failed => failed,
                    };
                    if claimed.is_err() {
                        self.take_back().await;
                    }
                    return claimed.map(|()| true);
                }
                Ok(now) => {
                    self.take_back().await;
                    let is_applied = now.as_ref().is_some_and(HistoryRow::is_applied);
                    let is_there = is_applied || now.is_some_and(|now| now.is_partial());
                    let is_done = match direction {
                        Direction::Up => is_applied,
                        Direction::Down => !is_there,
                    };
                    if is_done {
                        return Ok(false);
                    }
                    self.wait(&mut wait, None).await?;
                }
                Err(error) => {
                    self.take_back().await;
                    return Err(error);
                }
            }
        }
    }

    async fn row_now(&mut self, id: &str) -> Result<Option<HistoryRow>, Error> {
        let words = self.words();
        let set = words.literal(&self.options.set);
        let select = history::select(&self.table(), &set, Columns::Progress, Edition::Current);
        let rows = self.insist_query(&format!("{select} AND id = {}", words.literal(id))).await?;
        Ok(history::rows(rows)?.into_iter().next())
    }
}

/// Whether a transaction failed only because of others; it may work the next time.
fn is_in_the_way(error: &Error) -> bool {
    match error.kind() {
        Kind::Statement(failed) => failed.cause.is_busy,
        Kind::Commit { cause, .. } => cause.is_busy,
        _ => false,
    }
}

fn drops_table(sql: &str) -> bool {
    let mut words = sql.split_ascii_whitespace();
    let mut is_next = |word: &str| words.next().is_some_and(|next| next.eq_ignore_ascii_case(word));
    is_next("DROP") && is_next("TABLE")
}

/// What becomes of a statement that failed, and of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// The transaction is taken back.
    TakenBack,
    /// Those before it stay.
    Stays,
    /// The same, and it may have been executed all the same.
    InDoubt,
}

/// A failed statement with the place in its script.
fn failed(
    migration: &Migration<'_>,
    direction: Direction,
    at: usize,
    cause: DriverError,
    outcome: Outcome,
) -> Error {
    let text = migration.text(direction).unwrap_or_default();
    let statements = migration.statements(direction);
    let range = statements.get(at).cloned().unwrap_or_default();
    let sql = text.get(range.clone()).unwrap_or_default();
    let offset = cause.position.map_or(0, |position| {
        let mut characters = sql.char_indices();
        characters.nth(position.saturating_sub(1)).map_or(sql.len(), |(offset, _)| offset)
    });
    let before = text.get(..range.start + offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    Error::new(Kind::Statement(Box::new(FailedStatement {
        id: migration.id().to_owned(),
        direction,
        number: at + 1,
        total: statements.len(),
        sql: sql.to_owned(),
        position: (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1),
        line: line.to_owned(),
        is_pointed_at: cause.position.is_some(),
        cause,
        is_rolled_back: outcome == Outcome::TakenBack,
        is_in_doubt: outcome == Outcome::InDoubt,
    })))
}
