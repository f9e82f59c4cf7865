#[derive(DbEnum)]
#[dbkit(name = "mood")]
pub enum Mood {
    #[dbkit(renamed_from = "pending")]
    InReview,
    Active,
    #[dbkit(renamed_from = "inactive")]
    Paused,
}
#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(Mood::InReview))]
    pub mood: Mood,
}
