//! Backups, and a deploy from the look ahead to the look back.

#![allow(clippy::print_stderr, reason = "a skipped server is said aloud")]

mod support;

use std::path::PathBuf;

use support::Package;

const SCHEMA: &str = "#[derive(dbkit::Table)]\n#[dbkit(table = \"users\")]\npub struct User {\n    #[dbkit(primary_key, identity)]\n    pub id: i64,\n    pub name: String,\n}\n";

fn with_bio() -> String {
    SCHEMA.replace("    pub name", "    pub bio: Option<String>,\n    pub name")
}

fn names(folder: &std::path::Path, end: &str) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> =
        entries.filter(|path| path.to_str().is_some_and(|path| path.ends_with(end))).collect();
    found.sort();
    found
}

struct Said {
    code: i32,
    text: String,
}

fn run(package: &Package, line: &str) -> Said {
    let output = package.command_in(".", line).output().unwrap();
    let text = [output.stderr, output.stdout].concat();
    Said { code: output.status.code().unwrap_or(-1), text: String::from_utf8(text).unwrap() }
}

fn fine(package: &Package, line: &str) -> String {
    let said = run(package, line);
    assert_eq!(said.code, 0, "{line}: {}", said.text);
    said.text
}

/// A package with one migration, and the same in its database.
fn sqlite() -> (Package, String) {
    let mut package = Package::new("sqlite", SCHEMA);
    package.quietly("generate");
    let url = "--url sqlite:app.db".to_owned();
    fine(&package, &format!("migrate {url}"));
    let database = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    database
        .execute_batch("PRAGMA journal_mode = WAL; INSERT INTO users (name) VALUES ('Ann')")
        .unwrap();
    (package, url)
}

