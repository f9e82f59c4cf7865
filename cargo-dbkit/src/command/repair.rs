//! `cargo dbkit repair`: tells the history what only a person can know, and the log why.

use std::time::Duration;

use dbkit_runtime::{Repair as Told, Resolution};
use dbkit_schema::diagnostic::Diagnostic;
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::runs::{self, Way};
use crate::{Context, Exit, Failure, history};

/// Tell the history what became of a migration that failed or is in doubt
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true))]
pub(crate) struct Repair {
    /// The migration: its id, or a part of it
    #[arg(required_unless_present = "accept_history")]
    id: Option<String>,
    /// Its next statement took effect, or was done by hand: the next run goes on after it
    #[arg(long, group = "what")]
    done: bool,
    /// Its next statement did not take effect: the next run executes it
    #[arg(long, group = "what")]
    not_done: bool,
    /// The rest of it was done by hand
    #[arg(long, group = "what")]
    finished: bool,
    /// What it did was undone by hand
    #[arg(long, group = "what")]
    undone: bool,
    /// It was edited after it ran, and the database has what it says now
    #[arg(long, group = "what")]
    accept_edit: bool,
    /// History and log are right as they are, although dbkit has not written them so
    #[arg(long, group = "what")]
    accept_history: bool,
    /// Why, for the log
    #[arg(long, value_name = "TEXT", default_value = "no reason given", hide_default_value = true)]
    reason: String,
    /// Also if the catalog of the database says otherwise
    #[arg(long)]
    force: bool,
    /// How long to wait for another migrator
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    lock_wait: u64,
}

impl Repair {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::open(&target, context.report)?;
        let address = database::address(&target)?;
        let patience = Duration::from_secs(self.lock_wait);
        let mut database = Database::open_patiently(&address, Missing::Refuse, patience)?;
        let version = database.version();
        context.report.status("Connecting", format_args!("{} ({version})", database.shown));
        let id = match &self.id {
            Some(wanted) => self.find(wanted, &ledger, &mut database)?,
            None => String::new(),
        };
        let told = Told {
            id: id.clone(),
            resolution: self.resolution(),
            reason: self.reason.clone(),
            is_forced: self.force,
        };
        let migrations = runs::migrations(&ledger)?;
        let shown = database.shown.clone();
        let report = &mut *context.report;
        migrations
            .runner()
            .lock_wait(patience)
            .applied_by(runs::who())
            .on_event(|event| runs::event(report, event))
            .repair(&mut *database.driver, &told)
            .map_err(|error| runs::failure(&error, &ledger, &shown, Way::Up, None))?;
        let rows = history::rows(&ledger, &mut database)?;
        let now = rows.iter().find(|row| row.id == id).map(|row| {
            let done =
                format!("{} of {} statements done", row.statements_done, row.statements_total);
            (format!("{:?}", row.status).to_lowercase(), done)
        });
        context.report.object(
            "repaired",
            json!({ "id": self.id.as_ref().map(|_| &id), "status": now.as_ref().map(|(status, _)| status) }),
        );
        match now {
            Some((status, done)) => {
                context.report.status("Repaired", format_args!("{id}: {status}, {done}"));
                context.report.next("`cargo dbkit status` shows the rest");
            }
            None => context.report.status("Repaired", "the chain of the log begins anew"),
        }
        Ok(Exit::Done)
    }

    /// A migration of the folder, or one that only the database knows.
    fn find(
        &self,
        wanted: &str,
        ledger: &Ledger,
        database: &mut Database,
    ) -> Result<String, Failure> {
        let rows = history::rows(ledger, database)?;
        let known: Vec<&str> =
            rows.iter().map(|row| row.id.as_str()).filter(|id| id.contains(wanted)).collect();
        match known.as_slice() {
            [one] => Ok((*one).to_owned()),
            _ if known.contains(&wanted) => Ok(wanted.to_owned()),
            [] => Err(Diagnostic::error(
                "DBK0519",
                format!("{} has no row for a migration like `{wanted}`", database.shown),
            )
            .help("`cargo dbkit status` lists them")
            .into()),
            several => {
                Err(Diagnostic::error("DBK0012", format!("`{wanted}` is part of several ids"))
                    .note(several.join(", "))
                    .into())
            }
        }
    }

    fn resolution(&self) -> Resolution {
        if self.done {
            Resolution::StatementDone
        } else if self.not_done {
            Resolution::StatementNotDone
        } else if self.finished {
            Resolution::Done
        } else if self.undone {
            Resolution::Undone
        } else if self.accept_edit {
            Resolution::AcceptEdit
        } else {
            Resolution::AcceptHistory
        }
    }
}
