//! What differs between two schemas, as a closed set of changes.

mod change;

pub use self::change::{Change, ConstraintKind};
