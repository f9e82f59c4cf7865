//! Every word of the schema's grammar, in structs that compile: `schema` for PostgreSQL, `sqlite` and `mysql` with what only they have.
//!
//! `cargo-dbkit/tests/complete.rs` reads them, makes a database of each, and sees to it that no word is missing.

pub mod mysql;
pub mod schema;
pub mod sqlite;

dbkit::assert_schema!("src/schema.rs", "src/sqlite.rs", "src/mysql.rs", features("tides"));
