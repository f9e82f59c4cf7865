//! Runs of the runner, as the commands see them: the folder as migrations, events as lines, errors as diagnostics.

use std::fs;
use std::time::Duration;

use dbkit_build::folder::{Folder, MigrationFiles};
use dbkit_build::journal::Journal;
use dbkit_build::split::Flavor;
use dbkit_build::write::MigrationTexts;
use dbkit_runtime::{
    Blocker, Direction, DriverError, Error, ErrorKind, Event, FailedStatement, Migrations, Obstacle,
};
use dbkit_schema::diagnostic::{Diagnostic, Span};
use serde_json::json;

use crate::ledger::{Ledger, line_range};
use crate::report::Report;
use crate::{Exit, Failure, spelling, store};

/// The verified folder as the app would embed it.
pub(crate) fn migrations(ledger: &Ledger) -> Result<Migrations, Failure> {
    Migrations::from_blob(dbkit_build::blob::write(&ledger.folder, ledger.flavor))
        .map(|migrations| migrations.with_set(ledger.set.clone()))
        .map_err(|error| Failure::Other(anyhow::Error::new(error)))
}

/// Scripts as migrations without a folder, in order.
pub(crate) fn of_scripts(scripts: &[String], flavor: Flavor) -> Result<Migrations, Failure> {
    let mut folder = Folder {
        path: String::new(),
        journal: Journal::default(),
        migrations: Vec::new(),
        problems: Vec::new(),
    };
    let mut parents = Vec::new();
    for script in scripts {
        let is_taken =
            |stamp: &str| folder.migrations.iter().any(|files| files.name.starts_with(stamp));
        let id = store::new_id(0, "script", &parents, is_taken);
        let texts = MigrationTexts { up: script.clone(), down: None, changes: None };
        folder.journal.insert(store::entry(&id, &texts, parents));
        folder.migrations.push(MigrationFiles {
            name: id.to_string(),
            up: Some(script.clone().into_bytes()),
            down: None,
            changes: None,
            replaces: None,
        });
        parents = vec![id];
    }
    Migrations::from_blob(dbkit_build::blob::write(&folder, flavor))
        .map_err(|error| Failure::Other(anyhow::Error::new(error)))
}

/// Who does this, for the history.
pub(crate) fn who() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("USERNAME"));
    format!("cargo-dbkit, {}", user.as_deref().unwrap_or("unknown user"))
}

/// Shows what happens.
pub(crate) fn event(report: &mut Report, event: &Event<'_>) {
    match event {
        Event::Waiting { holder, waited } => {
            // Once, and then only on a terminal, where the line is drawn over.
            let held = holder.map_or_else(String::new, |holder| format!(" by {holder}"));
            if waited.is_zero() {
                report.status("Waiting", format_args!("another migrator has the lock, held{held}"));
                report.object("waiting", json!({ "holder": holder }));
            }
            report.progress(&format!("waiting for {} s", waited.as_secs()));
        }
        Event::Statement { id, number, total, sql } => {
            let first = sql.lines().next().unwrap_or_default();
            let first: String = first.chars().take(40).collect();
            report.progress(&format!("{id}: statement {number}/{total}  {first}"));
        }
        Event::Step { id } => report.progress(&format!("{id}: its Rust step")),
        Event::Applied { id, took, statements } => {
            report.end_progress();
            let statements_text = spelling::count(*statements, "statement");
            report.status("Applied", format_args!("{id}  {statements_text}{}", duration(*took)));
            report.object(
                "applied",
                json!({ "id": id, "statements": statements, "took_ms": millis(*took) }),
            );
        }
        Event::RolledBack { id, took } => {
            report.end_progress();
            report.status("Rolled back", format_args!("{id}{}", duration(*took)));
            report.object("rolled-back", json!({ "id": id, "took_ms": millis(*took) }));
        }
        Event::Retrying { id, after, left, blockers } => {
            report.end_progress();
            let shown = match left {
                None => String::new(),
                Some(0) => "; for the last time".to_owned(),
                Some(left) => format!("; {left} more after that"),
            };
            report.status(
                "Retrying",
                format_args!("{id}: somebody else has the locks that it needs{shown}"),
            );
            for blocker in *blockers {
                report.note(format_args!("in its way: {blocker}"));
            }
            report.object(
                "retrying",
                json!({
                    "id": id,
                    "after_ms": millis(*after),
                    "left": left,
                    "blockers": blockers.iter().map(blocker_json).collect::<Vec<_>>(),
                }),
            );
        }
        Event::Pooled => {
            report.status(
                "Pooled",
                "a pooler gives every transaction another session; each takes the lock for itself",
            );
        }
        Event::Settled { id, number, sql, was_executed } => {
            report.end_progress();
            let first = sql.lines().next().unwrap_or_default();
            let found = if *was_executed {
                "was executed before the last run ended"
            } else {
                "was not executed when the last run ended"
            };
            report.status("Settled", format_args!("{id}: statement {number} {found}: {first}"));
            report.object(
                "settled",
                json!({ "id": id, "statement": number, "was_executed": was_executed }),
            );
        }
        // `Locked`, `Started`, and what later versions add, say nothing that the others do not.
        _ => {}
    }
}

