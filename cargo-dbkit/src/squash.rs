//! One migration in the place of many: what it says, and the proof that it makes the same.

use dbkit_build::folder::MigrationFiles;
use dbkit_build::id::MigrationId;
use dbkit_build::journal::{Entry, Journal};
use dbkit_build::replaces::Replaces;
use dbkit_runtime::Driver;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect::sample;
use dbkit_schema::model::{DialectName, Schema};

use crate::ledger::Ledger;
use crate::report::Report;
use crate::scratch::Site;
use crate::store::{self, NewMigration};
use crate::verify::{self, Replay, Rows};
use crate::{Failure, engine, runs, spelling};

/// More rows than this are no part of a migration.
const MANY_ROWS: usize = 1_000;

/// More ways than this to have run what is squashed are not told apart.
const MANY_LISTS: usize = 64;

/// What takes the place of many migrations.
pub(crate) struct Squashed {
    pub(crate) new: NewMigration,
    /// The text of `replaces.lock`.
    pub(crate) replaces: String,
    /// The folder as it will be.
    pub(crate) ledger: Ledger,
    /// How many rows the old ones put into tables.
    pub(crate) rows: usize,
}

/// A migration and everything that runs before it, in order.
pub(crate) fn up_to(ledger: &Ledger, last: &MigrationId) -> Vec<MigrationId> {
    let order: Vec<MigrationId> =
        ledger.journal().order().into_iter().map(|entry| entry.id.clone()).collect();
    let end = order.iter().position(|id| id == last).map_or(0, |at| at + 1);
    order.into_iter().take(end).collect()
}

/// Makes it, and proves that a database that runs it is one that has run the old ones.
pub(crate) fn squash(
    ledger: &Ledger,
    old: &[MigrationId],
    slug: &str,
    dialect: DialectName,
    site: &Site,
    report: &mut Report,
) -> Result<Squashed, Failure> {
    let Some(last) = old.last() else {
        return Err(Failure::Other(anyhow::anyhow!("nothing to squash")));
    };
    let schema = ledger.whole_at(last.as_str())?;
    report.progress("the old migrations");
    let migrations = runs::migrations(ledger)?;
    let mut place = Replay::new(ledger, &migrations, dialect, site)?;
    place.up_to(last)?.map_err(Failure::problems)?;
    let before = place.inspect()?;
    let rows = Rows::read(place.side()?, &before, dialect);
    let (data, count) = data(place.side()?, &before, &rows, dialect)?;

    let mut texts = engine::whole(&schema, dialect);
    for statement in data {
        texts.up.push_str(&format!("\n{statement};\n"));
    }
    let id: MigrationId =
        format!("{}_{}", last.time(), if slug.is_empty() { "squashed" } else { slug })
            .parse()
            .map_err(|error: String| Failure::from(Diagnostic::error("DBK0012", error)))?;
    if old.contains(&id) {
        return Err(Diagnostic::error("DBK0012", format!("`{id}` is one of the old migrations"))
            .help("choose another name: `--name`")
            .into());
    }
    let new = NewMigration { id, texts, parents: Vec::new() };
    let replaces = replaces(ledger, old).to_string();
    let squashed = replaced(ledger, old, &new, &replaces);

    report.progress("the new one");
    let new_migrations = runs::migrations(&squashed)?;
    let mut again = Replay::new(&squashed, &new_migrations, dialect, site)?;
    again.up_to(&new.id)?.map_err(Failure::problems)?;
    let after = again.inspect()?;
    let now = Rows::read(again.side()?, &after, dialect);
    prove(ledger, (&before, &rows), (&after, &now), dialect)?;
    if let Some(head) = ledger.journal().order().last().filter(|entry| entry.id != *last) {
        report.progress("those that follow");
        place.up_to(&head.id)?.map_err(Failure::problems)?;
        again.up_to(&head.id)?.map_err(Failure::problems)?;
        let (before, after) = (place.inspect()?, again.inspect()?);
        let rows = Rows::read(place.side()?, &before, dialect);
        let now = Rows::read(again.side()?, &after, dialect);
        prove(ledger, (&before, &rows), (&after, &now), dialect)?;
    }
    report.end_progress();
    Ok(Squashed { new, replaces, ledger: squashed, rows: count })
}

fn prove(
    ledger: &Ledger,
    (before, rows): (&Schema, &Rows),
    (after, now): (&Schema, &Rows),
    dialect: DialectName,
) -> Result<(), Failure> {
    let differences = verify::between(after, before, dialect);
    let data = rows.differences(now);
    if differences.is_empty() && data.is_empty() {
        return Ok(());
    }
    let problem =
        Diagnostic::error("DBK0610", "one migration would not make what the old ones make")
            .in_file(ledger.journal_file())
            .note("what the old ones make beside it:");
    let mut problem = verify::listed(problem, &differences);
    problem.notes.extend(data);
    Err(Failure::from(
        problem
            .help("SQL that changes.json does not speak of is the usual reason: `cargo dbkit verify` names the migration, `cargo dbkit amend` takes it in"),
    )
    .summary("nothing was written"))
}

