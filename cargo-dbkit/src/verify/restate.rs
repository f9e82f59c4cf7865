//! What a migration changes in fact: its SQL runs on a scratch database, and what it leaves there is written down as a delta.

use dbkit_build::id::MigrationId;
use dbkit_runtime::Driver;
use dbkit_schema::delta::Delta;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect;
use dbkit_schema::diff::{self, Change};
use dbkit_schema::model::{DialectName, Hints, Schema};

use super::Replay;
use crate::ledger::Ledger;
use crate::scratch::Site;
use crate::{Failure, runs, source};

/// What came of it.
#[derive(Debug)]
pub(crate) enum Restated {
    /// It does what its changes.json says.
    AsSaid,
    /// It does something else, or says nothing.
    Otherwise {
        /// What changes.json has to say.
        delta: Delta,
        /// What it did not say.
        differences: Vec<Change>,
    },
    /// The scratch database refuses it, or one before it.
    Refused(Vec<Diagnostic>),
}

/// Runs everything up to a migration, and looks what that one has changed. `renames` are of the form `users.name=full_name`.
pub(crate) fn restate(
    ledger: &Ledger,
    id: &MigrationId,
    dialect: DialectName,
    site: &Site,
    renames: &[String],
) -> Result<Restated, Failure> {
    let migrations = runs::migrations(ledger)?;
    let (before, said) = ledger.around(id)?;
    let mut place = Replay::new(ledger, &migrations, dialect, site)?.without_steps();
    if let Err(problems) = place.up_to(id)? {
        return Ok(Restated::Refused(problems));
    }
    let mut live = place.inspect()?;
    let standard = standard_collation(place.side()?);
    drop(place);
    let mut written = before.clone();
    // One that does not fit what is before it says nothing of use.
    let said = said.filter(|delta| delta.apply(&mut written).is_ok());
    if said.is_none() {
        written.clone_from(&before);
    }
    let from = if renames.is_empty() { &written } else { &before };
    let mut served = source::through_server(from, dialect, site)?.schema;
    dialect::named(dialect).align(&mut served, &mut live);
    for schema in [&mut served, &mut live] {
        *schema = ledger.filters.apply(std::mem::take(schema), dialect);
        leave_to_the_database(schema, standard.as_deref());
    }
    let hints = hints(&served, &live, renames)?;
    let differences = diff::diff(&served, &live, &hints).changes;
    if differences.is_empty() && renames.is_empty() {
        return Ok(Restated::AsSaid);
    }
    let delta = match said {
        Some(said) if renames.is_empty() => {
            let after = diff::apply(written, &differences);
            let mut cleared = before.clone();
            let first = Delta { first: said.first, ..Delta::default() };
            // It was applied a moment ago.
            let _ = first.apply(&mut cleared);
            Delta::between(&before, &cleared, said.renames, &after)
        }
        _ => diff::delta(&before, &differences).0,
    };
    Ok(Restated::Otherwise { delta, differences })
}

/// The collation that MySQL gives to what names none.
pub(crate) fn standard_collation(driver: &mut dyn Driver) -> Option<String> {
    if driver.dialect() != dbkit_runtime::Dialect::Mysql {
        return None;
    }
    let rows = driver.query("SELECT @@collation_database").unwrap_or_default();
    rows.into_iter().flatten().flatten().next()
}

/// MySQL writes into every table and column what the database would choose by itself. A migration does not say that: the next database may
/// choose otherwise.
pub(crate) fn leave_to_the_database(schema: &mut Schema, standard: Option<&str>) {
    let Some(standard) = standard else { return };
    for table in schema.tables.values_mut() {
        let own = table.options.collation.clone();
        for column in &mut table.columns {
            if column.collation.is_some() && column.collation == own {
                column.collation = None;
                column.charset = None;
            }
        }
        if own.as_deref() == Some(standard) {
            table.options.collation = None;
            table.options.charset = None;
        }
        if table.options.engine.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("innodb")) {
            table.options.engine = None;
        }
    }
}

fn hints(before: &Schema, after: &Schema, renames: &[String]) -> Result<Hints, Failure> {
    let mut hints = Hints::default();
    let mut problems = Vec::new();
    // Tables first: a column may be named by its table's new name.
    let mut renames: Vec<&String> = renames.iter().collect();
    renames.sort_by_key(|text| text.split('=').next().unwrap_or_default().contains('.'));
    for text in renames {
        match diff::parse_rename(text, before, after, &hints.renames) {
            Ok(rename) => hints.renames.push(rename),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(hints) } else { Err(Failure::problems(problems)) }
}
