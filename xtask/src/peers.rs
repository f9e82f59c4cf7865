//! Other migration tools, each with the same statements in its own form, for `cargo xtask crash --peers`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, checked, package, setup, target};

/// A script, and whether it must not be in a transaction.
type Script = (&'static str, &'static str, bool);

const POSTGRES: [Script; 4] = [
    (
        "users",
        "CREATE TABLE users (id integer PRIMARY KEY, n integer DEFAULT 0 NOT NULL);\nINSERT INTO users (id) SELECT i FROM generate_series(1, 500) i;\n",
        false,
    ),
    ("bio", "ALTER TABLE users ADD bio text;\nUPDATE users SET n = n + 1;\n", false),
    ("index", "CREATE INDEX CONCURRENTLY users_bio ON users (bio);\n", true),
    (
        "moods",
        "UPDATE users SET n = n + 10;\nCREATE TABLE moods (mood text);\nINSERT INTO moods VALUES ('fine');\n",
        false,
    ),
];

const MARIADB: [Script; 3] = [
    (
        "users",
        "CREATE TABLE users (id integer PRIMARY KEY, n integer DEFAULT 0 NOT NULL);\nINSERT INTO users (id) SELECT seq FROM seq_1_to_500;\nCREATE INDEX users_n ON users (n);\nUPDATE users SET n = n + 1;\n",
        false,
    ),
    (
        "bio",
        "ALTER TABLE users ADD bio text;\nUPDATE users SET n = n + 10;\nALTER TABLE users CHANGE bio biography text;\nUPDATE users SET n = n + 100;\n",
        false,
    ),
    (
        "moods",
        "CREATE TABLE moods (mood varchar(20));\nINSERT INTO moods VALUES ('fine');\nRENAME TABLE moods TO posts;\nINSERT INTO posts VALUES ('sad');\n",
        false,
    ),
];

const SQLX: &str = "use sqlx::Connection as _;

