#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
#[derive(DbEnum)]
#[dbkit(name = "odd")]
pub enum Odd {
    #[dbkit(rename = "it's")]
    A,
    #[dbkit(rename = "a, b (c)")]
    B,
}
#[derive(Table)]
#[dbkit(table = "things")]
pub struct Things {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(Odd::B))]
    pub odd: Odd,
}
