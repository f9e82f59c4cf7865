//! The Chinook music shop.

pub mod schema;
