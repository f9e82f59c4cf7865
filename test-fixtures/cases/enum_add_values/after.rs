#[derive(DbEnum)]
#[dbkit(name = "mood")]
pub enum Mood {
    New,
    All,
    New2,
    Admin,
}
#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub mood: Mood,
}
