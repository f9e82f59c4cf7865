//! `cargo dbkit status`: what is applied, pending, failed, edited or unknown. Without a database, what the folder says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use comfy_table::{Table, presets};
use dbkit_runtime::{Direction, HistoryRow, Status as RowStatus};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::diff;
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::project::Target;
use crate::replicas::Replica;
use crate::{Context, Exit, Failure, Project, engine, history, spelling};

/// Show what is applied, pending, failed or edited
#[derive(Debug, clap::Args)]
pub(crate) struct Status {
    /// Look again and again, every so many seconds
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2")]
    watch: Option<u64>,
    /// With --watch: how often
    #[arg(long, value_name = "NUMBER", requires = "watch")]
    times: Option<u64>,
    /// Write figures for Prometheus's textfile collector
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
}

/// One line of the table.
struct Row {
    id: String,
    /// One word, for counting and for programs.
    state: &'static str,
    /// The same with what there is to add, for people.
    shown: String,
    moment: String,
    /// Its way back has begun and not ended.
    is_going_back: bool,
}

impl Status {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let Some(seconds) = self.watch else { return self.look(context) };
        let mut left = self.times;
        loop {
            context.report.clear();
            self.look(context)?;
            left = left.map(|left| left.saturating_sub(1));
            if left == Some(0) {
                return Ok(Exit::Done);
            }
            std::thread::sleep(Duration::from_secs(seconds.max(1)));
        }
    }

    fn look(&self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::read(&target);
        let Asked { database, history: found, replicas } = ask(context, &target, &ledger)?;
        let rows = rows(&ledger, found.as_deref());
        if let (Some(path), Some(history)) = (&self.metrics, &found) {
            Metrics {
                database: target.name.as_deref().unwrap_or_default(),
                set: &target.set,
                history,
                pending: rows.iter().filter(|row| row.state == "pending").count(),
                run: None,
            }
            .write(path)?;
        }
        self.print(context, &ledger, &rows, found.is_some());
        for replica in &replicas {
            let (name, behind) = (&replica.name, replica.shown());
            context.report.status("Replica", format_args!("{name} is {behind} behind"));
        }
        context.report.object(
            "status",
            json!({
                "database": database,
                "journal": ledger.journal_file(),
                "replicas": replicas.iter().map(Replica::to_json).collect::<Vec<_>>(),
                "migrations": rows
                    .iter()
                    .map(|row| json!({
                        "id": row.id,
                        "state": row.state,
                        "shown": row.shown,
                        "at": Some(&row.moment).filter(|moment| !moment.is_empty()),
                    }))
                    .collect::<Vec<_>>(),
            }),
        );
        context.report.diagnostics(&ledger.problems);
        let errors = ledger.problems.iter().filter(|problem| problem.is_error()).count();
        let code = if errors == 0 { self.code(context, &project, &target, &ledger) } else { None };
        let mut counts: Vec<String> = Vec::new();
        let mut by_state: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &rows {
            *by_state.entry(row.state).or_default() += 1;
        }
        for (state, count) in &by_state {
            counts.push(format!("{count} {state}"));
        }
        let migrations =
            if counts.is_empty() { "no migration".to_owned() } else { counts.join(", ") };
        let code = code.map_or_else(String::new, |code| format!("; {code}"));
        context.report.status("Finished", format_args!("{migrations}{code}"));
        let has = |state: &str| by_state.contains_key(state);
        if errors > 0 {
            context.report.next("`cargo dbkit check` tells more");
        } else if rows.iter().any(|row| row.is_going_back) {
            context.report.next("`cargo dbkit rollback` finishes the way back that has begun");
        } else if found.is_some() && (has("pending") || has("failed") || has("rolled back")) {
            context.report.next("`cargo dbkit migrate` (or `--dry-run` to see the SQL)");
        }
        Ok(Exit::Done)
    }

    fn print(&self, context: &mut Context<'_>, ledger: &Ledger, rows: &[Row], is_asked: bool) {
        if rows.is_empty() {
            context.report.note(format_args!("{} has no migration yet", ledger.journal_file()));
            return;
        }
        let mut table = Table::new();
        table.load_style(presets::UTF8_FULL_CONDENSED);
        if is_asked {
            table.set_header(["#", "migration", "state", "when"]);
        } else {
            table.set_header(["#", "migration", "state"]);
        }
        for (number, row) in rows.iter().enumerate() {
            let mut cells = vec![(number + 1).to_string(), row.id.clone(), row.shown.clone()];
            if is_asked {
                cells.push(row.moment.clone());
            }
            table.add_row(cells);
        }
        context.report.data(format_args!("{}\n", table.trim_fmt()));
    }

    /// What the structs have beyond the migrations, in a few words.
    fn code(
        &self,
        context: &mut Context<'_>,
        project: &Project,
        target: &Target,
        ledger: &Ledger,
    ) -> Option<String> {
        let Ok(code) = engine::read_code(project, target, context.report) else {
            return Some("the structs cannot be read".to_owned());
        };
        let from = ledger.schema().ok()?;
        let mut hints = code.hints.clone();
        hints.renames = diff::usable(&from, &hints.renames).usable;
        let changes = engine::compare(&from, &code, &hints, target.dialect).ok()?.diff.changes;
        Some(match changes.len() {
            0 => "the structs have no further changes".to_owned(),
            number => format!(
                "the structs have {} that no migration holds",
                spelling::count(number, "change")
            ),
        })
    }
}