fn blocker_json(blocker: &Blocker) -> serde_json::Value {
    json!({
        "session": blocker.session,
        "seconds": blocker.seconds,
        "state": blocker.state,
        "query": blocker.query,
    })
}

/// Times below a tenth of a second are noise.
fn duration(took: Duration) -> String {
    match took.as_millis() {
        0..100 => String::new(),
        millis @ 100..10_000 => format!(", {:.1} s", millis as f64 / 1000.0),
        millis => format!(", {} s", millis / 1000),
    }
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

/// Why a run failed, with what was done before and what to do. `pending` is how many migrations were to run.
pub(crate) fn failure(
    error: &Error,
    ledger: &Ledger,
    database: &str,
    way: Way,
    pending: Option<usize>,
) -> Failure {
    let failure = match error.kind() {
        ErrorKind::Obstacles(obstacles) => {
            let needs_decision = obstacles.iter().all(
                |found| matches!(found, Obstacle::Irreversible { id } if has_down(ledger, id)),
            );
            let problems =
                obstacles.iter().map(|found| obstacle(found, ledger, database, way)).collect();
            let exit = if needs_decision { Exit::DecisionNeeded } else { Exit::Failed };
            Failure::problems(problems).exit(exit).summary("nothing was executed")
        }
        ErrorKind::Locked { holder, waited } => {
            let by = holder.as_ref().map_or_else(String::new, |holder| format!(", {holder},"));
            let problem = Diagnostic::error(
                "DBK0508",
                format!("another migrator{by} has the lock of {database}"),
            )
            .note(format!("waited {} s", waited.as_secs()))
            .help("try again later, or wait longer: `--lock-wait SECONDS`");
            busy(problem, error)
        }
        ErrorKind::Database(said) if said.is_busy => busy(
            Diagnostic::error("DBK0508", format!("somebody else is writing to {database}: {said}"))
                .help("try again later"),
            error,
        ),
        // It was tried again and again, and taken back each time.
        ErrorKind::Statement(failed) if failed.cause.is_busy && failed.is_rolled_back => {
            busy(in_the_way(statement(failed, error, ledger)), error)
        }
        ErrorKind::Statement(failed) => statement(failed, error, ledger).into(),
        ErrorKind::Commit { id, direction, cause, is_unknown: true } => Diagnostic::error(
            "DBK0511",
            format!("the connection to {database} was lost while `{id}` was committed: {cause}"),
        )
        .in_file(format!("{}/{id}/{}", ledger.folder.path, direction.file()))
        .note("it is applied with its record, or not at all")
        .help(format!("`cargo dbkit status` tells which; `cargo dbkit {}` goes on from there", Way::of(*direction).command()))
        .into(),
        ErrorKind::Commit { id, direction, cause, is_unknown: false } => {
            let problem = commit(id, *direction, cause, ledger);
            if cause.is_busy { busy(in_the_way(problem), error) } else { problem.into() }
        }
        ErrorKind::UnknownStatus { id, status } => Diagnostic::error(
            "DBK0512",
            format!("the history of {database} says `{status}` of `{id}`, which this version of dbkit does not know"),
        )
        .note("a newer dbkit has worked on this database")
        .help("use the version that wrote it, or a later one: `cargo install cargo-dbkit`")
        .into(),
        ErrorKind::NewerHistory { id, format } => Diagnostic::error(
            "DBK0512",
            format!("the history of {database} has format {format} for `{id}`, which this version of dbkit does not know"),
        )
        .note("a newer dbkit has worked on this database")
        .help("use the version that wrote it, or a later one: `cargo install cargo-dbkit`")
        .into(),
        ErrorKind::NothingToRepair { why, .. } => {
            Diagnostic::error("DBK0519", format!("there is nothing to repair: {why}")).into()
        }
        ErrorKind::Contradicted { id, sql, was_executed } => {
            let found = if *was_executed { "took effect" } else { "did not take effect" };
            Failure::from(
                Diagnostic::error(
                    "DBK0520",
                    format!("{database} says that the statement of `{id}` {found}"),
                )
                .note(format!("the statement: {}", sql.lines().next().unwrap_or_default()))
                .help("say so, or `--force` if the catalog is wrong"),
            )
            .summary("nothing was changed")
        }
        ErrorKind::ForeignKeys { id, violations } => {
            let mut problem = Diagnostic::error(
                "DBK0509",
                format!("nothing of `{id}` was {}: rows would point nowhere", way.verb()),
            )
            .in_file(format!("{}/{id}/{}", ledger.folder.path, way.file()));
            problem.notes.clone_from(violations);
            problem
                .help("mend the rows, or let the migration mend them before it changes the table")
                .into()
        }
        ErrorKind::MissingStep { id, direction } => Failure::from(
            Diagnostic::error("DBK0521", format!("`{id}` takes a Rust step, which only the app has"))
                .in_file(format!("{}/{id}/{}", ledger.folder.path, direction.file()))
                .note("the script begins with `-- dbkit: rust-step`")
                .help("let the app migrate itself: `MIGRATIONS.runner().step(..)`"),
        )
        .summary("nothing was executed"),
        ErrorKind::NotEmpty { rows } => Diagnostic::error(
            "DBK0609",
            format!("{database} is not empty: its history has {}", spelling::count(*rows, "row")),
        )
        .help("run the migrations one by one: `cargo dbkit migrate`")
        .into(),
        ErrorKind::UnknownTarget(id) => {
            Diagnostic::error("DBK0012", format!("there is no migration `{id}`")).into()
        }
        ErrorKind::Database(said) => {
            let mut problem = Diagnostic::error("DBK0510", format!("{database} says: {said}"));
            problem.notes.extend(said.detail.clone());
            problem.notes.extend(said.hint.clone());
            problem
                .note("the statement was one of the runner's own, for its lock or its history")
                .into()
        }
        // `Blob`, which was made a moment ago, and what later versions add.
        _ => Failure::Other(anyhow::anyhow!("{error}")),
    };
    let done = error.report().applied().len() + error.report().rolled_back().len();
    let is_of_one = matches!(
        error.kind(),
        ErrorKind::Statement(_) | ErrorKind::ForeignKeys { .. } | ErrorKind::Commit { .. }
    );
    let is_later = matches!(&failure, Failure::Problems { exit: Exit::TryLater, .. });
    match pending {
        Some(pending) if is_of_one && !is_later => failure.summary(format!(
            "{done} of {} {}",
            spelling::count(pending, "migration"),
            way.verb()
        )),
        _ => failure,
    }
}

/// Which way a command goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// `migrate`, and looks at the history.
    Up,
    /// `rollback`.
    Down,
}

