//! What a database says about migrations: read only, nothing is made.

use dbkit_build::id::MigrationId;
use dbkit_runtime::HistoryRow;

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::project::Target;
use crate::runs::{self, Way};
use crate::{Context, Failure};

/// Whether a database has applied a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It has; how the database is shown.
    Applied(String),
    /// Some of its statements were executed, and stay so.
    Begun(String),
    /// It has not.
    NotApplied(String),
    /// Nobody was asked, and why.
    NoDatabase(String),
}

/// The history of a database, by any of the folder's migrations or none.
pub(crate) fn rows(ledger: &Ledger, database: &mut Database) -> Result<Vec<HistoryRow>, Failure> {
    // The history does not depend on what is in the folder, which may be unsound.
    let migrations = runs::migrations(ledger)?;
    migrations
        .history(&mut *database.driver)
        .map_err(|error| runs::failure(&error, ledger, &database.shown, Way::Up, None))
}

/// Asks the database that the command was given, if it was given one, about a migration.
pub(crate) fn ask(
    context: &mut Context<'_>,
    target: &Target,
    ledger: &Ledger,
    id: &MigrationId,
) -> Result<Asked, Failure> {
    if target.url.is_none() {
        return Ok(Asked::NoDatabase(format!(
            "no database was asked whether it has applied `{id}`: neither `--url` nor {} is given",
            target.url_env
        )));
    }
    let address = database::address(target)?;
    if database::is_absent(&address) {
        return Ok(Asked::NotApplied(address.shown()));
    }
    let mut database = Database::open(&address, Missing::Refuse).map_err(|problem| {
        problem.help(format!(
            "to go on without asking a database: leave `--url` out and {} unset",
            target.url_env
        ))
    })?;
    context.report.verbose("Connecting", &database.shown);
    let rows = rows(ledger, &mut database)?;
    let row = rows.iter().find(|row| row.id == id.as_str());
    Ok(match row {
        Some(row) if row.is_applied() => Asked::Applied(database.shown),
        Some(row) if row.is_partial() => Asked::Begun(database.shown),
        Some(_) | None => Asked::NotApplied(database.shown),
    })
}
