#[derive(Table)]
#[dbkit(table = "accounts")]
pub struct Accounts {
    pub id: i64,
    pub name: String,
}
