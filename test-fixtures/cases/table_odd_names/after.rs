#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "Order Items")]
pub struct Odd {
    #[dbkit(primary_key, name = "select")]
    pub id: i64,
    #[dbkit(name = "Mixed Case")]
    pub a: i32,
    #[dbkit(name = "qu\"ote", unique)]
    pub b: i32,
    #[dbkit(name = "größe", index)]
    pub c: i32,
    #[dbkit(name = "unique", check("\"unique\" > 0"))]
    pub d: i32,
}
