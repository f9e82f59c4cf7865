//! The plan: what may share a transaction becomes one migration.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Change, Diff, as_rename};
use crate::model::{EntityId, Hints, ObjectName, Schema};

use super::atom::Atom;
use super::capabilities::AlterStyle;
use super::lower::{Lowered, lower};
use super::order::order;
use super::{Batch, Capabilities, Decision, Plan, TransactionMode};

/// Plans the changes of a [`Diff`] from a schema.
///
/// Usually that is one batch. A new enum value cannot be used before its transaction ends, so values come in a batch before the rest;
/// indexes that are built without blocking writers cannot be part of a transaction, so they come in one after it.
pub fn plan(from: &Schema, diff: &Diff, hints: &Hints, capabilities: &Capabilities) -> Plan {
    if diff.changes.is_empty() {
        return Plan::default();
    }
    let Lowered { clear, renames, atoms, mut decisions, without_foreign_keys } =
        lower(&diff.changes, from, &diff.target, hints, capabilities);
    let mut seen: BTreeMap<EntityId, Vec<Decision>> = BTreeMap::new();
    decisions.retain(|decision| {
        let seen = seen.entry(decision.entity.clone()).or_default();
        let is_new = !seen.contains(decision);
        if is_new {
            seen.push(decision.clone());
        }
        is_new
    });
    let mut ordered = order(clear);
    ordered.extend(renames);
    ordered.extend(order(atoms));

    // What has the same cause belongs together: the comment of an index comes after the index.
    let early_causes = early_causes(&ordered, &diff.changes);
    let late_causes: BTreeSet<usize> = causes(ordered.iter().filter(|atom| atom.is_concurrent))
        .difference(&early_causes)
        .copied()
        .collect();
    let is_in = |atom: &Atom, causes: &BTreeSet<usize>| {
        !atom.causes.is_empty() && atom.causes.iter().all(|cause| causes.contains(cause))
    };
    let take = |atoms: Vec<Atom>, causes: &BTreeSet<usize>| -> (Vec<Atom>, Vec<Atom>) {
        if causes.is_empty() {
            return (Vec::new(), atoms);
        }
        atoms.into_iter().partition(|atom| is_in(atom, causes))
    };
    let (early, rest) = take(ordered, &early_causes);
    let (late, main) = take(rest, &late_causes);
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
                    .filter_map(|cause| numbers.binary_search(cause).ok())
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

/// The changes that add enum values, and the renames that give the enum the name under which they are added.
fn early_causes(atoms: &[Atom], changes: &[Change]) -> BTreeSet<usize> {
    let mut early = causes(atoms.iter().filter(|atom| atom.is_enum_value));
    let mut names: Vec<&ObjectName> = early
        .iter()
        .filter_map(|at| match &changes[*at] {
            Change::AlterEnum { to, .. } => Some(&to.name),
            _ => None,
        })
        .collect();
    let altered = names.clone();
    let first_rename = changes.iter().position(|change| as_rename(change).is_some()).unwrap_or(0);
    // The name has to be free, so what had it before moves on as well.
    while let Some(name) = names.pop() {
        for (at, change) in changes.iter().enumerate() {
            match change {
                Change::RenameEnum { from, to } if to == name && early.insert(at) => {
                    names.extend([from, to]);
                }
                Change::RenameEnum { from, to } if from == name && early.insert(at) => {
                    names.extend([from, to]);
                }
                Change::DropEnum(dropped) if dropped.name == *name && at < first_rename => {
                    early.insert(at);
                }
                _ => {}
            }
        }
        let is_namespace_of_it = |namespace: &String| name.schema.as_ref() == Some(namespace);
        early.extend(changes.iter().enumerate().filter_map(|(at, change)| match change {
            Change::RenameNamespace { to, .. } if is_namespace_of_it(to) => Some(at),
            Change::CreateNamespace(new) if is_namespace_of_it(&new.name) => Some(at),
            _ => None,
        }));
    }
    early.extend(changes.iter().enumerate().filter_map(|(at, change)| match change {
        Change::RenameEnumValue { name, .. } if altered.contains(&name) => Some(at),
        _ => None,
    }));
    early
}
