#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(index)]
    pub name: Option<String>,
}
#[derive(Table)]
#[dbkit(table = "log")]
pub struct Log {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub note: String,
}
