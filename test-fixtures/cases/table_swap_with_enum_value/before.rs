#[derive(DbEnum)]
#[dbkit(name = "mood")]
pub enum Mood {
    Calm,
}
#[derive(Table)]
#[dbkit(table = "a")]
pub struct A {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(9))]
    pub x: String,
    pub mood: Mood,
}
#[derive(Table)]
#[dbkit(table = "b")]
pub struct B {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(9))]
    pub x: String,
}
