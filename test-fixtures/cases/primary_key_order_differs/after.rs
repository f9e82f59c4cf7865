#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "keys", primary_key(identifier, user_id, kind))]
pub struct Keys {
    pub kind: i32,
    pub user_id: i64,
    #[dbkit(varchar(20))]
    pub identifier: String,
}
