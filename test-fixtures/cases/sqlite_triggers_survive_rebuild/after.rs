#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(index, default("x"))]
    pub name: String,
}
#[derive(Table)]
#[dbkit(table = "log")]
pub struct Log {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub note: String,
}
