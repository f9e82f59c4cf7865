#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub name: String,
}
