#[derive(Table)]
#[dbkit(table = "pairs", primary_key(id1, id3))]
pub struct Pairs {
    pub id1: i32,
    pub id3: i32,
    pub note: Option<String>,
}
