//! Feature `schema-check`: do the migrations hold everything that the structs say?
//!
//! The only part of this crate that reads Rust. It costs the build of a parser, and some milliseconds whenever the schema changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dbkit_schema::delta::{self, Delta};
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect;
use dbkit_schema::diff;
use dbkit_schema::model::{DialectName, Schema};
use dbkit_schema::rust::{self, Options, SourceFile, paths};

use crate::canonical::canonical;
use crate::folder::Folder;
use crate::manifest::Settings;
use crate::problem::Problem;
use crate::split::Flavor;

/// What a build does when the structs have changes that no migration holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SchemaCheck {
    /// Says so, and goes on.
    #[default]
    Warn,
    /// Fails.
    Deny,
    /// Does not look.
    Off,
}

/// What was found, and the files that it depends on.
pub(crate) struct Found {
    pub(crate) problem: Option<Problem>,
    pub(crate) files: Vec<String>,
}

const MOST_CHANGES: usize = 10;

/// Compares the structs with a folder in which nothing is wrong. `features` are on by default in the package.
pub(crate) fn check(
    package: &Path,
    folder: &Folder,
    flavor: Flavor,
    settings: &Settings,
    features: Vec<String>,
) -> Found {
    let mut files = Vec::new();
    let problem = compare(package, folder, flavor, settings, features, &mut files);
    Found { problem, files }
}

fn compare(
    package: &Path,
    folder: &Folder,
    flavor: Flavor,
    settings: &Settings,
    features: Vec<String>,
    files: &mut Vec<String>,
) -> Option<Problem> {
    let name = match flavor {
        Flavor::Postgres => DialectName::Postgres,
        Flavor::Sqlite => DialectName::Sqlite,
        Flavor::Mysql => DialectName::Mysql,
        Flavor::Any => {
            return Some(
                cannot("the dialect is not known")
                    .help("name it: `dialect = \"sqlite\"` in `[package.metadata.dbkit]`"),
            );
        }
    };
    let sources = match read(package, settings, files) {
        Ok(sources) => sources,
        Err(problem) => return Some(problem),
    };
    let configured = settings.features.iter().flatten().cloned();
    let options = Options {
        features: features.into_iter().chain(configured).collect(),
        doc_comments: settings.comments.as_deref() == Some("doc"),
        ..Options::new(name)
    };
    let mut reading = rust::read(&sources, &options);
    if !reading.wanted.is_empty() {
        let mut texts = BTreeMap::new();
        for (path, _) in &reading.wanted {
            files.push(path.clone());
            texts.extend(
                fs::read_to_string(package.join(path)).ok().map(|text| (path.clone(), text)),
            );
        }
        reading = rust::read(&sources, &Options { texts, ..options });
    }
    // The compiler says the same of it in a moment, with its place.
    if reading.diagnostics.iter().any(Diagnostic::is_error) {
        return None;
    }
    let from = match fold(folder) {
        Ok(from) => from,
        Err(problem) => return Some(problem),
    };
    let dialect = dialect::named(name);
    let to = dialect.normalize(reading.schema);
    let mut hints = reading.hints;
    hints.renames = diff::usable(&from, &hints.renames).usable;
    let changes = diff::diff(&from, &to, &hints).changes;
    if changes.is_empty() {
        return None;
    }
    let count = match changes.len() {
        1 => "a change".to_owned(),
        number => format!("{number} changes"),
    };
    let mut problem =
        Problem::warning("DBK0022", format!("the structs have {count} that no migration holds"));
    if let Some(file) = sources.first() {
        problem = problem.file(&file.path);
    }
    let (delta, _) = diff::delta(&from, &changes);
    let mut touched: Vec<String> =
        delta.touched().map(|id| format!("{} `{id}`", id.kind.word())).collect();
    touched.dedup();
    for one in touched.iter().take(MOST_CHANGES) {
        problem = problem.note(one.as_str());
    }
    if touched.len() > MOST_CHANGES {
        problem = problem.note(format!("and {} more", touched.len() - MOST_CHANGES));
    }
    Some(problem.help("write them: `cargo dbkit generate`"))
}

fn cannot(why: impl std::fmt::Display) -> Problem {
    Problem::warning(
        "DBK0218",
        format!("the structs cannot be compared with the migrations: {why}"),
    )
}

fn read(
    package: &Path,
    settings: &Settings,
    files: &mut Vec<String>,
) -> Result<Vec<SourceFile>, Problem> {
    let mut list = |below: &str| {
        let Ok(entries) = fs::read_dir(package.join(below)) else { return Vec::new() };
        let entry = |entry: fs::DirEntry| {
            Some((entry.file_name().into_string().ok()?, entry.path().is_dir()))
        };
        entries.flatten().filter_map(entry).collect()
    };
    let mut found: Vec<String> = Vec::new();
    match &settings.schema {
        Some(patterns) => {
            for pattern in patterns {
                found.extend(paths::find(pattern, &mut list));
                files.extend(plain_folder(pattern));
            }
        }
        None => {
            for pattern in paths::DEFAULT {
                found.extend(paths::find(pattern, &mut list));
            }
            files.extend(package.join("src/schema").is_dir().then(|| "src/schema".to_owned()));
        }
    }
    let mut sources: Vec<SourceFile> = Vec::new();
    for path in found {
        if sources.iter().any(|known| known.path == path) || !path.ends_with(".rs") {
            continue;
        }
        match fs::read_to_string(package.join(&path)) {
            Ok(text) => sources.push(SourceFile { path: path.clone(), text }),
            Err(error) => return Err(cannot(format_args!("`{path}` cannot be read: {error}"))),
        }
        files.push(path);
    }
    if sources.is_empty() {
        return Err(cannot("there is no schema file")
            .help("say where it is: `schema = [\"src/db.rs\"]` in `[package.metadata.dbkit]`"));
    }
    Ok(sources)
}

/// The folder in which new files may come to match a pattern.
fn plain_folder(pattern: &str) -> Option<String> {
    let (before, _) = pattern.split_once(['*', '?'])?;
    before.rsplit_once('/').map(|(folder, _)| folder.to_owned())
}

/// The schema that all migrations together give.
fn fold(folder: &Folder) -> Result<Schema, Problem> {
    let mut deltas = Vec::new();
    for entry in folder.journal.order().iter().filter(|entry| entry.changes.is_some()) {
        let files = folder.migration(entry.id.as_str());
        let bytes = files.and_then(|files| files.changes.as_deref()).unwrap_or_default();
        let path = format!("{}/{}/changes.json", folder.path, entry.id);
        let text = String::from_utf8_lossy(&canonical(bytes)).into_owned();
        match Delta::from_text(&text, &path) {
            Ok(delta) => deltas.push(delta),
            Err(problem) => return Err(cannot(problem.message).file(path)),
        }
    }
    delta::fold(&deltas).map_err(|_| {
        cannot("they do not fit together").help("`cargo dbkit check` names both sides")
    })
}
