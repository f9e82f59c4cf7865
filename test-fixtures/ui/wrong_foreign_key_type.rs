#[derive(dbkit::Table)]
#[dbkit(table = "users")]
pub struct User {
    #[dbkit(primary_key)]
    pub id: i64,
}

#[derive(dbkit::Table)]
#[dbkit(table = "posts")]
pub struct Post {
    #[dbkit(primary_key, references(User::id))]
    pub user_id: i32,
}

fn main() {}
