//! `cargo dbkit amend`: records an edit of a migration that no database has applied.

use dbkit_build::canonical::Hash;
use dbkit_build::folder::MigrationFiles;
use dbkit_build::id::MigrationId;
use dbkit_build::journal::Entry;
use dbkit_schema::diagnostic::Diagnostic;
use serde_json::json;

use crate::history::{self, Asked};
use crate::ledger::{self, Ledger};
use crate::project::Target;
use crate::scratch::ScratchFlags;
use crate::verify::{self, Restated};
use crate::{Context, Exit, Failure, describe, runs, spelling, store};

/// Record an edit of a migration that no database has applied
#[derive(Debug, clap::Args)]
pub(crate) struct Amend {
    /// Which one: its id, or a part of it
    id: String,
    /// The SQL gives something a new name: users=people, users.name=full_name
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
    #[command(flatten)]
    scratch: ScratchFlags,
}

impl Amend {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::read(&target);
        let names: Vec<&str> =
            ledger.folder.migrations.iter().map(|files| files.name.as_str()).collect();
        let wanted = self.id.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let name = ledger::pick(wanted, names)?;
        let id: MigrationId = name.parse().map_err(|error| {
            Failure::from(
                Diagnostic::error("DBK0205", error).help("rename the folder, then run this again"),
            )
        })?;
        // What is wrong with this migration is what is being amended, unless its text cannot be used at all.
        let is_ours = |problem: &Diagnostic| {
            problem.file.as_deref().is_some_and(|file| file.contains(id.as_str()))
                && matches!(problem.code, "DBK0203" | "DBK0204" | "DBK0205")
        };
        let others: Vec<Diagnostic> = ledger
            .problems
            .iter()
            .filter(|problem| problem.is_error() && !is_ours(problem))
            .cloned()
            .collect();
        if !others.is_empty() {
            return Err(Failure::problems(others));
        }
        let Some(files) = ledger.folder.migration(id.as_str()) else {
            unreachable!("the id was picked from the folder")
        };
        let mut found = entry(&ledger, &id, files)?;
        let recorded = ledger.journal().entry(&id);
        let restated = self.restate(context, &target, &ledger.with(found.clone(), None), &id)?;
        let on_disk = found.clone();
        if let Restated::Otherwise { delta, .. } = &restated {
            let text = (!delta.is_empty()).then(|| delta.to_text());
            found.changes = text.map(|text| Hash::of(text.as_bytes()));
        }
        if recorded == Some(&found) && found == on_disk {
            context.report.status("Finished", format_args!("nothing to do, `{id}` is as recorded"));
            return Ok(Exit::Done);
        }
        match history::ask(context, &target, &ledger, &id)? {
            Asked::Applied(shown) => {
                return Err(Diagnostic::error("DBK0020", format!("`{id}` is applied in {shown}"))
                    .note("the database will not run it again, so it would differ from new ones")
                    .help(format!(
                        "restore it with `git restore {}/{id}` and put the change into its own migration",
                        ledger.folder.path
                    ))
                    .help("or take it back first: `cargo dbkit rollback`")
                    .into());
            }
            Asked::Begun(shown) => {
                return Err(Diagnostic::error(
                    "DBK0020",
                    format!("`{id}` has run in part in {shown}"),
                )
                .note("what was executed could not be told from what is new")
                .help(runs::undo_by_hand(id.as_str()))
                .into());
            }
            Asked::NotApplied(shown) => {
                context.report.verbose("Checked", format_args!("{shown} has not applied it"))
            }
            Asked::NoDatabase(why) => context.report.note(why),
        }
        let mut changed = changed_files(recorded, &found);
        if changed.is_empty() {
            changed.push("changes.json");
        }
        let delta = match &restated {
            Restated::Otherwise { delta, .. } => Some(delta),
            Restated::AsSaid | Restated::Refused(_) => None,
        };
        let amended = ledger.with(found, delta);
        // An edited change must still fit the ones around it.
        amended.schema()?;
        if let Some(delta) = delta {
            store::restate(&ledger.path, &id, delta)?;
        }
        store::record(&ledger.path, amended.journal())?;
        let verb = if recorded.is_some() { "Amended" } else { "Recorded" };
        context
            .report
            .status(verb, format_args!("{id}  {}", spelling::list(&changed).replace('`', "")));
        context.report.object(
            "amended",
            json!({ "id": id.as_str(), "files": changed, "is_new": recorded.is_none() }),
        );
        if let Restated::Otherwise { differences, .. } = &restated {
            for change in differences {
                context.report.detail(describe::line(change));
            }
        }
        context.report.next("`cargo dbkit migrate`");
        Ok(Exit::Done)
    }
}