fn people(package: &Package) -> i64 {
    let database = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    database.query_row("SELECT count(*) FROM users", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_backup_of_sqlite_comes_back() {
    let (package, url) = sqlite();
    // Somebody has it open, with rows in the write-ahead log.
    let open = rusqlite::Connection::open(package.path().join("app.db")).unwrap();
    let text = fine(&package, &format!("backup {url} --verify"));
    assert!(text.contains("Backed up") && text.contains("restored and compared"), "{text}");
    let copies = names(&package.path().join("backups"), ".db");
    let [copy] = copies.as_slice() else { panic!("{copies:?}") };
    let manifest = std::fs::read_to_string(format!("{}.json", copy.display())).unwrap();
    for part in ["\"format\": 1", "\"dialect\": \"sqlite\"", "create_users", "\"verified_at\": \"2"]
    {
        assert!(manifest.contains(part), "{part}: {manifest}");
    }
    open.execute_batch("DELETE FROM users").unwrap();
    drop(open);

    let copy = copy.display();
    let said = run(&package, &format!("restore {copy} {url}"));
    assert_eq!(said.code, 3, "{}", said.text);
    assert!(
        said.text.contains("error[DBK0035]") && said.text.contains("nothing was restored"),
        "{}",
        said.text
    );
    assert_eq!(people(&package), 0);
    let text = fine(&package, &format!("restore {copy} {url} --check"));
    assert!(text.contains("is whole") && text.contains("nothing was restored"), "{text}");
    fine(&package, &format!("restore {copy} {url} --allow overwrite"));
    assert_eq!(people(&package), 1);
    // Where nothing is, nothing is lost.
    fine(&package, &format!("restore {copy} --url sqlite:other.db"));
    assert!(fine(&package, "status --url sqlite:other.db").contains("applied"));
}

#[test]
fn a_backup_that_was_changed_is_not_put_back() {
    let (package, url) = sqlite();
    fine(&package, &format!("backup {url} --to kept"));
    let copy = names(&package.path().join("kept"), ".db").remove(0);
    let mut bytes = std::fs::read(&copy).unwrap();
    bytes.truncate(bytes.len() - 100);
    std::fs::write(&copy, bytes).unwrap();
    let said = run(&package, &format!("restore {} {url} --allow overwrite", copy.display()));
    assert_eq!(said.code, 1);
    assert!(
        said.text.contains("error[DBK0031]") && said.text.contains("is not the copy that was made"),
        "{}",
        said.text
    );
    assert_eq!(people(&package), 1);
    let said = run(&package, &format!("restore app.db {url}"));
    assert!(said.text.contains("a backup is two files"), "{}", said.text);
    // A copy of a damaged file is not called a backup.
    std::fs::write(package.path().join("broken.db"), "SQLite format 3\0 and then nothing").unwrap();
    assert_eq!(run(&package, "backup --url sqlite:broken.db").code, 1);
    assert_eq!(names(&package.path().join("backups"), "").len(), 0);
}

#[test]
fn a_deploy_looks_copies_migrates_and_asks_the_app() {
    let (mut package, url) = sqlite();
    let text = fine(&package, &format!("deploy {url}"));
    assert!(text.contains("0 migrations pending") && !text.contains("Backed up"), "{text}");
    package.write("src/schema.rs", &with_bio());
    package.quietly("generate");
    let text = fine(&package, &format!("deploy {url} --preflight"));
    assert!(text.contains("1 migration pending") && !text.contains("Applied"), "{text}");
    let text =
        fine(&package, &format!("deploy {url} --verify-backup --health true --metrics dbkit.prom"));
    for part in ["Looked", "Backed up", "Applied", "Healthy"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let places: Vec<_> =
        ["Looked", "Backed up", "Applied", "Healthy"].map(|part| text.find(part)).into();
    assert!(places.is_sorted(), "{text}");
    let metrics = package.read("dbkit.prom");
    assert!(
        metrics.contains("state=\"applied\"} 2\n")
            && metrics.contains("dbkit_last_run_success{database=\"\",set=\"app\"} 1\n"),
        "{metrics}"
    );

    let said = run(&package, &format!("deploy {url} --health 'echo no answer; false'"));
    assert_eq!(said.code, 1);
    assert!(
        said.text.contains("error[DBK0034]") && said.text.contains("no answer"),
        "{}",
        said.text
    );
    package.quietly("generate --custom --name more");
    package.quietly("amend more");
    let said = run(&package, &format!("deploy {url} --backup-with 'echo no room; exit 4'"));
    assert_eq!(said.code, 1);
    assert!(
        said.text.contains("no room") && said.text.contains("nothing was executed"),
        "{}",
        said.text
    );
    let text =
        fine(&package, &format!("deploy {url} --backup-with 'echo $DBKIT_DATABASE > taken'"));
    assert!(text.contains("Backed up") && text.contains("Applied"), "{text}");
    assert_eq!(package.read("taken"), "sqlite:app.db\n");
    // A database that is not there yet has nothing to copy.
    let text = fine(&package, "deploy --url sqlite:new.db");
    assert!(text.contains("Applied") && !text.contains("Backed up"), "{text}");
}

#[test]
fn migrate_copies_what_is_called_by_its_name() {
    let (mut package, _) = sqlite();
    let manifest = package.read("Cargo.toml");
    package.write(
        "Cargo.toml",
        &format!("{manifest}\n[package.metadata.dbkit.databases.prod]\nurl-env = \"PROD_URL\"\n\n[package.metadata.dbkit.databases.dev]\nurl-env = \"PROD_URL\"\n"),
    );
    package.write("src/schema.rs", &with_bio());
    package.quietly("generate");
    let count = |package: &Package| names(&package.path().join("backups"), ".db").len();
    fine(&package, "migrate --db prod --url sqlite:app.db --dry-run");
    assert_eq!(count(&package), 0);
    fine(&package, "migrate --db prod --url sqlite:app.db");
    assert_eq!(count(&package), 1);
    package.quietly("generate --custom --name more");
    package.quietly("amend more");
    fine(&package, "migrate --db dev --url sqlite:app.db");
    assert_eq!(count(&package), 1);
}

#[test]
fn status_looks_again_and_writes_figures() {
    let (package, url) = sqlite();
    let text = fine(&package, &format!("status {url} --watch 1 --times 2 --metrics out.prom"));
    assert_eq!(text.matches("1 applied").count(), 2, "{text}");
    assert!(package.read("out.prom").contains("dbkit_schema_version_info"));
    assert_eq!(run(&package, "status --times 2").code, 2);
}

#[test]
fn a_deploy_to_postgres_names_what_is_missing_before_anything_runs() {
    // Its tools have to be there, as new as it is.
    let has_tools =
        |major: &u32| PathBuf::from(format!("/usr/lib/postgresql/{major}/bin/pg_dump")).exists();
    let Some(major) = test_fixtures::engine::postgres_versions().into_iter().find(has_tools) else {
        eprintln!("SKIPPED: backups of PostgreSQL: no pg_dump was found");
        return;
    };
    let server = test_fixtures::server::start_postgres(major, &Default::default()).expect("starts");
    let database = server.fresh_database();
    let url = database.url();
    let mut package = Package::new("postgres", SCHEMA);
    package.quietly("generate");
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    let role = format!("app_{}", std::process::id());
    client
        .batch_execute(&format!(
            "CREATE ROLE {role} LOGIN; REVOKE CREATE ON SCHEMA public FROM public"
        ))
        .unwrap();
    let theirs = url.replace("postgres@", &format!("{role}@"));
    let said = run(&package, &format!("deploy --url {theirs}"));
    assert_eq!(said.code, 1, "{}", said.text);
    assert!(
        said.text
            .contains(&format!("the role `{role}` may not create anything in the schema `public`")),
        "{}",
        said.text
    );
    assert!(said.text.contains("nothing was executed"), "{}", said.text);

    fine(&package, &format!("migrate --url {url}"));
    client.batch_execute(&format!("INSERT INTO users (name) VALUES ('Ann'); GRANT ALL ON SCHEMA public TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")).unwrap();
    package.write("src/schema.rs", &with_bio());
    package.quietly("generate");
    let said = run(&package, &format!("deploy --url {theirs}"));
    assert!(
        said.text.contains("`users` is named in a pending migration and belongs to `postgres`"),
        "{}",
        said.text
    );

    // As the owner it goes, with a backup that is restored and compared, and comes back.
    let text = fine(&package, &format!("deploy --url {url} --verify-backup"));
    assert!(text.contains("restored and compared") && text.contains("Applied"), "{text}");
    client.batch_execute("DELETE FROM users").unwrap();
    let copy = names(&package.path().join("backups"), ".dump").remove(0);
    fine(&package, &format!("restore {} --url {url} --allow overwrite", copy.display()));
    let count: i64 = client.query_one("SELECT count(*) FROM users", &[]).unwrap().get(0);
    assert_eq!(count, 1);
    assert!(fine(&package, &format!("status --url {url}")).contains("1 applied, 1 pending"));
    client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
}

#[test]
fn a_backup_of_mariadb_comes_back() {
    let Some(server) = test_fixtures::server::mariadb() else { return };
    let has = |name: &str| PathBuf::from("/usr/bin").join(name).exists();
    if !has("mariadb-dump") || !has("mariadb") {
        eprintln!("SKIPPED: backups of MariaDB: no mariadb-dump was found");
        return;
    }
    let database = server.fresh_database();
    let url = database.url();
    let mut package = Package::new("mysql", SCHEMA);
    package.quietly("generate");
    fine(&package, &format!("migrate --url {url}"));
    let mut client = test_fixtures::catalog::Client::open(&url);
    client.execute("INSERT INTO users (name) VALUES ('it''s Ünn')").unwrap();
    client
        .execute("CREATE DEFINER = root@localhost TRIGGER loud BEFORE INSERT ON users FOR EACH ROW SET NEW.name = upper(NEW.name)")
        .unwrap();
    let before = client.catalog();
    package.write("src/schema.rs", &with_bio());
    package.quietly("generate");
    let text = fine(&package, &format!("deploy --url {url} --verify-backup"));
    assert!(text.contains("restored and compared") && text.contains("Applied"), "{text}");
    client.execute("DELETE FROM users").unwrap();
    let copy = names(&package.path().join("backups"), ".sql").remove(0);
    fine(&package, &format!("restore {} --url {url} --allow overwrite", copy.display()));
    assert_eq!(client.query("SELECT name FROM users").unwrap(), "it's Ünn");
    assert_eq!(client.catalog(), before);
    assert!(fine(&package, &format!("status --url {url}")).contains("1 applied, 1 pending"));
}

#[test]
fn a_tool_that_is_not_there_is_named() {
    let Some(server) = test_fixtures::server::mariadb() else { return };
    let database = server.fresh_database();
    let mut package = Package::new("mysql", SCHEMA);
    package.quietly("generate");
    let url = database.url();
    fine(&package, &format!("migrate --url {url}"));
    let mut command = package.command_in(".", &format!("backup --url {url}"));
    // The client may be installed or not; nothing is on this path.
    let output = command.env("PATH", package.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("error[DBK0032]") && text.contains("`mariadb-dump` is not there"),
        "{text}"
    );
    assert_eq!(names(&package.path().join("backups"), "").len(), 0);
}

#[test]
fn a_deploy_can_be_a_script() {
    let (mut package, _) = sqlite();
    let text = fine(&package, "init --dialect sqlite --ci");
    for file in
        ["scripts/deploy-database.sh", ".github/workflows/database.yml", ".gitlab/database.yml"]
    {
        assert!(text.contains(file) && !package.read(file).is_empty(), "{text}");
    }
    assert!(fine(&package, "init --dialect sqlite --ci").contains("nothing to do"));
    package.write("src/schema.rs", &with_bio());
    package.quietly("generate");

    // `cargo dbkit` is what is tested here, whatever is installed; the copy is made by the sqlite3 program, if there is one.
    let bin = package.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let cargo = format!("#!/bin/sh\nexec {} \"$@\"\n", env!("CARGO_BIN_EXE_cargo-dbkit"));
    std::fs::write(bin.join("cargo"), cargo).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(bin.join("cargo"), mode).unwrap();
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let script = |health: &str| {
        let mut command = std::process::Command::new("sh");
        command.arg("scripts/deploy-database.sh").current_dir(package.path());
        command.env("PATH", format!("{}:{path}", bin.display()));
        command.env("DATABASE_URL", "sqlite:app.db").env("HEALTH", health).output().unwrap()
    };
    let has_sqlite3 = std::process::Command::new("sqlite3").arg("--version").output().is_ok();
    if !has_sqlite3 {
        eprintln!("SKIPPED: the script of a deploy: there is no sqlite3");
        return;
    }
    let output = script("true");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("Looked") && said.contains("Applied"), "{said}");
    assert_eq!(names(&package.path().join("backups"), ".db").len(), 1);
    assert_eq!(script("false").status.code(), Some(1));
}
