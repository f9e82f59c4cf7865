//! Compares a migrations folder with its journal. build.rs and `cargo dbkit check` call the same function.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::canonical::{Hash, canonical, has_bom};
use crate::directive::Directives;
use crate::folder::{Folder, MigrationFiles, not_utf8};
use crate::id::MigrationId;
use crate::journal::Entry;
use crate::problem::Problem;
use crate::replaces::{self, Replaces};
use crate::split::{Flavor, position, split};

/// What verifying has found out of a script that is as it was recorded.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    pub(crate) hash: Hash,
    pub(crate) statements: Vec<Range<usize>>,
    pub(crate) directives: Directives,
}

/// The scripts of one migration that were found as they were recorded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scripts {
    pub(crate) up: Option<Script>,
    pub(crate) down: Option<Script>,
}

/// What was found out, by position in the journal. Build scripts are compiled without optimisation, so that hashing and splitting is
/// most of their work, and is not done twice.
#[derive(Debug, Default)]
pub(crate) struct Seen(Vec<Scripts>);

impl Seen {
    pub(crate) fn scripts(&self, position: usize) -> Option<&Scripts> {
        self.0.get(position)
    }
}

/// Everything that is wrong with a folder, in order of path. Warnings: more than one head, byte order marks.
pub fn verify(folder: &Folder, flavor: Flavor) -> Vec<Problem> {
    verify_and_keep(folder, flavor, &mut Seen::default())
}

/// The same, and what was found out.
pub(crate) fn verify_and_keep(folder: &Folder, flavor: Flavor, seen: &mut Seen) -> Vec<Problem> {
    let mut problems = folder.problems.clone();
    // Without a journal every folder would be an orphan, which helps nobody.
    let is_readable = !problems
        .iter()
        .any(|problem| matches!(problem.code, "DBK0202" | "DBK0208" | "DBK0209" | "DBK0210"));
    if is_readable {
        for (at, entry) in folder.journal.entries().iter().enumerate() {
            let mut scripts = Scripts::default();
            match folder.migration_near(entry.id.as_str(), at) {
                Some(files) => {
                    verify_files(folder, entry, files, flavor, &mut scripts, &mut problems);
                    verify_replaces(folder, entry, files, &mut problems);
                }
                None => problems.push(
                    Problem::error(
                        "DBK0204",
                        format!("the folder of migration `{}` is missing", entry.id),
                    )
                    .file(format!("{}/{}", folder.path, entry.id))
                    .note("the journal names it, and a database may have run it")
                    .help(format!("restore it with `git restore {}/{}`", folder.path, entry.id))
                    .help(
                        "in a published package: look at `include` and `exclude` in its Cargo.toml",
                    ),
                ),
            }
            seen.0.push(scripts);
        }
        verify_orphans(folder, &mut problems);
        verify_parents(folder, &mut problems);
        verify_heads(folder, &mut problems);
    }
    problems
}

fn verify_files(
    folder: &Folder,
    entry: &Entry,
    files: &MigrationFiles,
    flavor: Flavor,
    scripts: &mut Scripts,
    problems: &mut Vec<Problem>,
) {
    let Scripts { up, down } = scripts;
    let recorded = [
        ("up.sql", Some(entry.up), &files.up, Some(up)),
        ("down.sql", entry.down, &files.down, Some(down)),
        ("changes.json", entry.changes, &files.changes, None),
    ];
    for (name, hash, bytes, script) in recorded {
        if hash.is_none() && bytes.is_none() {
            continue;
        }
        let path = format!("{}/{}/{name}", folder.path, entry.id);
        match (hash, bytes) {
            (None, None) => {}
            (Some(_), None) => problems.push(
                Problem::error(
                    "DBK0204",
                    format!("`{name}` of migration `{}` is missing", entry.id),
                )
                .file(&path)
                .note("the journal has a hash for it")
                .help(format!("restore it with `git restore {path}`")),
            ),
            (None, Some(_)) => problems.push(
                Problem::error(
                    "DBK0203",
                    format!("`{name}` of migration `{}` came after it was recorded", entry.id),
                )
                .file(&path)
                .note("the journal says that there is none")
                .help(format!("`cargo dbkit amend {}` records it", entry.id)),
            ),
            (Some(hash), Some(bytes)) => {
                let text = canonical(bytes);
                let found = Hash::of_canonical(&text);
                if found == hash {
                    let Some(script) = script else { continue };
                    *script = verify_text(&path, &text, hash, flavor, problems);
                } else if let Err(error) = std::str::from_utf8(bytes) {
                    problems.push(not_utf8(bytes, error.valid_up_to(), &path));
                } else {
                    problems.push(edited(folder, &entry.id, &path, name, hash, found));
                }
                if has_bom(bytes) {
                    problems.push(
                        Problem::warning(
                            "DBK0213",
                            format!("`{path}` begins with a byte order mark"),
                        )
                        .file(&path)
                        .note("dbkit ignores it; other tools may not"),
                    );
                }
            }
        }
    }
}

