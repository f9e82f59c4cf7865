//! Puts changes into an order and a form that one dialect can execute.
//!
//! [`Capabilities`] say what a dialect can do; nothing here knows a dialect by name, and nothing here writes SQL.

mod capabilities;
mod hazard;
mod step;

pub use self::capabilities::{AlterStyle, Capabilities, EnumStyle};
pub use self::hazard::{Hazard, LockClass};
pub use self::step::{
    Action, Batch, Constraint, Decision, EnumPosition, Plan, Rebuild, Statement, Step,
    TransactionMode,
};
