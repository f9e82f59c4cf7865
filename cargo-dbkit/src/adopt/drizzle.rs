//! Drizzle Kit: `0000_name.sql` with `meta/_journal.json`, or (version 1) `<time>_name/migration.sql`; a SHA-256 of the script.

use std::path::Path;

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;
use serde_json::Value;

use super::{Foreign, Run, Tool, cells, files};
use crate::clock;

/// drizzle-kit and drizzle-orm's migrators.
pub(super) struct Drizzle;

impl Tool for Drizzle {
    fn title(&self) -> &'static str {
        "Drizzle Kit"
    }

    fn table(&self) -> &'static str {
        "__drizzle_migrations"
    }

    fn folders(&self) -> &'static [&'static str] {
        &["drizzle", "../drizzle"]
    }

    fn read(&self, folder: &Path, shown: &str) -> Result<Vec<Foreign>, Vec<Diagnostic>> {
        let journal = folder.join("meta/_journal.json");
        if journal.exists() {
            return of_journal(folder, shown, &journal);
        }
        let mut found = Vec::new();
        let mut problems = Vec::new();
        for name in files::names(folder, shown)? {
            let Some(name) = name.strip_suffix('/') else { continue };
            let Some((digits, slug)) = name.split_once('_') else { continue };
            let Some(seconds) = files::time(digits).and_then(|time| clock::seconds(&time)) else {
                continue;
            };
            let file = format!("{shown}/{name}/migration.sql");
            match files::read(&folder.join(name).join("migration.sql"), &file) {
                Ok(up) => found.push(foreign(
                    (seconds * 1000).to_string(),
                    Some(digits.to_owned()),
                    slug,
                    file,
                    &up,
                )),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(found) } else { Err(problems) }
    }

    fn history(&self, dialect: DialectName) -> String {
        let table = match dialect {
            DialectName::Postgres => "drizzle.__drizzle_migrations",
            DialectName::Sqlite | DialectName::Mysql => "__drizzle_migrations",
        };
        format!("SELECT created_at, hash FROM {table} ORDER BY created_at")
    }

    fn run(&self, row: Vec<Option<String>>) -> Run {
        let [key, checksum] = cells(row);
        // SQLite's column is numeric, so that the number may come as a fraction.
        let key = key.split('.').next().unwrap_or_default().to_owned();
        Run { key, checksum: Some(checksum).filter(|text| !text.is_empty()), is_whole: true }
    }
}

fn foreign(key: String, time: Option<String>, slug: &str, file: String, up: &str) -> Foreign {
    let checksums = vec![
        files::sha256(up),
        files::sha256(&up.replace("\r\n", "\n")),
        files::sha256(&up.replace("\r\n", "\n").replace('\n', "\r\n")),
    ];
    // MySQL takes `-->` for no comment; the statements end at their semicolons anyway.
    let lines = up.lines().map(|line| line.replace("--> statement-breakpoint", ""));
    let up: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
    let up = format!("{}\n", up.join("\n").trim_end());
    Foreign { key, time, name: slug.to_owned(), file, up, down: None, checksums }
}

fn of_journal(folder: &Path, shown: &str, journal: &Path) -> Result<Vec<Foreign>, Vec<Diagnostic>> {
    let name = format!("{shown}/meta/_journal.json");
    let text = files::read(journal, &name).map_err(|problem| vec![problem])?;
    let unreadable = |why: String| {
        vec![Diagnostic::error("DBK0701", format!("cannot read `{name}`: {why}")).in_file(&name)]
    };
    let value: Value =
        serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    let entries = value["entries"].as_array().ok_or_else(|| unreadable("no entries".to_owned()))?;
    let mut found = Vec::new();
    let mut problems = Vec::new();
    for entry in entries {
        let (Some(tag), Some(when)) = (entry["tag"].as_str(), entry["when"].as_u64()) else {
            problems.extend(unreadable("an entry without `tag` or `when`".to_owned()));
            continue;
        };
        let file = format!("{shown}/{tag}.sql");
        let slug = tag.split_once('_').map_or(tag, |(_, slug)| slug);
        match files::read(&folder.join(format!("{tag}.sql")), &file) {
            Ok(up) => {
                let time = Some(clock::stamp(when / 1000));
                found.push(foreign(when.to_string(), time, slug, file, &up));
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}
