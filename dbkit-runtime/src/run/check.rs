//! Before anything runs: what is pending, what goes back, and everything that stands in the way.

use std::collections::{BTreeMap, BTreeSet};

use super::doubt::is_edited;
use super::record::down_hash;
use super::script::Script;
use super::{History, Run};
use crate::blob::{Direction, Migration};
use crate::dialect::Dialect;
use crate::error::{Error, Kind, Obstacle};
use crate::history::{Doubt, Edition, HistoryRow, Status};
use crate::{Event, Newer, OutOfOrder, Target};

/// What a look at the history gives.
pub(super) struct Findings {
    /// Places of the migrations that are not applied, in order of execution.
    pub(super) pending: Vec<usize>,
    /// Everything that keeps a run from starting.
    pub(super) obstacles: Vec<Obstacle>,
    /// Migrations that the database has and this program does not, if that is no obstacle.
    pub(super) ahead: Vec<String>,
}

impl Run<'_> {
    /// The migrations that are to be applied, in order of execution.
    ///
    /// # Errors
    /// Everything that keeps a run from starting.
    pub(super) fn pending(&mut self, history: &History) -> Result<Vec<usize>, Error> {
        let Findings { pending, obstacles, ahead } = self.examine(history);
        if !obstacles.is_empty() {
            return Err(Error::new(Kind::Obstacles(obstacles)));
        }
        let pending = self.up_to_target(pending)?;
        let ends: Vec<Obstacle> = pending
            .iter()
            .filter_map(|at| self.blob.migration(*at))
            .filter_map(|migration| ends_transaction(&migration, Direction::Up, self.dialect))
            .collect();
        if !ends.is_empty() {
            return Err(Error::new(Kind::Obstacles(ends)));
        }
        if !ahead.is_empty() && self.options.newer == Newer::Warn && !self.has_warned {
            self.has_warned = true;
            self.emit(&Event::Ahead { ids: &ahead });
        }
        Ok(pending)
    }

    pub(super) fn examine(&self, history: &History) -> Findings {
        let mut pending = Vec::new();
        let mut obstacles = undirected(history);
        obstacles.extend(tampered(history));
        let mut known = 0;
        let mut last_applied: Option<usize> = None;
        for (at, migration) in self.blob.iter().enumerate() {
            let Some(row) = history.row(migration.id()) else {
                match replaced(history, &migration) {
                    Replaced::Not => pending.push(at),
                    // The history has rows of other migrations that are known all the same.
                    Replaced::Whole { edited } => {
                        last_applied = Some(at);
                        obstacles.extend(edited.into_iter().map(|id| Obstacle::Edited { id }));
                    }
                    Replaced::Part(obstacle) => obstacles.push(obstacle),
                }
                continue;
            };
            known += 1;
            match row.status {
                Status::Applied | Status::Baseline => {
                    last_applied = Some(at);
                    if !migration.has_hash(&row.up_hash) {
                        obstacles.push(Obstacle::Edited { id: row.id.clone() });
                    }
                }
                Status::Running | Status::Failed => {
                    if history.edition != Edition::Undirected {
                        obstacles.extend(self.unfinished(&migration, row, Direction::Up));
                    }
                    pending.push(at);
                }
                Status::RolledBack => pending.push(at),
            }
        }
        let unknown = if known < history.rows.len() { self.unknown(history) } else { Vec::new() };
        let ahead = match self.options.newer {
            Newer::Deny => {
                obstacles.extend(unknown.into_iter().map(|id| Obstacle::Unknown { id }));
                Vec::new()
            }
            Newer::Warn | Newer::Allow => unknown,
        };
        if let Some(last) = last_applied
            && pending.first().is_some_and(|first| *first < last)
        {
            self.check_order(history, &pending, &mut obstacles);
        }
        Findings { pending, obstacles, ahead }
    }

    /// Migrations that the database has, in whole or in part, and this program does not.
    fn unknown(&self, history: &History) -> Vec<String> {
        let mut ids: BTreeSet<&str> = self.blob.iter().map(|migration| migration.id()).collect();
        ids.extend(self.blob.iter().flat_map(|one| one.replaces()).flatten().map(|(id, _)| id));
        let is_there = |row: &&HistoryRow| row.is_applied() || row.is_partial();
        let rows = history.rows.iter().filter(is_there);
        rows.filter(|row| !ids.contains(row.id.as_str())).map(|row| row.id.clone()).collect()
    }

    /// Places of the migrations that take the place of others which the database has run, and have no row of their own yet.
    pub(super) fn taken_over(&self, history: &History) -> Vec<usize> {
        let is_taken = |(_, migration): &(usize, Migration<'_>)| {
            history.row(migration.id()).is_none()
                && matches!(replaced(history, migration), Replaced::Whole { .. })
        };
        self.blob.iter().enumerate().filter(is_taken).map(|(at, _)| at).collect()
    }

    /// A migration whose parent was never applied must not have run. A sibling of another branch may have, unless that is denied.
    fn check_order(&self, history: &History, pending: &[usize], obstacles: &mut Vec<Obstacle>) {
        if self.options.out_of_order == OutOfOrder::Allow {
            return;
        }
        let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, migration) in self.blob.iter().enumerate() {
            let is_applied = match history.row(migration.id()) {
                Some(row) => row.is_applied(),
                None => matches!(replaced(history, &migration), Replaced::Whole { .. }),
            };
            if !is_applied {
                continue;
            }
            for parent in migration.parents() {
                if pending.binary_search(&parent).is_ok() {
                    seen.entry(parent).or_insert(at);
                }
            }
            if self.options.out_of_order == OutOfOrder::Deny {
                for earlier in pending.iter().take_while(|earlier| **earlier < at) {
                    seen.entry(*earlier).or_insert(at);
                }
            }
        }
        let id = |at: usize| {
            self.blob.migration(at).map(|migration| migration.id().to_owned()).unwrap_or_default()
        };
        obstacles.extend(
            seen.into_iter().map(|(earlier, later)| Obstacle::OutOfOrder {
                id: id(earlier),
                before: id(later),
            }),
        );
    }

    pub(super) fn up_to_target(&self, mut pending: Vec<usize>) -> Result<Vec<usize>, Error> {
        match &self.options.target {
            Target::Latest => {}
            Target::Steps(count) => pending.truncate(*count),
            Target::Id(id) => {
                let last = self.place_of(id)?;
                pending.retain(|at| *at <= last);
            }
        }
        Ok(pending)
    }

    fn place_of(&self, id: &str) -> Result<usize, Error> {
        let found = self.blob.iter().position(|migration| migration.id() == id);
        found.ok_or_else(|| Error::new(Kind::UnknownTarget(id.to_owned())))
    }

    /// The migrations that are to be taken back, the last one first.
    ///
    /// # Errors
    /// Everything that keeps that from starting.
    pub(super) fn going_back(&self, history: &History) -> Result<Vec<usize>, Error> {
        let mut there = Vec::new();
        let mut obstacles = undirected(history);
        obstacles.extend(tampered(history));
        for (at, migration) in self.blob.iter().enumerate() {
            let Some(row) = history.row(migration.id()) else { continue };
            if row.is_partial() && history.edition != Edition::Undirected {
                // One that is on its way back already goes on; one that is half applied has no way back.
                obstacles.extend(self.unfinished(&migration, row, Direction::Down));
            }
            if row.is_applied() || row.is_partial() {
                there.push(at);
            }
        }
        there.reverse();
        match &self.options.target {
            Target::Latest => there.truncate(1),
            Target::Steps(count) => there.truncate(*count),
            Target::Id(id) => {
                let last = self.place_of(id)?;
                there.retain(|at| *at > last);
            }
        }
        for migration in there.iter().filter_map(|at| self.blob.migration(*at)) {
            obstacles.extend(ends_transaction(&migration, Direction::Down, self.dialect));
            let row = history.row(migration.id());
            let recorded =
                row.filter(|row| row.is_applied()).and_then(|row| row.down_hash.as_ref());
            if !self.options.allow_edited_down
                && recorded.is_some_and(|hash| down_hash(&migration).as_ref() != Some(hash))
            {
                obstacles.push(Obstacle::DownEdited { id: migration.id().to_owned() });
            }
            let is_lost = migration.is_irreversible() && !self.options.allow_irreversible;
            if is_lost || migration.text(Direction::Down).is_none() {
                obstacles.push(Obstacle::Irreversible { id: migration.id().to_owned() });
            }
        }
        if self.options.newer == Newer::Deny && !there.is_empty() {
            let unknown = self.unknown(history).into_iter();
            obstacles.extend(unknown.map(|id| Obstacle::Unknown { id }));
        }
        if obstacles.is_empty() { Ok(there) } else { Err(Error::new(Kind::Obstacles(obstacles))) }
    }
}

