dbkit::objects! {
    sequence("order_no", start(1000), increment(5), cache(10), cycle, comment = "it's numbers"),
    sequence("new no", increment("-2"), min("-100"), property("engine", "Aria")),
}
#[derive(Table)]
#[dbkit(table = "orders")]
pub struct Orders {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(sql("nextval(`new no`)")))]
    pub number: i64,
}
