//! Migrations as the command line would have written them, and real databases to run them on.
#![allow(dead_code, reason = "each test file uses a part of it")]

use dbkit_build::folder::{Folder, MigrationFiles};
use dbkit_build::id::MigrationId;
use dbkit_build::journal::{Entry, Journal};
use dbkit_build::{blob, canonical::Hash, split::Flavor};
use dbkit_runtime::{Driver, Migrations};
use dbkit_schema::delta::{Delta, fold};
use dbkit_schema::dialect::{self, Catalog, Dialect, Direction};
use dbkit_schema::diff;
use dbkit_schema::model::{DialectName, Hints, Schema};
use dbkit_schema::plan::{Decision, TransactionMode};
use test_fixtures::catalog::Client;
use test_fixtures::server::{Database, Server};

/// A database to try things on.
pub(crate) enum Place {
    Sqlite(tempfile::TempDir),
    Server(Database),
}

impl Place {
    pub(crate) fn new(dialect: DialectName, server: Option<&Server>) -> Self {
        match (dialect, server) {
            (DialectName::Sqlite, _) => Self::Sqlite(tempfile::tempdir().expect("a folder")),
            (_, Some(server)) => Self::Server(server.fresh_database()),
            (_, None) => panic!("no server"),
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("case.db").display()),
            Self::Server(database) => database.url(),
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::open(&self.url())
    }
}

/// The client of a test as a driver of the runner.
pub(crate) fn with_driver<T>(client: &mut Client, run: impl FnOnce(&mut dyn Driver) -> T) -> T {
    match client {
        Client::Sqlite(connection) => run(connection),
        Client::Postgres(connection) => run(connection.as_mut()),
        Client::MariaDb(connection) => run(connection.as_mut()),
    }
}

/// Migrations as the command line would have written them.
pub(crate) struct History {
    pub(crate) folder: Folder,
    pub(crate) deltas: Vec<Delta>,
    pub(crate) state: Schema,
    pub(crate) ups: Vec<String>,
}

impl History {
    pub(crate) fn new() -> Self {
        let folder = Folder {
            path: "migrations".to_owned(),
            journal: Journal::default(),
            migrations: Vec::new(),
            problems: Vec::new(),
        };
        Self { folder, deltas: Vec::new(), state: Schema::default(), ups: Vec::new() }
    }

    pub(crate) fn add(&mut self, up: String, down: String, delta: Delta, after: Schema) {
        let number = self.deltas.len() + 1;
        let id: MigrationId = format!("202601{number:02}000000_m").parse().expect("an id");
        let parents = self.folder.journal.heads().into_iter().cloned().collect();
        let changes = delta.to_text();
        assert_eq!(
            Delta::from_text(&changes, "changes.json").as_ref(),
            Ok(&delta),
            "changes.json is read back"
        );
        self.folder.journal.insert(Entry {
            id: id.clone(),
            up: Hash::of(up.as_bytes()),
            down: Some(Hash::of(down.as_bytes())),
            changes: Some(Hash::of(changes.as_bytes())),
            parents,
        });
        self.folder.migrations.push(MigrationFiles {
            name: id.to_string(),
            up: Some(up.clone().into_bytes()),
            down: Some(down.into_bytes()),
            changes: Some(changes.into_bytes()),
            replaces: None,
        });
        self.deltas.push(delta);
        self.ups.push(up);
        self.state = after;
    }

    pub(crate) fn migrations(&self, dialect: DialectName) -> Migrations {
        let flavor = Flavor::from_word(dialect.word()).expect("a flavor");
        assert_eq!(dbkit_build::verify(&self.folder, flavor), [], "what is generated is verified");
        Migrations::from_blob(blob::write(&self.folder, flavor)).expect("a blob")
    }

    /// Generates the way to a schema, as many migrations as it takes.
    pub(crate) fn generate(
        &mut self,
        to: &Schema,
        hints: &Hints,
        dialect: &dyn Dialect,
    ) -> Vec<Decision> {
        let comparison = dialect::compare(&self.state, to, hints, dialect);
        for batch in &comparison.plan.batches {
            let (delta, after) = diff::delta(&self.state, &batch.changes);
            let up = dialect::script(std::slice::from_ref(batch), Direction::Up, dialect);
            let back = dialect::way_back(&after, &self.state, &batch.changes, hints, dialect);
            let down = dialect::script(&back.plan.batches, Direction::Down(batch), dialect);
            assert_eq!(batch.mode == TransactionMode::None, up.text.contains("no-transaction"));
            self.add(up.text, down.text, delta, after);
        }
        assert_eq!(
            fold(&self.deltas).map_err(|conflicts| format!("{conflicts:?}")),
            Ok(self.state.clone()),
            "the fold is the state"
        );
        comparison.plan.decisions
    }
}

/// What dbkit reads in a database is what it reads in a fresh one that is made from the fold of the migrations.
pub(crate) fn same_as_fold(
    client: &mut Client,
    fold: &Schema,
    dialect: &dyn Dialect,
    server: Option<&Server>,
) -> Result<(), String> {
    if dialect.name() != DialectName::Sqlite {
        return Ok(());
    }
    let place = Place::new(dialect.name(), server);
    let mut fresh = place.client();
    let batches =
        dialect::compare(&Schema::default(), fold, &Hints::default(), dialect).plan.batches;
    for batch in &batches {
        let text = dialect::script(std::slice::from_ref(batch), Direction::Up, dialect).text;
        fresh.execute(&text)?;
    }
    let (live, fresh) = (inspect(client, dialect)?, inspect(&mut fresh, dialect)?);
    for (from, to) in [(&live, &fresh), (&fresh, &live)] {
        let changes = diff::diff(from, to, &Hints::default()).changes;
        if !changes.is_empty() {
            return Err(format!("{changes:#?}"));
        }
    }
    Ok(())
}

pub(crate) fn inspect(client: &mut Client, dialect: &dyn Dialect) -> Result<Schema, String> {
    with_driver(client, |driver| {
        let mut query = |sql: &str| driver.query(sql).map_err(|error| error.to_string());
        let version = query(dialect.version_query())?.into_iter().flatten().flatten().next();
        let mut catalog = Catalog { version: version.unwrap_or_default(), ..Catalog::default() };
        for asked in dialect.inspect_queries(&catalog.version) {
            catalog.rows.insert(asked.name, query(&asked.sql)?);
        }
        let found = dialect.inspect(&catalog);
        if !found.unmanaged.is_empty() {
            return Err(format!("not understood: {:?}", found.unmanaged));
        }
        assert_eq!(dialect.normalize(found.schema.clone()), found.schema, "what is read is normal");
        Ok(found.schema)
    })
}
