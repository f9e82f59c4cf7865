//! Cuts a script into parts: each is one transaction that holds its own record, or one statement that no transaction can hold.

use std::ops::Range;

use super::lexer::{Token, tokens};
use super::nature::{Nature, Place};
use crate::dialect::Dialect;

/// How a part is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In one transaction, with its record.
    Together,
    /// One statement, with a record before and after.
    Alone,
}

/// A part of a script. The parts tile the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) statements: Range<usize>,
    pub(crate) kind: Kind,
    /// It changes definitions, so that others may wait for its locks.
    pub(crate) has_definitions: bool,
    /// It may take as long as it takes.
    pub(crate) is_patient: bool,
}

/// Cuts a script. `is_single`: the script wants no transaction around it, so each statement stands for itself.
pub(crate) fn segments(
    statements: &[(&str, Nature)],
    dialect: Dialect,
    is_single: bool,
) -> Vec<Segment> {
    let mut parts = Vec::new();
    let mut start = 0;
    // Whether the script itself holds statements together.
    let mut is_held = false;
    for (at, (sql, nature)) in statements.iter().enumerate() {
        let close = |parts: &mut Vec<Segment>, start: &mut usize, end: usize| {
            if *start < end {
                parts.push(together(statements, *start..end));
                *start = end;
            }
        };
        match nature.place {
            Place::Begin => {
                close(&mut parts, &mut start, at);
                is_held = true;
            }
            Place::Commit => {
                close(&mut parts, &mut start, at + 1);
                is_held = false;
            }
            Place::Alone => {
                close(&mut parts, &mut start, at);
                parts.push(alone(at, *nature));
                start = at + 1;
            }
            Place::Block if is_single && !is_held => {
                close(&mut parts, &mut start, at);
                parts.push(alone(at, *nature));
                start = at + 1;
            }
            Place::Together | Place::Block | Place::Rollback => {
                let rest = statements.get(at + 1..).unwrap_or_default();
                if (is_single && !is_held && !nature.is_session)
                    || is_used_before_commit(sql, rest, dialect)
                {
                    close(&mut parts, &mut start, at + 1);
                }
            }
        }
    }
    if start < statements.len() {
        parts.push(together(statements, start..statements.len()));
    }
    parts
}

fn together(statements: &[(&str, Nature)], range: Range<usize>) -> Segment {
    let natures = || statements[range.clone()].iter().map(|(_, nature)| nature);
    let changes = |nature: &&Nature| nature.place == Place::Together && !nature.is_session;
    Segment {
        has_definitions: natures().any(|nature| !nature.is_data && !nature.is_session),
        is_patient: natures().filter(changes).all(|nature| nature.is_patient),
        kind: Kind::Together,
        statements: range,
    }
}

fn alone(at: usize, nature: Nature) -> Segment {
    Segment {
        statements: at..at + 1,
        kind: Kind::Alone,
        has_definitions: true,
        is_patient: nature.is_patient,
    }
}

/// A new value of an enum cannot be used before the transaction that adds it has ended (PostgreSQL).
fn is_used_before_commit(sql: &str, rest: &[(&str, Nature)], dialect: Dialect) -> bool {
    if dialect != Dialect::Postgres || rest.is_empty() {
        return false;
    }
    let mut words = tokens(sql, dialect);
    if !(words.next().is_some_and(|token| token.is("alter"))
        && words.next().is_some_and(|token| token.is("type")))
    {
        return false;
    }
    let mut last = None;
    while let Some(token) = words.next() {
        if token.is("value") && last.is_some_and(|last: Token<'_>| last.is("add")) {
            let value = words.find_map(|token| match token {
                Token::Text(text) => Some(text),
                _ => None,
            });
            return value.is_some_and(|value| {
                let written = value.replace('\'', "''");
                rest.iter().any(|(later, _)| later.contains(&written))
            });
        }
        last = Some(token);
    }
    false
}
