#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(renamed_from = "b")]
    pub a: String,
    #[dbkit(renamed_from = "a")]
    pub b: String,
}
