//! Verifies a dbkit migrations folder when a crate is built, and embeds it.
//!
//! ```no_run
//! // All that `main` of build.rs has to do:
//! dbkit_build::embed("migrations");
//! ```
//!
//! The journal holds the hash of every file of every migration. A file that was edited, lost, added or reordered fails the
//! build with a message that says what to do. What is embedded is one blob, which `dbkit::include_migrations!` takes up.
//!
//! With the feature `schema-check` the build also warns (or fails, by `Embed::schema_check`) when the structs have changes that no
//! migration holds.
//!
//! The rest of this crate is what `cargo dbkit` shares with the build script: the journal, canonical text and its hashes, the
//! splitting of SQL, and the writing of migrations. There is no network code in it.
#![warn(missing_docs)]

pub mod blob;
mod body;
pub mod canonical;
pub mod directive;
mod embed;
pub mod folder;
pub mod id;
pub mod journal;
mod manifest;
pub mod problem;
pub mod replaces;
#[cfg(feature = "schema-check")]
mod schema_check;
#[cfg(any(test, not(feature = "sha2")))]
mod sha256;
pub mod split;
mod verify;
pub mod write;

pub use self::embed::{Embed, embed};
#[cfg(feature = "schema-check")]
pub use self::schema_check::SchemaCheck;
pub use self::verify::verify;
