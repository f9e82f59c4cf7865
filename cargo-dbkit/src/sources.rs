//! The files that the schema is read from: globs in, texts out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use dbkit_schema::diagnostic::{Diagnostic, Span};
use dbkit_schema::rust::{SourceFile, paths};

use crate::failure::{Failure, io_words};
use crate::project::{Project, Target, show};
use crate::report::Report;

/// The schema files of a database.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// With paths in the package, as the reader wants them.
    pub(crate) in_package: Vec<SourceFile>,
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

    /// The paths as the user knows them.
    pub(crate) fn shown(&self) -> Vec<String> {
        self.in_package.iter().filter_map(|file| self.shown.get(&file.path)).cloned().collect()
    }
}

/// Reads the schema files of a database, in the order of their globs and, within one, of their paths.
pub(crate) fn read(
    project: &Project,
    target: &Target,
    report: &mut Report,
) -> Result<Sources, Failure> {
    let mut paths: Vec<String> = Vec::new();
    let mut problems = Vec::new();
    match &target.schema {
        Some(patterns) => {
            for pattern in patterns {
                let found = find(&project.folder, pattern);
                if found.is_empty() {
                    problems.push(
                        Diagnostic::error("DBK0005", format!("no schema file matches `{pattern}`"))
                            .in_file(show(&project.manifest))
                            .help("mend `schema` in `[package.metadata.dbkit]`, or write the file"),
                    );
                }
                paths.extend(found);
            }
        }
        None => {
            for pattern in paths::DEFAULT {
                paths.extend(find(&project.folder, pattern));
            }
            if paths.is_empty() {
                problems.push(
                    Diagnostic::error("DBK0005", "there is no schema file")
                        .note("neither `src/schema.rs` nor `src/schema/` exists")
                        .help("write one (`cargo dbkit init` makes a first one), or say where it is: `schema = [\"src/db.rs\"]` in `[package.metadata.dbkit]`"),
                );
            }
        }
    }
    let mut seen = BTreeSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    let mut files = Sources::default();
    for path in paths {
        let full = project.folder.join(&path);
        let shown = show(&full);
        if path.ends_with(".sql") {
            problems.push(
                Diagnostic::error("DBK0005", "SQL files are no schema source yet")
                    .in_file(&shown)
                    .help("write the tables as structs; views, functions and triggers go into `cargo dbkit generate --custom`"),
            );
            continue;
        }
        match fs::read_to_string(&full) {
            Ok(text) => {
                report.keep_text(&shown, &text);
                files.shown.insert(path.clone(), shown);
                files.in_package.push(SourceFile { path, text });
            }
            Err(error) => problems.push(Diagnostic::error(
                "DBK0009",
                format!("cannot read `{shown}`: {}", io_words(&error)),
            )),
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(Failure::problems(problems)) }
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
