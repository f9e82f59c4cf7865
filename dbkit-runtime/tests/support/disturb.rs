//! A driver that lets something happen between two requests, and the moments at which it may.

use dbkit_runtime::{Dialect, Driver, DriverError, Rows};

/// A moment of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// Before the request of that number is sent.
    Before(usize),
    /// After its answer has come.
    After(usize),
}

/// Every so many of the moments of a run with so many requests.
pub(crate) fn moments(
    requests: usize,
    offset: usize,
    stride: usize,
) -> impl Iterator<Item = Moment> {
    let all = (1..=requests).flat_map(|number| [Moment::Before(number), Moment::After(number)]);
    all.skip(offset % stride).step_by(stride)
}

/// Of how many moments one is tried, and how often at random: as in a test, or as `cargo xtask crash` says.
pub(crate) fn size(stride: usize) -> (usize, usize) {
    let stride = if std::env::var("DBKIT_CRASH").as_deref() == Ok("full") { 1 } else { stride };
    let random = std::env::var("DBKIT_CRASH_RANDOM").ok().and_then(|text| text.parse().ok());
    (stride, random.unwrap_or(2))
}

/// A driver that counts its requests and acts at one moment.
pub(crate) struct Disturbed<'a, F: FnMut()> {
    inner: &'a mut dyn Driver,
    count: usize,
    moment: Option<Moment>,
    act: F,
}

impl<'a, F: FnMut()> Disturbed<'a, F> {
    pub(crate) fn new(inner: &'a mut dyn Driver, moment: Option<Moment>, act: F) -> Self {
        Self { inner, count: 0, moment, act }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    fn around<T>(&mut self, ask: impl FnOnce(&mut dyn Driver) -> T) -> T {
        self.count += 1;
        if self.moment == Some(Moment::Before(self.count)) {
            (self.act)();
        }
        let answer = ask(self.inner);
        if self.moment == Some(Moment::After(self.count)) {
            (self.act)();
        }
        answer
    }
}

impl<F: FnMut()> Driver for Disturbed<'_, F> {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn execute(&mut self, sql: &str) -> Result<(), DriverError> {
        self.around(|inner| inner.execute(sql))
    }

    fn query(&mut self, sql: &str) -> Result<Rows, DriverError> {
        self.around(|inner| inner.query(sql))
    }
}