impl Way {
    pub(crate) fn of(direction: Direction) -> Self {
        match direction {
            Direction::Up => Self::Up,
            Direction::Down => Self::Down,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Up => "applied",
            Self::Down => "rolled back",
        }
    }

    fn file(self) -> &'static str {
        match self {
            Self::Up => Direction::Up.file(),
            Self::Down => Direction::Down.file(),
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Up => "migrate",
            Self::Down => "rollback",
        }
    }
}

fn in_the_way(problem: Diagnostic) -> Diagnostic {
    Diagnostic { helps: Vec::new(), ..problem }
        .note("it was tried again several times, and somebody else had the locks that it needs each time")
        .help("try again later, when less is going on")
}

/// Every statement went well, and the end did not.
fn commit(id: &str, direction: Direction, cause: &DriverError, ledger: &Ledger) -> Diagnostic {
    let mut problem =
        Diagnostic::error("DBK0511", format!("`{id}` could not be committed: {cause}"))
            .in_file(format!("{}/{id}/{}", ledger.folder.path, direction.file()));
    for said in [&cause.detail, &cause.hint].into_iter().flatten() {
        problem = problem.note(format!("the database says: {said}"));
    }
    let way = Way::of(direction);
    problem
        .note("all its statements succeeded; constraints that are deferred, for one, speak at the end")
        .note(format!("nothing of `{id}` was {}", way.verb()))
        .help(format!("mend what the database objects to, then `cargo dbkit {}`", way.command()))
}

