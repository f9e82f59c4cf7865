//! The tables of Temporal, a workflow engine, on PostgreSQL.

pub mod schema;
