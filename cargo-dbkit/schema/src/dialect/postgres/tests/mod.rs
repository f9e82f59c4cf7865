//! What PostgreSQL is asked to do, text to text. Every script here has run on a server.

mod columns;
mod objects;
mod steps;
