//! `cargo dbkit drop`: takes the last migration away, folder and line, unless a database has applied it.

use dbkit_build::id::MigrationId;
use dbkit_schema::diagnostic::Diagnostic;
use serde_json::json;

use crate::history::{self, Asked};
use crate::ledger::Ledger;
use crate::{Context, Exit, Failure, spelling, store};

/// Remove the last migration, if no database has applied it
#[derive(Debug, clap::Args)]
pub(crate) struct Drop {
    /// Which one, where there are several last ones: its id, or a part of it
    id: Option<String>,
}

impl Drop {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        // An edited migration may be dropped; a journal that cannot be read has to be mended first.
        let ledger = Ledger::read(&target);
        let unreadable: Vec<Diagnostic> = ledger
            .problems
            .iter()
            .filter(|problem| matches!(problem.code, "DBK0202" | "DBK0207" | "DBK0208" | "DBK0209"))
            .cloned()
            .collect();
        if !unreadable.is_empty() {
            return Err(Failure::problems(unreadable));
        }
        let Some(id) = self.choose(&ledger)? else {
            context.report.status("Finished", "nothing to do, there is no migration");
            return Ok(Exit::Done);
        };
        match history::ask(context, &target, &ledger, &id)? {
            Asked::Applied(shown) => {
                return Err(Diagnostic::error("DBK0020", format!("`{id}` is applied in {shown}"))
                    .note("without its folder the database could neither be rolled back nor be compared")
                    .help("take it back first: `cargo dbkit rollback`")
                    .into());
            }
            Asked::Begun(shown) => {
                return Err(Diagnostic::error(
                    "DBK0020",
                    format!("`{id}` has run in part in {shown}"),
                )
                .note("without its folder nothing would say what was executed")
                .help("let it finish first: `cargo dbkit migrate`, then `cargo dbkit rollback`")
                .into());
            }
            Asked::NotApplied(shown) => {
                context.report.verbose("Checked", format_args!("{shown} has not applied it"))
            }
            Asked::NoDatabase(why) => context.report.note(why),
        }
        store::remove(&ledger.path, ledger.journal(), &id)?;
        let path = format!("{}/{id}", ledger.folder.path);
        context.report.status("Removed", &path);
        context.report.object("removed", json!({ "id": id.as_str(), "path": path }));
        context
            .report
            .next("`cargo dbkit generate` writes the migration for what the structs say now");
        Ok(Exit::Done)
    }

    fn choose(&self, ledger: &Ledger) -> Result<Option<MigrationId>, Diagnostic> {
        let heads = ledger.journal().heads();
        let Some(wanted) = &self.id else {
            return match heads.as_slice() {
                [] => Ok(None),
                [head] => Ok(Some((*head).clone())),
                several => {
                    let names: Vec<&str> = several.iter().map(|id| id.as_str()).collect();
                    Err(Diagnostic::error(
                        "DBK0201",
                        format!(
                            "{} migrations have no successor: {}",
                            names.len(),
                            spelling::list(&names)
                        ),
                    )
                    .help(format!("say which one: `cargo dbkit drop {}`", names[names.len() - 1])))
                }
            };
        };
        let id = ledger.find(wanted)?.id.clone();
        if heads.contains(&&id) {
            return Ok(Some(id));
        }
        let followers: Vec<&str> = ledger
            .journal()
            .entries()
            .iter()
            .filter(|entry| entry.parents.contains(&id))
            .map(|entry| entry.id.as_str())
            .collect();
        Err(Diagnostic::error(
            "DBK0021",
            format!("`{id}` is followed by {}", spelling::list(&followers)),
        )
        .note("what follows was made on top of it")
        .help(format!(
            "drop what follows first: `cargo dbkit drop {}`",
            followers[followers.len() - 1]
        )))
    }
}
