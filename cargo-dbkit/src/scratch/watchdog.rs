//! Ends what this process has started when this process ends, however it ends.

use std::io;
use std::process::{Child, ChildStdin, Command, Stdio};

/// A shell that waits at the other end of a pipe. The pipe closes with this value, or with the process, also after a `kill -9`; then the
/// rest of its script runs.
#[derive(Debug)]
pub(super) struct Watchdog {
    _pipe: Option<ChildStdin>,
    shell: Child,
}

impl Watchdog {
    /// Starts a script of `sh`, with arguments. It has to wait for the pipe itself: `read -r line`.
    pub(super) fn start(script: &str, arguments: &[&str]) -> io::Result<Self> {
        Self::start_as(&mut Command::new("sh"), script, arguments)
    }

    /// The same with a command that is prepared: its user, its folder.
    pub(super) fn start_as(
        shell: &mut Command,
        script: &str,
        arguments: &[&str],
    ) -> io::Result<Self> {
        shell.args(["-c", script, "sh"]).args(arguments);
        shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // A group of its own: an interrupt at the terminal must not end it before it has done its work.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(shell, 0);
        let mut shell = shell.spawn()?;
        Ok(Self { _pipe: shell.stdin.take(), shell })
    }

    /// Whether what it watches has ended already.
    pub(super) fn has_ended(&mut self) -> bool {
        matches!(self.shell.try_wait(), Ok(Some(_)))
    }
}
