#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(20))]
    pub email: String,
    pub note: Option<String>,
}
