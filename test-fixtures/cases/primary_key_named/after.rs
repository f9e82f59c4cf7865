#[derive(Table)]
#[dbkit(table = "pairs", primary_key(name = "pairs_key", on(a, b)))]
pub struct Pairs {
    pub a: i64,
    pub b: i64,
}
