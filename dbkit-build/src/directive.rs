//! The `-- dbkit: ..` lines at the top of a script.

/// When a migration of a rollout runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Before the new version of the app.
    Expand,
    /// Between.
    Backfill,
    /// After the old version is gone.
    Contract,
}

/// What the first lines of a script tell the runner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directives {
    /// Statement by statement, no transaction around them.
    pub no_transaction: bool,
    /// Foreign keys are off around the script, and checked before its commit (SQLite).
    pub foreign_keys_off: bool,
    /// Rust code of the app belongs to it, and runs after its statements.
    pub rust_step: bool,
    /// The way back does not exist.
    pub irreversible: bool,
    /// Part of a rollout.
    pub phase: Option<Phase>,
    /// Lint rules that are accepted.
    pub allow: Vec<String>,
    /// Directives that nobody knows: line from 1, and the text.
    pub unknown: Vec<(usize, String)>,
}

impl Directives {
    /// Reads the directives before the first line that is neither blank nor a `--` comment.
    pub fn parse(text: &str) -> Self {
        let mut found = Self::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let Some(comment) = line.strip_prefix("--") else { break };
            let Some(words) = comment.trim_start().strip_prefix("dbkit:") else { continue };
            for word in words.split_whitespace() {
                match word.split_once('=') {
                    None if word == "no-transaction" => found.no_transaction = true,
                    None if word == "rust-step" => found.rust_step = true,
                    None if word == "irreversible" => found.irreversible = true,
                    Some(("foreign-keys", "off")) => found.foreign_keys_off = true,
                    Some(("phase", "expand")) => found.phase = Some(Phase::Expand),
                    Some(("phase", "backfill")) => found.phase = Some(Phase::Backfill),
                    Some(("phase", "contract")) => found.phase = Some(Phase::Contract),
                    Some(("allow", rule)) if !rule.is_empty() => found.allow.push(rule.to_owned()),
                    _ => found.unknown.push((number + 1, word.to_owned())),
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Directives;

    #[test]
    fn directives_stand_before_the_first_statement() {
        let found = Directives::parse(
            "-- a comment\n-- dbkit: no-transaction foreign-keys=off\n\n-- dbkit: fast\nSELECT 1;\n-- dbkit: irreversible\n",
        );
        assert!(found.no_transaction && found.foreign_keys_off && !found.irreversible);
        assert_eq!(found.unknown, [(4, "fast".to_owned())]);
    }
}
