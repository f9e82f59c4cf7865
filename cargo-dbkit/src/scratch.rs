//! Scratch: an ephemeral database that dbkit makes, loads SQL into, reads back, and drops.
//!
//! SQLite has it in memory. On a server it is a database `dbkit_scratch_<seconds>_<process>_<n>`; those that a killed process left behind
//! are dropped by the next one, an hour later.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use dbkit_build::split;
use dbkit_runtime::{Driver, DriverError};
use dbkit_schema::diagnostic::{Diagnostic, Span};
use dbkit_schema::dialect::Inspection;
use dbkit_schema::model::DialectName;

use crate::database::{Database, Missing};
use crate::inspect::inspect;
use crate::ledger;
use crate::url::{Address, Server};

const PREFIX: &str = "dbkit_scratch_";

/// How long a scratch database of another process is left alone, in seconds.
const STALE: u64 = 3600;

/// SQL with the file it comes from.
#[derive(Debug, Clone)]
pub(crate) struct SqlFile {
    /// As the user knows it.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// An ephemeral database. It is dropped with the value.
pub(crate) struct Scratch {
    dialect: DialectName,
    /// The server, and the connection that made the database and drops it.
    made: Option<(Server, Database)>,
    /// A database in memory lives as long as its connection.
    memory: Option<Database>,
    name: String,
}

impl Scratch {
    /// Makes one: in memory for SQLite, else on the given server.
    pub(crate) fn make(dialect: DialectName, server: Option<&Address>) -> Result<Self, Diagnostic> {
        if dialect == DialectName::Sqlite {
            let memory = Address::Sqlite(":memory:".to_owned());
            let memory = Some(Database::open(&memory, Missing::Create)?);
            return Ok(Self { dialect, made: None, memory, name: ":memory:".to_owned() });
        }
        let Some(Address::Server(server)) = server else {
            return Err(Diagnostic::error(
                "DBK0015",
                format!("SQL has to be read by a {} server, and none is known", dialect.title()),
            )
            .note(format!("dbkit makes a database `{PREFIX}..` there, and drops it again"))
            .help("name one: `--scratch-url`, DBKIT_SCRATCH_URL, or `scratch-url` in the configuration"));
        };
        let mut administrator = server.clone();
        if dialect == DialectName::Mysql {
            administrator.database = None;
        }
        let mut database = Database::open(&Address::Server(administrator), Missing::Refuse)?;
        drop_stale(dialect, database.driver.as_mut());
        let name = new_name();
        let defaults = match (dialect, &server.database) {
            (DialectName::Mysql, Some(twin)) => defaults(database.driver.as_mut(), twin),
            _ => String::new(),
        };
        database.driver.execute(&format!("CREATE DATABASE {name}{defaults}")).map_err(|error| {
            Diagnostic::error("DBK0015", format!("cannot make a scratch database: {error}"))
                .note(format!("on {}", database.shown))
                .help("give the role the right to make databases, or name a server where it has it: `--scratch-url`")
        })?;
        Ok(Self { dialect, made: Some((server.clone(), database)), memory: None, name })
    }

    /// The name of its database.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A connection to it.
    fn open(&mut self) -> Result<Database, Diagnostic> {
        match (&self.made, self.memory.take()) {
            (_, Some(memory)) => Ok(memory),
            (Some((server, _)), None) => {
                let mut server = server.clone();
                server.database = Some(self.name.clone());
                Database::open(&Address::Server(server), Missing::Refuse)
            }
            (None, None) => Err(Diagnostic::error("DBK0015", "the scratch database is gone")),
        }
    }

    /// Executes files in it, one after the other.
    ///
    /// # Errors
    /// The first statement that the server refuses, with its place.
    pub(crate) fn load(&mut self, files: &[SqlFile]) -> Result<(), Diagnostic> {
        let mut database = self.open()?;
        let loaded = files
            .iter()
            .try_for_each(|file| load_file(self.dialect, database.driver.as_mut(), file));
        if self.dialect == DialectName::Sqlite {
            self.memory = Some(database);
        }
        loaded
    }

