//! The first migration of a database that was there before dbkit.

use std::time::Duration;

use dbkit_build::id::MigrationId;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect;
use dbkit_schema::model::{Hints, Schema};

use crate::database::Database;
use crate::ledger::Ledger;
use crate::project::Target;
use crate::scratch::Site;
use crate::store::{self, NewMigration};
use crate::{Context, Exit, Failure, clock, describe, engine, inspect, runs, source, spelling};

/// The migrations that make a schema from nothing: one, or two where something has to be in place before the rest.
pub(crate) fn plan(schema: &Schema, target: &Target, ledger: &Ledger) -> Vec<NewMigration> {
    let (empty, hints) = (Schema::default(), Hints::default());
    let plan = dialect::compare(&empty, schema, &hints, dialect::named(target.dialect)).plan;
    let texts = engine::texts(&empty, &plan.batches, &hints, &[], target.dialect);
    let count = texts.len();
    let mut parents: Vec<MigrationId> = Vec::new();
    let mut new = Vec::new();
    for (at, texts) in texts.into_iter().enumerate() {
        let slug = if count > 1 { format!("baseline_{}", at + 1) } else { "baseline".to_owned() };
        let id = store::new_id(clock::now(), &slug, &parents, |stamp| ledger.is_taken(stamp));
        new.push(NewMigration { id: id.clone(), texts, parents });
        parents = vec![id];
    }
    new
}

/// Finds the migration that a database without a history is at: the first one, or a later one that it is equal to.
///
/// # Errors
/// It is equal to none; what lies between it and the first one is shown. Nothing was changed.
pub(crate) fn prove(
    context: &mut Context<'_>,
    target: &Target,
    ledger: &Ledger,
    site: &Site,
    database: &mut Database,
) -> Result<String, Failure> {
    let shown = database.shown.clone();
    let ids: Vec<String> = ledger.ordered();
    let Some(first) = ids.first() else {
        return Err(Diagnostic::error("DBK0061", "there is no migration to record")
            .note("the first migration says what the database has")
            .help("write it from the database: `cargo dbkit pull`")
            .into());
    };
    let live = inspect::inspect_filtered(database, &shown, &target.filters)?;
    let spoken = dialect::named(target.dialect);
    let between = |id: &str| -> Result<Vec<describe::Line>, Failure> {
        let said = ledger.schema_at(id)?;
        let mut said = source::through_server(&said, target.dialect, site)?.schema;
        let mut live = live.schema.clone();
        spoken.align(&mut live, &mut said);
        let plan = dialect::compare(&said, &live, &Hints::default(), spoken).plan;
        Ok(plan.batches.iter().flat_map(|batch| &batch.changes).map(describe::line).collect())
    };
    let lines = between(first)?;
    if lines.is_empty() {
        return Ok(first.clone());
    }
    // A baseline may be several migrations, and a database may have been brought further by hand.
    if let Some(last) = ids.last().filter(|last| *last != first)
        && between(last)?.is_empty()
    {
        return Ok(last.clone());
    }
    const MANY: usize = 20;
    for line in lines.iter().take(MANY) {
        context.report.detail(line);
    }
    if lines.len() > MANY {
        context.report.detail(format_args!("and {} more", lines.len() - MANY));
    }
    context.report.object(
        "difference",
        serde_json::json!({ "migration": first, "changes": lines.iter().map(|line| serde_json::json!({ "sign": line.sign.to_string(), "what": line.what, "detail": line.detail })).collect::<Vec<_>>() }),
    );
    let problem = Diagnostic::error(
        "DBK0061",
        format!("{shown} is not what `{first}` makes: {} above", spelling::count(lines.len(), "difference")),
    )
    .note("`+` is only in the database, `-` only in the migration")
    .note("recorded as it is, later migrations would meet a database that they do not expect")
    .help("is the database right? drop the migration and `cargo dbkit pull`")
    .help(format!("is the migration right? `cargo dbkit diff DATABASE migrations@{first} --format sql` is the way there"));
    Err(Failure::problems(vec![problem])
        .exit(Exit::DecisionNeeded)
        .summary("nothing was recorded or executed"))
}

/// Records migrations in the history of a database, up to one of them, and executes nothing.
pub(crate) fn record(
    database: &mut Database,
    target: &Target,
    ledger: &Ledger,
    goal: dbkit_runtime::Target,
    lock_wait: Duration,
) -> Result<Vec<String>, Failure> {
    let migrations = runs::migrations(ledger)?.with_set(target.set.clone());
    let shown = database.shown.clone();
    let report = migrations
        .runner()
        .target(goal)
        .lock_wait(lock_wait)
        .applied_by(runs::who())
        .baseline(&mut *database.driver)
        .map_err(|error| runs::failure(&error, ledger, &shown, runs::Way::Up, None))?;
    Ok(report.applied().iter().map(|applied| applied.id.clone()).collect())
}
