//! `#[dbkit::test]`: a fresh, migrated database for each test.
//!
//! The migrations run once for all tests, into a template whose name is made of their hashes; each test gets a copy and leaves nothing
//! behind. Tests may run in parallel, as threads (`cargo test`) and as processes (nextest).
//!
//! ```ignore
//! #[dbkit::test(crate::MIGRATIONS)]
//! fn a_user_has_a_name(db: dbkit::test::Sqlite) {
//!     let connection = db.connect();
//! }
//!
//! #[dbkit::test(crate::MIGRATIONS)]
//! async fn a_user_has_a_name(db: dbkit::test::Postgres) {
//!     let pool = sqlx::PgPool::connect(db.url()).await.unwrap();
//! }
//! ```

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "mysql")]
pub use self::mysql::Mysql;
#[cfg(feature = "postgres")]
pub use self::postgres::Postgres;
#[cfg(feature = "sqlite")]
pub use self::sqlite::Sqlite;

#[cfg(feature = "test-tokio")]
use std::future::Future;
#[cfg(feature = "sqlite")]
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::dialect::LockKey;
use crate::{Migrations, Target};

/// A database that is made for a test.
pub trait Fixture: Sized {
    /// Makes it.
    ///
    /// # Errors
    /// What is missing, or what the database says, in words.
    fn make(setup: &Setup<'_>) -> Result<Self, String>;

    /// Says what is to be done with it when it is dropped.
    fn keep(&mut self);

    /// Where it is, for the person who looks at what is left of a test.
    fn place(&self) -> &str;
}

/// What a test wants.
#[derive(Debug, Clone)]
pub struct Setup<'a> {
    migrations: &'a Migrations,
    to: Option<String>,
    server: Option<String>,
}

impl<'a> Setup<'a> {
    /// All migrations.
    pub fn new(migrations: &'a Migrations) -> Self {
        Self { migrations, to: None, server: None }
    }

    /// Those up to this one: for the test of a migration that changes rows.
    #[must_use]
    pub fn to(mut self, id: &str) -> Self {
        self.to = Some(id.to_owned());
        self
    }

    /// On this server, whatever the environment says.
    #[must_use]
    pub fn server(mut self, url: &str) -> Self {
        self.server = Some(url.to_owned());
        self
    }

    /// The URL of the server: the variable for tests, else DATABASE_URL if it is of this kind.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn server_url(&self, variable: &str, schemes: &[&str]) -> Result<String, String> {
        let is_meant = |url: &String| {
            url.split_once("://").is_some_and(|(scheme, _)| schemes.contains(&scheme))
        };
        self.server
            .clone()
            .or_else(|| std::env::var(variable).ok())
            .or_else(|| std::env::var("DATABASE_URL").ok().filter(is_meant))
            .ok_or_else(|| {
                format!(
                    "set {variable} to the URL of a server where databases may be created, like `{}://user:password@localhost/`",
                    schemes[0]
                )
            })
    }

    fn apply(&self, driver: &mut impl crate::Driver) -> Result<(), String> {
        let target = self.to.clone().map_or(Target::Latest, Target::Id);
        let run = self.migrations.runner().target(target).run(driver);
        run.map(drop).map_err(|error| format!("the migrations cannot be applied: {error}"))
    }

    /// Whatever goes into the template: other migrations are another one.
    fn key(&self) -> u64 {
        let mut text = format!("{}\u{0}{:?}", crate::HISTORY_TABLE, self.to);
        for migration in self.migrations.iter() {
            text.push_str(migration.id());
            text.push_str(&migration.hash_text());
        }
        LockKey::new(&text, env!("CARGO_PKG_VERSION")).0
    }
}

/// Runs a test: the work of `#[dbkit::test]`.
///
/// # Panics
/// If the database cannot be made, and whenever the test does.
pub fn run<F: Fixture, R: Outcome>(setup: &Setup<'_>, test: impl FnOnce(&F) -> R) -> R {
    let mut database = match F::make(setup) {
        Ok(database) => database,
        Err(reason) => panic!("no database for this test: {reason}"),
    };
    let kept = std::env::var_os("DBKIT_TEST_KEEP").is_some();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(&database)));
    if kept || outcome.as_ref().map_or(true, Outcome::is_failure) {
        database.keep();
        say(database.place());
    }
    match outcome {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

#[expect(clippy::print_stderr, reason = "a failed test shows what it leaves behind")]
fn say(place: &str) {
    eprintln!("the database of this test is kept: {place}");
}

/// Runs a test that does not block, on a runtime of its own.
///
/// # Panics
/// If there can be no runtime.
#[cfg(feature = "test-tokio")]
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(future),
        Err(error) => panic!("no runtime for this test: {error}"),
    }
}

/// What a test gives back.
pub trait Outcome {
    /// Whether it failed.
    fn is_failure(&self) -> bool;
}

impl Outcome for () {
    fn is_failure(&self) -> bool {
        false
    }
}

impl<T, E> Outcome for Result<T, E> {
    fn is_failure(&self) -> bool {
        self.is_err()
    }
}

/// Seconds. What a crashed test left behind is somebody's work to look at for a day.
const OLD: u64 = 24 * 60 * 60;

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// A name that no other test has: `dbkit_test_<second>_<process>_<number>`.
fn unique() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("dbkit_test_{}_{}_{number}", now(), std::process::id())
}

/// Whether a name of [`unique`] is of yesterday or before.
fn is_old(name: &str) -> bool {
    let second = name.strip_prefix("dbkit_test_").and_then(|rest| rest.split('_').next());
    second.and_then(|second| second.parse::<u64>().ok()).is_some_and(|second| second + OLD < now())
}

/// The same server, another database.
#[cfg(any(feature = "postgres", feature = "mysql"))]
fn with_database(url: &str, name: &str) -> String {
    let (address, query) = match url.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (url, String::new()),
    };
    let start = address.find("://").map_or(0, |at| at + 3);
    let end = address[start..].find('/').map_or(address.len(), |at| start + at);
    format!("{}/{name}{query}", &address[..end])
}

/// Where files of tests are.
#[cfg(feature = "sqlite")]
fn folder() -> Result<PathBuf, String> {
    let folder = std::env::var_os("DBKIT_TEST_FOLDER")
        .map_or_else(|| std::env::temp_dir().join("dbkit-test"), PathBuf::from);
    std::fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make the folder `{}`: {error}", folder.display()))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_their_age() {
        assert!(!is_old(&unique()));
        assert!(is_old("dbkit_test_1700000000_1_0"));
        assert!(!is_old("dbkit_test_x") && !is_old("shop"));
    }

    #[cfg(any(feature = "postgres", feature = "mysql"))]
    #[test]
    fn a_server_has_other_databases() {
        assert_eq!(
            with_database("postgres://u@h/app?host=/run", "t"),
            "postgres://u@h/t?host=/run"
        );
        assert_eq!(with_database("postgres://u@h:1", "t"), "postgres://u@h:1/t");
        assert_eq!(with_database("mysql://u:p@h/", "t"), "mysql://u:p@h/t");
    }
}
