//! Applying 1,000 small migrations, and starting with nothing to do: beside a bare loop, and beside sqlx's embedded migrator.

use std::fs;
use std::path::{Path, PathBuf};

use super::Bench;
use super::measure::{checked, line, median, once};
use crate::Failure;

const COUNT: usize = 1_000;

/// How long a migration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// One or two short statements.
    Small,
    /// About 1 KB of SQL.
    OneKilobyte,
}

pub(super) fn run(bench: &Bench) -> Result<(), Failure> {
    let ours = app(bench, "dbkit", DBKIT)?;
    let bare = app(bench, "bare", BARE)?;
    let recording = app(bench, "recording", RECORDING)?;
    let sqlx = if bench.options.without_peers { None } else { Some(app(bench, "sqlx", SQLX)?) };
    let database = bench.folder.join("apply/run.db");
    let url = database.display().to_string();

    println!(
        "\nSQLite, {COUNT} migrations: CPU seconds of the whole process, median of {} runs\n",
        bench.options.runs
    );
    println!("| phase | dbkit | MiB | peer | MiB | ratio |\n|---|---|---|---|---|---|");
    if bench.wants("apply") {
        let (mut a, mut b, mut c) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..=bench.options.runs {
            for (app, runs) in [(&ours, &mut a), (&recording, &mut b), (&bare, &mut c)] {
                clear(&database)?;
                let usage = once(&bench.folder, &[&app.display().to_string(), &url])?;
                if round > 0 {
                    runs.push(usage);
                }
            }
        }
        let ours = median(&a);
        line(
            "apply from nothing, peer: a bare loop of the same statements in the same transactions",
            ours,
            Some(median(&b)),
        );
        line("the same, peer: a bare loop that keeps no record", ours, Some(median(&c)));
        syncs(bench, &app_of(bench, "dbkit"), &database)?;
    }
    if bench.wants("start") {
        clear(&database)?;
        once(&bench.folder, &[&ours.display().to_string(), &url])?;
        let theirs = bench.folder.join("apply/sqlx.db");
        clear(&theirs)?;
        if let Some(sqlx) = &sqlx {
            once(&bench.folder, &[&sqlx.display().to_string(), &theirs.display().to_string()])?;
        }
        let (mut a, mut b) = (Vec::new(), Vec::new());
        for round in 0..=bench.options.runs.max(21) {
            let first = once(&bench.folder, &[&ours.display().to_string(), &url])?;
            let second = match &sqlx {
                Some(sqlx) => Some(once(
                    &bench.folder,
                    &[&sqlx.display().to_string(), &theirs.display().to_string()],
                )?),
                None => None,
            };
            if round > 0 {
                a.push(first);
                b.extend(second);
            }
        }
        let peer = if b.is_empty() { None } else { Some(median(&b)) };
        line("start with nothing pending, verified by hash, peer: sqlx embedded", median(&a), peer);
    }
    Ok(())
}

