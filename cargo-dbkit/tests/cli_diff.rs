//! `cargo dbkit diff`: what lies between two sources.

mod support;

use support::Package;

const BEFORE: &str = "\
CREATE TABLE users (id integer PRIMARY KEY, name text);
CREATE VIEW names AS SELECT name FROM users;
CREATE TRIGGER kept AFTER INSERT ON users BEGIN UPDATE users SET name = trim(name) WHERE id = NEW.id; END;
";

const AFTER: &str = "\
CREATE TABLE users (id integer PRIMARY KEY, title text NOT NULL DEFAULT 'x');
CREATE VIEW names AS SELECT title FROM users;
CREATE TRIGGER kept AFTER INSERT ON users BEGIN UPDATE users SET title = trim(title) WHERE id = NEW.id; END;
";

#[test]
fn a_script_for_sqlite_stands_alone_and_its_renames_may_be_said_again() {
    let mut package = Package::new("sqlite", "");
    package.write("before.sql", BEFORE);
    package.write("after.sql", AFTER);
    package.run("diff before.sql after.sql --format sql --rename users.name=title");
    package.run("diff after.sql after.sql --format sql --rename users.name=title");
    package.run("diff after.sql before.sql --rename users.nothing=name");
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => true}, {
        insta::assert_snapshot!(package.transcript());
    });
}

#[test]
fn sql_files_are_read_on_the_server_that_is_configured() {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let line = format!("scratch-url = \"{}\"\n", server.url());
    let mut package = Package::without_schema("postgres", &line);
    package.write("one.sql", "CREATE TABLE users (id bigint PRIMARY KEY);\n");
    package.write("two.sql", "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n");
    let said = package.quietly("diff one.sql two.sql --format sql");
    assert_eq!(said.trim(), "ALTER TABLE \"users\" ADD COLUMN \"name\" text;");
}

/// More statements than go to a server in one message, and more tables than share a scratch database of SQLite. The one at 150 is `wrong`.
fn many(wrong: &str) -> String {
    (0..250)
        .map(|at| {
            let ty = if at == 150 { wrong } else { "text" };
            format!("CREATE TABLE t{at} (\n    id integer PRIMARY KEY,\n    name {ty}\n);\nCREATE INDEX t{at}_name ON t{at} (name);\n")
        })
        .collect()
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn of_many_statements_the_one_that_is_refused_is_shown() {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let line = format!("scratch-url = \"{}\"\n", server.url());
    let mut package = Package::without_schema("postgres", &line);
    package.write("one.sql", &many("text"));
    package.write("two.sql", &many("varchar(20)"));
    package.write("three.sql", &many("nothing"));
    let said = package.quietly("diff one.sql two.sql");
    assert_eq!(words(&said), "~ t150.name text -> varchar(20)");
    assert_ne!(package.run("diff one.sql three.sql"), 0);
    let said = package.transcript();
    assert!(said.contains("type \"nothing\" does not exist"), "{said}");
    // Five lines a table: the column of the one at 150 stands in the third.
    assert!(said.contains("three.sql:753:10"), "{said}");

    // After a mistake in a transaction of the file's own, the server refuses whatever comes.
    package.write("four.sql", &format!("BEGIN;\n{}COMMIT;\n", many("nothing")));
    assert_ne!(package.run("diff one.sql four.sql"), 0);
    let said = package.transcript();
    assert!(said.contains("four.sql:754:10"), "{said}");
}

#[test]
fn many_tables_of_sqlite_are_read_like_few() {
    let mut package = Package::without_schema("sqlite", "");
    package.write("one.sql", &many("text"));
    package.write("two.sql", &many("integer"));
    package.write("three.sql", &format!("{}CREATE TABLE broken (id integer,);\n", many("text")));
    package
        .write("four.sql", &format!("{}CREATE VIEW v AS SELECT name FROM t150;\n", many("text")));
    let said = package.quietly("diff one.sql two.sql");
    assert_eq!(words(&said), "~ t150.name text -> integer");
    let said = package.quietly("diff one.sql four.sql");
    assert_eq!(words(&said), "+ view v");
    assert_ne!(package.run("diff one.sql three.sql"), 0);
    let said = package.transcript();
    assert!(said.contains("three.sql:1251:33"), "{said}");
}
