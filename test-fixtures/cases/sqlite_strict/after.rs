#[derive(Table)]
#[dbkit(table = "users", strict, without_rowid)]
pub struct Users {
    #[dbkit(primary_key)]
    pub id: i64,
    pub name: String,
}
