//! `cargo dbkit squash`: makes one migration of many, with proof on a scratch database.

use serde_json::json;

use crate::ledger::Ledger;
use crate::scratch::ScratchFlags;
use crate::squash;
use crate::{Context, Exit, Failure, naming, spelling, store};

/// Make one migration of many, with proof that it makes the same
#[derive(Debug, clap::Args)]
pub(crate) struct Squash {
    /// Up to this one: its id, or a part of it; by default all
    #[arg(long, value_name = "ID")]
    to: Option<String>,
    /// What the migration is called
    #[arg(long, value_name = "NAME", default_value = "squashed")]
    name: String,
    /// Write nothing; print the SQL
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    scratch: ScratchFlags,
}

impl Squash {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::open(&target, context.report)?;
        ledger.head()?;
        let last = match &self.to {
            Some(wanted) => Some(ledger.find(wanted)?.id.clone()),
            None => ledger.journal().order().last().map(|entry| entry.id.clone()),
        };
        let old = last.map(|last| squash::up_to(&ledger, &last)).unwrap_or_default();
        if old.len() < 2 {
            context
                .report
                .status("Finished", "nothing to do, there are no two migrations to squash");
            return Ok(Exit::Done);
        }
        let site = self.scratch.site(&target)?;
        let count = spelling::count(old.len(), "migration");
        context.report.status("Squashing", format_args!("{count}, on a scratch database"));
        let slug = naming::slug(&self.name);
        let squashed = squash::squash(&ledger, &old, &slug, target.dialect, &site, context.report)?;
        let id = squashed.new.id.clone();
        context.report.object(
            "squashed",
            json!({
                "id": id.as_str(),
                "replaces": old.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
                "rows": squashed.rows,
            }),
        );
        if self.dry_run {
            context.report.data(&squashed.new.texts.up);
            return Ok(Exit::Done);
        }
        store::squash(
            &ledger.path,
            squashed.ledger.journal(),
            &squashed.new,
            &squashed.replaces,
            &old,
        )?;
        let rows = match squashed.rows {
            0 => String::new(),
            count => format!(" and {}", spelling::count(count, "row")),
        };
        context.report.status(
            "Squashed",
            format_args!(
                "{}  of {count}, proved to make the same schema{rows}",
                ledger.file(&id, "up.sql")
            ),
        );
        context.report.note(
            "a database that has run them all does not run it; one that has run a part of them runs the rest first, by the version before this",
        );
        Ok(Exit::Done)
    }
}
