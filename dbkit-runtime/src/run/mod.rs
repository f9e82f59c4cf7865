//! The steps of a run: what is looked at, in which order things are done, what is recorded. Every wait is for a database.

mod apply;
mod check;
mod doubt;
mod fresh;
mod rebuild;
mod record;
mod repair;
mod script;
mod wait;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use self::check::Findings;
use self::record::{Progress, Writes};
pub use self::repair::{Repair, Resolution};
use self::script::Script;
pub(crate) use self::wait::Hold;
use crate::blob::{Blob, Direction};
use crate::dialect::{Dialect, Setting, Timeouts, Wanted, Words};
use crate::error::{Applied, Error, Kind, Obstacle, Report};
use crate::history::{self, Columns, Edition, HistoryRow, HistoryTable, Status};
pub(crate) use crate::log::Head;
use crate::log::{Break, Log};
use crate::machine::Port;
use crate::{Event, Lock, Newer, OutOfOrder, Standing, Target};

/// How a run is done.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) set: String,
    pub(crate) history: HistoryTable,
    pub(crate) lock: Lock,
    pub(crate) lock_wait: Duration,
    /// `None`: short, and longer with every try.
    pub(crate) lock_timeout: Option<Duration>,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) retries: Option<u32>,
    pub(crate) retry_for: Duration,
    pub(crate) target: Target,
    pub(crate) newer: Newer,
    pub(crate) out_of_order: OutOfOrder,
    pub(crate) allow_irreversible: bool,
    pub(crate) allow_edited_down: bool,
    pub(crate) applied_by: Option<String>,
    /// The Rust steps that are bound.
    pub(crate) steps: Vec<(String, Direction)>,
}

/// A mutex, so that a run can be sent to another thread while it waits; nobody ever contends for it.
pub(crate) type Listener<'a> = Mutex<Box<dyn FnMut(&Event<'_>) + Send + 'a>>;

/// Everything that a run needs.
pub(crate) struct Run<'a> {
    pub(crate) port: Port,
    pub(crate) blob: &'a Blob,
    pub(crate) options: Options,
    pub(crate) dialect: Dialect,
    pub(crate) listener: Option<Listener<'a>>,
    #[cfg(feature = "tracing")]
    pub(crate) trace: crate::trace::Trace,
    pub(crate) report: Report,
    /// Whether [`Event::Ahead`] was emitted: the history is looked at twice.
    pub(crate) has_warned: bool,
    /// What keeps other migrators out.
    pub(crate) hold: Hold,
    /// Where the log ends.
    pub(crate) head: Head,
    /// While the database gives back the same, nobody else has changed anything since the history was read (see
    /// [`Words::change_mark`](crate::dialect::Words::change_mark)).
    pub(crate) mark: Option<String>,
}

/// What the history says, and whether there is one.
pub(crate) struct History {
    pub(crate) exists: bool,
    pub(crate) edition: Edition,
    pub(crate) rows: Vec<HistoryRow>,
    /// Where it is not what dbkit has written; looked for under the lock.
    pub(crate) breaks: Vec<Break>,
}

impl History {
    fn row(&self, id: &str) -> Option<&HistoryRow> {
        self.rows.binary_search_by(|row| row.id.as_str().cmp(id)).ok().map(|at| &self.rows[at])
    }

    /// Whether a script without a transaction is under way: its migrator is at work, or gone. Who has the lock knows that it is gone.
    fn is_under_way(&self) -> bool {
        self.rows.iter().any(|row| row.status == Status::Running)
    }
}

