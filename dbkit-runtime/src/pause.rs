//! A timer that needs no async runtime: a thread that sleeps.
//!
//! A run pauses only while somebody else has its lock, so the thread costs nothing that matters, and the runner works under tokio, smol
//! and a bare `block_on` alike.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Ready when the time is over.
#[derive(Clone)]
pub(crate) struct Pause {
    state: Arc<Mutex<State>>,
    duration: Duration,
}

#[derive(Default)]
struct State {
    is_started: bool,
    is_over: bool,
    waker: Option<Waker>,
}

impl Pause {
    pub(crate) fn new(duration: Duration) -> Self {
        Self { state: Arc::default(), duration }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        let waker = {
            let mut state = self.state();
            state.is_over = true;
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Future for Pause {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.is_over {
            return Poll::Ready(());
        }
        state.waker = Some(context.waker().clone());
        if std::mem::replace(&mut state.is_started, true) {
            return Poll::Pending;
        }
        drop(state);
        let timer = self.clone();
        let thread = std::thread::Builder::new().name("dbkit-pause".to_owned());
        let started = thread.spawn(move || {
            std::thread::sleep(timer.duration);
            timer.end();
        });
        if started.is_err() {
            // Without another thread this one has to sleep.
            std::thread::sleep(self.duration);
            return Poll::Ready(());
        }
        Poll::Pending
    }
}
