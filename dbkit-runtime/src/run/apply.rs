//! One migration: part by part, each in a transaction with its record, or, where none can hold it, with a record before and after.

use std::time::Duration;

use super::Run;
use super::rebuild::{Origin, Triggers};
use super::record::{Progress, Writes};
use super::script::{Outcome, Script, failed};
use super::wait::Hold;
use crate::Event;
use crate::blob::{Direction, Migration};
use crate::dialect::Timeouts;
use crate::driver::DriverError;
use crate::error::{Applied, Error, Kind, Obstacle};
use crate::history::{self, Columns, Edition, HistoryRow, Status};
use crate::log::{self, Head};
use crate::sql::{self, Segment};

/// Whose a migration is.
enum Turn {
    /// The transaction has begun, and nobody else is at work.
    Ours,
    /// Somebody else has been at work since the history was read; nothing has begun.
    Theirs(Option<HistoryRow>),
}

/// What a part of a script has come to.
enum Part {
    /// Done, and so the row is now.
    Done(HistoryRow, Duration),
    /// See [`Turn::Theirs`].
    Theirs(Option<HistoryRow>),
}

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Milliseconds. Everybody who comes after a waiting statement waits too, so each try is short, and there are many.
const SHORTEST_LOCK_WAIT: u64 = 50;
const LONGEST_LOCK_WAIT: u64 = 200;
/// Waiting for a row holds up nobody, and a change of many rows is not begun anew for one of them.
const ROW_LOCK_WAIT: u64 = 10_000;

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
        let script = Script::read(migration, direction, self.dialect);
        let without_keys = words.rebuilds_tables() && migration.is_without_foreign_keys(direction);
        let mut undo = Vec::new();
        let is_patient = script.first_alone().is_some() && self.hold.is_exclusive();
        let settings = words.script_settings(script.text(), without_keys, is_patient);
        let outcome = match self.change_settings(settings, &mut undo).await {
            Ok(()) => self.parts(&script, row, has_history, without_keys).await,
            Err(error) => Err(error),
        };
        let restored = self.restore_settings(undo).await;
        if let Some(applied) = outcome? {
            self.done(direction, applied);
        }
        restored
    }

    /// Every part that is left. Nothing to report if another migrator was first.
    async fn parts(
        &mut self,
        script: &Script<'_, '_>,
        row: Option<&HistoryRow>,
        mut has_history: bool,
        without_keys: bool,
    ) -> Result<Option<Applied>, Error> {
        if !has_history && !self.words().has_transactional_ddl() {
            self.create_history().await?;
            has_history = true;
        }
        let id = script.migration.id();
        let start = self.port.elapsed();
        let mut row = row.cloned();
        let mut wait = self.waiting();
        let (mut took, mut executed) = (Duration::ZERO, 0);
        self.emit(&Event::Started { id, statements: script.len() });
        'again: loop {
            let first = resumed(row.as_ref(), script.direction).min(script.len());
            if first > 0 {
                // Another session does not know what this script has set.
                self.prelude(script, first, false).await?;
            }
            let mut segments = script.segments(first);
            if segments.is_empty() {
                segments.push(Segment {
                    statements: first..first,
                    kind: sql::Kind::Together,
                    has_definitions: false,
                    is_patient: false,
                });
            }
            for segment in segments {
                let part = match segment.kind {
                    sql::Kind::Together if self.is_transactional(script, &segment).await? => {
                        self.together(script, &segment, &row, has_history, without_keys, start)
                            .await?
                    }
                    sql::Kind::Together => {
                        self.one_by_one(script, &segment, &row, has_history, start).await?
                    }
                    sql::Kind::Alone => {
                        let at = segment.statements.start;
                        let trace = sql::trace(script.sql(at), self.dialect);
                        self.alone(script, at, &trace, &row, has_history, start).await?
                    }
                };
                has_history = true;
                match part {
                    Part::Done(now, time) => {
                        took += time;
                        executed += segment.statements.len();
                        row = Some(now);
                    }
                    Part::Theirs(now) => {
                        let is_there =
                            now.as_ref().is_some_and(|row| row.is_applied() || row.is_partial());
                        let is_over = match script.direction {
                            Direction::Up => now.as_ref().is_some_and(HistoryRow::is_applied),
                            Direction::Down => !is_there,
                        };
                        if is_over {
                            return Ok(None);
                        }
                        self.wait(&mut wait, None).await?;
                        row = now;
                        continue 'again;
                    }
                }
            }
            return Ok(Some(Applied { id: id.to_owned(), statements: executed, took }));
        }
    }

    /// One transaction, and again if others were in its way.
    async fn together(
        &mut self,
        script: &Script<'_, '_>,
        segment: &Segment,
        row: &Option<HistoryRow>,
        has_history: bool,
        without_keys: bool,
        start: Duration,
    ) -> Result<Part, Error> {
        let mut tries = Tries::new(self.port.elapsed());
        loop {
            let timeouts = self.timeouts(segment, tries.count);
            let outcome = match self.enter(script, row, has_history, timeouts).await {
                Ok(Turn::Theirs(now)) => return Ok(Part::Theirs(now)),
                Ok(Turn::Ours) => {
                    let inside =
                        self.in_transaction(script, segment, row, without_keys, start).await;
                    if inside.is_err() {
                        self.take_back().await;
                    }
                    inside
                }
                Err(error) => Err(error),
            };
            match outcome {
                Err(error) if is_in_the_way(&error) => {
                    let error = self.with_blockers(error).await;
                    if let Err(error) = self.try_again(script, &mut tries, error).await {
                        return Err(self.stopped(script, segment, row, start, error).await);
                    }
                }
                Err(error) => {
                    return Err(self.stopped(script, segment, row, start, error).await);
                }
                done => return done,
            }
        }
    }

    /// Records that a part was taken back after others were done. If that cannot be recorded, the row says how far it is all the same.
    async fn stopped(
        &mut self,
        script: &Script<'_, '_>,
        segment: &Segment,
        row: &Option<HistoryRow>,
        start: Duration,
        error: Error,
    ) -> Error {
        let first = segment.statements.start;
        let is_single = script.migration.is_without_transaction(script.direction)
            || !self.words().has_transactional_ddl();
        // A way back that did nothing leaves the migration applied.
        let is_recorded = first > 0 || (is_single && script.direction == Direction::Up);
        if let Kind::Statement(failed) = error.kind()
            && is_recorded
            && !failed.cause.is_silence()
        {
            let since = self.port.elapsed() - start;
            let progress = Progress::at(script, Status::Failed, first, since).failed(&failed.cause);
            let _ = self.put(script, &progress, row, true).await;
        }
        error
    }

    /// The statements of a part, their record, and the end.
    async fn in_transaction(
        &mut self,
        script: &Script<'_, '_>,
        segment: &Segment,
        row: &Option<HistoryRow>,
        without_keys: bool,
        start: Duration,
    ) -> Result<Part, Error> {
        let took = self.execute(script, segment, without_keys).await?;
        let progress = self.progress(script, segment.statements.end, start);
        let writes = self.writes(script.migration, &progress, row.as_ref());
        match self.commit(writes).await {
            Ok(()) => Ok(Part::Done(self.row_after(script, &progress, row), took)),
            Err(error) => Err(Self::not_committed(script, error)),
        }
    }

    async fn execute(
        &mut self,
        script: &Script<'_, '_>,
        segment: &Segment,
        without_keys: bool,
    ) -> Result<Duration, Error> {
        let id = script.migration.id();
        let first = segment.statements.start;
        let is_shared =
            matches!(self.hold, Hold::Transaction { .. }) && !self.words().locks_by_transaction();
        self.prelude(script, first, !is_shared).await?;
        let mut took = Duration::ZERO;
        let mut triggers = Triggers::new();
        for at in segment.statements.clone() {
            let sql = script.sql(at);
            if script.is_step(at) {
                took += self.step(script).await?;
                continue;
            }
            if !script.is_executed(at) {
                continue;
            }
            // A table that is rebuilt loses its triggers with the old one.
            if without_keys && drops_table(sql) {
                self.remember_triggers(&mut triggers, Origin::of(script.text())).await?;
            }
            // What the script takes away by name is not brought back.
            if let Some(name) = dropped_trigger(sql) {
                triggers.retain(|known, _| !known.eq_ignore_ascii_case(&name));
            }
            self.emit(&Event::Statement { id, number: at + 1, total: script.len(), sql });
            match self.port.execute(sql).await {
                Ok(time) => took += time,
                Err(cause) => return Err(failed(script, at, cause, Outcome::TakenBack(first))),
            }
        }
        if without_keys {
            self.restore_triggers(triggers).await?;
            self.check_foreign_keys(id).await?;
        }
        Ok(took)
    }

    /// The app's own code, on the connection and in the transaction of the run.
    async fn step(&mut self, script: &Script<'_, '_>) -> Result<Duration, Error> {
        let (id, direction) = (script.migration.id(), script.direction);
        self.emit(&Event::Step { id });
        self.port.step(id, direction).await.map_err(|said| {
            Error::new(Kind::Step { id: id.to_owned(), direction, message: said.message })
        })
    }

    /// What the script has set in its session before a statement. `is_local`: what a transaction forgets, and nothing else.
    async fn prelude(
        &mut self,
        script: &Script<'_, '_>,
        before: usize,
        is_local: bool,
    ) -> Result<(), Error> {
        for at in (0..before).filter(|at| script.is_session(*at) && script.is_executed(*at)) {
            let sql = script.sql(at);
            if !is_local || is_set_local(sql) {
                self.insist(sql).await?;
            }
        }
        Ok(())
    }

    /// One statement that no transaction can hold: what is to be done, and then that it is done.
    async fn alone(
        &mut self,
        script: &Script<'_, '_>,
        at: usize,
        trace: &sql::Trace,
        row: &Option<HistoryRow>,
        has_history: bool,
        start: Duration,
    ) -> Result<Part, Error> {
        let id = script.migration.id();
        let sql = script.sql(at);
        self.refuse_pooled(script)?;
        let doubt = self.foresee(trace).await?;
        let intent = Progress {
            doubt: Some(doubt),
            ..Progress::at(script, Status::Running, at, self.port.elapsed() - start)
        };
        let row = match self.put(script, &intent, row, has_history).await? {
            Part::Done(row, _) => Some(row),
            theirs @ Part::Theirs(_) => return Ok(theirs),
        };
        self.emit(&Event::Statement { id, number: at + 1, total: script.len(), sql });
        let mut tries = Tries::new(self.port.elapsed());
        let took = loop {
            match self.port.execute(sql).await {
                Ok(took) => break took,
                // Without an answer of the database the statement stays in doubt.
                Err(cause) if cause.is_silence() => {
                    return Err(failed(script, at, cause, Outcome::InDoubt));
                }
                Err(cause) => {
                    self.clear_away(trace).await;
                    let is_busy = cause.is_busy;
                    let error =
                        self.with_blockers(failed(script, at, cause.clone(), Outcome::Stays)).await;
                    let error = if is_busy {
                        match self.try_again(script, &mut tries, error).await {
                            Ok(()) => continue,
                            Err(error) => error,
                        }
                    } else {
                        error
                    };
                    return Err(self.give_up(script, at, &cause, &row, start, error).await);
                }
            }
        };
        let progress = self.progress(script, at + 1, start);
        match self.put(script, &progress, &row, true).await? {
            Part::Done(row, _) => Ok(Part::Done(row, took)),
            theirs @ Part::Theirs(_) => Ok(theirs),
        }
    }

    /// Records that a statement failed. If that cannot be recorded, it is in doubt for the next run; what it failed of matters more now.
    async fn give_up(
        &mut self,
        script: &Script<'_, '_>,
        at: usize,
        cause: &DriverError,
        row: &Option<HistoryRow>,
        start: Duration,
        mut error: Error,
    ) -> Error {
        let now = self.port.elapsed() - start;
        let progress = match script.direction {
            // Nothing was taken back, so the migration is applied as before.
            Direction::Down if at == 0 => {
                let total = script.migration.statements(Direction::Up).len();
                Progress {
                    direction: Direction::Up,
                    done: total,
                    total,
                    ..Progress::at(script, Status::Applied, 0, now)
                }
            }
            Direction::Up | Direction::Down => Progress::at(script, Status::Failed, at, now),
        };
        let recorded = self.put(script, &progress.failed(cause), row, true).await;
        if !matches!(recorded, Ok(Part::Done(..)))
            && let Kind::Statement(failed) = &mut *error.kind
        {
            failed.is_in_doubt = true;
        }
        error
    }

    /// Rows that no transaction holds (MyISAM, or nobody can tell): nothing can say afterwards whether they were changed.
    async fn one_by_one(
        &mut self,
        script: &Script<'_, '_>,
        segment: &Segment,
        row: &Option<HistoryRow>,
        has_history: bool,
        start: Duration,
    ) -> Result<Part, Error> {
        let mut row = row.clone();
        let mut took = Duration::ZERO;
        for at in segment.statements.clone().filter(|at| script.is_executed(*at)) {
            let trace = if script.is_data(at) { sql::Trace::None } else { sql::Trace::Repeatable };
            match self.alone(script, at, &trace, &row, has_history, start).await? {
                Part::Done(now, time) => {
                    took += time;
                    row = Some(now);
                }
                theirs @ Part::Theirs(_) => return Ok(theirs),
            }
        }
        match row {
            Some(row) if row.statements_done == segment.statements.end => Ok(Part::Done(row, took)),
            row => {
                let progress = self.progress(script, segment.statements.end, start);
                self.put(script, &progress, &row, true).await
            }
        }
    }

    /// Whether a transaction holds the rows that a part changes: not in every table of MySQL.
    async fn is_transactional(
        &mut self,
        script: &Script<'_, '_>,
        segment: &Segment,
    ) -> Result<bool, Error> {
        let mut tables = Vec::new();
        for at in segment.statements.clone().filter(|at| script.is_data(*at)) {
            let written = sql::written_tables(script.sql(at)).unwrap_or_default();
            for table in written {
                if !tables.contains(&table) {
                    tables.push(table);
                }
            }
        }
        let Some(query) = self.words().tables_without_transactions(&tables) else {
            return Ok(true);
        };
        let rows = self.insist_query(&query).await?;
        Ok(rows.into_iter().flatten().flatten().next().as_deref() == Some("0"))
    }

    /// Puts a row where a transaction of its own holds it, if one is needed.
    async fn put(
        &mut self,
        script: &Script<'_, '_>,
        progress: &Progress,
        row: &Option<HistoryRow>,
        has_history: bool,
    ) -> Result<Part, Error> {
        let writes = self.writes(script.migration, progress, row.as_ref());
        if has_history && writes.head.is_none() && self.hold.is_exclusive() {
            for sql in &writes.statements {
                self.insist(sql).await?;
            }
            return Ok(Part::Done(self.row_after(script, progress, row), Duration::ZERO));
        }
        match self.enter(script, row, has_history, Timeouts::default()).await? {
            Turn::Theirs(now) => return Ok(Part::Theirs(now)),
            Turn::Ours => {}
        }
        // The log may have gone on since.
        let writes = self.writes(script.migration, progress, row.as_ref());
        if let Err(error) = self.commit(writes).await {
            self.take_back().await;
            return Err(error);
        }
        Ok(Part::Done(self.row_after(script, progress, row), Duration::ZERO))
    }

    /// Begins a transaction in which nobody else is at work on the migration.
    async fn enter(
        &mut self,
        script: &Script<'_, '_>,
        row: &Option<HistoryRow>,
        has_history: bool,
        timeouts: Timeouts,
    ) -> Result<Turn, Error> {
        let id = script.migration.id();
        self.begin_locked(has_history, timeouts).await?;
        if self.hold.is_exclusive() {
            return Ok(Turn::Ours);
        }
        if has_history && self.is_unchanged().await? {
            return Ok(Turn::Ours);
        }
        let looked = match self.row_now(id).await {
            Ok(now) => self.head_now().await.map(|head| (now, head)),
            Err(error) => Err(error),
        };
        match looked {
            Ok((now, head)) => {
                let state = |row: &HistoryRow| (row.status, row.statements_done, row.doubt);
                if now.as_ref().map(state) == row.as_ref().map(state) {
                    self.head = head;
                    return Ok(Turn::Ours);
                }
                self.take_back().await;
                Ok(Turn::Theirs(now))
            }
            Err(error) => {
                self.take_back().await;
                Err(error)
            }
        }
    }

    /// Starts a transaction that has the migrators' lock, with a history in it if there is none.
    pub(super) async fn begin_locked(
        &mut self,
        has_history: bool,
        timeouts: Timeouts,
    ) -> Result<(), Error> {
        let mut wait = self.waiting();
        let mut insisting = self.insist_on_lock();
        loop {
            let has_insisted = insisting.is_some();
            match self.begin(timeouts, insisting.clone()).await {
                Ok(()) => {}
                // Asked again without insisting, the database says who has it.
                Err(error) if has_insisted && self.is_lock_refused(&error) => {
                    insisting = None;
                    continue;
                }
                Err(error) => return Err(error),
            }
            let locked = if has_insisted { Ok(Some(true)) } else { self.lock_transaction().await };
            let begun = match locked {
                Ok(Some(true)) if has_history => return Ok(()),
                Ok(Some(true)) => self.add_history().await,
                Ok(Some(false)) => {
                    self.take_back().await;
                    let key = self.hold.key().copied();
                    let holder = match &key {
                        Some(key) => self.lock_holder(key).await,
                        None => None,
                    };
                    self.wait(&mut wait, holder).await?;
                    continue;
                }
                // A pooler gave us another session than the one that has the lock.
                Ok(None) => {
                    self.take_back().await;
                    self.share().await;
                    continue;
                }
                Err(error) => Err(error),
            };
            let Err(error) = begun else { return Ok(()) };
            self.take_back().await;
            if has_history || !self.words().is_creation_race(&error) {
                return Err(error.into());
            }
            self.wait(&mut wait, None).await?;
        }
    }

    /// What makes a transaction fail as it begins, where it cannot have the lock: with it in one message, the lock costs no round trip.
    fn insist_on_lock(&self) -> Option<String> {
        if !self.words().joins_statements() {
            return None;
        }
        self.words().insist_on_transaction_lock(self.hold.key()?, self.hold.backend())
    }

    fn is_lock_refused(&self, error: &Error) -> bool {
        matches!(error.kind(), Kind::Database(said) if self.words().is_lock_refused(said))
    }

    /// Whether the transaction has the lock. `None`: it is in another session than the run.
    async fn lock_transaction(&mut self) -> Result<Option<bool>, DriverError> {
        let Some(key) = self.hold.key() else { return Ok(Some(true)) };
        let backend = self.hold.backend();
        let Some(try_lock) = self.words().try_transaction_lock(key, backend) else {
            return Ok(Some(true));
        };
        let row = self.port.query(try_lock).await?.into_iter().next().unwrap_or_default();
        let mut cells = row.into_iter();
        let (answer, now) = (cells.next().flatten(), cells.next().flatten());
        if let Hold::Session { backend: Some(backend), .. } = &self.hold
            && now.as_ref().is_some_and(|now| now != backend)
        {
            return Ok(None);
        }
        Ok(Some(answer.as_deref() == Some("1")))
    }

    /// Creates the history in the transaction that has begun.
    async fn add_history(&mut self) -> Result<(), DriverError> {
        let mut statements = self.words().create_history(&self.options.history);
        if self.words().joins_statements() {
            statements = vec![statements.join("; ")];
        }
        for sql in statements {
            self.port.execute(sql).await?;
        }
        Ok(())
    }

    /// Starts a transaction.
    async fn begin(&mut self, timeouts: Timeouts, insist: Option<String>) -> Result<(), Error> {
        let words = self.words();
        let mut statements = words.begin(timeouts);
        statements.extend(insist);
        if words.joins_statements() {
            statements = vec![statements.join("; ")];
        }
        for (at, sql) in statements.iter().enumerate() {
            if at == 0 && !words.joins_statements() {
                // If the first one fails, there is no transaction to take back, or it is somebody else's.
                self.insist(sql).await?;
            } else if let Err(error) = self.port.execute(sql.as_str()).await {
                self.take_back().await;
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Creates the history outside a transaction.
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

    /// After an error the transaction may be gone already; that it cannot be taken back then is no news.
    pub(super) async fn take_back(&self) {
        let _ = self.port.execute("ROLLBACK").await;
    }

    /// Whether nobody else has changed anything since the history was read. Asked in a transaction that keeps others out.
    async fn is_unchanged(&mut self) -> Result<bool, Error> {
        if self.mark.is_none() {
            return Ok(false);
        }
        match self.mark_now().await {
            Ok(now) if now == self.mark => Ok(true),
            // What was read of the other migrations is no longer sure either.
            Ok(_) => {
                self.mark = None;
                Ok(false)
            }
            Err(error) => {
                self.take_back().await;
                Err(error)
            }
        }
    }

    /// See [`Run::mark`].
    pub(super) async fn mark_now(&mut self) -> Result<Option<String>, Error> {
        let Some(query) = self.words().change_mark() else { return Ok(None) };
        Ok(self.insist_query(query).await?.into_iter().flatten().flatten().next())
    }

    async fn row_now(&mut self, id: &str) -> Result<Option<HistoryRow>, Error> {
        let words = self.words();
        let set = words.literal(&self.options.set);
        let select = history::select(&self.table(), &set, Columns::Progress, Edition::Current);
        let rows = self.insist_query(&format!("{select} AND id = {}", words.literal(id))).await?;
        Ok(history::rows(rows)?.into_iter().next())
    }

    /// Where the log ends now.
    pub(super) async fn head_now(&mut self) -> Result<Head, Error> {
        let words = self.words();
        let sql =
            log::last(&self.options.history.log().name(words), &words.literal(&self.options.set));
        let row = self.insist_query(&sql).await?.into_iter().next().unwrap_or_default();
        let mut cells = row.into_iter().flatten();
        let seq = cells.next().and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Head { seq, chain: cells.next().unwrap_or_default() })
    }

    /// How far the script is when so many statements are done.
    fn progress(&self, script: &Script<'_, '_>, done: usize, start: Duration) -> Progress {
        let since = self.port.elapsed() - start;
        if done == script.len() {
            Progress::over(script, since)
        } else {
            Progress::at(script, Status::Running, done, since)
        }
    }

    /// The row as it was just written.
    fn row_after(
        &self,
        script: &Script<'_, '_>,
        progress: &Progress,
        row: &Option<HistoryRow>,
    ) -> HistoryRow {
        HistoryRow {
            id: script.migration.id().to_owned(),
            up_hash: script.migration.hash_text(),
            status: progress.status,
            direction: progress.direction,
            statements_done: progress.done,
            statements_total: progress.total,
            doubt: progress.doubt,
            format: history::FORMAT,
            down_hash: row.as_ref().and_then(|row| row.down_hash.clone()),
            started_at: String::new(),
            finished_at: None,
            error: progress.error.clone(),
        }
    }

    fn timeouts(&self, segment: &Segment, tries: u32) -> Timeouts {
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).ok();
        let lock = match self.options.lock_timeout {
            Some(time) => milliseconds(time),
            None if segment.has_definitions => {
                let more = SHORTEST_LOCK_WAIT.saturating_mul(u64::from(tries) + 1);
                Some(more.min(LONGEST_LOCK_WAIT))
            }
            None => Some(ROW_LOCK_WAIT),
        };
        let statement = match self.options.statement_timeout {
            _ if segment.is_patient => Some(0),
            Some(time) => milliseconds(time),
            None => None,
        };
        Timeouts { lock, statement }
    }

    /// Waits before a part that was in the way of others is tried again.
    ///
    /// # Errors
    /// The error itself, when it is time to give up.
    async fn try_again(
        &mut self,
        script: &Script<'_, '_>,
        tries: &mut Tries,
        error: Error,
    ) -> Result<(), Error> {
        let spent = self.port.elapsed() - tries.start;
        let is_last = self.options.retries.is_some_and(|most| tries.count >= most);
        if is_last || spent >= self.options.retry_for {
            return Err(error);
        }
        tries.count += 1;
        let pause = tries.pause + self.jitter(tries.pause);
        let pause = pause.min(self.options.retry_for - spent).max(Duration::from_millis(1));
        let blockers = match error.kind() {
            Kind::Statement(failed) => failed.blockers.as_slice(),
            _ => &[],
        };
        let left = self.options.retries.map(|most| most - tries.count);
        self.emit(&Event::Retrying { id: script.migration.id(), after: pause, left, blockers });
        self.port.sleep(pause).await;
        tries.pause = (tries.pause * 17 / 10).min(LONGEST_PAUSE);
        Ok(())
    }

    /// The error of a statement that was in the way of others, with who they are.
    async fn with_blockers(&mut self, mut error: Error) -> Error {
        if let Kind::Statement(failed) = &mut *error.kind
            && failed.cause.is_busy
        {
            failed.blockers = self.blockers(&failed.sql).await;
        }
        error
    }

    /// A statement outside a transaction needs a session of its own.
    pub(super) fn refuse_pooled(&self, script: &Script<'_, '_>) -> Result<(), Error> {
        let is_pooled =
            matches!(self.hold, Hold::Transaction { .. }) && !self.words().locks_by_transaction();
        match script.first_alone().filter(|_| is_pooled) {
            None => Ok(()),
            Some(at) => Err(Error::new(Kind::Obstacles(vec![Obstacle::NeedsSession {
                id: script.migration.id().to_owned(),
                sql: script.sql(at).to_owned(),
            }]))),
        }
    }

    /// Executes an up script and records nothing.
    pub(super) async fn execute_unrecorded(
        &mut self,
        migration: &Migration<'_>,
    ) -> Result<(), Error> {
        let words = self.words();
        let direction = Direction::Up;
        let script = Script::read(migration, direction, self.dialect);
        let without_keys = words.rebuilds_tables() && migration.is_without_foreign_keys(direction);
        let mut undo = Vec::new();
        let is_patient = script.first_alone().is_some() && self.hold.is_exclusive();
        let settings = words.script_settings(script.text(), without_keys, is_patient);
        let outcome = match self.change_settings(settings, &mut undo).await {
            Ok(()) => self.parts_unrecorded(&script, without_keys).await,
            Err(error) => Err(error),
        };
        let restored = self.restore_settings(undo).await;
        let took = outcome?;
        let statements = script.len();
        self.done(direction, Applied { id: migration.id().to_owned(), statements, took });
        restored
    }

    async fn parts_unrecorded(
        &mut self,
        script: &Script<'_, '_>,
        without_keys: bool,
    ) -> Result<Duration, Error> {
        let mut took = Duration::ZERO;
        for segment in script.segments(0) {
            took += match segment.kind {
                sql::Kind::Together => {
                    self.begin_locked(true, self.timeouts(&segment, 3)).await?;
                    let outcome = match self.execute(script, &segment, without_keys).await {
                        Ok(took) => self.commit(Writes::default()).await.map(|()| took),
                        Err(error) => Err(error),
                    };
                    if outcome.is_err() {
                        self.take_back().await;
                    }
                    outcome?
                }
                sql::Kind::Alone => {
                    let at = segment.statements.start;
                    let outcome = self.port.execute(script.sql(at)).await;
                    outcome.map_err(|cause| failed(script, at, cause, Outcome::Stays))?
                }
            };
        }
        Ok(took)
    }
}

