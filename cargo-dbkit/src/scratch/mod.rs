//! Scratch: an ephemeral database that dbkit makes, loads SQL into, reads back, and drops.
//!
//! SQLite has it in memory. On a server it is a database `dbkit_scratch_<seconds>_<process>_<n>`, dropped with the value, on an interrupt, and,
//! if the process was killed, by the next command, an hour later. Without a server one is started from the binaries of this machine
//! (`local.rs`), else in a container (`docker.rs`); both end with the process, however it ends.

mod docker;
mod interrupt;
mod local;
mod shards;
mod site;
mod watchdog;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use dbkit_build::split;
use dbkit_runtime::{Dialect, Driver, DriverError};
use dbkit_schema::diagnostic::{Diagnostic, Span};
use dbkit_schema::dialect::Inspection;
use dbkit_schema::model::DialectName;

use crate::database::{Database, Missing};
use crate::inspect::{inspect, inspection};
use crate::ledger;
use crate::project::Target;
use crate::psql;
use crate::url::{self, Address, Server};

pub(crate) use self::site::{Site, advise};

const PREFIX: &str = "dbkit_scratch_";

/// How long a scratch database of another process is left alone, in seconds.
const STALE: u64 = 3600;

/// How long a server that was just started may take to answer.
const START: Duration = Duration::from_secs(90);

/// SQL with the file it comes from.
#[derive(Debug, Clone)]
pub(crate) struct SqlFile {
    /// As the user knows it.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Where scratch databases are made.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct ScratchFlags {
    /// A server on which dbkit may make and drop databases
    #[arg(long, value_name = "URL", env = "DBKIT_SCRATCH_URL", hide_env = true)]
    pub(crate) scratch_url: Option<String>,
}

impl ScratchFlags {
    /// The server that is named by flag, variable or configuration, else the one of the database, and what the configuration puts there first.
    pub(crate) fn site(&self, target: &Target) -> Result<Site, Diagnostic> {
        Site::of(target, self.server(target)?)
    }

    fn server(&self, target: &Target) -> Result<Option<Address>, Diagnostic> {
        if target.dialect == DialectName::Sqlite {
            return Ok(None);
        }
        let named = self.scratch_url.as_ref().or(target.scratch_url.as_ref());
        if let Some(text) = named.filter(|text| !text.is_empty()) {
            return url::parse(text, target.dialect).map(Some);
        }
        target.url.as_ref().map(|text| url::parse(text, target.dialect)).transpose()
    }
}

/// Loads files into a scratch database that lives as long as this takes, and reads back what they made.
///
/// # Errors
/// As for [`Scratch::make`], [`Scratch::load`] and [`Scratch::inspect`].
pub(crate) fn read(
    dialect: DialectName,
    site: &Site,
    files: &[SqlFile],
) -> Result<Inspection, Diagnostic> {
    if dialect == DialectName::Sqlite
        && site.setup.is_none()
        && let Some(catalog) = shards::catalog(files)
    {
        return Ok(inspection(dialect, &catalog));
    }
    let mut scratch = Scratch::make(dialect, site)?;
    scratch.load(files)?;
    scratch.inspect()
}

/// An ephemeral database. It is dropped with the value.
pub(crate) struct Scratch {
    dialect: DialectName,
    /// The server, and the connection that made the database and drops it.
    made: Option<(Server, Database)>,
    /// A connection that is kept. A database in memory lives as long as it.
    session: Option<Database>,
    /// Another one, on which no script is executed.
    side: Option<Database>,
    name: String,
    /// What was in it from the start.
    start: Option<Inspection>,
}

impl Scratch {
    /// Makes one: in memory for SQLite, else on the given server, else on one that is started for it.
    ///
    /// # Errors
    /// No server takes it, or its set-up is refused.
    pub(crate) fn make(dialect: DialectName, site: &Site) -> Result<Self, Diagnostic> {
        let mut scratch = Self::empty(dialect, site.server.as_ref())?;
        if let Some(setup) = &site.setup {
            scratch.load(std::slice::from_ref(setup))?;
            scratch.start = Some(scratch.inspect()?);
        }
        Ok(scratch)
    }