/// Somebody else is at work: later it may go.
fn busy(problem: Diagnostic, error: &Error) -> Failure {
    match error.report().applied().len() + error.report().rolled_back().len() {
        0 => Failure::from(problem).exit(Exit::TryLater).summary("nothing was changed"),
        done => Failure::from(problem).summary(format!(
            "{} done before, the rest was not",
            spelling::count(done, "migration")
        )),
    }
}

fn has_down(ledger: &Ledger, id: &str) -> bool {
    ledger.folder.migration(id).is_some_and(|files| files.down.is_some())
}

pub(crate) fn obstacle(
    obstacle: &Obstacle,
    ledger: &Ledger,
    database: &str,
    way: Way,
) -> Diagnostic {
    let folder = &ledger.folder.path;
    let id = obstacle.id();
    let file = format!("{folder}/{id}/up.sql");
    match obstacle {
        Obstacle::Edited { .. } => {
            Diagnostic::error("DBK0502", format!("`{id}` was edited after {database} ran it"))
                .in_file(file)
                .note("the database will not run it again, so it would differ from new ones")
                .help(format!(
                    "restore it with `git restore {folder}/{id} {folder}/journal.lock` and put the change into its own migration"
                ))
        }
        Obstacle::Unknown { .. } => Diagnostic::error(
            "DBK0503",
            format!("{database} has run `{id}`, which is not in this folder"),
        )
        .in_file(ledger.journal_file())
        .note("the folder is older than the database, or the migration was dropped or renamed after it ran")
        .help("get the version that has it: `git log --all -- migrations/journal.lock`")
        .help(format!("or go on in spite of it: `cargo dbkit {} --allow newer`", way.command())),
        Obstacle::OutOfOrder { before, .. } => Diagnostic::error(
            "DBK0504",
            format!("`{id}` was not applied, but `{before}`, which comes after it, was"),
        )
        .in_file(file)
        .help("go on in spite of it: `cargo dbkit migrate --allow out-of-order`")
        .help(format!("or take `{before}` back first: `cargo dbkit rollback`")),
        Obstacle::InDoubt { sql, .. } => Diagnostic::error(
            "DBK0505",
            format!("`{id}` was interrupted, and nothing says whether a statement of it was executed"),
        )
        .in_file(file)
        .note(format!("the statement: {sql}"))
        .help(format!("look whether it took effect; if so: `cargo dbkit repair {id} --done`"))
        .help(format!("if not: `cargo dbkit repair {id} --not-done`, and the next run executes it")),
        Obstacle::Tampered { what, .. } => Diagnostic::error(
            "DBK0515",
            format!("the history of {database} is not what dbkit has written: {what}"),
        )
        .in_file(if id.is_empty() { ledger.journal_file() } else { file })
        .note("somebody has changed `_dbkit_migrations` or its log by hand, or has restored one of the two alone")
        .help("find out who and why; if it is right as it is: `cargo dbkit repair --accept-history`"),
        Obstacle::DownEdited { .. } => Diagnostic::error(
            "DBK0516",
            format!("the way back of `{id}` is not the one that was there when {database} applied it"),
        )
        .in_file(format!("{folder}/{id}/down.sql"))
        .help(format!("compare the two: `git log -p -- {folder}/{id}/down.sql`"))
        .help("go back by what it says now: `cargo dbkit rollback --allow edited`"),
        Obstacle::RollsBack { sql, direction, .. } => Diagnostic::error(
            "DBK0517",
            format!("`{id}` throws away what it has done, so it cannot be recorded"),
        )
        .in_file(format!("{folder}/{id}/{}", direction.file()))
        .note(format!("the statement: {}", sql.lines().next().unwrap_or_default()))
        .help("take it out, with what it throws away"),
        Obstacle::NeedsSession { sql, .. } => Diagnostic::error(
            "DBK0518",
            format!("`{id}` has a statement that cannot go through the pooler in front of {database}"),
        )
        .in_file(file)
        .note(format!("the statement: {}", sql.lines().next().unwrap_or_default()))
        .note("no transaction can hold it, and the pooler gives every transaction another session of the server")
        .help("use the address of the server itself, or a pooler in session mode"),
        Obstacle::FailedAndEdited { done, .. } => Diagnostic::error(
            "DBK0506",
            format!("`{id}` failed after {}, and was edited since", spelling::count(*done, "statement")),
        )
        .in_file(file)
        .note("what was executed cannot be told from what is new")
        .help(format!("restore it: `git restore {folder}/{id} {folder}/journal.lock`, then `cargo dbkit migrate` goes on")),
        Obstacle::Irreversible { .. } if !has_down(ledger, id) => {
            Diagnostic::error("DBK0507", format!("`{id}` has no down.sql"))
                .in_file(format!("{folder}/{id}"))
                .help("write one, then `cargo dbkit amend` with a database that has not applied it; or go on by a new migration")
        }
        Obstacle::Irreversible { .. } => {
            Diagnostic::error("DBK0507", format!("the way back of `{id}` does not bring its data back"))
                .in_file(format!("{folder}/{id}/down.sql"))
                .help("go back without the data: `cargo dbkit rollback --allow irreversible`")
        }
        Obstacle::Unfinished { direction, done, .. } => {
            let begun = Way::of(*direction);
            Diagnostic::error(
                "DBK0513",
                format!(
                    "`{id}` is {} in part: it stopped after {}",
                    begun.verb(),
                    spelling::count(*done, "statement")
                ),
            )
            .in_file(format!("{folder}/{id}/{}", direction.file()))
            .note("no transaction covers its statements, so what was executed stays")
            .help(format!(
                "mend what stopped it, and let it finish first: `cargo dbkit {}`",
                begun.command()
            ))
        }
        Obstacle::ReplacedInPart { missing, done, of, .. } => Diagnostic::error(
            "DBK0613",
            format!("{database} has run {done} of the {of} migrations that `{id}` takes the place of"),
        )
        .in_file(format!("{folder}/{id}/{}", dbkit_build::replaces::FILE))
        .note(format!("the first that it has not run is `{missing}`"))
        .help(format!(
            "run the rest of them with the version before the squash: `git log --diff-filter=D -- {folder}/{missing}` finds it"
        )),
        Obstacle::Undirected { done, .. } => Diagnostic::error(
            "DBK0514",
            format!(
                "`{id}` stopped after {}, and the history does not say whether it was applied or rolled back",
                spelling::count(*done, "statement")
            ),
        )
        .in_file(format!("{folder}/{id}"))
        .note("an earlier dbkit made the history table, without the column `direction`")
        .help("add the column: `ALTER TABLE _dbkit_migrations ADD COLUMN direction varchar(4) DEFAULT 'up' NOT NULL`")
        .help(format!(
            "was it being rolled back? `UPDATE _dbkit_migrations SET direction = 'down' WHERE id = '{id}'`"
        )),
        other => Diagnostic::error("DBK0510", other.to_string()).help(other.help()),
    }
}

