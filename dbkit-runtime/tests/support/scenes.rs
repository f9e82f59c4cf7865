//! Migrations that have a bit of everything, and the state that a database is in after them.

use dbkit_runtime::{Dialect, Driver, Migrations, StepError, Target};
use test_fixtures::catalog::Client;
use test_fixtures::server::Database;

use super::{Scripts, migrations};

/// Which script is executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Up,
    Down,
}

/// A database that a test may break, and what is needed to open it from another process.
pub(crate) struct Victim {
    pub(crate) url: String,
    _folder: Option<tempfile::TempDir>,
    _database: Option<Database>,
}

pub(crate) const ENGINES: [&str; 3] = ["sqlite", "postgres", "mariadb"];

impl Victim {
    /// A fresh database; `None` if its server is not there, which was said aloud.
    pub(crate) fn fresh(engine: &str) -> Option<Self> {
        let server = match engine {
            "sqlite" => {
                let folder = tempfile::tempdir().expect("a folder");
                let url = format!("sqlite:{}", folder.path().join("app.db").display());
                return Some(Self { url, _folder: Some(folder), _database: None });
            }
            "postgres" => test_fixtures::server::postgres()?,
            _ => test_fixtures::server::mariadb()?,
        };
        let database = server.fresh_database();
        Some(Self { url: database.url(), _folder: None, _database: Some(database) })
    }

    pub(crate) fn state(&self) -> String {
        state(&self.url)
    }
}

/// Parts of a time, from 0 to 1, spread out by a generator that needs no crate.
pub(crate) struct Parts(u64);

impl Parts {
    pub(crate) fn new(seed: u32) -> Self {
        Self(0x9e37_79b9_u64 ^ u64::from(seed))
    }

    pub(crate) fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(u32::MAX >> 1)
    }
}

/// Opens a database as an app would.
pub(crate) fn open(url: &str) -> Box<dyn Driver> {
    try_open(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

pub(crate) fn try_open(url: &str) -> Result<Box<dyn Driver>, String> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let connection = rusqlite::Connection::open(path).map_err(|error| error.to_string())?;
        return Ok(Box::new(connection));
    }
    if url.starts_with("postgres") {
        let client = postgres::Client::connect(url, postgres::NoTls);
        return Ok(Box::new(client.map_err(|error| error.to_string())?));
    }
    let options = mysql::Opts::from_url(url).map_err(|error| error.to_string())?;
    Ok(Box::new(mysql::Conn::new(options).map_err(|error| error.to_string())?))
}

/// Goes one way with all that there is, and Rust steps besides.
pub(crate) fn go(way: Way, driver: &mut dyn Driver) -> Result<(), dbkit_runtime::Error> {
    fn add<D: Driver + ?Sized>(driver: &mut D, number: i64) -> Result<(), StepError> {
        Ok(driver.execute(&format!("UPDATE users SET n = n + {number}"))?)
    }
    let migrations = journey(driver.dialect());
    let runner = match way {
        Way::Up => migrations.runner(),
        Way::Down => migrations.runner().target(Target::Steps(99)),
    };
    let runner = runner
        .step(STEP.0, |driver| {
            add(driver, 100_000)?;
            add(driver, 1_000_000)
        })
        .step_back(STEP.0, |driver| add(driver, -1_100_000));
    match way {
        Way::Up => runner.run(driver),
        Way::Down => runner.rollback(driver),
    }
    .map(drop)
}

/// Goes that way again, at most three times, until it goes through.
pub(crate) fn converge(url: &str, way: Way) -> Result<(), String> {
    let mut said = String::new();
    for _ in 0..3 {
        match go(way, &mut *open(url)) {
            Ok(()) => return Ok(()),
            Err(error) => said = error.to_string(),
        }
    }
    Err(said)
}

