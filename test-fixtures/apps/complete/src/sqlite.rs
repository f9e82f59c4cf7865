//! What only SQLite has.

use dbkit::{DbEnum, Table, View};

/// Stored as the compiler writes it.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(rename_all = "PascalCase")]
pub enum Wind {
    NorthWest,
    SouthEast,
}

/// A log book.
#[derive(Table, Debug, Clone)]
#[dbkit(table = "log_entries", strict)]
pub struct LogEntry {
    #[dbkit(primary_key, autoincrement)]
    pub id: i64,
    pub wind: Wind,
    #[dbkit(generated(virtual, "upper(wind)"))]
    pub loud: String,
    #[dbkit(generated(
        stored,
        pg("lower(wind)"),
        sqlite("lower(wind) || '!'"),
        mysql("lower(wind)")
    ))]
    pub quiet: String,
}

/// A buoy, found by its name alone.
#[derive(Table, Debug, Clone)]
#[dbkit(
    table = "buoys",
    without_rowid,
    trigger("buoys_named", after(insert), body_file = "sql/named.sql"),
    trigger(
        "buoys_moved",
        after(update(position)),
        when = "NEW.position <> OLD.position",
        body = "DELETE FROM log_entries WHERE id < 0"
    )
)]
pub struct Buoy {
    #[dbkit(primary_key, varchar(20), collate = "NOCASE")]
    pub name: String,
    #[dbkit(type(postgres = "point", sqlite = "TEXT"))]
    pub position: String,
}

/// Where the buoys are.
#[derive(View, Debug, Clone)]
#[dbkit(view = "positions", query = "SELECT name, position FROM buoys")]
pub struct Position {
    pub name: String,
    pub position: String,
}
