//! `cargo dbkit diff`: what lies between any two sources of a schema.

use dbkit_schema::diagnostic::{Diagnostic, Severity};
use dbkit_schema::dialect::{self, Direction};
use dbkit_schema::diff;
use dbkit_schema::model::{DialectName, EntityKind, Hints, Schema};
use dbkit_schema::plan::{Action, Batch};
use serde_json::json;

use crate::source::{self, Source};
use crate::{Context, Exit, Failure, describe, engine, spelling};

/// Show what lies between two schemas
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Diff {
    /// From: a URL, a .sql file or folder, a .json export, `code`, `migrations` or `migrations@ID`
    from: String,
    /// To: the same
    to: String,
    /// As what
    #[arg(long, value_enum, default_value_t = Format::Summary)]
    format: Format,
    /// Exit with 100 when they differ
    #[arg(long)]
    exit_code: bool,
    /// Something has a new name: users=people, users.name=full_name
    #[arg(long, value_name = "OLD=NEW")]
    rename: Vec<String>,
    /// The dialect, where neither side says it: postgres, sqlite or mysql
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<String>,
    /// A server on which dbkit may make and drop databases
    #[arg(long, value_name = "URL", env = "DBKIT_SCRATCH_URL", hide_env = true)]
    scratch_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for each change
    Summary,
    /// The statements that lead from one to the other
    Sql,
    /// The changes and statements as one JSON object
    Json,
}

impl Diff {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let from = source::parse(&self.from, context.report)?;
        let to = source::parse(&self.to, context.report)?;
        let said = source::Said {
            dialect: self.dialect.as_deref(),
            scratch_url: self.scratch_url.as_deref(),
        };
        let dialect = said.dialect(context, &[&from, &to])?;
        let site = said.site(context, dialect, &[&from, &to])?;
        // Against what a server gave back only what a server gave back can be compared.
        let is_read = |source: &Source| matches!(source, Source::Database(_) | Source::Sql(_));
        let is_through_server = is_read(&from) || is_read(&to);
        let mut before = from.read(context, dialect, &site, is_through_server)?;
        let mut after = to.read(context, dialect, &site, is_through_server)?;
        for (found, text) in [(&before, &self.from), (&after, &self.to)] {
            if !found.unmanaged.is_empty() {
                context.report.diagnostic(&source::unmanaged(&found.unmanaged, text));
            }
        }
        let (hints, unused) = self.hints(&before.schema, &after.schema)?;
        let spoken = dialect::named(dialect);
        spoken.align(&mut before.schema, &mut after.schema);
        let plan = dialect::compare(&before.schema, &after.schema, &hints, spoken).plan;
        // A rename that fits nothing may be misspelled, and then something is dropped that should have been kept.
        let loses_something = plan.decisions.iter().any(|decision| decision.code == "DBK0401");
        if loses_something && !unused.is_empty() {
            return Err(Failure::problems(unused));
        }
        for mut problem in unused {
            problem.severity = Severity::Warning;
            context
                .report
                .diagnostic(&problem.note("nothing is lost without it, so it is not used"));
        }
        for decision in &plan.decisions {
            context.report.note(&decision.message);
        }
        let refused: Vec<Diagnostic> = plan
            .decisions
            .iter()
            .filter(|decision| decision.allow.is_none())
            .map(|decision| {
                decision.helps.iter().fold(
                    Diagnostic::error(decision.code, decision.message.clone()),
                    |problem, help| problem.help(help.clone()),
                )
            })
            .collect();
        if !refused.is_empty() {
            return Err(Failure::problems(refused).exit(Exit::DecisionNeeded));
        }
        self.print(context, &plan.batches, dialect);
        let differs = !plan.batches.is_empty();
        Ok(if differs && self.exit_code { Exit::No } else { Exit::Done })
    }

    fn print(&self, context: &mut Context<'_>, batches: &[Batch], dialect: DialectName) {
        let changes: Vec<_> =
            batches.iter().flat_map(|batch| &batch.changes).map(describe::line).collect();
        let statements = statements(batches, dialect);
        context.report.object(
            "diff",
            json!({
                "changes": changes
                    .iter()
                    .map(|line| json!({ "sign": line.sign.to_string(), "what": line.what, "detail": line.detail }))
                    .collect::<Vec<_>>(),
                "statements": statements,
            }),
        );
        match self.format {
            Format::Summary if changes.is_empty() => {
                context.report.status("Finished", "nothing lies between them");
            }
            Format::Summary => {
                for line in &changes {
                    context.report.data(format_args!("{line}\n"));
                }
                context.report.status("Finished", spelling::count(changes.len(), "change"));
            }
            Format::Sql => {
                if !batches.is_empty() {
                    context.report.data(script(batches, dialect));
                }
            }
            Format::Json => {
                let text = json!({
                    "changes": changes
                        .iter()
                        .map(|line| json!({ "sign": line.sign.to_string(), "what": line.what, "detail": line.detail }))
                        .collect::<Vec<_>>(),
                    "statements": statements,
                });
                if !context.report.is_json() {
                    context.report.data(format_args!("{text:#}\n"));
                }
            }
        }
    }

    /// The renames, and those that fit nothing.
    fn hints(&self, before: &Schema, after: &Schema) -> Result<(Hints, Vec<Diagnostic>), Failure> {
        let mut hints = Hints::default();
        let (mut problems, mut unused) = (Vec::new(), Vec::new());
        // Objects first: a member may be named by the new name of what it belongs to.
        let mut open: Vec<&String> = self.rename.iter().collect();
        open.sort_by_key(|text| text.split('=').next().unwrap_or_default().contains('.'));
        // What is named by its new name is found once that is known, in whatever order they are given.
        loop {
            let known = hints.renames.len();
            open.retain(|text| match diff::parse_rename(text, before, after, &hints.renames) {
                Ok(rename) => {
                    hints.renames.push(rename);
                    false
                }
                Err(_) => true,
            });
            if hints.renames.len() == known {
                break;
            }
        }
        for text in open {
            // The same command may be given again: then both sides know it by its new name only.
            if is_renamed(text, before, after) {
                continue;
            }
            match diff::parse_rename(text, before, after, &hints.renames) {
                Err(problem) if diff::split_rename(text).is_some() => unused.push(problem),
                Err(problem) => problems.push(problem),
                Ok(_) => {}
            }
        }
        if problems.is_empty() { Ok((hints, unused)) } else { Err(Failure::problems(problems)) }
    }
}

