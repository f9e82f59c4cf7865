//! The only writer of migrations. A folder appears whole, under its name, and only then the journal names it; what
//! fails in between is taken back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dbkit_build::canonical::Hash;
use dbkit_build::id::MigrationId;
use dbkit_build::journal::{Entry, Journal};
use dbkit_build::write::{self, MigrationTexts};
use dbkit_schema::delta::Delta;

use crate::clock;
use crate::failure::{Failure, file_problem};
use crate::graph::Move;
use crate::project::show;

/// Writes a file so that nobody ever sees half of it.
pub(crate) fn write_file(path: &Path, text: &str) -> io::Result<()> {
    write::file(path, text)
}

/// The id of a new migration: now, or the first second after its parents that no other migration has.
pub(crate) fn new_id(
    now: u64,
    slug: &str,
    parents: &[MigrationId],
    is_taken: impl Fn(&str) -> bool,
) -> MigrationId {
    let after = |id: &MigrationId| clock::seconds(id.time()).map_or(0, |seconds| seconds + 1);
    let mut seconds = parents.iter().map(after).max().unwrap_or(0).max(now);
    while is_taken(&clock::stamp(seconds)) {
        seconds += 1;
    }
    let slug: String = slug.chars().take(100).collect();
    let slug = if slug.is_empty() { "migration" } else { slug.as_str() };
    match format!("{}_{slug}", clock::stamp(seconds)).parse() {
        Ok(id) => id,
        Err(error) => unreachable!("a stamp and a slug make an id: {error}"),
    }
}

/// A migration that is to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewMigration {
    pub(crate) id: MigrationId,
    pub(crate) texts: MigrationTexts,
    pub(crate) parents: Vec<MigrationId>,
}

/// The journal's line for texts.
pub(crate) fn entry(id: &MigrationId, texts: &MigrationTexts, parents: Vec<MigrationId>) -> Entry {
    let hash = |text: &Option<String>| text.as_ref().map(|text| Hash::of(text.as_bytes()));
    Entry {
        id: id.clone(),
        up: Hash::of(texts.up.as_bytes()),
        down: hash(&texts.down),
        changes: hash(&texts.changes),
        parents,
    }
}

/// Writes migrations and records them, all or none.
pub(crate) fn add(folder: &Path, journal: &Journal, new: &[NewMigration]) -> Result<(), Failure> {
    let mut recorded = journal.clone();
    let mut written: Vec<PathBuf> = Vec::new();
    let take_back = |written: &[PathBuf]| {
        for path in written {
            let _ = fs::remove_dir_all(path);
        }
    };
    for migration in new {
        let path = folder.join(migration.id.as_str());
        if let Err(error) = write::migration(folder, &migration.id, &migration.texts) {
            take_back(&written);
            return Err(file_problem("write", show(&path), &error).into());
        }
        written.push(path);
        recorded.insert(entry(&migration.id, &migration.texts, migration.parents.clone()));
    }
    record(folder, &recorded).inspect_err(|_| take_back(&written))
}

/// Writes what a migration changes; nothing of it is no file.
pub(crate) fn restate(folder: &Path, id: &MigrationId, delta: &Delta) -> Result<(), Failure> {
    let path = folder.join(id.as_str()).join("changes.json");
    let written = if delta.is_empty() {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    } else {
        write::file(&path, &delta.to_text())
    };
    written.map_err(|error| file_problem("write", show(&path), &error).into())
}

/// Writes the journal.
pub(crate) fn record(folder: &Path, journal: &Journal) -> Result<(), Failure> {
    write::journal(folder, journal)
        .map_err(|error| file_problem("write", show(&folder.join("journal.lock")), &error).into())
}

/// Takes a migration away, folder and line.
pub(crate) fn remove(folder: &Path, journal: &Journal, id: &MigrationId) -> Result<(), Failure> {
    let mut rest = journal.clone();
    rest.remove(id);
    let path = folder.join(id.as_str());
    // Under a name with a dot nobody takes it for a migration, whatever happens next.
    let trash = folder.join(format!(".{id}.{}.tmp", std::process::id()));
    let is_there = path.exists();
    if is_there {
        fs::rename(&path, &trash)
            .map_err(|error| Failure::from(file_problem("remove", show(&path), &error)))?;
    }
    record(folder, &rest).inspect_err(|_| {
        let _ = fs::rename(&trash, &path);
    })?;
    if is_there {
        fs::remove_dir_all(&trash)
            .map_err(|error| Failure::from(file_problem("remove", show(&trash), &error)))?;
    }
    Ok(())
}

/// Puts one migration in the place of others: it is there before the journal names it, and they are there until the journal does not.
pub(crate) fn squash(
    folder: &Path,
    journal: &Journal,
    new: &NewMigration,
    replaces: &str,
    old: &[MigrationId],
) -> Result<(), Failure> {
    let path = folder.join(new.id.as_str());
    let failed = |error: io::Error| Failure::from(file_problem("write", show(&path), &error));
    write::migration(folder, &new.id, &new.texts).map_err(failed)?;
    let written = write::file(&path.join(dbkit_build::replaces::FILE), replaces)
        .map_err(failed)
        .and_then(|()| record(folder, journal));
    if written.is_err() {
        let _ = fs::remove_dir_all(&path);
        return written;
    }
    for id in old {
        let path = folder.join(id.as_str());
        // Under a name with a dot nobody takes it for a migration, whatever happens next.
        let trash = folder.join(format!(".{id}.{}.tmp", std::process::id()));
        fs::rename(&path, &trash)
            .and_then(|()| fs::remove_dir_all(&trash))
            .map_err(|error| Failure::from(file_problem("remove", show(&path), &error)))?;
    }
    Ok(())
}

/// Renames migrations and records their new parents, all or none.
pub(crate) fn rebase(folder: &Path, journal: &Journal, moves: &[Move]) -> Result<(), Failure> {
    let mut moved = journal.clone();
    for one in moves {
        let replaces = moved.replaces(&one.from);
        let Some(entry) = moved.remove(&one.from) else { continue };
        moved.insert(Entry { id: one.to.clone(), parents: one.parents.clone(), ..entry });
        if let Some(hash) = replaces {
            moved.set_replaces(&one.to, hash);
        }
    }
    let mut renamed: Vec<(PathBuf, PathBuf)> = Vec::new();
    let take_back = |renamed: &[(PathBuf, PathBuf)]| {
        for (from, to) in renamed.iter().rev() {
            let _ = fs::rename(to, from);
        }
    };
    // The last one first: a new name may be the old one of a later migration of the same branch.
    for one in moves.iter().rev().filter(|one| one.from != one.to) {
        let (from, to) = (folder.join(one.from.as_str()), folder.join(one.to.as_str()));
        if let Err(error) = fs::rename(&from, &to) {
            take_back(&renamed);
            return Err(file_problem("rename", show(&from), &error).into());
        }
        renamed.push((from, to));
    }
    record(folder, &moved).inspect_err(|_| take_back(&renamed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_second_moves_on_and_a_child_is_later_than_its_parent() {
        let parent: MigrationId = "20300101000000_a".parse().unwrap();
        let id = |now: u64, parents: &[MigrationId]| {
            new_id(now, "b", parents, |stamp| stamp == "20261122093000").to_string()
        };
        assert_eq!(id(1_795_339_799, &[]), "20261122092959_b");
        assert_eq!(id(1_795_339_800, &[]), "20261122093001_b");
        assert_eq!(id(1_795_339_800, &[parent]), "20300101000001_b");
    }
}
