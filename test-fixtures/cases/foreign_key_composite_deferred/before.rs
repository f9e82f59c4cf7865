#[derive(Table)]
#[dbkit(table = "items", primary_key(a, b))]
pub struct Items {
    pub a: i64,
    pub b: i64,
}
