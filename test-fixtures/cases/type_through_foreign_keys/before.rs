#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key)]
    pub id: i32,
}
#[derive(Table)]
#[dbkit(table = "sessions")]
pub struct Sessions {
    #[dbkit(primary_key)]
    pub id: i32,
    #[dbkit(references(Users::id))]
    pub user_id: i32,
}
#[derive(Table)]
#[dbkit(table = "contents")]
pub struct Contents {
    #[dbkit(primary_key)]
    pub id: i32,
    #[dbkit(references(Users::id, on_delete(cascade)))]
    pub user_id: Option<i32>,
}
