#[derive(Table)]
#[dbkit(table = "events")]
pub struct Events {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(type = "timestamptz", using = "at::timestamptz")]
    pub at: OffsetDateTime,
}
