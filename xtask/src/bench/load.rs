//! What an app feels of a migration: pgbench at work, a reader who keeps its transaction open, and an `ALTER TABLE` that has to wait for it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Bench;
use super::server::Server;
use crate::{Failure, package};

/// Seconds of load.
const LOAD: u64 = 16;

/// Seconds for which the reader keeps its transaction open.
const READER: u64 = 5;

const ALTER: &str = "ALTER TABLE pgbench_accounts ADD COLUMN note text;\n";

/// A transaction that takes longer than this is one that somebody notices, in microseconds.
const LONG: u64 = 500_000;

/// Who changes the table meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Dbkit,
    /// As a tool does that sets no lock_timeout.
    Psql,
}

pub(super) fn run(bench: &Bench) -> Result<(), Failure> {
    let Some(server) = Server::start()?.filter(|one| one.binaries.join("pgbench").exists()) else {
        println!("\nThe load is left out: no pgbench");
        return Ok(());
    };
    println!(
        "\npgbench, 8 clients for {LOAD} s, a reader with an open transaction of {READER} s, `ALTER TABLE .. ADD COLUMN` under it\n"
    );
    println!(
        "| who alters | transactions | longest, ms | above 500 ms | the migration | after s |\n|---|---|---|---|---|---|"
    );
    for round in 1..=bench.options.runs {
        for who in [Who::Nobody, Who::Dbkit, Who::Psql] {
            one(bench, &server, who, round)?;
        }
    }
    Ok(())
}

fn one(bench: &Bench, server: &Server, who: Who, round: usize) -> Result<(), Failure> {
    let name = format!("{who:?}_{round}").to_lowercase();
    let url = server.database(&name)?;
    let folder = bench.fresh_folder(&format!("load/{name}"))?;
    server.run(
        "pgbench",
        &["-i", "-q", "-s", "5", "-h", &server.socket(), "-U", "postgres", &name],
    )?;
    package::with_scripts(&folder, "postgres", [("note", ALTER)], &bench.binary)?;
    let mut load = client(
        server,
        "pgbench",
        &["-n", "-c", "8", "-j", "2", "-T", &LOAD.to_string(), "-l", "--log-prefix=tx", &url],
        &folder,
    )?;
    sleep(Duration::from_secs(4));
    let read = format!(
        "BEGIN; SELECT count(*) FROM pgbench_accounts WHERE aid < 10; SELECT pg_sleep({READER}); COMMIT;"
    );
    let mut reader = client(server, "psql", &["-q", "-c", &read, &url], &folder)?;
    sleep(Duration::from_millis(500));
    let start = Instant::now();
    let said = match who {
        Who::Nobody => "-".to_owned(),
        Who::Dbkit => {
            let mut command = Command::new(&bench.binary);
            command.args(["dbkit", "-q", "migrate", "--url", &url]).current_dir(&folder);
            let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            format!("exit {}", status.code().unwrap_or(-1))
        }
        Who::Psql => {
            let status = client(server, "psql", &["-q", "-c", ALTER, &url], &folder)?.wait()?;
            format!("exit {}", status.code().unwrap_or(-1))
        }
    };
    let took = start.elapsed();
    reader.wait()?;
    load.wait()?;
    let (mut count, mut longest, mut long) = (0, 0, 0);
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("tx.")) {
            continue;
        }
        // client, number, microseconds, ..
        for line in fs::read_to_string(path)?.lines() {
            let time = line.split(' ').nth(2).and_then(|word| word.parse::<u64>().ok());
            let time = time.unwrap_or_default();
            count += 1;
            longest = longest.max(time);
            long += usize::from(time > LONG);
        }
    }
    let after =
        if who == Who::Nobody { "-".to_owned() } else { format!("{:.1}", took.as_secs_f64()) };
    println!("| {who:?} | {count} | {} | {long} | {said} | {after} |", longest / 1000);
    Ok(())
}

fn client(
    server: &Server,
    program: &str,
    arguments: &[&str],
    folder: &Path,
) -> Result<Child, Failure> {
    let mut command = Command::new(server.binaries.join(program));
    command.args(arguments).current_dir(folder);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    Ok(command.spawn()?)
}
