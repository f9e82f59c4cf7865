//! diesel: `<version>_<name>/up.sql` and `down.sql`; its history has no checksums.

use std::path::Path;

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use super::{Foreign, Run, Tool, cells, files};

/// diesel-cli and diesel_migrations.
pub(super) struct Diesel;

impl Tool for Diesel {
    fn title(&self) -> &'static str {
        "diesel"
    }

    fn table(&self) -> &'static str {
        "__diesel_schema_migrations"
    }

    fn folders(&self) -> &'static [&'static str] {
        &["migrations"]
    }

    fn read(&self, folder: &Path, shown: &str) -> Result<Vec<Foreign>, Vec<Diagnostic>> {
        let mut found = Vec::new();
        let mut problems = Vec::new();
        for name in files::names(folder, shown)? {
            let Some(name) = name.strip_suffix('/') else { continue };
            let path = folder.join(name);
            if !path.join("up.sql").exists() {
                continue;
            }
            let (version, slug) = name.split_once('_').unwrap_or((name, ""));
            let file = format!("{shown}/{name}/up.sql");
            let up = files::read(&path.join("up.sql"), &file);
            let back = path.join("down.sql");
            let down = back
                .exists()
                .then(|| files::read(&back, &format!("{shown}/{name}/down.sql")))
                .transpose();
            let settings = std::fs::read_to_string(path.join("metadata.toml")).unwrap_or_default();
            let settings: String = settings.split_whitespace().collect();
            let directive = if settings.contains("run_in_transaction=false") {
                "-- dbkit: no-transaction\n"
            } else {
                ""
            };
            match (up, down) {
                (Ok(up), Ok(down)) => found.push(Foreign {
                    // The history has the digits alone.
                    key: version.replace('-', ""),
                    time: files::time(version),
                    name: slug.to_owned(),
                    file,
                    up: format!("{directive}{up}"),
                    down: down.map(|down| format!("{directive}{down}")),
                    checksums: Vec::new(),
                }),
                (up, down) => problems.extend(up.err().into_iter().chain(down.err())),
            }
        }
        found.sort_by(|one, other| one.key.cmp(&other.key));
        if problems.is_empty() { Ok(found) } else { Err(problems) }
    }

    fn history(&self, _: DialectName) -> String {
        "SELECT version FROM __diesel_schema_migrations ORDER BY version".to_owned()
    }

    fn run(&self, row: Vec<Option<String>>) -> Run {
        let [key] = cells(row);
        Run { key, checksum: None, is_whole: true }
    }
}
