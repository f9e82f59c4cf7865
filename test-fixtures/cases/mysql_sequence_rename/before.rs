dbkit::objects! {
    sequence("a"),
    sequence("b"),
    sequence("c"),
}
#[derive(Table)]
#[dbkit(table = "orders")]
pub struct Orders {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(sql("nextval(a)")))]
    pub one: i64,
    #[dbkit(default(sql("nextval(a) + nextval(b)")))]
    pub two: i64,
    #[dbkit(default(sql("nextval(c)")), varchar(20))]
    pub three: String,
}
