#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Note {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(index)]
    pub old_rank: i32,
    #[dbkit(unique)]
    pub old_place: i32,
    #[dbkit(index)]
    pub rank: Option<i32>,
    #[dbkit(unique)]
    pub place: Option<i32>,
}
