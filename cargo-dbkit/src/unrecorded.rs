//! Scripts that leave no trace in the history, run under the lock of the migrators, with its retries.

use std::time::Duration;

use dbkit_build::id::MigrationId;
use dbkit_build::journal::Journal;
use dbkit_build::write::MigrationTexts;
use dbkit_runtime::Migrations;

use crate::database::Database;
use crate::ledger::Ledger;
use crate::project::Target;
use crate::store::{self, NewMigration};
use crate::{Failure, clock, runs};

/// Ids for so many scripts, which nobody sees.
pub(crate) fn ids(word: &str, count: usize) -> Vec<MigrationId> {
    let mut ids: Vec<MigrationId> = Vec::new();
    for _ in 0..count {
        ids.push(store::new_id(clock::now(), word, &ids, |_| false));
    }
    ids
}

/// Runs scripts, from a folder that goes away.
pub(crate) fn run(
    target: &Target,
    database: &mut Database,
    scripts: Vec<(MigrationId, String)>,
    lock_wait: Duration,
) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::Other(error.into()))?;
    let mut parents = Vec::new();
    let mut new = Vec::new();
    for (id, up) in scripts {
        let texts = MigrationTexts { up, down: None, changes: None };
        new.push(NewMigration { id: id.clone(), texts, parents });
        parents = vec![id];
    }
    let place = Target { migrations: folder.path().to_owned(), ..target.clone() };
    store::add(&place.migrations, &Journal::new(Vec::new()), &new)?;
    let ledger = Ledger::read(&place);
    let migrations: Migrations = runs::migrations(&ledger)?;
    let shown = database.shown.clone();
    migrations
        .runner()
        .lock_wait(lock_wait)
        .run_unrecorded(&mut *database.driver)
        .map_err(|error| runs::failure(&error, &ledger, &shown, runs::Way::Up, None))?;
    Ok(())
}
