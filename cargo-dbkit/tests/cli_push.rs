//! `push` and `diff`: a database and the code, without migrations.

mod support;

use support::Package;
use test_fixtures::server;

macro_rules! assert_transcript {
    ($text:expr) => {
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => true}, {
            insta::assert_snapshot!($text);
        });
    };
}

fn code(fields: &str) -> String {
    format!(
        "#[derive(dbkit::Table)]\n#[dbkit(table = \"users\")]\npub struct User {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n{fields}}}\n\n#[derive(dbkit::View)]\n#[dbkit(view = \"names\", depends_on(User), query = \"SELECT id, name FROM users\")]\npub struct Name {{\n    pub id: i64,\n    pub name: String,\n}}\n"
    )
}

/// A fresh push, a second one with nothing to do, rows in the way, then none.
fn session(dialect: &str, url: &str) -> String {
    let mut package =
        Package::new(dialect, &code("    #[dbkit(varchar(40))]\n    pub name: Option<String>,\n"));
    let run = |package: &mut Package, line: &str| package.run(&format!("{line} --url {url}"));
    assert_eq!(run(&mut package, "push --dry-run"), 0);
    assert_eq!(run(&mut package, "push"), 0);
    assert_eq!(run(&mut package, "push"), 0);
    package.quietly("generate --custom --name rows");
    let id = package.id("rows");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "INSERT INTO users (name) VALUES ('a'), (NULL), ('a');\n",
    );
    package.quietly("amend rows");
    package.quietly(&format!("migrate --url {url}"));
    package.note("# three rows: a, NULL, a");
    package.write(
        "src/schema.rs",
        &code("    #[dbkit(unique, varchar(40))]\n    pub name: String,\n"),
    );
    assert_eq!(run(&mut package, "push"), 3);
    assert_eq!(run(&mut package, "push --allow not-null:users.name"), 1);
    package.write(
        "src/schema.rs",
        &code("    #[dbkit(varchar(40))]\n    pub name: Option<String>,\n    #[dbkit(default(0))]\n    pub age: i32,\n"),
    );
    assert_eq!(run(&mut package, "push"), 0);
    assert_eq!(package.run(&format!("diff code {url}")), 0);
    package.transcript().replace(url, "$URL")
}

fn plain(text: &str) -> String {
    let lines = text.lines().map(|line| {
        // A password is not shown, so the address differs from the one that was given.
        let version =
            ["(PostgreSQL ", "(MariaDB ", "(SQLite "].iter().find(|word| line.contains(**word));
        match version.and_then(|word| line.split_once(*word).map(|(before, _)| (word, before))) {
            Some((word, _)) => format!("  Connecting $URL {})", word.trim_end()),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_sqlite_file_is_pushed_to() {
    assert_transcript!(plain(&session("sqlite", "sqlite:app.db")));
}

#[test]
fn a_postgres_database_is_pushed_to() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    assert_transcript!(plain(&session("postgres", &database.url())));
}

#[test]
fn a_mariadb_database_is_pushed_to() {
    let Some(server) = server::mariadb() else { return };
    let database = server.fresh_database();
    assert_transcript!(plain(&session("mysql", &database.url())));
}
