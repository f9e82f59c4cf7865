#[derive(Table)]
#[dbkit(table = "pairs")]
pub struct Pairs {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: Option<i32>,
    pub b: i32,
}
