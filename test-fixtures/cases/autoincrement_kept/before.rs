#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, autoincrement)]
    pub id: i64,
    pub n: i32,
}
