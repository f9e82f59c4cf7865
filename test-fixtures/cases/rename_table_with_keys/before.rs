#[derive(Table)]
#[dbkit(table = "a", primary_key(x, y))]
pub struct A {
    pub x: i64,
    pub y: i64,
}
#[derive(Table)]
#[dbkit(table = "b", foreign_key(on(x, y), references(A::x, A::y)))]
pub struct B {
    #[dbkit(primary_key)]
    pub id: i64,
    pub x: i64,
    pub y: i64,
}
