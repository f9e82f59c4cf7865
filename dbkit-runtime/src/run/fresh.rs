//! An empty database in one go: one script makes what all migrations together make, and all of them are recorded.

use std::time::Duration;

use super::record::{Progress, Writes};
use super::script::{Outcome, Script, failed};
use super::{History, Run};
use crate::blob::{Blob, Direction, Migration};
use crate::dialect::Timeouts;
use crate::error::{Applied, Error, Kind, Report};
use crate::history::{Columns, Status};

/// Rows of the history in one INSERT.
const TOGETHER: usize = 200;

impl Run<'_> {
    /// Executes the scripts of `creation`, and records the migrations as applied: all in one transaction, where there can be one.
    pub(super) async fn in_one_go_locked(&mut self, creation: &Blob) -> Result<(), Error> {
        let history = self.history_locked().await?;
        if !history.rows.is_empty() {
            return Err(Error::new(Kind::NotEmpty { rows: history.rows.len() }));
        }
        let scripts: Vec<Migration<'_>> = creation.iter().collect();
        let is_whole = self.words().has_transactional_ddl()
            && scripts.iter().all(|migration| {
                Script::read(migration, Direction::Up, self.dialect).first_alone().is_none()
                    && !migration.is_without_transaction(Direction::Up)
            });
        let mut exists = history.exists;
        if !is_whole {
            if !exists {
                self.create_history().await?;
                exists = true;
            }
            for script in &scripts {
                self.execute_unrecorded(script).await?;
            }
            // The scripts are none of the migrations.
            self.report = Report::default();
        }
        self.begin_locked(exists, Timeouts::default()).await?;
        let outcome = self.fill(if is_whole { &scripts } else { &[] }).await;
        if outcome.is_err() {
            self.take_back().await;
            self.report = Report::default();
        }
        outcome
    }

    async fn fill(&mut self, scripts: &[Migration<'_>]) -> Result<(), Error> {
        // Where the transaction is the lock, another migrator may have been first.
        let history = self.history(Columns::Progress).await?;
        if !history.rows.is_empty() {
            return Err(Error::new(Kind::NotEmpty { rows: history.rows.len() }));
        }
        if !self.hold.is_exclusive() {
            self.head = self.head_now().await?;
        }
        for migration in scripts {
            let script = Script::read(migration, Direction::Up, self.dialect);
            for at in (0..script.len()).filter(|at| script.is_executed(*at)) {
                if let Err(cause) = self.port.execute(script.sql(at)).await {
                    return Err(failed(&script, at, cause, Outcome::TakenBack(0)));
                }
            }
        }
        let migrations: Vec<Migration<'_>> = self.blob.iter().collect();
        let rows: Vec<(&Migration<'_>, Progress)> = migrations
            .iter()
            .map(|migration| {
                let script = Script::read(migration, Direction::Up, self.dialect);
                (migration, Progress::at(&script, Status::Applied, script.len(), Duration::ZERO))
            })
            .collect();
        let mut writes = Writes::default();
        for together in rows.chunks(TOGETHER) {
            self.add_all(&mut writes, together);
        }
        self.report.applied.extend(migrations.iter().map(|migration| Applied {
            id: migration.id().to_owned(),
            statements: 0,
            took: Duration::ZERO,
        }));
        self.commit(writes).await
    }

    /// Records the migrations that take the place of others which the database has run. The rows of those stay, for programs that know only
    /// them.
    pub(super) async fn take_over(&mut self, history: &History) -> Result<(), Error> {
        let places = self.taken_over(history);
        if places.is_empty() {
            return Ok(());
        }
        self.begin_locked(true, Timeouts::default()).await?;
        let outcome = self.baseline_inside(history, &places).await;
        if outcome.is_err() {
            self.take_back().await;
        }
        // Nothing was executed.
        self.report = Report::default();
        outcome
    }
}
