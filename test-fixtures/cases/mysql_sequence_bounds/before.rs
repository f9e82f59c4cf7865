dbkit::objects! {
    sequence("used", cache(0)),
    sequence("fresh"),
    sequence("turned", cache(0)),
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
