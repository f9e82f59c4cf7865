#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    pub b: Option<i32>,
    pub c: i32,
}
