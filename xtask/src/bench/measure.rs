//! Runs a command and reads what the operating system says it used.

use std::path::Path;
use std::process::Command;

use crate::Failure;

/// What one finished run used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usage {
    /// User plus system seconds of the process tree.
    pub(super) cpu: f64,
    /// Seconds by the clock.
    pub(super) wall: f64,
    /// Largest resident set of one process, in MiB.
    pub(super) peak: f64,
}

// wait4 through python3, which every machine that passes the gate has: the standard library of Rust has no rusage, and
// this workspace has no unsafe code.
const WAIT: &str = "
import os, sys, time
log, command = sys.argv[1], sys.argv[2:]
start = time.monotonic()
flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    (os.POSIX_SPAWN_OPEN, 2, log, flags, 0o644)])
_, status, used = os.wait4(pid, 0)
wall = time.monotonic() - start
print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss, os.waitstatus_to_exitcode(status))
";

/// Runs a command in a folder, its output thrown away. A command that fails is an error with what it said.
pub(super) fn once(folder: &Path, command: &[&str]) -> Result<Usage, Failure> {
    let log = folder.join(".bench-stderr");
    let output = Command::new("python3")
        .arg("-c")
        .arg(WAIT)
        .arg(&log)
        .args(command)
        .current_dir(folder)
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match numbers[..] {
        [cpu, wall, kilobytes, 0.0] => Ok(Usage { cpu, wall, peak: kilobytes / 1024.0 }),
        _ => {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            Err(Failure::from(format!(
                "`{}` failed in {}:\n{said}",
                command.join(" "),
                folder.display()
            )))
        }
    }
}

/// The median of each figure.
pub(super) fn median(runs: &[Usage]) -> Usage {
    let of = |figure: fn(&Usage) -> f64| {
        let mut values: Vec<f64> = runs.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or_default()
    };
    Usage { cpu: of(|run| run.cpu), wall: of(|run| run.wall), peak: of(|run| run.peak) }
}

/// Runs a command with its output shown; a failure is an error.
pub(super) fn checked(folder: &Path, program: &str, arguments: &[&str]) -> Result<(), Failure> {
    let status = Command::new(program).args(arguments).current_dir(folder).status()?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::from(format!("`{program} {}` failed", arguments.join(" "))))
    }
}

/// One line of a table: our figure, the peer's, and the ratio.
pub(super) fn line(what: &str, ours: Usage, peer: Option<Usage>) {
    let mut text = format!("| {what} | {:.4} | {:.0} |", ours.cpu, ours.peak);
    if let Some(peer) = peer {
        text.push_str(&format!(
            " {:.3} | {:.0} | {:.3} |",
            peer.cpu,
            peer.peak,
            ours.cpu / peer.cpu
        ));
    }
    println!("{text}");
}
