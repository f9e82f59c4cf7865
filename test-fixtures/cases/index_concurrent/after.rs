#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", concurrently, on(a)))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    pub b: Option<i32>,
}
