//! `cargo dbkit doctor`: looks for what is wrong with a database and its history. Reads only.

use dbkit_build::journal::Journal;
use dbkit_runtime::{Dialect, Driver};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect;
use dbkit_schema::model::Hints;
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::project::Target;
use crate::runs::{self, Way};
use crate::scratch::Site;
use crate::{Context, Exit, Failure, history, inspect, scratch, source, spelling};

/// Look for what is wrong with a database and its history
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// Do not compare the database with the migrations, which makes a scratch database for a moment
    #[arg(long)]
    no_drift: bool,
}

/// A query whose rows are something to look after: code, what to say before a row, what to do.
type Check = (&'static str, &'static str, &'static str, &'static str);

const POSTGRES: &[Check] = &[
    (
        "DBK0532",
        "SELECT i.indexrelid::regclass || ' on ' || i.indrelid::regclass FROM pg_catalog.pg_index i WHERE NOT i.indisvalid AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid) ORDER BY 1",
        "an index is INVALID: it costs every write and serves no read: ",
        "drop it: `DROP INDEX CONCURRENTLY ..`, and let the migration that makes it run again",
    ),
    (
        "DBK0533",
        "SELECT conname || ' on ' || conrelid::regclass FROM pg_catalog.pg_constraint WHERE NOT convalidated AND connamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema')) ORDER BY 1",
        "a constraint was never validated, so old rows may violate it: ",
        "`ALTER TABLE .. VALIDATE CONSTRAINT ..` in a migration",
    ),
    (
        "DBK0534",
        "SELECT 'pid ' || pid || ', for ' || extract(epoch FROM clock_timestamp() - xact_start)::bigint || ' s, ' || state || ': ' || left(query, 80) FROM pg_catalog.pg_stat_activity WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid() AND xact_start < clock_timestamp() - interval '5 minutes' ORDER BY xact_start LIMIT 5",
        "a transaction has been open for long; definitions and concurrent index builds wait for it: ",
        "let it end, or end it: `SELECT pg_terminate_backend(PID)`",
    ),
];

const MYSQL: &[Check] = &[(
    "DBK0534",
    "SELECT CONCAT('connection ', trx_mysql_thread_id, ', for ', TIMESTAMPDIFF(SECOND, trx_started, NOW()), ' s') FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID() AND trx_started < NOW() - INTERVAL 5 MINUTE ORDER BY trx_started LIMIT 5",
    "a transaction has been open for long; definitions wait for it: ",
    "let it end, or end it: `KILL CONNECTION`",
)];

const SQLITE: &[Check] = &[
    (
        "DBK0535",
        "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok' LIMIT 5",
        "the file is damaged: ",
        "restore a backup, or save what can be read: `sqlite3 app.db .recover`",
    ),
    (
        "DBK0509",
        "SELECT 'row ' || coalesce(rowid, '?') || ' of ' || \"table\" || ' points to ' || parent FROM pragma_foreign_key_check LIMIT 5",
        "a row points nowhere: ",
        "mend the row; foreign keys are checked only in connections with `PRAGMA foreign_keys = ON`",
    ),
];

impl Doctor {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::read(&target);
        let mut found = ledger.problems.clone();
        let is_sound = !found.iter().any(Diagnostic::is_error);
        let address = database::address(&target)?;
        let mut database = Database::open(&address, Missing::Refuse)?;
        let version = database.version();
        context.report.status("Connecting", format_args!("{} ({version})", database.shown));
        if is_sound {
            self.history(context, &ledger, &mut database, &mut found)?;
        }
        checks(&mut *database.driver, &mut found);
        scratches(&mut *database.driver, &mut found);
        if is_sound && !self.no_drift {
            drift(context, &target, &ledger, &address, &mut database, &mut found)?;
        }
        context.report.diagnostics(&found);
        let count = found.len();
        context.report.object("doctor", json!({ "findings": count }));
        if count == 0 {
            context.report.status("Finished", "nothing is wrong");
            return Ok(Exit::Done);
        }
        context.report.status("Finished", spelling::count(count, "finding"));
        Ok(Exit::No)
    }

    fn history(
        &self,
        context: &mut Context<'_>,
        ledger: &Ledger,
        database: &mut Database,
        found: &mut Vec<Diagnostic>,
    ) -> Result<(), Failure> {
        let migrations = runs::migrations(ledger)?;
        let shown = database.shown.clone();
        let failed = |error| runs::failure(&error, ledger, &shown, Way::Up, None);
        let holder = migrations.runner().lock_holder(&mut *database.driver).map_err(failed)?;
        if let Some(holder) = holder {
            context.report.note(format_args!("a migrator is at work: {holder}"));
            return Ok(());
        }
        let obstacles = migrations.runner().audit(&mut *database.driver).map_err(failed)?;
        found.extend(
            obstacles.iter().map(|obstacle| runs::obstacle(obstacle, ledger, &shown, Way::Up)),
        );
        Ok(())
    }
}

