#[derive(Table)]
#[dbkit(table = "sums", index(on(total)))]
pub struct Sums {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
    #[dbkit(generated(virtual, "a * 3"))]
    pub twice: Option<i32>,
    #[dbkit(generated(stored, "a + twice"))]
    pub total: Option<i32>,
}
