//! `squash`: one migration of many, and what becomes of databases that have run the old ones. `migrate --in-one-go`.

#[macro_use]
mod support;

use support::Package;
use test_fixtures::server::{self, Server};

fn code(fields: &str) -> String {
    format!(
        "#[derive(dbkit::Table)]\n#[dbkit(table = \"roles\")]\npub struct Role {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    #[dbkit(varchar(40), unique)]\n    pub name: String,\n{fields}}}\n"
    )
}

/// Databases that have run all, some and none of the old migrations.
fn session(dialect: &str, urls: [&str; 4], scratch: &str) -> String {
    let [all, some, none, quick] = urls;
    let mut package = Package::new(dialect, &code(""));
    package.quietly("generate --name roles");
    package.quietly(&format!("migrate --url {some}"));
    package.quietly("generate --custom --name first_roles");
    let id = package.id("first_roles");
    package.write(
        &format!("migrations/{id}/up.sql"),
        "INSERT INTO roles (name) VALUES ('admin'), ('it''s me');\n",
    );
    package.write(&format!("migrations/{id}/down.sql"), "DELETE FROM roles;\n");
    package.quietly("amend first_roles");
    package.write("src/schema.rs", &code("    pub rank: Option<i32>,\n"));
    package.quietly("generate --name rank");
    package.write(
        "src/schema.rs",
        &code("    pub rank: Option<i32>,\n    pub note: Option<String>,\n"),
    );
    package.quietly("generate --name note");
    package.quietly(&format!("migrate --url {all}"));

    assert_eq!(package.run(&format!("squash --to rank{scratch}")), 0);
    let id = package.id("squashed");
    package.show(&format!("migrations/{id}/up.sql"));
    package.show(&format!("migrations/{id}/replaces.lock"));
    package.show("migrations/journal.lock");
    assert_eq!(package.run("check"), 0);
    assert_eq!(package.run(&format!("verify{scratch}")), 0);
    package.note("# a database that has run them all");
    package.run(&format!("status --url {all}"));
    assert_eq!(package.run(&format!("migrate --url {all}")), 0);
    package.run(&format!("status --url {all}"));
    package.note("# one that has run a part of them");
    assert_eq!(package.run(&format!("migrate --url {some}")), 1);
    package.note("# one that has run none of them");
    assert_eq!(package.run(&format!("migrate -q --url {none}")), 0);
    assert_eq!(package.run(&format!("diff {all} {none} --exit-code")), 0);
    package.note("# squashed once more, with what follows");
    assert_eq!(package.run(&format!("squash --name all{scratch}")), 0);
    for url in [all, none] {
        assert_eq!(package.run(&format!("migrate --url {url}")), 0);
    }
    assert_eq!(package.run(&format!("squash{scratch}")), 0);
    package.note("# an empty database in one go");
    assert_eq!(package.run(&format!("migrate --in-one-go --url {quick}")), 0);
    assert_eq!(package.run(&format!("migrate --in-one-go --url {quick}")), 1);
    assert_eq!(package.run(&format!("migrate --url {quick}")), 0);
    assert_eq!(package.run(&format!("diff {all} {quick} --exit-code")), 0);
    let mut text = package.transcript();
    for (url, name) in urls.iter().zip(["$ALL", "$SOME", "$NONE", "$QUICK"]) {
        text = text.replace(url, name).replace(&shown(url), name);
    }
    text
}

/// As the program shows it, where a socket needs no host.
fn shown(url: &str) -> String {
    url.replace("@localhost/", "@/")
}

fn plain(text: &str, scratch: &str) -> String {
    let text = text.replace(&format!(" --scratch-url {scratch}"), "");
    let lines = text.lines().map(|line| {
        let version = ["(PostgreSQL ", "(MariaDB "].iter().find(|word| line.contains(**word));
        match version.and_then(|word| line.split_once(*word).map(|(before, _)| (word, before))) {
            Some((word, before)) => format!("{before}{word}[VERSION])"),
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn on_server(dialect: &str, server: &Server) -> String {
    let databases = [(); 4].map(|()| server.fresh_database());
    let urls: Vec<String> = databases.iter().map(|database| database.url()).collect();
    let urls = [&*urls[0], &*urls[1], &*urls[2], &*urls[3]];
    let scratch = server.url();
    plain(&session(dialect, urls, &format!(" --scratch-url {scratch}")), &scratch)
}

#[test]
fn sqlite_migrations_are_squashed() {
    let urls = ["sqlite:all.db", "sqlite:some.db", "sqlite:none.db", "sqlite:quick.db"];
    assert_transcript!(session("sqlite", urls, ""));
}

#[test]
fn postgres_migrations_are_squashed() {
    let Some(server) = server::postgres() else { return };
    assert_transcript!(on_server("postgres", server));
}

#[test]
fn mariadb_migrations_are_squashed() {
    let Some(server) = server::mariadb() else { return };
    assert_transcript!(on_server("mysql", server));
}

#[test]
fn what_changes_json_does_not_say_is_not_squashed_away() {
    let mut package = Package::new("sqlite", &code(""));
    package.quietly("generate --name roles");
    package.quietly("generate --custom --name extra");
    package.quietly("amend extra");
    let id = package.id("extra");
    // Behind the back of amend.
    let up = "CREATE TABLE extra (id integer PRIMARY KEY);\n";
    package.write(&format!("migrations/{id}/up.sql"), up);
    let journal = package.read("migrations/journal.lock");
    let hash = dbkit_build::canonical::Hash::of(up.as_bytes()).to_string();
    let lines = journal.lines().map(|line| match line.split_once("up:") {
        Some((before, after)) if line.contains("_extra") => {
            format!("{before}up:{hash}{}", &after[64..])
        }
        _ => line.to_owned(),
    });
    package
        .write("migrations/journal.lock", &format!("{}\n", lines.collect::<Vec<_>>().join("\n")));
    assert_eq!(package.run("squash"), 1);
    assert_eq!(package.ids().len(), 2);
    package.quietly("amend extra");
    assert_eq!(package.run("squash"), 0);
    let id = package.id("squashed");
    package.write(&format!("migrations/{id}/replaces.lock"), "dbkit journal 1\n");
    assert_eq!(package.run("check"), 100);
    // The hash is of ids that have the time in them.
    let text = package.transcript();
    let lines = text.lines().map(|line| match line.split_once("the journal says ") {
        Some((before, _)) => format!("{before}the journal says [SHORT]"),
        None => line.to_owned(),
    });
    assert_transcript!(lines.collect::<Vec<_>>().join("\n"));
}
