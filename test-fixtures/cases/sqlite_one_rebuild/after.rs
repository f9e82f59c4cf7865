#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: Option<i32>,
    #[dbkit(default(1), check("b > 0"))]
    pub b: i32,
    #[dbkit(unique)]
    pub c: i32,
    pub d: Option<String>,
}
