//! `cargo dbkit rollback`: runs the way back of the last migrations.

use std::time::Duration;

use dbkit_build::journal::Journal;
use dbkit_runtime::{HistoryRow, Migrations, Newer, Runner, Target as Goal};
use dbkit_schema::diagnostic::Diagnostic;
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::project::Target;
use crate::runs::{self, Way};
use crate::{Context, Exit, Failure, history, losses, spelling};

/// Run the way back of the last migrations
#[derive(Debug, clap::Args)]
pub(crate) struct Rollback {
    /// Go back to this one, which stays applied: its id, or a part of it
    #[arg(long, value_name = "ID", conflicts_with = "steps")]
    to: Option<String>,
    /// How many to take back
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    steps: usize,
    /// How long to wait for another migrator
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    lock_wait: u64,
    /// Execute nothing; print what would be taken back, what that loses, and the SQL
    #[arg(long)]
    plan: bool,
    /// Go on in spite of it
    #[arg(long, value_enum, value_name = "WHAT")]
    allow: Vec<Allow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Allow {
    /// The way back does not bring back what was lost
    Irreversible,
    /// The database has run migrations that this folder does not have; they stay
    Newer,
    /// down.sql is another one than when the migration was applied
    Edited,
    /// What was written since is lost
    DataLoss,
}

impl Rollback {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::open(&target, context.report)?;
        let goal = match &self.to {
            Some(wanted) => Goal::Id(ledger.find(wanted)?.id.to_string()),
            None => Goal::Steps(self.steps),
        };
        let address = database::address(&target)?;
        let mut database = Database::open_patiently(&address, Missing::Refuse, self.patience())?;
        let version = database.version();
        context.report.status("Connecting", format_args!("{} ({version})", database.shown));
        context.report.object(
            "connected",
            json!({ "database": database.shown, "version": version, "is_new": false }),
        );
        let migrations = runs::migrations(&ledger)?;
        let shown = database.shown.clone();
        let steps = self
            .runner(&migrations, &goal)
            .plan_rollback(&mut *database.driver)
            .map_err(|error| runs::failure(&error, &ledger, &shown, Way::Down, None))?;
        let lost = self.losses(context, &ledger, &migrations, &steps, &target, &mut database)?;
        if self.plan {
            let count = spelling::count(steps.len(), "migration");
            context.report.status("Finished", format_args!("{count} would be rolled back"));
            return Ok(Exit::Done);
        }
        if !lost.is_empty() && !self.allow.contains(&Allow::DataLoss) {
            return Err(Failure::problems(lost)
                .exit(Exit::DecisionNeeded)
                .summary("nothing was executed"));
        }
        let report = &mut *context.report;
        let runner = self
            .runner(&migrations, &goal)
            .applied_by(runs::who())
            .on_event(|event| runs::event(report, event));
        let outcome = runner.rollback(&mut *database.driver);
        context.report.end_progress();
        let done =
            outcome.map_err(|error| runs::failure(&error, &ledger, &shown, Way::Down, None))?;
        let rows = history::rows(&ledger, &mut database)?;
        let applied = |id: &str| rows.iter().any(|row| row.id == id && HistoryRow::is_applied(row));
        let last = migrations.iter().filter(|migration| applied(migration.id())).last();
        let place = match last {
            Some(migration) => format!("the database is at {}", migration.id()),
            None if rows.iter().any(HistoryRow::is_applied) => {
                "no migration of this folder is applied".to_owned()
            }
            None => "no migration is applied".to_owned(),
        };
        let count = match done.rolled_back().len() {
            0 => "nothing to do".to_owned(),
            number => spelling::count(number, "migration"),
        };
        context.report.status("Finished", format_args!("{count}, {place}"));
        Ok(Exit::Done)
    }

    fn runner<'a>(&self, migrations: &'a Migrations, goal: &Goal) -> Runner<'a> {
        let mut runner = migrations.runner().target(goal.clone()).lock_wait(self.patience());
        if self.allow.contains(&Allow::Irreversible) {
            runner = runner.allow_irreversible();
        }
        if self.allow.contains(&Allow::Newer) {
            runner = runner.newer(Newer::Allow);
        }
        if self.allow.contains(&Allow::Edited) {
            runner = runner.allow_edited_down();
        }
        runner
    }

    /// What the way back takes with it; with `--plan`, everything about it is shown.
    fn losses(
        &self,
        context: &mut Context<'_>,
        ledger: &Ledger,
        migrations: &Migrations,
        steps: &[(String, String)],
        target: &Target,
        database: &mut Database,
    ) -> Result<Vec<Diagnostic>, Failure> {
        let rows = history::rows(ledger, database)?;
        let applied = |id: &str| {
            rows.iter().any(|row| row.id == id && (row.is_applied() || row.is_partial()))
        };
        let entries = ledger.journal().entries().iter();
        let journal =
            Journal::new(entries.filter(|entry| applied(entry.id.as_str())).cloned().collect());
        // A folder that does not fold is complained about elsewhere; then nothing can be counted.
        let mut schema = ledger.fold(&journal).ok();
        let mut problems = Vec::new();
        for (id, sql) in steps {
            let Some(migration) = migrations.iter().find(|known| known.id() == id) else {
                continue;
            };
            let (way, before) = losses::look(
                ledger,
                &migration,
                schema.as_ref(),
                target.dialect,
                &mut *database.driver,
            );
            schema = before;
            if self.plan {
                context.report.status(
                    "Plan",
                    format_args!("{id}  {}: {}", way.class.word(), way.class.sentence()),
                );
                for (finding, count) in &way.losses {
                    context.report.note(format_args!("{finding}: {count}"));
                }
                context.report.data(format_args!("-- {id}\n\n{sql}\n"));
                context.report.object(
                    "rollback",
                    json!({
                        "id": id,
                        "class": way.class.word(),
                        "losses": way.losses.iter().map(|(finding, count)| json!({ "finding": finding, "count": count })).collect::<Vec<_>>(),
                        "sql": sql,
                    }),
                );
            } else {
                for (finding, count) in way.losses {
                    problems.push(
                        Diagnostic::error(
                            "DBK0531",
                            format!("the way back of `{id}` loses data: {finding}: {count}"),
                        )
                        .in_file(format!("{}/{id}/down.sql", ledger.folder.path))
                        .help("see all of it: `cargo dbkit rollback --plan`")
                        .help("lose it: `cargo dbkit rollback --allow data-loss`"),
                    );
                }
            }
        }
        Ok(problems)
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.lock_wait)
    }
}
