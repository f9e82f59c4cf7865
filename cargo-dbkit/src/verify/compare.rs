//! What a database has beside what the migrations say, in the words of its server.

use dbkit_schema::dialect;
use dbkit_schema::diff::{self, Change};
use dbkit_schema::model::{DialectName, Hints, Schema};

use crate::filter::Filters;
use crate::scratch::Site;
use crate::{Failure, source};

/// What lies between two schemas that a server gave back.
pub(crate) fn between(from: &Schema, to: &Schema, dialect: DialectName) -> Vec<Change> {
    let (mut from, mut to) = (from.clone(), to.clone());
    dialect::named(dialect).align(&mut from, &mut to);
    diff::diff(&from, &to, &Hints::default()).changes
}

/// Compares a schema as it was written with one that a server gave back.
///
/// A server is asked what the written one means only when something differs that was not looked at before: a check that is spelled in another
/// way differs at every step, and means the same at every step.
#[derive(Debug)]
pub(crate) struct Comparer {
    dialect: DialectName,
    site: Site,
    /// What they leave out may be there without a word in the migrations.
    filters: Filters,
    /// Differences that mean nothing, or were reported.
    known: Vec<Change>,
}

impl Comparer {
    pub(crate) fn new(dialect: DialectName, site: Site, filters: Filters) -> Self {
        Self { dialect, site, filters, known: Vec::new() }
    }

    /// What the database has beside the written schema, and was not said before.
    pub(crate) fn differences(
        &mut self,
        written: &Schema,
        live: &Schema,
    ) -> Result<Vec<Change>, Failure> {
        let normal = dialect::named(self.dialect).normalize(written.clone());
        let raw = self.seen_between(normal, live);
        if raw.iter().all(|change| self.known.contains(change)) {
            return Ok(Vec::new());
        }
        let mut found = self.through_server(written, live)?;
        found.retain(|change| !self.known.contains(change));
        for change in raw.into_iter().chain(found.iter().cloned()) {
            if !self.known.contains(&change) {
                self.known.push(change);
            }
        }
        Ok(found)
    }

    /// What the database has beside the written schema, when a server has read that, too.
    pub(crate) fn through_server(
        &self,
        written: &Schema,
        live: &Schema,
    ) -> Result<Vec<Change>, Failure> {
        let served = source::through_server(written, self.dialect, &self.site)?;
        Ok(self.seen_between(served.schema, live))
    }

    fn seen_between(&self, from: Schema, to: &Schema) -> Vec<Change> {
        let see = |schema| self.filters.apply(schema, self.dialect);
        between(&see(from), &see(to.clone()), self.dialect)
    }
}