/// The list of what a migration takes the place of, as it was recorded.
fn verify_replaces(
    folder: &Folder,
    entry: &Entry,
    files: &MigrationFiles,
    problems: &mut Vec<Problem>,
) {
    let Some(hash) = folder.journal.replaces(&entry.id) else { return };
    let name = replaces::FILE;
    let path = format!("{}/{}/{name}", folder.path, entry.id);
    let Some(bytes) = &files.replaces else {
        problems.push(
            Problem::error("DBK0204", format!("`{name}` of migration `{}` is missing", entry.id))
                .file(&path)
                .note("it says which migrations a database may have run in its place")
                .help(format!("restore it with `git restore {path}`")),
        );
        return;
    };
    let found = Hash::of(bytes);
    if found == hash {
        problems.extend(Replaces::parse(bytes, &path).1);
    } else {
        problems.push(edited(folder, &entry.id, &path, name, hash, found));
    }
}

fn edited(
    folder: &Folder,
    id: &MigrationId,
    path: &str,
    name: &str,
    recorded: Hash,
    found: Hash,
) -> Problem {
    let mut problem =
        Problem::error("DBK0203", format!("migration `{id}` was edited after it was recorded"))
            .file(path)
            .note(format!(
                "the journal says {}, the file says {}",
                recorded.short(),
                found.short()
            ));
    if name == "up.sql" {
        problem = problem.note(
            "a database that has run it will not run it again, so it would differ from new ones",
        );
    }
    if name == replaces::FILE {
        return problem
            .note("it says which migrations a database may have run in its place")
            .help(format!("restore it with `git restore {path}`"));
    }
    problem.help(format!("not applied anywhere yet? `cargo dbkit amend {id}`")).help(format!(
        "applied? restore it with `git restore {}/{id}` and put the change into its own migration",
        folder.path
    ))
}

/// A script that has the hash of the journal.
fn verify_text(
    path: &str,
    text: &[u8],
    hash: Hash,
    flavor: Flavor,
    problems: &mut Vec<Problem>,
) -> Option<Script> {
    let text = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => {
            problems.push(not_utf8(text, error.valid_up_to(), path));
            return None;
        }
    };
    let mut found = None;
    match split(text, flavor) {
        Ok(statements) => {
            late_directives(path, text, &statements, problems);
            found = Some(statements);
        }
        Err(open) => {
            let problem = Problem::error("DBK0211", format!("in `{path}`, {open}"))
                .file(path)
                .at(position(text, open.offset));
            problems.push(if flavor == Flavor::Any {
            problem
                .note("the dialect is not known, so that scripts are read by what the dialects have in common")
                .help("name it: `dialect = \"mysql\"` in `[package.metadata.dbkit]`, or `dbkit_build::Embed::new(..).dialect(\"mysql\")`")
        } else {
            problem
        });
        }
    }
    let directives = Directives::parse(text);
    for (line, word) in &directives.unknown {
        problems.push(
            Problem::error("DBK0212", format!("unknown directive `{word}`"))
                .file(path)
                .at((*line, 1))
                .note("known are no-transaction, foreign-keys=off, phase=expand|backfill|contract, irreversible, rust-step, allow=<rule>"),
        );
    }
    Some(Script { hash, statements: found?, directives })
}

