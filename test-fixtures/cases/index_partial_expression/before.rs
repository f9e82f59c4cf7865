#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", on(a), where = "gone IS NULL"), index(name = "i2", on(expr("lower(a)"))))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: String,
    pub gone: Option<i64>,
}
