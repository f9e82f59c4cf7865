#[derive(dbkit::Table)]
#[dbkit(table = "users", indxe(on(id)))]
pub struct User {
    #[dbkit(primary_key, uniqeu)]
    pub id: i64,
}

fn main() {}
