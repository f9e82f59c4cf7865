//! `cargo xtask corpus`: how many of the corpus's cases dbkit brings from before to after, by dialect and source.
//!
//! The corpus is other projects' data, so it is not part of this repository: it is found by `DBKIT_CORPUS`, or beside the checkout in
//! `shared/corpus`. Its own runner makes the databases, applies what `cargo dbkit diff` prints, and compares the catalogs.

mod plan;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, checked};

pub(crate) use self::plan::plan;

/// What to run, and how.
#[derive(Debug)]
pub(crate) struct Options {
    /// `cases`, `rename`, `real` or `chain`; none is all of them.
    pub(crate) sets: Vec<String>,
    pub(crate) dialect: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) direction: String,
    pub(crate) jobs: usize,
    /// A folder for the reports, one file a set; what stands there from the run before says what `--failed` runs again.
    pub(crate) out: Option<PathBuf>,
    pub(crate) failed: bool,
}

const SETS: [&str; 4] = ["cases", "rename", "chain", "real"];

/// Builds dbkit and hands the corpus's runner the command to test.
pub(crate) fn run(root: &Path, target: &Path, options: &Options) -> Result<(), Failure> {
    let runner = runner(root)?;
    checked(
        Command::new("cargo").args(["build", "--release", "-p", "cargo-dbkit"]).current_dir(root),
    )?;
    let this = std::env::current_exe()?;
    let dbkit = target.join("release/cargo-dbkit");
    let command = format!(
        "{} corpus-plan {} {{dialect}} {{url}} {{to}} {{renames}}",
        quoted(&this),
        quoted(&dbkit)
    );
    let folder = options.out.clone().unwrap_or_else(|| target.join("corpus"));
    std::fs::create_dir_all(&folder)?;
    if let Some(unknown) = options.sets.iter().find(|set| !SETS.contains(&set.as_str())) {
        return Err(format!("there is no set `{unknown}`: one of {}", SETS.join(", ")).into());
    }
    for set in SETS {
        if !options.sets.is_empty() && !options.sets.iter().any(|wanted| wanted == set) {
            continue;
        }
        println!("\n{set}");
        checked(&mut session(&runner, set, &command, &folder, options))?;
    }
    Ok(())
}

/// The call of the runner for one set.
fn session(runner: &Path, set: &str, command: &str, folder: &Path, options: &Options) -> Command {
    let report = folder.join(format!("{set}.json"));
    let mut session = Command::new("python3");
    session.arg(runner).arg(if set == "rename" { "cases" } else { set });
    session.args(["--plan", command, "--jobs", &options.jobs.to_string(), "-v"]);
    session.arg("--out").arg(&report);
    let mut option = |name: &str, value: &Option<String>| {
        if let Some(value) = value {
            session.args([name, value]);
        }
    };
    option("--dialect", &options.dialect);
    option("--id", &options.id);
    if matches!(set, "cases" | "rename") {
        option("--source", &options.source);
        session.args(["--set", set, "--direction", &options.direction]);
        if options.failed && report.exists() {
            session.arg("--failed-of").arg(&report);
        }
    }
    session
}

fn runner(root: &Path) -> Result<PathBuf, Failure> {
    let folder = std::env::var_os("DBKIT_CORPUS").map(PathBuf::from);
    let beside = root.parent().map(|parent| parent.join("shared/corpus"));
    let found = folder.into_iter().chain(beside).map(|folder| folder.join("run.py"));
    found.into_iter().find(|runner| runner.is_file()).ok_or_else(|| {
        "the corpus is not here: name its folder in DBKIT_CORPUS; it holds run.py and cases/".into()
    })
}

/// A path as one word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
