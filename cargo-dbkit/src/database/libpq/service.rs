//! The service file: sections of parameters. <https://www.postgresql.org/docs/current/libpq-pgservice.html>

use std::path::{Path, PathBuf};

use dbkit_schema::diagnostic::Diagnostic;

use super::{Surroundings, home};

/// The parameters of a service, from the first file that has it: the user's, then the computer's.
pub(super) fn read(
    name: &str,
    around: &dyn Surroundings,
) -> Result<Vec<(String, String)>, Diagnostic> {
    let files = files(around);
    let found = files.iter().find_map(|path| section(&around.file(path)?, name));
    found.ok_or_else(|| {
        let places: Vec<String> =
            files.iter().map(|path| format!("`{}`", path.display())).collect();
        Diagnostic::error("DBK0007", format!("there is no service `{name}`"))
            .note(format!("it was looked for in {}", places.join(" and ")))
            .help(format!("write a section `[{name}]` with `host=..`, `dbname=..`, or name another file by PGSERVICEFILE"))
    })
}

fn files(around: &dyn Surroundings) -> Vec<PathBuf> {
    let own = around
        .variable("PGSERVICEFILE")
        .map(PathBuf::from)
        .or_else(|| home(around).map(|home| home.join(".pg_service.conf")));
    let system =
        around.variable("PGSYSCONFDIR").unwrap_or_else(|| "/etc/postgresql-common".to_owned());
    own.into_iter().chain([Path::new(&system).join("pg_service.conf")]).collect()
}

fn section(text: &str, name: &str) -> Option<Vec<(String, String)>> {
    let title = format!("[{name}]");
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| *line == title)?;
    let pairs = lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
    Some(pairs.collect())
}
