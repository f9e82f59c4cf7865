#[derive(Table)]
#[dbkit(table = "a")]
pub struct A {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
