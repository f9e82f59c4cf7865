//! A harbour on PostgreSQL: who calls, where they lie, what they load.
#![allow(clippy::duplicated_attributes, reason = "two indexes may begin with the same column")]

use dbkit::{DbEnum, DbType, Json, Table, View};
use rust_decimal::Decimal;
use serde_json::Value;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};
use uuid::Uuid;

dbkit::objects! {
    schema("harbour"),
    sequence("harbour.call_no", start(1000), increment(10), min(1000), max(999990), cache(5), cycle),
    sequence("pilots_no"),
    extension("btree_gist", schema = "public", version = "1.7"),
    domain("draught_metres", "real", not_null, default = "0", check("draught_is_positive", "value >= 0")),
    composite("position", lat("double precision"), lon("double precision")),
    function("touch()", file = "sql/touch.sql"),
    procedure("forget(integer)", sql = "CREATE PROCEDURE forget(integer) LANGUAGE sql AS 'DELETE FROM owners WHERE id = $1'"),
    sql(
        "words",
        create = "COMMENT ON SCHEMA harbour IS 'where ships lie'",
        drop = "COMMENT ON SCHEMA harbour IS NULL",
    ),
    sql("owners_comment", create_file = "sql/comment.sql", drop_file = "sql/no_comment.sql"),
    sql("statistics", create = "ANALYZE owners", irreversible),
}

/// Written as it is stored.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(
    name = "call_state",
    schema = "harbour",
    rename_all = "kebab-case",
    comment = "where a call stands",
    renamed_from = "call_status",
    removed("lost", GoneAgain)
)]
pub enum CallState {
    Announced,
    AtBerth,
    #[dbkit(rename = "gone", renamed_from = "left")]
    GoneAgain,
}

/// The same enum of Rust has as many names as there are ways to write them.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(rename_all = "SCREAMING_SNAKE_CASE", crate = "::dbkit")]
pub enum Flag {
    RedEnsign,
    BlueEnsign,
}

/// A number that is no other number.
#[derive(DbType, Debug, Clone, Copy, PartialEq, Eq)]
#[dbkit(crate = "::dbkit")]
pub struct ImoNumber(pub i32);

/// Metres.
pub type Metres = f64;

/// Someone who owns ships.
#[derive(Table, Debug, Clone)]
#[dbkit(name = "owners", comment = "who owns ships", crate = "::dbkit")]
pub struct Owner {
    #[dbkit(primary_key, serial)]
    pub id: i32,
    #[dbkit(varchar(200), unique, comment = "as registered")]
    pub name: String,
    #[dbkit(char(2), default = "PA", collate = "C")]
    pub country: String,
    /// Kept in the app.
    #[dbkit(skip)]
    pub is_selected: bool,
}

/// A ship.
#[derive(Table, Debug, Clone)]
#[dbkit(
    table = "ships",
    renamed_from = "vessels",
    index(
        name = "ships_name_ci",
        unique,
        on(expr("lower(name)")),
        where = "scrapped_on IS NULL",
        comment = "one living ship of a name",
        renamed_from = "vessels_name_ci"
    ),
    index(on(desc(nulls_last(length)), asc(nulls_first(draught)))),
    index(on(owner_id), include(name), with(fillfactor = "70"), concurrently),
    index(method(gin), on(opclass(papers, "jsonb_path_ops"))),
    index(on(collate(name, "C"))),
    index(name = "ships_home", unique, nulls_not_distinct, on(home, berth_no)),
    check("ships_length", "length > 0"),
    check("draught < length")
)]
#[dbkit(
    exclude(
        "ships_berth",
        method(gist),
        on(with(home, "="), with(expr("int4range(berth_no, berth_no + 1)"), "&&")),
        where = "scrapped_on IS NULL"
    ),
    rls(force),
    policy("ships_all", permissive, for(all), to("public"), using = "true", with_check = "true"),
    policy("ships_living", restrictive, for(select), using = "scrapped_on IS NULL"),
    trigger(
        "ships_touch",
        before(insert, update(name, length)),
        each(row),
        when = "NEW.name <> ''",
        execute = "touch()"
    ),
    trigger("ships_emptied", after(truncate), each(statement), execute = "touch()")
)]
pub struct Ship {
    #[dbkit(
        primary_key,
        identity(always, start(100), increment(1), min(1), max(1000000), cache(1), cycle)
    )]
    pub id: i64,
    #[dbkit(unique(name = "ships_imo", deferrable(deferred), renamed_from = "vessels_imo"))]
    pub imo: ImoNumber,
    #[dbkit(text, name = "name", renamed_from = "title", check("name <> ''"))]
    pub r#name: String,
    #[dbkit(references(
        Owner::id,
        name = "ships_owner",
        on_delete(set_null),
        on_update(cascade),
        deferrable,
        renamed_from = "vessels_owner"
    ))]
    pub owner_id: Option<i32>,
    #[dbkit(index, default(0))]
    pub length: Metres,
    #[dbkit(type = "draught_metres")]
    pub draught: f32,
    #[dbkit(default(Flag::RedEnsign))]
    pub flag: Flag,
    #[dbkit(jsonb, default("{}"))]
    pub papers: Json<Vec<String>>,
    #[dbkit(json, default(pg = "'{}'::json"))]
    pub remarks: Value,
    pub tags: Vec<String>,
    #[dbkit(type = "tsvector", generated(stored, "to_tsvector('simple', name)"))]
    pub search: String,
    #[dbkit(type(pg = "inet", sqlite = "text", mysql = "varchar(45)"))]
    pub address: Option<String>,
    #[dbkit(default(now), using = "built::timestamptz")]
    pub built: OffsetDateTime,
    #[dbkit(date)]
    pub scrapped_on: Option<Date>,
    #[dbkit(varchar(40), backfill = "'here'")]
    pub home: String,
    #[dbkit(smallint, using(pg = "berth_no::smallint"), backfill(pg = "0"))]
    pub berth_no: i16,
    #[cfg(feature = "tides")]
    #[dbkit(default(true))]
    pub waits_for_tide: bool,
    #[cfg(all(not(feature = "tides"), any(test, feature = "tides")))]
    pub never: bool,
}

