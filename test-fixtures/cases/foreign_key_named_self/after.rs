#[derive(Table)]
#[dbkit(table = "nodes")]
pub struct Nodes {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(references(Nodes::id, name = "nodes_parent_fk"))]
    pub parent: Option<i64>,
}
