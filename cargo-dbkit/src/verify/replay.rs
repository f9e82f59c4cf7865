//! Migrations on a scratch database, by the runner of the app.

use dbkit_build::id::MigrationId;
use dbkit_runtime::{Driver, Migrations, Target as Goal};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::{DialectName, Schema};

use crate::Failure;
use crate::ledger::Ledger;
use crate::runs::{self, Way};
use crate::scratch::Scratch;
use crate::url::Address;

const PLACE: &str = "the scratch database";

/// A scratch database that is at one of the migrations.
pub(crate) struct Replay<'a> {
    ledger: &'a Ledger,
    migrations: &'a Migrations,
    server: Option<&'a Address>,
    scratch: Scratch,
}

/// Done, or what is wrong with a migration.
type Tried = Result<(), Vec<Diagnostic>>;

impl<'a> Replay<'a> {
    pub(crate) fn new(
        ledger: &'a Ledger,
        migrations: &'a Migrations,
        dialect: DialectName,
        server: Option<&'a Address>,
    ) -> Result<Self, Diagnostic> {
        Ok(Self { ledger, migrations, server, scratch: Scratch::make(dialect, server)? })
    }

    /// Begins anew with an empty database.
    pub(crate) fn restart(&mut self) -> Result<(), Diagnostic> {
        self.scratch = Scratch::make(self.scratch.dialect(), self.server)?;
        Ok(())
    }

    /// Applies everything up to a migration, that one included.
    pub(crate) fn up_to(&mut self, id: &MigrationId) -> Result<Tried, Failure> {
        let runner = self.migrations.runner().target(Goal::Id(id.to_string()));
        let outcome = runner.run(&mut *self.scratch.session()?.driver);
        match outcome {
            Ok(_) => Ok(Ok(())),
            Err(error) => tried(runs::failure(&error, self.ledger, PLACE, Way::Up, None)),
        }
    }

    /// Takes the last one back.
    pub(crate) fn down(&mut self) -> Result<Tried, Failure> {
        let runner = self.migrations.runner().target(Goal::Steps(1)).allow_irreversible();
        let outcome = runner.rollback(&mut *self.scratch.session()?.driver);
        match outcome {
            Ok(_) => Ok(Ok(())),
            Err(error) => tried(runs::failure(&error, self.ledger, PLACE, Way::Down, None)),
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

fn tried(failure: Failure) -> Result<Tried, Failure> {
    match failure {
        Failure::Problems { problems, .. } => Ok(Err(problems)),
        other => Err(other),
    }
}
