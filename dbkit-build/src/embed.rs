//! What a build script calls.
#![expect(clippy::print_stdout, reason = "cargo reads what a build script says from its stdout")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::blob;
use crate::canonical::Hash;
use crate::folder::{Folder, JOURNAL};
use crate::problem::Problem;
use crate::split::Flavor;
use crate::verify::verify;

/// Verifies a migrations folder and embeds it. `folder` is relative to the package.
///
/// Every problem is a `cargo::error`, all at once, and fails the build; more than one head is a warning.
/// Writes only to `OUT_DIR`. `DBKIT_BUILD=warn` turns errors into warnings, `DBKIT_BUILD=off` does not even look.
pub fn embed(folder: impl AsRef<Path>) {
    Embed::new(folder).run();
}

/// [`embed`] with options.
#[derive(Debug, Clone)]
pub struct Embed {
    folder: PathBuf,
    flavor: Flavor,
}

impl Embed {
    /// Embeds this folder, relative to the package.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_owned(), flavor: Flavor::Any }
    }

    /// Splits statements by the rules of one dialect: `postgres`, `sqlite` or `mysql`. An unknown word changes nothing.
    #[must_use]
    pub fn dialect(mut self, dialect: &str) -> Self {
        self.flavor = Flavor::from_word(dialect).unwrap_or(self.flavor);
        self
    }

    /// Does it.
    pub fn run(self) {
        let shown = self.folder.display().to_string().replace('\\', "/");
        println!("cargo::rerun-if-changed={shown}");
        println!("cargo::rerun-if-changed={shown}/{JOURNAL}");
        println!("cargo::rerun-if-env-changed=DBKIT_BUILD");
        let (Some(package), Some(out)) =
            (env::var_os("CARGO_MANIFEST_DIR"), env::var_os("OUT_DIR"))
        else {
            error(
                "dbkit_build::embed runs in a build script: CARGO_MANIFEST_DIR and OUT_DIR are not set",
            );
            return;
        };
        let package = PathBuf::from(package);
        let folder = Folder::read(&package.join(&self.folder), &shown);
        let valve = env::var("DBKIT_BUILD").unwrap_or_default();
        let mut problems = if valve == "off" { Vec::new() } else { verify(&folder, self.flavor) };
        problems.retain(|problem| problem.code != "DBK0213");
        problems.extend(outside(&package, &self.folder));
        let mut has_error = false;
        for problem in &problems {
            if problem.is_error() && valve != "warn" {
                has_error = true;
                error(&problem.to_string());
            } else {
                warning(&problem.to_string());
            }
        }
        if matches!(valve.as_str(), "off" | "warn") {
            warning(&format!(
                "DBKIT_BUILD={valve}: the migrations in `{shown}` are embedded unverified"
            ));
        }
        if has_error {
            return;
        }
        let blob = blob::write(&folder, self.flavor);
        println!("cargo::rustc-env=DBKIT_SET_HASH={}", Hash::of_canonical(&blob));
        let path = Path::new(&out).join("dbkit_migrations.bin");
        // An unchanged file keeps its time, so that nothing is rebuilt for it.
        if fs::read(&path).is_ok_and(|written| written == blob) {
            return;
        }
        if let Err(cause) = fs::write(&path, blob) {
            error(&format!("cannot write `dbkit_migrations.bin` to OUT_DIR: {cause}"));
        }
    }
}

/// A folder outside the package cannot be packaged; that is fine only for what is never published.
fn outside(package: &Path, folder: &Path) -> Option<Problem> {
    let inside = package.canonicalize().ok()?;
    let folder_path = package.join(folder).canonicalize().ok()?;
    if folder_path.starts_with(&inside) {
        return None;
    }
    let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap_or_default();
    let is_private =
        manifest.lines().any(|line| line.replace(' ', "").starts_with("publish=false"));
    if is_private {
        return None;
    }
    Some(
        Problem::error("DBK0214", format!("the migrations folder `{}` is outside the package", folder.display()))
            .note("`cargo package` takes only what is below the package, so a published package could not be built")
            .help("move the folder below the package, or set `publish = false` in its Cargo.toml"),
    )
}

fn error(text: &str) {
    for line in text.lines() {
        println!("cargo::error={line}");
    }
}

fn warning(text: &str) {
    for line in text.lines() {
        println!("cargo::warning={line}");
    }
}
