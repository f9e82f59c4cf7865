#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", on(a)), index(name = "i2", unique, on(b)), index(name = "i3", on(a, b)))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    pub b: i32,
    pub c: Option<i32>,
}
