//! The calls of [`Migrations`] and [`Runner`] for clients that do not block: the same machine, another loop around it.

use crate::machine::{Machine, drive_async};
use crate::{AsyncDriver, Error, HistoryRow, Migrations, Report, Runner, Standing};

impl Migrations {
    /// [`Migrations::run`] on a client that does not block: tokio-postgres, mysql_async, sqlx.
    ///
    /// If the future is dropped before it is done, the connection may be in the middle of a transaction and hold the lock: close it.
    ///
    /// # Errors
    /// As [`Migrations::run`].
    pub async fn run_async(
        &self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Report, Error> {
        self.runner().run_async(driver).await
    }

    /// [`Migrations::status`] on a client that does not block.
    ///
    /// # Errors
    /// What the database says.
    pub async fn status_async(
        &self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Standing, Error> {
        self.runner().status_async(driver).await
    }

    /// [`Migrations::plan`] on a client that does not block.
    ///
    /// # Errors
    /// As [`Migrations::run`], before anything is executed.
    pub async fn plan_async(
        &self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Vec<(String, String)>, Error> {
        self.runner().plan_async(driver).await
    }
}

impl Runner<'_> {
    /// Applies the pending migrations; see [`Migrations::run_async`].
    ///
    /// # Errors
    /// As [`Runner::run`].
    pub async fn run_async(
        self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive_async(self.machine(dialect), driver).await
    }

    /// [`Runner::rollback`] on a client that does not block.
    ///
    /// # Errors
    /// As [`Runner::rollback`].
    pub async fn rollback_async(
        self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive_async(Machine::new(|port| self.steps(dialect, port).down()), driver).await
    }

    /// [`Runner::baseline`] on a client that does not block.
    ///
    /// # Errors
    /// As [`Runner::baseline`].
    pub async fn baseline_async(
        self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Report, Error> {
        let dialect = driver.dialect();
        drive_async(Machine::new(|port| self.steps(dialect, port).baseline()), driver).await
    }

    /// [`Runner::plan`] on a client that does not block.
    ///
    /// # Errors
    /// As [`Runner::plan`].
    pub async fn plan_async(
        self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Vec<(String, String)>, Error> {
        let dialect = driver.dialect();
        drive_async(Machine::new(|port| self.steps(dialect, port).plan()), driver).await
    }

    /// [`Runner::status`] on a client that does not block.
    ///
    /// # Errors
    /// As [`Runner::status`].
    pub async fn status_async(
        self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Standing, Error> {
        let dialect = driver.dialect();
        drive_async(Machine::new(|port| self.steps(dialect, port).standing()), driver).await
    }

    /// [`Runner::history`] on a client that does not block.
    ///
    /// # Errors
    /// As [`Runner::history`].
    pub async fn history_async(
        self,
        driver: &mut (impl AsyncDriver + ?Sized),
    ) -> Result<Vec<HistoryRow>, Error> {
        let dialect = driver.dialect();
        drive_async(Machine::new(|port| self.steps(dialect, port).rows()), driver).await
    }
}
