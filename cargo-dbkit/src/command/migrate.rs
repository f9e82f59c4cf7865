//! `cargo dbkit migrate`: applies the pending migrations, as the app would by itself.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use dbkit_runtime::{
    Error, ErrorKind, FailedStatement, Lock, Migrations, Newer, OutOfOrder, Runner, Target as Goal,
};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::monitor::Monitor;
use crate::runs::{self, Way};
use crate::scratch::ScratchFlags;
use crate::{Context, Exit, Failure, Target, baseline, engine, history, inspect, spelling};

/// Apply the pending migrations
#[derive(Debug, clap::Args)]
pub(crate) struct Migrate {
    /// Go no further than this one: its id, or a part of it
    #[arg(long, value_name = "ID")]
    to: Option<String>,
    /// Execute nothing; print the SQL
    #[arg(long)]
    dry_run: bool,
    /// Make an empty database in one go from what the migrations say, and record them all as applied; what they put into tables is not there
    #[arg(long, conflicts_with_all = ["to", "allow"])]
    in_one_go: bool,
    /// The database is older than dbkit: record the first migration as applied, if it has everything that it makes
    #[arg(long, conflicts_with = "in_one_go")]
    no_init: bool,
    #[command(flatten)]
    scratch: ScratchFlags,
    /// How long to wait for another migrator
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    lock_wait: u64,
    /// How long a statement may wait for the locks of others, such as 0.2 [default: 0.05 to 0.2]
    #[arg(long, value_name = "SECONDS")]
    lock_timeout: Option<f64>,
    /// How often a statement is tried again that did not get its locks [default: as often as there is time]
    #[arg(long, value_name = "NUMBER")]
    retries: Option<u32>,
    /// For how long a statement is tried again that did not get its locks
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    retry_for: u64,
    /// How long a statement may run, where others could wait for it
    #[arg(long, value_name = "SECONDS")]
    statement_timeout: Option<u64>,
    /// Give a migration up when more sessions than this wait behind it (PostgreSQL, MySQL)
    #[arg(long, value_name = "NUMBER")]
    max_waiting: Option<usize>,
    /// Through a pooler in transaction mode: every transaction takes the lock for itself (PostgreSQL)
    #[arg(long)]
    pooled: bool,
    /// Copy the database first, as `backup` does [default: with --db, unless it is dev, test or local]
    #[arg(long)]
    backup: bool,
    /// Make no copy
    #[arg(long, conflicts_with = "backup")]
    no_backup: bool,
    /// Write figures for Prometheus's textfile collector
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    /// Go on in spite of it
    #[arg(long, value_enum, value_name = "WHAT")]
    allow: Vec<Allow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Allow {
    /// The database has run migrations that this folder does not have
    Newer,
    /// A pending migration comes before an applied one
    OutOfOrder,
}

impl Migrate {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::open(&target, context.report)?;
        let collisions = ledger.collisions();
        if !collisions.is_empty() {
            return Err(Failure::problems(collisions).summary("nothing was executed"));
        }
        let heads: Vec<_> =
            ledger.problems.iter().filter(|problem| problem.code == "DBK0201").cloned().collect();
        context.report.diagnostics(&heads);
        let goal = match &self.to {
            Some(wanted) => Goal::Id(ledger.find(wanted)?.id.to_string()),
            None => Goal::Latest,
        };
        let address = database::address(&target)?;
        let is_absent = database::is_absent(&address);
        // A look must not make a database file.
        let mut database = if self.dry_run && is_absent {
            Database::nowhere(&address)?
        } else {
            Database::open_patiently(&address, Missing::Create, self.patience())?
        };
        let version = database.version();
        context.report.status("Connecting", format_args!("{} ({version})", database.shown));
        context.report.object(
            "connected",
            json!({ "database": database.shown, "version": version, "is_new": is_absent }),
        );
        let migrations = runs::migrations(&ledger)?;
        let shown = database.shown.clone();
        if self.in_one_go {
            return self.run_in_one_go(context, &target, &ledger, &migrations, &mut database);
        }
        let recorded = if self.no_init {
            self.take_over(context, &target, &ledger, &mut database)?
        } else {
            Vec::new()
        };
        let mut plan = self
            .runner(&migrations, &goal)
            .plan(&mut *database.driver)
            .map_err(|error| runs::failure(&error, &ledger, &shown, Way::Up, None))?;
        plan.retain(|(id, _)| !recorded.contains(id));
        if plan.is_empty() {
            if !self.dry_run {
                // What was squashed may be there under its old names, which is recorded now.
                self.runner(&migrations, &goal)
                    .applied_by(runs::who())
                    .run(&mut *database.driver)
                    .map_err(|error| runs::failure(&error, &ledger, &shown, Way::Up, None))?;
            }
            let place = match ledger.journal().heads().as_slice() {
                [] => "there is no migration".to_owned(),
                _ => format!("the database is at {}", at(&migrations, &goal)),
            };
            context.report.status("Finished", format_args!("nothing to do, {place}"));
            return Ok(Exit::Done);
        }
        if self.dry_run {
            for (index, (id, sql)) in plan.iter().enumerate() {
                let gap = if index == 0 { "" } else { "\n" };
                context.report.data(format_args!("{gap}-- {id}\n\n{sql}"));
                context.report.object("pending", json!({ "id": id, "sql": sql }));
            }
            let count = spelling::count(plan.len(), "migration");
            context.report.status("Finished", format_args!("{count} would be applied"));
            return Ok(Exit::Done);
        }
        if !is_absent && self.wants_backup(&target) {
            super::backup::take(context, &project, &target, &address, None, false)?;
        }
        let start = Instant::now();
        let side = context.report.side();
        let monitor = Monitor::start(&address, &mut database, self.max_waiting, side);
        let report = &mut *context.report;
        let outcome = self
            .runner(&migrations, &goal)
            .applied_by(runs::who())
            .on_event(|event| runs::event(report, event))
            .run(&mut *database.driver);
        let gave_up = monitor.and_then(Monitor::gave_up);
        context.report.end_progress();
        if let Some(path) = &self.metrics {
            let applied = outcome
                .as_ref()
                .map_or_else(|error| error.report().applied().len(), |done| done.applied().len());
            let history = crate::history::rows(&ledger, &mut database)?;
            Metrics {
                database: target.name.as_deref().unwrap_or_default(),
                set: &target.set,
                pending: plan.len() - applied,
                history: &history,
                run: Some((outcome.is_ok(), start.elapsed(), applied)),
            }
            .write(path)?;
        }
        let done = outcome.map_err(|error| match gave_up {
            Some(waiting) => given_up(waiting, &error),
            None => runs::failure(&error, &ledger, &shown, Way::Up, Some(plan.len())),
        })?;
        let last = done.applied().last().map_or("", |applied| applied.id.as_str());
        let count = spelling::count(done.applied().len(), "migration");
        context.report.status("Finished", format_args!("{count}, the database is at {last}"));
        Ok(Exit::Done)
    }

