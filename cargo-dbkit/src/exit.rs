//! What the program's exit code means. Scripts rely on these; a new meaning is a new number.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// It failed, and the messages say why.
    Failed,
    /// The command line was not understood.
    Usage,
    /// A decision is needed that nobody gave; nothing was written.
    DecisionNeeded,
    /// The lock of the database was not had in time; nothing changed. The same command may work later.
    TryLater,
    /// The tool worked, and the answer is no: a check has findings, a migration is needed.
    No,
    /// Interrupted while it asked. (Ctrl-C at any other moment ends the process by the signal, which shells report
    /// as 130 too.)
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::DecisionNeeded => 3,
            Self::TryLater => 75,
            Self::No => 100,
            Self::Interrupted => 130,
        }
    }

    /// The word for it in JSON output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::DecisionNeeded => "decision-needed",
            Self::TryLater => "try-later",
            Self::No => "no",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