/// Catalog, rows of every table, and what the history says: everything that must be the same after any number of interruptions.
pub(crate) fn state(url: &str) -> String {
    let mut client = Client::open(url);
    let mut text = client.catalog();
    for table in ["users", "posts", "moods", "counts"] {
        if let Ok(rows) = client.query(&format!("SELECT * FROM {table} ORDER BY 1")) {
            text.push_str(&format!("\n-- {table}\n{rows}"));
        }
    }
    let history = "SELECT id, status, direction, statements_done, statements_total, statement_state FROM _dbkit_migrations ORDER BY id";
    text.push_str(&format!("\n-- history\n{}", client.query(history).unwrap_or_default()));
    if url.starts_with("postgres") {
        let invalid = "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid";
        text.push_str(&format!("\n-- invalid\n{}", client.query(invalid).unwrap_or_default()));
    }
    text
}

/// A bit of everything. Changes of rows add up, so that one that is executed twice shows.
pub(crate) fn everything(dialect: Dialect) -> Migrations {
    migrations(scripts(dialect))
}

/// The same, and a Rust step at the end.
fn journey(dialect: Dialect) -> Migrations {
    migrations(&[scripts(dialect), &[STEP]].concat())
}

fn scripts(dialect: Dialect) -> &'static [Scripts<'static>] {
    match dialect {
        Dialect::Postgres => &POSTGRES,
        Dialect::Sqlite => &SQLITE,
        Dialect::Mysql => &MARIADB,
    }
}

const STEP: Scripts<'static> = (
    "20260109000000_step",
    "-- dbkit: rust-step\nUPDATE users SET n = n + 10000;\n",
    Some("-- dbkit: rust-step\nUPDATE users SET n = n - 10000;\n"),
);

/// What transactions can hold of it, on PostgreSQL.
pub(crate) fn transactional() -> Migrations {
    let custom = "UPDATE users SET n = n + 1;\n\nALTER TABLE users ADD bio text;\n\nCREATE INDEX users_bio ON users (bio);\n\nDO $$ BEGIN UPDATE users SET n = n + 1000; END $$;\n";
    let posts = "CREATE TABLE posts (author integer REFERENCES users);\n\nINSERT INTO posts SELECT id FROM users;\n";
    migrations(&[
        POSTGRES_USERS,
        ("20260102000000_custom", custom, None),
        ("20260103000000_posts", posts, None),
    ])
}

const POSTGRES_USERS: Scripts<'static> = (
    "20260101000000_users",
    "CREATE TABLE users (id integer PRIMARY KEY, name text, n integer DEFAULT 0 NOT NULL);\n\nINSERT INTO users SELECT i, 'u' || i FROM generate_series(1, 500) i;\n",
    Some("DROP TABLE users;\n"),
);

const POSTGRES: [Scripts<'static>; 4] = [
    POSTGRES_USERS,
    (
        "20260102000000_mixed",
        "ALTER TABLE users ADD bio text;\n\nUPDATE users SET n = n + 1;\n\nCREATE INDEX CONCURRENTLY users_bio ON users (bio);\n\nUPDATE users SET n = n + 10;\n",
        Some(
            "UPDATE users SET n = n - 11;\n\nDROP INDEX CONCURRENTLY users_bio;\n\nALTER TABLE users DROP bio;\n",
        ),
    ),
    (
        "20260103000000_apart",
        "-- dbkit: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY users_name ON users (name);\n\nUPDATE users SET n = n + 100;\n\nDROP INDEX CONCURRENTLY users_bio;\n\nVACUUM users;\n\nCREATE INDEX CONCURRENTLY IF NOT EXISTS users_n ON users (n);\n",
        Some(
            "-- dbkit: no-transaction\nDROP INDEX CONCURRENTLY users_n;\n\nCREATE INDEX CONCURRENTLY users_bio ON users (bio);\n\nUPDATE users SET n = n - 100;\n\nDROP INDEX CONCURRENTLY users_name;\n",
        ),
    ),
    (
        "20260104000000_custom",
        "CREATE TYPE mood AS ENUM ('sad');\n\nALTER TYPE mood ADD VALUE 'fine';\n\nCREATE TABLE moods (mood mood DEFAULT 'fine');\n\nINSERT INTO moods DEFAULT VALUES;\n\nDO $$ BEGIN UPDATE users SET n = n + 1000; END $$;\n",
        Some("DROP TABLE moods;\n\nDROP TYPE mood;\n\nUPDATE users SET n = n - 1000;\n"),
    ),
];

