//! Puts atoms into an order that a database accepts.
//!
//! Input is a set, output a list. For everything that several atoms touch: what stands in the way goes first, then it is changed or
//! dropped, then it is created anew, then it is used. Among the atoms that are free to come next, the one with the lowest rank does,
//! so that scripts read alike.

use std::collections::{BTreeMap, BTreeSet};

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
fn circle(edges: &[BTreeSet<usize>], open: &BTreeSet<usize>) -> Vec<usize> {
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

#[derive(Default)]
struct Touch {
    releases: Vec<usize>,
    changes: Vec<usize>,
    drops: Vec<usize>,
    creates: Vec<usize>,
    uses: Vec<usize>,
    follows: Vec<usize>,
    precedes: Vec<usize>,
}

/// What is touched, in the order in which it is met first.
#[expect(clippy::disallowed_types, reason = "only looked up; what is walked through is the list")]
#[derive(Default)]
struct Touched<'a> {
    places: std::collections::HashMap<&'a Thing, usize>,
    all: Vec<(&'a Thing, Touch)>,
}

impl<'a> Touched<'a> {
    fn by(&mut self, thing: &'a Thing) -> &mut Touch {
        let next = self.all.len();
        let place = *self.places.entry(thing).or_insert(next);
        if place == next {
            self.all.push((thing, Touch::default()));
        }
        &mut self.all[place].1
    }
}

fn edges(atoms: &[Atom]) -> Vec<BTreeSet<usize>> {
    let mut touched = Touched::default();
    let mut chains: BTreeMap<usize, usize> = BTreeMap::new();
    let mut edges: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); atoms.len()];
    for (at, atom) in atoms.iter().enumerate() {
        for thing in &atom.releases {
            touched.by(thing).releases.push(at);
        }
        for thing in &atom.changes {
            touched.by(thing).changes.push(at);
        }
        for thing in &atom.drops {
            touched.by(thing).drops.push(at);
        }
        for thing in &atom.creates {
            touched.by(thing).creates.push(at);
        }
        for thing in &atom.uses {
            touched.by(thing).uses.push(at);
        }
        for thing in &atom.follows {
            touched.by(thing).follows.push(at);
        }
        for thing in &atom.precedes {
            touched.by(thing).precedes.push(at);
        }
        if let Some(chain) = atom.chain
            && let Some(before) = chains.insert(chain, at)
        {
            edges[before].insert(at);
        }
    }
    let mut all_before = |first: &[usize], then: &[usize]| {
        for before in first {
            for after in then {
                if before != after {
                    edges[*before].insert(*after);
                }
            }
        }
    };
    for (thing, touch) in touched.all {
        all_before(&touch.releases, &touch.changes);
        all_before(&touch.releases, &touch.drops);
        all_before(&touch.drops, &touch.creates);
        all_before(&touch.drops, &touch.follows);
        all_before(&touch.precedes, &touch.creates);
        all_before(&touch.changes, &touch.uses);
        // What is done to one thing is done in the order in which lowering thought of it.
        for pair in touch.changes.windows(2) {
            all_before(&pair[..1], &pair[1..]);
        }
        if touch.creates.is_empty() {
            // Something that is only dropped: whoever still uses it comes before. But whoever needs a key, and none is made, will use
            // another one that is there.
            if !matches!(thing, Thing::Key(..)) {
                all_before(&touch.uses, &touch.drops);
            }
        } else {
            all_before(&touch.creates, &touch.uses);
            all_before(&touch.creates, &touch.changes);
        }
    }
    edges
}
