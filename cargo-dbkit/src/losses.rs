//! What a way back takes with it: which data it brings back, and the rows that were written since.

use dbkit_runtime::{Direction, Driver, Migration};
use dbkit_schema::dialect::{self, Probe};
use dbkit_schema::model::{DialectName, Hints, Schema};
use dbkit_schema::plan::{LOOK, TRASH};

use crate::ledger::Ledger;

/// What a way back does to data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nothing is lost.
    Full,
    /// The structure comes back, the data that the way up has deleted does not.
    SchemaOnly,
    /// What was written since into what the migration made is lost.
    Lossy,
    /// What it would bring back was kept, and is not any more.
    Purged,
    /// Written by hand: its SQL tells.
    ByHand,
    /// There is none.
    None,
}

impl Class {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::SchemaOnly => "schema-only",
            Self::Lossy => "lossy",
            Self::Purged => "purged",
            Self::ByHand => "by-hand",
            Self::None => "none",
        }
    }

    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Full => "nothing is lost",
            Self::SchemaOnly => "the structure comes back, the deleted data does not",
            Self::Lossy => "what was written since into what it made is lost",
            Self::Purged => {
                "what it would bring back was kept, and is not any more; it stops before it begins"
            }
            Self::ByHand => "written by hand, its SQL tells",
            Self::None => "there is no way back",
        }
    }
}

/// The way back of one migration.
#[derive(Debug)]
pub(crate) struct WayBack {
    pub(crate) class: Class,
    /// What is lost, and how many rows.
    pub(crate) losses: Vec<(String, u64)>,
}

/// Looks at the way back of a migration. `after` is the schema that it has left.
pub(crate) fn look(
    ledger: &Ledger,
    migration: &Migration<'_>,
    after: Option<&Schema>,
    dialect: DialectName,
    driver: &mut dyn Driver,
) -> (WayBack, Option<Schema>) {
    let delta = ledger.delta(migration.id());
    let way = |class, losses| WayBack { class, losses };
    let (Some(delta), Some(after)) = (delta.filter(|delta| !delta.is_empty()), after) else {
        let class =
            if migration.text(Direction::Down).is_none() { Class::None } else { Class::ByHand };
        return (way(class, Vec::new()), after.cloned());
    };
    let inverse = delta.inverse();
    let mut before = after.clone();
    if inverse.apply(&mut before).is_err() {
        return (way(Class::ByHand, Vec::new()), None);
    }
    let hints = Hints { renames: inverse.renames, ..Hints::default() };
    let comparison = dialect::compare(after, &before, &hints, dialect::named(dialect));
    let probes = dialect::probes(after, &comparison.diff, &hints, dialect);
    let lost: Vec<&Probe> = probes.iter().filter(|probe| !probe.stops).collect();
    let losses: Vec<(String, u64)> = lost
        .iter()
        .filter_map(|probe| {
            // One that cannot be asked says nothing; a later migration may have renamed what it asks for.
            let rows = driver.query(&probe.count).ok()?;
            let count = rows.into_iter().flatten().flatten().next()?.parse().ok()?;
            (count > 0).then(|| (probe.finding.clone(), count))
        })
        .collect();
    let class = if migration.text(Direction::Down).is_none() {
        Class::None
    } else if is_purged(migration, driver) {
        Class::Purged
    } else if migration.is_irreversible() {
        Class::SchemaOnly
    } else if lost.is_empty() {
        Class::Full
    } else {
        Class::Lossy
    };
    (way(class, losses), Some(before))
}

/// Whether a look that the way back begins with, for what was kept, would fail.
fn is_purged(migration: &Migration<'_>, driver: &mut dyn Driver) -> bool {
    let text = migration.text(Direction::Down).unwrap_or_default();
    let mut looks = text
        .lines()
        .filter(|line| line.starts_with(LOOK) && line.contains(TRASH))
        .map(|line| line.trim_end_matches(';'));
    looks.any(|look| driver.query(look).is_err())
}
