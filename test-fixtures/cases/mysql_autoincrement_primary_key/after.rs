#[derive(Table)]
#[dbkit(table = "users", primary_key(id, region))]
pub struct Users {
    #[dbkit(autoincrement)]
    pub id: i64,
    pub region: i32,
}
