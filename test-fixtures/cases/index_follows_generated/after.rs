#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", on(big)))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub b: i32,
    #[dbkit(generated(stored, "b > 1"))]
    pub big: bool,
}
