//! The commands. Each is one file: a struct of flags, and what it does.

mod completions;
mod explain;
mod init;

use crate::{Context, Exit, Failure};

/// The commands; a new one is a file, a variant and an arm.
#[derive(Debug, clap::Subcommand)]
#[expect(missing_docs, reason = "the texts stand at the structs")]
pub(crate) enum Command {
    Init(init::Init),
    Explain(explain::Explain),
    Completions(completions::Completions),
}

impl Command {
    /// Its name on the command line.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Explain(_) => "explain",
            Self::Completions(_) => "completions",
        }
    }

    /// Does it.
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        match self {
            Self::Init(command) => command.run(context),
            Self::Explain(command) => command.run(context),
            Self::Completions(command) => command.run(context),
        }
    }
}
