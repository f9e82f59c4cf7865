#[derive(Table)]
#[dbkit(table = "b")]
pub struct B {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(9))]
    pub x: String,
}
#[derive(Table)]
#[dbkit(table = "c")]
pub struct C {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(9))]
    pub x: String,
}
