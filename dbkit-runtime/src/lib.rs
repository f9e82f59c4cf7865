//! Applies embedded migrations when an app starts: locked, recorded, verified.
//!
//! The build script verifies the folder of migrations and embeds it:
//!
//! ```ignore
//! fn main() {
//!     dbkit_build::embed("migrations");
//! }
//! ```
//!
//! The app applies what is pending when it starts. In its Cargo.toml this crate is called `dbkit`:
//! `dbkit = { package = "dbkit-runtime", version = "0.1", features = ["sqlite"] }`.
#![cfg_attr(feature = "sqlite", doc = "```no_run")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use std::time::Duration;
//!
//! # extern crate dbkit_runtime as dbkit;
//! # /*
//! dbkit::include_migrations!(pub MIGRATIONS);
//! # */
//! # static MIGRATIONS: dbkit::Migrations = dbkit::Migrations::from_static(b"");
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let mut database = rusqlite::Connection::open("app.db")?;
//!     MIGRATIONS.run(&mut database)?;
//!
//!     // Or with options:
//!     let report = MIGRATIONS
//!         .runner()
//!         .lock_wait(Duration::from_secs(60))
//!         .newer(dbkit::Newer::Allow)
//!         .on_event(|event| println!("{event:?}"))
//!         .run(&mut database)?;
//!     println!("{} migrations were applied", report.applied().len());
//!     Ok(())
//! }
//! ```
//!
//! A database that is up to date costs one query; nothing is created or locked. Otherwise the run takes a lock that keeps other migrators
//! out, reads the history again, and applies what is pending: one transaction each, with its row in the history. Where no transaction can
//! cover a script (MySQL, `-- dbkit: no-transaction`), each statement is recorded before and after, and the next run goes on where this
//! one stopped.
//!
//! The runner is a state machine that does no IO ([`machine`]); a [`Driver`] or [`AsyncDriver`] is a thin loop around it.
//!
//! | feature | client | call |
//! |---|---|---|
//! | `sqlite` | `rusqlite::Connection` | `MIGRATIONS.run(&mut connection)` |
//! | `postgres` | `postgres::Client` | `MIGRATIONS.run(&mut client)` |
//! | `mysql` | `mysql::Conn`; of a pool: `&mut *conn` | `MIGRATIONS.run(&mut conn)` |
//! | `tokio-postgres` | `tokio_postgres::Client` | `MIGRATIONS.run_async(&mut client).await` |
//! | `tokio-postgres` | an object of deadpool-postgres | `MIGRATIONS.run_async(&mut **object).await` |
//! | `tokio-postgres` | a connection of bb8-postgres | `MIGRATIONS.run_async(&mut *connection).await` |
//! | `mysql_async` | `mysql_async::Conn` | `MIGRATIONS.run_async(&mut conn).await` |
//! | `sqlx-postgres`, `sqlx-sqlite`, `sqlx-mysql` | `sqlx::PgConnection`, .. | `MIGRATIONS.run_async(&mut pool.acquire().await?.detach()).await` |
//! | `diesel-postgres`, `diesel-sqlite`, `diesel-mysql` | a connection of Diesel, also of its pool | `MIGRATIONS.run(&mut dbkit::diesel::Pg(&mut connection))` |
//!
//! More features: `tracing` (spans of a run, its migrations and statements), `test` and `test-tokio` ([`test`](mod@test)), `derive`, and `sea-query`, `uuid`, `time`, `chrono`, `serde_json` for the derive.
#![warn(missing_docs)]

mod asynchronous;
mod blob;
mod dialect;
mod driver;
mod error;
mod hexadecimal;
mod history;
mod log;
pub mod machine;
mod pause;
mod run;
mod sha256;
mod sql;
mod step;
mod table;
#[cfg(feature = "test")]
pub mod test;
#[cfg(feature = "tracing")]
mod trace;

use std::borrow::Cow;
use std::time::Duration;

pub use self::blob::{Direction, InvalidBlob, Migration};
pub use self::dialect::Dialect;
#[cfg(any(feature = "diesel-postgres", feature = "diesel-sqlite", feature = "diesel-mysql"))]
pub use self::driver::diesel;
pub use self::driver::{AsyncDriver, Driver, DriverError, Rows};
pub use self::error::{
    Applied, Blocker, Error, FailedStatement, Kind as ErrorKind, Obstacle, Report,
};
pub use self::history::{Doubt, HISTORY_TABLE, HistoryRow, Status};
pub use self::run::{Repair, Resolution};
pub use self::step::{StepError, StepFuture, Stepped, SteppedAsync};
pub use self::table::{
    Col, DbEnum, Json, Kind, PointsTo, SHAPE_START, SqlType, Table, TableRef, shape,
};