/// What the dialect's catalog tells of things half done.
fn checks(driver: &mut dyn Driver, found: &mut Vec<Diagnostic>) {
    let checks = match driver.dialect() {
        Dialect::Postgres => POSTGRES,
        Dialect::Mysql => MYSQL,
        Dialect::Sqlite => SQLITE,
    };
    for (code, sql, words, help) in checks {
        // A look that is not allowed finds nothing.
        let rows = driver.query(sql).unwrap_or_default();
        for text in rows.into_iter().flatten().flatten() {
            found.push(Diagnostic::warning(code, format!("{words}{text}")).help(*help));
        }
    }
}

/// Scratch databases that a killed dbkit has left.
fn scratches(driver: &mut dyn Driver, found: &mut Vec<Diagnostic>) {
    for name in scratch::stale(driver) {
        found.push(
            Diagnostic::warning("DBK0536", format!("a scratch database was left behind: `{name}`"))
                .note("a dbkit that was killed made it")
                .help(format!(
                    "the next command that needs one drops it; or `DROP DATABASE {name}`"
                )),
        );
    }
}

/// What lies between the applied migrations and the database.
fn drift(
    context: &mut Context<'_>,
    target: &Target,
    ledger: &Ledger,
    address: &crate::url::Address,
    database: &mut Database,
    found: &mut Vec<Diagnostic>,
) -> Result<(), Failure> {
    let rows = history::rows(ledger, database)?;
    if rows.iter().any(dbkit_runtime::HistoryRow::is_partial) {
        context.report.note("a migration is under way, so the database is not compared with them");
        return Ok(());
    }
    let applied = |id: &str| rows.iter().any(|row| row.id == id && row.is_applied());
    let entries = ledger.journal().entries().iter();
    let journal =
        Journal::new(entries.filter(|entry| applied(entry.id.as_str())).cloned().collect());
    let folded = ledger.fold(&journal)?;
    let shown = database.shown.clone();
    let mut live = inspect::inspect_filtered(database, &shown, &target.filters)?;
    let site = Site::of(target, Some(address.clone()))?;
    // What was written and what a server makes of it are not the same text.
    let mut wanted = match source::through_server(&folded, target.dialect, &site) {
        Ok(wanted) => wanted.schema,
        Err(_) => folded,
    };
    wanted = target.filters.apply(wanted, target.dialect);
    let spoken = dialect::named(target.dialect);
    spoken.align(&mut live.schema, &mut wanted);
    let changes = dialect::compare(&wanted, &live.schema, &Hints::default(), spoken).diff.changes;
    if !changes.is_empty() {
        let mut problem = Diagnostic::warning(
            "DBK0537",
            format!(
                "the database has {} that no applied migration holds",
                spelling::count(changes.len(), "change")
            ),
        );
        for change in changes.iter().take(10) {
            problem = problem.note(crate::describe::line(change).to_string().trim().to_owned());
        }
        found.push(
            problem
                .note("somebody has changed it by hand, or a custom migration has no changes.json that says what it did")
                .help("see it as SQL: `cargo dbkit diff migrations URL --format sql`"),
        );
    }
    Ok(())
}
