#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Note {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub mark: Option<i32>,
}
