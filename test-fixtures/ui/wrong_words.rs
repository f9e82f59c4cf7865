#[derive(dbkit::Table)]
#[dbkit(table = "users", unique(on(id), deferrable(later)), index(on(dsc(id))), check(3), index, unique)]
pub struct User {
    #[dbkit(primary_key, identity(allways))]
    pub id: i64,
    #[dbkit(varchar("long"), generated("a"), unique(later))]
    pub name: String,
    #[dbkit(references(User), comment, default(-1))]
    pub boss: Option<i64>,
}

fn main() {}
