dbkit::objects! {
    schema("shop"),
}
#[derive(DbEnum)]
#[dbkit(name = "state", schema = "shop", renamed_from = "old.state")]
pub enum State {
    Open,
    Closed,
}
#[derive(Table)]
#[dbkit(table = "orders", schema = "shop", renamed_from = "old.orders")]
pub struct Orders {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(State::Open))]
    pub state: State,
}
