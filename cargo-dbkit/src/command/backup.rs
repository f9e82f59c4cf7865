//! `cargo dbkit backup`: copies the database into a folder, with a manifest.

use std::path::PathBuf;

use serde_json::json;

use crate::backup::{self, Backup as Copied, Proof};
use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::url::Address;
use crate::{Context, Exit, Failure, Project, Target, history, spelling};

/// Copy the database, with a checksum
#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// Folder of the copy [default: backups]
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// Restore it into a scratch database and compare
    #[arg(long)]
    verify: bool,
}

impl Backup {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let address = database::address(&target)?;
        take(context, &project, &target, &address, self.to, self.verify)?;
        context.report.status("Finished", "the backup can be put back with `cargo dbkit restore`");
        Ok(Exit::Done)
    }
}

/// Makes a backup and says so.
pub(super) fn take(
    context: &mut Context<'_>,
    project: &Project,
    target: &Target,
    address: &Address,
    folder: Option<PathBuf>,
    verify: bool,
) -> Result<Copied, Failure> {
    let ledger = Ledger::read(target);
    let mut database = Database::open(address, Missing::Refuse)?;
    let rows = history::rows(&ledger, &mut database)?;
    let at = rows.iter().filter(|row| row.is_applied()).map(|row| row.id.as_str()).max();
    let folder = folder.unwrap_or_else(|| project.folder.join(backup::FOLDER));
    let proof = if verify { Proof::Restored } else { Proof::Readable };
    context.report.progress(&format!("copying {}", database.shown));
    let made = backup::make(address, &folder, at, proof);
    context.report.end_progress();
    let made = made?;
    let shown = crate::project::show(&made.path);
    let verified = if verify { ", restored and compared" } else { "" };
    context.report.status(
        "Backed up",
        format_args!("{shown} ({}{verified})", spelling::bytes(made.manifest.bytes)),
    );
    context.report.object(
        "backup",
        json!({
            "file": made.path,
            "bytes": made.manifest.bytes,
            "sha256": made.manifest.sha256,
            "migration": made.manifest.migration,
            "is_verified": verify,
        }),
    );
    Ok(made)
}
