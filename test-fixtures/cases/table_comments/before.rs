#[derive(Table)]
#[dbkit(table = "users", comment = "people")]
pub struct Users {
    #[dbkit(primary_key, identity, comment = "the key")]
    pub id: i64,
    #[dbkit(comment = "who")]
    pub name: String,
}
