#[derive(DbEnum)]
#[dbkit(name = "mood")]
pub enum Mood {
    All,
    Admin,
}
#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub mood: Mood,
}
