//! Two branches, each with a migration of its own, merged by git itself.

#[macro_use]
mod support;

use support::Package;

fn struct_of(name: &str, table: &str, fields: &str) -> String {
    format!(
        "#[derive(dbkit::Table)]\n#[dbkit(table = \"{table}\")]\npub struct {name} {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n{fields}}}\n"
    )
}

fn users(fields: &str) -> String {
    struct_of("User", "users", fields)
}

fn posts(fields: &str) -> String {
    struct_of("Post", "posts", fields)
}

/// A repository with a first migration on `main`; each table in a file of its own, so that git merges the code.
fn repository() -> Package {
    let mut package = Package::new("sqlite", "");
    std::fs::remove_file(package.path().join("src/schema.rs")).unwrap();
    package.write("src/schema/users.rs", &users("    pub email: String,\n"));
    package.write("src/schema/posts.rs", &posts("    pub title: String,\n"));
    package.quietly("init --dialect sqlite");
    package.quietly("generate");
    package.write(".gitignore", "*.db\ntarget\n");
    package.git("init -q");
    package.git("add .");
    package.git("commit -q -m first");
    package
}

/// A branch with one edit and its migration.
fn branch(package: &mut Package, name: &str, file: &str, text: &str, flags: &str) {
    package.git("checkout -q main");
    package.git(&format!("checkout -q -b {name}"));
    package.write(file, text);
    package.quietly(format!("generate {flags}").trim());
    package.git("add .");
    package.git(&format!("commit -q -m {name}"));
}

/// Merges a branch into the one that is checked out.
fn merge(package: &Package, name: &str) {
    package.git(&format!("merge -q --no-edit {name}"));
}

#[test]
fn branches_that_commute_merge_and_are_put_into_a_line() {
    let mut package = repository();
    branch(
        &mut package,
        "bio",
        "src/schema/users.rs",
        &users("    pub email: String,\n    pub bio: Option<String>,\n"),
        "--name bio",
    );
    branch(
        &mut package,
        "slug",
        "src/schema/posts.rs",
        &posts("    pub title: String,\n    pub slug: Option<String>,\n"),
        "--name slug",
    );
    merge(&package, "bio");
    assert_eq!(package.run("check"), 100);
    assert_eq!(package.run("generate"), 1);
    package.run("rebase");
    package.run("check");
    package.run("generate --check");
    package.run("migrate --url app.db");
    package.run("rebase");
    assert_transcript!(package.transcript());
}

#[test]
fn the_older_branch_can_go_last_and_gets_later_ids() {
    let mut package = repository();
    let bio = users("    pub email: String,\n    pub bio: Option<String>,\n");
    branch(&mut package, "bio", "src/schema/users.rs", &bio, "--name bio");
    let slug = posts("    pub title: String,\n    pub slug: Option<String>,\n");
    branch(&mut package, "slug", "src/schema/posts.rs", &slug, "--name slug");
    package.git("checkout -q bio");
    package.quietly("migrate --url bio.db");
    package.git("checkout -q slug");
    package.quietly("migrate --url slug.db");
    merge(&package, "bio");
    assert_eq!(package.run("rebase bio --url bio.db"), 1);
    package.run("rebase bio --url slug.db");
    package.run("check");
    package.run("migrate --url slug.db");
    package.run("status --url slug.db");
    let ids = package.ids();
    assert!(ids[2].ends_with("_bio"), "{ids:?}");
    assert_transcript!(package.transcript());
}

#[test]
fn a_database_of_one_branch_takes_the_other_one_after_the_merge() {
    let mut package = repository();
    let bio = users("    pub email: String,\n    pub bio: Option<String>,\n");
    branch(&mut package, "bio", "src/schema/users.rs", &bio, "--name bio");
    let slug = posts("    pub title: String,\n    pub slug: Option<String>,\n");
    branch(&mut package, "slug", "src/schema/posts.rs", &slug, "--name slug");
    package.quietly("migrate --url slug.db");
    merge(&package, "bio");
    package.note("# before the rebase the branches are siblings, and either may come first");
    package.run("migrate --url slug.db");
    package.quietly("rebase");
    package.run("migrate --url slug.db");
    assert_transcript!(package.transcript());
}

#[test]
fn branches_that_collide_are_named_with_both_sides() {
    let mut package = repository();
    branch(
        &mut package,
        "address",
        "src/schema/users.rs",
        &users("    #[dbkit(renamed_from = \"email\")]\n    pub address: String,\n"),
        "--name address",
    );
    branch(
        &mut package,
        "nickname",
        "src/schema/users.rs",
        &users("    #[dbkit(renamed_from = \"email\")]\n    pub nickname: String,\n"),
        "--name nickname",
    );
    // The code collides too: a person takes one side.
    let merged = package.git_output("merge -q --no-edit address");
    assert!(!merged.status.success());
    package.write("src/schema/users.rs", &users("    pub address: String,\n"));
    package.git("add .");
    package.git("commit -q -m merged");
    assert_eq!(package.run("check"), 100);
    assert_eq!(package.run("rebase"), 1);
    package.run("check --message-format json");
    package.note("# the way out: one side is taken away");
    package.run("drop");
    package.run("drop nickname");
    package.run("check");
    assert_transcript!(package.transcript());
}

#[test]
fn a_checkout_with_windows_line_ends_is_the_same() {
    let mut package = repository();
    std::fs::remove_file(package.path().join("migrations/.gitattributes")).unwrap();
    package.write(".gitattributes", "* text=auto eol=crlf\n");
    package.git("add -A");
    package.git("commit -q -m crlf");
    package.git("rm -q -r --cached .");
    package.git("reset -q --hard");
    assert!(package.read("migrations/journal.lock").contains("\r\n"));
    let id = package.ids().pop().unwrap();
    assert!(package.read(&format!("migrations/{id}/up.sql")).contains("\r\n"));
    assert_eq!(package.run("check"), 0);
    package.write(
        "src/schema/users.rs",
        &users("    pub email: String,\n    pub bio: Option<String>,\n"),
    );
    package.run("generate");
    package.run("check");
    package.run("migrate --url app.db");
    assert_transcript!(package.transcript());
}
