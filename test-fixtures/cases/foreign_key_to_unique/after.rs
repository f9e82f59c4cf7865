#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(20), unique)]
    pub code: String,
}
#[derive(Table)]
#[dbkit(table = "visits")]
pub struct Visits {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(20), references(Users::code))]
    pub user_code: String,
}
