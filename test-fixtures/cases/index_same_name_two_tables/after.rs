#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "a", index(name = "ix", on(x)))]
pub struct A {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub x: i32,
}
#[derive(Table)]
#[dbkit(table = "b", index(name = "ix", on(x)))]
pub struct B {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub x: i32,
}
