#[derive(Table)]
#[dbkit(table = "other")]
pub struct Other {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "a_very_long_table_name_that_goes_on_and_on_and_on_forever")]
pub struct AVeryLongTableNameThatGoesOnAndOnAndOnForever {
    #[dbkit(primary_key)]
    pub id: i64,
}
#[derive(Table)]
#[dbkit(table = "another_very_long_table_name_that_goes_on_and_on")]
pub struct AnotherVeryLongTableNameThatGoesOnAndOn {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(references(AVeryLongTableNameThatGoesOnAndOnAndOnForever::id))]
    pub a_very_long_column_name_that_goes_on_and_on: i64,
    #[dbkit(index)]
    pub another_very_long_column_name_that_goes_on: i64,
}
