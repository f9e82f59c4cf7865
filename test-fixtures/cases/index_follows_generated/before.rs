#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", on(big)))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    #[dbkit(generated(stored, "a > 1"))]
    pub big: bool,
}
