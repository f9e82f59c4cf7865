//! The text of `up.sql` and `down.sql`.

use std::collections::BTreeSet;

use crate::plan::{Batch, Hazard, Statement, Step, TransactionMode};

use super::Dialect;

/// Which way a script goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction<'a> {
    /// `up.sql`.
    Up,
    /// `down.sql` of these batches: what they lose cannot be brought back.
    Down(&'a Batch),
}

/// A script and where its statements come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The text of the file.
    pub text: String,
    /// The statements in it.
    pub statements: Vec<Statement>,
    /// Marked `-- dbkit: irreversible`.
    pub is_irreversible: bool,
}

/// Renders batches as one file: directives, then statements with a blank line between them.
pub fn script(batches: &[Batch], direction: Direction<'_>, dialect: &dyn Dialect) -> Script {
    let mut statements = Vec::new();
    for batch in batches {
        for (at, step) in batch.steps.iter().enumerate() {
            for (part, sql) in dialect.render(step).into_iter().enumerate() {
                let comment = if part == 0 { comment(step, direction) } else { None };
                statements.push(Statement {
                    sql,
                    step: at,
                    hazards: step.hazards.clone(),
                    comment,
                });
            }
        }
    }
    let lost = match direction {
        Direction::Up => BTreeSet::new(),
        Direction::Down(up) => lost_by(up),
    };
    let mut text = String::new();
    // More than one batch cannot be one transaction: that is why there are more than one.
    if batches.len() > 1 || batches.iter().any(|batch| batch.mode == TransactionMode::None) {
        text.push_str("-- dbkit: no-transaction\n");
    }
    if batches.iter().any(|batch| batch.without_foreign_keys) {
        text.push_str("-- dbkit: foreign-keys=off\n");
    }
    if !lost.is_empty() {
        text.push_str("-- dbkit: irreversible\n");
        for entity in &lost {
            text.push_str(&format!("-- Does not bring back the data of {entity}.\n"));
        }
    }
    if !text.is_empty() && !statements.is_empty() {
        text.push('\n');
    }
    for (at, statement) in statements.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        if let Some(comment) = &statement.comment {
            text.push_str(&format!("-- {comment}\n"));
        }
        text.push_str(&statement.sql);
        text.push_str(";\n");
    }
    if statements.is_empty() {
        text.push_str("-- Nothing to do in the database.\n");
    }
    Script { text, statements, is_irreversible: !lost.is_empty() }
}

/// What is said above a statement. On the way back it may meet rows that came in the meantime, which nobody has looked at.
fn comment(step: &Step, direction: Direction<'_>) -> Option<String> {
    let reasons = step.hazards.iter().filter_map(|hazard| match hazard {
        Hazard::MayFail { reason, .. } => Some(sentence(reason)),
        Hazard::DataLoss { .. }
        | Hazard::Rewrite { .. }
        | Hazard::Scan { .. }
        | Hazard::Lock { .. } => None,
    });
    let mut sentences: Vec<String> = step.comment.iter().cloned().collect();
    if matches!(direction, Direction::Down(_)) {
        sentences.extend(reasons);
    }
    (!sentences.is_empty()).then(|| sentences.join("\n-- "))
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn lost_by(batch: &Batch) -> BTreeSet<String> {
    let hazards = batch.steps.iter().flat_map(|step| &step.hazards);
    hazards
        .filter_map(|hazard| match hazard {
            Hazard::DataLoss { entity, .. } => Some(entity.to_string()),
            Hazard::Rewrite { .. }
            | Hazard::Scan { .. }
            | Hazard::Lock { .. }
            | Hazard::MayFail { .. } => None,
        })
        .collect()
}
