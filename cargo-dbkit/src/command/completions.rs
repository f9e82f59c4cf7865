//! `cargo dbkit completions`: completions of the command line, for a shell.

use crate::{Context, Exit, Failure};

/// Write the completions of a shell to stdout
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// Which shell
    shell: clap_complete::Shell,
}

impl Completions {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let mut text = Vec::new();
        // For the program's own name: completions for `cargo` would take the place of cargo's.
        clap_complete::generate(self.shell, &mut crate::command_line(), "cargo-dbkit", &mut text);
        let text = String::from_utf8_lossy(&text).into_owned();
        context.report.object(
            "completions",
            serde_json::json!({ "shell": self.shell.to_string(), "text": text }),
        );
        context.report.data(text);
        Ok(Exit::Done)
    }
}
