dbkit::objects! {
    sequence("order_no", start(1000), comment = "numbers"),
    sequence("old_no"),
}
#[derive(Table)]
#[dbkit(table = "orders")]
pub struct Orders {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
