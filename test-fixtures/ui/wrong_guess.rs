pub struct String(pub i64);

impl dbkit::SqlType for String {
    const KIND: dbkit::Kind = dbkit::Kind::BigInt;
}

#[derive(dbkit::Table)]
#[dbkit(table = "users")]
pub struct User {
    #[dbkit(primary_key)]
    pub id: i64,
    pub name: String,
}

fn main() {}
