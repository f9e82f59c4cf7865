#[derive(Table)]
#[dbkit(table = "pairs", unique(nulls_not_distinct, on(a, b)), unique(name = "pairs_b", deferrable(deferred), on(b)))]
pub struct Pairs {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: Option<i32>,
    pub b: i32,
}
