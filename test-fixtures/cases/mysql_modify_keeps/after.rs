#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(40), comment = "who", default("x"))]
    pub name: String,
    pub z: i32,
}
