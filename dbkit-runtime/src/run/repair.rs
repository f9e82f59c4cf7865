//! What a person has found out about a row that the runner cannot decide, written into the history and its log.

use super::record::Writes;
use super::script::Script;
use super::{History, Run};
use crate::blob::Direction;
use crate::dialect::Timeouts;
use crate::error::{Error, Kind, Obstacle};
use crate::history::{self, Doubt, Edition, HistoryRow, Status};
use crate::log::Entry;
use crate::sql;

/// What is so, whatever the history says; see [`Runner::repair`](crate::Runner::repair).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution {
    /// The statement that is in doubt, or that failed, took effect, or was done by hand: the next run goes on after it.
    StatementDone,
    /// The statement that is in doubt did not take effect: the next run executes it.
    StatementNotDone,
    /// The rest of the script was done by hand.
    Done,
    /// What the script did was undone by hand.
    Undone,
    /// The script was edited, and the database has what it says now.
    AcceptEdit,
    /// History and log are right as they are, although they are not what dbkit has written.
    AcceptHistory,
}

/// A resolution with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The migration; nothing for [`Resolution::AcceptHistory`].
    pub id: String,
    /// What is so.
    pub resolution: Resolution,
    /// Why, for the log.
    pub reason: String,
    /// Also if the catalog says otherwise.
    pub is_forced: bool,
}

