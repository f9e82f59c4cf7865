//! Views, functions, triggers, policies and the rest of `objects!`, from the code to a database and back.

#[macro_use]
mod support;

use support::Package;
use test_fixtures::server;

fn code(total: &str, filter: &str) -> String {
    format!(
        r#"use dbkit::{{Table, View}};

dbkit::objects! {{
    domain("email", "text", check("value LIKE '%@%'")),
    function("touch()", file = "sql/touch.sql"),
    sql("marker", create = "COMMENT ON TABLE users IS 'people'", drop = "COMMENT ON TABLE users IS NULL"),
}}

#[derive(Table)]
#[dbkit(
    table = "users",
    rls(force),
    policy("own_rows", for(select), to("public"), using = "id > 0"),
    trigger("users_touch", before(update(name)), each(row), execute = "touch()")
)]
pub struct User {{
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(type = "email")]
    pub mail: String,
    pub name: String,
    pub total: {total},
}}

#[derive(View)]
#[dbkit(view = "rich_users", depends_on(User), query = "SELECT id, name, total FROM users WHERE total > {filter}")]
pub struct RichUser {{
    pub id: i64,
    pub name: String,
    pub total: {total},
}}

#[derive(View)]
#[dbkit(view = "rich_names", depends_on(RichUser), query_file = "sql/names.sql")]
pub struct RichName {{
    pub name: String,
}}
"#
    )
}

#[test]
fn objects_follow_the_code_on_postgres() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut package = Package::new("postgres", &code("i32", "100"));
    package.write(
        "sql/touch.sql",
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    NEW.name := trim(NEW.name);\n    RETURN NEW;\nEND\n$$;\n",
    );
    package.write("sql/names.sql", "SELECT name FROM rich_users;\n");
    package.run("generate --dry-run");
    package.quietly("generate");
    assert_eq!(package.run(&format!("migrate --url {url}")), 0);
    package.note("# the column that both views stand on takes another type");
    package.write("src/schema.rs", &code("i64", "1000"));
    package.run("generate --dry-run --allow cast:users.total");
    package.quietly("generate --allow cast:users.total");
    assert_eq!(package.run(&format!("migrate --url {url}")), 0);
    assert_eq!(package.run("generate"), 0);
    assert_eq!(package.run(&format!("rollback --steps 2 --url {url}")), 0);
    let text = package.transcript().replace(&url, "$URL");
    // Any version will do.
    let lines = text.lines().map(|line| match line.split_once("(PostgreSQL ") {
        Some((before, _)) => format!("{before}(PostgreSQL)"),
        None => line.to_owned(),
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    assert_transcript!(text);
}
