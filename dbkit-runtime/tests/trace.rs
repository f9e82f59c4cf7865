//! The spans that a run opens, as a subscriber sees them.
#![cfg(all(feature = "tracing", feature = "sqlite"))]

mod support;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use support::{USERS, migrations};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes down what it is told.
#[derive(Default)]
struct Notes {
    lines: Arc<Mutex<Vec<String>>>,
    last: AtomicU64,
}

struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if !field.name().ends_with("_ms") {
            let _ = write!(self.0, " {field}={value:?}");
        }
    }
}

impl Notes {
    fn note(&self, line: String) {
        self.lines.lock().expect("is whole").push(line);
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("dbkit")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let mut words = Words(String::new());
        span.record(&mut words);
        let parent = span.parent().map_or(0, Id::into_u64);
        self.note(format!("{id} in {parent}: {}{}", span.metadata().name(), words.0));
        Id::from_u64(id)
    }

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(String::new());
        event.record(&mut words);
        self.note(format!("event in {}:{}", event.parent().map_or(0, Id::into_u64), words.0));
    }

    fn try_close(&self, id: Id) -> bool {
        self.note(format!("{} ends", id.into_u64()));
        true
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_run_has_a_span_for_each_part() {
    let notes = Notes::default();
    let lines = Arc::clone(&notes.lines);
    tracing::subscriber::with_default(notes, || {
        let mut connection = rusqlite::Connection::open_in_memory().expect("opens");
        migrations(&[USERS]).run(&mut connection).expect("runs");
    });
    let lines = lines.lock().expect("is whole").clone();
    let spans: Vec<&str> =
        lines.iter().map(String::as_str).filter(|line| !line.starts_with("event")).collect();
    assert_eq!(
        spans,
        [
            "1 in 0: dbkit.run set=\"app\" db.system=\"sqlite\"",
            "2 in 1: dbkit.migration id=\"20260101000000_users\" statements=2",
            "3 in 2: dbkit.statement number=1 db.statement=\"CREATE TABLE users (id integer PRIMARY KEY)\"",
            "4 in 2: dbkit.statement number=2 db.statement=\"INSERT INTO users VALUES (1)\"",
            "3 ends",
            "4 ends",
            "2 ends",
            "1 ends",
        ]
    );
    assert!(lines.iter().any(|line| line.starts_with("event in 2: message=applied")), "{lines:?}");
}
