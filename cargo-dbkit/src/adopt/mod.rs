//! Takes over the migrations of a project that used another tool: its folder as migrations, its history table as history. Nothing is
//! executed again.
//!
//! A tool is a file and a row: how its folder is read, and what its history table says. Its checksums are checked where it has them.

mod diesel;
mod drizzle;
mod files;
mod refinery;
mod sea_orm;
mod siphash;
mod sqlx;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dbkit_build::id::MigrationId;
use dbkit_build::write::MigrationTexts;
use dbkit_runtime::{Dialect, DriverError, Target as Goal};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect as spoken;
use dbkit_schema::diff;
use dbkit_schema::model::{DialectName, Hints, Schema};

use crate::database::Database;
use crate::ledger::Ledger;
use crate::report::Report;
use crate::runs::{self, Way};
use crate::scratch::Site;
use crate::store::NewMigration;
use crate::verify::{self, Replay};
use crate::{Failure, clock, naming, spelling};

/// A tool whose migrations can be taken over.
pub(crate) trait Tool: Sync {
    /// As people call it.
    fn title(&self) -> &'static str;

    /// Its history table.
    fn table(&self) -> &'static str;

    /// Where its folder usually is, relative to the package.
    fn folders(&self) -> &'static [&'static str];

    /// Reads its folder, in order. `shown` is the path for messages.
    fn read(&self, folder: &Path, shown: &str) -> Result<Vec<Foreign>, Vec<Diagnostic>>;

    /// Whether its migrations are programs, so that only a database can tell what they make.
    fn is_code(&self) -> bool {
        false
    }

    /// The query for its history; `None` where the tool does not speak the dialect.
    fn history(&self, dialect: DialectName) -> String;

    /// A row of that.
    fn run(&self, cells: Vec<Option<String>>) -> Run;
}

/// Every tool by its name on the command line. A new one is a file and a row.
pub(crate) const TOOLS: [(&str, &dyn Tool); 5] = [
    ("sqlx", &sqlx::Sqlx),
    ("refinery", &refinery::Refinery),
    ("diesel", &diesel::Diesel),
    ("sea-orm", &sea_orm::SeaOrm),
    ("drizzle", &drizzle::Drizzle),
];

/// A migration of another tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// As the tool's history calls it.
    pub(crate) key: String,
    /// 14 digits, if the tool has times.
    pub(crate) time: Option<String>,
    pub(crate) name: String,
    /// The script, for messages.
    pub(crate) file: String,
    pub(crate) up: String,
    pub(crate) down: Option<String>,
    /// What the history may have as its checksum; nothing if the tool has none.
    pub(crate) checksums: Vec<String>,
}

/// A row of a tool's history.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) key: String,
    pub(crate) checksum: Option<String>,
    /// Whether it ended well.
    pub(crate) is_whole: bool,
}

/// Migrations of another tool, by the ids that they have here.
pub(crate) type Named = Vec<(MigrationId, Foreign)>;

/// Gives every migration an id: its own time where all of them have one, in order; else seconds of the first day of the year 2000.
pub(crate) fn named(foreign: Vec<Foreign>) -> Named {
    let mut last = String::new();
    let has_times = foreign.iter().all(|one| {
        let is_later =
            one.time.as_ref().is_some_and(|time| *time > last && clock::seconds(time).is_some());
        last = one.time.clone().unwrap_or_default();
        is_later
    });
    let start = clock::seconds("20000101000000").unwrap_or(0);
    foreign
        .into_iter()
        .enumerate()
        .filter_map(|(at, one)| {
            let time = match &one.time {
                Some(time) if has_times => time.clone(),
                _ => clock::stamp(start + at as u64 + 1),
            };
            let slug = naming::slug(&one.name);
            let slug: String = slug.chars().take(100).collect();
            let slug = if slug.is_empty() { "migration".to_owned() } else { slug };
            // A stamp and a slug make an id.
            Some((format!("{time}_{slug}").parse().ok()?, one))
        })
        .collect()
}

