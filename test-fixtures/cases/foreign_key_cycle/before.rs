#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key)]
    pub id: i64,
}
