//! The plan: what may share a transaction becomes one migration.

use std::collections::BTreeSet;

use crate::diff::{Change, Diff};
use crate::model::{Hints, Schema};

use super::atom::Atom;
use super::capabilities::AlterStyle;
use super::lower::{Lowered, lower};
use super::order::order;
use super::{Action, Batch, Capabilities, Plan, TransactionMode};

/// Plans the changes of a [`Diff`] from a schema.
///
/// Usually that is one batch. A new enum value cannot be used before its transaction ends, so values come in a batch before the rest;
/// indexes that are built without blocking writers cannot be part of a transaction, so they come in one after it.
pub fn plan(from: &Schema, diff: &Diff, hints: &Hints, capabilities: &Capabilities) -> Plan {
    let Lowered { clear, renames, atoms, mut decisions, without_foreign_keys } =
        lower(&diff.changes, from, &diff.target, hints, capabilities);
    decisions.dedup();
    let mut ordered = order(clear);
    ordered.extend(renames);
    ordered.extend(order(atoms));

    let values: BTreeSet<usize> = causes(ordered.iter().filter(|atom| atom.is_enum_value));
    let is_early = |atom: &Atom| {
        atom.is_enum_value || (!values.is_empty() && renames_enum_of(atom, &diff.changes, &values))
    };
    let concurrent: BTreeSet<usize> = causes(ordered.iter().filter(|atom| atom.is_concurrent));

    let (early, rest): (Vec<Atom>, Vec<Atom>) = ordered.into_iter().partition(is_early);
    let (late, main): (Vec<Atom>, Vec<Atom>) =
        rest.into_iter().partition(|atom| atom.is_concurrent);
    let early_causes = causes(early.iter());
    let late_causes: BTreeSet<usize> = concurrent;
    let main_causes: BTreeSet<usize> = (0..diff.changes.len())
        .filter(|at| !early_causes.contains(at) && !late_causes.contains(at))
        .collect();

    let is_rebuild = capabilities.alter == AlterStyle::Rebuild;
    let parts = [
        (early, early_causes, TransactionMode::Transaction),
        (main, main_causes, TransactionMode::Transaction),
        (late, late_causes, TransactionMode::None),
    ];
    let mut batches: Vec<Batch> = Vec::new();
    for (atoms, causes, mode) in parts {
        if atoms.is_empty() && causes.is_empty() {
            continue;
        }
        let numbers: Vec<usize> = causes.into_iter().collect();
        let steps = atoms
            .into_iter()
            .map(|atom| {
                let mut step = atom.into_step();
                step.causes = step
                    .causes
                    .iter()
                    .filter_map(|cause| numbers.iter().position(|number| number == cause))
                    .collect();
                step
            })
            .collect();
        let changes = numbers.iter().map(|at| diff.changes[*at].clone()).collect();
        batches.push(Batch {
            changes,
            steps,
            mode,
            without_foreign_keys: is_rebuild && without_foreign_keys,
        });
    }
    Plan { batches, decisions }
}

fn causes<'a>(atoms: impl Iterator<Item = &'a Atom>) -> BTreeSet<usize> {
    atoms.flat_map(|atom| atom.causes.iter().copied()).collect()
}

/// Whether an atom gives an enum, or a value of it, the name under which the new values are added.
fn renames_enum_of(atom: &Atom, changes: &[Change], values: &BTreeSet<usize>) -> bool {
    let altered = |name: &crate::model::ObjectName| {
        values
            .iter()
            .any(|at| matches!(&changes[*at], Change::AlterEnum { to, .. } if to.name == *name))
    };
    match &atom.action {
        Action::RenameEnum { to, .. } => altered(to),
        Action::RenameEnumValue { name, .. } => altered(name),
        _ => false,
    }
}
