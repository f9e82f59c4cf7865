#[derive(Table)]
#[dbkit(table = "pairs")]
pub struct Pairs {
    pub a: i64,
    pub b: i64,
}
