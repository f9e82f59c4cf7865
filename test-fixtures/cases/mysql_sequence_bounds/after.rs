dbkit::objects! {
    sequence("used", cache(0), min(10), max(20)),
    sequence("fresh", min(5), start(8)),
    sequence("turned", cache(0), increment("-1")),
}
#[derive(Table)]
#[dbkit(table = "orders")]
pub struct Orders {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(sql("nextval(used)")))]
    pub used: i64,
    #[dbkit(default(sql("nextval(turned)")))]
    pub turned: i64,
}
