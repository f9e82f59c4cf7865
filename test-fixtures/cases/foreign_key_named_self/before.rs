#[derive(Table)]
#[dbkit(table = "nodes")]
pub struct Nodes {
    #[dbkit(primary_key)]
    pub id: i64,
    pub parent: Option<i64>,
}
