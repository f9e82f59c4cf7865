//! Changes as the delta that a migration records.

use std::borrow::Cow;

use crate::delta::Delta;
use crate::model::Schema;

use super::Change;
use super::apply::{apply, as_rename};

/// The delta of some changes of a schema, and the schema after them.
pub fn delta(from: &Schema, changes: &[Change]) -> (Delta, Schema) {
    let displaced = changes.iter().position(|change| as_rename(change).is_some()).unwrap_or(0);
    let cleared = match displaced {
        0 => Cow::Borrowed(from),
        _ => Cow::Owned(apply(from.clone(), &changes[..displaced])),
    };
    let renames = changes.iter().filter_map(as_rename).collect();
    let after = apply(from.clone(), changes);
    (Delta::between(from, &cleared, renames, &after), after)
}
