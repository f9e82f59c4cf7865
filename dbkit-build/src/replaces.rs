//! `replaces.lock`: the migrations whose place another one takes, as lines of their journal.
//!
//! A database that has run all of one list has run the migration, too. There are several lists, with a line `or` between them, where one of
//! the migrations had taken the place of others itself: a database may have run those, or it.

use crate::canonical::{Hash, canonical};
use crate::id::MigrationId;
use crate::journal::{Entry, Journal};
use crate::problem::Problem;

/// The name of the file, beside `up.sql`.
pub const FILE: &str = "replaces.lock";

const OR: &str = "or";

/// Lists of migrations; a database has run all of one of them, or the migration itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replaces {
    /// Each sorted by id.
    pub lists: Vec<Vec<Entry>>,
}

impl Replaces {
    /// Reads the file. `file` is its path, for the problems.
    pub fn parse(bytes: &[u8], file: &str) -> (Self, Vec<Problem>) {
        let bytes = canonical(bytes);
        let text = String::from_utf8_lossy(&bytes);
        let mut lists: Vec<String> = vec![String::new()];
        for line in text.lines() {
            if line.trim() == OR {
                lists.push(String::new());
            } else if let Some(list) = lists.last_mut() {
                list.push_str(line);
                list.push('\n');
            }
        }
        let mut found = Self::default();
        let mut problems = Vec::new();
        for list in lists {
            let (journal, wrong) = Journal::parse(&list, file);
            problems.extend(wrong);
            found.lists.push(journal.entries().to_vec());
        }
        (found, problems)
    }

    /// Every migration in it and the hash of its `up.sql`, list by list.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = Vec<(&MigrationId, Hash)>> {
        self.lists.iter().map(|list| list.iter().map(|entry| (&entry.id, entry.up)).collect())
    }
}

/// The text of the file.
impl std::fmt::Display for Replaces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, list) in self.lists.iter().enumerate() {
            if at > 0 {
                writeln!(f, "{OR}")?;
            }
            write!(f, "{}", Journal::new(list.clone()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_they_are_written() {
        let entry = |text: &str| Entry {
            id: text.parse().unwrap(),
            up: Hash::of(text.as_bytes()),
            down: None,
            changes: None,
            parents: Vec::new(),
        };
        let one = entry("20260101000000_one");
        let two = entry("20260102000000_two");
        let replaces = Replaces { lists: vec![vec![two.clone()], vec![one, two]] };
        let text = replaces.to_string();
        assert_eq!(Replaces::parse(text.as_bytes(), "replaces.lock"), (replaces, Vec::new()));
        let (_, problems) = Replaces::parse(b"nonsense", "replaces.lock");
        assert_eq!(problems[0].code, "DBK0208");
    }
}
