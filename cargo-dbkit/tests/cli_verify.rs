//! `verify` proves migrations on a scratch database, and `amend` takes into changes.json what the SQL does.

#[macro_use]
mod support;

use std::time::{Duration, Instant};

use support::Package;
use test_fixtures::server;

fn code(fields: &str) -> String {
    format!(
        "#[derive(dbkit::Table)]\n#[dbkit(table = \"users\", check(\"adult\", \"age >= 18\"))]\npub struct User {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    #[dbkit(varchar(40), unique)]\n    pub email: String,\n    pub age: i32,\n{fields}}}\n\n#[derive(dbkit::Table)]\n#[dbkit(table = \"posts\")]\npub struct Post {{\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    #[dbkit(references(User::id, on_delete(cascade)))]\n    pub author: i64,\n    #[dbkit(varchar(200))]\n    pub title: Option<String>,\n}}\n"
    )
}

/// Puts SQL into a custom migration.
fn custom(package: &mut Package, slug: &str, up: &str, down: &str) {
    package.quietly(&format!("generate --custom --name {slug}"));
    write(package, slug, up, down);
}

fn write(package: &mut Package, slug: &str, up: &str, down: &str) {
    let id = package.id(slug);
    package.write(&format!("migrations/{id}/up.sql"), up);
    package.write(&format!("migrations/{id}/down.sql"), down);
}

/// All is well; then SQL that says nothing of what it does, which `amend` mends; then one that loses rows, with a way back that leads elsewhere.
fn session(dialect: &str, scratch: &str) -> String {
    let mut package = Package::new(dialect, &code(""));
    let run = |package: &mut Package, line: &str| package.run(&format!("{line}{scratch}"));
    package.quietly("generate --name first");
    package.write("src/schema.rs", &code("    #[dbkit(default(0))]\n    pub likes: i32,\n"));
    package.quietly("generate");
    assert_eq!(run(&mut package, "verify"), 0);

    package.note("# SQL that changes the schema and does not say so");
    custom(
        &mut package,
        "extra",
        "ALTER TABLE users ADD COLUMN nick varchar(20);\n",
        "ALTER TABLE users DROP COLUMN nick;\n",
    );
    // As if it was recorded without a database.
    package.quietly("amend extra");
    let id = package.id("extra");
    let _ = std::fs::remove_file(package.path().join(format!("migrations/{id}/changes.json")));
    let journal = package.read("migrations/journal.lock");
    let lines = journal.lines().map(|line| match line.split_once("changes:") {
        Some((before, after)) if line.contains("_extra") => {
            let (_, rest) = after.split_once(' ').unwrap();
            format!("{before}changes:- {rest}")
        }
        _ => line.to_owned(),
    });
    package
        .write("migrations/journal.lock", &format!("{}\n", lines.collect::<Vec<_>>().join("\n")));
    assert_eq!(run(&mut package, "verify"), 100);
    assert_eq!(run(&mut package, "amend extra"), 0);
    package.show(&format!("migrations/{id}/changes.json"));
    assert_eq!(run(&mut package, "verify --last 1"), 0);
    assert_eq!(run(&mut package, "amend extra"), 0);

    package
        .note("# SQL that makes a table anew without its rows, and leads back to somewhere else");
    custom(
        &mut package,
        "rebuild",
        "CREATE TABLE logs (id integer PRIMARY KEY, line varchar(20));\n",
        "DROP TABLE logs;\n",
    );
    run(&mut package, "amend rebuild");
    custom(
        &mut package,
        "anew",
        "DROP TABLE logs;\n\nCREATE TABLE logs (id integer PRIMARY KEY, line varchar(20));\n",
        "ALTER TABLE logs ADD COLUMN at integer;\n",
    );
    run(&mut package, "amend anew");
    assert_eq!(run(&mut package, "verify"), 100);
    package.transcript()
}

/// Without the line of servers that differ.
fn plain(text: &str, url: &str) -> String {
    text.replace(&format!(" --scratch-url {url}"), "")
}

#[test]
fn sqlite_migrations_are_proved() {
    assert_transcript!(session("sqlite", ""));
}

#[test]
fn postgres_migrations_are_proved() {
    let Some(server) = server::postgres() else { return };
    let url = server.url();
    assert_transcript!(plain(&session("postgres", &format!(" --scratch-url {url}")), &url));
}

#[test]
fn mariadb_migrations_are_proved() {
    let Some(server) = server::mariadb() else { return };
    let url = server.url();
    assert_transcript!(plain(&session("mysql", &format!(" --scratch-url {url}")), &url));
}

