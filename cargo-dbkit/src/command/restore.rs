//! `cargo dbkit restore`: puts a backup back.

use std::path::PathBuf;

use dbkit_schema::diagnostic::Diagnostic;
use serde_json::json;

use crate::backup::Backup;
use crate::database::{self, Database, Missing};
use crate::inspect::inspect;
use crate::url::Address;
use crate::{Context, Exit, Failure};

/// Put a backup back
#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The copy that `backup` made
    file: PathBuf,
    /// Only look whether it could be put back
    #[arg(long)]
    check: bool,
    /// What is in the database may go
    #[arg(long, value_enum, value_name = "WHAT")]
    allow: Vec<Allow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Allow {
    /// The database has tables, which are replaced
    Overwrite,
}

impl Restore {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let address = database::address(&target)?;
        let mut backup = Backup::open(&self.file)?;
        if backup.manifest.dialect != target.dialect.to_string() {
            return Err(Diagnostic::error(
                "DBK0010",
                format!(
                    "`{}` is a backup of {}, but the migrations are for {}",
                    self.file.display(),
                    backup.manifest.dialect,
                    target.dialect.title()
                ),
            )
            .into());
        }
        backup.prove(&address.completed()?, crate::backup::Proof::Readable)?;
        let at = backup.manifest.migration.clone().unwrap_or_else(|| "no migration".to_owned());
        context.report.status(
            "Checked",
            format_args!(
                "{} is whole; it is of {}, at {at}",
                self.file.display(),
                backup.manifest.made_at
            ),
        );
        if self.check {
            context.report.status("Finished", "nothing was restored");
            return Ok(Exit::Done);
        }
        self.look(&address)?;
        context.report.progress(&format!("restoring {}", address.shown()));
        let outcome = backup.restore(&address);
        context.report.end_progress();
        outcome?;
        context.report.object(
            "restored",
            json!({ "file": self.file, "database": address.shown(), "migration": backup.manifest.migration }),
        );
        context.report.status("Restored", format_args!("{}, at {at}", address.shown()));
        context.report.next("`cargo dbkit status` says what is pending since");
        Ok(Exit::Done)
    }

    /// What is there is not thrown away unasked.
    fn look(&self, address: &Address) -> Result<(), Failure> {
        if self.allow.contains(&Allow::Overwrite) || database::is_absent(address) {
            return Ok(());
        }
        let mut database = Database::open(address, Missing::Refuse)?;
        let found = inspect(&mut database, &address.shown())?;
        let count = found.schema.tables.len();
        if count == 0 {
            return Ok(());
        }
        Err(Failure::from(
            Diagnostic::error(
                "DBK0035",
                format!(
                    "{} has {}, and what is in them would go",
                    database.shown,
                    crate::spelling::count(count, "table")
                ),
            )
            .help("allow it: `--allow overwrite`")
            .help("take another copy first: `cargo dbkit backup`"),
        )
        .exit(Exit::DecisionNeeded)
        .summary("nothing was restored"))
    }
}
