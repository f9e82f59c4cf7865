//! `cargo dbkit verify`: proves the migrations on a scratch database.

use serde_json::json;

use crate::ledger::Ledger;
use crate::scratch::ScratchFlags;
use crate::verify::{self, Options};
use crate::{Context, Exit, Failure, spelling};

/// Prove the migrations on a scratch database: up, down, up again, with rows in the tables
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// Look at the last migrations only; those before them run without a look
    #[arg(long, value_name = "NUMBER")]
    last: Option<usize>,
    /// Put no rows into the tables
    #[arg(long)]
    without_rows: bool,
    #[command(flatten)]
    scratch: ScratchFlags,
}

impl Verify {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::open(&target, context.report)?;
        let collisions = ledger.collisions();
        if !collisions.is_empty() {
            return Err(Failure::problems(collisions).summary("nothing was executed"));
        }
        let options = Options {
            site: self.scratch.site(&target)?,
            last: self.last,
            is_without_rows: self.without_rows,
        };
        let total = ledger.journal().entries().len();
        context.report.status(
            "Verifying",
            format_args!("{} on a scratch database", spelling::count(total, "migration")),
        );
        let outcome = verify::verify(&ledger, target.dialect, &options, context.report)?;
        context.report.diagnostics(&outcome.warnings);
        context.report.diagnostics(&outcome.findings);
        context.report.object(
            "verified",
            json!({
                "migrations": outcome.migrations,
                "ways_back": outcome.ways_back,
                "rows": outcome.rows,
                "findings": outcome.findings.len(),
                "own_rows": outcome.own_rows.iter().map(|(table, count)| json!({ "table": table, "count": count })).collect::<Vec<_>>(),
            }),
        );
        if !outcome.findings.is_empty() {
            context.report.last_error(&format!(
                "{} in {}",
                spelling::count(outcome.findings.len(), "finding"),
                spelling::count(outcome.migrations, "migration")
            ));
            return Ok(Exit::No);
        }
        if !outcome.own_rows.is_empty() {
            let tables: Vec<&str> =
                outcome.own_rows.iter().map(|(table, _)| table.as_str()).collect();
            context.report.note(format_args!(
                "the migrations themselves put rows into {}; a database that is made in one go has none",
                spelling::list(&tables)
            ));
        }
        let rows = match outcome.rows {
            0 => String::new(),
            count => format!("; {} kept", spelling::count(count, "row")),
        };
        context.report.status(
            "Verified",
            format_args!(
                "{} up, {} down and up again{rows}; made in one go it is the same schema",
                outcome.migrations, outcome.ways_back
            ),
        );
        Ok(Exit::Done)
    }
}
