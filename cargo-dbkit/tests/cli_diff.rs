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
