//! The steps of a run: what is looked at, in which order things are done, what is recorded. Every wait is for a database.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::blob::{Blob, Direction, Migration};
use crate::dialect::{Dialect, LockKey, Timeouts, Words};
use crate::driver::DriverError;
use crate::error::{Applied, Error, FailedStatement, Kind, Obstacle, Report};
use crate::history::{self, HistoryRow, HistoryTable, Status};
use crate::machine::Port;
use crate::{Event, Newer, OutOfOrder, Target};

/// How a run is done.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) set: String,
    pub(crate) history: HistoryTable,
    pub(crate) lock_wait: Duration,
    pub(crate) timeouts: Timeouts,
    pub(crate) target: Target,
    pub(crate) newer: Newer,
    pub(crate) out_of_order: OutOfOrder,
    pub(crate) allow_irreversible: bool,
    pub(crate) applied_by: Option<String>,
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
    pub(crate) report: Report,
}

/// What the history says, and whether there is one.
pub(crate) struct History {
    pub(crate) exists: bool,
    pub(crate) rows: Vec<HistoryRow>,
}

impl History {
    fn row(&self, id: &str) -> Option<&HistoryRow> {
        self.rows.binary_search_by(|row| row.id.as_str().cmp(id)).ok().map(|at| &self.rows[at])
    }
}

