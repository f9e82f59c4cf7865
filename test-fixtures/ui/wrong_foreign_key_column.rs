#[derive(dbkit::Table)]
#[dbkit(table = "users")]
pub struct User {
    #[dbkit(primary_key)]
    pub id: i64,
}

#[derive(dbkit::Table)]
#[dbkit(table = "posts")]
pub struct Post {
    #[dbkit(primary_key, references(User::idd))]
    pub user_id: i64,
}

fn main() {}
