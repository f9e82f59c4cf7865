//! What postgres and tokio-postgres have in common: the first is a wrapper around the second, and its types are the same.

#[cfg(all(feature = "postgres", not(feature = "tokio-postgres")))]
use postgres as client;
#[cfg(feature = "tokio-postgres")]
use tokio_postgres as client;

use client::error::ErrorPosition;
use client::{Error, SimpleQueryMessage};

use super::{DriverError, Rows, postgres_is_busy};

pub(super) fn rows(messages: Vec<SimpleQueryMessage>) -> Rows {
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect())
        }
        _ => None,
    });
    rows.collect()
}

pub(super) fn driver_error(error: &Error) -> DriverError {
    let Some(database) = error.as_db_error() else {
        let cause =
            std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
        return DriverError { message: format!("{error}{cause}"), ..DriverError::default() };
    };
    let position = match database.position() {
        Some(ErrorPosition::Original(position)) => Some(*position as usize),
        _ => None,
    };
    let code = database.code().code();
    DriverError {
        message: database.message().to_owned(),
        is_busy: postgres_is_busy(code),
        code: Some(code.to_owned()),
        detail: database.detail().map(str::to_owned),
        hint: database.hint().map(str::to_owned),
        position,
    }
}
