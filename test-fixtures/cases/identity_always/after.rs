#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity(always, start(100), increment(10)))]
    pub id: i64,
    pub name: String,
}
