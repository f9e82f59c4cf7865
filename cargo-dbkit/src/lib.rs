//! `cargo dbkit`: schema migrations for Rust, code first. People and IO; what is worked out is worked out in
//! `dbkit_schema`, what is on disk is read by `dbkit_build`, what runs is run by `dbkit_runtime`.
//!
//! One command is one file in `command/`. Only `report.rs` prints, only `database.rs` opens databases, only `store.rs`
//! writes migrations.
#![warn(missing_docs)]

mod adopt;
mod ask;
mod backup;
mod baseline;
mod ci;
mod clock;
mod command;
mod companion;
mod config;
mod database;
mod decide;
mod describe;
mod engine;
mod exit;
mod explain;
mod failure;
mod filter;
mod format;
mod graph;
mod history;
mod inspect;
mod interrupted;
mod ledger;
mod losses;
mod metrics;
mod monitor;
mod naming;
mod preflight;
mod probes;
mod project;
mod psql;
mod replicas;
mod report;
mod runs;
mod scratch;
mod source;
mod sources;
mod spelling;
mod squash;
mod store;
mod unrecorded;
mod url;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser};

pub use self::ask::{Answer, Answers, Ask, Question, Terminal};
pub use self::exit::Exit;
pub use self::failure::Failure;
pub use self::filter::{Filters, Provider};
pub use self::project::{Project, Selection, Target};
pub use self::report::{MESSAGE_FORMAT, MessageFormat, Report, Verbosity};

use self::command::Command;

/// As cargo starts it: `cargo-dbkit dbkit <args>`.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", styles = clap_cargo::style::CLAP_STYLING)]
enum Cargo {
    Dbkit(Cli),
}

const HELP: &str = "\
{about}
{usage-heading} cargo dbkit <COMMAND> [OPTIONS]

Start:     init         set a package up; adopt takes over the migrations of another tool
           generate     write the migration that brings the schema to what the structs say
Change:    amend        record an edit of a migration; drop removes the last one
           rebase       put merged branches into one line; squash makes one migration of many
           check        compare folder, journal, branches and structs; verify proves the SQL
Database:  migrate      apply the pending migrations; deploy makes a backup first, restore brings it back
           status       show what is applied, pending, failed or edited; doctor looks deeper
           rollback     go back; purge drops what was kept for that, repair settles what is in doubt
           push         bring a database of development to the structs; pull does the reverse
Look:      diff         show what lies between any two schemas
           export       write any schema as SQL, JSON, a diagram, diesel or SeaORM
           explain      tell more about an error code; completions writes those of a shell

Options:
{options}

`cargo dbkit <COMMAND> --help` tells the options of a command{after-help}
";

const EXAMPLES: &str = "\
Examples:
  cargo dbkit init --dialect sqlite
  cargo dbkit generate --rename users.name=full_name
  cargo dbkit migrate --url sqlite:app.db

Exit codes:
    0  done, or nothing to do
    1  failed
    2  usage
    3  a decision is needed and was not given, nothing was written
   75  a lock was not had in time, nothing changed
  100  the answer of a check is no
  130  interrupted";

/// Schema migrations for Rust, code first
#[derive(Debug, clap::Args)]
#[command(version, help_template = HELP, after_long_help = EXAMPLES, disable_help_subcommand = true, disable_version_flag = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    selection: Selection,
    /// Print the version
    #[arg(short = 'V', long, action = clap::ArgAction::Version, hide_short_help = true, help_heading = "Messages")]
    version: Option<bool>,
    /// Say nothing but problems
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Messages")]
    quiet: bool,
    /// Say more
    #[arg(short, long, global = true, help_heading = "Messages")]
    verbose: bool,
    /// Colours: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        help_heading = "Messages",
        hide_short_help = true
    )]
    color: Option<Colour>,
    /// How messages are written: human or json
    #[arg(
        long,
        value_name = "FORMAT",
        global = true,
        help_heading = "Messages",
        hide_possible_values = true,
        default_value = "human",
        hide_default_value = true,
        hide_short_help = true
    )]
    message_format: MessageFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

/// What every command gets.
pub struct Context<'a> {
    /// The options that choose package and database.
    pub selection: &'a Selection,
    /// The only way to the terminal.
    pub report: &'a mut Report,
    /// The person, if one is there.
    pub ask: &'a mut dyn Ask,
}

impl Context<'_> {
    /// The package.
    pub fn project(&mut self) -> Result<Project, Failure> {
        Project::find(self.selection, self.report)
    }
}

/// The program.
pub fn main() -> ExitCode {
    run(std::env::args_os().collect(), &mut Terminal).into()
}

