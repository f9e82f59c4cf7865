#[derive(Table)]
#[dbkit(table = "users", primary_key(id, region))]
pub struct Users {
    #[dbkit(autoincrement)]
    pub id: i64,
    pub region: i32,
}

#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Notes {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub text: Option<String>,
}
