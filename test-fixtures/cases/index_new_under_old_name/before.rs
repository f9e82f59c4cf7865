#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Note {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(index)]
    pub rank: i32,
    #[dbkit(unique)]
    pub place: i32,
}
