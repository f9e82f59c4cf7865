//! Drops scratch databases also when the program is interrupted: a signal runs no destructor.

use std::sync::{Mutex, Once, PoisonError};

use crate::database::{Database, Missing};
use crate::exit::Exit;
use crate::interrupted;
use crate::url::{Address, Server};

/// A scratch database on a server, to be dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Live {
    /// The server, and the database to connect to meanwhile.
    pub(super) administrator: Server,
    pub(super) name: String,
}

static LIVE: Mutex<Vec<Live>> = Mutex::new(Vec::new());

fn live() -> std::sync::MutexGuard<'static, Vec<Live>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on an interrupt drops this database before the program ends.
pub(super) fn watch(one: Live) {
    static HANDLER: Once = Once::new();
    HANDLER.call_once(|| {
        // Another handler is no reason to fail: what stays is dropped by a later command, an hour later.
        let _ = ctrlc::try_set_handler(|| {
            interrupted::begin();
            for one in live().drain(..) {
                let address = Address::Server(one.administrator);
                if let Ok(mut database) = Database::open(&address, Missing::Refuse) {
                    super::drop_database(database.driver.as_mut(), &one.name);
                }
            }
            std::process::exit(i32::from(Exit::Interrupted.code()));
        });
    });
    live().push(one);
}

/// It is dropped already.
pub(super) fn forget(name: &str) {
    live().retain(|one| one.name != name);
}
