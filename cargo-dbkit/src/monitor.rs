//! A second connection that watches the first one at work: how far it is, who is in its way, who waits behind it. It can give the work up when
//! too many wait, which only a second connection can.
//!
//! It begins a moment after the run, so that a short run has none, and never fails: who may not look sees nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use dbkit_runtime::{Dialect, Driver};
use serde_json::json;

use crate::database::{Database, Missing};
use crate::replicas::Replica;
use crate::report::Side;
use crate::url::Address;

/// How long a run is left alone.
const GRACE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(500);
/// Where others wait, every look counts.
const SHORT_PAUSE: Duration = Duration::from_millis(100);

/// The watch over a run. It ends with the value.
pub(crate) struct Monitor {
    end: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    gave_up: Arc<AtomicUsize>,
}

impl Monitor {
    /// Watches what a connection does from now on. `most`: more sessions than that may not wait behind it.
    pub(crate) fn start(
        address: &Address,
        watched: &mut Database,
        most: Option<usize>,
        side: Side,
    ) -> Option<Self> {
        let dialect = watched.driver.dialect();
        let session = match dialect {
            Dialect::Postgres => "SELECT pg_backend_pid()",
            Dialect::Mysql => "SELECT CONNECTION_ID()",
            Dialect::Sqlite => return None,
        };
        let session = one(watched.driver.as_mut(), session).parse::<u64>().ok()?;
        let (end, ended) = mpsc::channel();
        let gave_up = Arc::new(AtomicUsize::new(0));
        let watch = Watch { dialect, session, most, side, gave_up: Arc::clone(&gave_up) };
        let address = address.clone();
        let thread = std::thread::Builder::new()
            .name("monitor".to_owned())
            .spawn(move || watch.run(&address, &ended))
            .ok()?;
        Some(Self { end: Some(end), thread: Some(thread), gave_up })
    }

    /// How many sessions waited when the work was given up.
    pub(crate) fn gave_up(mut self) -> Option<usize> {
        self.stop();
        Some(self.gave_up.load(Ordering::Acquire)).filter(|count| *count > 0)
    }

    fn stop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Watch {
    dialect: Dialect,
    session: u64,
    most: Option<usize>,
    side: Side,
    gave_up: Arc<AtomicUsize>,
}

impl Watch {
    fn run(mut self, address: &Address, ended: &mpsc::Receiver<()>) {
        let pause = if self.most.is_some() { SHORT_PAUSE } else { PAUSE };
        let mut next = if self.most.is_some() { SHORT_PAUSE } else { GRACE };
        let mut database = None;
        let mut full = 0;
        // The sender says nothing; it goes when the run is over.
        while ended.recv_timeout(next) == Err(RecvTimeoutError::Timeout) {
            next = pause;
            if database.is_none() {
                database = Database::open(address, Missing::Refuse).ok();
            }
            let Some(open) = &mut database else { return };
            let driver = open.driver.as_mut();
            let waiting: usize = one(driver, &self.waiting()).parse().unwrap_or(0);
            // Twice, so that a moment is no reason.
            full = if self.most.is_some_and(|most| waiting > most) { full + 1 } else { 0 };
            if full >= 2 {
                self.gave_up.store(waiting, Ordering::Release);
                let _ = driver.query(&self.cancel());
                return;
            }
            self.tell(driver, waiting);
        }
    }

    fn tell(&mut self, driver: &mut dyn Driver, waiting: usize) {
        let rows = driver.query(&self.progress()).unwrap_or_default();
        let cells: Vec<String> = rows
            .into_iter()
            .next()
            .unwrap_or_default()
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect();
        let mut parts = Vec::new();
        let mut percent = None;
        if let [phase, done, total] = cells.as_slice() {
            let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
            percent = Some(number(done) * 100.0 / number(total)).filter(|part| part.is_finite());
            let shown = percent.map_or_else(String::new, |part| format!(" {part:.0} %"));
            parts.push(format!("{phase}{shown}"));
        }
        let blocker = one(driver, &self.blocker());
        if !blocker.is_empty() {
            parts.push(format!("waits for {blocker}"));
        }
        if waiting > 0 {
            parts.push(format!("{waiting} waiting behind it"));
        }
        let replicas = Replica::of(driver);
        if let Some(replica) = replicas.iter().find(|replica| replica.is_behind()) {
            parts.push(format!("the replica {} is {} behind", replica.name, replica.shown()));
        }
        if parts.is_empty() {
            return;
        }
        let fields = json!({
            "phase": cells.first(),
            "percent": percent.map(|part| part.round()),
            "blocker": Some(&blocker).filter(|text| !text.is_empty()),
            "waiting": waiting,
            "replica_lag_s": replicas.iter().map(|replica| replica.seconds).max(),
            "replica_lag_bytes": replicas.iter().map(|replica| replica.bytes).max(),
        });
        self.side.progress(&parts.join(", "), fields);
    }

    /// Phase, done and total of what the session does.
    fn progress(&self) -> String {
        let session = self.session;
        match self.dialect {
            Dialect::Postgres => format!(
                "SELECT phase, CASE WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END, \
                 CASE WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END \
                 FROM pg_catalog.pg_stat_progress_create_index WHERE pid = {session}"
            ),
            // MariaDB has the columns; MySQL answers with an error, which is nothing.
            Dialect::Mysql | Dialect::Sqlite => format!(
                "SELECT CONCAT(STATE, ', stage ', STAGE, ' of ', MAX_STAGE), PROGRESS, 100 \
                 FROM information_schema.PROCESSLIST WHERE ID = {session} AND MAX_STAGE > 0"
            ),
        }
    }

    /// How many wait for the session.
    fn waiting(&self) -> String {
        let session = self.session;
        match self.dialect {
            Dialect::Postgres => format!(
                "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE wait_event_type = 'Lock' AND {session} = ANY (pg_blocking_pids(pid))"
            ),
            Dialect::Mysql | Dialect::Sqlite => format!(
                "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> {session} AND STATE LIKE 'Waiting for table metadata lock%'"
            ),
        }
    }

    /// Whom the session waits for.
    fn blocker(&self) -> String {
        let session = self.session;
        match self.dialect {
            Dialect::Postgres => format!(
                "SELECT 'pid ' || pid || ' (' || state || '): ' || left(query, 40) FROM pg_catalog.pg_stat_activity \
                 WHERE pid = ANY (pg_blocking_pids({session})) ORDER BY xact_start LIMIT 1"
            ),
            Dialect::Mysql | Dialect::Sqlite => format!(
                "SELECT 'the lock of a table' FROM information_schema.PROCESSLIST WHERE ID = {session} AND STATE LIKE 'Waiting for table metadata lock%'"
            ),
        }
    }

    fn cancel(&self) -> String {
        match self.dialect {
            Dialect::Postgres => format!("SELECT pg_cancel_backend({})", self.session),
            Dialect::Mysql | Dialect::Sqlite => format!("KILL QUERY {}", self.session),
        }
    }
}

fn one(driver: &mut dyn Driver, sql: &str) -> String {
    let rows = driver.query(sql).unwrap_or_default();
    rows.into_iter().flatten().flatten().next().unwrap_or_default()
}
