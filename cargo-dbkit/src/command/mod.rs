//! The commands. Each is one file: a struct of flags, and what it does.

mod adopt;
mod amend;
mod backup;
mod check;
mod completions;
mod deploy;
mod diff;
mod doctor;
mod drop;
mod explain;
mod export;
mod generate;
mod init;
mod migrate;
mod pull;
mod purge;
mod push;
mod rebase;
mod repair;
mod restore;
mod rollback;
mod squash;
mod status;
mod verify;

use crate::{Context, Exit, Failure};

/// Writes the variants and the two matches over them; a new command is a file and a row.
macro_rules! commands {
    ($($name:literal $variant:ident $module:ident,)*) => {
        /// The commands.
        #[derive(Debug, clap::Subcommand)]
        pub(crate) enum Command {
            $($variant($module::$variant),)*
        }

        impl Command {
            /// Its name on the command line.
            pub(crate) fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $name,)*
                }
            }

            /// Does it.
            pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
                match self {
                    $(Self::$variant(command) => command.run(context),)*
                }
            }
        }
    };
}

commands! {
    "init" Init init,
    "adopt" Adopt adopt,
    "generate" Generate generate,
    "amend" Amend amend,
    "drop" Drop drop,
    "rebase" Rebase rebase,
    "squash" Squash squash,
    "check" Check check,
    "verify" Verify verify,
    "migrate" Migrate migrate,
    "pull" Pull pull,
    "push" Push push,
    "status" Status status,
    "rollback" Rollback rollback,
    "purge" Purge purge,
    "repair" Repair repair,
    "doctor" Doctor doctor,
    "backup" Backup backup,
    "restore" Restore restore,
    "deploy" Deploy deploy,
    "diff" Diff diff,
    "export" Export export,
    "explain" Explain explain,
    "completions" Completions completions,
}