    fn empty(dialect: DialectName, server: Option<&Address>) -> Result<Self, Diagnostic> {
        if dialect == DialectName::Sqlite {
            let memory = Address::Sqlite(":memory:".to_owned());
            let session = Some(Database::open(&memory, Missing::Create)?);
            return Ok(Self {
                dialect,
                made: None,
                session,
                side: None,
                name: ":memory:".to_owned(),
                start: None,
            });
        }
        let Some(Address::Server(server)) = server else {
            return Self::make_on(dialect, &started(dialect)?).map_err(|refused| refused.problem);
        };
        match Self::make_on(dialect, server) {
            Ok(scratch) => Ok(scratch),
            // A role that may not make databases there may have a server of its own here.
            Err(refused) if refused.is_forbidden => match local::server(dialect) {
                Ok(own) => Self::make_on(dialect, &own).map_err(|refused| refused.problem),
                Err(_) => Err(refused.problem),
            },
            Err(refused) => Err(refused.problem),
        }
    }

    fn make_on(dialect: DialectName, server: &Server) -> Result<Self, Refused> {
        let mut administrator = server.clone();
        if dialect == DialectName::Mysql {
            administrator.database = None;
        }
        let address = Address::Server(administrator.clone());
        let mut database = Database::open(&address, Missing::Refuse)
            .map_err(|problem| Refused { problem, is_forbidden: false })?;
        drop_stale(database.driver.as_mut());
        let name = new_name();
        let defaults = match (dialect, &server.database) {
            (DialectName::Mysql, Some(twin)) => defaults(database.driver.as_mut(), twin),
            _ => String::new(),
        };
        // Before it is made: an interrupt may come in between.
        interrupt::watch(interrupt::Live { administrator, name: name.clone() });
        match database.driver.execute(&format!("CREATE DATABASE {name}{defaults}")) {
            Ok(()) => {
                let made = Some((server.clone(), database));
                Ok(Self { dialect, made, session: None, side: None, name, start: None })
            }
            Err(error) => {
                interrupt::forget(&name);
                let forbidden = ["42501", "1044", "1142", "1227"];
                let is_forbidden =
                    error.code.as_deref().is_some_and(|code| forbidden.contains(&code));
                let problem = Diagnostic::error("DBK0015", format!("cannot make a scratch database: {error}"))
                    .note(format!("on {}", database.shown))
                    .help("give the role the right to make databases, or name a server where it has it: `--scratch-url`");
                Err(Refused { problem, is_forbidden })
            }
        }
    }

    /// A new connection to it, or the only one.
    fn open(&mut self) -> Result<Database, Diagnostic> {
        match &self.made {
            Some((server, _)) => {
                let mut server = server.clone();
                server.database = Some(self.name.clone());
                Database::open(&Address::Server(server), Missing::Refuse)
            }
            None => self
                .session
                .take()
                .ok_or_else(|| Diagnostic::error("DBK0015", "the scratch database is gone")),
        }
    }

    fn close(&mut self, database: Database) {
        if self.made.is_none() {
            self.session = Some(database);
        }
    }

    /// The connection that is kept, for whoever works in it step by step.
    pub(crate) fn session(&mut self) -> Result<&mut Database, Diagnostic> {
        let database = match self.session.take() {
            Some(database) => database,
            None => self.open()?,
        };
        Ok(self.session.insert(database))
    }

    /// The same for whoever does not want the settings that a script has left behind.
    pub(crate) fn side(&mut self) -> Result<&mut Database, Diagnostic> {
        if self.made.is_none() {
            return self.session();
        }
        let database = match self.side.take() {
            Some(database) => database,
            None => self.open()?,
        };
        Ok(self.side.insert(database))
    }

    /// The name of its database.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The dialect that is spoken there.
    pub(crate) fn dialect(&self) -> DialectName {
        self.dialect
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
        // SQLite keeps a view whatever it says.
        let loaded = match self.dialect {
            DialectName::Sqlite => {
                loaded.and_then(|()| check_views(database.driver.as_mut(), files))
            }
            DialectName::Postgres | DialectName::Mysql => loaded,
        };
        self.close(database);
        loaded
    }

