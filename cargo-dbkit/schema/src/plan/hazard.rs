//! What a statement may lock, rewrite or lose.

use crate::model::EntityId;

/// What others have to wait for while a statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockClass {
    /// Nobody waits.
    None,
    /// Other changes of the schema wait.
    Schema,
    /// Writers wait.
    Writes,
    /// Readers and writers wait.
    Everything,
}

/// What a statement may lock, rewrite, lose or fail on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hazard {
    /// Data is gone afterwards. `--allow data-loss:<entity>` accepts it.
    DataLoss {
        /// What is lost: a table, a column, an enum value.
        entity: EntityId,
        /// A few words: ``dropping `users.phone` deletes its data``.
        reason: String,
    },
    /// The whole table is written anew.
    Rewrite {
        /// The table.
        table: EntityId,
    },
    /// The whole table is read while the lock is held.
    Scan {
        /// The table.
        table: EntityId,
    },
    /// Others wait.
    Lock {
        /// The table.
        table: EntityId,
        /// Who waits.
        class: LockClass,
    },
    /// It fails if existing rows do not fit.
    MayFail {
        /// The column or constraint.
        entity: EntityId,
        /// A few words: ``rows with NULL in `users.email` make it fail``.
        reason: String,
    },
}
