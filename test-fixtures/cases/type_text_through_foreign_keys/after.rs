#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key)]
    pub id: String,
}
#[derive(Table)]
#[dbkit(table = "sessions")]
pub struct Sessions {
    #[dbkit(primary_key)]
    pub id: i32,
    #[dbkit(references(Users::id))]
    pub user_id: String,
}
