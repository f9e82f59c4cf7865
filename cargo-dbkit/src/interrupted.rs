//! Whether the program is about to end because somebody interrupted it.
//!
//! The handler of the signal tidies up on a thread of its own, and what it takes away (a scratch database, its
//! connections) makes the command fail meanwhile. That failure is nobody's news, and its exit code would be a lie.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// The handler begins to tidy up, and ends the program afterwards.
pub(crate) fn begin() {
    IS_ENDING.store(true, Ordering::SeqCst);
}

/// Does not come back once the handler has begun: the program ends while this thread waits.
pub(crate) fn hold() {
    while IS_ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
}