/// How often and how long something was tried.
struct Tries {
    count: u32,
    start: Duration,
    pause: Duration,
}

impl Tries {
    fn new(start: Duration) -> Self {
        Self { count: 0, start, pause: FIRST_PAUSE }
    }
}

/// How many statements of a script need not be executed any more.
pub(super) fn resumed(row: Option<&HistoryRow>, direction: Direction) -> usize {
    let is_resumed = |row: &&HistoryRow| row.is_partial() && row.direction == direction;
    row.filter(is_resumed).map_or(0, |row| row.statements_done)
}

/// Whether a transaction failed only because of others; it may work the next time.
fn is_in_the_way(error: &Error) -> bool {
    match error.kind() {
        Kind::Statement(failed) => failed.cause.is_busy,
        Kind::Commit { cause, is_unknown, .. } => cause.is_busy && !is_unknown,
        _ => false,
    }
}

fn is_set_local(sql: &str) -> bool {
    let mut words = sql.split_ascii_whitespace();
    let mut is_next = |word: &str| words.next().is_some_and(|next| next.eq_ignore_ascii_case(word));
    is_next("SET") && is_next("LOCAL")
}

fn drops_table(sql: &str) -> bool {
    let mut words = sql.split_ascii_whitespace();
    let mut is_next = |word: &str| words.next().is_some_and(|next| next.eq_ignore_ascii_case(word));
    is_next("DROP") && is_next("TABLE")
}

/// The name in a `DROP TRIGGER`.
fn dropped_trigger(sql: &str) -> Option<String> {
    let mut words = sql.split_ascii_whitespace();
    let mut is_next = |word: &str| words.next().is_some_and(|next| next.eq_ignore_ascii_case(word));
    if !(is_next("DROP") && is_next("TRIGGER")) {
        return None;
    }
    let name = sql.trim_end_matches(';').trim_end();
    let name = match name.strip_suffix('"').and_then(|name| name.split_once('"')) {
        Some((_, quoted)) => quoted.replace("\"\"", "\""),
        None => name.rsplit([' ', '\n', '\t', '.']).next().unwrap_or_default().to_owned(),
    };
    Some(name)
}
