#[derive(Table)]
#[dbkit(table = "users", primary_key(region))]
pub struct Users {
    pub region: i32,
}

#[derive(Table)]
#[dbkit(table = "notes")]
pub struct Notes {
    pub text: Option<String>,
}
