#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub note: Option<String>,
    #[dbkit(varchar(40), unique)]
    pub a: String,
}