const SQLITE: [Scripts<'static>; 3] = [
    (
        "20260101000000_users",
        "CREATE TABLE users (id integer PRIMARY KEY, name text, n integer DEFAULT 0 NOT NULL);\n\nINSERT INTO users (id, name) VALUES (1, 'a'), (2, 'b');\n\nCREATE TABLE posts (author integer REFERENCES users (id));\n\nINSERT INTO posts VALUES (1);\n",
        Some("DROP TABLE posts;\n\nDROP TABLE users;\n"),
    ),
    (
        "20260102000000_rebuild",
        "-- dbkit: foreign-keys=off\nCREATE TABLE new (id integer PRIMARY KEY, name text NOT NULL, n integer DEFAULT 0 NOT NULL);\n\nINSERT INTO new SELECT id, name, n + 1 FROM users;\n\nDROP TABLE users;\n\nALTER TABLE new RENAME TO users;\n\nCREATE INDEX users_name ON users (name);\n",
        Some("UPDATE users SET n = n - 1;\n\nDROP INDEX users_name;\n"),
    ),
    (
        "20260103000000_apart",
        "-- dbkit: no-transaction\nUPDATE users SET n = n + 10;\n\nVACUUM;\n\nUPDATE users SET n = n + 100;\n\nCREATE TABLE moods (mood text);\n",
        Some("DROP TABLE moods;\n\nVACUUM;\n\nUPDATE users SET n = n - 110;\n"),
    ),
];

const MARIADB: [Scripts<'static>; 3] = [
    (
        "20260101000000_users",
        "CREATE TABLE users (id integer PRIMARY KEY, name varchar(50), n integer DEFAULT 0 NOT NULL);\n\nINSERT INTO users (id, name) SELECT seq, seq FROM seq_1_to_500;\n\nCREATE INDEX users_name ON users (name);\n\nUPDATE users SET n = n + 1;\n\nUPDATE users SET n = n + 10;\n",
        Some("DROP TABLE users;\n"),
    ),
    (
        "20260102000000_alter",
        "ALTER TABLE users ADD bio text, ADD INDEX users_n (n);\n\nUPDATE users SET n = n + 100;\n\nALTER TABLE users CHANGE bio biography text;\n\nALTER TABLE users MODIFY name varchar(60) NOT NULL;\n\nCREATE VIEW names AS SELECT name FROM users;\n",
        Some(
            "DROP VIEW names;\n\nUPDATE users SET n = n - 100;\n\nALTER TABLE users DROP biography, DROP INDEX users_n;\n\nALTER TABLE users MODIFY name varchar(50);\n",
        ),
    ),
    (
        "20260103000000_custom",
        "CREATE TABLE moods (mood varchar(20));\n\nINSERT INTO moods (mood) VALUES ('fine');\n\nRENAME TABLE moods TO posts;\n\nCREATE TRIGGER posts_count BEFORE INSERT ON posts FOR EACH ROW SET NEW.mood = upper(NEW.mood);\n\nINSERT INTO posts (mood) VALUES ('sad');\n\nALTER TABLE posts ADD CONSTRAINT short CHECK (length(mood) < 19);\n",
        Some(
            "ALTER TABLE posts DROP CONSTRAINT short;\n\nDROP TRIGGER posts_count;\n\nDELETE FROM posts WHERE mood = 'SAD';\n\nDROP TABLE posts;\n",
        ),
    ),
];
