//! `pull`, `migrate --no-init`, SQL files as sources, filters: a database that was there before dbkit.

#[macro_use]
mod support;

use support::Package;
use test_fixtures::catalog::Client;
use test_fixtures::server;

fn sqlite(package: &Package, sql: &str) {
    let connection = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    connection.execute_batch(sql).unwrap();
}

const SHOP: &str = "
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    \"type\" TEXT NOT NULL DEFAULT 'it''s' CHECK (\"type\" <> ''),
    balance DECIMAL(10, 2) DEFAULT -1,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE orders (
    user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    note TEXT,
    shout TEXT GENERATED ALWAYS AS (upper(note)) VIRTUAL,
    PRIMARY KEY (user_id, number)
) WITHOUT ROWID;
CREATE INDEX orders_open ON orders (number DESC, lower(note)) WHERE note IS NOT NULL;
CREATE VIEW busy AS SELECT user_id, count(*) AS orders FROM orders GROUP BY user_id;
CREATE TRIGGER quiet AFTER UPDATE ON orders BEGIN UPDATE users SET balance = 0 WHERE id = NEW.user_id; END;
";

#[test]
fn a_database_becomes_structs_and_a_first_migration() {
    let mut package = Package::without_schema("sqlite", "");
    sqlite(&package, SHOP);
    assert_eq!(package.run("pull --url sqlite:app.db"), 0);
    package.show("src/schema.rs");
    let id = package.id("baseline");
    package.show(&format!("migrations/{id}/up.sql"));
    assert_eq!(package.run("generate --check"), 0);
    assert_eq!(package.run("check"), 0);
    assert_eq!(package.run("pull --url sqlite:app.db"), 0);
    assert_eq!(package.run("migrate --no-init --dry-run --url sqlite:app.db"), 0);
    assert_eq!(package.run("migrate --no-init --url sqlite:app.db"), 0);
    assert_eq!(package.run("migrate --no-init --url sqlite:app.db"), 0);
    assert_eq!(package.run("status --url sqlite:app.db"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn init_records_the_first_migration_at_once() {
    let mut package = Package::without_schema("sqlite", "");
    sqlite(&package, "CREATE TABLE a (id INTEGER PRIMARY KEY);");
    assert_eq!(package.run("pull --dry-run --url sqlite:app.db"), 0);
    assert_eq!(package.ids(), [""; 0]);
    assert_eq!(package.run("pull --init --url sqlite:app.db"), 0);
    assert_eq!(package.run("migrate --url sqlite:app.db"), 0);
    assert_transcript!(package.transcript());
}

const WRITTEN: &str = r#"//! Written by hand.

use dbkit::Table;

/// Those who log in.
#[derive(Table, Debug, Clone, PartialEq)]
#[dbkit(table = "users", unique(on(email)))]
#[allow(dead_code)]
pub struct User {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    /// Where we write to.
    pub email: String, // in lower case
    pub bio: Option<String>,
    // To be dropped one day.
    pub old: i64,
}

impl User {
    pub fn greeting(&self) -> String {
        format!("hello {}", self.email)
    }
}

#[derive(Table)]
#[dbkit(table = "gone")]
pub struct Gone {
    #[dbkit(primary_key, identity)]
    pub id: i64,
}
"#;

#[test]
fn what_a_person_wrote_is_kept_and_only_what_differs_is_touched() {
    let mut package = Package::without_schema("sqlite", "");
    package.write("src/schema.rs", WRITTEN);
    sqlite(
        &package,
        "CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL, email TEXT NOT NULL UNIQUE, bio VARCHAR(20), age INTEGER DEFAULT 3 CHECK (age > 0));
         CREATE INDEX users_age_idx ON users (age);
         CREATE TABLE tags (id INTEGER PRIMARY KEY NOT NULL, user_id INTEGER REFERENCES users(id));
         CREATE VIEW adults AS SELECT id FROM users WHERE age >= 18;",
    );
    assert_eq!(package.run("pull --url sqlite:app.db"), 0);
    package.show("src/schema.rs");
    assert_eq!(package.run("generate --check"), 0);
    assert_eq!(package.run("pull --url sqlite:app.db"), 0);
    assert_transcript!(package.transcript());
}

/// A policy or a view that stands at a struct in other words is a person's text, which nothing can rewrite.
#[test]
fn what_cannot_be_merged_is_written_beside() {
    let mut package = Package::without_schema("sqlite", "");
    let view = "\n#[derive(dbkit::View)]\n#[dbkit(view = \"ids\", query = \"SELECT id FROM users\")]\npub struct Ids {\n    pub id: i64,\n}\n";
    package.write(
        "src/schema.rs",
        &format!("#[derive(dbkit::Table)]\n#[dbkit(table = \"users\")]\npub struct User {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n}}\n{view}"),
    );
    sqlite(
        &package,
        "CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL); CREATE VIEW ids AS SELECT id AS number FROM users;",
    );
    let before = package.read("src/schema.rs");
    assert_eq!(package.run("pull --url sqlite:app.db"), 0);
    assert_eq!(package.read("src/schema.rs"), before);
    assert_transcript!(package.transcript());
}

#[test]
fn a_database_that_is_not_what_the_first_migration_makes_is_not_recorded() {
    let mut package = Package::without_schema("sqlite", "");
    sqlite(&package, "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT);");
    assert_eq!(package.run("migrate --no-init --url sqlite:app.db"), 1);
    package.quietly("pull --url sqlite:app.db");
    sqlite(&package, "ALTER TABLE a ADD COLUMN c TEXT; CREATE INDEX i ON a (b);");
    assert_eq!(package.run("migrate --no-init --url sqlite:app.db"), 3);
    assert_transcript!(package.transcript());
}

#[test]
fn sql_files_are_read_on_top_of_the_structs() {
    let mut package =
        Package::without_schema("sqlite", "schema = [\"src/schema.rs\", \"schema/**/*.sql\"]\n");
    package.write(
        "src/schema.rs",
        "#[derive(dbkit::Table)]\n#[dbkit(table = \"users\")]\npub struct User {\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    #[dbkit(check(\"age>0\"))]\n    pub age: i32,\n}\n",
    );
    package.write(
        "schema/views/adults.sql",
        "-- those who may\nCREATE VIEW adults AS SELECT id FROM users WHERE age >= 18;\n",
    );
    package.write("schema/log.sql", "CREATE TABLE log (at TEXT NOT NULL);\n");
    assert_eq!(package.run("generate"), 0);
    let id = package.ids()[0].clone();
    package.show(&format!("migrations/{id}/up.sql"));
    assert_eq!(package.run("generate --check"), 0);
    assert_eq!(package.run("check"), 0);
    assert_eq!(package.run("push --url sqlite:app.db"), 0);
    assert_eq!(package.run("diff code sqlite:app.db --exit-code"), 0);
    assert_eq!(package.run("export"), 0);
    package.note("# the view no longer shows an old column");
    package.write("schema/views/adults.sql", "CREATE VIEW adults AS\nSELECT id, ago FROM users;\n");
    assert_eq!(package.run("generate"), 1);
    package.write(
        "schema/views/adults.sql",
        "CREATE VIEW adults AS SELECT id FROM users;\nCREATE TABEL x (id int);\n",
    );
    assert_eq!(package.run("generate"), 1);
    package.write("schema/views/adults.sql", "CREATE VIEW adults AS SELECT id FROM users;\n");
    package.write("schema/twice.sql", "CREATE TABLE users (id INTEGER);\n");
    assert_eq!(package.run("generate"), 1);
    package.write("schema/twice.sql", "CREATE TABLE t (a TEXT DEFAULT 'never ends);\n");
    assert_eq!(package.run("generate"), 1);
    assert_transcript!(package.transcript());
}

#[test]
fn what_is_filtered_is_nowhere() {
    let mut package = Package::without_schema("sqlite", "tables = [\"*\", \"!audit_*\"]\n");
    sqlite(
        &package,
        "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE audit_log (id INTEGER PRIMARY KEY);
         CREATE TRIGGER t AFTER INSERT ON audit_log BEGIN DELETE FROM users; END;",
    );
    assert_eq!(package.run("pull --init --url sqlite:app.db"), 0);
    package.show("src/schema.rs");
    assert_eq!(package.run("diff code sqlite:app.db --exit-code"), 0);
    assert_eq!(package.run("push --url sqlite:app.db"), 0);
    assert_eq!(package.run("export sqlite:app.db"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn a_database_that_cannot_be_read_is_explained() {
    let mut package = Package::without_schema("sqlite", "");
    assert_eq!(package.run("pull"), 1);
    assert_eq!(package.run("pull --url sqlite:absent.db"), 1);
    assert_eq!(package.run("pull --url postgres://localhost/x"), 1);
    package.write("no.db", "this is no database, but long enough to look like a file of some kind");
    assert_eq!(package.run("pull --url sqlite:no.db"), 1);
    assert_eq!(package.run("export absent.sql"), 1);
    package.write("broken.json", "{\"dbkit\":\"changes\",\"version\":99,\n\"changes\":[]}");
    assert_eq!(package.run("export broken.json"), 1);
    package.write("src/schema.rs", "#[derive(dbkit::Table)]\npub struct User { id: Wrong }\n");
    sqlite(&package, "CREATE TABLE users (id INTEGER PRIMARY KEY);");
    assert_eq!(package.run("pull --url sqlite:app.db"), 1);
    assert_transcript!(package.transcript());
}

/// Everything with an odd name, and what only PostgreSQL has.
const ODD: &str = r#"
CREATE SCHEMA "My Shop";
CREATE TYPE mood AS ENUM ('ok', 'not ok', 'self', '');
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE "My Shop"."Order Details" (
    "Id" integer GENERATED ALWAYS AS IDENTITY (START WITH -5 INCREMENT BY -1 MINVALUE -100 MAXVALUE -1),
    "select" mood[] NOT NULL DEFAULT '{}',
    "type" mood DEFAULT 'not ok',
    "Straße" numeric(10, 2),
    "a b" email,
    "self" inet,
    "quote""s" text DEFAULT 'a"b\c',
    "long_long_long_long_long_long_long_long_long_long_long_long_lon" timestamptz(3),
    total numeric GENERATED ALWAYS AS ("Straße" * 2) STORED,
    PRIMARY KEY ("Id") INCLUDE ("type"),
    CONSTRAINT "odd ""name" CHECK (total > 0) NO INHERIT,
    UNIQUE NULLS NOT DISTINCT ("a b", "self")
);
COMMENT ON TABLE "My Shop"."Order Details" IS 'it''s "odd"';
COMMENT ON COLUMN "My Shop"."Order Details"."a b" IS 'two words';
CREATE INDEX "Odd Index" ON "My Shop"."Order Details" USING btree (lower("a b") text_pattern_ops DESC NULLS LAST, "long_long_long_long_long_long_long_long_long_long_long_long_lon") INCLUDE (total) WITH (fillfactor = 70) WHERE total > 1;
CREATE TABLE "user" (id bigserial PRIMARY KEY, parent bigint REFERENCES "user" ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, detail integer);
CREATE TABLE "users" (id bigint PRIMARY KEY);
ALTER TABLE "user" ADD FOREIGN KEY (detail) REFERENCES "My Shop"."Order Details"("Id");
CREATE TABLE events (at timestamptz NOT NULL, kind text, PRIMARY KEY (at)) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE nothing ();
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RETURN NEW;
END
$$;
CREATE TRIGGER touch BEFORE UPDATE ON "user" FOR EACH ROW EXECUTE FUNCTION touch();
CREATE VIEW "All" AS SELECT id FROM "user" UNION SELECT id FROM users;
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY "own rows" ON users USING (id > 0);
GRANT SELECT ON users TO PUBLIC;
"#;

#[test]
fn everything_of_postgres_is_pulled_and_nothing_is_left_to_generate() {
    let Some(server) = server::postgres() else { return };
    let (database, other) = (server.fresh_database(), server.fresh_database());
    Client::open(&database.url()).execute(ODD).unwrap();
    let mut package = Package::without_schema("postgres", "");
    package.quietly(&format!("pull --url {}", database.url()));
    package.show("src/schema.rs");
    assert_eq!(package.run("generate --check"), 0);
    assert_eq!(package.run("check"), 0);
    package.quietly(&format!("migrate --no-init --url {}", database.url()));
    package.quietly(&format!("migrate --url {}", other.url()));
    package.quietly(&format!("diff {} {} --exit-code", database.url(), other.url()));
    package.quietly(&format!("pull --url {}", other.url()));
    assert_transcript!(package.transcript());
}

#[test]
fn a_role_that_may_not_look_and_views_that_do_not_compile_are_explained() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut package = Package::without_schema("postgres", "schema = [\"schema/*.sql\"]\n");
    let run = |package: &mut Package, text: &str| {
        package.write("schema/views.sql", text);
        package.run(&format!("diff {url} code"))
    };
    assert_eq!(
        run(&mut package, "CREATE VIEW a AS SELECT * FROM b;\nCREATE VIEW b AS SELECT * FROM a;\n"),
        1
    );
    assert_eq!(
        run(
            &mut package,
            "CREATE TABLE t (id bigint);\n\nCREATE VIEW v AS\n    SELECT missing FROM t;\n"
        ),
        1
    );
    assert_eq!(run(&mut package, "CREATE TABLE t (id bigint);\nCREATE VIEW t AS SELECT 1;\n"), 1);
    assert_eq!(run(&mut package, "CREATE TABLE ü (id bigint,);\n"), 1);
    let role = format!("blind_{}", std::process::id());
    let mut client = Client::open(&url);
    client
        .execute(&format!(
            "CREATE ROLE {role} LOGIN; REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC"
        ))
        .unwrap();
    let (_, rest) = url.split_once('@').unwrap();
    let blind = format!("postgres://{role}@{rest}");
    package.write("schema/views.sql", "");
    assert_eq!(package.run(&format!("pull --url {blind}")), 1);
    client
        .execute(&format!("GRANT SELECT ON pg_catalog.pg_class TO PUBLIC; DROP ROLE {role}"))
        .unwrap();
    let text = package.transcript().replace(&blind, "$BLIND").replace(&url, "$URL");
    let text = text.replace(&role, "blind").replace(&rest.replace('&', "?"), "..");
    let lines = text.lines().map(|line| line.split(" (PostgreSQL").next().unwrap_or(line));
    let lines = lines.map(|line| match (line.find("Connecting"), line.find("of postgres://")) {
        (Some(at), _) => format!("{}Connecting ..", &line[..at]),
        (_, Some(at)) => format!("{}of ..", &line[..at]),
        _ => line.to_owned(),
    });
    assert_transcript!(lines.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_maria_db_database_is_pulled() {
    let Some(server) = server::mariadb() else { return };
    let (database, other) = (server.fresh_database(), server.fresh_database());
    let sql = "
CREATE TABLE users (id int unsigned AUTO_INCREMENT PRIMARY KEY, name varchar(20) CHARACTER SET latin1 NOT NULL, mood enum('a', 'b') DEFAULT 'a', tags set('x', 'y'), at timestamp(3) NULL ON UPDATE CURRENT_TIMESTAMP(3), doc longtext, bits bit(4), KEY by_name (name(5))) COMMENT = 'it''s';
CREATE TABLE posts (id bigint AUTO_INCREMENT PRIMARY KEY, user_id int unsigned NOT NULL, body text, FULLTEXT KEY words (body), CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
CREATE VIEW names AS SELECT id, name FROM users;
CREATE TRIGGER quiet BEFORE INSERT ON posts FOR EACH ROW SET NEW.body = trim(NEW.body);
";
    Client::open(&database.url()).execute(sql).unwrap();
    let mut package = Package::without_schema("mysql", "");
    package.quietly(&format!("pull --init --url {}", database.url()));
    assert_eq!(package.run("generate --check"), 0);
    package.quietly(&format!("migrate --url {}", other.url()));
    package.quietly(&format!("diff {} {} --exit-code", database.url(), other.url()));
    let schema = package.read("src/schema.rs");
    assert!(schema.contains("pub mood: Option<"), "{schema}");
    assert!(
        schema.contains("references(User::id, name = \"posts_user\", on_delete(cascade))"),
        "{schema}"
    );
}
