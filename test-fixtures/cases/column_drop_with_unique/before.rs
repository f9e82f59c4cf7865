#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub name: String,
    #[dbkit(varchar(40), unique)]
    pub email: Option<String>,
    #[dbkit(varchar(40), index)]
    pub phone: Option<String>,
}