/// The statements for the rows that the old migrations have put in, and how many rows they are.
fn data(
    driver: &mut dyn Driver,
    schema: &Schema,
    rows: &Rows,
    dialect: DialectName,
) -> Result<(Vec<String>, usize), Failure> {
    let counts = rows.counts();
    let total: usize = counts.iter().map(|(_, count)| count).sum();
    if total > MANY_ROWS {
        let tables: Vec<String> = counts.into_iter().map(|(table, _)| table).collect();
        return Err(Diagnostic::error(
            "DBK0611",
            format!("the migrations put {total} rows into {}", spelling::list(&tables)),
        )
        .note(format!("at most {MANY_ROWS} are taken into a migration"))
        .help("squash up to the migration before them: `cargo dbkit squash --to ID`")
        .into());
    }
    let mut statements = Vec::new();
    for table in sample::in_order(schema) {
        if !counts.iter().any(|(name, _)| *name == table.name.to_string()) {
            continue;
        }
        let columns = verify::own_columns(table);
        let sql = sample::rows_as_sql(table, &columns, dialect);
        let found = driver.query(&sql).map_err(|error| {
            Diagnostic::error(
                "DBK0013",
                format!("cannot read the rows of `{}`: {error}", table.name),
            )
        })?;
        let values: Vec<Vec<String>> = found
            .into_iter()
            .map(|row| {
                row.into_iter().map(|value| value.unwrap_or_else(|| "NULL".to_owned())).collect()
            })
            .collect();
        statements.push(sample::insertion(&table.name, &columns, &values, dialect));
        let numbered =
            columns.iter().filter_map(|column| sample::catch_up(&table.name, column, dialect));
        statements.extend(numbered);
    }
    Ok((statements, total))
}

/// The lists of what a database may have run in its place.
fn replaces(ledger: &Ledger, old: &[MigrationId]) -> Replaces {
    let mut lists: Vec<Vec<Entry>> = vec![Vec::new()];
    for id in old {
        let Some(entry) = ledger.journal().entry(id) else { continue };
        let mut ways = vec![vec![entry.clone()]];
        ways.extend(ledger.replaces(id.as_str()).lists);
        lists = ways
            .iter()
            .flat_map(|way| lists.iter().map(|list| [list.as_slice(), way].concat()))
            .take(MANY_LISTS)
            .collect();
    }
    // Their parents lead out of the list; what is behind them does not matter any more.
    Replaces { lists }
}

/// The folder with one migration in the place of the old ones.
fn replaced(ledger: &Ledger, old: &[MigrationId], new: &NewMigration, replaces: &str) -> Ledger {
    let mut folder = ledger.folder.clone();
    let mut journal = Journal::new(Vec::new());
    for entry in ledger.journal().entries().iter().filter(|entry| !old.contains(&entry.id)) {
        let mut entry = entry.clone();
        let mut parents: Vec<MigrationId> = Vec::new();
        for parent in entry.parents {
            let parent = if old.contains(&parent) { new.id.clone() } else { parent };
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
        entry.parents = parents;
        let hash = ledger.journal().replaces(&entry.id);
        let id = entry.id.clone();
        journal.insert(entry);
        if let Some(hash) = hash {
            journal.set_replaces(&id, hash);
        }
    }
    journal.insert(store::entry(&new.id, &new.texts, Vec::new()));
    journal.set_replaces(&new.id, dbkit_build::canonical::Hash::of(replaces.as_bytes()));
    let bytes = |text: &Option<String>| text.as_ref().map(|text| text.clone().into_bytes());
    folder.migrations.retain(|files| !old.iter().any(|id| id.as_str() == files.name));
    folder.migrations.push(MigrationFiles {
        name: new.id.to_string(),
        up: Some(new.texts.up.clone().into_bytes()),
        down: bytes(&new.texts.down),
        changes: bytes(&new.texts.changes),
        replaces: Some(replaces.as_bytes().to_vec()),
    });
    folder.migrations.sort_by(|one, other| one.name.cmp(&other.name));
    folder.journal = journal;
    let (path, set) = (ledger.path.clone(), ledger.set.clone());
    let (filters, dialect) = (ledger.filters.clone(), ledger.dialect);
    Ledger { path, folder, set, filters, dialect, flavor: ledger.flavor, problems: Vec::new() }
}
