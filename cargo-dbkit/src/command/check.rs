//! `cargo dbkit check`: do the folder, the journal, the branches and the structs agree? Without a database.

use std::collections::BTreeSet;

use dbkit_build::id::MigrationId;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::diff;
use dbkit_schema::model::Rename;
use serde_json::json;

use crate::engine::{self, Code};
use crate::ledger::Ledger;
use crate::project::Target;
use crate::{Context, Exit, Failure, describe, graph, spelling};

/// Compare folder, journal, branches and structs, without a database
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// Look at the migrations alone, not at the structs
    #[arg(long)]
    no_code: bool,
}

impl Check {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::read(&target);
        // More than one head is answered below, with what the branches touch.
        let mut findings: Vec<Diagnostic> =
            ledger.problems.iter().filter(|problem| problem.code != "DBK0201").cloned().collect();
        let is_sound = !findings.iter().any(Diagnostic::is_error);
        let mut and_code = "";
        if is_sound {
            let collisions = ledger.collisions();
            let do_collide = !collisions.is_empty();
            if do_collide {
                findings.extend(collisions);
            } else {
                findings.extend(heads(&ledger));
            }
            if !self.no_code && !do_collide {
                and_code = " and the structs";
                let code = match engine::read_code(&project, &target, context.report) {
                    Ok(code) => Some(code),
                    Err(Failure::Problems { problems, .. }) => {
                        findings.extend(problems);
                        None
                    }
                    Err(other) => return Err(other),
                };
                if let Some(code) = code {
                    findings.extend(compare(&ledger, &code, &target)?);
                }
            }
        }
        let count = ledger.journal().entries().len();
        let migrations = spelling::count(count, "migration");
        let errors = findings.iter().filter(|finding| finding.is_error()).count();
        let warnings = findings.len() - errors;
        context.report.diagnostics(&findings);
        context.report.object(
            "checked",
            json!({ "migrations": count, "errors": errors, "warnings": warnings }),
        );
        if errors > 0 {
            context.report.last_error(&format!(
                "{} in {migrations}{and_code}",
                spelling::count(errors, "problem")
            ));
            return Ok(Exit::No);
        }
        let outcome = match warnings {
            0 => "no problem".to_owned(),
            number => spelling::count(number, "warning"),
        };
        context.report.status("Checked", format_args!("{migrations}{and_code}: {outcome}"));
        Ok(Exit::Done)
    }
}

/// More than one head, though they do not collide.
fn heads(ledger: &Ledger) -> Option<Diagnostic> {
    let heads: Vec<MigrationId> = ledger.journal().heads().into_iter().cloned().collect();
    let (youngest, _) = heads.split_last().filter(|(_, rest)| !rest.is_empty())?;
    let branches: Vec<Vec<MigrationId>> =
        heads.iter().map(|head| graph::only_behind(ledger.journal(), head)).collect();
    let firsts: Vec<&MigrationId> = branches.iter().filter_map(|branch| branch.first()).collect();
    let before: BTreeSet<&str> = firsts
        .iter()
        .filter_map(|id| ledger.journal().entry(id))
        .flat_map(|entry| &entry.parents)
        .map(MigrationId::as_str)
        .collect();
    let before: Vec<&str> = before.into_iter().collect();
    let after = if before.is_empty() { "nothing".to_owned() } else { spelling::list(&before) };
    let mut problem = Diagnostic::error(
        "DBK0201",
        format!("{} branches of migrations follow {after}", heads.len()),
    )
    .in_file(ledger.journal_file());
    for branch in &branches {
        let names: Vec<&str> = branch.iter().map(MigrationId::as_str).collect();
        let touched = ledger.touched(branch);
        let touched =
            if touched.is_empty() { "SQL of its own".to_owned() } else { spelling::list(&touched) };
        problem = problem.note(format!("{} touches {touched}", spelling::list(&names)));
    }
    Some(
        problem
            .note("they touch different things, so either order gives the same schema")
            .help(format!("put `{youngest}` last: `cargo dbkit rebase`")),
    )
}

/// What the structs say and no migration holds; attributes that have done their work.
fn compare(ledger: &Ledger, code: &Code, target: &Target) -> Result<Vec<Diagnostic>, Failure> {
    let from = ledger.schema()?;
    let mut findings = Vec::new();
    let sorted = diff::usable(&from, &code.hints.renames);
    let mut hints = code.hints.clone();
    hints.renames = sorted.usable;
    let changes = engine::compare(&from, code, &hints, target.dialect)?.diff.changes;
    if !changes.is_empty() {
        let mut problem = Diagnostic::error(
            "DBK0022",
            format!(
                "the structs have {} that no migration holds",
                spelling::count(changes.len(), "change")
            ),
        );
        problem.file = code.files.first().cloned();
        for change in changes.iter().take(10) {
            problem = problem.note(describe::line(change).to_string());
        }
        if changes.len() > 10 {
            problem = problem.note(format!("and {} more", changes.len() - 10));
        }
        findings.push(problem.help("write them: `cargo dbkit generate`"));
    }
    for rename in &sorted.stale {
        findings.push(stale(rename, code));
    }
    Ok(findings)
}

fn stale(rename: &Rename, code: &Code) -> Diagnostic {
    let (entity, from) = engine::renamed(rename);
    let problem = Diagnostic::warning(
        "DBK0303",
        format!("`renamed_from = \"{from}\"` of `{entity}` has done its work"),
    );
    code.at(problem, &entity, "").help("delete the attribute")
}
