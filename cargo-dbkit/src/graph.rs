//! Who follows whom: the migrations as a graph of ids and parents. Nothing here reads files.

use std::collections::{BTreeMap, BTreeSet};

/// Ids and the ids they follow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    parents: BTreeMap<String, Vec<String>>,
}

/// What a rebase does to one migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move {
    pub(crate) from: String,
    /// The same as `from` when only the parents change.
    pub(crate) to: String,
    pub(crate) parents: Vec<String>,
}

impl Graph {
    pub(crate) fn new<'a>(migrations: impl IntoIterator<Item = (&'a str, &'a [String])>) -> Self {
        Self {
            parents: migrations
                .into_iter()
                .map(|(id, parents)| (id.to_owned(), parents.to_vec()))
                .collect(),
        }
    }

    /// Those that nothing follows, sorted.
    pub(crate) fn heads(&self) -> Vec<&str> {
        let followed: BTreeSet<&str> =
            self.parents.values().flatten().map(String::as_str).collect();
        self.parents.keys().map(String::as_str).filter(|id| !followed.contains(id)).collect()
    }

    /// A migration and everything before it.
    pub(crate) fn lineage(&self, id: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if let Some((id, parents)) = self.parents.get_key_value(id)
                && found.insert(id.as_str())
            {
                open.extend(parents.iter().map(String::as_str));
            }
        }
        found
    }

    /// What only one of the heads has behind it, in order of execution.
    pub(crate) fn only_behind(&self, head: &str) -> Vec<&str> {
        let mut others = BTreeSet::new();
        for other in self.heads() {
            if other != head {
                others.extend(self.lineage(other));
            }
        }
        let own = self.lineage(head);
        self.order().into_iter().filter(|id| own.contains(id) && !others.contains(id)).collect()
    }

    /// Parents first; where that leaves a choice, by id. Migrations in a cycle are left out.
    pub(crate) fn order(&self) -> Vec<&str> {
        let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut waits: BTreeMap<&str, usize> = BTreeMap::new();
        let mut ready: BTreeSet<&str> = BTreeSet::new();
        for (id, parents) in &self.parents {
            let known: BTreeSet<&str> = parents
                .iter()
                .map(String::as_str)
                .filter(|parent| self.parents.contains_key(*parent))
                .collect();
            if known.is_empty() {
                ready.insert(id);
            }
            waits.insert(id, known.len());
            for parent in known {
                children.entry(parent).or_default().push(id);
            }
        }
        let mut order = Vec::new();
        while let Some(id) = ready.pop_first() {
            order.push(id);
            for child in children.remove(id).unwrap_or_default() {
                if let Some(count) = waits.get_mut(child) {
                    *count -= 1;
                    if *count == 0 {
                        ready.insert(child);
                    }
                }
            }
        }
        order
    }

    /// Puts what is only behind `head` after everything else: its first migrations follow `onto`, and ids that would
    /// sort before what they follow get a later time. `later` gives the id that comes after an id, with another's slug.
    pub(crate) fn rebase(
        &self,
        head: &str,
        onto: &str,
        later: impl Fn(&str, &str) -> String,
    ) -> Vec<Move> {
        let own = self.only_behind(head);
        let mut renamed: BTreeMap<&str, String> = BTreeMap::new();
        let mut moves = Vec::new();
        let mut last = onto.to_owned();
        for id in own {
            let mut parents: Vec<String> = Vec::new();
            for parent in self.parents.get(id).into_iter().flatten() {
                // A parent that both branches share is behind `onto` already.
                if let Some(new) = renamed.get(parent.as_str()) {
                    parents.push(new.clone());
                }
            }
            if parents.is_empty() {
                parents.push(onto.to_owned());
            }
            let to = if id > last.as_str() { id.to_owned() } else { later(&last, id) };
            last.clone_from(&to);
            renamed.insert(id, to.clone());
            moves.push(Move { from: id.to_owned(), to, parents });
        }
        moves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(lines: &[(&str, &[&str])]) -> Graph {
        Graph {
            parents: lines
                .iter()
                .map(|(id, parents)| {
                    ((*id).to_owned(), parents.iter().map(|parent| (*parent).to_owned()).collect())
                })
                .collect(),
        }
    }

    #[test]
    fn two_branches_have_two_heads() {
        let graph = graph(&[("1", &[]), ("2", &["1"]), ("3", &["1"]), ("4", &["2"])]);
        assert_eq!(graph.heads(), ["3", "4"]);
        assert_eq!(graph.only_behind("4"), ["2", "4"]);
        assert_eq!(graph.only_behind("3"), ["3"]);
        assert_eq!(graph.order(), ["1", "2", "3", "4"]);
    }

    #[test]
    fn a_rebase_moves_one_branch_behind_the_other() {
        let graph = graph(&[("1", &[]), ("2", &["1"]), ("3", &["1"]), ("4", &["2"])]);
        let later = |last: &str, _: &str| format!("{last}+");
        let shown = |moves: Vec<Move>| {
            moves
                .iter()
                .map(|one| format!("{} -> {} after {}", one.from, one.to, one.parents.join(",")))
                .collect::<Vec<_>>()
        };
        assert_eq!(shown(graph.rebase("4", "3", later)), ["2 -> 3+ after 3", "4 -> 4 after 3+"]);
        assert_eq!(shown(graph.rebase("3", "4", later)), ["3 -> 4+ after 4"]);
    }
}
