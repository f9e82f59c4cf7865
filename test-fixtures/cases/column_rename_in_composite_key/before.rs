#[derive(Table)]
#[dbkit(table = "pairs", primary_key(id1, id2))]
pub struct Pairs {
    pub id1: i32,
    pub id2: i32,
    pub note: Option<String>,
}
