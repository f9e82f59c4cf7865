//! A package without structs, whose migrations are written by hand.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::setup::quiet;

/// Writes one, with a migration of that name for each script, by a binary of dbkit.
pub(crate) fn with_scripts<'a>(
    folder: &Path,
    dialect: &str,
    scripts: impl IntoIterator<Item = (&'a str, &'a str)>,
    binary: &Path,
) -> Result<(), Failure> {
    fs::create_dir_all(folder.join("src"))?;
    fs::create_dir_all(folder.join("migrations"))?;
    let manifest = format!(
        "[package]\nname = \"scripts\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[package.metadata.dbkit]\ndialect = \"{dialect}\"\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/main.rs"), "fn main() {}\n")?;
    fs::write(folder.join("src/schema.rs"), "")?;
    fs::write(folder.join("migrations/journal.lock"), "dbkit journal 1\n")?;
    for (name, sql) in scripts {
        let dbkit = |arguments: &[&str]| {
            quiet(Command::new(binary).args(["dbkit", "-q"]).args(arguments).current_dir(folder))
        };
        dbkit(&["generate", "--custom", "--name", name])?;
        for entry in fs::read_dir(folder.join("migrations"))? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(&format!("_{name}")) {
                fs::write(path.join("up.sql"), sql)?;
            }
        }
        dbkit(&["amend", name])?;
    }
    Ok(())
}
