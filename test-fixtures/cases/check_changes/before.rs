#[derive(Table)]
#[dbkit(table = "items", check("items_qty", "qty < 100"))]
pub struct Items {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub qty: i32,
}
