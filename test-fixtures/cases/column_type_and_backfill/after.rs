#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Note {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(backfill = "'none'")]
    pub mark: String,
}
