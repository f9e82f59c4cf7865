//! Puts atoms into an order that a database accepts.
//!
//! Input is a set, output a list. For everything that several atoms touch: what stands in the way goes first, then it is changed or
//! dropped, then it is created anew, then it is used. Among the atoms that are free to come next, the one with the lowest rank does,
//! so that scripts read alike.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::atom::{Atom, Thing};

/// Orders atoms.
pub(crate) fn order(atoms: Vec<Atom>) -> Vec<Atom> {
    let edges = edges(&atoms);
    let mut waiting: Vec<usize> = vec![0; atoms.len()];
    for targets in &edges {
        for target in targets {
            waiting[*target] += 1;
        }
    }
    let mut ready: BTreeSet<(super::atom::Rank, usize)> =
        (0..atoms.len()).filter(|at| waiting[*at] == 0).map(|at| (atoms[at].rank, at)).collect();
    let mut open: BTreeSet<usize> = (0..atoms.len()).collect();
    let mut order = Vec::with_capacity(atoms.len());
    while !open.is_empty() {
        let next = match ready.pop_first() {
            Some((_, next)) => next,
            // A circle that lowering has not broken. Going on with the lowest rank in it is deterministic, and the acceptance tests
            // would show a database that refuses it.
            None => match circle(&edges, &open).into_iter().min_by_key(|at| (atoms[*at].rank, *at))
            {
                Some(next) => next,
                None => break,
            },
        };
        if !open.remove(&next) {
            continue;
        }
        order.push(next);
        for target in &edges[next] {
            waiting[*target] = waiting[*target].saturating_sub(1);
            if waiting[*target] == 0 && open.contains(target) {
                ready.insert((atoms[*target].rank, *target));
            }
        }
    }
    let mut places: Vec<Option<Atom>> = atoms.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| places[at].take()).collect()
}

/// A circle among atoms that all wait for one another: what waits for it from outside can go on waiting.
fn circle(edges: &[Vec<usize>], open: &BTreeSet<usize>) -> Vec<usize> {
    let before = |at: usize| open.iter().copied().find(|other| edges[*other].contains(&at));
    let Some(mut at) = open.first().copied() else { return Vec::new() };
    let mut path = vec![at];
    while let Some(previous) = before(at) {
        if let Some(start) = path.iter().position(|known| *known == previous) {
            return path.split_off(start);
        }
        path.push(previous);
        at = previous;
    }
    path
}

/// What an atom has to do with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Releases,
    Changes,
    Drops,
    Creates,
    Uses,
    Follows,
    Precedes,
}

/// Who touches what.
struct Touches<'a> {
    /// In the order in which they are met first.
    things: Vec<&'a Thing>,
    /// Number of the thing, part, number of the atom; sorted.
    all: Vec<(u32, Part, u32)>,
}

impl<'a> Touches<'a> {
    fn of(atoms: &'a [Atom]) -> Self {
        let mut places: FxHashMap<&Thing, u32> = FxHashMap::default();
        let count: usize = atoms.iter().map(|atom| atom.creates.len() + atom.drops.len()).sum();
        places.reserve(count);
        let mut touches =
            Touches { things: Vec::with_capacity(count), all: Vec::with_capacity(8 * atoms.len()) };
        for (atom, at) in atoms.iter().zip(0_u32..) {
            for (part, things) in [
                (Part::Releases, &atom.releases),
                (Part::Changes, &atom.changes),
                (Part::Drops, &atom.drops),
                (Part::Creates, &atom.creates),
                (Part::Uses, &atom.uses),
                (Part::Follows, &atom.follows),
                (Part::Precedes, &atom.precedes),
            ] {
                for thing in things {
                    let place = *places.entry(thing).or_insert_with(|| {
                        touches.things.push(thing);
                        touches.things.len() as u32 - 1
                    });
                    touches.all.push((place, part, at));
                }
            }
        }
        touches.all.sort_unstable();
        touches
    }

    /// The things, each with its part of the list.
    fn each(&self) -> impl Iterator<Item = (&'a Thing, Range<usize>)> {
        let mut start = 0;
        self.things.iter().zip(0_u32..).map(move |(thing, number)| {
            let length = self.all[start..].partition_point(|(place, _, _)| *place <= number);
            let range = start..start + length;
            start = range.end;
            (*thing, range)
        })
    }

    /// The atoms in a range of the list that have one part.
    fn with(&self, range: &Range<usize>, part: Part) -> &[(u32, Part, u32)] {
        let all = &self.all[range.clone()];
        let start = all.partition_point(|(_, known, _)| *known < part);
        let length = all[start..].partition_point(|(_, known, _)| *known == part);
        &all[start..start + length]
    }
}

/// For each atom those that come after it, sorted, each once.
fn edges(atoms: &[Atom]) -> Vec<Vec<usize>> {
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); atoms.len()];
    let mut chains: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, atom) in atoms.iter().enumerate() {
        if let Some(chain) = atom.chain
            && let Some(before) = chains.insert(chain, at)
        {
            edges[before].push(at);
        }
    }
    let mut all_before = |first: &[(u32, Part, u32)], then: &[(u32, Part, u32)]| {
        for (_, _, before) in first {
            for (_, _, after) in then {
                if before != after {
                    edges[*before as usize].push(*after as usize);
                }
            }
        }
    };
    let touches = Touches::of(atoms);
    for (thing, range) in touches.each() {
        let with = |part| touches.with(&range, part);
        let (changes, drops, creates) =
            (with(Part::Changes), with(Part::Drops), with(Part::Creates));
        all_before(with(Part::Releases), changes);
        all_before(with(Part::Releases), drops);
        all_before(drops, creates);
        all_before(drops, with(Part::Follows));
        all_before(with(Part::Precedes), creates);
        all_before(changes, with(Part::Uses));
        // What is done to one thing is done in the order in which lowering thought of it.
        for pair in changes.windows(2) {
            all_before(&pair[..1], &pair[1..]);
        }
        if creates.is_empty() {
            // Something that is only dropped: whoever still uses it comes before. But whoever needs a key, and none is made, will use
            // another one that is there.
            if !matches!(thing, Thing::Key(..)) {
                all_before(with(Part::Uses), drops);
            }
        } else {
            all_before(creates, with(Part::Uses));
            all_before(creates, changes);
        }
    }
    for after in &mut edges {
        after.sort_unstable();
        after.dedup();
    }
    edges
}
