const NAME: &str = "users";

#[derive(dbkit::Table)]
#[dbkit(table = NAME)]
pub struct User {
    #[dbkit(primary_key)]
    pub id: i64,
}

fn main() {}