/// The program, with its arguments and whoever answers its questions.
pub fn run(mut arguments: Vec<OsString>, ask: &mut dyn Ask) -> Exit {
    // Cargo passes the name of the subcommand; a person who starts the binary directly does not.
    if arguments.get(1).is_none_or(|first| first != "dbkit") {
        let at = arguments.len().min(1);
        arguments.insert(at, OsString::from("dbkit"));
    }
    set_colours(&arguments);
    let parsed = Cargo::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Cargo::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(Cargo::Dbkit(cli)) => cli,
        Err(error) => {
            // A reader that has seen enough is no failure.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let is_quiet =
        cli.quiet || std::env::var("CARGO_TERM_QUIET").is_ok_and(|value| value == "true");
    let verbosity = match (cli.verbose, is_quiet) {
        (true, _) => Verbosity::Verbose,
        (false, true) => Verbosity::Quiet,
        (false, false) => Verbosity::Normal,
    };
    let mut report = Report::new(cli.message_format, verbosity);
    let name = cli.command.name();
    let mut context = Context { selection: &cli.selection, report: &mut report, ask };
    let ended = cli.command.run(&mut context);
    interrupted::hold();
    let exit = match ended {
        Ok(exit) => exit,
        Err(failure) => report.failure(failure),
    };
    report.finished(name, exit);
    exit
}

/// Chooses colours before the arguments are parsed, so that `--help` and usage errors have them too.
/// NO_COLOR, CLICOLOR_FORCE and TERM are looked at by anstream.
fn set_colours(arguments: &[OsString]) {
    let mut wanted = std::env::var("CARGO_TERM_COLOR").ok();
    let mut words = arguments.iter().filter_map(|argument| argument.to_str());
    while let Some(word) = words.next() {
        if word == "--color" {
            wanted = words.next().map(str::to_owned);
        } else if let Some(value) = word.strip_prefix("--color=") {
            wanted = Some(value.to_owned());
        }
    }
    match wanted.as_deref() {
        Some("always") => anstream::ColorChoice::Always.write_global(),
        Some("never") => anstream::ColorChoice::Never.write_global(),
        _ => {}
    }
}

/// The command line, for completions.
fn command_line() -> clap::Command {
    Cli::augment_args(clap::Command::new("cargo-dbkit").bin_name("cargo-dbkit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cargo::command().debug_assert();
    }

    /// Whoever follows a page types what is there.
    #[test]
    fn every_command_of_the_documentation_is_one() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut pages = vec![root.join("README.md")];
        pages
            .extend(std::fs::read_dir(root.join("docs")).unwrap().map(|page| page.unwrap().path()));
        let mut count = 0;
        for page in pages.iter().filter(|page| page.extension().is_some_and(|end| end == "md")) {
            let text = std::fs::read_to_string(page).unwrap();
            let lines = text.lines().filter_map(|line| {
                line.strip_prefix("$ cargo dbkit ").or(line.strip_prefix("- run: cargo dbkit "))
            });
            for line in lines {
                let line = line.split(" #").next().unwrap_or(line);
                let words = ["cargo", "dbkit"].into_iter().chain(line.split_whitespace());
                let parsed = Cargo::command().try_get_matches_from(words);
                assert!(parsed.is_ok(), "{}: cargo dbkit {line}", page.display());
                count += 1;
            }
        }
        assert!(count >= 10, "{count} commands");
    }

    /// Programs read along: an object that the page does not have is a promise that nobody made.
    #[test]
    fn every_object_of_the_json_output_is_documented() {
        fn visit(folder: &std::path::Path, page: &str, count: &mut usize) {
            for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    visit(&path, page, count);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for after in text.split(concat!(".object", "(")).skip(1) {
                    let Some(quoted) = after.trim_start().strip_prefix('"') else { continue };
                    let reason = quoted.split('"').next().unwrap_or_default();
                    assert!(page.contains(&format!("`{reason}`")), "{}: {reason}", path.display());
                    *count += 1;
                }
            }
        }
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(root.join("../docs/operations.md")).unwrap();
        let mut count = 0;
        visit(&root.join("src"), &page, &mut count);
        assert!(count >= 20, "{count} objects");
    }

    #[test]
    fn the_help_names_every_command() {
        let mut command = Cargo::command();
        let dbkit = command.find_subcommand_mut("dbkit").unwrap();
        for subcommand in dbkit.get_subcommands() {
            assert!(HELP.contains(&format!(" {} ", subcommand.get_name())), "{subcommand}");
        }
    }

    #[test]
    fn the_short_help_fits_a_small_terminal() {
        let mut command = Cargo::command();
        let help = command.find_subcommand_mut("dbkit").unwrap().render_help().to_string();
        assert!(help.lines().count() <= 24, "{help}");
    }
}
