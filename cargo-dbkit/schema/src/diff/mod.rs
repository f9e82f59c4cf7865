//! What differs between two schemas, as a closed set of changes.
//!
//! Nothing is guessed: a rename has to come in as a hint. What could be one is asked by [`questions`], as data.

mod adopt;
mod apply;
mod change;
mod compare;
mod flag;
mod question;
#[cfg(feature = "delta")]
mod recorded;
mod usable;

pub use self::apply::apply;
pub(crate) use self::apply::as_rename;
pub use self::change::{Change, ConstraintKind};
pub(crate) use self::compare::made;
pub use self::compare::{Diff, diff, diff_into};
pub use self::flag::{parse_column, parse_drop, parse_rename, scope, split_rename};
pub use self::question::{Candidate, Question, questions, questions_in};
#[cfg(feature = "delta")]
pub use self::recorded::delta;
pub use self::usable::{UsableRenames, usable};

/// Every code of this module: code, title, explanation.
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "DBK0301",
        "cannot tell a rename from a drop without asking",
        "The new schema lacks something that the old one has, and has something new in the same place. If it is the same thing under another \
         name its data must be kept; if not, the old data is lost. dbkit does not guess. Answer with `--rename old=new`, with \
         `--drop old`, or for good with `#[dbkit(renamed_from = \"old\")]` in the code.",
    ),
    (
        "DBK0302",
        "a flag names something that is not there",
        "`--rename`, `--drop`, `--allow` and `--backfill` take names like `users` or `users.email`, of the schema before (left of the `=`) and \
         after (right of it). The one given fits nothing in them.",
    ),
    (
        "DBK0303",
        "`renamed_from` has done its work",
        "No migration is left to which this `renamed_from` applies: the old name is gone from the migrations already. Delete the attribute.",
    ),
];
