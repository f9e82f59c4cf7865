#[derive(Table)]
#[dbkit(table = "items")]
pub struct Items {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(check("qty > 0"))]
    pub qty: i32,
}