/// The statement that failed, in its file, with the database's own words.
fn statement(failed: &FailedStatement, error: &Error, ledger: &Ledger) -> Diagnostic {
    let file = format!("{}/{}", ledger.folder.path, failed.file());
    let mut problem = Diagnostic::error(
        "DBK0501",
        format!(
            "`{}` failed at statement {} of {}: {}",
            failed.id, failed.number, failed.total, failed.cause
        ),
    );
    let text = fs::read_to_string(&file).unwrap_or_default();
    problem = match place(failed, &text) {
        Some((range, label)) => problem.at(Span { file: file.clone(), range }, label),
        None => problem.in_file(&file),
    };
    for said in [&failed.cause.detail, &failed.cause.hint].into_iter().flatten() {
        problem = problem.note(format!("the database says: {said}"));
    }
    let done = error.report().applied().iter().chain(error.report().rolled_back());
    let before: Vec<&str> = done.map(|done| done.id.as_str()).collect();
    let way = Way::of(failed.direction);
    let again = way.command();
    for blocker in &failed.blockers {
        problem = problem.note(format!("in its way: {blocker}"));
    }
    let is_untouched = failed.stays == 0 && !failed.is_in_doubt;
    let stays = match failed.stays {
        1 => "statement 1 stays done: it is recorded".to_owned(),
        last => format!("statements 1 to {last} stay done: they are recorded"),
    };
    problem = if is_untouched {
        problem.note(format!("nothing of `{}` was {}", failed.id, way.verb()))
    } else if failed.stays == 0 {
        problem
    } else {
        problem.note(stays)
    };
    if failed.is_in_doubt {
        problem = problem.note(format!(
            "nothing says whether statement {} was executed all the same: the database gave no answer, or it could not be recorded",
            failed.number
        ));
    }
    if !before.is_empty() {
        problem = problem.note(format!(
            "{} before it, and it stays so: {}",
            way.verb(),
            spelling::list(&before)
        ));
    }
    if is_untouched {
        return problem.help(format!(
            "edit the file, record it with `cargo dbkit amend {}`, then `cargo dbkit {again}`",
            failed.id
        ));
    }
    if failed.is_in_doubt {
        return problem.help(format!(
            "`cargo dbkit {again}` looks whether it was executed, and goes on from there"
        ));
    }
    problem
        .help(format!(
            "mend what the database objects to, then `cargo dbkit {again}` goes on at statement {}",
            failed.stays + 1
        ))
        .help(match way {
            Way::Up => undo_by_hand(&failed.id),
            Way::Down => format!(
                "is the script itself wrong? take back by hand what is left, then `cargo dbkit repair {} --done`",
                failed.id
            ),
        })
}

