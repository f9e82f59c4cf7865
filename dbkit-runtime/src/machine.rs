//! A state machine that asks for SQL to be executed and is told the outcome. It does no IO.
//!
//! The steps of a run are written as an `async fn`, which the compiler turns into the state machine; what it waits for is not a socket
//! but the answer to its last [`Request`]. A driver, sync or async, is a loop that does what is asked.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::blob::Direction;
use crate::driver::{DriverError, Rows};

/// What the machine wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Execute SQL, with nothing to give back.
    Execute(String),
    /// Execute a statement and give back its rows.
    Query(String),
    /// Wait.
    Sleep(Duration),
    /// Call the Rust step that is bound to a migration; see [`crate::Runner::step`].
    Step {
        /// The migration.
        id: String,
        /// Which of its scripts.
        direction: Direction,
    },
}

/// The outcome of a [`Request`], and how long it took.
#[derive(Debug)]
pub struct Answer {
    /// Rows of a query, otherwise none.
    pub outcome: Result<Rows, DriverError>,
    /// Time between request and answer.
    pub took: Duration,
}

/// What the machine has come to.
pub enum Step<T> {
    /// Do this, then call [`Machine::step`] with the outcome.
    Ask(Request),
    /// The run is over.
    Done(T),
}

#[derive(Default)]
struct Exchange {
    request: Option<Request>,
    answer: Option<Answer>,
    /// Time that all answers took: the machine's only clock.
    elapsed: Duration,
}

/// The side of the exchange that the steps of a run are written against.
#[derive(Clone, Default)]
pub(crate) struct Port {
    exchange: Arc<Mutex<Exchange>>,
}

impl Port {
    pub(crate) async fn execute(&self, sql: impl Into<String>) -> Result<Duration, DriverError> {
        let answer = self.ask(Request::Execute(sql.into())).await;
        answer.outcome.map(|_| answer.took)
    }

    pub(crate) async fn query(&self, sql: impl Into<String>) -> Result<Rows, DriverError> {
        self.ask(Request::Query(sql.into())).await.outcome
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.ask(Request::Sleep(duration)).await;
    }

    /// The error is the step's own: its message, and nothing else.
    pub(crate) async fn step(
        &self,
        id: &str,
        direction: Direction,
    ) -> Result<Duration, DriverError> {
        let answer = self.ask(Request::Step { id: id.to_owned(), direction }).await;
        answer.outcome.map(|_| answer.took)
    }

    /// Time since the run began, as far as the loop around the machine has said.
    pub(crate) fn elapsed(&self) -> Duration {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner).elapsed
    }

    fn ask(&self, request: Request) -> Ask {
        // A loop that does not measure its sleep must not make a deadline unreachable.
        let at_least = match &request {
            Request::Sleep(duration) => *duration,
            Request::Execute(_) | Request::Query(_) | Request::Step { .. } => Duration::ZERO,
        };
        Ask { exchange: Arc::clone(&self.exchange), request: Some(request), at_least }
    }
}

struct Ask {
    exchange: Arc<Mutex<Exchange>>,
    request: Option<Request>,
    at_least: Duration,
}

impl Future for Ask {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Answer> {
        let request = self.request.take();
        let mut exchange = self.exchange.lock().unwrap_or_else(PoisonError::into_inner);
        if request.is_some() {
            exchange.request = request;
            return Poll::Pending;
        }
        let Some(answer) = exchange.answer.take() else { return Poll::Pending };
        exchange.elapsed += answer.took.max(self.at_least);
        Poll::Ready(answer)
    }
}

/// A run that has not ended.
pub struct Machine<'a, T> {
    steps: Pin<Box<dyn Future<Output = T> + Send + 'a>>,
    exchange: Arc<Mutex<Exchange>>,
}

impl<'a, T> Machine<'a, T> {
    pub(crate) fn new<F>(steps: impl FnOnce(Port) -> F) -> Self
    where
        F: Future<Output = T> + Send + 'a,
    {
        let port = Port::default();
        let exchange = Arc::clone(&port.exchange);
        Self { steps: Box::pin(steps(port)), exchange }
    }