#[tokio::main(flavor = \"current_thread\")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).expect(\"a URL\");
    let migrator = sqlx::migrate::Migrator::new(std::path::Path::new(\"migrations\")).await?;
    if url.starts_with(\"mysql\") {
        migrator.run(&mut sqlx::MySqlConnection::connect(&url).await?).await?;
    } else {
        migrator.run(&mut sqlx::PgConnection::connect(&url).await?).await?;
    }
    Ok(())
}
";

const REFINERY: &str = "fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).expect(\"a URL\");
    let url = url.split('?').next().unwrap_or_default();
    let mut config: refinery::config::Config = url.parse()?;
    let migrations = refinery::load_sql_migrations(\"migrations\")?;
    refinery::Runner::new(&migrations).run(&mut config)?;
    Ok(())
}
";

const DIESEL: &str = "use diesel::Connection as _;
use diesel_migrations::{FileBasedMigrations, MigrationHarness as _};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let url = std::env::args().nth(1).expect(\"a URL\");
    let migrations = FileBasedMigrations::from_path(\"migrations\")?;
    if url.starts_with(\"mysql\") {
        diesel::MysqlConnection::establish(&url)?.run_pending_migrations(migrations)?;
    } else {
        diesel::PgConnection::establish(&url)?.run_pending_migrations(migrations)?;
    }
    Ok(())
}
";

const DRIZZLE: &str = "const url = process.argv[2].split('?')[0];
if (url.startsWith('mysql')) {
    const mysql = require('mysql2/promise');
    const { drizzle } = require('drizzle-orm/mysql2');
    const { migrate } = require('drizzle-orm/mysql2/migrator');
    mysql.createConnection(url).then(async (connection) => {
        await migrate(drizzle(connection), { migrationsFolder: 'migrations' });
        await connection.end();
    }).catch(fail);
} else {
    const { Client } = require('pg');
    const { drizzle } = require('drizzle-orm/node-postgres');
    const { migrate } = require('drizzle-orm/node-postgres/migrator');
    const client = new Client({ connectionString: url });
    client.connect().then(async () => {
        await migrate(drizzle(client), { migrationsFolder: 'migrations' });
        await client.end();
    }).catch(fail);
}
function fail(error) {
    console.error('Error:', String((error.cause ?? error).message));
    process.exit(1);
}
";

/// Makes the tools, and kills them: on PostgreSQL and MariaDB, or on one of them.
pub(crate) fn run(root: &Path, only: Option<&str>) -> Result<(), Failure> {
    let engines = [("postgres", &POSTGRES[..]), ("mariadb", &MARIADB[..])];
    let wanted = |engine: &str| only.is_none_or(|only| only == engine);
    if !engines.iter().any(|(engine, _)| wanted(engine)) {
        return Err("the engine is one of postgres, mariadb".into());
    }
    setup::engines(root)?;
    let folder = target().join("peers");
    let tools = folder.join("tools");
    if tools.exists() {
        fs::remove_dir_all(&tools)?;
    }
    checked(
        Command::new("cargo").args(["build", "--release", "-p", "cargo-dbkit"]).current_dir(root),
    )?;
    let dbkit = target().join("release/cargo-dbkit");
    let sqlx = app(
        &folder,
        "sqlx",
        "sqlx = { version = \"0.9\", default-features = false, features = [\"postgres\", \"mysql\", \"migrate\", \"runtime-tokio\"] }\ntokio = { version = \"1\", features = [\"rt\", \"macros\"] }\n",
        SQLX,
    )?;
    let refinery = app(
        &folder,
        "refinery",
        "refinery = { version = \"0.9\", features = [\"postgres\", \"mysql\"] }\n",
        REFINERY,
    )?;
    let diesel = app(
        &folder,
        "diesel",
        "diesel = { version = \"2\", features = [\"postgres\", \"mysql\"] }\ndiesel_migrations = \"2\"\n",
        DIESEL,
    )?;
    let drizzle = folder.join("drizzle");
    fs::create_dir_all(&drizzle)?;
    fs::write(drizzle.join("package.json"), "{ \"private\": true }\n")?;
    checked(
        Command::new("npm")
            .args(["install", "--silent", "drizzle-orm@0.45", "pg@8", "mysql2@3"])
            .current_dir(&drizzle),
    )?;
    fs::write(drizzle.join("run.js"), DRIZZLE)?;
    for (engine, scripts) in engines.into_iter().filter(|(engine, _)| wanted(engine)) {
        let place = |tool: &str| tools.join(tool).join(engine);
        of_dbkit(&place("dbkit"), engine, scripts, &dbkit)?;
        of_sqlx(&place("sqlx"), scripts, &sqlx)?;
        of_refinery(&place("refinery"), scripts, &refinery)?;
        of_diesel(&place("diesel"), scripts, &diesel)?;
        of_drizzle(&place("drizzle-orm"), engine, scripts, &drizzle)?;
    }
    checked(
        Command::new("cargo")
            .args(["run", "-q", "-p", "test-fixtures", "--example", "peers", "--"])
            .arg(&tools)
            .current_dir(root),
    )
}

/// Builds a small app.
fn app(folder: &Path, name: &str, dependencies: &str, main: &str) -> Result<PathBuf, Failure> {
    let place = folder.join(name);
    fs::create_dir_all(place.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"peer-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}"
    );
    fs::write(place.join("Cargo.toml"), manifest)?;
    fs::write(place.join("src/main.rs"), main)?;
    checked(Command::new("cargo").args(["build", "--release", "-q"]).current_dir(&place))?;
    Ok(place.join(format!("target/release/peer-{name}")))
}

/// Writes a file and the folders above it.
fn write(path: PathBuf, text: &str) -> Result<(), Failure> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    Ok(fs::write(path, text)?)
}

/// The executable `run` of a tool.
fn runs(place: &Path, command: &str) -> Result<(), Failure> {
    let path = place.join("run");
    write(path.clone(), &format!("#!/bin/sh\nexec {command}\n"))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

/// What a tool without scripts outside of transactions is given.
fn inside(sql: &str) -> String {
    sql.replace(" CONCURRENTLY", "")
}

fn of_dbkit(place: &Path, engine: &str, scripts: &[Script], binary: &Path) -> Result<(), Failure> {
    let dialect = if engine == "mariadb" { "mysql" } else { engine };
    let scripts = scripts.iter().map(|(name, sql, _)| (*name, *sql));
    package::with_scripts(place, dialect, scripts, binary)?;
    runs(place, &format!("{} migrate --url \"$1\"", binary.display()))
}

fn of_sqlx(place: &Path, scripts: &[Script], binary: &Path) -> Result<(), Failure> {
    for (at, (name, sql, is_alone)) in scripts.iter().enumerate() {
        let head = if *is_alone { "-- no-transaction\n" } else { "" };
        write(place.join(format!("migrations/{}_{name}.sql", at + 1)), &format!("{head}{sql}"))?;
    }
    runs(place, &format!("{} \"$1\"", binary.display()))
}

fn of_refinery(place: &Path, scripts: &[Script], binary: &Path) -> Result<(), Failure> {
    for (at, (name, sql, _)) in scripts.iter().enumerate() {
        write(place.join(format!("migrations/V{}__{name}.sql", at + 1)), &inside(sql))?;
    }
    runs(place, &format!("{} \"$1\"", binary.display()))
}

fn of_diesel(place: &Path, scripts: &[Script], binary: &Path) -> Result<(), Failure> {
    for (at, (name, sql, is_alone)) in scripts.iter().enumerate() {
        let folder = place.join(format!("migrations/2026-01-0{}-000000_{name}", at + 1));
        write(folder.join("up.sql"), sql)?;
        if *is_alone {
            write(folder.join("metadata.toml"), "run_in_transaction = false\n")?;
        }
    }
    runs(place, &format!("{} \"$1\"", binary.display()))
}

fn of_drizzle(
    place: &Path,
    engine: &str,
    scripts: &[Script],
    folder: &Path,
) -> Result<(), Failure> {
    let dialect = if engine == "mariadb" { "mysql" } else { "postgresql" };
    let mut entries = Vec::new();
    for (at, (name, sql, _)) in scripts.iter().enumerate() {
        let tag = format!("000{at}_{name}");
        let sql = inside(sql).trim_end().replace(";\n", ";\n--> statement-breakpoint\n");
        write(place.join(format!("migrations/{tag}.sql")), &sql)?;
        let when = 1_767_225_600_000_u64 + at as u64;
        entries.push(serde_json::json!({ "idx": at, "version": "7", "when": when, "tag": tag, "breakpoints": true }));
    }
    let journal = serde_json::json!({ "version": "7", "dialect": dialect, "entries": entries });
    write(place.join("migrations/meta/_journal.json"), &journal.to_string())?;
    runs(place, &format!("node {} \"$1\"", folder.join("run.js").display()))
}
