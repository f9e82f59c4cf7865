//! A script of a migration as the run sees it: its statements, what they are, and the parts that it is cut into.

use std::ops::Range;

use crate::blob::{Direction, Migration};
use crate::dialect::Dialect;
use crate::driver::DriverError;
use crate::error::{Error, FailedStatement, Kind};
use crate::sql::{self, Nature, Place, Segment};

/// A script.
pub(super) struct Script<'m, 'b> {
    pub(super) migration: &'m Migration<'b>,
    pub(super) direction: Direction,
    text: &'b str,
    ranges: Vec<Range<usize>>,
    natures: Vec<Nature>,
    segments: Vec<Segment>,
    has_step: bool,
}

impl<'m, 'b> Script<'m, 'b> {
    pub(super) fn read(
        migration: &'m Migration<'b>,
        direction: Direction,
        dialect: Dialect,
    ) -> Self {
        let text = migration.text(direction).unwrap_or_default();
        let ranges = migration.statements(direction);
        let statements: Vec<(&str, Nature)> = ranges
            .iter()
            .map(|range| text.get(range.clone()).unwrap_or_default())
            .map(|sql| (sql, sql::nature(sql, dialect)))
            .collect();
        let is_single = migration.is_without_transaction(direction);
        let mut segments = sql::segments(&statements, dialect, is_single);
        let has_step = migration.has_step(direction);
        if has_step {
            add_step(&mut segments, statements.len(), dialect);
        }
        let natures = statements.into_iter().map(|(_, nature)| nature).collect();
        Self { migration, direction, text, ranges, natures, segments, has_step }
    }

    /// How many statements it has. A Rust step counts as the last one.
    pub(super) fn len(&self) -> usize {
        self.ranges.len() + usize::from(self.has_step)
    }

    /// Whether this is the Rust step.
    pub(super) fn is_step(&self, at: usize) -> bool {
        self.has_step && at == self.ranges.len()
    }

    pub(super) fn sql(&self, at: usize) -> &'b str {
        self.ranges.get(at).and_then(|range| self.text.get(range.clone())).unwrap_or_default()
    }

    pub(super) fn text(&self) -> &'b str {
        self.text
    }

    /// Whether a statement is for the database. The runner begins and ends transactions itself.
    pub(super) fn is_executed(&self, at: usize) -> bool {
        self.natures
            .get(at)
            .is_some_and(|nature| !matches!(nature.place, Place::Begin | Place::Commit))
    }

    pub(super) fn is_session(&self, at: usize) -> bool {
        self.natures.get(at).is_some_and(|nature| nature.is_session)
    }

    pub(super) fn is_data(&self, at: usize) -> bool {
        self.natures.get(at).is_some_and(|nature| nature.is_data)
    }

    /// A statement that throws away what the runner would record.
    pub(super) fn rollback(&self) -> Option<usize> {
        self.natures.iter().position(|nature| nature.place == Place::Rollback)
    }

    /// The first statement that no transaction can hold.
    pub(super) fn first_alone(&self) -> Option<usize> {
        let alone = self.segments.iter().find(|segment| segment.kind == sql::Kind::Alone);
        alone.map(|segment| segment.statements.start)
    }

    /// The parts that are left when so many statements are done. A part that was begun is what is left of it.
    pub(super) fn segments(&self, done: usize) -> Vec<Segment> {
        let left = self.segments.iter().filter(|segment| segment.statements.end > done);
        left.cloned()
            .map(|mut segment| {
                segment.statements.start = segment.statements.start.max(done);
                segment
            })
            .collect()
    }
}

/// A Rust step is in the transaction of the last part. Where a definition ends the transaction (MySQL), and where nothing but a statement
/// alone came before, it has one of its own with its record.
fn add_step(segments: &mut Vec<Segment>, at: usize, dialect: Dialect) {
    match segments.last_mut() {
        Some(last)
            if last.kind == sql::Kind::Together && dialect.words().has_transactional_ddl() =>
        {
            last.statements.end = at + 1;
        }
        _ => segments.push(Segment {
            statements: at..at + 1,
            kind: sql::Kind::Together,
            has_definitions: false,
            is_patient: true,
        }),
    }
}

/// What becomes of a statement that failed, and of those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The transaction is taken back, back to this statement.
    TakenBack(usize),
    /// Those before it stay.
    Stays,
    /// The same, and it may have been executed all the same.
    InDoubt,
}

/// A failed statement with the place in its script.
pub(super) fn failed(
    script: &Script<'_, '_>,
    at: usize,
    cause: DriverError,
    outcome: Outcome,
) -> Error {
    let text = script.text;
    let range = script.ranges.get(at).cloned().unwrap_or_default();
    let sql = text.get(range.clone()).unwrap_or_default();
    let offset = cause.position.map_or(0, |position| {
        let mut characters = sql.char_indices();
        characters.nth(position.saturating_sub(1)).map_or(sql.len(), |(offset, _)| offset)
    });
    let before = text.get(..range.start + offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let stays = match outcome {
        Outcome::TakenBack(first) => first,
        Outcome::Stays | Outcome::InDoubt => at,
    };
    Error::new(Kind::Statement(Box::new(FailedStatement {
        id: script.migration.id().to_owned(),
        direction: script.direction,
        number: at + 1,
        total: script.len(),
        sql: sql.to_owned(),
        position: (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1),
        line: line.to_owned(),
        is_pointed_at: cause.position.is_some(),
        cause,
        stays,
        is_rolled_back: matches!(outcome, Outcome::TakenBack(0)),
        is_in_doubt: outcome == Outcome::InDoubt,
        blockers: Vec::new(),
    })))
}
