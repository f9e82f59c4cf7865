//! A second connection that reads a part of a catalog beside the first one, in the same snapshot.
//!
//! Both take the next query from one list, so that nobody waits for the second one to come: where a pooler or a limit keeps it away the first
//! reads everything, and what the second could not read is put back.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use dbkit_runtime::Rows;
use dbkit_schema::dialect::CatalogQuery;

use crate::database::{Database, Missing};
use crate::url::Address;

/// The queries of an inspection, and what has come back.
pub(crate) struct Work {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    /// What nobody has taken yet, the next one last.
    open: Vec<CatalogQuery>,
    rows: BTreeMap<&'static str, Rows>,
    /// The companion is reading one.
    is_lent: bool,
    /// The companion has begun its transaction.
    is_shared: bool,
}

impl Work {
    /// Queries, in the order in which they are to be read.
    pub(crate) fn new(mut queries: Vec<CatalogQuery>) -> Self {
        queries.reverse();
        let state =
            State { open: queries, rows: BTreeMap::new(), is_lent: false, is_shared: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next query for the first connection. None once everything is answered.
    pub(crate) fn next(&self) -> Option<CatalogQuery> {
        let mut state = self.state();
        loop {
            if let Some(query) = state.open.pop() {
                return Some(query);
            }
            if !state.is_lent {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Keeps the rows of a query.
    pub(crate) fn answer(&self, name: &'static str, rows: Rows) {
        self.state().rows.insert(name, rows);
    }

    /// Nothing more is to be read.
    pub(crate) fn give_up(&self) {
        self.state().open.clear();
    }

    /// The rows of each query.
    pub(crate) fn rows(&self) -> BTreeMap<&'static str, Rows> {
        std::mem::take(&mut self.state().rows)
    }

    fn is_over(&self) -> bool {
        self.state().open.is_empty()
    }

    fn lend(&self) -> Option<Loan<'_>> {
        let mut state = self.state();
        let query = state.open.pop()?;
        state.is_lent = true;
        Some(Loan { work: self, query: Some(query) })
    }
}

/// A query that the companion has taken. It goes back with the value if it was not answered.
struct Loan<'a> {
    work: &'a Work,
    query: Option<CatalogQuery>,
}

impl Loan<'_> {
    fn sql(&self) -> &str {
        self.query.as_ref().map_or("", |query| &query.sql)
    }

    fn answer(mut self, rows: Rows) {
        if let Some(query) = self.query.take() {
            self.work.answer(query.name, rows);
        }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut state = self.work.state();
        state.is_lent = false;
        state.open.extend(self.query.take());
        drop(state);
        self.work.changed.notify_all();
    }
}

/// The second connection, on a thread of its own.
pub(crate) struct Companion {
    work: Arc<Work>,
    thread: Option<JoinHandle<()>>,
}

impl Companion {
    /// Opens it and begins with the work. `session` begins its transaction.
    pub(crate) fn start(address: &Address, session: String, work: &Arc<Work>) -> Option<Self> {
        let (address, work) = (address.clone(), Arc::clone(work));
        let shared = Arc::clone(&work);
        let thread = std::thread::Builder::new()
            .name("companion".to_owned())
            .spawn(move || read(&address, &session, &shared))
            .ok()?;
        Some(Self { work, thread: Some(thread) })
    }
}

impl Drop for Companion {
    /// One that has not begun may be waiting for the place of the first connection; nobody waits for it, and it finds nothing to do.
    fn drop(&mut self) {
        self.work.give_up();
        let is_shared = self.work.state().is_shared;
        if let Some(thread) = self.thread.take().filter(|_| is_shared) {
            let _ = thread.join();
        }
    }
}

/// Reads until nothing is left. What fails here is tried again by the first connection, which says what is wrong.
fn read(address: &Address, session: &str, work: &Work) {
    let Ok(mut database) = Database::open(address, Missing::Refuse) else { return };
    if work.is_over() || database.driver.execute(session).is_err() {
        return;
    }
    work.state().is_shared = true;
    while let Some(loan) = work.lend() {
        let Ok(rows) = database.driver.query(loan.sql()) else { return };
        loan.answer(rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(names: [&'static str; 2]) -> Work {
        Work::new(names.map(|name| CatalogQuery { name, sql: name.to_owned() }).into())
    }

    fn name(query: Option<CatalogQuery>) -> Option<&'static str> {
        query.map(|query| query.name)
    }

    #[test]
    fn what_was_not_answered_is_read_by_the_first_connection() {
        let work = work(["one", "other"]);
        let loan = work.lend().unwrap();
        assert_eq!(loan.sql(), "one");
        assert_eq!(name(work.next()), Some("other"));
        drop(loan);
        assert_eq!(name(work.next()), Some("one"));
        assert_eq!(name(work.next()), None);
    }

    #[test]
    fn the_first_connection_waits_for_what_is_being_read() {
        let work = work(["one", "other"]);
        let loan = work.lend().unwrap();
        assert_eq!(name(work.next()), Some("other"));
        std::thread::scope(|scope| {
            scope.spawn(|| loan.answer(vec![vec![None]]));
            assert_eq!(name(work.next()), None);
        });
        assert_eq!(work.rows().keys().collect::<Vec<_>>(), [&"one"]);
    }

    #[test]
    fn nothing_is_lent_once_the_work_is_given_up() {
        let work = work(["one", "other"]);
        work.give_up();
        assert!(work.is_over() && work.lend().is_none() && work.next().is_none());
    }
}