    /// Reads what is in it, on a connection that no file has changed the settings of.
    pub(crate) fn inspect(&mut self) -> Result<Inspection, Diagnostic> {
        let mut database = self.open()?;
        let found = inspect(database.driver.as_mut(), "the scratch database");
        if self.dialect == DialectName::Sqlite {
            self.memory = Some(database);
        }
        found
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some((_, database)) = &mut self.made {
            let force = if self.dialect == DialectName::Postgres { " WITH (FORCE)" } else { "" };
            let sql = format!("DROP DATABASE {}{force}", self.name);
            // What cannot be dropped now is dropped by the next one.
            if database.driver.execute(&sql).is_err() && self.dialect == DialectName::Postgres {
                self.drop_subscriptions();
                if let Some((_, database)) = &mut self.made {
                    let _ = database.driver.execute(&sql);
                }
            }
        }
    }
}

impl Scratch {
    /// A database with subscriptions cannot be dropped. Their slots, if there are any, belong to others.
    fn drop_subscriptions(&mut self) {
        let Ok(mut database) = self.open() else { return };
        let driver = database.driver.as_mut();
        let sql = "SELECT pg_catalog.quote_ident(subname) FROM pg_catalog.pg_subscription WHERE subdbid = \
                   (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())";
        let names = driver.query(sql).unwrap_or_default();
        for name in names.into_iter().flatten().flatten() {
            for sql in [
                format!("ALTER SUBSCRIPTION {name} DISABLE"),
                format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE)"),
                format!("DROP SUBSCRIPTION {name}"),
            ] {
                let _ = driver.execute(&sql);
            }
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs())
}

fn new_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{}_{}_{number}", now(), std::process::id())
}

/// The character set and collation of a MySQL database, for one that is to read SQL as it does.
fn defaults(driver: &mut dyn Driver, database: &str) -> String {
    let sql = format!(
        "SELECT default_character_set_name, default_collation_name FROM information_schema.schemata WHERE schema_name = '{}'",
        database.replace('\\', "\\\\").replace('\'', "\'\'")
    );
    let rows = driver.query(&sql).unwrap_or_default();
    let words: Vec<String> = rows.into_iter().flatten().flatten().collect();
    let is_word = |word: &String| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match words.as_slice() {
        [set, collation] if words.iter().all(is_word) => {
            format!(" CHARACTER SET {set} COLLATE {collation}")
        }
        _ => String::new(),
    }
}

fn drop_stale(dialect: DialectName, driver: &mut dyn Driver) {
    let sql = match dialect {
        DialectName::Postgres => {
            "SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE 'dbkit\\_scratch\\_%'"
        }
        _ => "SHOW DATABASES LIKE 'dbkit\\_scratch\\_%'",
    };
    let names = driver.query(sql).unwrap_or_default();
    for name in names.into_iter().flatten().flatten() {
        let made: Option<u64> = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('_').next())
            .and_then(|seconds| seconds.parse().ok());
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_plain && made.is_some_and(|made| made + STALE < now()) {
            let _ = driver.execute(&format!("DROP DATABASE {name}"));
        }
    }
}

/// Executes one file: as a whole where the server takes it, else statement by statement, to know which one it refuses.
fn load_file(
    dialect: DialectName,
    driver: &mut dyn Driver,
    file: &SqlFile,
) -> Result<(), Diagnostic> {
    let ranges = match split::split(&file.text, ledger::flavor(dialect)) {
        Ok(ranges) => ranges,
        Err(problem) => {
            return Err(Diagnostic::error("DBK0211", format!("{problem}")).at(
                Span { file: file.path.clone(), range: problem.offset..problem.offset + 1 },
                "it begins here",
            ));
        }
    };
    for range in ranges {
        let sql = &file.text[range.clone()];
        if let Err(error) = driver.execute(sql) {
            // Roles belong to the whole server, so they may be there already.
            if error.code.as_deref() == Some("42710") && makes_a_role(sql) {
                continue;
            }
            return Err(refused(file, range.start, sql, error));
        }
    }
    Ok(())
}

fn makes_a_role(sql: &str) -> bool {
    let mut words = sql.split_whitespace().map(str::to_ascii_lowercase);
    words.next().as_deref() == Some("create")
        && matches!(words.next().as_deref(), Some("role" | "user" | "group"))
}

fn refused(file: &SqlFile, start: usize, sql: &str, error: DriverError) -> Diagnostic {
    let at = error.position.map(|position| {
        let offset = sql.char_indices().nth(position.saturating_sub(1)).map(|(at, _)| at);
        start + offset.unwrap_or(0)
    });
    let (place, label) = match at {
        Some(at) => (at, "the database points here"),
        None => (start, "in the statement that begins here"),
    };
    let rest = &file.text[place.min(file.text.len())..];
    let length = rest.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(rest.len()).max(1);
    let mut problem = Diagnostic::error(
        "DBK0016",
        format!("the database refuses `{}`: {error}", file.path),
    )
    .at(Span { file: file.path.clone(), range: place..place + length.min(rest.len()) }, label);
    if let Some(detail) = error.detail {
        problem = problem.note(format!("the database says: {detail}"));
    }
    if let Some(hint) = error.hint {
        problem = problem.note(format!("the database says: {hint}"));
    }
    problem
}