impl Run<'_> {
    pub(super) async fn repair_locked(&mut self, repair: &Repair) -> Result<(), Error> {
        let history = self.history_locked().await?;
        if repair.resolution == Resolution::AcceptHistory {
            return self.accept_history(history, repair).await;
        }
        let breaks = history.breaks.iter();
        let tampered: Vec<Obstacle> = breaks
            .map(|found| Obstacle::Tampered { id: found.id.clone(), what: found.what.clone() })
            .collect();
        if !tampered.is_empty() {
            return Err(Error::new(Kind::Obstacles(tampered)));
        }
        let Some(row) = history.row(&repair.id).cloned() else {
            return Err(Error::new(Kind::UnknownTarget(repair.id.clone())));
        };
        let (row, evidence) = self.resolved(row, repair).await?;
        self.modernize(&history).await?;
        let before = history.row(&repair.id);
        if before == Some(&row) {
            return Ok(());
        }
        let detail = format!("repair: {evidence}; {}", repair.reason);
        self.rewrite(&row, &detail).await
    }

    /// The row as it is to be, and what the catalog says of it.
    async fn resolved(
        &mut self,
        mut row: HistoryRow,
        repair: &Repair,
    ) -> Result<(HistoryRow, String), Error> {
        let place = self.blob.iter().position(|known| known.id() == row.id);
        let migration = place.and_then(|at| self.blob.migration(at));
        let nothing = |why: &str| {
            Error::new(Kind::NothingToRepair { id: repair.id.clone(), why: why.to_owned() })
        };
        match repair.resolution {
            Resolution::StatementDone | Resolution::StatementNotDone => {
                if !matches!(row.status, Status::Running | Status::Failed) {
                    return Err(nothing("none of its statements failed or is in doubt"));
                }
                let is_done = repair.resolution == Resolution::StatementDone;
                let number = row.statements_done + 1;
                let mut evidence = format!(
                    "statement {number} {}",
                    if is_done { "took effect" } else { "did not take effect" }
                );
                if let Some(migration) = &migration {
                    let script = Script::read(migration, row.direction, self.dialect);
                    let sql = script.sql(row.statements_done);
                    if let sql::Trace::Effects(_) = sql::trace(sql, self.dialect)
                        && let Some(found) = self.evidence(sql).await?
                    {
                        if found != is_done && !repair.is_forced {
                            return Err(Error::new(Kind::Contradicted {
                                id: row.id.clone(),
                                sql: sql.to_owned(),
                                was_executed: found,
                            }));
                        }
                        let agrees = if found == is_done { "agrees" } else { "says otherwise" };
                        evidence = format!("{evidence}, and the catalog {agrees}");
                    }
                }
                row.doubt = None;
                if is_done {
                    row.statements_done += 1;
                    if row.statements_done >= row.statements_total {
                        row.status = over(row.direction);
                    }
                }
                Ok((row, evidence))
            }
            Resolution::Done => {
                if !matches!(row.status, Status::Running | Status::Failed) {
                    return Err(nothing("it is not under way"));
                }
                row.status = over(row.direction);
                row.statements_done = row.statements_total;
                row.doubt = None;
                Ok((row, "the rest was done by hand".to_owned()))
            }
            Resolution::Undone => {
                if row.status == Status::RolledBack {
                    return Err(nothing("it is rolled back"));
                }
                // What a way back did is undone: it is applied as before.
                let is_back = row.direction == Direction::Down;
                let total = |direction| {
                    migration.as_ref().map_or(0, |found| found.statements(direction).len())
                };
                row.status = if is_back { Status::Applied } else { Status::RolledBack };
                row.direction = if is_back { Direction::Up } else { Direction::Down };
                row.statements_total = total(row.direction);
                row.statements_done = row.statements_total;
                row.doubt = None;
                Ok((row, "what it did was undone by hand".to_owned()))
            }
            Resolution::AcceptEdit => {
                let Some(migration) = &migration else {
                    return Err(Error::new(Kind::UnknownTarget(repair.id.clone())));
                };
                row.up_hash = migration.hash_text();
                row.down_hash = super::record::down_hash(migration);
                if row.is_applied() {
                    row.statements_total = migration.statements(Direction::Up).len();
                    row.statements_done = row.statements_total;
                }
                Ok((row, "the database has what the edited script says".to_owned()))
            }
            Resolution::AcceptHistory => Ok((row, String::new())),
        }
    }

    /// Whether the catalog says that a statement was executed.
    async fn evidence(&mut self, sql: &str) -> Result<Option<bool>, Error> {
        let trace = sql::trace(sql, self.dialect);
        Ok(match self.foresee(&trace).await? {
            Doubt::Repeat => Some(true),
            Doubt::Look => Some(false),
            Doubt::Unknown => None,
        })
    }

    async fn rewrite(&mut self, row: &HistoryRow, detail: &str) -> Result<(), Error> {
        self.begin_locked(true, Timeouts::default()).await?;
        let outcome = self.rewrite_inside(row, detail).await;
        if outcome.is_err() {
            self.take_back().await;
        }
        outcome
    }

    async fn rewrite_inside(&mut self, row: &HistoryRow, detail: &str) -> Result<(), Error> {
        if !self.hold.is_exclusive() {
            self.head = self.head_now().await?;
        }
        let words = self.words();
        let text = |text: &str| words.literal(text);
        let is_over = matches!(row.status, Status::Applied | Status::RolledBack | Status::Baseline);
        let finished =
            if is_over { words.moment(std::time::Duration::ZERO) } else { "NULL".to_owned() };
        let down_hash = row.down_hash.as_deref().map_or_else(|| "NULL".to_owned(), text);
        let direction = match row.direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        let mut writes = Writes::default();
        writes.statements.push(format!(
            "UPDATE {} SET up_hash = {}, status = {}, direction = {}, statements_done = {}, statements_total = {}, statement_state = {}, finished_at = {finished}, error = NULL, format = {}, down_hash = {down_hash} WHERE set_name = {} AND id = {}",
            self.table(),
            text(&row.up_hash),
            text(row.status.word()),
            text(direction),
            row.statements_done,
            row.statements_total,
            text(Doubt::word(row.doubt)),
            history::FORMAT,
            text(&self.options.set),
            text(&row.id),
        ));
        let entry: Entry = Self::entry_of(row, detail);
        self.enter_log(&mut writes, entry);
        self.commit(writes).await
    }

    async fn accept_history(&mut self, history: History, repair: &Repair) -> Result<(), Error> {
        if history.breaks.is_empty() && history.edition == Edition::Current {
            let why = "history and log are what dbkit has written".to_owned();
            return Err(Error::new(Kind::NothingToRepair { id: String::new(), why }));
        }
        self.modernize(&history).await?;
        self.create_history().await?;
        self.begin_locked(true, Timeouts::default()).await?;
        let mut writes = Writes::default();
        let said: Vec<&str> = history.breaks.iter().map(|found| found.what.as_str()).collect();
        self.anchor(&mut writes, &format!("{}; {}", repair.reason, said.join("; ")));
        for row in &history.rows {
            self.enter_log(&mut writes, Self::entry_of(row, "accepted as it is"));
        }
        let set = self.words().literal(&self.options.set);
        let table = self.table();
        writes.statements.push(format!(
            "UPDATE {table} SET format = {} WHERE set_name = {set}",
            history::FORMAT
        ));
        let outcome = self.commit(writes).await;
        if outcome.is_err() {
            self.take_back().await;
        }
        outcome
    }
}

fn over(direction: Direction) -> Status {
    match direction {
        Direction::Up => Status::Applied,
        Direction::Down => Status::RolledBack,
    }
}
