#[derive(Table)]
#[dbkit(table = "users2")]
pub struct Users2 {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(40), index)]
    pub name2: String,
}