#[cfg(feature = "test")]
pub use dbkit_runtime_derive::test;
#[cfg(feature = "derive")]
pub use dbkit_runtime_derive::{DbEnum, DbType, Table, View, assert_schema, objects};

use self::blob::Blob;
use self::history::HistoryTable;
use self::machine::{Machine, drive};
use self::run::{Head, Hold, Listener, Options, Run};

/// Embeds what the build script verified, as a static: `include_migrations!(pub MIGRATIONS)`.
///
/// A package with several migrations folders gives each but one a name, here and in build.rs (`dbkit_build::Embed::set`):
/// `include_migrations!(pub AUDIT, set = "audit")`. The history keeps sets apart.
#[macro_export]
macro_rules! include_migrations {
    ($visibility:vis $name:ident) => {
        #[doc = "The migrations of this crate, verified when it was built."]
        $visibility static $name: $crate::Migrations =
            $crate::Migrations::from_static(include_bytes!(concat!(env!("OUT_DIR"), "/dbkit_migrations.bin")));
    };
    ($visibility:vis $name:ident, set = $set:literal) => {
        #[doc = concat!("The migrations of the set `", $set, "` of this crate, verified when it was built.")]
        $visibility static $name: $crate::Migrations =
            $crate::Migrations::from_static_set($set, include_bytes!(concat!(env!("OUT_DIR"), "/dbkit_migrations_", $set, ".bin")));
    };
}

/// Embedded migrations, in order of execution.
#[derive(Debug, Clone)]
pub struct Migrations {
    blob: Blob,
    set: Cow<'static, str>,
}

const DEFAULT_SET: &str = "app";

impl Migrations {
    /// What dbkit-build wrote. [`include_migrations!`] calls it.
    pub const fn from_static(blob: &'static [u8]) -> Self {
        Self::from_static_set(DEFAULT_SET, blob)
    }

    /// The same with the name of the set; see [`Runner::set`].
    pub const fn from_static_set(set: &'static str, blob: &'static [u8]) -> Self {
        Self { blob: Blob::from_static(blob), set: Cow::Borrowed(set) }
    }

    /// The same, made at run time.
    ///
    /// # Errors
    /// If the bytes are not what dbkit-build writes.
    pub fn from_blob(blob: Vec<u8>) -> Result<Self, InvalidBlob> {
        let migrations = Self { blob: Blob::from_vec(blob), set: Cow::Borrowed(DEFAULT_SET) };
        migrations.blob.check_text()?;
        Ok(migrations)
    }

    /// The same as another set of the history; see [`Runner::set`].
    #[must_use]
    pub fn with_set(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.set = name.into();
        self
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.blob.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The migrations, in order of execution.
    pub fn iter(&self) -> impl Iterator<Item = Migration<'_>> {
        self.blob.iter()
    }

    /// Applies the pending migrations, one transaction each, and records them.
    ///
    /// Waits up to 30 seconds for other migrators of the same database. Costs one query when nothing is pending. If a migration fails, the
    /// ones before it stay applied; [`Error::report`] lists them.
    ///
    /// # Errors
    /// [`Error`] says which statement of which migration failed, or why nothing was executed.
    pub fn run(&self, driver: &mut (impl Driver + ?Sized)) -> Result<Report, Error> {
        self.runner().run(driver)
    }

    /// A run with options.
    pub fn runner(&self) -> Runner<'_> {
        Runner {
            blob: &self.blob,
            listener: None,
            options: Options {
                set: self.set.clone().into_owned(),
                history: HistoryTable {
                    schema: None,
                    table: HISTORY_TABLE.to_owned(),
                    is_located: false,
                },
                lock: Lock::default(),
                lock_wait: Duration::from_secs(30),
                lock_timeout: None,
                statement_timeout: None,
                retries: None,
                retry_for: Duration::from_secs(600),
                target: Target::Latest,
                newer: Newer::Deny,
                out_of_order: OutOfOrder::Siblings,
                allow_irreversible: false,
                allow_edited_down: false,
                applied_by: None,
                steps: Vec::new(),
            },
        }
    }

    /// Where a database stands: its history, what is pending, and what stands in the way. Creates nothing.
    ///
    /// # Errors
    /// What the database says.
    pub fn status(&self, driver: &mut (impl Driver + ?Sized)) -> Result<Standing, Error> {
        self.runner().status(driver)
    }

    /// What the history of a database says. Creates nothing.
    ///
    /// # Errors
    /// What the database says.
    pub fn history(&self, driver: &mut (impl Driver + ?Sized)) -> Result<Vec<HistoryRow>, Error> {
        self.runner().history(driver)
    }

    /// The migrations that would be applied, with their SQL. Creates nothing.
    ///
    /// # Errors
    /// As [`Migrations::run`], before anything is executed.
    pub fn plan(
        &self,
        driver: &mut (impl Driver + ?Sized),
    ) -> Result<Vec<(String, String)>, Error> {
        self.runner().plan(driver)
    }
}

