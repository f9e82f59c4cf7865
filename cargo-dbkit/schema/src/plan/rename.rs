//! Orders renames that happen at once: chains from the end, swaps by a temporary name.

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

/// Puts renames of one scope into an order in which the new name is always free.
pub(crate) fn sequence(moves: &[Move<'_>]) -> Vec<Moved> {
    let mut open: Vec<Moved> = moves.iter().map(Moved::from).collect();
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

#[cfg(test)]
mod tests {
    use super::{Move, sequence};

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
