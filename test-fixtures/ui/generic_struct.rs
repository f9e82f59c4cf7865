#[derive(dbkit::Table)]
#[dbkit(table = "users")]
pub struct User<T> {
    #[dbkit(primary_key)]
    pub id: T,
}

fn main() {}
