//! Proves migrations on a scratch database: step by step, up, down and up again, with rows in the tables.
//!
//! The runner is the one that the app uses. What is found is data; the command draws it.

mod compare;
mod replay;
mod restate;
mod rows;
mod seed;

use std::collections::BTreeSet;

use dbkit_build::id::MigrationId;
use dbkit_runtime::{Direction, Migrations};
use dbkit_schema::delta::Delta;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::diff::Change;
use dbkit_schema::model::{DialectName, ObjectName, Rename, Schema, inverse_renames};

pub(crate) use self::compare::{Comparer, between};
pub(crate) use self::replay::Replay;
pub(crate) use self::restate::{Restated, leave_to_the_database, restate, standard_collation};
pub(crate) use self::rows::{Rows, own_columns};
use self::seed::Seeder;

use crate::ledger::Ledger;
use crate::report::Report;
use crate::scratch::Site;
use crate::{Failure, describe, runs, spelling};

/// How it is done.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Where scratch databases are made.
    pub(crate) site: Site,
    /// Only so many migrations at the end are looked at; those before them run.
    pub(crate) last: Option<usize>,
    /// No rows are put in.
    pub(crate) is_without_rows: bool,
}

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What is wrong with the migrations.
    pub(crate) findings: Vec<Diagnostic>,
    /// What is worth knowing.
    pub(crate) warnings: Vec<Diagnostic>,
    /// How many migrations were looked at.
    pub(crate) migrations: usize,
    /// How many of them have a way back that was tried.
    pub(crate) ways_back: usize,
    /// How many rows were put in.
    pub(crate) rows: usize,
    /// Rows that the migrations themselves put in, by table.
    pub(crate) own_rows: Vec<(String, usize)>,
}

/// Proves the migrations of a folder.
pub(crate) fn verify(
    ledger: &Ledger,
    dialect: DialectName,
    options: &Options,
    report: &mut Report,
) -> Result<Outcome, Failure> {
    let migrations = runs::migrations(ledger)?;
    let mut proof = Proof {
        ledger,
        migrations: &migrations,
        dialect,
        options,
        comparer: Comparer::new(dialect, options.site.clone(), ledger.filters.clone()),
        seeder: Seeder::new(dialect),
        outcome: Outcome::default(),
    };
    proof.all(report)?;
    report.end_progress();
    Ok(proof.outcome)
}

struct Proof<'a> {
    ledger: &'a Ledger,
    migrations: &'a Migrations,
    dialect: DialectName,
    options: &'a Options,
    comparer: Comparer,
    seeder: Seeder,
    outcome: Outcome,
}

/// One migration, and the schemas around it.
struct Step<'a> {
    id: &'a MigrationId,
    delta: Option<&'a Delta>,
    /// What the migrations say after it.
    fold: &'a Schema,
}

