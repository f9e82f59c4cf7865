#[derive(Table)]
#[dbkit(table = "users", comment = "all people")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(comment = "who's that")]
    pub name: String,
}