/// What a database said. Nothing, where no URL is given.
#[derive(Default)]
struct Asked {
    /// As it is shown.
    database: Option<String>,
    history: Option<Vec<HistoryRow>>,
    replicas: Vec<Replica>,
}

fn ask(context: &mut Context<'_>, target: &Target, ledger: &Ledger) -> Result<Asked, Failure> {
    if target.url.is_none() {
        context.report.note(format_args!(
            "no database was asked: neither `--url` nor {} is given",
            target.url_env
        ));
        return Ok(Asked::default());
    }
    let address = database::address(target)?;
    if database::is_absent(&address) {
        let shown = address.shown();
        context.report.note(format_args!("{shown} does not exist yet"));
        return Ok(Asked {
            database: Some(shown),
            history: Some(Vec::new()),
            replicas: Vec::new(),
        });
    }
    let mut database = Database::open(&address, Missing::Refuse)?;
    let version = database.version();
    context.report.status("Connecting", format_args!("{} ({version})", database.shown));
    let history = Some(history::rows(ledger, &mut database)?);
    let replicas = Replica::of(&mut *database.driver);
    Ok(Asked { database: Some(database.shown), history, replicas })
}

/// What the folder has, in order of execution, then what only the database has.
fn rows(ledger: &Ledger, found: Option<&[HistoryRow]>) -> Vec<Row> {
    let mut rows = Vec::new();
    for entry in ledger.journal().order() {
        let id = entry.id.to_string();
        let is_named = |problem: &Diagnostic| {
            problem.is_error() && problem.file.as_deref().is_some_and(|file| file.contains(&id))
        };
        let file = if ledger.problems.iter().any(is_named) { ", edited or missing" } else { "" };
        let found_rows = found.unwrap_or_default();
        let found = found.map(|rows| rows.iter().find(|row| row.id == id));
        let is_going_back = matches!(found, Some(Some(row)) if row.is_partial() && row.direction == Direction::Down);
        let (state, shown, moment) = match found {
            None => ("recorded", "recorded".to_owned(), String::new()),
            Some(None) if is_replaced(ledger, &id, found_rows) => {
                ("applied", "applied, as those whose place it takes".to_owned(), String::new())
            }
            Some(None) => ("pending", "pending".to_owned(), String::new()),
            Some(Some(row)) => {
                let (state, shown) = state(row, &entry.up.to_string());
                (state, shown, moment(row))
            }
        };
        rows.push(Row { id, state, shown: format!("{shown}{file}"), moment, is_going_back });
    }
    let squashed: BTreeSet<String> = ledger
        .journal()
        .entries()
        .iter()
        .flat_map(|entry| ledger.replaces(entry.id.as_str()).lists)
        .flatten()
        .map(|entry| entry.id.to_string())
        .collect();
    for row in found.into_iter().flatten() {
        let is_here = ledger.journal().entries().iter().any(|entry| entry.id.as_str() == row.id);
        if !is_here && row.is_applied() && squashed.contains(row.id.as_str()) {
            rows.push(Row {
                id: row.id.clone(),
                state: "squashed",
                shown: "applied, squashed since".to_owned(),
                moment: moment(row),
                is_going_back: false,
            });
        } else if !is_here && row.is_applied() {
            let shown = "unknown: applied, but not in this folder".to_owned();
            rows.push(Row {
                id: row.id.clone(),
                state: "unknown",
                shown,
                moment: moment(row),
                is_going_back: false,
            });
        }
    }
    rows
}

/// Whether a database has run everything whose place a migration takes.
fn is_replaced(ledger: &Ledger, id: &str, rows: &[HistoryRow]) -> bool {
    let has = |id: &str| rows.iter().any(|row| row.id == id && row.is_applied());
    let lists = ledger.replaces(id).lists;
    lists.iter().any(|list| !list.is_empty() && list.iter().all(|entry| has(entry.id.as_str())))
}

/// What became of a migration, in a word and for people.
fn state(row: &HistoryRow, up_hash: &str) -> (&'static str, String) {
    let progress =
        || format!("{} of {} statements done", row.statements_done, row.statements_total);
    let back = match row.direction {
        Direction::Up => "",
        Direction::Down => " on the way back",
    };
    match row.status {
        RowStatus::Applied | RowStatus::Baseline if row.up_hash != up_hash => {
            ("edited", "applied, edited since".to_owned())
        }
        RowStatus::Applied => ("applied", "applied".to_owned()),
        RowStatus::Baseline => ("baseline", "baseline".to_owned()),
        RowStatus::RolledBack => ("rolled back", "rolled back".to_owned()),
        RowStatus::Failed => ("failed", format!("failed{back}, {}", progress())),
        RowStatus::Running => ("running", format!("running{back}, {}", progress())),
    }
}

/// `2026-11-20 09:12:04`, whatever the database adds to it.
fn moment(row: &HistoryRow) -> String {
    let text = row.finished_at.as_ref().unwrap_or(&row.started_at);
    text.chars().take(19).collect()
}
