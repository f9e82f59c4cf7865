#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", on(a)), index(name = "i2", on(desc(a))))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
}