impl Run<'_> {
    /// Why a script that has begun cannot go on, if it cannot.
    fn unfinished(
        &self,
        migration: &Migration<'_>,
        row: &HistoryRow,
        direction: Direction,
    ) -> Option<Obstacle> {
        let id = row.id.clone();
        let done = row.statements_done;
        let script = Script::read(migration, row.direction, self.dialect);
        let is_begun = done > 0 || row.doubt.is_some();
        if row.doubt.is_some_and(|doubt| doubt == Doubt::Unknown) {
            return Some(Obstacle::InDoubt { id, sql: script.sql(done).to_owned() });
        }
        if row.direction != direction && (is_begun || row.direction == Direction::Down) {
            return Some(Obstacle::Unfinished { id, direction: row.direction, done });
        }
        (is_begun && is_edited(&script, row)).then_some(Obstacle::FailedAndEdited { id, done })
    }
}

/// What stopped half-way on the way that an earlier dbkit did not record.
fn undirected(history: &History) -> Vec<Obstacle> {
    if history.edition != Edition::Undirected {
        return Vec::new();
    }
    let rows = history.rows.iter().filter(|row| row.is_partial());
    rows.map(|row| Obstacle::Undirected { id: row.id.clone(), done: row.statements_done }).collect()
}

/// Where history and log are not what dbkit has written.
fn tampered(history: &History) -> Vec<Obstacle> {
    let breaks = history.breaks.iter();
    breaks
        .map(|found| Obstacle::Tampered { id: found.id.clone(), what: found.what.clone() })
        .collect()
}

