//! Rust code of the app that belongs to a migration: what SQL cannot say, in the same transaction.
//!
//! A script that begins with `-- dbkit: rust-step` takes one. Its statements run first, then the step, then the record and the commit; on
//! MySQL, where a definition ends the transaction, the step has one of its own with the record. Whoever does not have the step, the
//! command line for one, executes nothing.

use std::future::Future;
use std::pin::Pin;

use crate::machine::{AsyncSteps, Machine, drive_async_with, drive_with};
use crate::{AsyncDriver, Direction, Driver, DriverError, Error, Report, Runner};

/// What a step may fail with.
pub type StepError = Box<dyn std::error::Error + Send + Sync>;

/// What a step on a client that does not block gives back.
pub type StepFuture<'c> = Pin<Box<dyn Future<Output = Result<(), StepError>> + Send + 'c>>;

type Step<'a, D> = Box<dyn FnMut(&mut D) -> Result<(), StepError> + 'a>;
type AsyncStep<'a, D> = Box<dyn for<'c> FnMut(&'c mut D) -> StepFuture<'c> + Send + 'a>;

/// A run with Rust steps; see [`Runner::step`].
#[must_use]
pub struct Stepped<'a, D: ?Sized> {
    runner: Runner<'a>,
    steps: Vec<(String, Direction, Step<'a, D>)>,
}

/// The same on a client that does not block; see [`Runner::async_step`].
#[must_use]
pub struct SteppedAsync<'a, D> {
    runner: Runner<'a>,
    steps: Vec<(String, Direction, AsyncStep<'a, D>)>,
}

impl<'a> Runner<'a> {
    /// Binds Rust code to a migration whose `up.sql` begins with `-- dbkit: rust-step`. It runs on the connection of the run, after the
    /// statements and in their transaction, so it begins and ends none of its own.
    ///
    /// The options come first: `runner().lock_wait(..).step(id, ..).run(&mut connection)`.
    pub fn step<D: Driver + ?Sized>(
        self,
        id: &str,
        step: impl FnMut(&mut D) -> Result<(), StepError> + 'a,
    ) -> Stepped<'a, D> {
        Stepped { runner: self, steps: Vec::new() }.step(id, step)
    }

    /// Binds Rust code to a migration whose `down.sql` begins with `-- dbkit: rust-step`.
    pub fn step_back<D: Driver + ?Sized>(
        self,
        id: &str,
        step: impl FnMut(&mut D) -> Result<(), StepError> + 'a,
    ) -> Stepped<'a, D> {
        Stepped { runner: self, steps: Vec::new() }.step_back(id, step)
    }

    /// The same on a client that does not block: `.async_step(id, |client| Box::pin(async move { .. }))`.
    pub fn async_step<D: AsyncDriver>(
        self,
        id: &str,
        step: impl for<'c> FnMut(&'c mut D) -> StepFuture<'c> + Send + 'a,
    ) -> SteppedAsync<'a, D> {
        SteppedAsync { runner: self, steps: Vec::new() }.async_step(id, step)
    }

    /// The same on a client that does not block; see [`Runner::step_back`].
    pub fn async_step_back<D: AsyncDriver>(
        self,
        id: &str,
        step: impl for<'c> FnMut(&'c mut D) -> StepFuture<'c> + Send + 'a,
    ) -> SteppedAsync<'a, D> {
        SteppedAsync { runner: self, steps: Vec::new() }.async_step_back(id, step)
    }
}

impl<'a, D: Driver + ?Sized> Stepped<'a, D> {
    /// One more; see [`Runner::step`].
    pub fn step(
        mut self,
        id: &str,
        step: impl FnMut(&mut D) -> Result<(), StepError> + 'a,
    ) -> Self {
        self.steps.push((id.to_owned(), Direction::Up, Box::new(step)));
        self
    }

    /// What belongs to a `down.sql` that begins with `-- dbkit: rust-step`.
    pub fn step_back(
        mut self,
        id: &str,
        step: impl FnMut(&mut D) -> Result<(), StepError> + 'a,
    ) -> Self {
        self.steps.push((id.to_owned(), Direction::Down, Box::new(step)));
        self
    }

