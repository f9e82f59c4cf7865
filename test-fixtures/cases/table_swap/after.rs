#[derive(Table)]
#[dbkit(table = "a", renamed_from = "b")]
pub struct A {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(9))]
    pub x: String,
}
#[derive(Table)]
#[dbkit(table = "b", renamed_from = "a")]
pub struct B {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(9))]
    pub x: String,
}
