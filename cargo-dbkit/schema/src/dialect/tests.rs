//! From two schemas to SQL: text in, text out.

use super::testing::schema;
use super::{
    Dialect, Direction, compare, mysql::Mysql, postgres::Postgres, script, sqlite::Sqlite,
};
use crate::model::{Hints, Schema};

fn sql(from: &str, to: &str, dialect: &dyn Dialect) -> String {
    let from = dialect.normalize(schema(from));
    let plan = compare(&from, &schema(to), &Hints::default(), dialect).plan;
    script(&plan.batches, Direction::Up, dialect).text
}

const USERS: &str = "table users\n  id bigint\n  name text?\n  pk users_pkey(id)";

#[test]
fn a_table_is_written_one_column_a_line() {
    assert_eq!(
        sql("", USERS, &Postgres),
        "CREATE TABLE \"users\" (\n    \"id\" bigint NOT NULL,\n    \"name\" text,\n    CONSTRAINT \"users_pkey\" PRIMARY KEY (\"id\")\n);\n"
    );
    assert_eq!(
        sql("", USERS, &Sqlite),
        "CREATE TABLE \"users\" (\n    \"id\" integer CONSTRAINT \"users_pkey\" PRIMARY KEY NOT NULL,\n    \"name\" text\n);\n"
    );
    assert_eq!(
        sql("", USERS, &Mysql),
        "CREATE TABLE `users` (\n    `id` bigint NOT NULL,\n    `name` longtext NULL,\n    PRIMARY KEY (`id`)\n);\n"
    );
}

#[test]
fn names_and_literals_are_quoted_by_the_dialects_own_writer() {
    let odd = Schema::default();
    let mut table = crate::model::Table::new(crate::model::ObjectName::new("a\"b`c"));
    let mut column = crate::model::Column::new("x\"y`z", crate::model::ColumnType::Text);
    column.default = Some(crate::model::DefaultValue::Text("it's \\ \"so\"".to_owned()));
    table.columns.push(column.into());
    let mut to = Schema::default();
    to.tables.insert(table.name.clone(), table.into());
    let text = |dialect: &dyn Dialect| {
        let plan = compare(&odd, &to, &Hints::default(), dialect).plan;
        script(&plan.batches, Direction::Up, dialect).text
    };
    assert_eq!(
        text(&Postgres),
        "CREATE TABLE \"a\"\"b`c\" (\n    \"x\"\"y`z\" text DEFAULT E'it\\'s \\\\ \"so\"' NOT NULL\n);\n"
    );
    assert_eq!(
        text(&Sqlite),
        "CREATE TABLE \"a\"\"b`c\" (\n    \"x\"\"y`z\" text NOT NULL DEFAULT 'it''s \\ \"so\"'\n);\n"
    );
    assert_eq!(
        text(&Mysql),
        "CREATE TABLE `a\"b``c` (\n    `x\"y``z` longtext NOT NULL DEFAULT ('it\\'s \\\\ \\\"so\\\"')\n);\n"
    );
}

#[test]
fn what_is_equal_gives_an_empty_plan() {
    for dialect in super::ALL {
        assert_eq!(sql(USERS, USERS, dialect), "-- Nothing to do in the database.\n");
    }
}