/// Whether something has its new name on both sides.
fn is_renamed(text: &str, before: &Schema, after: &Schema) -> bool {
    let Some((old, new)) = diff::split_rename(text) else { return false };
    let is_there =
        |name: &str| diff::parse_rename(&format!("{name}={name}"), before, after, &[]).is_ok();
    match (diff::scope(old), diff::scope(new)) {
        (Some(scope), None) => is_there(&format!("{scope}.{}", new.trim())),
        _ => is_there(new.trim()),
    }
}

fn statements(batches: &[Batch], dialect: DialectName) -> Vec<String> {
    let spoken = dialect::named(dialect);
    batches
        .iter()
        .flat_map(|batch| {
            dialect::script(std::slice::from_ref(batch), Direction::Up, spoken).statements
        })
        .map(|statement| statement.sql)
        .collect()
}

/// The statements as a client's shell takes them.
fn script(batches: &[Batch], dialect: DialectName) -> String {
    let mut text = String::new();
    if dialect == DialectName::Postgres && batches.iter().any(makes_distant_routine) {
        text.push_str(
            "-- Routines find what they name by the search path of their callers.\nSET check_function_bodies = off;\n\n",
        );
    }
    for batch in batches {
        let (before, after) = around(batch, dialect);
        text.push_str(before);
        text.push_str(&engine::client_script(std::slice::from_ref(batch), dialect));
        text.push('\n');
        text.push_str(after);
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Whether a batch makes a routine outside of `public`, whose body may name things of its own schema only by their last name.
fn makes_distant_routine(batch: &Batch) -> bool {
    batch.steps.iter().any(|step| match &*step.action {
        Action::CreateObject(object) | Action::AlterObject { to: object, .. } => {
            matches!(object.id.kind, EntityKind::Function | EntityKind::Procedure)
                && object.id.object.schema.is_some()
        }
        _ => false,
    })
}

/// What the runner would do before and after the statements of a batch. A whole SQLite batch is one transaction.
fn around(batch: &Batch, dialect: DialectName) -> (&'static str, &'static str) {
    match (dialect, batch.without_foreign_keys) {
        (DialectName::Sqlite, true) => (
            "-- Stop at the first error: `sqlite3 -bail`.\nPRAGMA foreign_keys = OFF;\n\nBEGIN IMMEDIATE;\n\n",
            "COMMIT;\n\nPRAGMA foreign_keys = ON;\n\n",
        ),
        (DialectName::Sqlite, false) => ("BEGIN IMMEDIATE;\n\n", "COMMIT;\n\n"),
        (DialectName::Postgres | DialectName::Mysql, _) => ("", ""),
    }
}
