#[derive(DbEnum)]
#[dbkit(name = "mood")]
pub enum Mood {
    Sad,
    Ok,
}
#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(Mood::Ok))]
    pub mood: Mood,
}
