//! Others: the lock that keeps other migrators out, waiting for them with a deadline, and who stands in the way of a statement.

use std::time::Duration;

use super::Run;
use crate::Event;
use crate::dialect::LockKey;
use crate::driver::Rows;
use crate::error::{Blocker, Error, Kind};

/// What keeps other migrators out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Nothing yet.
    Nothing,
    /// A lock of the session: nobody else is at work while the run lasts.
    Session {
        key: LockKey,
        /// Which session of the server has it, where a pooler could give us another one.
        backend: Option<String>,
    },
    /// Each transaction takes the lock for itself, and looks again at what it found before: through a pooler, and on SQLite.
    Transaction { key: LockKey },
}

impl Hold {
    /// Whether what was read stays true until this run changes it.
    pub(crate) fn is_exclusive(&self) -> bool {
        matches!(self, Self::Session { .. })
    }

    /// The session of the server that has the lock for this run.
    pub(crate) fn backend(&self) -> Option<&str> {
        match self {
            Self::Session { backend, .. } => backend.as_deref(),
            Self::Nothing | Self::Transaction { .. } => None,
        }
    }

    pub(crate) fn key(&self) -> Option<&LockKey> {
        match self {
            Self::Nothing => None,
            Self::Session { key, .. } | Self::Transaction { key } => Some(key),
        }
    }
}

/// One wait: when it began, and how long the next pause is.
pub(super) struct Wait {
    start: Duration,
    refused_since: Option<Duration>,
    pause: Duration,
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How often a lock is given back that a pooler has left in another session, before that session is ended.
const RELEASES: u32 = 40;

impl Run<'_> {
    pub(super) fn waiting(&self) -> Wait {
        Wait { start: self.port.elapsed(), refused_since: None, pause: FIRST_PAUSE }
    }

    /// Up to a quarter of a pause. How long the last statement took is as good as chance for keeping two migrators from asking in step.
    pub(super) fn jitter(&self, pause: Duration) -> Duration {
        pause / 4 * (self.port.elapsed().subsec_micros() % 8) / 8
    }

