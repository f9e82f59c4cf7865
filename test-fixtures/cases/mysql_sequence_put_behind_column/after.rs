dbkit::objects! {
    sequence("down", increment("-1")),
    sequence("it's up"),
}
#[derive(Table)]
#[dbkit(table = "orders")]
pub struct Orders {
    #[dbkit(primary_key, default(sql("nextval(`it's up`)")))]
    pub id: i64,
    #[dbkit(default(sql("next value for down")))]
    pub low: i64,
}