/// What is done under the lock.
#[derive(Debug, Clone, Copy)]
enum Work<'r> {
    Up,
    Down,
    Baseline,
    /// The scripts, without a word in the history.
    Unrecorded,
    /// What a person says of a row.
    Repair(&'r Repair),
    /// These scripts make what all migrations make; those are recorded.
    OneGo(&'r Blob),
}

impl Run<'_> {
    fn words(&self) -> &'static dyn Words {
        self.dialect.words()
    }

    fn table(&self) -> String {
        self.options.history.name(self.words())
    }

    fn emit(&mut self, event: &Event<'_>) {
        #[cfg(feature = "tracing")]
        self.trace.event(event);
        if let Some(listener) = &mut self.listener {
            (listener.get_mut().unwrap_or_else(PoisonError::into_inner))(event);
        }
    }

    async fn history(&mut self, columns: Columns) -> Result<History, Error> {
        let words = self.words();
        let mut edition = Edition::Current;
        loop {
            let set = words.literal(&self.options.set);
            let sql = history::select(&self.table(), &set, columns, edition);
            match self.insist_query(&sql).await {
                Ok(rows) => {
                    let rows = history::rows(rows)?;
                    return Ok(History { exists: true, edition, rows, breaks: Vec::new() });
                }
                Err(error) => match error.kind() {
                    Kind::Database(said) if words.is_missing_table(said) => {
                        let (rows, breaks) = (Vec::new(), Vec::new());
                        return Ok(History { exists: false, edition, rows, breaks });
                    }
                    Kind::Database(said) if words.is_missing_column(said) => {
                        match edition.earlier() {
                            Some(earlier) => edition = earlier,
                            None => return Err(error),
                        }
                    }
                    _ => return Err(error),
                },
            }
        }
    }

    /// The history under the lock: compared with its log, and with what was under way settled.
    async fn history_locked(&mut self) -> Result<History, Error> {
        // Before the history: what comes between the two is seen as a change.
        self.mark = self.mark_now().await?;
        let mut history = self.history(Columns::Progress).await?;
        if !history.exists {
            return Ok(history);
        }
        self.read_log(&mut history).await?;
        if !history.breaks.is_empty() && !self.hold.is_exclusive() {
            // Others may have been at work between the two looks; inside the lock they are not.
            self.begin_locked(true, Timeouts::default()).await?;
            let again = self.history_and_log().await;
            self.take_back().await;
            history = again?;
        }
        if history.breaks.is_empty() {
            self.settle(&mut history).await?;
        }
        Ok(history)
    }

    async fn history_and_log(&mut self) -> Result<History, Error> {
        let mut history = self.history(Columns::Progress).await?;
        self.read_log(&mut history).await?;
        Ok(history)
    }

    /// Compares the history with its log.
    async fn read_log(&mut self, history: &mut History) -> Result<(), Error> {
        if history.exists && history.edition == Edition::Current {
            let words = self.words();
            let table = self.options.history.log().name(words);
            let sql = crate::log::select(&table, &words.literal(&self.options.set));
            let entries = match self.insist_query(&sql).await {
                Ok(entries) => entries,
                // It was dropped; every row says so.
                Err(error) if matches!(error.kind(), Kind::Database(said) if words.is_missing_table(said)) => {
                    Vec::new()
                }
                Err(error) => return Err(error),
            };
            let mut log = Log::read(entries, &self.options.set);
            log.compare(&history.rows);
            self.head = log.head;
            history.breaks = log.breaks;
        }
        Ok(())
    }

    /// With nothing in the way: a history of an earlier dbkit gets the columns that it lacks, and a log that begins with what it says.
    async fn modernize(&mut self, history: &History) -> Result<(), Error> {
        let is_old = |row: &&HistoryRow| row.format < history::FORMAT;
        if history.edition == Edition::Current && !history.rows.iter().any(|row| is_old(&row)) {
            return Ok(());
        }
        self.create_history().await?;
        for sql in history::missing_columns(&self.table(), history.edition) {
            let Err(error) = self.insist(&sql).await else { continue };
            // Another set, or where the transaction is the lock, another migrator, may have been first.
            let is_there = matches!(error.kind(), Kind::Database(said) if self.words().is_duplicate_column(said));
            if !is_there {
                return Err(error);
            }
        }
        self.begin_locked(true, Timeouts::default()).await?;
        let outcome = self.import(history).await;
        if outcome.is_err() {
            self.take_back().await;
        }
        outcome
    }

    async fn import(&mut self, history: &History) -> Result<(), Error> {
        if !self.hold.is_exclusive() {
            self.head = self.head_now().await?;
        }
        let words = self.words();
        let set = words.literal(&self.options.set);
        let mut writes = Writes::default();
        // Another migrator may have been first.
        let is_empty = self.head == Head::default();
        let old = history.rows.iter().filter(|row| row.format < history::FORMAT);
        for row in old.filter(|_| is_empty || history.edition == Edition::Current) {
            self.enter_log(&mut writes, Self::entry_of(row, "from a history without a log"));
        }
        writes.statements.push(format!(
            "UPDATE {} SET format = {} WHERE set_name = {set}",
            self.table(),
            history::FORMAT
        ));
        self.commit(writes).await
    }

    fn check_blob(&self) -> Result<(), Error> {
        self.blob.check().map_err(|_| Error::new(Kind::Blob))
    }

    fn check_text(&self) -> Result<(), Error> {
        self.blob.check_text().map_err(|_| Error::new(Kind::Blob))
    }

    /// What would be executed.
    pub(crate) async fn plan(mut self) -> Result<Vec<(String, String)>, Error> {
        self.check_text()?;
        let mut history = self.history(Columns::Progress).await?;
        if history.is_under_way() {
            self.lock().await?;
            let again = self.history(Columns::Progress).await;
            self.unlock().await;
            history = again?;
        }
        let pending = self.pending(&history)?;
        let text = |at: usize| {
            let migration = self.blob.migration(at)?;
            Some((migration.id().to_owned(), migration.text(Direction::Up)?.to_owned()))
        };
        Ok(pending.into_iter().filter_map(text).collect())
    }

    /// What would be executed to go back.
    pub(crate) async fn plan_back(mut self) -> Result<Vec<(String, String)>, Error> {
        self.check_blob()?;
        let history = self.history(Columns::Progress).await?;
        let back = self.going_back(&history)?;
        let text = |at: usize| {
            let migration = self.blob.migration(at)?;
            Some((migration.id().to_owned(), migration.text(Direction::Down)?.to_owned()))
        };
        Ok(back.into_iter().filter_map(text).collect())
    }

    /// What the history says, for people.
    pub(crate) async fn rows(mut self) -> Result<Vec<HistoryRow>, Error> {
        Ok(self.history(Columns::All).await?.rows)
    }

    /// Everything that would keep a run from starting, the log included. Reads only.
    pub(crate) async fn audit(mut self) -> Result<Vec<Obstacle>, Error> {
        self.check_blob()?;
        let mut history = self.history_and_log().await?;
        if !history.breaks.is_empty() {
            // A migrator may have been at work between the two looks.
            self.port.sleep(Duration::from_millis(200)).await;
            history = self.history_and_log().await?;
        }
        Ok(self.examine(&history).obstacles)
    }

    /// Who has the lock of the migrators, if somebody has and the database tells.
    pub(crate) async fn holder(mut self) -> Result<Option<String>, Error> {
        let key = self.locate().await?;
        Ok(self.lock_holder(&key).await)
    }

    /// What the history says beside the embedded migrations.
    pub(crate) async fn standing(mut self) -> Result<Standing, Error> {
        self.check_blob()?;
        let history = self.history(Columns::All).await?;
        let Findings { pending, obstacles, .. } = self.examine(&history);
        let id = |at: usize| Some(self.blob.migration(at)?.id().to_owned());
        Ok(Standing {
            pending: self.up_to_target(pending)?.into_iter().filter_map(id).collect(),
            history: history.rows,
            obstacles,
        })
    }

    /// Applies what is pending.
    pub(crate) async fn up(mut self) -> Result<Report, Error> {
        let outcome = self.up_inner().await;
        self.finish(outcome)
    }

    /// Takes applied migrations back, the last one first.
    pub(crate) async fn down(mut self) -> Result<Report, Error> {
        let outcome = self.down_inner().await;
        self.finish(outcome)
    }

    /// Records migrations as applied, up to the target, without executing them.
    pub(crate) async fn baseline(mut self) -> Result<Report, Error> {
        let outcome = self.baseline_inner().await;
        self.finish(outcome)
    }

    fn finish(mut self, outcome: Result<(), Error>) -> Result<Report, Error> {
        let report = std::mem::take(&mut self.report);
        match outcome {
            Ok(()) => {
                self.emit(&Event::Finished { report: &report });
                Ok(report)
            }
            Err(error) => Err(Error { report, ..error }),
        }
    }

    /// Writes what a person has found out.
    pub(crate) async fn repair(mut self, repair: &Repair) -> Result<Report, Error> {
        let outcome = match self.check_blob() {
            Ok(()) => self.locked(Work::Repair(repair)).await,
            Err(error) => Err(error),
        };
        self.finish(outcome)
    }

    /// Executes scripts that make what all migrations make, and records those.
    pub(crate) async fn in_one_go(mut self, creation: &Blob) -> Result<Report, Error> {
        let is_whole =
            self.check_blob().and(creation.check_text().map_err(|_| Error::new(Kind::Blob)));
        let outcome = match is_whole {
            Ok(()) => self.locked(Work::OneGo(creation)).await,
            Err(error) => Err(error),
        };
        self.finish(outcome)
    }

    /// Executes every script under the lock, and records nothing.
    pub(crate) async fn unrecorded(mut self) -> Result<Report, Error> {
        let outcome = match self.check_blob() {
            Ok(()) => self.locked(Work::Unrecorded).await,
            Err(error) => Err(error),
        };
        self.finish(outcome)
    }

    async fn unrecorded_locked(&mut self) -> Result<(), Error> {
        let mut at = 0;
        while let Some(migration) = self.blob.migration(at) {
            self.execute_unrecorded(&migration).await?;
            at += 1;
        }
        Ok(())
    }

    async fn up_inner(&mut self) -> Result<(), Error> {
        self.check_blob()?;
        let history = self.history(Columns::Progress).await?;
        // Up to date: one query, nothing created, nothing locked.
        if !history.is_under_way()
            && self.pending(&history)?.is_empty()
            && self.taken_over(&history).is_empty()
        {
            return Ok(());
        }
        self.locked(Work::Up).await
    }

    async fn down_inner(&mut self) -> Result<(), Error> {
        self.check_blob()?;
        let history = self.history(Columns::Progress).await?;
        if !history.is_under_way() && self.going_back(&history)?.is_empty() {
            return Ok(());
        }
        self.locked(Work::Down).await
    }

    async fn baseline_inner(&mut self) -> Result<(), Error> {
        self.check_blob()?;
        self.locked(Work::Baseline).await
    }

    /// Does the work under the lock, with the session as the run wants it, and puts both back whatever happens.
    async fn locked(&mut self, work: Work<'_>) -> Result<(), Error> {
        self.check_text()?;
        let mut undo = Vec::new();
        let lock_timeout = self.options.lock_timeout;
        let settings = self.words().run_settings(lock_timeout, self.options.lock_wait);
        let outcome = match self.change_settings(settings, &mut undo).await {
            Ok(()) => self.under_lock(work).await,
            Err(error) => Err(error),
        };
        let restored = self.restore_settings(undo).await;
        outcome.and(restored)
    }

    async fn under_lock(&mut self, work: Work<'_>) -> Result<(), Error> {
        self.lock().await?;
        let outcome = match work {
            Work::Up => self.up_locked().await,
            Work::Down => self.down_locked().await,
            Work::Baseline => self.baseline_locked().await,
            Work::Unrecorded => self.unrecorded_locked().await,
            Work::Repair(repair) => self.repair_locked(repair).await,
            Work::OneGo(creation) => self.in_one_go_locked(creation).await,
        };
        self.unlock().await;
        outcome
    }

    async fn up_locked(&mut self) -> Result<(), Error> {
        // Somebody else may have been at work between the first look and the lock.
        let history = self.history_locked().await?;
        let mut exists = history.exists;
        let pending = self.pending(&history)?;
        if pending.is_empty() && self.taken_over(&history).is_empty() {
            return Ok(());
        }
        self.refuse_unbound(&pending, Direction::Up)?;
        self.refuse_shared(&pending, Direction::Up)?;
        self.modernize(&history).await?;
        self.take_over(&history).await?;
        for at in pending {
            let Some(migration) = self.blob.migration(at) else { continue };
            let row = history.row(migration.id());
            self.apply(&migration, Direction::Up, row, exists).await?;
            exists = true;
        }
        Ok(())
    }

    async fn down_locked(&mut self) -> Result<(), Error> {
        let history = self.history_locked().await?;
        let back = self.going_back(&history)?;
        if back.is_empty() {
            return Ok(());
        }
        self.refuse_unbound(&back, Direction::Down)?;
        self.refuse_shared(&back, Direction::Down)?;
        self.modernize(&history).await?;
        for at in back {
            let Some(migration) = self.blob.migration(at) else { continue };
            let row = history.row(migration.id());
            self.apply(&migration, Direction::Down, row, true).await?;
        }
        Ok(())
    }

    /// Nothing is begun without the Rust steps that it takes, or with one that nothing takes.
    fn refuse_unbound(&self, places: &[usize], direction: Direction) -> Result<(), Error> {
        for (id, direction) in &self.options.steps {
            let takes = self.blob.iter().find(|found| found.id() == id);
            if !takes.is_some_and(|found| found.has_step(*direction)) {
                return Err(Error::new(Kind::NoSuchStep { id: id.clone(), direction: *direction }));
            }
        }
        for migration in places.iter().filter_map(|at| self.blob.migration(*at)) {
            let id = migration.id();
            let is_bound =
                self.options.steps.iter().any(|bound| bound.0 == id && bound.1 == direction);
            if migration.has_step(direction) && !is_bound {
                return Err(Error::new(Kind::MissingStep { id: id.to_owned(), direction }));
            }
        }
        Ok(())
    }

    /// Through a pooler, nothing is begun that could not be ended.
    fn refuse_shared(&self, places: &[usize], direction: Direction) -> Result<(), Error> {
        for migration in places.iter().filter_map(|at| self.blob.migration(*at)) {
            self.refuse_pooled(&Script::read(&migration, direction, self.dialect))?;
        }
        Ok(())
    }

    /// All rows in one transaction.
    async fn baseline_locked(&mut self) -> Result<(), Error> {
        let history = self.history_locked().await?;
        let pending = self.pending(&history)?;
        self.modernize(&history).await?;
        let mut exists = history.exists;
        if !exists && !self.words().has_transactional_ddl() {
            self.create_history().await?;
            exists = true;
        }
        self.begin_locked(exists, Timeouts::default()).await?;
        let outcome = self.baseline_inside(&history, &pending).await;
        if outcome.is_err() {
            self.take_back().await;
            self.report = Report::default();
        }
        outcome
    }

    async fn baseline_inside(&mut self, history: &History, pending: &[usize]) -> Result<(), Error> {
        if !self.hold.is_exclusive() {
            self.head = self.head_now().await?;
        }
        let mut writes = Writes::default();
        for migration in pending.iter().filter_map(|at| self.blob.migration(*at)) {
            let script = Script::read(&migration, Direction::Up, self.dialect);
            let progress = Progress::at(&script, Status::Baseline, script.len(), Duration::ZERO);
            self.add(&mut writes, &migration, &progress, history.row(migration.id()));
            self.report.applied.push(Applied {
                id: migration.id().to_owned(),
                statements: 0,
                took: Duration::ZERO,
            });
        }
        self.commit(writes).await
    }

    /// Changes settings of the session. `undo` gets the statements that put them back, also when this fails half-way.
    async fn change_settings(
        &mut self,
        settings: Vec<Setting>,
        undo: &mut Vec<String>,
    ) -> Result<(), Error> {
        for setting in settings {
            let rows = self.insist_query(setting.read).await?;
            let Some(before) = rows.into_iter().flatten().flatten().next() else { continue };
            let is_enough = |most: u64| before.parse().is_ok_and(|before: u64| before <= most);
            let wanted = match setting.wanted {
                Wanted::Exactly(value) if before == value.to_string() => continue,
                Wanted::AtMost(most) if is_enough(most) => continue,
                Wanted::Exactly(value) | Wanted::AtMost(value) => Some(value),
                Wanted::Anything => None,
            };
            undo.push(format!("{} {before}", setting.write));
            if let Some(value) = wanted {
                self.insist(&format!("{} {value}", setting.write)).await?;
            }
        }
        Ok(())
    }

    async fn restore_settings(&mut self, undo: Vec<String>) -> Result<(), Error> {
        let mut outcome = Ok(());
        for statement in undo.into_iter().rev() {
            outcome = outcome.and(self.insist(&statement).await);
        }
        outcome
    }

    fn done(&mut self, direction: Direction, applied: Applied) {
        let id = applied.id.as_str();
        match direction {
            Direction::Up => {
                self.emit(&Event::Applied {
                    id,
                    took: applied.took,
                    statements: applied.statements,
                });
                self.report.applied.push(applied);
            }
            Direction::Down => {
                self.emit(&Event::RolledBack { id, took: applied.took });
                self.report.rolled_back.push(applied);
            }
        }
    }
}
