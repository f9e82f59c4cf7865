//! Branches of the migrations: what only one head has behind it, and how one branch is put behind another. Nothing
//! here reads or writes files.

use std::collections::{BTreeMap, BTreeSet};

use dbkit_build::id::MigrationId;
use dbkit_build::journal::Journal;

/// What a rebase does to one migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) from: MigrationId,
    /// The same as `from` when only the parents change.
    pub(crate) to: MigrationId,
    pub(crate) parents: Vec<MigrationId>,
}

/// What only one of the heads has behind it, in order of execution.
pub(crate) fn only_behind(journal: &Journal, head: &MigrationId) -> Vec<MigrationId> {
    let mut others: BTreeSet<&MigrationId> = BTreeSet::new();
    for other in journal.heads() {
        if other != head {
            others.extend(journal.ancestors(other));
        }
    }
    let own = journal.ancestors(head);
    journal
        .order()
        .into_iter()
        .map(|entry| &entry.id)
        .filter(|id| own.contains(id) && !others.contains(id))
        .cloned()
        .collect()
}

/// Puts what is only behind `head` behind `onto`: the first of it follows `onto`, and ids that would sort before what
/// they follow get a later time. `later` makes an id that sorts after its first argument, with the slug of the second.
pub(crate) fn rebase(
    journal: &Journal,
    head: &MigrationId,
    onto: &MigrationId,
    later: impl Fn(&MigrationId, &MigrationId) -> MigrationId,
) -> Vec<Move> {
    let mut moved: BTreeMap<MigrationId, MigrationId> = BTreeMap::new();
    let mut moves = Vec::new();
    let mut last = onto.clone();
    for id in only_behind(journal, head) {
        let own = journal.entry(&id).map(|entry| entry.parents.as_slice()).unwrap_or_default();
        // A parent that the branches share is behind `onto` already.
        let mut parents: Vec<MigrationId> =
            own.iter().filter_map(|parent| moved.get(parent)).cloned().collect();
        if parents.is_empty() {
            parents.push(onto.clone());
        }
        let to = if id > last { id.clone() } else { later(&last, &id) };
        last.clone_from(&to);
        moved.insert(id.clone(), to.clone());
        moves.push(Move { from: id, to, parents });
    }
    moves
}

#[cfg(test)]
mod tests {
    use dbkit_build::canonical::Hash;
    use dbkit_build::journal::Entry;

    use super::*;

    fn id(number: u8) -> MigrationId {
        format!("202601010000{number:02}_m").parse().unwrap()
    }

    fn journal(lines: &[(u8, &[u8])]) -> Journal {
        Journal::new(
            lines
                .iter()
                .map(|(number, parents)| Entry {
                    id: id(*number),
                    up: Hash([0; 32]),
                    down: None,
                    changes: None,
                    parents: parents.iter().map(|number| id(*number)).collect(),
                })
                .collect(),
        )
    }

    fn numbers(ids: &[MigrationId]) -> Vec<&str> {
        ids.iter().map(|id| &id.time()[12..]).collect()
    }

    #[test]
    fn what_both_branches_have_is_behind_neither_alone() {
        let journal = journal(&[(1, &[]), (2, &[1]), (3, &[1]), (4, &[2])]);
        assert_eq!(numbers(&only_behind(&journal, &id(4))), ["02", "04"]);
        assert_eq!(numbers(&only_behind(&journal, &id(3))), ["03"]);
    }

    #[test]
    fn a_rebase_moves_one_branch_behind_the_other() {
        let journal = journal(&[(1, &[]), (2, &[1]), (3, &[1]), (5, &[2])]);
        let later = |_: &MigrationId, _: &MigrationId| id(4);
        let shown = |head: u8, onto: u8| -> Vec<String> {
            rebase(&journal, &id(head), &id(onto), later)
                .iter()
                .map(|one| {
                    format!(
                        "{} -> {} after {}",
                        &one.from.time()[12..],
                        &one.to.time()[12..],
                        numbers(&one.parents).join(",")
                    )
                })
                .collect()
        };
        assert_eq!(shown(5, 3), ["02 -> 04 after 03", "05 -> 05 after 04"]);
        assert_eq!(shown(3, 5), ["03 -> 04 after 05"]);
    }
}