/// The runner reads directives before the first statement. One that comes later looks as if it did something.
fn late_directives(
    path: &str,
    text: &str,
    statements: &[Range<usize>],
    problems: &mut Vec<Problem>,
) {
    let Some(first) = statements.first() else { return };
    let mut rest = first.start;
    // The colon first: there are few, and looking for one byte is fast without optimisation, too.
    while let Some(colon) = text[rest..].find(':') {
        let colon = rest + colon;
        rest = colon + 1;
        let Some(at) =
            colon.checked_sub("dbkit".len()).filter(|_| text[..colon].ends_with("dbkit"))
        else {
            continue;
        };
        // Inside a statement it may be a part of a string.
        if statements.iter().any(|statement| statement.contains(&at)) {
            continue;
        }
        let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if text[line_start..at].trim() == "--" {
            problems.push(
                Problem::warning("DBK0216", "a directive after the first statement does nothing")
                    .file(path)
                    .at(position(text, line_start))
                    .help("move it to the top of the file"),
            );
        }
    }
}

fn verify_orphans(folder: &Folder, problems: &mut Vec<Problem>) {
    for (at, files) in folder.migrations.iter().enumerate() {
        let here = folder.journal.entries().get(at);
        let is_known = here.is_some_and(|entry| entry.id.as_str() == files.name)
            || files
                .name
                .parse::<MigrationId>()
                .is_ok_and(|id| folder.journal.entry(&id).is_some());
        let is_empty = files.up.is_none() && files.down.is_none() && files.changes.is_none();
        // A folder without a file of ours (git leaves empty ones behind) is no migration.
        if is_known || is_empty {
            continue;
        }
        let path = format!("{}/{}", folder.path, files.name);
        let problem =
            Problem::error("DBK0205", format!("the folder `{}` is not in the journal", files.name))
                .file(&path);
        problems.push(match files.name.parse::<MigrationId>() {
            Ok(id) => problem
                .note("its place in the order and its hashes are not known")
                .help(format!("written by hand? `cargo dbkit amend {id}` records it"))
                .help("came with a merge? restore its line in the journal"),
            Err(message) => problem.note(message).help("move it elsewhere if it is no migration"),
        });
    }
}

fn verify_parents(folder: &Folder, problems: &mut Vec<Problem>) {
    let journal = &folder.journal;
    let file = format!("{}/{}", folder.path, crate::folder::JOURNAL);
    // Some parent in a circle is later than its child, but that is not what is wrong with it.
    let circle = journal.circle();
    if !circle.is_empty() {
        let names: Vec<String> = circle.iter().map(|id| format!("`{id}`")).collect();
        let names = match names.as_slice() {
            [one] => format!("{one} follows itself"),
            [first, rest @ ..] => {
                format!("{first} follows {}, which follows {first}", rest.join(", which follows "))
            }
            [] => String::new(),
        };
        problems.push(
            Problem::error("DBK0206", format!("the parents in the journal form a circle: {names}"))
                .file(&file)
                .note("no order of execution fits it")
                .help(format!(
                    "restore the journal with `git restore {file}`, or mend the parents by hand"
                )),
        );
    }
    for (at, entry) in journal.entries().iter().enumerate() {
        for parent in entry.parents.iter().filter(|_| !circle.contains(&&entry.id)) {
            let problem = if journal.position_near(parent.as_str(), at.wrapping_sub(1)).is_none() {
                Problem::error(
                    "DBK0206",
                    format!(
                        "the parent `{parent}` of migration `{}` is not in the journal",
                        entry.id
                    ),
                )
                .help("restore its line, or run `cargo dbkit rebase`")
            } else if parent >= &entry.id {
                Problem::error(
                    "DBK0206",
                    format!("migration `{}` follows `{parent}`, which is later", entry.id),
                )
                .help("run `cargo dbkit rebase`, which gives it a later id")
            } else {
                continue;
            };
            problems.push(problem.file(&file));
        }
    }
}

fn verify_heads(folder: &Folder, problems: &mut Vec<Problem>) {
    let heads = folder.journal.heads();
    if heads.len() > 1 {
        let names: BTreeSet<String> = heads.iter().map(|id| format!("`{id}`")).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        problems.push(
            Problem::warning("DBK0201", format!("more than one migration is a head: {names}"))
                .file(format!("{}/{}", folder.path, crate::folder::JOURNAL))
                .note("they run one after the other; whether that is right depends on what they touch")
                .help("`cargo dbkit check` tells whether they collide, `cargo dbkit rebase` puts them in a line"),
        );
    }
}
