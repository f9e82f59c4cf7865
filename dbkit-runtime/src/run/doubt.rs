//! Statements that no transaction can hold: what a look at the catalog tells before one is executed, and after the process of one has ended.

use std::time::Duration;

use super::apply::resumed;
use super::record::Progress;
use super::script::Script;
use super::{History, Run};
use crate::Event;
use crate::blob::Direction;
use crate::error::Error;
use crate::hexadecimal;
use crate::history::{Doubt, HistoryRow, Status};
use crate::sql::{self, Effect, Trace};

/// What a look says of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Done,
    NotDone,
    /// Neither: some of it is so, some is not.
    Mixed,
}

impl Run<'_> {
    /// Looks before a statement is executed, so that a look can tell afterwards. What a broken index build has left is cleared away:
    /// `IF NOT EXISTS` would take it for the index.
    pub(super) async fn foresee(&mut self, trace: &Trace) -> Result<Doubt, Error> {
        let effects = match trace {
            Trace::Repeatable => return Ok(Doubt::Repeat),
            Trace::None => return Ok(Doubt::Unknown),
            Trace::Effects(effects) => effects,
        };
        Ok(match self.look(effects).await? {
            // It fails, or does nothing.
            Some(Look::Done) => Doubt::Repeat,
            Some(Look::NotDone) => Doubt::Look,
            Some(Look::Mixed) | None => Doubt::Unknown,
        })
    }

    /// What a statement that failed has left: an index that is of no use, but costs every write.
    pub(super) async fn clear_away(&mut self, trace: &Trace) {
        if let Trace::Effects(effects) = trace {
            let _ = self.look(effects).await;
        }
    }

    async fn look(&mut self, effects: &[Effect]) -> Result<Option<Look>, Error> {
        let words = self.words();
        let Some(query) = words.look(effects) else { return Ok(None) };
        let cells = self.insist_query(&query).await?.into_iter().next().unwrap_or_default();
        let (mut done, mut open) = (0, 0);
        for (at, effect) in effects.iter().enumerate() {
            let cell = cells.get(at).cloned().flatten().unwrap_or_default();
            // Half of something: it is brought to one of the two.
            let cell = match words.mend(effect, &cell) {
                Some((sql, after)) => {
                    if let Some(sql) = sql {
                        self.insist(&sql).await?;
                    }
                    after
                }
                None => cell.as_str() == "1",
            };
            let is_so = match effect {
                Effect::There(_) | Effect::Empty(_) => cell,
                Effect::Gone(_) => !cell,
            };
            if is_so {
                done += 1;
            } else {
                open += 1;
            }
        }
        // A table that is not empty may have been emptied, and filled since.
        let is_emptied = effects.iter().any(|effect| matches!(effect, Effect::Empty(_)));
        Ok(Some(match (done, open) {
            (_, 0) => Look::Done,
            (0, _) if !is_emptied => Look::NotDone,
            _ => Look::Mixed,
        }))
    }

    /// Under the lock: whoever was at work is gone, so a look can tell what became of its statement.
    pub(super) async fn settle(&mut self, history: &mut History) -> Result<(), Error> {
        if !self.hold.is_exclusive() && !self.words().locks_by_transaction() {
            return Ok(());
        }
        for at in 0..history.rows.len() {
            let row = history.rows[at].clone();
            let Some(doubt) = row.doubt.filter(|_| row.is_partial()) else { continue };
            let Some(place) = self.blob.iter().position(|known| known.id() == row.id) else {
                continue;
            };
            let Some(migration) = self.blob.migration(place) else { continue };
            let script = Script::read(&migration, row.direction, self.dialect);
            if is_edited(&script, &row) {
                continue;
            }
            let number = resumed(Some(&row), row.direction);
            let sql = script.sql(number);
            let was_executed = match doubt {
                Doubt::Unknown => continue,
                Doubt::Repeat => Some(false),
                Doubt::Look => match sql::trace(sql, self.dialect) {
                    Trace::Effects(effects) => match self.look(&effects).await? {
                        Some(Look::Done) => Some(true),
                        Some(Look::NotDone) => Some(false),
                        Some(Look::Mixed) | None => None,
                    },
                    Trace::Repeatable => Some(false),
                    Trace::None => None,
                },
            };
            let Some(was_executed) = was_executed else {
                history.rows[at].doubt = Some(Doubt::Unknown);
                continue;
            };
            if doubt == Doubt::Look {
                let id = migration.id();
                self.emit(&Event::Settled { id, number: number + 1, sql, was_executed });
            }
            // On SQLite nothing but what may be repeated is ever in doubt, and others may be at work.
            if self.hold.is_exclusive() {
                let done = number + usize::from(was_executed);
                let progress = Progress::at(&script, Status::Running, done, Duration::ZERO);
                let record = self.record(&migration, &progress);
                if row.status == Status::Running {
                    self.insist(&record).await?;
                    history.rows[at].doubt = None;
                    history.rows[at].statements_done = done;
                }
            }
        }
        Ok(())
    }
}

/// Whether a script that has begun is another one now.
pub(super) fn is_edited(script: &Script<'_, '_>, row: &HistoryRow) -> bool {
    match row.direction {
        Direction::Up => !script.migration.has_hash(&row.up_hash),
        Direction::Down => match &row.down_hash {
            Some(hash) => *hash != hexadecimal::hash(script.text()),
            // An earlier dbkit did not record it; the number of its statements has to do.
            None => script.len() != row.statements_total,
        },
    }
}
