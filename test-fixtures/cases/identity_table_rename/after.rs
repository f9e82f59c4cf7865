#[derive(Table)]
#[dbkit(table = "people")]
pub struct People {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub name: String,
}
