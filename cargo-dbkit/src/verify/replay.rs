//! Migrations on a scratch database, by the runner of the app.

use dbkit_build::id::MigrationId;
use dbkit_runtime::{Direction, Driver, ErrorKind, Migrations, Runner, StepError, Target as Goal};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::{DialectName, Schema};

use crate::Failure;
use crate::ledger::Ledger;
use crate::runs::{self, Way};
use crate::scratch::{Scratch, Site, advise};

const PLACE: &str = "the scratch database";

/// A scratch database that is at one of the migrations.
pub(crate) struct Replay<'a> {
    ledger: &'a Ledger,
    migrations: &'a Migrations,
    site: &'a Site,
    scratch: Scratch,
    is_without_steps: bool,
}

/// Done, or what is wrong with a migration.
type Tried = Result<(), Vec<Diagnostic>>;

impl<'a> Replay<'a> {
    pub(crate) fn new(
        ledger: &'a Ledger,
        migrations: &'a Migrations,
        dialect: DialectName,
        site: &'a Site,
    ) -> Result<Self, Diagnostic> {
        let scratch = Scratch::make(dialect, site)?;
        Ok(Self { ledger, migrations, site, scratch, is_without_steps: false })
    }

    /// The Rust steps that only the app has do nothing here, where otherwise a migration that takes one is refused.
    pub(crate) fn without_steps(mut self) -> Self {
        self.is_without_steps = true;
        self
    }

    /// Begins anew with an empty database.
    pub(crate) fn restart(&mut self) -> Result<(), Diagnostic> {
        self.scratch = Scratch::make(self.scratch.dialect(), self.site)?;
        Ok(())
    }

    /// Applies everything up to a migration, that one included.
    pub(crate) fn up_to(&mut self, id: &MigrationId) -> Result<Tried, Failure> {
        let runner = self.migrations.runner().target(Goal::Id(id.to_string()));
        self.run(runner, Direction::Up)
    }

    /// Takes the last one back.
    pub(crate) fn down(&mut self) -> Result<Tried, Failure> {
        let runner = self.migrations.runner().target(Goal::Steps(1)).allow_irreversible();
        self.run(runner, Direction::Down)
    }

    fn run(&mut self, runner: Runner<'_>, direction: Direction) -> Result<Tried, Failure> {
        let driver = &mut self.scratch.session()?.driver;
        let steps =
            if self.is_without_steps { steps(self.migrations, direction) } else { Vec::new() };
        let outcome = match (steps.as_slice(), direction) {
            ([], Direction::Up) => runner.run(driver),
            ([], Direction::Down) => runner.rollback(driver),
            ([first, rest @ ..], Direction::Up) => {
                let first = runner.step(first, nothing);
                rest.iter().fold(first, |all, id| all.step(id, nothing)).run(driver)
            }
            ([first, rest @ ..], Direction::Down) => {
                let first = runner.step_back(first, nothing);
                rest.iter().fold(first, |all, id| all.step_back(id, nothing)).rollback(driver)
            }
        };
        let Err(error) = outcome else { return Ok(Ok(())) };
        match runs::failure(&error, self.ledger, PLACE, Way::of(direction), None) {
            Failure::Problems { mut problems, .. } => {
                if let (ErrorKind::Statement(failed), Some(problem)) =
                    (error.kind(), problems.first_mut())
                {
                    advise(problem, &failed.cause);
                }
                Ok(Err(problems))
            }
            other => Err(other),
        }
    }

    /// What is there.
    pub(crate) fn inspect(&mut self) -> Result<Schema, Diagnostic> {
        self.scratch.inspect().map(|found| found.schema)
    }

    /// A connection without the settings of scripts.
    pub(crate) fn side(&mut self) -> Result<&mut dyn Driver, Diagnostic> {
        Ok(&mut *self.scratch.side()?.driver)
    }
}

/// The migrations whose scripts of a direction take a Rust step.
pub(crate) fn steps(migrations: &Migrations, direction: Direction) -> Vec<String> {
    let takes = migrations.iter().filter(|migration| migration.has_step(direction));
    takes.map(|migration| migration.id().to_owned()).collect()
}

fn nothing(_: &mut Box<dyn Driver>) -> Result<(), StepError> {
    Ok(())
}
