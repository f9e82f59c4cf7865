#[derive(Table)]
#[dbkit(table = "users", strict)]
pub struct Users {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub n: f64,
}
