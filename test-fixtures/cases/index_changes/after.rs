#[derive(Table)]
#[dbkit(table = "users", index(name = "i1", on(b)), index(name = "i2", on(b)), index(name = "i3", on(a, desc(b))))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    pub b: i32,
    pub c: Option<i32>,
}
