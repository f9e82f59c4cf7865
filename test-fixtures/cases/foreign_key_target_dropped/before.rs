#[derive(Table)]
#[dbkit(table = "foo")]
pub struct Foo {
    #[dbkit(primary_key)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "bar")]
pub struct Bar {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(references(Foo::id))]
    pub foo_id: i64,
}