/// A ship that called.
#[derive(Table, Debug, Clone)]
#[dbkit(
    table = "calls",
    schema = "harbour",
    primary_key(name = "calls_key", on(ship_id, no), renamed_from = "visits_key"),
    unique(name = "calls_pilot", nulls_not_distinct, on(pilot, arrived)),
    unique(on(no), deferrable(immediate))
)]
pub struct Call {
    #[dbkit(references(Ship::id, on_delete(restrict), on_update(no_action)))]
    pub ship_id: i64,
    #[dbkit(default(sql("nextval('harbour.call_no')")))]
    pub no: i64,
    #[dbkit(default(CallState::Announced))]
    pub state: CallState,
    pub pilot: Option<Uuid>,
    #[dbkit(timestamp(3))]
    pub arrived: PrimitiveDateTime,
    #[dbkit(timestamptz(0))]
    pub left: Option<OffsetDateTime>,
    #[dbkit(time(0))]
    pub high_water: Option<Time>,
    #[dbkit(interval)]
    pub stay: Option<String>,
    #[dbkit(boolean, default(false))]
    pub is_paid: bool,
    #[dbkit(numeric(12, 2), default("0.00"))]
    pub dues: Decimal,
}

/// What a ship loads on a call.
#[derive(Table, Debug, Clone)]
#[dbkit(
    table = "cargoes",
    schema = "harbour",
    foreign_key(
        name = "cargoes_call",
        on(ship_id, call_no),
        references(Call::ship_id, Call::no),
        match(full),
        on_delete(cascade),
        on_update(restrict),
        deferrable(deferred),
        renamed_from = "loads_call"
    ),
    foreign_key(on(parent), references(Self::id), match(simple), on_delete(set_default))
)]
pub struct Cargo {
    #[dbkit(
        primary_key,
        uuid,
        default(pg("gen_random_uuid()"), sqlite("lower(hex(randomblob(16)))"), mysql("(uuid())"))
    )]
    pub id: Uuid,
    pub ship_id: i64,
    pub call_no: i64,
    pub parent: Option<Uuid>,
    #[dbkit(bigint)]
    pub kilograms: i64,
    #[dbkit(integer)]
    pub pieces: i32,
    #[dbkit(double)]
    pub volume: f64,
    #[dbkit(bytes)]
    pub seal: Option<Vec<u8>>,
    pub checked_at: Option<chrono::DateTime<chrono::Utc>>,
    #[dbkit(identity(by_default))]
    pub line: i64,
}

/// What the tide gauge says, month by month.
#[derive(Table, Debug, Clone)]
#[dbkit(table = "tides", schema = "harbour", primary_key(at), partition_by(range(at)))]
pub struct Tide {
    pub at: OffsetDateTime,
    #[dbkit(real)]
    pub height: f32,
}

/// How often a ship called.
#[derive(View, Debug, Clone)]
#[dbkit(
    view = "in_port",
    depends_on(Call),
    with(security_invoker = "true"),
    comment = "calls of a ship",
    query = "SELECT ship_id, count(*) AS calls FROM harbour.calls GROUP BY ship_id"
)]
pub struct InPort {
    pub ship_id: i64,
    pub calls: i64,
}

/// The same, kept.
#[derive(View, Debug, Clone)]
#[dbkit(
    view = "calls_of_ships",
    schema = "harbour",
    materialized,
    query_file = "sql/calls_of_ships.sql",
    index(unique, on(ship_id)),
    crate = "::dbkit"
)]
pub struct CallsOfShips {
    pub ship_id: i64,
    pub calls: i64,
}
