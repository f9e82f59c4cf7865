//! `cargo dbkit push`: brings a database to what the code says, without a migration. For databases of development.
//!
//! The rows that are there are asked first: what would stop the plan is said before anything is done.

use std::time::Duration;

use dbkit_runtime::Migrations;
use dbkit_schema::dialect::{self, Direction};
use dbkit_schema::plan::Batch;
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::decide::{AnswerFlags, Decisions};
use crate::engine::Code;
use crate::scratch::ScratchFlags;
use crate::source;
use crate::store::{self, NewMigration};
use crate::{Context, Exit, Failure, clock, describe, engine, inspect, probes, runs, spelling};

/// Bring a database to what the structs say, without a migration
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Push {
    /// Execute nothing; print the SQL
    #[arg(long)]
    dry_run: bool,
    /// How long to wait for another migrator
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    lock_wait: u64,
    #[command(flatten)]
    scratch: ScratchFlags,
    #[command(flatten)]
    answers: AnswerFlags,
}

impl Push {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let scratch = self.scratch.server(&target)?;
        let code = engine::read_code_on(&project, &target, scratch.as_ref(), context.report)?;
        let address = database::address(&target)?;
        let mut database = Database::open(&address, Missing::Create)?;
        let shown = database.shown.clone();
        let version = database.version();
        context.report.status("Connecting", format_args!("{shown} ({version})"));
        let mut live = inspect::inspect_filtered(&mut database, &shown, &target.filters)?;
        if !live.unmanaged.is_empty() {
            context.report.diagnostic(&source::unmanaged(&live.unmanaged, &shown));
        }
        // Both sides are what a server gave back.
        let wanted = source::through_server(&code.schema, target.dialect, scratch.as_ref())?;
        let schema = target.filters.apply(wanted.schema, target.dialect);
        let mut wanted = Code { schema, ..code };
        let spoken = dialect::named(target.dialect);
        spoken.align(&mut live.schema, &mut wanted.schema);
        let mut decisions =
            Decisions::new(self.answers.clone(), None, &target, &wanted, &live.schema)?
                .for_command("push");
        decisions.answer_questions(context)?;
        let plan = decisions.plan()?;
        if plan.batches.is_empty() {
            context.report.status(
                "Finished",
                "nothing to do, the database has everything that the structs say",
            );
            return Ok(Exit::Done);
        }
        let asked =
            dialect::probes(&live.schema, decisions.diff(), &decisions.hints, target.dialect);
        let stops = probes::ask(context, database.driver.as_mut(), &asked);
        let plan = decisions.decide(context, plan)?;
        for change in plan.batches.iter().flat_map(|batch| &batch.changes) {
            context.report.detail(describe::line(change));
        }
        if self.dry_run {
            for batch in &plan.batches {
                let script = dialect::script(std::slice::from_ref(batch), Direction::Up, spoken);
                context.report.data(&script.text);
            }
            return Ok(Exit::Done);
        }
        if !stops.is_empty() {
            return Err(Failure::problems(stops).summary("nothing was executed"));
        }
        self.execute(context, &target, &mut database, &plan.batches)
    }

    /// Runs the plan under the lock of the migrators, with its scripts in a folder that goes away.
    fn execute(
        &self,
        context: &mut Context<'_>,
        target: &crate::Target,
        database: &mut Database,
        batches: &[Batch],
    ) -> Result<Exit, Failure> {
        let spoken = dialect::named(target.dialect);
        let folder = tempfile::tempdir().map_err(|error| Failure::Other(error.into()))?;
        let mut parents = Vec::new();
        let mut new = Vec::new();
        for batch in batches {
            let id = store::new_id(clock::now(), "push", &parents, |_| false);
            let script = dialect::script(std::slice::from_ref(batch), Direction::Up, spoken);
            let texts =
                dbkit_build::write::MigrationTexts { up: script.text, down: None, changes: None };
            new.push(NewMigration { id: id.clone(), texts, parents });
            parents = vec![id];
        }
        let place = crate::Target { migrations: folder.path().to_owned(), ..target.clone() };
        let empty = dbkit_build::journal::Journal::new(Vec::new());
        store::add(&place.migrations, &empty, &new)?;
        let ledger = crate::ledger::Ledger::read(&place);
        let migrations: Migrations = runs::migrations(&ledger)?;
        let shown = database.shown.clone();
        migrations
            .runner()
            .lock_wait(Duration::from_secs(self.lock_wait))
            .run_unrecorded(&mut *database.driver)
            .map_err(|error| runs::failure(&error, &ledger, &shown, runs::Way::Up, None))?;
        let changes: usize = batches.iter().map(|batch| batch.changes.len()).sum();
        context.report.object("pushed", json!({ "changes": changes }));
        context.report.status(
            "Finished",
            format_args!(
                "{}, the database has everything that the structs say",
                spelling::count(changes, "change")
            ),
        );
        Ok(Exit::Done)
    }
}