impl<'a> Proof<'a> {
    fn replay(&self) -> Result<Replay<'a>, Failure> {
        let place = Replay::new(self.ledger, self.migrations, self.dialect, &self.options.site)?;
        Ok(place.without_steps())
    }

    /// What is not looked at.
    fn warn_of_steps(&mut self) {
        for direction in [Direction::Up, Direction::Down] {
            for id in replay::steps(self.migrations, direction) {
                self.outcome.warnings.push(
                    Diagnostic::warning(
                        "DBK0521",
                        format!("the Rust step of `{id}` is not executed here"),
                    )
                    .in_file(format!("{}/{id}/{}", self.ledger.folder.path, direction.file()))
                    .note("only the app has it, so what it does to rows was not looked at")
                    .help("a test of the app can: run its migrations on a database with rows"),
                );
            }
        }
    }

    fn all(&mut self, report: &mut Report) -> Result<(), Failure> {
        let steps = self.ledger.steps()?;
        let first = self.options.last.map_or(0, |last| steps.len().saturating_sub(last));
        self.warn_of_steps();
        let mut place = self.replay()?;
        if let Some(at) = first.checked_sub(1)
            && let Err(problems) = place.up_to(&steps[at].0)?
        {
            self.outcome.findings.extend(problems);
            return Ok(());
        }
        let mut fold = Schema::default();
        let mut live = place.inspect()?;
        let mut changed = BTreeSet::new();
        for (at, (id, delta)) in steps.iter().enumerate() {
            if let Some(delta) = delta {
                // The ledger has folded them all already.
                let _ = delta.apply(&mut fold);
            }
            if at < first {
                continue;
            }
            report.progress(&format!("{id}  {} of {}", at + 1, steps.len()));
            self.outcome.migrations += 1;
            let step = Step { id, delta: delta.as_ref(), fold: &fold };
            match self.step(&mut place, &step, &live, &changed)? {
                Some(after) => {
                    changed = touched(&between(&live, &after, self.dialect));
                    live = after;
                }
                None => return Ok(()),
            }
        }
        self.outcome.rows = self.seeder.rows;
        self.outcome.warnings.extend(self.seeder.problem());
        drop(place);
        report.progress("the whole, in one go");
        self.whole(&fold)
    }

    /// Looks at one migration. `None`: there is no going on.
    fn step(
        &mut self,
        place: &mut Replay<'_>,
        step: &Step<'_>,
        live: &Schema,
        changed: &BTreeSet<ObjectName>,
    ) -> Result<Option<Schema>, Failure> {
        let id = step.id;
        let mut before = Rows::default();
        if !self.options.is_without_rows {
            let driver = place.side()?;
            self.seeder.fill(driver, live, changed);
            before = Rows::read(driver, live, self.dialect);
        }
        if let Err(problems) = place.up_to(id)? {
            if before.is_empty() {
                self.outcome.findings.extend(problems);
                return Ok(None);
            }
            // It may be about the rows: then it goes without them.
            before = Rows::default();
            if let Err(problems) = self.anew(place, id)? {
                self.outcome.findings.extend(problems);
                return Ok(None);
            }
            let warnings = problems.iter().map(|problem| fails_on_rows(id, problem));
            self.outcome.warnings.extend(warnings);
        }
        let after = place.inspect()?;
        let differences = self.comparer.differences(step.fold, &after)?;
        if !differences.is_empty() {
            self.outcome.findings.push(self.undeclared(step, &differences));
        }
        let renames = step.delta.map(|delta| delta.renames.clone()).unwrap_or_default();
        self.look_at_rows(place, id, Direction::Up, (&before, live), &after, &renames)?;
        self.back(place, step, live, &after, &before)?;
        Ok(Some(after))
    }

    /// The way back, and the way again.
    fn back(
        &mut self,
        place: &mut Replay<'_>,
        step: &Step<'_>,
        live: &Schema,
        after: &Schema,
        before: &Rows,
    ) -> Result<(), Failure> {
        let id = step.id;
        if self.ledger.text(id, "down.sql").is_none() {
            return Ok(());
        }
        self.outcome.ways_back += 1;
        let there = if self.options.is_without_rows {
            Rows::default()
        } else {
            Rows::read(place.side()?, after, self.dialect)
        };
        if let Err(problems) = place.down()? {
            self.outcome.findings.extend(problems);
            return self.forward(place, id);
        }
        let back = place.inspect()?;
        let differences = between(live, &back, self.dialect);
        if !differences.is_empty() {
            let problem = Diagnostic::error(
                "DBK0602",
                format!("`{id}` does not bring back what was before it"),
            )
            .in_file(self.ledger.file(id, "down.sql"))
            .note("after up.sql and down.sql the database differs from before:");
            self.outcome.findings.push(
                listed(problem, &differences)
                    .help(format!("mend down.sql, then `cargo dbkit amend {id}`"))
                    .help("delete down.sql if there is no way back"),
            );
            return self.forward(place, id);
        }
        let renames = step.delta.map(|delta| delta.renames.clone()).unwrap_or_default();
        let inverse = inverse_renames(&renames);
        self.look_at_rows(place, id, Direction::Down, (&there, after), &back, &inverse)?;
        // And what was there before has come through both.
        let kept = self.lost(place, id, Direction::Down, (before, live), &back, &[])?;
        if !kept.is_empty()
            && self.outcome.findings.last().is_none_or(|last| last.code != "DBK0604")
        {
            // Up has lost it, and said so; that is no finding.
            let is_declared = between(live, after, self.dialect).iter().any(loses);
            if !is_declared {
                self.outcome.findings.push(self.rows_lost(id, Direction::Down, kept));
            }
        }
        if let Err(problems) = place.up_to(id)? {
            let problems = problems.into_iter().map(|problem| {
                problem.note("it was applied, taken back, and is applied again: down.sql has left something behind")
            });
            self.outcome.findings.extend(problems);
            return self.forward(place, id);
        }
        let again = place.inspect()?;
        let differences = between(after, &again, self.dialect);
        if !differences.is_empty() {
            let problem = Diagnostic::error(
                "DBK0603",
                format!("`{id}` makes something else when it is applied again"),
            )
            .in_file(self.ledger.file(id, "down.sql"))
            .note("after up.sql, down.sql and up.sql the database differs from the first time:");
            self.outcome.findings.push(
                listed(problem, &differences)
                    .help(format!("mend down.sql, then `cargo dbkit amend {id}`")),
            );
        }
        Ok(())
    }

    /// Goes on behind a migration in a new database, without the rows.
    fn forward(&mut self, place: &mut Replay<'_>, id: &MigrationId) -> Result<(), Failure> {
        // It went well a moment ago.
        if let Err(problems) = self.anew(place, id)? {
            self.outcome.findings.extend(problems);
        }
        Ok(())
    }

    fn anew(
        &mut self,
        place: &mut Replay<'_>,
        id: &MigrationId,
    ) -> Result<Result<(), Vec<Diagnostic>>, Failure> {
        place.restart()?;
        self.seeder.forget();
        place.up_to(id)
    }

    fn look_at_rows(
        &mut self,
        place: &mut Replay<'_>,
        id: &MigrationId,
        direction: Direction,
        before: (&Rows, &Schema),
        after: &Schema,
        renames: &[Rename],
    ) -> Result<(), Failure> {
        let lost = self.lost(place, id, direction, before, after, renames)?;
        if !lost.is_empty() {
            self.outcome.findings.push(self.rows_lost(id, direction, lost));
        }
        Ok(())
    }

    fn lost(
        &self,
        place: &mut Replay<'_>,
        id: &MigrationId,
        direction: Direction,
        (rows, before): (&Rows, &Schema),
        after: &Schema,
        renames: &[Rename],
    ) -> Result<Vec<String>, Failure> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let now = Rows::read(place.side()?, after, self.dialect);
        let script = self.migrations.iter().find(|migration| migration.id() == id.as_str());
        let declared =
            script.map(|script| rows::named_by_dml(&script, direction)).unwrap_or_default();
        Ok(rows::lost((rows, before), (&now, after), renames, &declared))
    }

    fn rows_lost(&self, id: &MigrationId, direction: Direction, lost: Vec<String>) -> Diagnostic {
        let mut problem = Diagnostic::error("DBK0604", format!("`{id}` loses rows or values"))
            .in_file(self.ledger.file(id, direction.file()));
        problem.notes = lost;
        problem
            .note("they were put in before it, and neither changes.json nor a statement like UPDATE or DELETE speaks of them")
            .help(format!("mend {}, then `cargo dbkit amend {id}`", direction.file()))
    }

    fn undeclared(&self, step: &Step<'_>, differences: &[Change]) -> Diagnostic {
        let id = step.id;
        let message = if step.delta.is_some() {
            format!("`{id}` changes the schema in another way than its changes.json says")
        } else {
            format!("`{id}` changes the schema, and has no changes.json that says so")
        };
        let problem = Diagnostic::error("DBK0601", message)
            .in_file(self.ledger.file(id, "up.sql"))
            .note("what the database has beside what the migrations say:");
        listed(problem, differences)
            .note("the next `generate` would build on a schema that no database has")
            .help(format!("take it into changes.json: `cargo dbkit amend {id}`"))
    }

    /// The same schema in one go, and what the migrations themselves put into it.
    fn whole(&mut self, fold: &Schema) -> Result<(), Failure> {
        let has_undeclared = self.outcome.findings.iter().any(|found| found.code == "DBK0601");
        let mut place = self.replay()?;
        if let Some(last) = self.ledger.journal().order().last()
            && let Err(problems) = place.up_to(&last.id)?
        {
            drop(place);
            self.outcome.findings.extend(problems);
            return Ok(());
        }
        let live = place.inspect()?;
        let own = Rows::read(place.side()?, &live, self.dialect);
        drop(place);
        self.outcome.own_rows = own.counts();
        let differences = self.comparer.through_server(fold, &live)?;
        if !has_undeclared && !differences.is_empty() {
            let problem = Diagnostic::error(
                "DBK0606",
                "a database that is made in one go differs from one that has run all migrations",
            )
            .in_file(self.ledger.journal_file())
            .note("what the migrations make beside it:");
            self.outcome.findings.push(listed(problem, &differences));
        }
        Ok(())
    }
}

