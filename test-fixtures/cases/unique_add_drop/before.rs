#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(40), unique)]
    pub a: String,
    #[dbkit(varchar(40))]
    pub b: String,
}