    /// Waits a while, longer each time.
    ///
    /// # Errors
    /// If the deadline has come.
    pub(super) async fn wait(
        &mut self,
        wait: &mut Wait,
        holder: Option<String>,
    ) -> Result<(), Error> {
        let now = self.port.elapsed();
        let deadline = wait.start + self.options.lock_wait;
        if now >= deadline {
            return Err(Error::new(Kind::Locked { holder, waited: now - wait.start }));
        }
        let waited = now - *wait.refused_since.get_or_insert(now);
        self.emit(&Event::Waiting { holder: holder.as_deref(), waited });
        let pause = wait.pause + self.jitter(wait.pause);
        self.port.sleep(pause.min(deadline - now)).await;
        wait.pause = (wait.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }

    /// Executes a statement of the runner's own, and again while somebody else is in the way.
    pub(super) async fn insist(&mut self, sql: &str) -> Result<(), Error> {
        let mut wait = self.waiting();
        loop {
            match self.port.execute(sql).await {
                Ok(_) => return Ok(()),
                Err(error) if self.words().is_safe_to_repeat(&error) => {
                    self.wait(&mut wait, None).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The same for a query.
    pub(super) async fn insist_query(&mut self, sql: &str) -> Result<Rows, Error> {
        let mut wait = self.waiting();
        loop {
            match self.port.query(sql).await {
                Ok(rows) => return Ok(rows),
                Err(error) if self.words().is_safe_to_repeat(&error) => {
                    self.wait(&mut wait, None).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The lock of this set and history.
    pub(super) async fn locate(&mut self) -> Result<LockKey, Error> {
        self.locate_session().await.map(|(key, _)| key)
    }

    /// The same, and the session of the server that was asked.
    async fn locate_session(&mut self) -> Result<(LockKey, Option<String>), Error> {
        let mut backend = None;
        if let Some(locate) = self.words().locate_history(&self.options.history.table) {
            let row = self.port.query(locate).await?.into_iter().next().unwrap_or_default();
            let mut cells = row.into_iter();
            let schema = cells.next().flatten();
            backend = cells.next().flatten();
            if self.options.history.schema.is_none() {
                self.options.history.schema = schema;
                self.options.history.is_located = true;
            }
        }
        let key = LockKey::new(&self.options.set, &self.table());
        Ok((key, backend))
    }

    /// Takes the lock, polling: waiting inside a statement would itself block index builds.
    pub(super) async fn lock(&mut self) -> Result<(), Error> {
        let (key, backend) = self.locate_session().await?;
        let is_shared = self.options.lock == crate::Lock::Transaction
            && self.words().try_transaction_lock(&key, None).is_some();
        let try_lock = self.words().try_lock(&key).filter(|_| !is_shared);
        let Some(try_lock) = try_lock else {
            self.hold = Hold::Transaction { key };
            return Ok(());
        };
        let mut wait = self.waiting();
        loop {
            let row = self.port.query(try_lock.clone()).await?.into_iter().next();
            let mut cells = row.unwrap_or_default().into_iter();
            let (answer, now) = (cells.next().flatten(), cells.next().flatten());
            match answer.as_deref() {
                Some("1") => {
                    let is_pooled = backend.is_some() && now.is_some() && now != backend;
                    self.hold = Hold::Session { key, backend: now };
                    if is_pooled {
                        self.share().await;
                    }
                    self.emit(&Event::Locked);
                    return Ok(());
                }
                // Somebody else has it, in the very session that we were given: a pooler is between us and the server.
                Some("2") => {
                    self.hold = Hold::Transaction { key };
                    self.emit(&Event::Pooled);
                    return Ok(());
                }
                _ => {}
            }
            let holder = self.lock_holder(&key).await;
            self.wait(&mut wait, holder).await?;
        }
    }

    /// A pooler gives each transaction a session of its own: from here on, each takes the lock for itself.
    pub(super) async fn share(&mut self) {
        let Some(key) = self.hold.key().copied() else { return };
        self.unlock().await;
        self.hold = Hold::Transaction { key };
        self.emit(&Event::Pooled);
    }

    pub(super) async fn lock_holder(&self, key: &LockKey) -> Option<String> {
        let sql = self.words().lock_holder(key)?;
        self.port.query(sql).await.ok()?.into_iter().flatten().flatten().next()
    }

    /// Gives the lock back. If that fails, the connection is as good as gone, and the lock with it.
    pub(super) async fn unlock(&mut self) {
        let Hold::Session { key, backend } = std::mem::replace(&mut self.hold, Hold::Nothing)
        else {
            return;
        };
        let Some(sql) = self.words().unlock(&key, backend.as_deref()) else { return };
        let mut pause = Duration::from_millis(5);
        for _ in 0..RELEASES {
            let Ok(rows) = self.port.query(sql.clone()).await else { return };
            // 2: a pooler has given us another session than the one that has the lock.
            if rows.into_iter().flatten().flatten().next().as_deref() != Some("2") {
                return;
            }
            self.port.sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(100));
        }
        // It idles in the pool; ending it costs the pooler a new connection, leaving the lock would cost every later migrator its turn.
        if let Some(end) = backend.and_then(|backend| self.words().end_session(&backend)) {
            let _ = self.port.query(end).await;
        }
    }

    /// Who has the locks that a statement wants, as far as the database tells.
    pub(super) async fn blockers(&self, sql: &str) -> Vec<Blocker> {
        let target = crate::sql::target(sql, self.dialect);
        let Some(query) = self.words().blockers(target.as_ref()) else { return Vec::new() };
        let rows = self.port.query(query).await.unwrap_or_default();
        let blocker = |row: Vec<Option<String>>| {
            let mut cells = row.into_iter();
            let mut next = || cells.next().flatten();
            Some(Blocker {
                session: next()?,
                seconds: next().and_then(|text| text.parse().ok()).unwrap_or(0),
                state: next().unwrap_or_default(),
                query: next().unwrap_or_default(),
            })
        };
        rows.into_iter().filter_map(blocker).collect()
    }
}
