dbkit::objects! {
    sequence("a"),
    sequence("b"),
    sequence("d"),
}
#[derive(Table)]
#[dbkit(table = "bills")]
pub struct Bills {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(sql("nextval(b)")))]
    pub first: i64,
    #[dbkit(default(sql("nextval(b) + nextval(a)")))]
    pub two: i64,
    #[dbkit(default(sql("nextval(d)")), varchar(20))]
    pub three: String,
    #[dbkit(default(0))]
    pub four: i64,
}
