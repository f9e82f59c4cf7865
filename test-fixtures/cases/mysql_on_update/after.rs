#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(timestamp(3), default(sql("CURRENT_TIMESTAMP(3)")), on_update = "CURRENT_TIMESTAMP(3)")]
    pub at: PrimitiveDateTime,
}
