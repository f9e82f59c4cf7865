#[derive(DbEnum)]
#[dbkit(name = "mood")]
pub enum Mood {
    Pending,
    Active,
    Inactive,
}
#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(Mood::Pending))]
    pub mood: Mood,
}
