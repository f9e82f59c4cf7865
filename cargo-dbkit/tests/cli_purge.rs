//! What is dropped is kept where that was asked for: the way back brings it back, and `purge` ends it. On all three databases.

mod support;

use support::Package;
use test_fixtures::catalog::Client;
use test_fixtures::server;

const BEFORE: &str = r#"
#[derive(dbkit::DbEnum)]
#[dbkit(name = "mood")]
pub enum Mood {
    Sad,
    Fine,
}

#[derive(dbkit::Table)]
#[dbkit(table = "users")]
pub struct User {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(40), unique)]
    pub phone: String,
    #[dbkit(varchar(40))]
    pub nick: Option<String>,
    #[dbkit(default = 7)]
    pub stars: Option<i32>,
    #[dbkit(default = 1)]
    pub level: i32,
    pub mood: Option<Mood>,
}

#[derive(dbkit::Table)]
#[dbkit(table = "notes", index(on(author)))]
pub struct Note {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(references(User::id))]
    pub author: i64,
    #[dbkit(varchar(100))]
    pub text: String,
}

#[derive(dbkit::Table)]
#[dbkit(table = "answers")]
pub struct Answer {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(references(Note::id))]
    pub note: i64,
    #[dbkit(references(Answer::id))]
    pub to: Option<i64>,
}
"#;

