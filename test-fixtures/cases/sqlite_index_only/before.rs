#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", unique, on(a)))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
}
