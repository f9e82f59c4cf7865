#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub name: String,
    #[dbkit(default(0))]
    pub visits: i32,
    #[dbkit(default(true))]
    pub active: bool,
    #[dbkit(default("it's"), varchar(20))]
    pub word: String,
}
