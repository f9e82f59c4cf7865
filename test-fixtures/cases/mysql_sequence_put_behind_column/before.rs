dbkit::objects! {
    sequence("down", increment("-1")),
}
#[derive(Table)]
#[dbkit(table = "orders")]
pub struct Orders {
    #[dbkit(primary_key)]
    pub id: i64,
    pub low: i64,
}
