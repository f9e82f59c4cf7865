#[derive(DbEnum)]
#[dbkit(name = "mood")]
pub enum Mood {
    Ok,
    Sad,
}
#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub mood: Mood,
    #[dbkit(default(Mood::Sad), using = "last::mood")]
    pub last: Mood,
}