    /// Whether nothing is executed.
    pub(super) fn is_dry(&self) -> bool {
        self.dry_run
    }

    /// Whether a copy is not wanted.
    pub(super) fn refuses_backup(&self) -> bool {
        self.no_backup
    }

    /// The same for whoever has made the backup already.
    pub(super) fn without_backup(self) -> Self {
        Self { backup: false, no_backup: true, ..self }
    }

    /// A file costs nothing to copy, and a database that is called by its name is somebody's.
    fn wants_backup(&self, target: &Target) -> bool {
        let is_of_development =
            target.name.as_deref().is_none_or(|name| matches!(name, "dev" | "test" | "local"));
        let is_cheap = target.dialect == DialectName::Sqlite;
        self.backup || (!self.no_backup && is_cheap && !is_of_development)
    }

    /// Makes the schema that the migrations say.
    fn run_in_one_go(
        &self,
        context: &mut Context<'_>,
        target: &Target,
        ledger: &Ledger,
        migrations: &Migrations,
        database: &mut Database,
    ) -> Result<Exit, Failure> {
        let shown = database.shown.clone();
        let found = inspect::inspect(database, &shown)?;
        if let Some(table) = found.schema.tables.keys().next() {
            return Err(Diagnostic::error(
                "DBK0609",
                format!("{shown} is not empty: it has `{table}`"),
            )
            .help("run the migrations one by one: `cargo dbkit migrate`")
            .into());
        }
        let scripts = engine::creation_scripts(&ledger.fold(ledger.journal())?, target.dialect);
        if self.dry_run {
            for script in &scripts {
                context.report.data(script);
            }
            return Ok(Exit::Done);
        }
        let creation = runs::of_scripts(&scripts, ledger.flavor)?;
        let runner = migrations.runner().lock_wait(self.patience()).applied_by(runs::who());
        let done =
            runner.in_one_go(&creation, &mut *database.driver).map_err(|error| {
                match error.kind() {
                    ErrorKind::Statement(failed) => in_one_go_failed(failed).into(),
                    _ => runs::failure(&error, ledger, &shown, Way::Up, None),
                }
            })?;
        let silent = ledger.journal().entries().iter().filter(|entry| entry.changes.is_none());
        let silent: Vec<&str> = silent.map(|entry| entry.id.as_str()).collect();
        if !silent.is_empty() {
            context.report.note(format_args!(
                "what {} does to rows is not there: `cargo dbkit verify` tells whether it is anything",
                spelling::list(&silent[..silent.len().min(5)])
            ));
        }
        let count = spelling::count(done.applied().len(), "migration");
        context.report.object("made-in-one-go", json!({ "migrations": done.applied().len() }));
        context
            .report
            .status("Finished", format_args!("made in one go, {count} recorded as applied"));
        Ok(Exit::Done)
    }

