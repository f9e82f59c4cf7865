dbkit::objects! {
    sequence("order_no", start(1000), increment(5)),
    sequence("new_no"),
}
#[derive(Table)]
#[dbkit(table = "orders")]
pub struct Orders {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(sql("nextval('new_no')")))]
    pub number: i64,
}
