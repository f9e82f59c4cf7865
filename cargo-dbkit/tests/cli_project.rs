//! Setting a package up, finding it, and its configuration.

#[macro_use]
mod support;

use support::Package;

const MANIFEST: &str = "[package]
name = \"shop\"
version = \"0.1.0\"
edition = \"2024\"

# What we use.
[dependencies]
";

#[test]
fn init_sets_a_package_up_and_the_second_time_changes_nothing() {
    let mut package = Package::bare();
    package.write("Cargo.toml", MANIFEST);
    package.write("src/main.rs", "fn main() {}\n");
    package.run("init --dialect sqlite");
    for file in [
        "Cargo.toml",
        "build.rs",
        "src/schema.rs",
        "migrations/journal.lock",
        "migrations/.gitattributes",
    ] {
        package.show(file);
    }
    package.run("init --dialect sqlite");
    package.run("init --dialect postgres");
    assert_transcript!(package.transcript());
}

#[test]
fn init_leaves_what_exists_and_says_so() {
    let mut package = Package::bare();
    package.write("Cargo.toml", MANIFEST);
    package.write("src/lib.rs", "mod schema;\ndbkit::include_migrations!(pub MIGRATIONS);\n");
    package.write("src/schema.rs", "// mine\n");
    package.write("build.rs", "fn main() { println!(\"mine\") }\n");
    package.run("init --dialect postgres");
    assert_eq!(package.read("src/schema.rs"), "// mine\n");
    assert_transcript!(package.transcript());
}

#[test]
fn without_a_terminal_init_asks_nothing_and_writes_nothing() {
    let mut package = Package::bare();
    package.write("Cargo.toml", MANIFEST);
    assert_eq!(package.run("init"), 3);
    assert_eq!(package.read("Cargo.toml"), MANIFEST);
    assert_eq!(package.run("init --message-format json"), 3);
    assert_transcript!(package.transcript());
}

#[test]
fn a_package_is_found_or_the_message_says_how() {
    let mut package = Package::bare();
    package.run("status");
    package.write("Cargo.toml", "[workspace]\nmembers = [\"shop\", \"blog\"]\nresolver = \"3\"\n\n[workspace.metadata.dbkit]\nurl-env = \"SHOP_URL\"\n");
    for name in ["shop", "blog"] {
        package.write(
            &format!("{name}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"),
        );
        package.write(&format!("{name}/src/lib.rs"), "");
    }
    package.run("status");
    package.run("status -p shopp");
    package.run("status -p shop");
    package.run("init -p shop --dialect sqlite");
    package.run("migrate");
    package.run_in("shop/src", "migrate");
    assert_transcript!(package.transcript());
}

#[test]
fn every_mistake_in_the_configuration_is_shown_in_place() {
    let mut package = Package::new("sqlite", "");
    package.write(
        "Cargo.toml",
        "[package]
name = \"shop\"
version = \"0.1.0\"

[package.metadata.dbkit]
dialect = \"oracle\"
shema = [\"src/schema.rs\"]
url = \"postgres://app:secret@db/app\"
",
    );
    package.run("check");
    package.write("Cargo.toml", "[package\n");
    package.run("check");
    assert_transcript!(package.transcript());
}

#[test]
fn a_database_is_chosen_by_name() {
    let mut package = Package::new("sqlite", "");
    package.write(
        "Cargo.toml",
        "[package]
name = \"shop\"
version = \"0.1.0\"

[package.metadata.dbkit]
dialect = \"sqlite\"

[package.metadata.dbkit.databases.prod]
dialect = \"postgres\"
url-env = \"SHOP_PROD_URL\"
",
    );
    package.run("migrate --db prd");
    package.run("migrate --db prod");
    package.run("migrate --db prod --url postgres://app:secret@127.0.0.1:1/app");
    package.run("migrate --db prod --url sqlite:app.db");
    package.run("migrate --url sqlite:no/such/folder/app.db");
    package.run("migrate --url postgres://app:secret@127.0.0.1/app");
    assert_transcript!(package.transcript());
}

#[test]
fn explain_tells_more_about_a_code() {
    let mut package = Package::bare();
    package.run("explain DBK0006");
    package.run("explain 7");
    package.run("explain DBK9999");
    package.run("explain DBK0006 --message-format json");
    assert_transcript!(package.transcript());
}

#[test]
fn a_wrong_command_line_is_exit_2() {
    let mut package = Package::bare();
    assert_eq!(package.run("generat"), 2);
    assert_eq!(package.run("migrate --to"), 2);
    assert_transcript!(package.transcript());
}

#[test]
fn completions_know_the_commands() {
    let mut package = Package::bare();
    for shell in ["bash", "zsh", "fish"] {
        let text = package.quietly(&format!("completions {shell}"));
        assert!(text.contains("rollback"), "{shell}");
    }
}
