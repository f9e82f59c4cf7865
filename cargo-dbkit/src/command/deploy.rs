//! `cargo dbkit deploy`: looks whether it would go well, copies the database, migrates, and asks the app how it is.

use std::path::PathBuf;
use std::process::Command;

use dbkit_schema::diagnostic::Diagnostic;

use super::backup;
use super::migrate::Migrate;
use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::{Context, Exit, Failure, preflight, runs, spelling};

/// Preflight, backup, migrate, ask the app how it is
#[derive(Debug, clap::Args)]
pub(crate) struct Deploy {
    /// Only look whether it would go well
    #[arg(long)]
    preflight: bool,
    /// Warnings of the preflight stop it too
    #[arg(long)]
    strict: bool,
    /// Restore the backup into a scratch database before anything runs
    #[arg(long, conflicts_with = "no_backup")]
    verify_backup: bool,
    /// Folder of the backup [default: backups]
    #[arg(long, value_name = "FOLDER", conflicts_with = "no_backup")]
    backup_to: Option<PathBuf>,
    /// A command of the shell that makes the backup, a snapshot of the disk for instance
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["no_backup", "verify_backup", "backup_to"])]
    backup_with: Option<String>,
    /// A command of the shell that asks the app how it is, after the migrations
    #[arg(long, value_name = "COMMAND")]
    health: Option<String>,
    #[command(flatten)]
    migrate: Migrate,
}

impl Deploy {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let address = database::address(&target)?;
        let is_absent = database::is_absent(&address);
        let ledger = Ledger::open(&target, context.report)?;
        let migrations = runs::migrations(&ledger)?;
        if !is_absent {
            let mut database = Database::open(&address, Missing::Refuse)?;
            let shown = database.shown.clone();
            let pending = migrations
                .plan(&mut *database.driver)
                .map_err(|error| runs::failure(&error, &ledger, &shown, runs::Way::Up, None))?;
            let found = preflight::look(&address, database.driver.as_mut(), &pending);
            let stops = found.iter().filter(|problem| problem.is_error() || self.strict).count();
            if stops > 0 {
                return Err(Failure::problems(found).summary("nothing was executed"));
            }
            context.report.diagnostics(&found);
            let count = spelling::count(pending.len(), "migration");
            let warnings = match found.len() {
                0 => String::new(),
                number => format!(", {}", spelling::count(number, "warning")),
            };
            context.report.status("Looked", format_args!("{shown}: {count} pending{warnings}"));
            if self.preflight {
                return Ok(Exit::Done);
            }
            if !pending.is_empty() && !self.migrate.refuses_backup() && !self.migrate.is_dry() {
                drop(database);
                match &self.backup_with {
                    Some(command) => snapshot(context, command, &shown)?,
                    None => {
                        let folder = self.backup_to.clone();
                        backup::take(
                            context,
                            &project,
                            &target,
                            &address,
                            folder,
                            self.verify_backup,
                        )?;
                    }
                }
            }
        } else if self.preflight {
            context.report.status("Looked", format_args!("{} does not exist yet", address.shown()));
            return Ok(Exit::Done);
        }
        let is_dry = self.migrate.is_dry();
        let exit = self.migrate.without_backup().run(context)?;
        match self.health {
            Some(command) if exit == Exit::Done && !is_dry => health(context, &command),
            _ => Ok(exit),
        }
    }
}

fn shell(command: &str) -> Command {
    let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    shell.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(command);
    shell
}

/// The backup is somebody else's work; without it nothing runs.
fn snapshot(context: &mut Context<'_>, command: &str, database: &str) -> Result<(), Failure> {
    context.report.progress(command);
    let output = shell(command).env("DBKIT_DATABASE", database).output();
    context.report.end_progress();
    let failed =
        |why: String| Diagnostic::error("DBK0031", format!("`{command}` made no backup: {why}"));
    let output = output.map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        context.report.status("Backed up", format_args!("by `{command}`"));
        return Ok(());
    }
    let code =
        output.status.code().map_or("a signal".to_owned(), |code| format!("exit code {code}"));
    let mut problem = failed(code);
    let said = [output.stdout, output.stderr].concat();
    problem.notes = String::from_utf8_lossy(&said).lines().take(8).map(str::to_owned).collect();
    Err(Failure::from(problem).summary("nothing was executed"))
}

fn health(context: &mut Context<'_>, command: &str) -> Result<Exit, Failure> {
    let output = shell(command).output().map_err(|error| {
        Diagnostic::error("DBK0034", format!("cannot run `{command}`: {error}"))
    })?;
    if output.status.success() {
        context.report.status("Healthy", command);
        return Ok(Exit::Done);
    }
    let code =
        output.status.code().map_or("a signal".to_owned(), |code| format!("exit code {code}"));
    let mut problem =
        Diagnostic::error("DBK0034", format!("the app is not well: `{command}` ended with {code}"));
    let said = [output.stdout, output.stderr].concat();
    problem.notes = String::from_utf8_lossy(&said).lines().take(8).map(str::to_owned).collect();
    Err(Failure::from(
        problem
            .help("mend the app and ask again, or go back: `cargo dbkit rollback`, or `cargo dbkit restore` with the backup"),
    )
    .summary("the migrations are applied"))
}