/// A script that throws away what it has done could not be recorded.
fn ends_transaction(
    migration: &Migration<'_>,
    direction: Direction,
    dialect: Dialect,
) -> Option<Obstacle> {
    let script = Script::read(migration, direction, dialect);
    let at = script.rollback()?;
    Some(Obstacle::RollsBack {
        id: migration.id().to_owned(),
        direction,
        sql: script.sql(at).to_owned(),
    })
}

/// What a database has of the migrations whose place another one takes.
enum Replaced {
    /// Nothing, or there are none.
    Not,
    /// All of them.
    Whole {
        /// Those that were other ones when they ran.
        edited: Vec<String>,
    },
    Part(Obstacle),
}

fn replaced(history: &History, migration: &Migration<'_>) -> Replaced {
    // A set without a row is the ordinary case.
    if history.rows.is_empty() {
        return Replaced::Not;
    }
    let row = |id: &str| history.row(id).filter(|row| row.is_applied() || row.is_partial());
    let is_applied = |id: &str| row(id).is_some_and(HistoryRow::is_applied);
    let mut best: Option<(usize, Obstacle)> = None;
    for list in migration.replaces() {
        let Some((missing, _)) = list.iter().find(|(id, _)| !is_applied(id)) else {
            let is_edited =
                |(id, hash): &&(&str, String)| row(id).is_some_and(|row| row.up_hash != *hash);
            let edited = list.iter().filter(is_edited).map(|(id, _)| (*id).to_owned());
            return Replaced::Whole { edited: edited.collect() };
        };
        let done = list.iter().filter(|(id, _)| row(id).is_some()).count();
        if done > best.as_ref().map_or(0, |(most, _)| *most) {
            let (id, missing) = (migration.id().to_owned(), (*missing).to_owned());
            best = Some((done, Obstacle::ReplacedInPart { id, missing, done, of: list.len() }));
        }
    }
    best.map_or(Replaced::Not, |(_, obstacle)| Replaced::Part(obstacle))
}
