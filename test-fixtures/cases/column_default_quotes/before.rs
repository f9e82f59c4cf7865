#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Notes {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