/// The migrations as they are written here. What each changes is seen on a scratch database.
pub(crate) fn migrations(
    ledger: &Ledger,
    named: &Named,
    dialect: DialectName,
    site: &Site,
    report: &mut Report,
) -> Result<Vec<NewMigration>, Failure> {
    let mut new: Vec<NewMigration> = Vec::new();
    let mut parents: Vec<MigrationId> = Vec::new();
    for (id, one) in named {
        let texts = MigrationTexts { up: one.up.clone(), down: one.down.clone(), changes: None };
        new.push(NewMigration { id: id.clone(), texts, parents });
        parents = vec![id.clone()];
    }
    let all = ledger.with_new(&new);
    let migrations = runs::migrations(&all)?;
    let mut place = Replay::new(&all, &migrations, dialect, site)?;
    let standard = verify::standard_collation(place.side()?);
    let mut live = place.inspect()?;
    let mut written = Schema::default();
    for (at, migration) in new.iter_mut().enumerate() {
        let foreign = &named[at].1;
        report.progress(&format!("{}  {} of {}", foreign.file, at + 1, named.len()));
        if let Err(problems) = place.up_to(&migration.id)? {
            let problems = problems.into_iter().map(|problem| Diagnostic {
                labels: Vec::new(),
                helps: Vec::new(),
                file: Some(foreign.file.clone()),
                ..problem
            });
            let problems = problems.map(|problem| {
                problem.note("every migration runs on a scratch database, to see what it changes").help(
                    "a script that wants rows or roles that only your database has can be mended in the old folder before it is taken over",
                )
            });
            return Err(Failure::problems(problems.collect()).summary("nothing was written"));
        }
        let mut after = place.inspect()?;
        verify::leave_to_the_database(&mut after, standard.as_deref());
        let (mut from, mut to) = (live, after);
        spoken::named(dialect).align(&mut from, &mut to);
        let changes = diff::diff(&from, &to, &Hints::default()).changes;
        let (delta, now) = diff::delta(&written, &changes);
        written = now;
        live = to;
        migration.texts.changes = (!delta.is_empty()).then(|| delta.to_text());
    }
    report.end_progress();
    Ok(new)
}

/// What the tool's history says. `None`: there is no such table.
pub(crate) fn history(
    tool: &dyn Tool,
    database: &mut Database,
) -> Result<Option<Vec<Run>>, Diagnostic> {
    let dialect = crate::inspect::dialect_of(database.driver.as_ref());
    match database.driver.query(&tool.history(dialect)) {
        Ok(rows) => Ok(Some(rows.into_iter().map(|row| tool.run(row)).collect())),
        Err(error) if is_missing(database.driver.dialect(), &error) => Ok(None),
        Err(error) => Err(Diagnostic::error(
            "DBK0705",
            format!("cannot read `{}` of {}: {error}", tool.table(), database.shown),
        )),
    }
}

fn is_missing(dialect: Dialect, error: &DriverError) -> bool {
    match dialect {
        Dialect::Postgres => matches!(error.code.as_deref(), Some("42P01" | "3F000")),
        Dialect::Mysql => matches!(error.code.as_deref(), Some("1146" | "1049")),
        Dialect::Sqlite => error.message.contains("no such table"),
    }
}

/// How many of the migrations a database has run, all of them at the beginning; and everything that speaks against that.
pub(crate) fn applied(
    tool: &dyn Tool,
    named: &Named,
    runs: &[Run],
    shown: &str,
    may_be_edited: bool,
) -> Result<usize, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let by_key: BTreeMap<&str, &Run> = runs.iter().map(|run| (run.key.as_str(), run)).collect();
    let mut last = 0;
    let mut missing: Vec<&Foreign> = Vec::new();
    let mut behind: Vec<(&Foreign, Vec<&Foreign>)> = Vec::new();
    for (at, (_, one)) in named.iter().enumerate() {
        let Some(run) = by_key.get(one.key.as_str()) else {
            missing.push(one);
            continue;
        };
        if !run.is_whole {
            problems.push(
                Diagnostic::error("DBK0703", format!("{shown} has run `{}` in part", one.file))
                    .in_file(&one.file)
                    .note(format!("`{}` says that it failed", tool.table()))
                    .help(format!("finish it, or take it back, with {} first", tool.title())),
            );
        }
        let is_known = match &run.checksum {
            Some(found) => {
                one.checksums.is_empty()
                    || one.checksums.iter().any(|wanted| wanted.eq_ignore_ascii_case(found))
            }
            None => true,
        };
        if !is_known && !may_be_edited {
            problems.push(
                Diagnostic::error("DBK0702", format!("`{}` is not what {shown} has run", one.file))
                    .in_file(&one.file)
                    .note(format!("its checksum is another one than that in `{}`", tool.table()))
                    .help("restore the file as it was")
                    .help("or take it over as it is now: `--allow edited`"),
            );
        }
        if !missing.is_empty() {
            behind.push((one, std::mem::take(&mut missing)));
        }
        last = at + 1;
    }
    for (one, missing) in behind {
        let names: Vec<&str> = missing.iter().map(|one| one.file.as_str()).collect();
        problems.push(
            Diagnostic::error(
                "DBK0704",
                format!(
                    "{shown} has run `{}`, but not {} before it",
                    one.file,
                    spelling::list(&names)
                ),
            )
            .help(format!(
                "run them with {} first, or delete them if they never will",
                tool.title()
            )),
        );
    }
    let known: BTreeSet<&str> = named.iter().map(|(_, one)| one.key.as_str()).collect();
    let unknown: Vec<&str> =
        runs.iter().map(|run| run.key.as_str()).filter(|key| !known.contains(key)).collect();
    if !unknown.is_empty() {
        problems.push(
            Diagnostic::error(
                "DBK0706",
                format!(
                    "{shown} has run {} that the folder does not have: {}",
                    spelling::count(unknown.len(), "migration"),
                    spelling::list(&unknown[..unknown.len().min(8)])
                ),
            )
            .help("take over the folder of the version that the database is at"),
        );
    }
    if problems.is_empty() { Ok(last) } else { Err(problems) }
}

