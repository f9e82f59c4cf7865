//! What a statement is to the runner, read from its first words: whether a transaction can hold it, what it leaves behind in the catalog,
//! and how a script is cut into parts that are recorded one by one.
//!
//! It must take SQL newer than itself: what it does not know is never guessed. Such a statement is an ordinary part of a transaction where
//! the database has transactions for everything, and beyond help after a crash where it has not.

mod effect;
mod lexer;
mod nature;
mod segment;

pub(crate) use self::effect::{Effect, Object, ObjectKind, Trace, target, trace};
pub(crate) use self::nature::{Nature, Place, nature, written_tables};
pub(crate) use self::segment::{Kind, Segment, segments};

#[cfg(test)]
mod tests;
