//! SeaORM: programs, `m20260101_000000_name.rs`. What they make only a database can tell that has run them.

use std::path::Path;

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use super::{Foreign, Run, Tool, cells, files};

/// sea-orm-migration.
pub(super) struct SeaOrm;

impl Tool for SeaOrm {
    fn title(&self) -> &'static str {
        "SeaORM"
    }

    fn table(&self) -> &'static str {
        "seaql_migrations"
    }

    fn folders(&self) -> &'static [&'static str] {
        &["migration/src", "../migration/src"]
    }

    fn read(&self, folder: &Path, shown: &str) -> Result<Vec<Foreign>, Vec<Diagnostic>> {
        let names = files::names(folder, shown)?;
        let is_migration = |name: &&str| {
            let digits = name.strip_prefix('m').and_then(|rest| rest.get(..15));
            digits.is_some_and(|digits| {
                digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
            })
        };
        let of = |name: &str| {
            let (day, rest) = name.strip_prefix('m').unwrap_or(name).split_at(8);
            let clock = rest.get(1..7).unwrap_or_default();
            Foreign {
                key: name.to_owned(),
                time: files::time(&format!("{day}{clock}")),
                name: rest.get(8..).unwrap_or_default().to_owned(),
                file: format!("{shown}/{name}.rs"),
                ..Foreign::default()
            }
        };
        let stems = names.iter().filter_map(|name| name.strip_suffix(".rs"));
        Ok(stems.filter(is_migration).map(of).collect())
    }

    fn is_code(&self) -> bool {
        true
    }

    fn history(&self, _: DialectName) -> String {
        "SELECT version FROM seaql_migrations ORDER BY version".to_owned()
    }

    fn run(&self, row: Vec<Option<String>>) -> Run {
        let [key] = cells(row);
        Run { key, checksum: None, is_whole: true }
    }
}
