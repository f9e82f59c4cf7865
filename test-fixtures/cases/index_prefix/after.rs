#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", on(prefix(a, 10))))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: String,
}
