#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    #[dbkit(generated(virtual, "a + 1"))]
    pub b: Option<i32>,
    #[dbkit(generated(virtual, "a * 2"))]
    pub c: Option<i32>,
}
