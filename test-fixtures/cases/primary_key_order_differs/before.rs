#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
