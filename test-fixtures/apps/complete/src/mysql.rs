//! What only MySQL and MariaDB have.

use dbkit::{DbEnum, Table, View};
use time::PrimitiveDateTime;

/// Written small.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(rename_all = "lowercase")]
pub enum Grade {
    First,
    Second,
}

/// Written large.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(rename_all = "UPPERCASE")]
pub enum Shift {
    Day,
    Night,
}

/// Written with a hump.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(rename_all = "camelCase")]
pub enum Duty {
    DeckHand,
    FirstMate,
}

/// Written with underscores.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(rename_all = "snake_case")]
pub enum Rank {
    #[dbkit(name = "able")]
    AbleSeaman,
    Bosun,
}

/// Someone who works on a ship.
#[derive(Table, Debug, Clone)]
#[dbkit(
    table = "crew",
    engine = "InnoDB",
    charset = "utf8mb4",
    collate = "utf8mb4_unicode_ci",
    index(on(prefix(letter, 20))),
    trigger("crew_named", before(insert), body = "SET NEW.nickname = trim(NEW.nickname)")
)]
pub struct Crew {
    #[dbkit(primary_key, identity)]
    pub id: u64,
    #[dbkit(tinyint, unsigned)]
    pub years: u8,
    #[dbkit(mediumint)]
    pub pay: i32,
    pub grade: Grade,
    pub shift: Shift,
    pub duty: Duty,
    pub rank: Rank,
    #[dbkit(varchar(40), charset = "latin1", collate = "latin1_swedish_ci")]
    pub nickname: String,
    pub letter: String,
    #[dbkit(binary(16))]
    pub card: Vec<u8>,
    #[dbkit(varbinary(64))]
    pub fingerprint: Vec<u8>,
    #[dbkit(timestamp(0), default(now), on_update = "CURRENT_TIMESTAMP")]
    pub seen: PrimitiveDateTime,
}

/// Who earns what.
#[derive(View, Debug, Clone)]
#[dbkit(view = "wages", query = "SELECT id, pay FROM crew")]
pub struct Wage {
    pub id: u64,
    pub pay: i32,
}
