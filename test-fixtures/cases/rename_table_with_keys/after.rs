#[derive(Table)]
#[dbkit(table = "c", primary_key(x, y))]
pub struct C {
    pub x: i64,
    pub y: i64,
}
#[derive(Table)]
#[dbkit(table = "b", foreign_key(on(x, y), references(C::x, C::y)))]
pub struct B {
    #[dbkit(primary_key)]
    pub id: i64,
    pub x: i64,
    pub y: i64,
}
