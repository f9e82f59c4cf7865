//! `journal.lock`: every migration's hashes and parents, as text that a person can merge.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::canonical::Hash;
use crate::id::MigrationId;
use crate::problem::Problem;

/// The format that this version writes, and the newest that it reads.
///
/// Version 2 has the field `replaces`; where no migration takes the place of others, version 1 is written.
pub const VERSION: u32 = 2;

const FIRST_LINE: &str = "dbkit journal ";

/// One migration, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: MigrationId,
    /// Hash of `up.sql`.
    pub up: Hash,
    /// Hash of `down.sql`, if it has one.
    pub down: Option<Hash>,
    /// Hash of `changes.json`, if it has one.
    pub changes: Option<Hash>,
    /// The migrations that it follows; none for a first one.
    pub parents: Vec<MigrationId>,
}

/// The ledger of a migrations folder, sorted by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Journal {
    entries: Vec<Entry>,
    /// Hash of `replaces.lock` of those migrations that have one.
    replaces: BTreeMap<MigrationId, Hash>,
}

impl Journal {
    /// A journal of these entries, which have different ids.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|one, other| one.id.cmp(&other.id));
        Self { entries, replaces: BTreeMap::new() }
    }

    /// Reads a journal: all problems at once, and what could be read. `file` is its path, for the problems.
    ///
    /// Lines may stand in any order; a line that stands twice (as `merge=union` may leave it) counts once.
    pub fn parse(text: &str, file: &str) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut entries: Vec<Entry> = Vec::new();
        let mut replaces = BTreeMap::new();
        let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let version = lines
            .next()
            .and_then(|(_, line)| line.trim_end().strip_prefix(FIRST_LINE)?.parse::<u32>().ok());
        match version {
            Some(version) if version <= VERSION => {}
            Some(version) => {
                problems.push(
                    Problem::error(
                        "DBK0209",
                        format!(
                            "the journal is of version {version}, this dbkit reads up to {VERSION}"
                        ),
                    )
                    .file(file)
                    .help(
                        "update dbkit-build and cargo-dbkit to the version that the project uses",
                    ),
                );
                return (Self::default(), problems);
            }
            None => {
                problems.push(
                    Problem::error(
                        "DBK0208",
                        format!("the first line of the journal is not `{FIRST_LINE}1`"),
                    )
                    .file(file)
                    .at((1, 1))
                    .help("restore it with `git restore`, or start with `cargo dbkit init`"),
                );
            }
        }
        for (number, line) in lines {
            let line = line.trim();
            // A union merge of two journals may leave the first line twice.
            if line.is_empty() || line.starts_with(FIRST_LINE) {
                continue;
            }
            if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
                .iter()
                .any(|marker| line.starts_with(marker))
            {
                problems.push(
                    Problem::error("DBK0208", "the journal holds merge conflict markers")
                        .file(file)
                        .at((number + 1, 1))
                        .help("keep the lines of both sides and delete the markers; their order does not matter")
                        .help("`journal.lock merge=union` in migrations/.gitattributes makes git do so; then run `cargo dbkit check`"),
                );
                continue;
            }
            match parse_line(line, entries.last().map(|entry| &entry.id)) {
                Ok((entry, replaced)) => match place(&entries, &entry.id) {
                    Ok(position)
                        if entries[position] != entry
                            || replaces.get(&entry.id) != replaced.as_ref() =>
                    {
                        problems.push(
                            Problem::error(
                                "DBK0207",
                                format!("migration `{}` appears twice in the journal", entry.id),
                            )
                            .file(file)
                            .at((number + 1, 1))
                            .note("the two lines have different hashes or parents")
                            .help("keep the line that fits the folder on disk"),
                        );
                    }
                    Ok(_) => {}
                    Err(position) => {
                        if let Some(hash) = replaced {
                            replaces.insert(entry.id.clone(), hash);
                        }
                        entries.insert(position, entry);
                    }
                },
                Err(message) => problems.push(
                    Problem::error("DBK0208", message)
                        .file(file)
                        .at((number + 1, 1))
                        .note("a line reads `id  up:<sha256>  down:<sha256 or ->  changes:<sha256 or ->  parent:<ids or ->`"),
                ),
            }
        }
        (Self { entries, replaces }, problems)
    }

    /// The entries, sorted by id.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of that id.
    pub fn entry(&self, id: &MigrationId) -> Option<&Entry> {
        self.position(id.as_str()).map(|position| &self.entries[position])
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| entry.id.as_str().cmp(id)).ok()
    }

    /// The same for one that is probably at `guess`, which saves the search.
    pub(crate) fn position_near(&self, id: &str, guess: usize) -> Option<usize> {
        let is_there = self.entries.get(guess).is_some_and(|entry| entry.id.as_str() == id);
        if is_there { Some(guess) } else { self.position(id) }
    }

    /// Adds an entry, or puts it in the place of the one with its id.
    pub fn insert(&mut self, entry: Entry) {
        match self.entries.binary_search_by(|known| known.id.cmp(&entry.id)) {
            Ok(position) => self.entries[position] = entry,
            Err(position) => self.entries.insert(position, entry),
        }
    }

    /// Whether any migration takes the place of others.
    pub(crate) fn has_replaces(&self) -> bool {
        !self.replaces.is_empty()
    }

    /// The hash of the `replaces.lock` of a migration that takes the place of others.
    pub fn replaces(&self, id: &MigrationId) -> Option<Hash> {
        self.replaces.get(id).copied()
    }

    /// Says that a migration takes the place of others, by the hash of its `replaces.lock`.
    pub fn set_replaces(&mut self, id: &MigrationId, hash: Hash) {
        self.replaces.insert(id.clone(), hash);
    }

    /// Takes an entry out.
    pub fn remove(&mut self, id: &MigrationId) -> Option<Entry> {
        self.replaces.remove(id);
        self.position(id.as_str()).map(|position| self.entries.remove(position))
    }

    /// The migrations that no other one follows: one after a straight history, none when there is no migration.
    pub fn heads(&self) -> Vec<&MigrationId> {
        let mut is_followed = vec![false; self.entries.len()];
        for (at, entry) in self.entries.iter().enumerate() {
            for parent in &entry.parents {
                if let Some(position) = self.position_near(parent.as_str(), at.wrapping_sub(1)) {
                    is_followed[position] = true;
                }
            }
        }
        let heads = self.entries.iter().zip(is_followed);
        heads.filter(|(_, is_followed)| !is_followed).map(|(entry, _)| &entry.id).collect()
    }

    /// The order of execution: parents first, then by id. What is part of a circle is left out.
    pub fn order(&self) -> Vec<&Entry> {
        // Ids sort by time, so that this is nearly always the order they have already.
        let is_later = |entry: &Entry| entry.parents.iter().all(|parent| *parent < entry.id);
        if self.entries.iter().all(is_later) {
            return self.entries.iter().collect();
        }
        let mut done: BTreeSet<&MigrationId> = BTreeSet::new();
        let mut ordered = Vec::with_capacity(self.entries.len());
        let mut waiting: Vec<&Entry> = Vec::new();
        let is_ready = |entry: &Entry, done: &BTreeSet<&MigrationId>| {
            entry
                .parents
                .iter()
                .all(|parent| done.contains(parent) || self.position(parent.as_str()).is_none())
        };
        for entry in &self.entries {
            if !is_ready(entry, &done) {
                waiting.push(entry);
                continue;
            }
            done.insert(&entry.id);
            ordered.push(entry);
            while let Some(next) = waiting.iter().position(|entry| is_ready(entry, &done)) {
                let entry = waiting.remove(next);
                done.insert(&entry.id);
                ordered.push(entry);
            }
        }
        ordered
    }

    /// Migrations that follow one another in a circle, each before the one that it follows; empty if there is none.
    pub fn circle(&self) -> Vec<&MigrationId> {
        let ordered = self.order();
        if ordered.len() == self.entries.len() {
            return Vec::new();
        }
        let done: BTreeSet<&MigrationId> = ordered.iter().map(|entry| &entry.id).collect();
        // What could not be put into an order is part of a circle or follows one: back from any of them, one is met.
        let stuck = |entry: &&Entry| !done.contains(&entry.id);
        let mut path: Vec<&MigrationId> = Vec::new();
        let mut next = self.entries.iter().find(stuck);
        while let Some(entry) = next {
            if let Some(start) = path.iter().position(|id| **id == entry.id) {
                return path.split_off(start);
            }
            path.push(&entry.id);
            next = entry.parents.iter().filter_map(|parent| self.entry(parent)).find(stuck);
        }
        Vec::new()
    }

    /// A migration and everything that it follows, directly or not.
    pub fn ancestors<'a>(&'a self, id: &'a MigrationId) -> BTreeSet<&'a MigrationId> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            if let Some(entry) = self.entry(id)
                && found.insert(&entry.id)
            {
                open.extend(&entry.parents);
            }
        }
        found
    }
}

