#[derive(Table)]
#[dbkit(table = "old_notes")]
pub struct OldNote {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(unique)]
    pub number: i32,
    #[dbkit(index)]
    pub rank: i32,
}
#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Note {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(unique)]
    pub number: i32,
    #[dbkit(index)]
    pub rank: i32,
    #[dbkit(references(OldNote::id))]
    pub old: Option<i64>,
}