    /// Records what an existing database has already, after a proof. Says which migrations that are.
    fn take_over(
        &self,
        context: &mut Context<'_>,
        target: &Target,
        ledger: &Ledger,
        database: &mut Database,
    ) -> Result<Vec<String>, Failure> {
        let shown = database.shown.clone();
        if !history::rows(ledger, database)?.is_empty() {
            context.report.note(format!("{shown} has a history already, nothing is taken over"));
            return Ok(Vec::new());
        }
        let site = self.scratch.site(target)?;
        let id = baseline::prove(context, target, ledger, &site, database)?;
        if self.dry_run {
            context.report.status(
                "Would record",
                format_args!("{id}  as applied, the database has everything that it makes"),
            );
            return Ok(ledger.up_to(&id));
        }
        let recorded = baseline::record(database, target, ledger, Goal::Id(id), self.patience())?;
        for id in &recorded {
            context.report.status(
                "Recorded",
                format_args!("{id}  as applied, the database has everything that it makes"),
            );
        }
        context.report.object("recorded", json!({ "ids": recorded }));
        Ok(recorded)
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.lock_wait)
    }

    fn runner<'a>(&self, migrations: &'a Migrations, goal: &Goal) -> Runner<'a> {
        let mut runner = migrations
            .runner()
            .target(goal.clone())
            .lock_wait(self.patience())
            .retry_for(Duration::from_secs(self.retry_for));
        if let Some(count) = self.retries {
            runner = runner.retries(count);
        }
        if let Some(time) =
            self.lock_timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        {
            runner = runner.lock_timeout(time);
        }
        if let Some(seconds) = self.statement_timeout {
            runner = runner.statement_timeout(Duration::from_secs(seconds));
        }
        if self.pooled {
            runner = runner.lock(Lock::Transaction);
        }
        if self.allow.contains(&Allow::Newer) {
            runner = runner.newer(Newer::Allow);
        }
        if self.allow.contains(&Allow::OutOfOrder) {
            runner = runner.out_of_order(OutOfOrder::Allow);
        }
        runner
    }
}

/// The monitor has cancelled the statement, for the sake of others.
fn given_up(waiting: usize, error: &Error) -> Failure {
    let id = match error.kind() {
        ErrorKind::Statement(failed) => failed.id.as_str(),
        _ => "the run",
    };
    let count = spelling::count(waiting, "session");
    let problem =
        Diagnostic::error("DBK0036", format!("`{id}` was given up: {count} waited behind it"))
            .note("what `--max-waiting` allows is less")
            .help("try again when less is going on, or let it wait less: `--lock-timeout`");
    let applied = error.report().applied().len();
    if applied == 0 {
        Failure::from(problem).exit(Exit::TryLater).summary("nothing was changed")
    } else {
        let count = spelling::count(applied, "migration");
        Failure::from(problem).summary(format!("{count} applied before, this one was not"))
    }
}

fn in_one_go_failed(failed: &FailedStatement) -> Diagnostic {
    let mut problem = Diagnostic::error(
        "DBK0612",
        format!("the schema cannot be made in one go: {}", failed.cause),
    );
    for line in failed.sql.lines().take(3) {
        problem = problem.note(line);
    }
    if failed.is_rolled_back {
        problem = problem.note("nothing was done");
    }
    problem
        .help("run the migrations one by one: `cargo dbkit migrate`")
        .help("`cargo dbkit verify` tells whether the migrations say what they do")
}

/// The migration that a database is at which has everything up to the goal.
fn at(migrations: &Migrations, goal: &Goal) -> String {
    match goal {
        Goal::Id(id) => id.clone(),
        Goal::Latest | Goal::Steps(_) => {
            migrations.iter().last().map(|last| last.id().to_owned()).unwrap_or_default()
        }
    }
}