/// Where an entry is, or where it would stand. The lines of a journal are nearly always sorted.
fn place(entries: &[Entry], id: &MigrationId) -> Result<usize, usize> {
    match entries.last() {
        Some(last) if last.id >= *id => entries.binary_search_by(|entry| entry.id.cmp(id)),
        _ => Err(entries.len()),
    }
}

/// `before` is the migration of the line above, which most migrations follow.
fn parse_line(line: &str, before: Option<&MigrationId>) -> Result<(Entry, Option<Hash>), String> {
    // Looking for one byte is fast without optimisation, too; looking at each character is not.
    let line = if line.contains('\t') { Cow::Owned(line.replace('\t', " ")) } else { line.into() };
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let id = words.next().unwrap_or_default();
    let id: MigrationId = id.parse()?;
    let (mut up, mut down, mut changes, mut parents, mut replaces) = (None, None, None, None, None);
    for word in words {
        let Some((key, value)) = word.split_once(':') else {
            return Err(format!("expected `key:value` after `{id}`, found `{word}`"));
        };
        let hash = || match value {
            "-" => Ok(None),
            _ => value
                .parse::<Hash>()
                .map(Some)
                .map_err(|()| format!("`{value}` is no sha256 hash of 64 hexadecimal digits")),
        };
        match key {
            "up" => up = hash()?,
            "down" => down = hash()?,
            "changes" => changes = hash()?,
            "replaces" => replaces = hash()?,
            "parent" if value == "-" => parents = Some(Vec::new()),
            "parent" => {
                parents = Some(match before {
                    Some(before) if before.as_str() == value => vec![before.clone()],
                    _ => value.split(',').map(str::parse).collect::<Result<_, _>>()?,
                });
            }
            _ => return Err(format!("`{key}` is no field of a journal line")),
        }
    }
    match (up, parents) {
        (Some(up), Some(parents)) => Ok((Entry { id, up, down, changes, parents }, replaces)),
        (None, _) => Err(format!("the line of `{id}` has no hash of up.sql")),
        (_, None) => Err(format!("the line of `{id}` names no parent")),
    }
}

/// The text of `journal.lock`.
impl fmt::Display for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_replacing = |entry: &Entry| self.replaces.contains_key(&entry.id);
        let version = if self.entries.iter().any(is_replacing) { VERSION } else { 1 };
        writeln!(f, "{FIRST_LINE}{version}")?;
        let hash =
            |hash: &Option<Hash>| hash.map_or_else(|| "-".to_owned(), |hash| hash.to_string());
        for entry in &self.entries {
            let parents: Vec<&str> = entry.parents.iter().map(MigrationId::as_str).collect();
            let parents = if parents.is_empty() { "-".to_owned() } else { parents.join(",") };
            write!(
                f,
                "{}  up:{}  down:{}  changes:{}  parent:{parents}",
                entry.id,
                entry.up,
                hash(&entry.down),
                hash(&entry.changes)
            )?;
            match self.replaces.get(&entry.id) {
                Some(hash) => writeln!(f, "  replaces:{hash}")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}