impl Run<'_> {
    fn words(&self) -> &'static dyn Words {
        self.dialect.words()
    }

    fn table(&self) -> String {
        self.options.history.name(self.words())
    }

    fn emit(&mut self, event: &Event<'_>) {
        if let Some(listener) = &mut self.listener {
            (listener.get_mut().unwrap_or_else(PoisonError::into_inner))(event);
        }
    }

    pub(crate) async fn history(&self) -> Result<History, DriverError> {
        let words = self.words();
        let sql = history::select(&self.table(), &words.literal(&self.options.set));
        match self.port.query(sql).await {
            Ok(rows) => {
                let mut rows = history::rows(rows);
                rows.sort_by(|one, other| one.id.cmp(&other.id));
                Ok(History { exists: true, rows })
            }
            Err(error) if words.is_missing_table(error.code.as_deref(), &error.message) => {
                Ok(History { exists: false, rows: Vec::new() })
            }
            Err(error) => Err(error),
        }
    }

    /// The migrations that are not applied, in order of execution.
    ///
    /// # Errors
    /// Everything that keeps a run from starting.
    pub(crate) fn pending(&self, history: &History) -> Result<Vec<usize>, Error> {
        let mut pending = Vec::new();
        let mut obstacles = Vec::new();
        let mut known = 0;
        let mut last_applied: Option<usize> = None;
        for (at, migration) in self.blob.iter().enumerate() {
            let Some(row) = history.row(migration.id()) else {
                pending.push(at);
                continue;
            };
            known += 1;
            let id = migration.id().to_owned();
            match row.status {
                Status::Applied | Status::Baseline => {
                    last_applied = Some(at);
                    if !migration.has_hash(&row.up_hash) {
                        obstacles.push(Obstacle::Edited { id });
                    }
                }
                Status::Running | Status::Failed => {
                    let statements = migration.statements(Direction::Up);
                    if row.is_in_doubt {
                        let text = migration.text(Direction::Up).unwrap_or_default();
                        let sql = statements
                            .get(row.statements_done)
                            .and_then(|range| text.get(range.clone()))
                            .unwrap_or_default();
                        obstacles.push(Obstacle::InDoubt { id, sql: sql.to_owned() });
                    } else if row.statements_done > 0 && !migration.has_hash(&row.up_hash) {
                        obstacles.push(Obstacle::FailedAndEdited { id, done: row.statements_done });
                    }
                    pending.push(at);
                }
                Status::RolledBack => pending.push(at),
            }
        }
        if known < history.rows.len() && self.options.newer == Newer::Deny {
            let ids: std::collections::BTreeSet<&str> =
                self.blob.iter().map(|migration| migration.id()).collect();
            let unknown = history
                .rows
                .iter()
                .filter(|row| row.is_applied() && !ids.contains(row.id.as_str()));
            obstacles.extend(unknown.map(|row| Obstacle::Unknown { id: row.id.clone() }));
        }
        if let Some(last) = last_applied
            && pending.first().is_some_and(|first| *first < last)
        {
            self.check_order(history, &pending, &mut obstacles);
        }
        if obstacles.is_empty() { Ok(pending) } else { Err(Error::new(Kind::Obstacles(obstacles))) }
    }

    /// A migration whose parent was never applied must not have run. A sibling of another branch may have, unless that is denied.
    fn check_order(&self, history: &History, pending: &[usize], obstacles: &mut Vec<Obstacle>) {
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, migration) in self.blob.iter().enumerate() {
            let is_applied = history.row(migration.id()).is_some_and(HistoryRow::is_applied);
            for parent in migration.parents() {
                if let (true, true) = (is_applied, pending.contains(&parent)) {
                    seen.entry(parent).or_insert(at);
                }
            }
            if is_applied && self.options.out_of_order == OutOfOrder::Deny {
                for earlier in pending.iter().filter(|earlier| **earlier < at) {
                    seen.entry(*earlier).or_insert(at);
                }
            }
        }
        let id = |at: usize| {
            self.blob.migration(at).map(|migration| migration.id().to_owned()).unwrap_or_default()
        };
        if self.options.out_of_order != OutOfOrder::Allow {
            obstacles.extend(seen.into_iter().map(|(earlier, later)| Obstacle::OutOfOrder {
                id: id(earlier),
                before: id(later),
            }));
        }
    }

    fn up_to_target(&self, mut pending: Vec<usize>) -> Result<Vec<usize>, Error> {
        match &self.options.target {
            Target::Latest => Ok(pending),
            Target::Steps(count) => {
                pending.truncate(*count);
                Ok(pending)
            }
            Target::Id(id) => {
                let last = self.place_of(id)?;
                pending.retain(|at| *at <= last);
                Ok(pending)
            }
        }
    }

    fn place_of(&self, id: &str) -> Result<usize, Error> {
        let found = self.blob.iter().position(|migration| migration.id() == id);
        found.ok_or_else(|| Error::new(Kind::UnknownTarget(id.to_owned())))
    }

    /// What would be executed.
    pub(crate) async fn plan(self) -> Result<Vec<(String, String)>, Error> {
        let history = self.history().await?;
        let pending = self.up_to_target(self.pending(&history)?)?;
        let text = |at: usize| {
            let migration = self.blob.migration(at)?;
            Some((migration.id().to_owned(), migration.text(Direction::Up)?.to_owned()))
        };
        Ok(pending.into_iter().filter_map(text).collect())
    }

    /// Applies what is pending.
    pub(crate) async fn up(mut self) -> Result<Report, Error> {
        let outcome = self.up_inner().await;
        self.finish(outcome)
    }

    fn finish(self, outcome: Result<(), Error>) -> Result<Report, Error> {
        match outcome {
            Ok(()) => Ok(self.report),
            Err(error) => Err(Error { report: self.report, ..error }),
        }
    }

    async fn up_inner(&mut self) -> Result<(), Error> {
        let history = self.history().await?;
        // Up to date: one query, nothing created, nothing locked.
        if self.up_to_target(self.pending(&history)?)?.is_empty() {
            return Ok(());
        }
        self.lock().await?;
        let outcome = self.up_locked().await;
        self.unlock().await;
        outcome
    }

    async fn up_locked(&mut self) -> Result<(), Error> {
        if let Some(sql) = self.words().set_timeouts(self.options.timeouts) {
            self.port.execute(sql).await?;
        }
        // Somebody else may have been at work between the first look and the lock.
        let history = self.history().await?;
        let pending = self.up_to_target(self.pending(&history)?)?;
        let mut exists = history.exists;
        for at in pending {
            let Some(migration) = self.blob.migration(at) else { continue };
            let row = history.row(migration.id()).cloned();
            let is_whole = self.words().has_transactional_ddl()
                && !migration.is_without_transaction(Direction::Up);
            if is_whole {
                self.apply_whole(&migration, Direction::Up, exists).await?;
            } else {
                self.apply_by_statement(&migration, Direction::Up, row.as_ref(), exists).await?;
            }
            exists = true;
        }
        Ok(())
    }

    /// Takes the lock, polling: waiting inside a statement would itself block index builds.
    async fn lock(&mut self) -> Result<(), Error> {
        let key = LockKey::new(&self.options.set, &self.table());
        let Some(try_lock) = self.words().try_lock(&key) else { return Ok(()) };
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(50);
        loop {
            let rows = self.port.query(try_lock.clone()).await?;
            if rows
                .first()
                .and_then(|row| row.first())
                .is_some_and(|cell| cell.as_deref() == Some("1"))
            {
                self.emit(&Event::Locked);
                return Ok(());
            }
            let holder = self.lock_holder(&key).await;
            if waited >= self.options.lock_wait {
                return Err(Error::new(Kind::Locked { holder, waited }));
            }
            self.emit(&Event::Waiting { holder: holder.as_deref(), waited });
            self.pause(&mut waited, &mut pause).await;
        }
    }

    async fn pause(&self, waited: &mut Duration, pause: &mut Duration) {
        self.port.sleep(*pause).await;
        *waited += *pause;
        *pause = (*pause * 2).min(Duration::from_secs(2));
    }

    async fn lock_holder(&self, key: &LockKey) -> Option<String> {
        let sql = self.words().lock_holder(key)?;
        let rows = self.port.query(sql).await.ok()?;
        rows.into_iter().next()?.into_iter().next().flatten()
    }

    /// Gives the lock back. If that fails, the connection is as good as gone, and the lock with it.
    async fn unlock(&self) {
        let key = LockKey::new(&self.options.set, &self.table());
        if let Some(sql) = self.words().unlock(&key) {
            let _ = self.port.query(sql).await;
        }
    }

    /// One transaction with its row in the history.
    async fn apply_whole(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        has_history: bool,
    ) -> Result<(), Error> {
        let id = migration.id();
        let off = migration.is_without_foreign_keys(direction) && self.dialect == Dialect::Sqlite;
        let keys = if off { self.foreign_keys_off().await? } else { None };
        let outcome = self.apply_in_transaction(migration, direction, has_history, off).await;
        if let Some(setting) = keys {
            self.port.execute(format!("PRAGMA foreign_keys = {setting}")).await?;
        }
        match outcome? {
            None => {}
            Some(applied) => self.done(id, direction, applied),
        }
        Ok(())
    }

    fn done(&mut self, id: &str, direction: Direction, applied: Applied) {
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

    /// Switches foreign keys off, which SQLite does only outside a transaction, and gives back the setting to restore.
    async fn foreign_keys_off(&self) -> Result<Option<String>, Error> {
        let rows = self.port.query("PRAGMA foreign_keys").await?;
        let setting = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten());
        self.port.execute("PRAGMA foreign_keys = OFF").await?;
        Ok(setting)
    }

    async fn begin(&mut self, has_history: bool) -> Result<(), Error> {
        let words = self.words();
        let mut sql = words.begin(self.options.timeouts);
        if !has_history {
            for create in words.create_history(&self.options.history) {
                sql.push_str("; ");
                sql.push_str(&create);
            }
        }
        let mut waited = Duration::ZERO;
        let mut pause = Duration::from_millis(20);
        loop {
            match self.port.execute(sql.clone()).await {
                Ok(_) => return Ok(()),
                // SQLite: another writer. BEGIN itself failed, so there is nothing to take back.
                Err(error) if error.is_busy && self.dialect == Dialect::Sqlite => {
                    if waited >= self.options.lock_wait {
                        return Err(Error::new(Kind::Locked { holder: None, waited }));
                    }
                    self.emit(&Event::Waiting { holder: None, waited });
                    self.pause(&mut waited, &mut pause).await;
                }
                Err(error) => {
                    self.take_back().await;
                    return Err(error.into());
                }
            }
        }
    }

    /// After an error the transaction may be gone already; that it cannot be taken back then is no news.
    async fn take_back(&self) {
        let _ = self.port.execute("ROLLBACK").await;
    }

    async fn apply_in_transaction(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        has_history: bool,
        without_keys: bool,
    ) -> Result<Option<Applied>, Error> {
        let id = migration.id();
        self.begin(has_history).await?;
        // Where the transaction is the lock, another migrator may have been first.
        if self.dialect == Dialect::Sqlite && self.is_done(id, direction).await? {
            self.take_back().await;
            return Ok(None);
        }
        let outcome = self.execute_script(migration, direction, without_keys).await;
        let took = match outcome {
            Ok(took) => took,
            Err(error) => {
                self.take_back().await;
                return Err(error);
            }
        };
        let total = migration.statements(direction).len();
        let status = match direction {
            Direction::Up => Status::Applied,
            Direction::Down => Status::RolledBack,
        };
        let record = self.record(migration, status, total, "idle", None);
        let commit = format!("{record}; COMMIT");
        let ended = if self.dialect == Dialect::Sqlite {
            // One statement after the other, so that a failing one is not followed by the next.
            match self.port.execute(record).await {
                Ok(_) => self.port.execute("COMMIT").await,
                Err(error) => Err(error),
            }
        } else {
            self.port.execute(commit).await
        };
        if let Err(error) = ended {
            self.take_back().await;
            return Err(error.into());
        }
        Ok(Some(Applied { id: id.to_owned(), statements: total, took }))
    }

    async fn is_done(&self, id: &str, direction: Direction) -> Result<bool, Error> {
        let words = self.words();
        let sql = format!(
            "SELECT status FROM {} WHERE set_name = {} AND id = {}",
            self.table(),
            words.literal(&self.options.set),
            words.literal(id)
        );
        let rows = match self.port.query(sql).await {
            Ok(rows) => rows,
            Err(error) => {
                self.take_back().await;
                return Err(error.into());
            }
        };
        let status = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten());
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
        let mut triggers = BTreeMap::new();
        for (at, range) in statements.into_iter().enumerate() {
            let sql = text.get(range.clone()).unwrap_or_default();
            // A table that is rebuilt loses its triggers with the old one.
            if without_keys
                && sql.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("DROP TABLE"))
            {
                self.remember_triggers(&mut triggers).await?;
            }
            self.emit(&Event::Statement { id, number: at + 1, total, sql });
            match self.port.execute(sql).await {
                Ok(time) => took += time,
                Err(cause) => {
                    return Err(failed(migration, direction, at, range.start, cause, true));
                }
            }
        }
        if without_keys {
            self.restore_triggers(triggers).await?;
            let violations = self.port.query("PRAGMA foreign_key_check").await?;
            if !violations.is_empty() {
                let cell = |row: &[Option<String>], at: usize| {
                    row.get(at).cloned().flatten().unwrap_or_else(|| "?".to_owned())
                };
                let describe = |row: &Vec<Option<String>>| {
                    format!(
                        "row {} of `{}` points to `{}`",
                        cell(row, 1),
                        cell(row, 0),
                        cell(row, 2)
                    )
                };
                let violations = violations.iter().take(20).map(describe).collect();
                return Err(Error::new(Kind::ForeignKeys { id: id.to_owned(), violations }));
            }
        }
        Ok(took)
    }

    async fn remember_triggers(
        &self,
        triggers: &mut BTreeMap<String, (String, String)>,
    ) -> Result<(), Error> {
        let rows = self
            .port
            .query("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            .await?;
        for row in rows {
            if let [Some(name), Some(table), Some(sql)] = &row[..] {
                triggers.insert(name.clone(), (table.clone(), sql.clone()));
            }
        }
        Ok(())
    }

    async fn restore_triggers(
        &self,
        triggers: BTreeMap<String, (String, String)>,
    ) -> Result<(), Error> {
        if triggers.is_empty() {
            return Ok(());
        }
        let rows = self
            .port
            .query("SELECT name FROM sqlite_master WHERE type IN ('trigger', 'table', 'view')")
            .await?;
        let there: Vec<String> =
            rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect();
        for (name, (table, sql)) in triggers {
            let is_gone = !there.contains(&name);
            let has_table = there.iter().any(|known| known.eq_ignore_ascii_case(&table));
            if is_gone && has_table {
                self.port.execute(sql).await?;
            }
        }
        Ok(())
    }

    /// The row of a migration. Its beginning is the moment of the first write.
    fn record(
        &self,
        migration: &Migration<'_>,
        status: Status,
        done: usize,
        state: &str,
        error: Option<&str>,
    ) -> String {
        let words = self.words();
        let total = migration.statements(Direction::Up).len();
        let is_over = matches!(status, Status::Applied | Status::RolledBack | Status::Baseline);
        let text = |text: &str| words.literal(text);
        words.upsert(
            &self.table(),
            &[
                "set_name",
                "id",
                "up_hash",
                "status",
                "statements_done",
                "statements_total",
                "statement_state",
                "finished_at",
                "error",
                "dbkit_version",
                "applied_by",
            ],
            &[
                text(&self.options.set),
                text(migration.id()),
                text(&migration.hash_text()),
                text(status.word()),
                done.to_string(),
                total.to_string(),
                text(state),
                if is_over { "CURRENT_TIMESTAMP".to_owned() } else { "NULL".to_owned() },
                error.map_or_else(|| "NULL".to_owned(), text),
                text(env!("CARGO_PKG_VERSION")),
                self.options.applied_by.as_deref().map_or_else(|| "NULL".to_owned(), text),
            ],
        )
    }

    /// Statement by statement, each recorded before and after: the next run goes on where this one stopped.
    async fn apply_by_statement(
        &mut self,
        migration: &Migration<'_>,
        direction: Direction,
        row: Option<&HistoryRow>,
        has_history: bool,
    ) -> Result<(), Error> {
        if !has_history {
            for sql in self.words().create_history(&self.options.history) {
                self.port.execute(sql).await?;
            }
        }
        let id = migration.id();
        let text = migration.text(direction).unwrap_or_default();
        let statements = migration.statements(direction);
        let total = statements.len();
        let is_resumed = |row: &&HistoryRow| {
            direction == Direction::Up && matches!(row.status, Status::Running | Status::Failed)
        };
        let first = row.filter(is_resumed).map_or(0, |row| row.statements_done.min(total));
        self.emit(&Event::Started { id, statements: total });
        let mut took = Duration::ZERO;
        for (at, range) in statements.into_iter().enumerate().skip(first) {
            let sql = text.get(range.clone()).unwrap_or_default();
            self.emit(&Event::Statement { id, number: at + 1, total, sql });
            self.port.execute(self.record(migration, Status::Running, at, "intent", None)).await?;
            match self.port.execute(sql).await {
                Ok(time) => took += time,
                Err(cause) => {
                    // The database said no, so the statement is not in doubt.
                    let record = self.record(
                        migration,
                        Status::Failed,
                        at,
                        "idle",
                        Some(&cause.to_string()),
                    );
                    self.port.execute(record).await?;
                    return Err(failed(migration, direction, at, range.start, cause, false));
                }
            }
            if at + 1 < total {
                self.port
                    .execute(self.record(migration, Status::Running, at + 1, "idle", None))
                    .await?;
            }
        }
        let status = match direction {
            Direction::Up => Status::Applied,
            Direction::Down => Status::RolledBack,
        };
        self.port.execute(self.record(migration, status, total, "idle", None)).await?;
        self.done(id, direction, Applied { id: id.to_owned(), statements: total - first, took });
        Ok(())
    }

    /// Takes applied migrations back, the last one first.
    pub(crate) async fn down(mut self) -> Result<Report, Error> {
        let outcome = self.down_inner().await;
        self.finish(outcome)
    }

    async fn down_inner(&mut self) -> Result<(), Error> {
        let history = self.history().await?;
        if self.going_back(&history)?.is_empty() {
            return Ok(());
        }
        self.lock().await?;
        let outcome = self.down_locked().await;
        self.unlock().await;
        outcome
    }

    async fn down_locked(&mut self) -> Result<(), Error> {
        let history = self.history().await?;
        for at in self.going_back(&history)? {
            let Some(migration) = self.blob.migration(at) else { continue };
            let is_whole = self.words().has_transactional_ddl()
                && !migration.is_without_transaction(Direction::Down);
            if is_whole {
                self.apply_whole(&migration, Direction::Down, true).await?;
            } else {
                self.apply_by_statement(&migration, Direction::Down, None, true).await?;
            }
        }
        Ok(())
    }

    fn going_back(&self, history: &History) -> Result<Vec<usize>, Error> {
        let mut applied: Vec<usize> = self
            .blob
            .iter()
            .enumerate()
            .filter(|(_, migration)| {
                history.row(migration.id()).is_some_and(HistoryRow::is_applied)
            })
            .map(|(at, _)| at)
            .collect();
        applied.reverse();
        match &self.options.target {
            Target::Latest => applied.truncate(1),
            Target::Steps(count) => applied.truncate(*count),
            Target::Id(id) => {
                let last = self.place_of(id)?;
                applied.retain(|at| *at > last);
            }
        }
        let mut obstacles = Vec::new();
        for migration in applied.iter().filter_map(|at| self.blob.migration(*at)) {
            let is_lost = migration.is_irreversible() && !self.options.allow_irreversible;
            if is_lost || migration.text(Direction::Down).is_none() {
                obstacles.push(Obstacle::Irreversible { id: migration.id().to_owned() });
            }
        }
        if obstacles.is_empty() { Ok(applied) } else { Err(Error::new(Kind::Obstacles(obstacles))) }
    }

    /// Records migrations as applied, up to the target, without executing them.
    pub(crate) async fn baseline(mut self) -> Result<Report, Error> {
        let outcome = self.baseline_inner().await;
        self.finish(outcome)
    }

    async fn baseline_inner(&mut self) -> Result<(), Error> {
        self.lock().await?;
        let outcome = self.baseline_locked().await;
        self.unlock().await;
        outcome
    }

    async fn baseline_locked(&mut self) -> Result<(), Error> {
        let history = self.history().await?;
        let pending = self.up_to_target(self.pending(&history)?)?;
        if !history.exists {
            for sql in self.words().create_history(&self.options.history) {
                self.port.execute(sql).await?;
            }
        }
        for migration in pending.into_iter().filter_map(|at| self.blob.migration(at)) {
            let total = migration.statements(Direction::Up).len();
            self.port
                .execute(self.record(&migration, Status::Baseline, total, "idle", None))
                .await?;
            self.report.applied.push(Applied {
                id: migration.id().to_owned(),
                statements: 0,
                took: Duration::ZERO,
            });
        }
        Ok(())
    }
}

/// A failed statement with the place in its script.
fn failed(
    migration: &Migration<'_>,
    direction: Direction,
    at: usize,
    start: usize,
    cause: DriverError,
    is_rolled_back: bool,
) -> Error {
    let text = migration.text(direction).unwrap_or_default();
    let statements = migration.statements(direction);
    let sql = statements.get(at).and_then(|range| text.get(range.clone())).unwrap_or_default();
    let offset = cause.position.map_or(0, |position| {
        sql.char_indices().nth(position.saturating_sub(1)).map_or(0, |(offset, _)| offset)
    });
    let before = text.get(..start + offset).unwrap_or(text);
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
        is_rolled_back,
    })))
}