    /// Goes on with the outcome of what was asked for last; the first call has none.
    pub fn step(&mut self, answer: Option<Answer>) -> Step<T> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner).answer = answer;
        let mut context = Context::from_waker(Waker::noop());
        match self.steps.as_mut().poll(&mut context) {
            Poll::Ready(outcome) => Step::Done(outcome),
            Poll::Pending => {
                let request =
                    self.exchange.lock().unwrap_or_else(PoisonError::into_inner).request.take();
                // Steps wait for nothing but answers, so one that is pending has asked.
                Step::Ask(request.unwrap_or(Request::Sleep(Duration::ZERO)))
            }
        }
    }
}

/// Runs a machine on a driver, on this thread.
pub(crate) fn drive<T>(machine: Machine<'_, T>, driver: &mut (impl crate::Driver + ?Sized)) -> T {
    drive_with(machine, driver, |_, id, _| Err(unbound(id)))
}

/// A run does not begin without the steps that it needs.
fn unbound(id: &str) -> DriverError {
    DriverError { message: format!("no step is bound to `{id}`"), ..DriverError::default() }
}

/// The same with what Rust steps do.
pub(crate) fn drive_with<T, D: crate::Driver + ?Sized>(
    mut machine: Machine<'_, T>,
    driver: &mut D,
    mut step: impl FnMut(&mut D, &str, Direction) -> Result<(), DriverError>,
) -> T {
    let mut answer = None;
    loop {
        let request = match machine.step(answer) {
            Step::Done(outcome) => return outcome,
            Step::Ask(request) => request,
        };
        let start = std::time::Instant::now();
        let outcome = match &request {
            Request::Execute(sql) => driver.execute(sql).map(|()| Rows::new()),
            Request::Query(sql) => driver.query(sql),
            Request::Sleep(duration) => {
                std::thread::sleep(*duration);
                Ok(Rows::new())
            }
            Request::Step { id, direction } => step(driver, id, *direction).map(|()| Rows::new()),
        };
        answer = Some(Answer { outcome, took: start.elapsed() });
    }
}

/// Runs a machine on a driver that does not block.
pub(crate) async fn drive_async<T>(
    machine: Machine<'_, T>,
    driver: &mut (impl crate::AsyncDriver + ?Sized),
) -> T {
    drive_async_with(machine, driver, &mut NoSteps).await
}

/// What Rust steps do on a driver that does not block.
pub(crate) trait AsyncSteps<D: ?Sized>: Send {
    fn call<'c>(
        &'c mut self,
        driver: &'c mut D,
        id: &'c str,
        direction: Direction,
    ) -> Pin<Box<dyn Future<Output = Result<(), DriverError>> + Send + 'c>>;
}

struct NoSteps;

impl<D: ?Sized> AsyncSteps<D> for NoSteps {
    fn call<'c>(
        &'c mut self,
        _: &'c mut D,
        id: &'c str,
        _: Direction,
    ) -> Pin<Box<dyn Future<Output = Result<(), DriverError>> + Send + 'c>> {
        Box::pin(std::future::ready(Err(unbound(id))))
    }
}

/// The same with what Rust steps do.
pub(crate) async fn drive_async_with<T, D: crate::AsyncDriver + ?Sized>(
    mut machine: Machine<'_, T>,
    driver: &mut D,
    steps: &mut impl AsyncSteps<D>,
) -> T {
    let mut answer = None;
    loop {
        let request = match machine.step(answer) {
            Step::Done(outcome) => return outcome,
            Step::Ask(request) => request,
        };
        let start = std::time::Instant::now();
        let outcome = match &request {
            Request::Execute(sql) => driver.execute(sql).await.map(|()| Rows::new()),
            Request::Query(sql) => driver.query(sql).await,
            Request::Sleep(duration) => {
                crate::pause::Pause::new(*duration).await;
                Ok(Rows::new())
            }
            Request::Step { id, direction } => {
                steps.call(driver, id, *direction).await.map(|()| Rows::new())
            }
        };
        answer = Some(Answer { outcome, took: start.elapsed() });
    }
}
