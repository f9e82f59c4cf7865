#[derive(Table)]
#[dbkit(table = "accounts")]
pub struct Accounts {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub name: String,
}
