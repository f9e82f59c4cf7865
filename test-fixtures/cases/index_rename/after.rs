#[derive(Table)]
#[dbkit(table = "users", index(name = "new_i", renamed_from = "old_i", on(a)))]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i32,
}
