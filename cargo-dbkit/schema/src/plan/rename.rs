//! Orders renames that happen at once: chains from the end, swaps by a temporary name.

use std::collections::BTreeSet;

use crate::model::ObjectName;

/// One rename of a set.
pub(crate) struct Move<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) cause: usize,
}

/// One rename to execute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) cause: usize,
}

impl From<&Move<'_>> for Moved {
    fn from(step: &Move<'_>) -> Self {
        Self { from: step.from.to_owned(), to: step.to.to_owned(), cause: step.cause }
    }
}

/// One rename or move of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MovedObject {
    pub(crate) from: ObjectName,
    pub(crate) to: ObjectName,
    pub(crate) cause: usize,
}

/// Puts renames of one scope into an order in which the new name is always free.
pub(crate) fn sequence(moves: &[Move<'_>]) -> Vec<Moved> {
    let mut open: Vec<Moved> =
        moves.iter().filter(|step| step.from != step.to).map(Moved::from).collect();
    let mut done = Vec::with_capacity(open.len());
    while !open.is_empty() {
        let free = open.iter().position(|step| open.iter().all(|other| other.from != step.to));
        match free {
            Some(free) => done.push(open.remove(free)),
            None => {
                // Only circles are left: the first one steps aside.
                let aside = format!("__dbkit_tmp_{}", open[0].from);
                done.push(Moved {
                    from: open[0].from.clone(),
                    to: aside.clone(),
                    cause: open[0].cause,
                });
                open[0].from = aside;
            }
        }
    }
    done
}

/// Puts renames and moves between namespaces into an order in which the new name is always free. Each step changes either the name
/// or the namespace. `existing` are all names of the kind before.
pub(crate) fn sequence_objects(
    moves: Vec<MovedObject>,
    existing: impl IntoIterator<Item = ObjectName>,
) -> Vec<MovedObject> {
    let mut taken: BTreeSet<ObjectName> = existing.into_iter().collect();
    let mut open: Vec<MovedObject> =
        moves.into_iter().filter(|step| step.from != step.to).collect();
    let mut done = Vec::with_capacity(open.len());
    let mut step = |taken: &mut BTreeSet<ObjectName>, from: &ObjectName, to: ObjectName, cause| {
        taken.remove(from);
        taken.insert(to.clone());
        done.push(MovedObject { from: from.clone(), to, cause });
    };
    while !open.is_empty() {
        let free = open.iter().position(|step| open.iter().all(|other| other.from != step.to));
        let Some(free) = free else {
            // Only circles are left: the first one steps aside.
            let aside = open[0].from.with_name(format!("__dbkit_tmp_{}", open[0].from.name));
            step(&mut taken, &open[0].from, aside.clone(), open[0].cause);
            open[0].from = aside;
            continue;
        };
        let MovedObject { mut from, to, cause } = open.remove(free);
        if from.schema != to.schema {
            let first = from.with_name(to.name.clone());
            let last = to.with_name(from.name.clone());
            let aside = from.with_name(format!("__dbkit_tmp_{}", from.name));
            let ways = [from.clone(), first, aside];
            // Under the first of these names it can change its namespace.
            let way = ways.into_iter().find(|way| {
                (*way == from || !taken.contains(way)) && !taken.contains(&to.with_name(&way.name))
            });
            let way = way.unwrap_or(last);
            if way != from {
                step(&mut taken, &from, way.clone(), cause);
            }
            from = to.with_name(way.name.clone());
            step(&mut taken, &way, from.clone(), cause);
        }
        if from != to {
            step(&mut taken, &from, to, cause);
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::{Move, MovedObject, ObjectName, sequence, sequence_objects};

    fn sequenced_objects(moves: &[(&str, &str)]) -> Vec<String> {
        let name = |text: &str| text.parse::<ObjectName>().expect("a name");
        let existing: Vec<ObjectName> = moves.iter().map(|(from, _)| name(from)).collect();
        let moves = moves
            .iter()
            .map(|(from, to)| MovedObject { from: name(from), to: name(to), cause: 0 })
            .collect();
        let steps = sequence_objects(moves, existing);
        steps.into_iter().map(|step| format!("{} -> {}", step.from, step.to)).collect()
    }

    #[test]
    fn a_step_changes_the_name_or_the_namespace() {
        assert_eq!(sequenced_objects(&[("a.x", "b.y")]), ["a.x -> b.x", "b.x -> b.y"]);
    }

    #[test]
    fn a_move_goes_round_a_name_that_is_taken() {
        assert_eq!(
            sequenced_objects(&[("a.x", "b.y"), ("b.x", "b.x2"), ("b.y", "a.x")]),
            [
                "b.x -> b.x2",
                "a.x -> a.__dbkit_tmp_x",
                "b.y -> a.y",
                "a.y -> a.x",
                "a.__dbkit_tmp_x -> b.__dbkit_tmp_x",
                "b.__dbkit_tmp_x -> b.y",
            ]
        );
    }

    fn sequenced(moves: &[(&str, &str)]) -> Vec<String> {
        let moves: Vec<Move<'_>> =
            moves.iter().map(|(from, to)| Move { from, to, cause: 0 }).collect();
        sequence(&moves).into_iter().map(|step| format!("{} -> {}", step.from, step.to)).collect()
    }

    #[test]
    fn a_chain_goes_from_its_end() {
        assert_eq!(sequenced(&[("a", "b"), ("b", "c")]), ["b -> c", "a -> b"]);
    }

    #[test]
    fn a_swap_needs_a_temporary_name() {
        assert_eq!(
            sequenced(&[("a", "b"), ("b", "a")]),
            ["a -> __dbkit_tmp_a", "b -> a", "__dbkit_tmp_a -> b"]
        );
    }
}
