//! From structs to migrations: what is written, what is asked, what is refused.

#[macro_use]
mod support;

use support::Package;

/// One table, with these fields beside its id.
fn users(fields: &str) -> String {
    format!(
        "use dbkit::Table;

#[derive(Table)]
#[dbkit(table = \"users\")]
pub struct User {{
    #[dbkit(primary_key, identity)]
    pub id: i64,
    {fields}
}}
"
    )
}

#[test]
fn the_first_migration_creates_the_tables() {
    let mut package = Package::new("sqlite", &users("#[dbkit(unique)]\n    pub email: String,"));
    package.run("generate --check");
    package.run("generate --dry-run");
    assert_eq!(package.ids(), Vec::<String>::new());
    package.run("generate");
    let id = package.id("create_users");
    for file in ["up.sql", "down.sql", "changes.json"] {
        package.show(&format!("migrations/{id}/{file}"));
    }
    package.show("migrations/journal.lock");
    package.run("generate");
    assert_eq!(package.run("generate --check"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn a_change_becomes_a_small_migration() {
    let mut package = Package::new("sqlite", &users("pub email: String,"));
    package.quietly("generate");
    package.write("src/schema.rs", &users("pub email: String,\n    pub bio: Option<String>,"));
    assert_eq!(package.run("generate --check"), 100);
    package.run("generate");
    let id = package.id("add_users_bio");
    for file in ["up.sql", "down.sql", "changes.json"] {
        package.show(&format!("migrations/{id}/{file}"));
    }
    package.write(
        "src/schema.rs",
        &users("pub email: String,\n    pub bio: Option<String>,\n    pub age: Option<i32>,"),
    );
    package.run("generate --name 'The age, at last!' --message-format json");
    assert_transcript!(package.transcript());
}

#[test]
fn postgres_and_mysql_have_their_own_sql() {
    let mut package =
        Package::new("postgres", &users("#[dbkit(varchar(320), unique)]\n    pub email: String,"));
    package.run("generate --dry-run");
    let mut other =
        Package::new("mysql", &users("#[dbkit(varchar(320), unique)]\n    pub email: String,"));
    other.run("generate --dry-run");
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => true}, {
        insta::assert_snapshot!(format!("{}\n{}", package.transcript(), other.transcript()));
    });
}

#[test]
fn all_mistakes_in_the_structs_are_shown_and_nothing_is_written() {
    let mut package = Package::new(
        "sqlite",
        "use dbkit::Table;

#[derive(Table)]
#[dbkit(table = \"posts\")]
pub struct Post {
    #[dbkit(primry_key)]
    pub id: i64,
    #[dbkit(references(User::id))]
    pub author_id: i64,
}
",
    );
    assert_eq!(package.run("generate"), 1);
    package.run("generate --message-format json");
    assert_eq!(package.ids(), Vec::<String>::new());
    assert_transcript!(package.transcript());
}

#[test]
fn a_possible_rename_is_a_question_with_flags_for_answers() {
    let mut package = Package::new("sqlite", &users("pub name: Option<String>,"));
    package.quietly("generate");
    package.write("src/schema.rs", &users("pub full_name: Option<String>,"));
    assert_eq!(package.run("generate"), 3);
    assert_eq!(package.run("generate --message-format json"), 3);
    assert_eq!(package.ids().len(), 1);
    assert_eq!(package.run("generate --rename users.nam=full_name"), 1);
    package.run("generate --dry-run --drop users.name");
    package.run("generate --rename users.name=full_name");
    let id = package.ids().pop().unwrap();
    package.show(&format!("migrations/{id}/up.sql"));
    package.show(&format!("migrations/{id}/changes.json"));
    package.run("generate");
    assert_transcript!(package.transcript());
}

#[test]
fn an_attribute_answers_for_good_and_check_says_when_it_is_stale() {
    let mut package = Package::new("sqlite", &users("pub name: Option<String>,"));
    package.quietly("generate");
    package.write(
        "src/schema.rs",
        &users("#[dbkit(renamed_from = \"name\")]\n    pub full_name: Option<String>,"),
    );
    package.run("generate");
    package.run("check");
    assert_transcript!(package.transcript());
}

#[test]
fn a_data_loss_needs_a_decision() {
    let mut package = Package::new("sqlite", &users("pub phone: Option<String>,"));
    package.quietly("generate");
    package.write("src/schema.rs", &users(""));
    assert_eq!(package.run("generate"), 3);
    assert_eq!(package.run("generate --message-format json"), 3);
    assert_eq!(package.run("generate --allow data-loss:users.phon"), 3);
    package.run("generate --allow data-loss:users.phone");
    let id = package.ids().pop().unwrap();
    package.show(&format!("migrations/{id}/up.sql"));
    package.show(&format!("migrations/{id}/down.sql"));
    assert_transcript!(package.transcript());
}

#[test]
fn a_required_column_needs_a_value_for_the_rows_that_exist() {
    let mut package = Package::new("sqlite", &users("pub email: Option<String>,"));
    package.quietly("generate");
    package.write("src/schema.rs", &users("pub email: String,"));
    assert_eq!(package.run("generate"), 3);
    assert_eq!(package.run("generate --backfill users.email='unknown'"), 1);
    package.run("generate --backfill \"users.email='unknown'\"");
    let id = package.ids().pop().unwrap();
    package.show(&format!("migrations/{id}/up.sql"));
    assert_transcript!(package.transcript());
}

#[test]
fn a_custom_migration_is_for_any_sql() {
    let mut package = Package::new("sqlite", &users(""));
    package.quietly("generate");
    assert_eq!(package.run("generate --custom"), 2);
    package.run("generate --custom --name fill_users");
    let id = package.id("fill_users");
    for file in ["up.sql", "down.sql"] {
        package.show(&format!("migrations/{id}/{file}"));
    }
    package.write(&format!("migrations/{id}/up.sql"), "INSERT INTO users DEFAULT VALUES;\n");
    package.run("check");
    package.run("amend fill_users");
    package.run("amend fill_users");
    package.run("check");
    assert_transcript!(package.transcript());
}

#[test]
fn two_migrations_in_one_second_have_two_ids() {
    let mut package = Package::new("sqlite", &users(""));
    for name in ["one", "two", "three"] {
        package.quietly(&format!("generate --custom --name {name}"));
    }
    let ids = package.ids();
    let slugs: Vec<&str> = ids.iter().map(|id| &id[15..]).collect();
    assert_eq!(slugs, ["one", "two", "three"]);
    let stamps: std::collections::BTreeSet<&str> = ids.iter().map(|id| &id[..14]).collect();
    assert_eq!(stamps.len(), 3);
}

#[test]
fn tampering_is_named_before_anything_is_written() {
    let mut package = Package::new("sqlite", &users(""));
    package.quietly("generate");
    let id = package.ids().pop().unwrap();
    let up = package.read(&format!("migrations/{id}/up.sql"));
    package.write("src/schema.rs", &users("pub bio: Option<String>,"));

    package.write(&format!("migrations/{id}/up.sql"), &format!("{up}\nDROP TABLE users;\n"));
    assert_eq!(package.run("generate"), 1);
    assert_eq!(package.run("check"), 100);
    package.write(&format!("migrations/{id}/up.sql"), &up);

    package.note("# CRLF and a byte order mark are no tampering");
    package.write(
        &format!("migrations/{id}/up.sql"),
        &format!("\u{feff}{}", up.replace('\n', "\r\n")),
    );
    package.run("check");
    package.write(&format!("migrations/{id}/up.sql"), &up);

    package.note("# an edited change");
    let changes = package.read(&format!("migrations/{id}/changes.json"));
    package.write(&format!("migrations/{id}/changes.json"), &changes.replace("users", "people"));
    assert_eq!(package.run("generate"), 1);
    package.write(&format!("migrations/{id}/changes.json"), &changes);

    package.note("# a journal of a later version");
    let journal = package.read("migrations/journal.lock");
    package.write("migrations/journal.lock", &journal.replace("journal 1", "journal 9"));
    assert_eq!(package.run("generate"), 1);
    package.write("migrations/journal.lock", &journal);
    assert_eq!(package.ids().len(), 1);
    assert_transcript!(package.transcript());
}

#[test]
fn export_writes_the_schema() {
    let mut package = Package::new("sqlite", &users("#[dbkit(unique)]\n    pub email: String,"));
    package.run("export");
    package.run("export --format mermaid");
    package.run("export --format json");
    package.run("export --from migrations");
    assert_transcript!(package.transcript());
}

#[test]
fn drop_takes_the_last_migration_away() {
    let mut package = Package::new("sqlite", &users(""));
    package.quietly("generate");
    package.write("src/schema.rs", &users("pub bio: Option<String>,"));
    package.quietly("generate");
    assert_eq!(package.run("drop create_users"), 1);
    package.run("drop");
    package.show("migrations/journal.lock");
    assert_eq!(package.ids().len(), 1);
    package.run("drop nothing_like_it");
    package.run("drop");
    package.run("drop");
    assert_transcript!(package.transcript());
}

#[test]
fn what_cannot_share_a_transaction_becomes_two_migrations() {
    let schema = |variants: &str, default: &str| {
        format!(
            "#[derive(dbkit::DbEnum)]
pub enum Mood {{
{variants}}}

#[derive(dbkit::Table)]
#[dbkit(table = \"users\")]
pub struct User {{
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(default(Mood::{default}))]
    pub mood: Mood,
}}
"
        )
    };
    let mut package = Package::new("postgres", &schema("    Good,\n    Bad,\n", "Good"));
    package.quietly("generate");
    package.write("src/schema.rs", &schema("    Good,\n    Fine,\n    Bad,\n", "Fine"));
    package.run("generate");
    let ids = package.ids();
    for id in &ids[1..] {
        package.show(&format!("migrations/{id}/up.sql"));
        package.show(&format!("migrations/{id}/down.sql"));
    }
    package.show("migrations/journal.lock");
    package.run("check");
    assert_transcript!(package.transcript());
}

#[test]
fn what_a_database_does_not_have_is_refused_before_anything_is_written() {
    let mut package = Package::new("sqlite", &users("pub tags: Vec<String>,"));
    assert_eq!(package.run("generate"), 1);
    assert_eq!(package.ids().len(), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn a_changes_json_that_was_edited_by_hand_is_put_right() {
    let mut package = Package::new("sqlite", &users("pub name: Option<String>,"));
    package.quietly("generate");
    package
        .write("src/schema.rs", &users("pub name: Option<String>,\n    pub bio: Option<String>,"));
    package.quietly("generate");
    package.note("# the change of the second migration is edited");
    let id = package.id("add_users_bio");
    let changes = package.read(&format!("migrations/{id}/changes.json"));
    package.write(&format!("migrations/{id}/changes.json"), &changes.replace("bio", "name"));
    assert_eq!(package.run("amend add_users_bio"), 0);
    assert_eq!(package.read(&format!("migrations/{id}/changes.json")), changes);
    package.write(&format!("migrations/{id}/changes.json"), "{}\n");
    assert_eq!(package.run("amend add_users_bio"), 1);
    assert_transcript!(package.transcript());
}