/// Where a database stands; see [`Migrations::status`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// Every row of the history, in the order of ids.
    pub history: Vec<HistoryRow>,
    /// The migrations that are not applied, in order of execution.
    pub pending: Vec<String>,
    /// What keeps a run from starting. A script without a transaction that another migrator is executing right now looks like one that
    /// was interrupted; a run waits for it.
    pub obstacles: Vec<Obstacle>,
}

impl Standing {
    /// Whether there is nothing to do, and nothing wrong.
    pub fn is_current(&self) -> bool {
        self.pending.is_empty() && self.obstacles.is_empty()
    }
}

/// How far a run goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Target {
    /// Up: everything. Down: the last one.
    #[default]
    Latest,
    /// So many migrations.
    Steps(usize),
    /// Up: this one included. Down: this one stays, what came after it goes.
    Id(String),
}

/// How other migrators are kept out. SQLite's transactions and MySQL's `GET_LOCK` need no choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Lock {
    /// PostgreSQL: a lock of the session for the whole run, and one of each transaction. If a pooler shows itself between this program and
    /// the server, as [`Lock::Transaction`] from there on.
    #[default]
    Session,
    /// PostgreSQL: a lock of each transaction only, for a pooler in transaction mode. What no transaction can hold (`CREATE INDEX
    /// CONCURRENTLY`) is refused before anything is executed.
    Transaction,
}

/// What to do with a database that has run migrations which this program does not have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Newer {
    /// Execute nothing.
    #[default]
    Deny,
    /// Go on, and say so: [`Event::Ahead`].
    Warn,
    /// Go on.
    Allow,
}

/// What to do with a pending migration that comes before an applied one.
///
/// After a merge of two branches this is normal: a database may have run the migrations of the one before it sees those of the other. The
/// journal knows which migration was written after which, so the default lets such siblings through, and stops where a migration ran
/// although one that it builds on did not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutOfOrder {
    /// Execute nothing.
    Deny,
    /// Apply it if it is of another branch: nothing that was applied follows it.
    #[default]
    Siblings,
    /// Apply it.
    Allow,
}

/// Something that happens during a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The database has run migrations that this program does not have; see [`Newer::Warn`].
    Ahead {
        /// Their ids.
        ids: &'a [String],
    },
    /// The lock was had. SQLite has none beside that of its transactions.
    Locked,
    /// Somebody else has the lock.
    Waiting {
        /// Who, as far as the database can tell.
        holder: Option<&'a str>,
        /// For how long already.
        waited: Duration,
    },
    /// A migration begins.
    Started {
        /// Its id.
        id: &'a str,
        /// How many statements it has.
        statements: usize,
    },
    /// A statement begins.
    Statement {
        /// The migration.
        id: &'a str,
        /// From 1.
        number: usize,
        /// Of how many.
        total: usize,
        /// The statement.
        sql: &'a str,
    },
    /// A Rust step begins.
    Step {
        /// The migration.
        id: &'a str,
    },
    /// A migration is applied and recorded.
    Applied {
        /// Its id.
        id: &'a str,
        /// How long its statements took.
        took: Duration,
        /// How many they were.
        statements: usize,
    },
    /// A migration is taken back and recorded.
    RolledBack {
        /// Its id.
        id: &'a str,
        /// How long its statements took.
        took: Duration,
    },
    /// A statement did not get its locks and was taken back; it will be tried again.
    Retrying {
        /// The migration.
        id: &'a str,
        /// After how long.
        after: Duration,
        /// How many times more, if that is limited.
        left: Option<u32>,
        /// Who has the locks, as far as the database tells.
        blockers: &'a [Blocker],
    },
    /// A pooler gives each transaction another session of the server: the lock is one of the transaction now.
    Pooled,
    /// A statement during which an earlier run ended was looked for.
    Settled {
        /// The migration.
        id: &'a str,
        /// Which statement, from 1.
        number: usize,
        /// The statement.
        sql: &'a str,
        /// Whether it took effect; if not, it is executed again.
        was_executed: bool,
    },
    /// The run is over, without an error.
    Finished {
        /// What it did.
        report: &'a Report,
    },
}

