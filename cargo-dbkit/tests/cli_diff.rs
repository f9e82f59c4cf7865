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