fn fails_on_rows(id: &MigrationId, problem: &Diagnostic) -> Diagnostic {
    let mut warning =
        Diagnostic::warning("DBK0605", format!("`{id}` fails on rows that are valid before it"))
            .note(&problem.message);
    warning.labels.clone_from(&problem.labels);
    warning.file.clone_from(&problem.file);
    warning
        .note("it goes well on empty tables; whether it fails on yours depends on their rows")
        .help("ask a database: `cargo dbkit generate --database URL` before it is written, `cargo dbkit verify --without-rows` to leave rows out of it")
}

/// Changes as notes of a problem; of a great many, the first ones.
pub(crate) fn listed(mut problem: Diagnostic, changes: &[Change]) -> Diagnostic {
    const MANY: usize = 12;
    for change in changes.iter().take(MANY) {
        problem = problem.note(describe::line(change).to_string());
    }
    if changes.len() > MANY {
        let more = spelling::count(changes.len() - MANY, "more difference");
        problem = problem.note(format!("and {more}"));
    }
    problem
}

/// Whether rows or values go with a change.
fn loses(change: &Change) -> bool {
    matches!(
        change,
        Change::DropTable(_)
            | Change::DropColumn { .. }
            | Change::AlterColumn { .. }
            | Change::AlterEnum { .. }
            | Change::DropEnum(_)
    )
}

/// The tables that changes speak of.
fn touched(changes: &[Change]) -> BTreeSet<ObjectName> {
    changes
        .iter()
        .filter_map(|change| match change {
            Change::CreateTable(table) => Some(table.name.clone()),
            Change::AddColumn { table, .. }
            | Change::AlterColumn { table, .. }
            | Change::DropColumn { table, .. } => Some(table.clone()),
            _ => None,
        })
        .collect()
}