#[test]
fn a_migration_that_valid_rows_stop_is_a_warning_and_a_table_without_rows_is_named() {
    let mut package = Package::new(
        "sqlite",
        "#[derive(dbkit::Table)]\n#[dbkit(table = \"pairs\", check(\"sum\", \"a + b = 123456789\"))]\npub struct Pair {\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    pub a: i32,\n    pub b: i32,\n}\n\n#[derive(dbkit::Table)]\n#[dbkit(table = \"flags\")]\npub struct Flag {\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    pub is_on: bool,\n}\n",
    );
    package.quietly("generate --name first");
    custom(
        &mut package,
        "few",
        "CREATE UNIQUE INDEX flags_is_on ON flags (is_on) WHERE is_on IN (0, 1);\n\nCREATE TABLE one (id integer PRIMARY KEY CHECK (id = 1));\n\nINSERT INTO one VALUES (1);\n\nINSERT INTO flags (is_on) VALUES (1);\n",
        "DROP TABLE one;\n\nDROP INDEX flags_is_on;\n\nDELETE FROM flags;\n",
    );
    package.run("amend few");
    assert_eq!(package.run("verify"), 0);
    assert_eq!(package.run("verify --without-rows --message-format json"), 0);
    assert_transcript!(package.transcript());
}

#[test]
fn sql_that_does_not_run_is_recorded_with_a_warning() {
    let mut package = Package::new("sqlite", &code(""));
    package.quietly("generate --name first");
    custom(&mut package, "wrong", "UPDATE users SET bio = '';\n", "SELECT 1;\n");
    assert_eq!(package.run("amend wrong"), 0);
    assert_eq!(package.run("verify"), 100);
    assert_transcript!(package.transcript());
}

#[test]
fn without_a_server_it_is_said_what_to_set() {
    let mut package = Package::new("postgres", &code(""));
    package.quietly("generate --name first");
    assert_eq!(package.run("verify"), 1);
    let manifest = package.read("Cargo.toml");
    package.write("Cargo.toml", &format!("{manifest}scratch-url = \"postgres://a:b@localhost\"\n"));
    assert_eq!(package.run("verify"), 1);
    package.write("Cargo.toml", &format!("{manifest}scratch-url = \"mysql://localhost\"\n"));
    assert_eq!(package.run("verify"), 1);
    assert_transcript!(package.transcript());
}

/// An interrupt in the middle of a migration leaves nothing behind on the server.
#[test]
fn a_scratch_database_is_dropped_after_an_interrupt() {
    let Some(server) = server::postgres() else { return };
    let url = server.url();
    let mut package = Package::new("postgres", &code(""));
    custom(&mut package, "sleep", "SELECT pg_sleep(300);\n", "SELECT 1;\n");
    package.quietly("amend sleep");
    let child = package
        .command_in(".", &format!("verify -q --scratch-url {url}"))
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    let id = child.id();
    let asleep = format!(
        "SELECT 1 FROM pg_stat_activity WHERE datname LIKE 'dbkit\\_scratch\\_%\\_{id}\\_%' AND query LIKE '%pg_sleep%'"
    );
    let start = Instant::now();
    while client.query(&asleep, &[]).unwrap().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(60), "the migration does not run");
        std::thread::sleep(Duration::from_millis(50));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &id.to_string()]).status();
    assert!(killed.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    // The database that is taken away under the migration makes it fail: that is not what happened.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let sql = format!(
        "SELECT datname::text FROM pg_database WHERE datname LIKE 'dbkit\\_scratch\\_%\\_{id}\\_%'"
    );
    assert!(client.query(&sql, &[]).unwrap().is_empty());
}

