#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "users")]
pub struct Users {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(references(Teams::id))]
    pub team_id: Option<i64>,
}
#[derive(Table)]
#[dbkit(table = "teams")]
pub struct Teams {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(references(Users::id))]
    pub lead_id: Option<i64>,
}
