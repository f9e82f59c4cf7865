//! Kills other migration tools, and dbkit, before and after every message of the protocol, runs them again, and counts what became of it:
//! the table of docs/reliability.md. `cargo xtask crash --peers` makes the tools and starts this.
//!
//! Each tool is a folder `TOOL/ENGINE` with an executable `run` that takes the URL of a database and applies the same statements, in the
//! form that the tool has for them.
#![expect(clippy::print_stdout, reason = "it prints a table")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use test_fixtures::catalog::Client;
use test_fixtures::proxy::{Cut, Framing, Proxy};
use test_fixtures::server::{self, Server};

/// What became of the runs that were killed.
#[derive(Default)]
struct Tally {
    kills: usize,
    same: usize,
    /// Three more runs did not go through.
    stuck: usize,
    /// A run said that all is done, and it is not what a clean run leaves.
    wrong: usize,
    example: String,
}

struct Place<'a> {
    server: &'a Server,
    framing: Framing,
    scheme: &'static str,
    more: &'static str,
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("the folder of the tools"));
    println!(
        "| database | tool | kills | as a clean run | stuck | silently another | for example |"
    );
    println!("|---|---|---|---|---|---|---|");
    for engine in ["postgres", "mariadb"] {
        let mut tools: Vec<PathBuf> = std::fs::read_dir(&folder)
            .expect("a folder")
            .filter_map(|entry| Some(entry.ok()?.path().join(engine)))
            .filter(|path| path.join("run").exists())
            .collect();
        if tools.is_empty() {
            continue;
        }
        tools.sort();
        let found = if engine == "postgres" { server::postgres() } else { server::mariadb() };
        let server = found.expect("the server; `cargo xtask test --setup` gets it");
        let place = match engine {
            "postgres" => Place {
                server,
                framing: Framing::Postgres,
                scheme: "postgres://postgres@127.0.0.1",
                more: "?sslmode=disable",
            },
            _ => Place {
                server,
                framing: Framing::Mysql,
                scheme: "mysql://root@127.0.0.1",
                more: "",
            },
        };
        for tool in tools {
            let name = tool.parent().and_then(Path::file_name).unwrap_or_default();
            let tally = matrix(&place, &tool);
            println!(
                "| {engine} | {} | {} | {} | {} | {} | {} |",
                name.display(),
                tally.kills,
                tally.same,
                tally.stuck,
                tally.wrong,
                tally.example
            );
        }
    }
}

fn matrix(place: &Place<'_>, tool: &Path) -> Tally {
    let clean = place.server.fresh_database();
    let proxy = Proxy::start(place.server.socket(), place.framing, Cut::Never).expect("starts");
    let said = finish(start(tool, &url(place, proxy.port(), clean.name())));
    said.expect("a clean run goes through");
    let messages = proxy.count();
    let expected = state(&clean.url());
    let mut tally = Tally::default();
    for cut in (1..=messages).flat_map(|number| [Cut::Before(number), Cut::After(number)]) {
        let database = place.server.fresh_database();
        let process = Arc::new(AtomicU32::new(0));
        let proxy = Proxy::start_with(place.server.socket(), place.framing, cut, {
            let process = Arc::clone(&process);
            move || {
                let id = process.load(Ordering::Relaxed).to_string();
                let _ = Command::new("kill").args(["-9", &id]).status();
            }
        });
        let proxy = proxy.expect("starts");
        let child = start(tool, &url(place, proxy.port(), database.name()));
        process.store(child.id(), Ordering::Relaxed);
        if finish(child).is_ok() {
            // Another run of the same tool takes a message less here and there.
            continue;
        }
        tally.kills += 1;
        let direct = Proxy::start(place.server.socket(), place.framing, Cut::Never);
        let direct = direct.expect("starts");
        let again = url(place, direct.port(), database.name());
        let mut outcome = Err(String::new());
        for _ in 0..3 {
            outcome = finish(start(tool, &again));
            if outcome.is_ok() {
                break;
            }
        }
        match outcome {
            Err(said) => {
                tally.stuck += 1;
                if tally.example.is_empty() {
                    tally.example = said;
                }
            }
            Ok(()) if state(&database.url()) == expected => tally.same += 1,
            Ok(()) => tally.wrong += 1,
        }
    }
    tally
}

fn url(place: &Place<'_>, port: u16, database: &str) -> String {
    format!("{}:{port}/{database}{}", place.scheme, place.more)
}

fn start(tool: &Path, url: &str) -> Child {
    let mut command = Command::new(tool.join("run"));
    command.arg(url).current_dir(tool).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("starts")
}

/// Waits for the end; the first line that tells what went wrong.
fn finish(child: Child) -> Result<(), String> {
    let output = child.wait_with_output().expect("ends");
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find(|line| line.to_lowercase().contains("err")).unwrap_or_default();
    Err(line.trim().chars().filter(|c| *c != '|').take(120).collect())
}

/// What the statements leave behind, without the tool's own tables.
fn state(url: &str) -> String {
    let mut client = Client::open(url);
    let own = "table_name IN ('users', 'moods', 'posts')";
    let database = if url.starts_with("postgres") { "'public'" } else { "database()" };
    let mut looks = vec![
        format!(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = {database} AND {own} ORDER BY 1, 2"
        ),
        "SELECT count(*), sum(n), min(n), max(n) FROM users".to_owned(),
        "SELECT count(*) FROM moods".to_owned(),
        "SELECT count(*) FROM posts".to_owned(),
    ];
    looks.push(if url.starts_with("postgres") {
        "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = 'users'::regclass ORDER BY 1".to_owned()
    } else {
        format!(
            "SELECT index_name, column_name FROM information_schema.statistics WHERE table_schema = {database} AND {own} ORDER BY 1, 2"
        )
    });
    // MariaDB's words name the database, and every one has a name of its own.
    let rows = looks.iter().map(|sql| client.query(sql).unwrap_or_else(|_| "none".to_owned()));
    rows.collect::<Vec<_>>().join("\n")
}
