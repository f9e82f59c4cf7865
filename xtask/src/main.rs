//! `cargo xtask`: what a person or CI does with this repository.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task talks to the person who started it"
)]

mod bench;
mod corpus;
mod crash;
mod demo;
mod deny;
mod fuzz;
mod package;
mod peers;
mod setup;
mod test;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lexopt::prelude::*;

/// What went wrong, in words.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Into<Box<dyn std::error::Error>>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into().to_string())
    }
}

const HELP: &str = "\
cargo xtask demo                      plays the main job on SQLite in a scratch copy of the shop
cargo xtask test [--setup] [FILTER]   every test; --setup gets the database servers that are missing; --every-postgres all of 13 to 18
cargo xtask test-migrations           the acceptance ring alone
    [--engine sqlite|postgres|mariadb] [--filter CASE] [--keep]
cargo xtask fuzz                      random pairs of schemas on real databases; one that fails is made small and saved as a case
    [--setup] [--pairs N] [--dialect sqlite|postgres|mysql] [--seed S]
cargo xtask bench [WHAT ..]           the figures of docs/performance.md: generate, embed, apply, start, inspect, load
    [--runs N] [--without-peers] [--schema FILE.sql]
cargo xtask corpus [SET ..]           the cases of other tools' suites: cases, rename, chain, real; where the corpus is there
    [--dialect D] [--source S] [--id REGEX] [--direction forward|reverse|both|new] [--jobs N] [--out FOLDER] [--failed]
cargo xtask crash [--short]           kills, cuts and crowds: the figures of docs/reliability.md
    [--random N] [--rounds N]; --peers [--engine E]: other tools, killed
    at the same places
cargo xtask fuzz-text [--executions N] any text for the splitter, the journal reader and the delta reader
    [--seed N]
cargo xtask deny                      licences and sources of all dependencies, by cargo-deny if it is there";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where cargo builds to.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Runs a command that is shown, and fails when it does.
pub(crate) fn checked(command: &mut std::process::Command) -> Result<(), Failure> {
    println!("$ {}", format!("{command:?}").replace('"', ""));
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("it ended with {status}").into()) }
}

fn run() -> Result<(), Failure> {
    let mut arguments = lexopt::Parser::from_env();
    let Some(Value(task)) = arguments.next()? else {
        println!("{HELP}");
        return Ok(());
    };
    match task.string()?.as_str() {
        "demo" => demo::run(&root(), &target()),
        "deny" => deny::run(&root()),
        "test" => {
            let mut options = test::Options::default();
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("setup") => options.setup = true,
                    Long("every-postgres") => {
                        (options.setup, options.every_postgres) = (true, true);
                    }
                    Value(filter) => options.filter = Some(filter.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            test::all(&root(), &options)
        }
        "test-migrations" => {
            let mut options = test::Acceptance::default();
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("engine") => options.engine = Some(arguments.value()?.string()?),
                    Long("filter") => options.filter = Some(arguments.value()?.string()?),
                    Long("keep") => options.keep = true,
                    other => return Err(other.unexpected().into()),
                }
            }
            test::acceptance(&root(), &options)
        }
        "fuzz" => {
            let mut options = fuzz::Options::default();
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("setup") => options.setup = true,
                    Long("pairs") => options.pairs = arguments.value()?.parse()?,
                    Long("dialect") => options.dialect = Some(arguments.value()?.string()?),
                    Long("seed") => options.seed = Some(arguments.value()?.parse()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            fuzz::run(&root(), &options)
        }
        "bench" => {
            let mut options = bench::Options {
                only: Vec::new(),
                runs: 5,
                without_peers: false,
                schemas: Vec::new(),
            };
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("runs") => options.runs = arguments.value()?.parse()?,
                    Long("without-peers") => options.without_peers = true,
                    Long("schema") => {
                        options.schemas.push(std::path::absolute(arguments.value()?)?);
                    }
                    Value(what) => options.only.push(what.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            bench::run(&root(), &target(), options)
        }
        "corpus" => {
            let mut options = corpus::Options {
                sets: Vec::new(),
                dialect: None,
                source: None,
                id: None,
                direction: "both".to_owned(),
                jobs: 2,
                out: None,
                failed: false,
            };
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("dialect") => options.dialect = Some(arguments.value()?.string()?),
                    Long("source") => options.source = Some(arguments.value()?.string()?),
                    Long("id") => options.id = Some(arguments.value()?.string()?),
                    Long("direction") => options.direction = arguments.value()?.string()?,
                    Long("jobs") => options.jobs = arguments.value()?.parse()?,
                    Long("out") => options.out = Some(arguments.value()?.into()),
                    Long("failed") => options.failed = true,
                    Value(set) => options.sets.push(set.string()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            corpus::run(&root(), &target(), &options)
        }
        // What the corpus's runner calls for each case.
        "corpus-plan" => {
            let words: Result<Vec<String>, _> =
                arguments.raw_args()?.map(|word| word.into_string()).collect();
            corpus::plan(&words.map_err(|_| Failure("a word is not UTF-8".to_owned()))?)
        }
        "crash" => {
            let mut options = crash::Options { short: false, random: 100, rounds: 10 };
            let (mut peers, mut engine) = (false, None);
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("peers") => peers = true,
                    Long("engine") => engine = Some(arguments.value()?.string()?),
                    Long("short") => options.short = true,
                    Long("random") => options.random = arguments.value()?.parse()?,
                    Long("rounds") => options.rounds = arguments.value()?.parse()?,
                    other => return Err(other.unexpected().into()),
                }
            }
            match (peers, engine) {
                (true, engine) => peers::run(&root(), engine.as_deref()),
                (false, Some(_)) => Err("`--engine` belongs to `--peers`".into()),
                (false, None) => crash::run(&root(), &options),
            }
        }
        "fuzz-text" => {
            let (mut executions, mut seed) = (10_000_000, 1);
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("executions") => executions = arguments.value()?.parse()?,
                    Long("seed") => seed = arguments.value()?.parse()?,
                    other => return Err(other.unexpected().into()),
                }
            }
            crash::fuzz(&root(), executions, seed)
        }
        "help" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!("there is no task `{other}`\n{HELP}").into()),
    }
}