/// The way out of a script that is wrong itself and has run in part.
pub(crate) fn undo_by_hand(id: &str) -> String {
    format!(
        "is the script itself wrong? undo what was executed, `cargo dbkit repair {id} --undone`, edit the file, then `cargo dbkit amend {id}`"
    )
}

/// The place in the file: where the database points, else the word that it names, else the line.
fn place(failed: &FailedStatement, text: &str) -> Option<(std::ops::Range<usize>, &'static str)> {
    let line = line_range(text, failed.position)?;
    if failed.is_pointed_at {
        let word = text[line.clone()]
            .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '"' || c == '.'))
            .unwrap_or(line.len())
            .max(1);
        return Some((
            line.start..(line.start + word).min(line.end.max(line.start + 1)),
            "the database points here",
        ));
    }
    let range = named_word(&failed.cause.message).and_then(|word| {
        let end =
            (line.start + failed.sql.len() + failed.sql.matches('\n').count()).min(text.len());
        let statement = text.get(line.start..end)?;
        let at = find_word(statement, word)?;
        Some(line.start + at..line.start + at + word.len())
    });
    match range {
        Some(range) => Some((range, "the database means this")),
        None => Some((line, "in the statement that begins here")),
    }
}

/// The word of the script that a message names: `no such column: bio`, `near "FORM": syntax error`, `Unknown column 'bio' in ..`.
fn named_word(message: &str) -> Option<&str> {
    for quote in ['"', '\''] {
        if let Some((_, rest)) = message.split_once(quote)
            && let Some((word, _)) = rest.split_once(quote)
        {
            return Some(word);
        }
    }
    let (_, word) = message.rsplit_once(": ")?;
    let word = word.rsplit('.').next().unwrap_or(word);
    (!word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_')).then_some(word)
}

/// Where a whole word stands in a text.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .map(|(at, _)| at)
        .find(|at| !text[..*at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_that_a_database_names_is_found() {
        assert_eq!(named_word("no such column: bioo"), Some("bioo"));
        assert_eq!(named_word("near \"FORM\": syntax error"), Some("FORM"));
        assert_eq!(named_word("NOT NULL constraint failed: users.email"), Some("email"));
        assert_eq!(named_word("Unknown column 'x' in 'field list'"), Some("x"));
        assert_eq!(named_word("disk is full"), None);
        assert_eq!(find_word("SET bioo2 = bioo", "bioo"), Some(12));
    }
}
