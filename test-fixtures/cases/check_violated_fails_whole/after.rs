#[derive(Table)]
#[dbkit(table = "items", check("items_qty", "qty > 10"))]
pub struct Items {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub qty: i32,
    pub note: Option<String>,
}
