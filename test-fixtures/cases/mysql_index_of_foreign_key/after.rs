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
    pub author: i64,
    pub place: i64,
    #[dbkit(varchar(20))]
    pub title: String,
}
