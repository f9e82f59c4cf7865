//! `cargo dbkit purge`: drops the copies that `preserve` has kept, when they are old enough.

use std::time::Duration;

use dbkit_runtime::{Dialect, Driver, DriverError};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect;
use dbkit_schema::model::ObjectName;
use dbkit_schema::plan::{Action, Step, TRASH};
use serde_json::{Value, json};

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::{Context, Exit, Failure, Target, clock, history, spelling, unrecorded};

/// Drop what was kept of dropped tables and columns; without `--older`, list it
#[derive(Debug, clap::Args)]
pub(crate) struct Purge {
    /// Drop what was kept longer ago: `30d`, `12h`; `0d` is all
    #[arg(long, value_name = "AGE", value_parser = age)]
    older: Option<u64>,
    /// Execute nothing; print the SQL
    #[arg(long, requires = "older")]
    dry_run: bool,
    /// How long to wait for a migrator
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    lock_wait: u64,
}

/// The seconds of `30d`, `12h`, `5m`, `1s`.
fn age(text: &str) -> Result<u64, String> {
    let units = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];
    let found = units.iter().find_map(|(unit, seconds)| {
        let number: u64 = text.strip_suffix(*unit)?.parse().ok()?;
        number.checked_mul(*seconds)
    });
    found.ok_or_else(|| "expected a number of days, hours, minutes or seconds: `30d`".to_owned())
}

/// What was kept of one table.
struct Copy {
    name: ObjectName,
    bytes: Option<u64>,
    /// Since it was kept here, in seconds.
    age: u64,
}

impl Copy {
    fn json(&self) -> Value {
        json!({ "table": self.name.to_string(), "bytes": self.bytes, "age_seconds": self.age })
    }

    fn shown(&self) -> String {
        let days = self.age / 86_400;
        let size = self.bytes.map(|bytes| format!(", {}", spelling::bytes(bytes)));
        let age = match days {
            0 => "today".to_owned(),
            days => format!("{} ago", spelling::count(days as usize, "day")),
        };
        format!("{}  kept {age}{}", self.name, size.unwrap_or_default())
    }
}

impl Purge {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::read(&target);
        let address = database::address(&target)?;
        let mut database = Database::open(&address, Missing::Refuse)?;
        let version = database.version();
        context.report.status("Connecting", format_args!("{} ({version})", database.shown));
        let copies = copies(&ledger, &mut database)?;
        let Some(older) = self.older else {
            for copy in &copies {
                context.report.data(format_args!("{}\n", copy.shown()));
                context.report.object("kept", copy.json());
            }
            let count = spelling::count(copies.len(), "kept table");
            context.report.status("Finished", format_args!("{count}, nothing was dropped"));
            if !copies.is_empty() {
                context.report.next("`cargo dbkit purge --older 30d` drops those that are older");
            }
            return Ok(Exit::Done);
        };
        let old: Vec<&Copy> = copies.iter().filter(|copy| copy.age >= older).collect();
        if old.is_empty() {
            let count = spelling::count(copies.len(), "kept table");
            context.report.status("Finished", format_args!("{count}, none of that age"));
            return Ok(Exit::Done);
        }
        let script = script(&old, &target);
        if self.dry_run {
            context.report.data(&script);
            return Ok(Exit::Done);
        }
        let id = unrecorded::ids("purge", 1);
        let scripts = id.into_iter().map(|id| (id, script.clone())).collect();
        unrecorded::run(&target, &mut database, scripts, Duration::from_secs(self.lock_wait))?;
        for copy in &old {
            context.report.detail(copy.shown());
            context.report.object("purged", copy.json());
        }
        context.report.status(
            "Finished",
            format_args!(
                "{} dropped; the ways back of their migrations stop before they begin",
                spelling::count(old.len(), "kept table")
            ),
        );
        Ok(Exit::Done)
    }
}

fn script(copies: &[&Copy], target: &Target) -> String {
    let dialect = dialect::named(target.dialect);
    let statements = copies
        .iter()
        .flat_map(|copy| dialect.render(&Step::alone(Action::DropTable(copy.name.clone()))));
    statements.map(|sql| format!("{sql};\n")).collect::<Vec<_>>().join("\n")
}

/// Every copy. Its age counts from when its migration was applied here, or, where the history does not say, from when it was written.
fn copies(ledger: &Ledger, database: &mut Database) -> Result<Vec<Copy>, Failure> {
    let rows = history::rows(ledger, database)?;
    let applied = |stamp: &str| {
        let row = rows.iter().find(|row| row.id.get(..14) == Some(stamp))?;
        let digits: String =
            row.finished_at.as_ref()?.chars().filter(char::is_ascii_digit).take(14).collect();
        clock::seconds(&digits)
    };
    let now = clock::now();
    let found = names(&mut *database.driver).map_err(|error| {
        Diagnostic::error("DBK0013", format!("cannot look for what was kept in {}", database.shown))
            .note(error.message)
    })?;
    let copies = found.into_iter().map(|(name, bytes)| {
        let word = name.name.strip_prefix(TRASH).map_or(name.name.as_str(), |rest| &rest[1..]);
        let stamp = word.get(..14).unwrap_or_default();
        let since = applied(stamp).or_else(|| clock::seconds(stamp)).unwrap_or(now);
        Copy { age: now.saturating_sub(since), name, bytes }
    });
    Ok(copies.collect())
}

/// The tables that hold copies, and how large they are.
fn names(driver: &mut dyn Driver) -> Result<Vec<(ObjectName, Option<u64>)>, DriverError> {
    let is_namespaced = driver.dialect() == Dialect::Postgres;
    let rows = driver.query(match driver.dialect() {
        Dialect::Postgres => {
            "SELECT c.relname, pg_catalog.pg_total_relation_size(c.oid) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '_dbkit_trash' AND c.relkind = 'r' ORDER BY 1"
        }
        Dialect::Sqlite => {
            "SELECT name, NULL FROM sqlite_master WHERE type = 'table' AND name GLOB '_dbkit_trash_*' ORDER BY 1"
        }
        Dialect::Mysql => {
            "SELECT TABLE_NAME, DATA_LENGTH + INDEX_LENGTH FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '\\_dbkit\\_trash\\_%' ORDER BY 1"
        }
    })?;
    let named = rows.into_iter().filter_map(|row| {
        let mut values = row.into_iter();
        let name = values.next().flatten()?;
        let bytes = values.next().flatten().and_then(|text| text.parse().ok());
        let schema = is_namespaced.then(|| TRASH.to_owned());
        Some((ObjectName { schema, name }, bytes))
    });
    Ok(named.collect())
}
