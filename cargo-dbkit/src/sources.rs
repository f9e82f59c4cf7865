//! The files that the schema is read from: globs in, texts out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dbkit_schema::diagnostic::{Diagnostic, Span};
use dbkit_schema::rust::{SourceFile, paths};

use crate::failure::{Failure, io_words};
use crate::project::{Project, Target, show};
use crate::report::Report;
use crate::scratch::SqlFile;

/// The schema files of a database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    /// With paths in the package, as the reader wants them.
    pub(crate) in_package: Vec<SourceFile>,
    /// SQL that is loaded on top of the structs.
    pub(crate) sql: Vec<SqlFile>,
    /// What is going to be in files that the code names, before it is there.
    pub(crate) texts: BTreeMap<String, String>,
    /// The same paths as the user knows them.
    shown: BTreeMap<String, String>,
}

impl Sources {
    /// Turns the path of a span into the one that the user knows.
    pub(crate) fn show(&self, span: &mut Span) {
        if let Some(shown) = self.shown.get(&span.file) {
            span.file.clone_from(shown);
        }
    }

    /// A file that is not there yet, or is not among those that are read.
    pub(crate) fn add(&mut self, path: String, text: String, full: &Path) {
        self.shown.insert(path.clone(), show(full));
        self.in_package.push(SourceFile { path, text });
    }

    /// The paths as the user knows them.
    pub(crate) fn shown(&self) -> Vec<String> {
        let rust = self.in_package.iter().filter_map(|file| self.shown.get(&file.path)).cloned();
        rust.chain(self.sql.iter().map(|file| file.path.clone())).collect()
    }
}

/// Reads the schema files of a database, in the order of their globs and, within one, of their paths.
pub(crate) fn read(
    project: &Project,
    target: &Target,
    report: &mut Report,
) -> Result<Sources, Failure> {
    let (paths, missing) = paths(project, target);
    let mut problems: Vec<Diagnostic> = missing
        .into_iter()
        .map(|pattern| {
            Diagnostic::error("DBK0005", format!("no schema file matches `{pattern}`"))
                .in_file(show(&project.manifest))
                .help("mend `schema` in `[package.metadata.dbkit]`, or write the file")
        })
        .collect();
    if paths.is_empty() && target.schema.is_none() {
        problems.push(
            Diagnostic::error("DBK0005", "there is no schema file")
                .note("neither `src/schema.rs` nor `src/schema/` exists")
                .help("write one (`cargo dbkit init` makes a first one), or say where it is: `schema = [\"src/db.rs\"]` in `[package.metadata.dbkit]`"),
        );
    }
    let (files, unreadable) = read_paths(project, paths, report);
    problems.extend(unreadable);
    if problems.is_empty() { Ok(files) } else { Err(Failure::problems(problems)) }
}

/// The same, of the files that are there: none is no problem.
pub(crate) fn read_existing(
    project: &Project,
    target: &Target,
    report: &mut Report,
) -> Result<Sources, Failure> {
    let (files, problems) = read_paths(project, paths(project, target).0, report);
    if problems.is_empty() { Ok(files) } else { Err(Failure::problems(problems)) }
}

/// The files, each once, and the patterns that none fits.
fn paths(project: &Project, target: &Target) -> (Vec<String>, Vec<String>) {
    let mut paths: Vec<String> = Vec::new();
    let mut missing = Vec::new();
    match &target.schema {
        Some(patterns) => {
            for pattern in patterns {
                let found = find(&project.folder, pattern);
                if found.is_empty() {
                    missing.push(pattern.clone());
                }
                paths.extend(found);
            }
        }
        None => {
            paths.extend(paths::DEFAULT.iter().flat_map(|pattern| find(&project.folder, pattern)))
        }
    }
    let mut seen = BTreeSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    (paths, missing)
}

fn read_paths(
    project: &Project,
    paths: Vec<String>,
    report: &mut Report,
) -> (Sources, Vec<Diagnostic>) {
    let mut files = Sources::default();
    let mut problems = Vec::new();
    for path in paths {
        let full = project.folder.join(&path);
        let shown = show(&full);
        let text = match fs::read(&full) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                Diagnostic::error(
                    "DBK0009",
                    format!("`{shown}` is not UTF-8: byte {at} is no text"),
                )
                .help("save it as UTF-8")
            }),
            Err(error) => Err(Diagnostic::error(
                "DBK0009",
                format!("cannot read `{shown}`: {}", io_words(&error)),
            )),
        };
        match text {
            Ok(text) => {
                report.keep_text(&shown, &text);
                if path.to_lowercase().ends_with(".sql") {
                    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
                    files.sql.push(SqlFile { path: shown, text });
                } else {
                    files.shown.insert(path.clone(), shown);
                    files.in_package.push(SourceFile { path, text });
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    (files, problems)
}

/// Reads the files that the code names: `query_file = "sql/view.sql"`.
pub(crate) fn read_wanted(
    project: &Project,
    wanted: &[(String, Span)],
    report: &mut Report,
) -> (BTreeMap<String, String>, Vec<Diagnostic>) {
    let mut texts = BTreeMap::new();
    let mut problems = Vec::new();
    for (path, span) in wanted {
        let full = project.folder.join(path);
        match fs::read_to_string(&full) {
            Ok(text) => {
                report.keep_text(&show(&full), &text);
                texts.insert(path.clone(), text);
            }
            Err(error) => problems.push(
                Diagnostic::error(
                    "DBK0009",
                    format!("cannot read `{}`: {}", show(&full), io_words(&error)),
                )
                .at(span.clone(), "named here")
                .help("the path is relative to the package"),
            ),
        }
    }
    (texts, problems)
}

/// Where structs that are new belong: the first Rust file of the configuration, or the one that its patterns would find.
pub(crate) fn home(target: &Target) -> String {
    let patterns = target.schema.as_deref().unwrap_or_default();
    let Some(pattern) = patterns.iter().find(|pattern| pattern.ends_with(".rs")) else {
        return "src/schema.rs".to_owned();
    };
    let pattern = pattern.trim_start_matches("./");
    if !pattern.contains(['*', '?', '[']) {
        return pattern.to_owned();
    }
    let is_plain = |part: &&str| !part.contains(['*', '?', '[']);
    let folders: Vec<&str> = pattern.split('/').take_while(is_plain).collect();
    // `*_tables.rs` would not find a file of another name.
    let file = match pattern.rsplit('/').next() {
        Some("*.rs") | None => "schema.rs".to_owned(),
        Some(name) => name.replace("**", "schema").replace('*', "schema").replace(['?', '['], "_"),
    };
    folders.into_iter().chain([file.as_str()]).collect::<Vec<_>>().join("/")
}

/// The files under a folder that match a pattern, sorted; paths relative to the folder, with `/`.
pub(crate) fn find(folder: &Path, pattern: &str) -> Vec<String> {
    paths::find(pattern, &mut |below| {
        let Ok(entries) = fs::read_dir(folder.join(below)) else { return Vec::new() };
        let entry = |entry: fs::DirEntry| {
            Some((entry.file_name().into_string().ok()?, entry.path().is_dir()))
        };
        entries.flatten().filter_map(entry).collect()
    })
}
