#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    #[dbkit(generated(virtual, "a + 2"))]
    pub b: i32,
    #[dbkit(generated(stored, "a * 2"))]
    pub c: i32,
}
