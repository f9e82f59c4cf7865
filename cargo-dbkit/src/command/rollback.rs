//! `cargo dbkit rollback`: runs the way back of the last migrations.

use std::time::Duration;

use dbkit_runtime::{HistoryRow, Newer, Target as Goal};
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::runs::{self, Way};
use crate::{Context, Exit, Failure, history, spelling};

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
        let report = &mut *context.report;
        let mut runner = migrations
            .runner()
            .target(goal)
            .lock_wait(self.patience())
            .applied_by(runs::who())
            .on_event(|event| runs::event(report, event));
        if self.allow.contains(&Allow::Irreversible) {
            runner = runner.allow_irreversible();
        }
        if self.allow.contains(&Allow::Newer) {
            runner = runner.newer(Newer::Allow);
        }
        if self.allow.contains(&Allow::Edited) {
            runner = runner.allow_edited_down();
        }
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

    fn patience(&self) -> Duration {
        Duration::from_secs(self.lock_wait)
    }
}
