//! Others: the lock that keeps other migrators out, and waiting for them with a deadline.

use std::time::Duration;

use super::Run;
use crate::Event;
use crate::dialect::LockKey;
use crate::driver::Rows;
use crate::error::{Error, Kind};

/// One wait: when it began, and how long the next pause is.
pub(super) struct Wait {
    start: Duration,
    refused_since: Option<Duration>,
    pause: Duration,
}

const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Run<'_> {
    pub(super) fn waiting(&self) -> Wait {
        Wait { start: self.port.elapsed(), refused_since: None, pause: FIRST_PAUSE }
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
        // How long the last statement took is as good as chance for keeping two migrators from asking in step.
        let jitter = wait.pause / 4 * (now.subsec_micros() % 8) / 8;
        self.port.sleep((wait.pause + jitter).min(deadline - now)).await;
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

    /// Takes the lock, polling: waiting inside a statement would itself block index builds.
    pub(super) async fn lock(&mut self) -> Result<LockKey, Error> {
        if self.options.history.schema.is_none()
            && let Some(locate) = self.words().locate_history(&self.options.history.table)
        {
            let rows = self.port.query(locate).await?;
            self.options.history.schema = rows.into_iter().flatten().flatten().next();
            self.options.history.is_located = true;
        }
        let key = LockKey::new(&self.options.set, &self.table());
        let Some(try_lock) = self.words().try_lock(&key) else { return Ok(key) };
        let mut wait = self.waiting();
        loop {
            let rows = self.port.query(try_lock.clone()).await?;
            if rows.into_iter().flatten().flatten().next().as_deref() == Some("1") {
                self.emit(&Event::Locked);
                return Ok(key);
            }
            let holder = self.lock_holder(&key).await;
            self.wait(&mut wait, holder).await?;
        }
    }

    async fn lock_holder(&self, key: &LockKey) -> Option<String> {
        let sql = self.words().lock_holder(key)?;
        self.port.query(sql).await.ok()?.into_iter().flatten().flatten().next()
    }

    /// Gives the lock back. If that fails, the connection is as good as gone, and the lock with it.
    pub(super) async fn unlock(&self, key: LockKey) {
        if let Some(sql) = self.words().unlock(&key) {
            let _ = self.port.query(sql).await;
        }
    }
}
