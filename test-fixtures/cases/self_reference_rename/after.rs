#[derive(Table)]
#[dbkit(table = "tree")]
pub struct Tree {
    #[dbkit(primary_key)]
    pub node_id: i64,
    #[dbkit(references(Tree::node_id))]
    pub parent: Option<i64>,
}
