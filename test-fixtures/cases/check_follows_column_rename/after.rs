#[derive(Table)]
#[dbkit(table = "items")]
pub struct Items {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(check("amount > 0"))]
    pub amount: i32,
}
