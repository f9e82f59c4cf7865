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
    #[dbkit(references(Users::id))]
    pub user_id: i64,
    #[dbkit(references(Users::id, on_delete(set_null)))]
    pub editor_id: Option<i64>,
}
