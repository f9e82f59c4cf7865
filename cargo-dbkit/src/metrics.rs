//! Figures for Prometheus, as a file for the textfile collector of its node exporter.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use dbkit_runtime::{HistoryRow, Status};

use crate::failure::file_problem;
use crate::{Failure, clock, store};

/// What is known of a database after a run, or a look.
#[derive(Debug, Default)]
pub(crate) struct Metrics<'a> {
    /// The name of the database in the configuration.
    pub(crate) database: &'a str,
    pub(crate) set: &'a str,
    pub(crate) history: &'a [HistoryRow],
    pub(crate) pending: usize,
    /// Of a run: whether it went well, how long it took, and how many migrations it applied.
    pub(crate) run: Option<(bool, Duration, usize)>,
}

impl Metrics<'_> {
    /// Writes the file, whole.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        store::write_file(path, &self.text(clock::now()))
            .map_err(|error| file_problem("write", path, &error).into())
    }

    fn text(&self, now: u64) -> String {
        let labels = format!("database={:?},set={:?}", self.database, self.set);
        let count =
            |wanted: fn(&HistoryRow) -> bool| self.history.iter().filter(|row| wanted(row)).count();
        let states = [
            ("applied", count(HistoryRow::is_applied)),
            ("failed", count(|row| row.status == Status::Failed)),
            ("in_doubt", count(|row| row.doubt.is_some())),
            ("pending", self.pending),
            ("rolled_back", count(|row| row.status == Status::RolledBack)),
            ("running", count(|row| row.status == Status::Running)),
        ];
        let mut text = String::new();
        head(&mut text, "dbkit_migrations", "Migrations by what became of them.");
        for (state, number) in states {
            let _ = writeln!(text, "dbkit_migrations{{{labels},state=\"{state}\"}} {number}");
        }
        let newest = self.history.iter().filter(|row| row.is_applied()).map(|row| &row.id).max();
        if let Some(id) = newest {
            head(&mut text, "dbkit_schema_version_info", "The last migration that is applied.");
            let _ = writeln!(text, "dbkit_schema_version_info{{{labels},migration={id:?}}} 1");
        }
        if let Some((is_good, took, applied)) = self.run {
            let figures = [
                (
                    "dbkit_last_run_success",
                    "Whether the last run went well.",
                    f64::from(u8::from(is_good)),
                ),
                ("dbkit_last_run_seconds", "How long it took.", took.as_secs_f64()),
                ("dbkit_last_run_applied", "How many migrations it applied.", applied as f64),
            ];
            for (name, help, figure) in figures {
                head(&mut text, name, help);
                let _ = writeln!(text, "{name}{{{labels}}} {figure}");
            }
        }
        head(&mut text, "dbkit_last_look_timestamp_seconds", "When this was written.");
        let _ = writeln!(text, "dbkit_last_look_timestamp_seconds{{{labels}}} {now}");
        text
    }
}

fn head(text: &mut String, name: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_prometheus_reads_them() {
        let metrics = Metrics {
            database: "prod",
            set: "app",
            pending: 2,
            run: Some((true, Duration::from_millis(1500), 1)),
            ..Metrics::default()
        };
        let text = metrics.text(1_700_000_000);
        assert!(
            text.contains("dbkit_migrations{database=\"prod\",set=\"app\",state=\"pending\"} 2\n"),
            "{text}"
        );
        assert!(
            text.contains("dbkit_last_run_seconds{database=\"prod\",set=\"app\"} 1.5\n"),
            "{text}"
        );
        assert!(text.lines().all(|line| line.starts_with('#') || line.contains("} ")), "{text}");
    }
}
