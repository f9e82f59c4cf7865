#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", on(a), where = "gone IS NOT NULL"), index(name = "i2", unique, on(expr("upper(a)"))))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: String,
    pub gone: Option<i64>,
}
