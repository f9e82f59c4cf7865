//! The pure engine of dbkit: a database schema as a value, and everything that can be worked out from it.
//!
//! Values in, values out: nothing here opens a file, a socket or a clock, or reads the environment. The floors, each
//! of which uses only lower ones:
//!
//! ```text
//! 4  dialect/{postgres,sqlite,mysql}   capabilities, normalisation, SQL
//! 3  plan                              order, lowering to what a dialect can do, hazards
//! 2  diff                              the closed enum Change; renames come in, are never guessed
//! 1  rust    delta                     Rust structs; changes.json
//! 0  model   diagnostic                std only
//! ```
#![warn(missing_docs)]

#[cfg(feature = "delta")]
pub mod delta;
pub mod diagnostic;
pub mod model;

#[cfg(feature = "dialect")]
pub mod dialect;
#[cfg(feature = "dialect")]
pub mod diff;
#[cfg(feature = "dialect")]
pub mod plan;
#[cfg(feature = "rust")]
pub mod rust;