/// A run with options; see [`Migrations::runner`].
pub struct Runner<'a> {
    blob: &'a Blob,
    options: Options,
    listener: Option<Listener<'a>>,
}

impl<'a> Runner<'a> {
    /// Keeps apart the migrations of several crates in one database. The default is the name given to [`include_migrations!`], or `app`.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>) -> Self {
        self.options.set = name.into();
        self
    }

    /// Where the history is kept, `_dbkit_migrations` unless it is said; `schema` on PostgreSQL only.
    #[must_use]
    pub fn history_table(mut self, schema: Option<&str>, table: &str) -> Self {
        self.options.history = HistoryTable {
            schema: schema.map(str::to_owned),
            table: table.to_owned(),
            is_located: false,
        };
        self
    }

    /// How long to wait for another migrator, 30 seconds unless it is said. On SQLite also for other writers.
    #[must_use]
    pub fn lock_wait(mut self, wait: Duration) -> Self {
        self.options.lock_wait = wait;
        self
    }

    /// How other migrators are kept out.
    #[must_use]
    pub fn lock(mut self, lock: Lock) -> Self {
        self.options.lock = lock;
        self
    }

    /// How long a statement may wait for the locks of others; no limit for zero.
    ///
    /// Everybody who comes after a waiting statement waits too. So without this a change of definitions waits a twentieth of a second, later
    /// a fifth, and is tried again as long as [`Runner::retry_for`] says; a change of rows, which holds up nobody, waits ten seconds. MySQL:
    /// whole seconds, one at least. SQLite has none beside [`Runner::lock_wait`].
    #[must_use]
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.options.lock_timeout = Some(timeout);
        self
    }

    /// How often something is tried again that did not get its locks (lock timeout, deadlock), as often as [`Runner::retry_for`] has time
    /// for unless it is said. The pauses begin at a quarter of a second and grow.
    #[must_use]
    pub fn retries(mut self, count: u32) -> Self {
        self.options.retries = Some(count);
        self
    }

    /// For how long something is tried again that did not get its locks, 10 minutes unless it is said.
    #[must_use]
    pub fn retry_for(mut self, time: Duration) -> Self {
        self.options.retry_for = time;
        self
    }

    /// How long a statement may run, the server's own setting unless it is said. PostgreSQL. What may take long and holds up nobody has no
    /// limit: `CREATE INDEX CONCURRENTLY`, `VALIDATE CONSTRAINT`, `VACUUM`.
    #[must_use]
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.options.statement_timeout = Some(timeout);
        self
    }

    /// How far to go.
    #[must_use]
    pub fn target(mut self, target: Target) -> Self {
        self.options.target = target;
        self
    }

    /// What to do with a database that is ahead of this program.
    #[must_use]
    pub fn newer(mut self, newer: Newer) -> Self {
        self.options.newer = newer;
        self
    }

    /// What to do with a pending migration that comes before an applied one.
    #[must_use]
    pub fn out_of_order(mut self, policy: OutOfOrder) -> Self {
        self.options.out_of_order = policy;
        self
    }

    /// Takes back migrations that cannot bring back what they lost.
    #[must_use]
    pub fn allow_irreversible(mut self) -> Self {
        self.options.allow_irreversible = true;
        self
    }

    /// Takes back migrations whose `down.sql` is another one than when they were applied.
    #[must_use]
    pub fn allow_edited_down(mut self) -> Self {
        self.options.allow_edited_down = true;
        self
    }

    /// Who does this, for the history.
    #[must_use]
    pub fn applied_by(mut self, who: impl Into<String>) -> Self {
        self.options.applied_by = Some(who.into());
        self
    }

    /// Is told of everything that happens.
    #[must_use]
    pub fn on_event(mut self, listener: impl FnMut(&Event<'_>) + Send + 'a) -> Self {
        self.listener = Some(std::sync::Mutex::new(Box::new(listener)));
        self
    }

    fn steps(self, dialect: Dialect, port: machine::Port) -> Run<'a> {
        Run {
            #[cfg(feature = "tracing")]
            trace: trace::Trace::new(&self.options.set, dialect),
            port,
            blob: self.blob,
            options: self.options,
            dialect,
            listener: self.listener,
            report: Report::default(),
            has_warned: false,
            hold: Hold::Nothing,
            head: Head::default(),
            mark: None,
        }
    }

    /// Applies the pending migrations; see [`Migrations::run`].
    ///
    /// # Errors
    /// See [`Migrations::run`].
    pub fn run(self, driver: &mut (impl Driver + ?Sized)) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive(self.machine(dialect), driver)
    }

    /// The run as a machine, for a client that drives it itself.
    pub fn machine(self, dialect: Dialect) -> Machine<'a, Result<Report, Error>> {
        Machine::new(|port| self.steps(dialect, port).up())
    }

    /// Takes applied migrations back by their `down.sql`, the last one first, one transaction each.
    ///
    /// # Errors
    /// As [`Migrations::run`]; before anything is executed if one of them has no way back.
    pub fn rollback(self, driver: &mut (impl Driver + ?Sized)) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).down()), driver)
    }

    /// Records the pending migrations up to the target as applied, without executing them: the database has them already.
    ///
    /// # Errors
    /// As [`Migrations::run`].
    pub fn baseline(self, driver: &mut (impl Driver + ?Sized)) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).baseline()), driver)
    }

    /// Makes an empty database in one go: executes `creation`, which makes what all migrations together make, and records them all as
    /// applied. For tests and previews, where running thousands of migrations takes its time. What the migrations put into tables is not
    /// there.
    ///
    /// `cargo dbkit migrate --in-one-go` does it with the schema that the migrations say, and `cargo dbkit verify` proves that it is the
    /// same one.
    ///
    /// # Errors
    /// The history has rows already, the lock was not had in time, or a statement failed. Where DDL is part of a transaction, nothing is
    /// left of it then.
    pub fn in_one_go(
        self,
        creation: &'a Migrations,
        driver: &mut (impl Driver + ?Sized),
    ) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).in_one_go(&creation.blob)), driver)
    }

    /// Tells the history what a person has found out about a migration that failed, that is in doubt, or whose row was changed. What it was
    /// told, and why, stays in the log.
    ///
    /// # Errors
    /// There is nothing to repair, or the catalog says otherwise.
    pub fn repair(
        self,
        driver: &mut (impl Driver + ?Sized),
        repair: &Repair,
    ) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).repair(repair)), driver)
    }

    /// Executes every script under the lock of the migrators, one transaction each where there can be one, and records nothing: for tools
    /// that bring a database to a schema without migrations. The history is neither read nor written.
    ///
    /// # Errors
    /// The lock was not had in time, or a statement failed; the scripts before it stay.
    pub fn run_unrecorded(self, driver: &mut (impl Driver + ?Sized)) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).unrecorded()), driver)
    }

    /// The migrations that would be applied, with their SQL. Creates nothing.
    ///
    /// # Errors
    /// As [`Migrations::run`], before anything is executed.
    pub fn plan(self, driver: &mut (impl Driver + ?Sized)) -> Result<Vec<(String, String)>, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).plan()), driver)
    }

    /// The migrations that [`Runner::rollback`] would take back, the last one first, with their `down.sql`. Creates nothing.
    ///
    /// # Errors
    /// As [`Runner::rollback`], before anything is executed.
    pub fn plan_rollback(
        self,
        driver: &mut (impl Driver + ?Sized),
    ) -> Result<Vec<(String, String)>, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).plan_back()), driver)
    }

    /// Where a database stands; see [`Migrations::status`].
    ///
    /// # Errors
    /// What the database says.
    pub fn status(self, driver: &mut (impl Driver + ?Sized)) -> Result<Standing, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).standing()), driver)
    }

    /// Everything that would keep a run from starting: as in [`Runner::status`], and what is wrong between the history and its log. Reads only.
    ///
    /// # Errors
    /// What the database says.
    pub fn audit(self, driver: &mut (impl Driver + ?Sized)) -> Result<Vec<Obstacle>, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).audit()), driver)
    }

    /// Who has the lock of the migrators, if somebody has and the database tells. Reads only.
    ///
    /// # Errors
    /// What the database says.
    pub fn lock_holder(self, driver: &mut (impl Driver + ?Sized)) -> Result<Option<String>, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).holder()), driver)
    }

    /// What the history of a database says. Creates nothing.
    ///
    /// # Errors
    /// What the database says.
    pub fn history(self, driver: &mut (impl Driver + ?Sized)) -> Result<Vec<HistoryRow>, Error> {
        let dialect = driver.dialect();
        drive(Machine::new(|port| self.steps(dialect, port).rows()), driver)
    }
}
