#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "posts")]
pub struct Posts {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub user_id: i64,
    #[dbkit(references(Users::id))]
    pub editor_id: Option<i64>,
}
