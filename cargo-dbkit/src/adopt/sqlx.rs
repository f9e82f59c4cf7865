//! sqlx: `<version>_<name>.sql`, or `.up.sql` and `.down.sql`; a SHA-384 of the script as it is on disk.

use std::path::Path;

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use super::{Foreign, Run, Tool, cells, files};

/// sqlx-cli and `sqlx::migrate!`.
pub(super) struct Sqlx;

impl Tool for Sqlx {
    fn title(&self) -> &'static str {
        "sqlx"
    }

    fn table(&self) -> &'static str {
        "_sqlx_migrations"
    }

    fn folders(&self) -> &'static [&'static str] {
        &["migrations"]
    }

    fn read(&self, folder: &Path, shown: &str) -> Result<Vec<Foreign>, Vec<Diagnostic>> {
        let mut found: Vec<(i64, Foreign)> = Vec::new();
        let mut problems = Vec::new();
        let names = files::names(folder, shown)?;
        for name in &names {
            let Some((digits, rest)) = name.split_once('_') else { continue };
            let Ok(version) = digits.parse::<i64>() else { continue };
            // The way back belongs to the way.
            if !rest.ends_with(".sql") || rest.ends_with(".down.sql") {
                continue;
            }
            let slug = rest.trim_end_matches(".sql").trim_end_matches(".up");
            let file = format!("{shown}/{name}");
            let back = format!("{digits}_{slug}.down.sql");
            let up = files::read(&folder.join(name), &file);
            let down = names
                .contains(&back)
                .then(|| files::read(&folder.join(&back), &format!("{shown}/{back}")))
                .transpose();
            match (up, down) {
                (Ok(up), Ok(down)) => found.push((
                    version,
                    Foreign {
                        key: version.to_string(),
                        time: files::time(digits),
                        name: slug.to_owned(),
                        file,
                        // A checkout may have given the file other line ends.
                        checksums: vec![
                            files::sha384(&up),
                            files::sha384(&up.replace("\r\n", "\n")),
                            files::sha384(&up.replace("\r\n", "\n").replace('\n', "\r\n")),
                        ],
                        down: down.map(directives),
                        up: directives(up),
                    },
                )),
                (up, down) => problems.extend(up.err().into_iter().chain(down.err())),
            }
        }
        found.sort_by_key(|(version, _)| *version);
        if problems.is_empty() {
            Ok(found.into_iter().map(|(_, one)| one).collect())
        } else {
            Err(problems)
        }
    }

    fn history(&self, dialect: DialectName) -> String {
        let checksum = match dialect {
            DialectName::Postgres => "encode(checksum, 'hex')",
            DialectName::Sqlite | DialectName::Mysql => "hex(checksum)",
        };
        format!(
            "SELECT version, {checksum}, CASE WHEN success THEN 1 ELSE 0 END FROM _sqlx_migrations ORDER BY version"
        )
    }

    fn run(&self, row: Vec<Option<String>>) -> Run {
        let [key, checksum, success] = cells(row);
        Run { key, checksum: Some(checksum), is_whole: success == "1" }
    }
}

fn directives(text: String) -> String {
    if text.starts_with("-- no-transaction") {
        format!("-- dbkit: no-transaction\n{text}")
    } else {
        text
    }
}