impl Amend {
    /// Runs it on a scratch database, to see what it changes. Where there is none, that is said, and changes.json stays.
    fn restate(
        &self,
        context: &mut Context<'_>,
        target: &Target,
        ledger: &Ledger,
        id: &MigrationId,
    ) -> Result<Restated, Failure> {
        context.report.progress(&format!("{id} on a scratch database"));
        let site = self.scratch.site(target)?;
        let tried = verify::restate(ledger, id, target.dialect, &site, &self.rename);
        context.report.end_progress();
        match tried {
            Ok(Restated::Refused(problems)) => {
                for problem in &problems {
                    context.report.diagnostic(&refused(id, problem));
                }
                Ok(Restated::Refused(problems))
            }
            Err(Failure::Problems { problems, .. })
                if problems.iter().all(|problem| matches!(problem.code, "DBK0015" | "DBK0008")) =>
            {
                let why = problems.first().map_or("", |problem| problem.message.as_str());
                context.report.note(format_args!(
                    "nobody has looked whether changes.json says what up.sql does: {why}"
                ));
                Ok(Restated::AsSaid)
            }
            other => other,
        }
    }
}

/// It is recorded all the same: a script may want rows that only the real database has.
fn refused(id: &MigrationId, problem: &Diagnostic) -> Diagnostic {
    let mut warning = Diagnostic::warning(
        "DBK0608",
        format!("`{id}` fails on a scratch database, so that changes.json stays as it is"),
    );
    warning.labels.clone_from(&problem.labels);
    warning.file.clone_from(&problem.file);
    warning.note(&problem.message)
}

/// The line that fits the files as they are.
fn entry(ledger: &Ledger, id: &MigrationId, files: &MigrationFiles) -> Result<Entry, Failure> {
    let mut problems = Vec::new();
    for name in ["up.sql", "down.sql", "changes.json"] {
        let bytes = match name {
            "up.sql" => files.up.as_deref(),
            "down.sql" => files.down.as_deref(),
            _ => files.changes.as_deref(),
        };
        let file = ledger.file(id, name);
        let Some(bytes) = bytes else {
            if name == "up.sql" {
                problems.push(
                    Diagnostic::error("DBK0204", format!("migration `{id}` has no up.sql"))
                        .in_file(file),
                );
            }
            continue;
        };
        match std::str::from_utf8(bytes) {
            Err(error) => problems.push(
                Diagnostic::error(
                    "DBK0210",
                    format!("`{file}` is not UTF-8 (byte {})", error.valid_up_to()),
                )
                .in_file(&file)
                .help("save the file as UTF-8"),
            ),
            Ok(text) if name != "changes.json" => {
                if let Err(open) = dbkit_build::split::split(text, ledger.flavor) {
                    problems.push(
                        Diagnostic::error("DBK0211", format!("{} does not end", open.what)).at(
                            dbkit_schema::diagnostic::Span {
                                file,
                                range: open.offset..open.offset + 1,
                            },
                            "opened here",
                        ),
                    );
                }
            }
            Ok(_) => {}
        }
    }
    if !problems.is_empty() {
        return Err(Failure::problems(problems));
    }
    let parents = match ledger.journal().entry(id) {
        Some(recorded) => recorded.parents.clone(),
        None => new_parents(ledger, id)?,
    };
    let hash = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(Hash::of);
    Ok(Entry {
        id: id.clone(),
        up: Hash::of(files.up.as_deref().unwrap_or_default()),
        down: hash(&files.down),
        changes: hash(&files.changes),
        parents,
    })
}

/// What a migration that was written by hand follows.
fn new_parents(ledger: &Ledger, id: &MigrationId) -> Result<Vec<MigrationId>, Diagnostic> {
    match ledger.head()? {
        None => Ok(Vec::new()),
        Some(head) if head < *id => Ok(vec![head]),
        Some(head) => Err(Diagnostic::error(
            "DBK0206",
            format!("`{id}` is older than the last migration, `{head}`"),
        )
        .help("give its folder a later time, then run this again")),
    }
}

fn changed_files(recorded: Option<&Entry>, found: &Entry) -> Vec<&'static str> {
    let mut changed = Vec::new();
    if recorded.is_none_or(|entry| entry.up != found.up) {
        changed.push("up.sql");
    }
    if recorded.and_then(|entry| entry.down) != found.down {
        changed.push("down.sql");
    }
    if recorded.and_then(|entry| entry.changes) != found.changes {
        changed.push("changes.json");
    }
    changed
}
