//! Questions and their answers, with answers from a list in place of a person.

mod support;

use std::ffi::OsString;

use cargo_dbkit::{Answers, Exit, run};
use support::Package;

fn users(fields: &str) -> String {
    format!(
        "#[derive(dbkit::Table)]\n#[dbkit(table = \"users\")]\npub struct User {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    {fields}\n}}\n"
    )
}

/// Runs in this process, quietly, with these answers; what was asked is compared in the test.
fn answered(package: &Package, line: &str, answers: &[&str]) -> (Exit, Vec<String>) {
    let manifest = package.path().join("Cargo.toml").display().to_string();
    let mut ask = Answers::new(answers.iter().copied());
    let arguments: Vec<OsString> = ["cargo-dbkit", "dbkit"]
        .into_iter()
        .chain(line.split(' '))
        .chain(["-q", "--manifest-path", &manifest])
        .map(OsString::from)
        .collect();
    let exit = run(arguments, &mut ask);
    (exit, ask.asked)
}

#[test]
fn a_rename_is_asked_and_keeps_the_data() {
    let mut package = Package::new("sqlite", &users("pub name: Option<String>,"));
    package.quietly("generate");
    package.write("src/schema.rs", &users("pub full_name: Option<String>,"));
    let (exit, asked) = answered(&package, "generate", &["rename"]);
    assert_eq!(exit, Exit::Done);
    assert_eq!(asked, ["`users` gained `full_name` and lost `name`. Is it the same column?"]);
    assert!(package.migration("rename_users_name", "up.sql").contains("RENAME COLUMN"));
}

#[test]
fn the_answer_that_it_is_another_column_is_asked_once() {
    let mut package = Package::new("sqlite", &users("pub name: Option<String>,"));
    package.quietly("generate");
    package.write("src/schema.rs", &users("pub full_name: Option<String>,"));
    let (exit, asked) = answered(&package, "generate", &["replace"]);
    assert_eq!(exit, Exit::Done);
    assert_eq!(asked.len(), 1);
    assert!(package.migration("change_users", "up.sql").contains("full_name"));
}

#[test]
fn a_data_loss_is_asked_and_no_writes_nothing() {
    let mut package = Package::new("sqlite", &users("pub phone: Option<String>,"));
    package.quietly("generate");
    package.write("src/schema.rs", &users(""));
    let (exit, asked) = answered(&package, "generate", &["no"]);
    assert_eq!(exit, Exit::DecisionNeeded);
    assert_eq!(asked.len(), 1);
    assert_eq!(package.ids().len(), 1);
    let (exit, _) = answered(&package, "generate", &["yes"]);
    assert_eq!(exit, Exit::Done);
    assert_eq!(package.ids().len(), 2);
}

#[test]
fn the_value_of_old_rows_is_asked() {
    let mut package = Package::new("sqlite", &users("pub email: Option<String>,"));
    package.quietly("generate");
    package.write("src/schema.rs", &users("pub email: String,"));
    let (exit, asked) = answered(&package, "generate", &["'unknown'"]);
    assert_eq!(exit, Exit::Done);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(package.migration("change_users_email", "up.sql").contains("'unknown'"));
}

#[test]
fn init_asks_for_the_database() {
    let package = Package::bare();
    package.write(
        "Cargo.toml",
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    package.write("src/main.rs", "fn main() {}\n");
    let (exit, asked) = answered(&package, "init", &["postgres"]);
    assert_eq!(exit, Exit::Done);
    assert_eq!(asked, ["Which database? (--dialect)"]);
    assert!(package.read("Cargo.toml").contains("dialect = \"postgres\""));
}
