#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    #[dbkit(generated(stored, "a + 2"), index)]
    pub b: i32,
    #[dbkit(generated(stored, "a * 2"))]
    pub c: i32,
}
