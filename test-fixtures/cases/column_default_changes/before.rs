#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(1))]
    pub a: i32,
    #[dbkit(default(2))]
    pub b: i32,
    pub c: i32,
}
