dbkit::objects! {
    schema("old"),
    schema("shop"),
}
#[derive(DbEnum)]
#[dbkit(name = "state", schema = "old")]
pub enum State {
    Open,
    Closed,
}
#[derive(Table)]
#[dbkit(table = "orders", schema = "old")]
pub struct Orders {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(State::Open))]
    pub state: State,
}
