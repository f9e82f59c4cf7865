//! Why a command could not do its work.
//!
//! What the user can mend is a [`Diagnostic`]; a chain of causes (`anyhow`) is for the machine and for bugs.

use std::path::Path;

use dbkit_schema::diagnostic::Diagnostic;

use crate::exit::Exit;

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Failure {
    /// Problems in what the user gave, all of them.
    Problems {
        /// What to exit with.
        exit: Exit,
        /// The problems; drawn one after the other.
        problems: Vec<Diagnostic>,
        /// The last line: ``1 decision is needed, nothing was written``.
        summary: Option<String>,
    },
    /// Ctrl-C at a question.
    Interrupted,
    /// The machine, or a bug.
    Other(anyhow::Error),
}

impl Failure {
    /// Several problems, exit code 1.
    pub fn problems(problems: Vec<Diagnostic>) -> Self {
        Self::Problems { exit: Exit::Failed, problems, summary: None }
    }

    /// The same with another exit code.
    #[must_use]
    pub fn exit(self, exit: Exit) -> Self {
        match self {
            Self::Problems { problems, summary, .. } => Self::Problems { exit, problems, summary },
            other => other,
        }
    }

    /// The same with a last line.
    #[must_use]
    pub fn summary(self, summary: impl Into<String>) -> Self {
        match self {
            Self::Problems { exit, problems, .. } => {
                Self::Problems { exit, problems, summary: Some(summary.into()) }
            }
            other => other,
        }
    }
}

impl From<Diagnostic> for Failure {
    fn from(problem: Diagnostic) -> Self {
        Self::problems(vec![problem])
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// A file that cannot be read or written: the path, then the cause.
pub(crate) fn file_problem(
    verb: &str,
    path: impl AsRef<Path>,
    error: &std::io::Error,
) -> Diagnostic {
    Diagnostic::error(
        "DBK0009",
        format!("cannot {verb} `{}`: {}", path.as_ref().display(), io_words(error)),
    )
}

/// The cause without Rust's `(os error 13)`, in lower case.
pub(crate) fn io_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::from("unknown cause"),
    }
}
