#[derive(Table)]
#[dbkit(table = "pairs", primary_key(b, a))]
pub struct Pairs {
    pub a: i64,
    pub b: i64,
}