    /// Reads what has come into it, on a connection that no file has changed the settings of.
    pub(crate) fn inspect(&mut self) -> Result<Inspection, Diagnostic> {
        let mut database = self.open()?;
        let found = inspect(&mut database, "the scratch database");
        self.close(database);
        let mut found = found?;
        if let Some(start) = &self.start {
            found.schema = site::without(found.schema, &start.schema);
            found.unmanaged.retain(|one| !start.unmanaged.contains(one));
        }
        Ok(found)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.session = None;
        self.side = None;
        if let Some((_, database)) = &mut self.made {
            // What cannot be dropped now is dropped by a later command.
            if !drop_database(database.driver.as_mut(), &self.name)
                && self.dialect == DialectName::Postgres
            {
                self.drop_subscriptions();
                if let Some((_, database)) = &mut self.made {
                    drop_database(database.driver.as_mut(), &self.name);
                }
            }
            interrupt::forget(&self.name);
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

/// Why a scratch database was not made.
struct Refused {
    problem: Diagnostic,
    /// The role has no right to make one.
    is_forbidden: bool,
}

/// A server that is started for this, and ends with the process.
fn started(dialect: DialectName) -> Result<Server, Diagnostic> {
    let local = match local::server(dialect) {
        Ok(server) => return Ok(server),
        Err(reason) => reason,
    };
    let mut problem = Diagnostic::error(
        "DBK0015",
        format!("SQL has to be read by a {} server, and none is known", dialect.title()),
    )
    .note(format!("dbkit makes a database `{PREFIX}..` there, and drops it again"))
    .note(format!("started here: {local}"));
    // Who says which binaries there are wants no other ones.
    if std::env::var_os(local::BINARIES).is_none() {
        match docker::server(dialect) {
            Ok(server) => return Ok(server),
            Err(reason) => problem = problem.note(format!("in a container: {reason}")),
        }
    }
    Err(problem.help(
        "name one: `--scratch-url`, DBKIT_SCRATCH_URL, or `scratch-url` in the configuration",
    ))
}

/// A server without an address, to be filled in.
fn nameless(dialect: DialectName) -> Server {
    match url::parse(&format!("{dialect}://localhost"), dialect) {
        Ok(Address::Server(server)) => server,
        Ok(Address::Sqlite(_)) | Err(_) => unreachable!("the URL of a server is one"),
    }
}

/// Waits until a server answers, or is over.
fn wait_for(server: &Server, mut is_over: impl FnMut() -> Option<String>) -> Result<(), String> {
    let start = Instant::now();
    loop {
        match Database::open(&Address::Server(server.clone()), Missing::Refuse) {
            Ok(_) => return Ok(()),
            Err(problem) if start.elapsed() > START => return Err(problem.message),
            Err(_) => {}
        }
        if let Some(reason) = is_over() {
            return Err(reason);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Drops a scratch database; whether it is gone.
fn drop_database(driver: &mut dyn Driver, name: &str) -> bool {
    match driver.dialect() {
        dbkit_runtime::Dialect::Postgres => {
            driver.execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).is_ok()
        }
        _ => {
            // Whoever is still at work there would be waited for.
            let sql = format!("SELECT id FROM information_schema.processlist WHERE db = '{name}'");
            for id in driver.query(&sql).unwrap_or_default().into_iter().flatten().flatten() {
                let _ = driver.execute(&format!("KILL {id}"));
            }
            driver.execute(&format!("DROP DATABASE IF EXISTS {name}")).is_ok()
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

fn drop_stale(driver: &mut dyn Driver) {
    for name in stale(driver) {
        drop_database(driver, &name);
    }
}

/// Scratch databases that a dbkit has left which did not end well.
pub(crate) fn stale(driver: &mut dyn Driver) -> Vec<String> {
    let sql = match driver.dialect() {
        Dialect::Postgres => {
            "SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE 'dbkit\\_scratch\\_%'"
        }
        Dialect::Mysql => "SHOW DATABASES LIKE 'dbkit\\_scratch\\_%'",
        Dialect::Sqlite => return Vec::new(),
    };
    let names = driver.query(sql).unwrap_or_default();
    let is_stale = |name: &String| {
        let made: Option<u64> = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split('_').next())
            .and_then(|seconds| seconds.parse().ok());
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        is_plain && made.is_some_and(|made| made + STALE < now())
    };
    names.into_iter().flatten().flatten().filter(is_stale).collect()
}

/// SQLite keeps a view whatever it says, and refuses only those who read it. So each is read once.
fn check_views(driver: &mut dyn Driver, files: &[SqlFile]) -> Result<(), Diagnostic> {
    let sql = "SELECT name, sql FROM sqlite_master WHERE type = 'view'";
    for row in driver.query(sql).unwrap_or_default() {
        let [Some(name), Some(sql)] = row.as_slice() else { continue };
        let read = format!("SELECT 1 FROM \"{}\" LIMIT 0", name.replace('"', "\"\""));
        let Err(error) = driver.query(&read) else { continue };
        // The first two words may be written in another way than SQLite keeps them.
        let body = sql.split_whitespace().skip(2).collect::<Vec<_>>().join(" ");
        let begins = body.split(' ').next().unwrap_or_default();
        let problem = Diagnostic::error(
            "DBK0016",
            format!("view `{name}` cannot be read: {}", error.message),
        );
        let place = files.iter().find_map(|file| {
            let at = file.text.find(begins).filter(|_| !begins.is_empty())?;
            Some(Span { file: file.path.clone(), range: at..at + begins.len() })
        });
        return Err(match place {
            Some(place) => problem.at(place, "this one"),
            None => problem,
        });
    }
    Ok(())
}

/// So many statements go to PostgreSQL in one message. All of their locks are held together, and a server has room for some thousands.
const TOGETHER: usize = 100;

/// Executes one file, and knows which statement is refused.
fn load_file(
    dialect: DialectName,
    driver: &mut dyn Driver,
    file: &SqlFile,
) -> Result<(), Diagnostic> {
    let text = match dialect {
        DialectName::Postgres => psql::without_client_lines(&file.text),
        _ => Cow::Borrowed(file.text.as_str()),
    };
    let ranges = match split::split(&text, ledger::flavor(dialect)) {
        Ok(ranges) => ranges,
        Err(problem) => {
            return Err(Diagnostic::error("DBK0211", format!("{problem}")).at(
                Span { file: file.path.clone(), range: problem.offset..problem.offset + 1 },
                "it begins here",
            ));
        }
    };
    // In a transaction of the file's own, nothing could be tried again.
    let is_free = dialect == DialectName::Postgres
        && !ranges.iter().any(|range| begins_a_transaction(&text[range.clone()]));
    let mut rest = ranges.as_slice();
    while let Some(first) = rest.first() {
        let count = if is_free { together(&text, rest) } else { 1 };
        let (now, later) = rest.split_at(count);
        rest = later;
        // In one transaction: if one of them is refused, none has been executed, and they are executed one by one.
        let end = now.last().map_or(first.end, |last| last.end);
        if count > 1 && driver.execute(&text[first.start..end]).is_ok() {
            continue;
        }
        for range in now {
            let sql = &text[range.clone()];
            if let Err(error) = driver.execute(sql) {
                // Roles belong to the whole server, so they may be there already.
                if error.code.as_deref() == Some("42710") && makes_a_role(sql) {
                    continue;
                }
                return Err(refused(file, range.start, sql, error));
            }
        }
    }
    Ok(())
}

/// How many of the next statements are of those that mean the same in a transaction of all of them.
fn together(text: &str, ranges: &[Range<usize>]) -> usize {
    let plain = ranges.iter().take(TOGETHER).take_while(|range| is_plain(&text[(*range).clone()]));
    plain.count().max(1)
}

fn begins_a_transaction(sql: &str) -> bool {
    let head = sql.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    head.eq_ignore_ascii_case("begin") || head.eq_ignore_ascii_case("start")
}

fn is_plain(sql: &str) -> bool {
    let mut words = sql.split_whitespace().map(str::to_ascii_lowercase);
    let mut next = || words.next().unwrap_or_default();
    match (next().as_str(), next().as_str()) {
        ("create", "table" | "view" | "sequence") | ("alter", "table") | ("comment", "on") => true,
        ("create", "index") => next() != "concurrently",
        ("create", "unique") => next() == "index" && next() != "concurrently",
        _ => false,
    }
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
    if let Some(detail) = &error.detail {
        problem = problem.note(format!("the database says: {detail}"));
    }
    if let Some(hint) = &error.hint {
        problem = problem.note(format!("the database says: {hint}"));
    }
    advise(&mut problem, &error);
    problem
}
