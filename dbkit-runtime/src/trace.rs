//! Spans of `tracing`: `dbkit.run`, in it one `dbkit.migration` each, in that one `dbkit.statement` each. A span ends when what it is of
//! ends, so its time is the real one; the run's own work happens elsewhere, on the client, and is not entered.

use tracing::{Span, info, info_span, warn};

use crate::Event;

/// The spans that are open.
#[derive(Debug)]
pub(crate) struct Trace {
    run: Span,
    migration: Span,
    statement: Span,
}

impl Trace {
    /// A run has begun.
    pub(crate) fn new(set: &str, dialect: crate::Dialect) -> Self {
        // https://opentelemetry.io/docs/specs/semconv/database/
        let system = match dialect {
            crate::Dialect::Postgres => "postgresql",
            crate::Dialect::Sqlite => "sqlite",
            crate::Dialect::Mysql => "mysql",
        };
        let run = info_span!("dbkit.run", set, db.system = system);
        Self { run, migration: Span::none(), statement: Span::none() }
    }

    pub(crate) fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Started { id, statements } => {
                self.migration = info_span!(parent: &self.run, "dbkit.migration", id, statements);
            }
            Event::Statement { number, sql, .. } => {
                let first = sql.lines().next().unwrap_or_default();
                self.statement = info_span!(parent: &self.migration, "dbkit.statement", number, db.statement = first);
            }
            Event::Step { .. } => {
                self.statement = info_span!(parent: &self.migration, "dbkit.step");
            }
            Event::Applied { id, statements, took } => {
                self.statement = Span::none();
                info!(parent: &self.migration, id, statements, took_ms = took.as_millis() as u64, "applied");
                self.migration = Span::none();
            }
            Event::RolledBack { id, took } => {
                self.statement = Span::none();
                info!(parent: &self.migration, id, took_ms = took.as_millis() as u64, "rolled back");
                self.migration = Span::none();
            }
            Event::Waiting { holder, waited } => {
                info!(parent: &self.run, holder, waited_ms = waited.as_millis() as u64, "waiting for another migrator");
            }
            Event::Retrying { id, after, .. } => {
                self.statement = Span::none();
                warn!(parent: &self.migration, id, after_ms = after.as_millis() as u64, "others have the locks; trying again");
            }
            Event::Settled { id, number, was_executed, .. } => {
                warn!(parent: &self.run, id, number, was_executed, "a statement of an interrupted run was looked for");
            }
            Event::Ahead { ids } => {
                warn!(parent: &self.run, ids = ids.join(" "), "the database is ahead of this program");
            }
            Event::Pooled => {
                info!(parent: &self.run, "a pooler gives every transaction another session")
            }
            Event::Locked => info!(parent: &self.run, "locked"),
            Event::Finished { report } => {
                info!(parent: &self.run, applied = report.applied().len(), rolled_back = report.rolled_back().len(), "finished");
            }
        }
    }
}
