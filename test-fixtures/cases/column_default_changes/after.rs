#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(10))]
    pub a: i32,
    pub b: i32,
    #[dbkit(default(3))]
    pub c: i32,
}
