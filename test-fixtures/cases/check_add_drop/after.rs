#[derive(Table)]
#[dbkit(table = "items")]
pub struct Items {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub qty: i32,
    #[dbkit(check("price >= 0"))]
    pub price: i32,
}
