//! Migrations made in a test, and a driver that writes down what it is asked.
#![allow(dead_code, reason = "each test file uses a part of it")]

#[cfg(all(
    feature = "tokio-postgres",
    feature = "mysql_async",
    feature = "sqlx-postgres",
    feature = "sqlx-sqlite",
    feature = "sqlx-mysql"
))]
pub(crate) mod clients;
pub(crate) mod disturb;
#[cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) mod scenes;

use dbkit_build::folder::{Folder, MigrationFiles};
use dbkit_build::id::MigrationId;
use dbkit_build::journal::{Entry, Journal};
use dbkit_build::{blob, canonical::Hash, split::Flavor};
use dbkit_runtime::{Dialect, Driver, DriverError, Migrations, Rows};

/// Says how it went. CI has it in its log; `cargo xtask crash` shows it.
#[expect(clippy::print_stderr, reason = "the figures of docs/reliability.md")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// An id, `up.sql`, and `down.sql` if there is one.
pub(crate) type Scripts<'a> = (&'a str, &'a str, Option<&'a str>);

/// Migrations in a line: each follows the one before it.
pub(crate) fn migrations(scripts: &[Scripts<'_>]) -> Migrations {
    let parents = |at: usize| if at == 0 { Vec::new() } else { vec![scripts[at - 1].0] };
    let line: Vec<_> =
        scripts.iter().enumerate().map(|(at, scripts)| (*scripts, parents(at))).collect();
    graph(&line)
}

/// Migrations with the ids of those that they follow.
pub(crate) fn graph(nodes: &[(Scripts<'_>, Vec<&str>)]) -> Migrations {
    Migrations::from_blob(embedded(nodes)).expect("a good blob")
}

/// The bytes that a build script would embed.
pub(crate) fn embedded(nodes: &[(Scripts<'_>, Vec<&str>)]) -> Vec<u8> {
    let mut folder = Folder {
        path: String::new(),
        journal: Journal::default(),
        migrations: Vec::new(),
        problems: Vec::new(),
    };
    let parse = |text: &str| text.parse::<MigrationId>().expect("a good id");
    for ((id, up, down), parents) in nodes {
        folder.journal.insert(Entry {
            id: parse(id),
            up: Hash::of(up.as_bytes()),
            down: down.map(|down| Hash::of(down.as_bytes())),
            changes: None,
            parents: parents.iter().map(|parent| parse(parent)).collect(),
        });
        folder.migrations.push(MigrationFiles {
            name: (*id).to_owned(),
            up: Some(up.as_bytes().to_vec()),
            down: down.map(|down| down.as_bytes().to_vec()),
            changes: None,
            replaces: None,
        });
    }
    blob::write(&folder, Flavor::Any)
}

pub(crate) const USERS: Scripts<'_> = (
    "20260101000000_users",
    "CREATE TABLE users (id integer PRIMARY KEY);\n\nINSERT INTO users VALUES (1);\n",
    Some("DROP TABLE users;\n"),
);

pub(crate) const POSTS: Scripts<'_> = (
    "20260102000000_posts",
    "CREATE TABLE posts (id integer PRIMARY KEY);\n",
    Some("DROP TABLE posts;\n"),
);

/// Writes down what a database is asked, and does something after one of the answers.
pub(crate) struct Recording<'a> {
    inner: &'a mut dyn Driver,
    pub(crate) asked: Vec<String>,
    after_first: Option<Box<dyn FnOnce() + 'a>>,
}

impl<'a> Recording<'a> {
    pub(crate) fn new(inner: &'a mut dyn Driver) -> Self {
        Self { inner, asked: Vec::new(), after_first: None }
    }

    /// After the first answer, somebody else acts.
    pub(crate) fn after_first(mut self, act: impl FnOnce() + 'a) -> Self {
        self.after_first = Some(Box::new(act));
        self
    }

    fn note(&mut self, sql: &str) {
        self.asked.push(sql.to_owned());
        if let (1, Some(act)) = (self.asked.len(), self.after_first.take()) {
            act();
        }
    }
}

impl Driver for Recording<'_> {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        let answer = self.inner.execute(sql);
        self.note(sql);
        answer
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        let answer = self.inner.query(sql);
        self.note(sql);
        answer
    }
}