/// A server of its own, started from the binaries of the machine, is gone with the command.
#[test]
fn a_server_is_started_where_there_is_none() {
    let Some(major) = test_fixtures::engine::postgres_versions().first().copied() else { return };
    let Some(binaries) = test_fixtures::engine::postgres(major) else { return };
    let mut package = Package::new("postgres", &code(""));
    package.quietly("generate --name first");
    let temporary = tempfile::tempdir().unwrap();
    std::fs::set_permissions(temporary.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777))
        .unwrap();
    let mut command = package.command_in(".", "verify");
    command.env("DBKIT_SERVER_BINARIES", &binaries).env("TMPDIR", temporary.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let start = Instant::now();
    while std::fs::read_dir(temporary.path()).unwrap().count() > 0 {
        assert!(start.elapsed() < Duration::from_secs(60), "the server's folder stays");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn what_the_filters_leave_out_is_no_finding_and_is_there_in_one_go() {
    let mut package = Package::new("sqlite", &code(""));
    package.quietly("generate --name first");
    // One table that a migration says, and one that nobody says: both are left out from now on.
    package.write("src/schema.rs", &format!("{}\n#[derive(dbkit::Table)]\n#[dbkit(table = \"audit_rows\")]\npub struct Audit {{\n    #[dbkit(primary_key)]\n    pub id: i64,\n}}\n", code("")));
    package.quietly("generate --name audit");
    custom(
        &mut package,
        "silent",
        "CREATE TABLE audit_more (id integer PRIMARY KEY);\n",
        "DROP TABLE audit_more;\n",
    );
    let manifest = package.read("Cargo.toml");
    package.write("Cargo.toml", &format!("{manifest}tables = [\"!audit_*\"]\n"));
    package.write("src/schema.rs", &code(""));
    // The filters hold while its SQL is looked at.
    package.quietly("amend silent");
    let changes = format!("migrations/{}/changes.json", package.id("silent"));
    assert!(!package.path().join(changes).exists());
    assert_eq!(package.run("verify"), 0, "{}", package.transcript());
    assert_eq!(package.run("generate --check"), 0, "{}", package.transcript());
    package.quietly("migrate --in-one-go --url sqlite:fresh.db");
    package.quietly("squash --to audit --name whole");
    package.quietly("migrate --url sqlite:squashed.db");
    for (file, tables) in [
        ("fresh.db", "audit_rows|posts|users"),
        ("squashed.db", "audit_more|audit_rows|posts|users"),
    ] {
        let mut client = test_fixtures::catalog::Client::open(&format!(
            "sqlite:{}/{file}",
            package.path().display()
        ));
        let found = client.query("SELECT group_concat(name, '|') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_dbkit%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY name)").unwrap();
        assert_eq!(found, tables, "{file}");
    }
}

#[test]
fn a_rust_step_is_passed_over_and_named() {
    let mut package = Package::new("sqlite", &code(""));
    package.quietly("generate --name first");
    custom(
        &mut package,
        "step",
        "-- dbkit: rust-step\nUPDATE users SET email = lower(email);\n",
        "-- dbkit: rust-step\nSELECT 1;\n",
    );
    package.quietly("amend step");
    package.write("src/schema.rs", &code("    pub bio: Option<String>,\n"));
    package.quietly("generate");
    assert_eq!(package.run("verify"), 0, "{}", package.transcript());
    let named = package.transcript().matches("warning[DBK0521]: the Rust step of").count();
    assert_eq!(named, 2, "{}", package.transcript());
    // Rows of a step would be missing in one migration in the place of all.
    assert_eq!(package.run("squash"), 1, "{}", package.transcript());
    assert!(package.transcript().contains("error[DBK0521]"), "{}", package.transcript());
}

#[test]
fn a_schema_may_stand_on_what_others_make() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let url = database.url();
    let mut client = test_fixtures::catalog::Client::open(&url);
    let theirs = "CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY); CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT NULL::uuid'";
    client.execute(theirs).unwrap();
    client.execute("CREATE TABLE auth.sessions (id uuid PRIMARY KEY)").unwrap();
    let mut package = Package::without_schema("postgres", "provider = \"supabase\"\n");
    package.write("src/schema.rs", "#[derive(dbkit::Table)]\n#[dbkit(table = \"profiles\", rls, policy(\"own\", using = \"id = auth.uid()\"))]\npub struct Profile {\n    #[dbkit(primary_key, references(\"auth.users.id\", external, on_delete(cascade)))]\n    pub id: uuid::Uuid,\n    pub bio: Option<String>,\n}\n");
    package.quietly("generate --name first");
    package.quietly(&format!("migrate --url {url}"));

    assert_eq!(package.run(&format!("verify --scratch-url {url}")), 100);
    assert_eq!(package.run(&format!("diff code {url}")), 1);
    let said = package.transcript();
    assert_eq!(said.matches("scratch databases").count(), 2, "{said}");

    let manifest = package.read("Cargo.toml");
    package.write("Cargo.toml", &format!("{manifest}scratch-setup = \"scratch.sql\"\n"));
    assert_eq!(package.run(&format!("diff code {url}")), 1);
    assert!(package.transcript().contains("cannot read `scratch.sql`"), "{}", package.transcript());
    package.write("scratch.sql", theirs);
    for line in [
        format!("verify --scratch-url {url}"),
        format!("diff code {url} --exit-code"),
        format!("diff migrations {url} --exit-code"),
        format!("push --url {url}"),
        format!("doctor --url {url}"),
    ] {
        assert_eq!(package.run(&line), 0, "{}", package.transcript());
    }
    // And what is really another way is still seen.
    client.execute("ALTER TABLE profiles ADD note text").unwrap();
    assert_eq!(package.run(&format!("diff migrations {url} --exit-code")), 100);
    assert!(package.transcript().contains("profiles.note"), "{}", package.transcript());
}

#[test]
fn sql_files_of_the_code_are_read_by_the_server_of_its_database() {
    let Some(server) = server::postgres() else { return };
    let database = server.fresh_database();
    let package = Package::without_schema("postgres", "schema = [\"schema/*.sql\"]\n");
    package.write("schema/notes.sql", "CREATE TABLE notes (id integer PRIMARY KEY);\n");
    let output = package.command_in(".", "export").env("DATABASE_URL", database.url()).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("CREATE TABLE \"notes\""));
}
