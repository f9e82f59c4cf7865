#[derive(Table)]
#[dbkit(table = "items", primary_key(a, b))]
pub struct Items {
    pub a: i64,
    pub b: i64,
}
#[derive(Table)]
#[dbkit(table = "events", foreign_key(on(a, b), references(Items::a, Items::b), on_delete(cascade), deferrable(deferred)))]
pub struct Events {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub a: i64,
    pub b: i64,
}
