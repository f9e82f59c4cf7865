#[derive(Table)]
#[dbkit(table = "bar")]
pub struct Bar {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub foo_id: i64,
}
