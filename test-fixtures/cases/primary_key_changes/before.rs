#[derive(Table)]
#[dbkit(table = "pairs")]
pub struct Pairs {
    #[dbkit(primary_key)]
    pub a: i64,
    pub b: i64,
}
