//! `push` and `diff`: a database and the code, without migrations.

#[macro_use]
mod support;

use support::Package;
use test_fixtures::server;

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

/// Values that do not stand a change of their type, or that an enum has no more: `generate` counts them, `push` stops.
fn values(dialect: &str, url: &str) -> String {
    let code = |fields: &str, values: &str| {
        format!(
            "#[derive(dbkit::Table)]\n#[dbkit(table = \"goods\")]\npub struct Good {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n{fields}}}\n\n#[derive(dbkit::DbEnum)]\n#[dbkit(name = \"size\")]\npub enum Size {{\n{values}}}\n"
        )
    };
    let first = "    #[dbkit(varchar(20))]\n    pub code: String,\n    pub amount: i64,\n    pub size: Size,\n";
    let all = "    Small,\n    Large,\n    Huge,\n";
    let mut package = Package::new(dialect, &code(first, all));
    package.quietly("generate --name first");
    package.quietly("generate --custom --name rows");
    let id = package.id("rows");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "INSERT INTO goods (code, amount, size) VALUES ('12', 1, 'small'), ('12b', 3000000000, 'huge'), ('', 2, 'huge'), ('a long one', 5, 'large');\n",
    );
    package.quietly("amend rows");
    package.quietly(&format!("migrate --url {url}"));
    package.note("# rows: '12' 1 small, '12b' 3000000000 huge, '' 2 huge, 'a long one' 5 large");
    let run = |package: &mut Package, line: &str| package.run(line);
    package.write(
        "src/schema.rs",
        &code(
            "    pub code: i32,\n    pub amount: i32,\n    pub size: Size,\n",
            "    Small,\n    Large,\n",
        ),
    );
    let answers = "--allow cast:goods.code --allow cast:goods.amount --allow data-loss:goods.code --allow data-loss:goods.amount --allow data-loss:size.huge";
    run(&mut package, &format!("generate --dry-run -q {answers} --database {url}"));
    let more = if dialect == "mysql" { " --allow cast:goods.size" } else { "" };
    run(&mut package, &format!("push -q {answers}{more} --url {url}"));
    package.write(
        "src/schema.rs",
        &code("    #[dbkit(varchar(4))]\n    pub code: String,\n    pub amount: i64,\n    pub size: Size,\n", all),
    );
    run(&mut package, &format!("generate --dry-run {answers} --database {url}"));
    package.transcript().replace(url, "$URL")
}

fn without_place(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once("the rows of ") {
        Some((before, _)) => format!("{before}the rows of $URL"),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn values_that_do_not_fit_are_counted_on_sqlite() {
    assert_transcript!(without_place(&values("sqlite", "sqlite:app.db")));
}

#[test]
fn values_that_do_not_fit_are_counted_on_postgres() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    assert_transcript!(without_place(&values("postgres", &database.url())));
}

#[test]
fn values_that_do_not_fit_are_counted_on_mariadb() {
    let Some(server) = server::mariadb() else { return };
    let database = server.fresh_database();
    assert_transcript!(without_place(&values("mysql", &database.url())));
}
