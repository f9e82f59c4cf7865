//! Puts changes into an order and a form that one dialect can execute.
//!
//! [`Capabilities`] say what a dialect can do; nothing here knows a dialect by name, and nothing here writes SQL.

mod atom;
mod batch;
mod capabilities;
mod cast;
mod hazard;
mod keep;
mod lower;
mod order;
mod rename;
mod step;

pub use self::batch::plan;
pub use self::capabilities::{AlterStyle, Alteration, Capabilities, Carry, EnumStyle};
pub use self::hazard::{Hazard, LockClass};
pub use self::keep::{Kept, LOOK, Otherwise, TRASH, keep, keepable};
pub(crate) use self::keep::{bring_back, is_required};
pub use self::step::{
    Action, Batch, Constraint, Decision, EnumPosition, Plan, Rebuild, Rows, Statement, Step,
    TransactionMode, Using, Value,
};

/// Every code of this module: code, title, explanation.
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "DBK0401",
        "data would be lost",
        "The migration drops a table, a column or an enum value, or makes a type smaller. Data that is there would be gone, and the way back \
         cannot bring it back. If that is what you want, allow it by name: `--allow data-loss:users.phone`.",
    ),
    (
        "DBK0402",
        "old rows have no value for a required column",
        "A new column is NOT NULL and has no default, so rows that exist already have no value for it. Give it a default, or a value for old \
         rows only (`#[dbkit(backfill = \"..\")]` or `--backfill users.email=..`, which is SQL). If the table is known to be empty, allow it: \
         `--allow required:users.email`.",
    ),
    (
        "DBK0403",
        "rows with NULL would stop the migration",
        "A column becomes NOT NULL, has no default, and nothing says what rows with NULL get. Give a value with `#[dbkit(backfill = \"..\")]` or \
         `--backfill`, or, if you know that there is no NULL, allow it: `--allow not-null:users.email`. A NULL that is there after all stops \
         the migration, and nothing is changed.",
    ),
    (
        "DBK0404",
        "no known cast between two types",
        "The type of a column changes, and the database has no cast of its own that keeps the values. Say how: `#[dbkit(using = \"..\")]` with \
         SQL over the old column. Or allow a plain cast: `--allow cast:users.age`; a row that does not fit it stops the migration.",
    ),
    (
        "DBK0406",
        "rows are in the way",
        "Before it does anything, `push` asks the rows that are there: NULLs in a column that becomes required, values that are there twice, \
         rows that point nowhere, texts that are too long, values that a cast refuses, values that an enum has no more. Such rows would stop \
         the plan, so nothing was executed. Mend them first. `generate --database URL` asks the same and only warns.",
    ),
    (
        "DBK0405",
        "something cannot be changed in place",
        "The database has no statement for the change, and dropping and making it again would lose something. Write the change as a migration of \
         your own: `cargo dbkit generate --custom`.",
    ),
];
