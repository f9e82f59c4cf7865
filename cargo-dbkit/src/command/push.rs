//! `cargo dbkit push`: brings a database to what the code says, without a migration. For databases of development.
//!
//! The rows that are there are asked first: what would stop the plan is said before anything is done.

use std::time::Duration;

use dbkit_build::id::MigrationId;
use dbkit_schema::dialect::{self, Direction};
use dbkit_schema::plan::Batch;
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::decide::{AnswerFlags, Decisions};
use crate::engine::Code;
use crate::scratch::ScratchFlags;
use crate::source;
use crate::{Context, Exit, Failure, describe, engine, inspect, probes, spelling, unrecorded};

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
        let site = self.scratch.site(&target)?;
        let code = engine::read_code_on(&project, &target, Some(&site), context.report)?;
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
        let wanted = source::through_server(&code.schema, target.dialect, &site)?;
        let schema = target.filters.apply(wanted.schema, target.dialect);
        let mut wanted = Code { schema, ..code };
        let spoken = dialect::named(target.dialect);
        spoken.align(&mut live.schema, &mut wanted.schema);
        let mut decisions =
            Decisions::new(self.answers.clone(), None, &target, &mut wanted, &live.schema)?
                .for_command("push");
        decisions.answer_questions(context)?;
        let plan = decisions.plan();
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
        let mut plan = decisions.decide(context, plan)?;
        let ids = unrecorded::ids("push", plan.batches.len());
        if decisions.preserves() {
            let stamps: Vec<String> = ids.iter().map(|id| id.time().to_owned()).collect();
            engine::keep(&live.schema, &mut plan.batches, &stamps, target.dialect);
        }
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
        self.execute(context, &target, &mut database, ids, &plan.batches)
    }

    /// Runs the plan.
    fn execute(
        &self,
        context: &mut Context<'_>,
        target: &crate::Target,
        database: &mut Database,
        ids: Vec<MigrationId>,
        batches: &[Batch],
    ) -> Result<Exit, Failure> {
        let spoken = dialect::named(target.dialect);
        let text = |batch| dialect::script(std::slice::from_ref(batch), Direction::Up, spoken).text;
        let scripts = ids.into_iter().zip(batches.iter().map(text)).collect();
        unrecorded::run(target, database, scripts, Duration::from_secs(self.lock_wait))?;
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