    /// See [`Runner::run`].
    ///
    /// # Errors
    /// As [`Runner::run`]; before anything is executed if a pending migration takes a step that is not bound.
    pub fn run(self, driver: &mut D) -> Result<Report, Error> {
        let Self { mut runner, mut steps } = self;
        runner.options.steps = bound(&steps);
        let machine = runner.machine(driver.dialect());
        drive_with(machine, driver, |driver, id, direction| call(&mut steps, driver, id, direction))
    }

    /// See [`Runner::rollback`].
    ///
    /// # Errors
    /// As [`Runner::rollback`]; before anything is executed if a script takes a step that is not bound.
    pub fn rollback(self, driver: &mut D) -> Result<Report, Error> {
        let Self { mut runner, mut steps } = self;
        runner.options.steps = bound(&steps);
        let dialect = driver.dialect();
        let machine = Machine::new(|port| runner.steps(dialect, port).down());
        drive_with(machine, driver, |driver, id, direction| call(&mut steps, driver, id, direction))
    }
}

impl<'a, D: AsyncDriver> SteppedAsync<'a, D> {
    /// One more; see [`Runner::async_step`].
    pub fn async_step(
        mut self,
        id: &str,
        step: impl for<'c> FnMut(&'c mut D) -> StepFuture<'c> + Send + 'a,
    ) -> Self {
        self.steps.push((id.to_owned(), Direction::Up, Box::new(step)));
        self
    }

    /// What belongs to a `down.sql` that begins with `-- dbkit: rust-step`.
    pub fn async_step_back(
        mut self,
        id: &str,
        step: impl for<'c> FnMut(&'c mut D) -> StepFuture<'c> + Send + 'a,
    ) -> Self {
        self.steps.push((id.to_owned(), Direction::Down, Box::new(step)));
        self
    }

    /// See [`Runner::run_async`].
    ///
    /// # Errors
    /// As [`Stepped::run`].
    pub async fn run_async(self, driver: &mut D) -> Result<Report, Error> {
        let Self { mut runner, steps } = self;
        runner.options.steps = bound(&steps);
        let machine = runner.machine(driver.dialect());
        drive_async_with(machine, driver, &mut Bound(steps)).await
    }

    /// See [`Runner::rollback_async`].
    ///
    /// # Errors
    /// As [`Stepped::rollback`].
    pub async fn rollback_async(self, driver: &mut D) -> Result<Report, Error> {
        let Self { mut runner, steps } = self;
        runner.options.steps = bound(&steps);
        let dialect = driver.dialect();
        let machine = Machine::new(|port| runner.steps(dialect, port).down());
        drive_async_with(machine, driver, &mut Bound(steps)).await
    }
}

fn bound<S>(steps: &[(String, Direction, S)]) -> Vec<(String, Direction)> {
    steps.iter().map(|(id, direction, _)| (id.clone(), *direction)).collect()
}

fn call<D: ?Sized>(
    steps: &mut [(String, Direction, Step<'_, D>)],
    driver: &mut D,
    id: &str,
    direction: Direction,
) -> Result<(), DriverError> {
    for (_, _, step) in steps.iter_mut().filter(|step| step.0 == id && step.1 == direction) {
        step(driver).map_err(|error| said(&error))?;
    }
    Ok(())
}

struct Bound<'a, D>(Vec<(String, Direction, AsyncStep<'a, D>)>);

impl<D: AsyncDriver> AsyncSteps<D> for Bound<'_, D> {
    fn call<'c>(
        &'c mut self,
        driver: &'c mut D,
        id: &'c str,
        direction: Direction,
    ) -> Pin<Box<dyn Future<Output = Result<(), DriverError>> + Send + 'c>> {
        Box::pin(async move {
            for (_, _, step) in self.0.iter_mut().filter(|step| step.0 == id && step.1 == direction)
            {
                step(driver).await.map_err(|error| said(&error))?;
            }
            Ok(())
        })
    }
}

fn said(error: &StepError) -> DriverError {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        message.push_str(&format!(": {deeper}"));
        cause = deeper.source();
    }
    DriverError { message, ..DriverError::default() }
}