fn clear(database: &Path) -> Result<(), Failure> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let path = PathBuf::from(format!("{}{suffix}", database.display()));
        if path.exists() {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Counts fsyncs with strace, where that is installed.
fn syncs(bench: &Bench, app: &Path, database: &Path) -> Result<(), Failure> {
    clear(database)?;
    let log = bench.folder.join("apply/strace.txt");
    let traced = once(
        &bench.folder,
        &[
            "strace",
            "-f",
            "-c",
            "-e",
            "trace=fsync,fdatasync",
            "-o",
            &log.display().to_string(),
            &app.display().to_string(),
            &database.display().to_string(),
        ],
    );
    match traced {
        Ok(_) => {
            let text = fs::read_to_string(&log)?;
            let calls: usize = text
                .lines()
                .filter(|line| line.contains("sync"))
                .filter_map(|line| {
                    line.split_whitespace().nth(3).and_then(|word| word.parse::<usize>().ok())
                })
                .sum();
            println!(
                "\nfsyncs a migration (rollback journal): {:.2}\n",
                calls as f64 / COUNT as f64
            );
        }
        Err(_) => println!("\nfsyncs were not counted: strace is not installed\n"),
    }
    Ok(())
}

struct App {
    dependencies: &'static str,
    has_build_script: bool,
    main: &'static str,
}

const DBKIT: App = App {
    dependencies: "dbkit = { package = \"dbkit-runtime\", path = \"{root}/dbkit-runtime\", features = [\"sqlite-bundled\"] }\nrusqlite = { version = \">=0.37, <0.42\", features = [\"bundled\"] }\n\n[build-dependencies]\ndbkit-build = { path = \"{root}/dbkit-build\" }\n",
    has_build_script: true,
    main: "dbkit::include_migrations!(pub MIGRATIONS);

fn main() {
    let path = std::env::args().nth(1).expect(\"a path\");
    let mut database = rusqlite::Connection::open(path).expect(\"opens\");
    MIGRATIONS.run(&mut database).expect(\"migrates\");
}
",
};

const BARE: App = App {
    dependencies: "rusqlite = { version = \">=0.37, <0.42\", features = [\"bundled\"] }\n",
    has_build_script: false,
    main: "fn main() {
    let path = std::env::args().nth(1).expect(\"a path\");
    let database = rusqlite::Connection::open(path).expect(\"opens\");
    let migrations = include_str!(\"../all.sql\");
    for migration in migrations.split(\"-- next\\n\") {
        database.execute_batch(\"BEGIN IMMEDIATE\").expect(\"begins\");
        database.execute_batch(migration).expect(\"runs\");
        database.execute_batch(\"COMMIT\").expect(\"commits\");
    }
}
",
};

/// The same, with the two statements by which dbkit records a migration.
const RECORDING: App =
    App { dependencies: BARE.dependencies, has_build_script: false, main: BARE.main };

const SQLX: App = App {
    dependencies: "sqlx = { version = \"0.9\", default-features = false, features = [\"sqlite\", \"migrate\", \"macros\", \"runtime-tokio\"] }\ntokio = { version = \"1\", features = [\"rt\"] }\n",
    has_build_script: false,
    main: "fn main() {
    let path = std::env::args().nth(1).expect(\"a path\");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect(\"a runtime\");
    runtime.block_on(async {
        use sqlx::ConnectOptions as _;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut connection = options.connect().await.expect(\"connects\");
        sqlx::migrate!(\"./sqlx-migrations\").run(&mut connection).await.expect(\"migrates\");
    });
}
",
};

fn app(bench: &Bench, name: &str, app: App) -> Result<PathBuf, Failure> {
    let folder = bench.folder.join("apply").join(name);
    fs::create_dir_all(folder.join("src"))?;
    let root = bench.root.display().to_string();
    let dependencies = app.dependencies.replace("{root}", &root);
    fs::write(
        folder.join("Cargo.toml"),
        format!(
            "[package]\nname = \"bench-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}"
        ),
    )?;
    fs::write(folder.join("src/main.rs"), app.main)?;
    if app.has_build_script {
        fs::write(
            folder.join("build.rs"),
            "fn main() {\n    dbkit_build::embed(\"migrations\");\n}\n",
        )?;
        let migrations_folder = folder.join("migrations");
        if migrations_folder.exists() {
            fs::remove_dir_all(&migrations_folder)?;
        }
        migrations(&migrations_folder, COUNT, Text::Small)?;
    }
    let all: Vec<String> = (0..COUNT).map(|number| up(number, Text::Small)).collect();
    let loops: Vec<String> = match name {
        "recording" => {
            all.iter().enumerate().map(|(number, sql)| format!("{sql}{}", record(number))).collect()
        }
        _ => all.clone(),
    };
    fs::write(folder.join("all.sql"), loops.join("-- next\n"))?;
    let peer = folder.join("sqlx-migrations");
    fs::create_dir_all(&peer)?;
    for (number, text) in all.iter().enumerate() {
        fs::write(peer.join(format!("{}_m.sql", 20260101000000u64 + number as u64)), text)?;
    }
    checked(&folder, "cargo", &["build", "--release", "-q"])?;
    Ok(app_of(bench, name))
}

fn app_of(bench: &Bench, name: &str) -> PathBuf {
    bench.folder.join("apply").join(name).join(format!("target/release/bench-{name}"))
}

/// What dbkit writes of a migration in its transaction, in the first one with the tables for it.
fn record(number: usize) -> String {
    let mut sql = String::new();
    if number == 0 {
        sql.push_str("CREATE TABLE log (set_name varchar(64) NOT NULL, seq integer NOT NULL, id varchar(128) NOT NULL, status varchar(16) NOT NULL, direction varchar(4) NOT NULL, up_hash varchar(64) NOT NULL, detail text NOT NULL, chain varchar(64) NOT NULL, at text, dbkit_version varchar(32) NOT NULL, applied_by varchar(255), PRIMARY KEY (set_name, seq)) WITHOUT ROWID;\n");
        sql.push_str("CREATE TABLE history (set_name varchar(64) NOT NULL, id varchar(128) NOT NULL, up_hash char(64) NOT NULL, status varchar(16) NOT NULL, direction varchar(4) DEFAULT 'up' NOT NULL, statements_done integer NOT NULL, statements_total integer NOT NULL, statement_state varchar(8) DEFAULT 'idle' NOT NULL, started_at text, finished_at text, error text, dbkit_version varchar(32) NOT NULL, applied_by varchar(255), format integer DEFAULT 1 NOT NULL, down_hash char(64), PRIMARY KEY (set_name, id)) WITHOUT ROWID;\n");
    }
    let hash = format!("{number:064x}");
    let now = "strftime('%Y-%m-%d %H:%M:%f', 'now', '-0.000 seconds')";
    sql.push_str(&format!("INSERT OR REPLACE INTO history (set_name, id, up_hash, status, direction, statements_done, statements_total, statement_state, started_at, finished_at, error, dbkit_version, applied_by, format, down_hash) VALUES ('app', '20260101000000_m{number:04}', '{hash}', 'applied', 'up', 1, 1, 'idle', {now}, {now}, NULL, '0.1.0', NULL, 2, NULL);\n"));
    sql.push_str(&format!("INSERT INTO log (set_name, seq, id, status, direction, up_hash, detail, chain, at, dbkit_version, applied_by) VALUES ('app', {number}, '20260101000000_m{number:04}', 'applied', 'up', '{hash}', '', '{hash}', {now}, '0.1.0', NULL);\n"));
    sql
}

/// The SQL of one migration; five of them make and use a table.
fn up(number: usize, text: Text) -> String {
    let table = number / 5;
    let statement = match number % 5 {
        0 => format!("CREATE TABLE t{table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n"),
        1 => format!("ALTER TABLE t{table} ADD COLUMN amount INTEGER NOT NULL DEFAULT 0;\n"),
        2 => format!("CREATE INDEX t{table}_name ON t{table} (name);\n"),
        3 => format!("INSERT INTO t{table} (name) VALUES ('a'), ('b');\n"),
        _ => format!("UPDATE t{table} SET amount = 1 WHERE name = 'a';\n"),
    };
    match text {
        Text::Small => statement,
        Text::OneKilobyte => {
            let mut long = statement;
            let mut column = 0;
            while long.len() < 1000 {
                long.push_str(&format!(
                    "\nALTER TABLE t{table} ADD COLUMN c{number}_{column} TEXT;\n"
                ));
                column += 1;
            }
            long
        }
    }
}

/// A folder of migrations with a journal, made through dbkit's own writer of canonical text and hashes.
pub(super) fn migrations(folder: &Path, count: usize, text: Text) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let mut journal = String::from("dbkit journal 1\n");
    let mut parent = String::from("-");
    for number in 0..count {
        let id = format!(
            "2026{:02}{:02}{:02}{:02}{:02}_m{number}",
            1 + number / 86_400,
            1,
            (number / 3600) % 24,
            (number / 60) % 60,
            number % 60
        );
        let migration = folder.join(&id);
        fs::create_dir_all(&migration)?;
        let up = up(number, text);
        fs::write(migration.join("up.sql"), &up)?;
        let hash = dbkit_build::canonical::Hash::of(up.as_bytes());
        journal.push_str(&format!("{id}  up:{hash}  down:-  changes:-  parent:{parent}\n"));
        parent = id;
    }
    fs::write(folder.join("journal.lock"), journal)?;
    Ok(())
}