/// Writes into the history of a database what it has run. Nothing is executed.
pub(crate) fn record(
    ledger: &Ledger,
    last: &MigrationId,
    database: &mut Database,
) -> Result<usize, Failure> {
    let migrations = runs::migrations(ledger)?;
    let done = migrations
        .runner()
        .target(Goal::Id(last.to_string()))
        .applied_by(runs::who())
        .baseline(&mut *database.driver)
        .map_err(|error| runs::failure(&error, ledger, &database.shown, Way::Up, None))?;
    Ok(done.applied().len())
}

/// The cells of a row, one after the other; NULL is empty.
fn cells<const N: usize>(row: Vec<Option<String>>) -> [String; N] {
    let mut row = row.into_iter();
    std::array::from_fn(|_| row.next().flatten().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(keys: &[(&str, Option<&str>)]) -> Vec<Foreign> {
        keys.iter()
            .map(|(key, time)| Foreign {
                key: (*key).to_owned(),
                time: time.map(str::to_owned),
                name: format!("m {key}"),
                file: format!("old/{key}.sql"),
                checksums: vec![format!("sum{key}")],
                ..Foreign::default()
            })
            .collect()
    }

    #[test]
    fn ids_are_times_where_there_are_times_in_order() {
        let ids = |keys: &[(&str, Option<&str>)]| {
            let named = named(foreign(keys));
            named.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            ids(&[("1", Some("20260101000000")), ("2", Some("20260102000000"))]),
            "20260101000000_m_1 20260102000000_m_2"
        );
        assert_eq!(ids(&[("1", None), ("2", None)]), "20000101000001_m_1 20000101000002_m_2");
        assert_eq!(
            ids(&[("0", Some("00000000000000")), ("1", Some("20260101000000"))]),
            "20000101000001_m_0 20000101000002_m_1"
        );
    }

    #[test]
    fn what_a_database_has_run_is_a_beginning_of_the_folder() {
        let named = named(foreign(&[("1", None), ("2", None), ("3", None)]));
        let applied = |text: &[&[&str]], may_be_edited: bool| {
            let runs: Vec<Run> = text
                .iter()
                .map(|row| {
                    let checksum = Some(row[1].to_owned()).filter(|text| !text.is_empty());
                    Run { key: row[0].to_owned(), checksum, is_whole: true }
                })
                .collect();
            match applied(&sqlx::Sqlx, &named, &runs, "db", may_be_edited) {
                Ok(count) => count.to_string(),
                Err(problems) => problems
                    .iter()
                    .map(|problem| format!("{}: {}", problem.code, problem.message))
                    .collect::<Vec<_>>()
                    .join("\n"),
            }
        };
        assert_eq!(applied(&[], false), "0");
        assert_eq!(applied(&[&["1", "sum1"], &["2", "SUM2"]], false), "2");
        assert_eq!(
            applied(&[&["1", "other"], &["3", "sum3"], &["9", ""]], false),
            "DBK0702: `old/1.sql` is not what db has run\n\
             DBK0704: db has run `old/3.sql`, but not `old/2.sql` before it\n\
             DBK0706: db has run 1 migration that the folder does not have: `9`"
        );
        assert_eq!(applied(&[&["1", "other"]], true), "1");
    }
}