const AFTER: &str = r#"
#[derive(dbkit::Table)]
#[dbkit(table = "people", renamed_from = "users")]
pub struct Person {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
"#;

const ROWS: &str = "INSERT INTO users (phone, nick, stars, level, mood) VALUES ('1', 'one', NULL, 5, 'sad'), ('2', NULL, 3, 6, NULL), ('3', 'three', 7, 1, 'fine');
INSERT INTO notes (author, text) VALUES (1, 'first'), (2, 'second'), (2, 'third');
DELETE FROM notes WHERE text = 'second';
INSERT INTO answers (id, note, \"to\") VALUES (1, 1, NULL), (2, 3, 1);";

const LOOKS: [&str; 3] = [
    "SELECT id, phone, nick, stars, level, mood FROM users ORDER BY id",
    "SELECT id, author, text FROM notes ORDER BY id",
    "SELECT * FROM answers ORDER BY id",
];

fn look(url: &str) -> Vec<String> {
    let mut client = Client::open(url);
    LOOKS.iter().map(|sql| client.query(sql).expect(sql)).collect()
}

/// Without the schema that holds what is kept, which stays.
fn catalog(url: &str) -> String {
    Client::open(url).catalog().replace("schema _dbkit_trash|\n", "")
}

fn session(dialect: &str, url: &str) {
    let mut package = Package::without_schema(dialect, "preserve = true\n");
    package.write("src/schema.rs", BEFORE);
    package.quietly("generate --name all");
    package.quietly(&format!("migrate --url {url}"));
    let rows = if dialect == "mysql" { ROWS.replace('"', "`") } else { ROWS.to_owned() };
    let execute = |sql: &str| {
        let mut client = Client::open(url);
        for statement in sql.split_terminator(";\n") {
            client.execute(statement.trim_end_matches(';')).expect(statement);
        }
    };
    execute(&rows);
    let before = look(url);
    let catalog = catalog(url);
    // Nothing is lost, so nobody has to allow it.
    package.write("src/schema.rs", AFTER);
    package.quietly("generate --name less");
    package.quietly(&format!("migrate --url {url}"));
    assert!(Client::open(url).query("SELECT * FROM notes").is_err());
    let diff = package.quietly(&format!("diff migrations {url}"));
    assert_eq!(diff.trim(), "", "what is kept is no difference");
    let listed = package.quietly(&format!("purge --url {url}"));
    assert_eq!(listed.lines().count(), 3, "{listed}");

    execute(
        "INSERT INTO people DEFAULT VALUES"
            .replace(
                "DEFAULT VALUES",
                if dialect == "mysql" { "() VALUES ()" } else { "DEFAULT VALUES" },
            )
            .as_str(),
    );
    execute("DELETE FROM people WHERE id = 3");
    package.quietly(&format!("rollback --url {url}"));
    let found = look(url);
    let lines: Vec<&str> = before[0].lines().collect();
    let mut back: Vec<String> = found[0].lines().map(str::to_owned).collect();
    let new = back.pop().expect("the row that came since");
    assert_eq!(back, lines[..2], "{dialect}");
    // An empty phone, and what defaults say.
    assert!(new.starts_with('4') && new.contains('7') && new.contains('1'), "{new}");
    assert_eq!(found[1..], before[1..], "{dialect}");
    assert_eq!(self::catalog(url), catalog, "{dialect}");
    let listed = package.quietly(&format!("purge --url {url}"));
    assert_eq!(listed, "", "the way back has used them up");
    // Numbers go on where they were.
    execute("INSERT INTO notes (author, text) VALUES (1, 'fourth')");
    assert!(look(url)[1].contains('4'));

    package.quietly(&format!("migrate --url {url}"));
    let young = package.quietly(&format!("purge --older 1d --url {url}"));
    assert_eq!(young, "");
    assert_eq!(package.quietly(&format!("purge --url {url}")).lines().count(), 3);
    let sql = package.quietly(&format!("purge --older 0d --dry-run --url {url}"));
    assert_eq!(sql.matches("DROP TABLE").count(), 3, "{sql}");
    package.quietly(&format!("purge --older 0d --url {url}"));
    assert_eq!(package.quietly(&format!("purge --url {url}")), "");
    assert_eq!(package.run(&format!("rollback --url {url}")), 1);
    assert!(Client::open(url).query("SELECT * FROM users").is_err(), "nothing was begun");
    assert_eq!(package.run(&format!("rollback --plan --url {url}")), 0);
    let said = package.transcript();
    assert!(said.contains("purged: what it would bring back was kept"), "{said}");
}

#[test]
fn what_is_kept_comes_back_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    session("sqlite", &format!("sqlite:{}", folder.path().join("app.db").display()));
}

#[test]
fn what_is_kept_comes_back_on_postgres() {
    let Some(server) = server::postgres() else { return };
    session("postgres", &server.fresh_database().url());
}

#[test]
fn what_is_kept_comes_back_on_mariadb() {
    let Some(server) = server::mariadb() else { return };
    session("mysql", &server.fresh_database().url());
}

/// SQLite makes tables with their foreign keys, so a row may come back before the one that it points to.
#[test]
fn tables_come_back_in_any_order_on_sqlite() {
    let mut package = Package::new("sqlite", BEFORE);
    package.quietly("generate --name all");
    let (users, _) =
        BEFORE.split_once("#[derive(dbkit::Table)]\n#[dbkit(table = \"notes\"").unwrap();
    package.write("src/schema.rs", users);
    package.quietly("generate --name less --preserve");
    let path = package.path().join("app.db");
    package.quietly("migrate --url app.db");
    package.quietly("rollback --url app.db");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    database.execute_batch(ROWS).unwrap();
    package.quietly("migrate --url app.db");
    let down = package.migration("less", "down.sql");
    assert!(down.starts_with("-- dbkit: foreign-keys=off\n"), "{down}");
    package.quietly("rollback --url app.db");
    let answers = "SELECT count(*) FROM answers JOIN notes ON notes.id = note";
    let count: i64 = database.query_row(answers, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 2);
}

/// A column that goes before its table gives its name away is the one of the old table, not of the one that comes by that name.
#[test]
fn what_goes_before_the_renames_is_called_by_its_old_name() {
    let table = |name: &str, renamed: &str, fields: &str| {
        format!(
            "#[derive(dbkit::Table)]\n#[dbkit(table = \"{name}\"{renamed})]\npub struct {} {{\n    #[dbkit(primary_key)]\n    pub id: i64,\n{fields}}}\n",
            name.to_uppercase()
        )
    };
    let both = "    pub mark: String,\n    pub word: String,\n";
    let mut package = Package::without_schema("sqlite", "preserve = true\n");
    package
        .write("src/schema.rs", &[table("users", "", both), table("accounts", "", both)].concat());
    package.quietly("generate --name all");
    package.quietly("migrate --url app.db");
    let database = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    database
        .execute_batch(
            "INSERT INTO users VALUES (1, 'of users', 'w'); INSERT INTO accounts VALUES (1, 'of accounts', 'w')",
        )
        .unwrap();
    let people = "    pub mark: String,\n";
    package.write(
        "src/schema.rs",
        &[
            table("people", ", renamed_from = \"users\"", people),
            table("users", ", renamed_from = \"accounts\"", both),
        ]
        .concat(),
    );
    package.quietly("generate --name less --rename people.word=mark");
    package.quietly("migrate --url app.db");
    let kept = package.quietly("purge --url app.db");
    assert!(kept.contains("_users") && !kept.contains("_accounts"), "{kept}");
    package.quietly("rollback --url app.db");
    for table in ["users", "accounts"] {
        let sql = format!("SELECT mark FROM {table}");
        let mark: String = database.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(mark, format!("of {table}"));
    }
}
