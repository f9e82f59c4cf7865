#[derive(dbkit::Table)]
#[dbkit(table = "users")]
pub struct User {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(references(Usr::id))]
    pub boss: Option<i64>,
}

fn main() {}
