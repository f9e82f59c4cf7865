//! What a build script calls.
#![expect(clippy::print_stdout, reason = "cargo reads what a build script says from its stdout")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::blob;
use crate::canonical::Hash;
use crate::folder::{Folder, JOURNAL};
use crate::manifest;
use crate::problem::Problem;
use crate::split::Flavor;
use crate::verify::verify;

/// Verifies a migrations folder and embeds it. `folder` is relative to the package.
///
/// Every problem is a `cargo::error`, all at once, and fails the build; more than one head is a warning.
/// Writes only to `OUT_DIR`. `DBKIT_BUILD=warn` turns into warnings what can be embedded all the same (an edited file, a folder that is
/// not in the journal), `DBKIT_BUILD=off` does not even say it. What is missing or unreadable fails the build in any case.
pub fn embed(folder: impl AsRef<Path>) {
    Embed::new(folder).run();
}

/// [`embed`] with options.
#[derive(Debug, Clone)]
pub struct Embed {
    folder: PathBuf,
    flavor: Option<Flavor>,
    may_be_missing: bool,
}

/// Whether errors fail the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Valve {
    Deny,
    Warn,
    Off,
}

impl Embed {
    /// Embeds this folder, relative to the package.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_owned(), flavor: None, may_be_missing: false }
    }

    /// Splits statements by the rules of one dialect: `postgres`, `sqlite` or `mysql`. An unknown word changes nothing.
    ///
    /// Without it, the dialect is the one that `[package.metadata.dbkit]` gives to the folder; if that says none either, scripts are
    /// split by what the dialects have in common ([`Flavor::Any`]).
    #[must_use]
    pub fn dialect(mut self, dialect: &str) -> Self {
        self.flavor = Flavor::from_word(dialect).or(self.flavor);
        self
    }

    /// Embeds an empty set, with a warning, while there is no such folder. Without it, that is an error.
    #[must_use]
    pub fn allow_missing(mut self, may_be_missing: bool) -> Self {
        self.may_be_missing = may_be_missing;
        self
    }

    /// Does it.
    pub fn run(self) {
        let shown = self.folder.display().to_string().replace('\\', "/");
        let shown = shown.trim_end_matches('/');
        println!("cargo::rerun-if-changed={shown}");
        println!("cargo::rerun-if-changed={shown}/{JOURNAL}");
        println!("cargo::rerun-if-changed=Cargo.toml");
        println!("cargo::rerun-if-env-changed=DBKIT_BUILD");
        let (Some(package), Some(out)) =
            (env::var_os("CARGO_MANIFEST_DIR"), env::var_os("OUT_DIR"))
        else {
            error(
                "dbkit_build::embed runs in a build script: CARGO_MANIFEST_DIR and OUT_DIR are not set",
            );
            return;
        };
        let (package, out) = (PathBuf::from(package), PathBuf::from(out));
        let (manifest, root, root_path) = manifest::read(&package);
        if let Some(path) = root_path {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        let flavor = self.flavor.or_else(|| manifest.flavor(&root, shown)).unwrap_or(Flavor::Any);
        if self.may_be_missing && !package.join(&self.folder).exists() {
            // A path that never exists: cargo asks again at every build. A folder moved to its place with an old time would not be seen.
            println!("cargo::rerun-if-changed={}", out.join("dbkit_asks_again").display());
            warning(&format!("there is no folder `{shown}`, so no migration is embedded"));
            embed_blob(&out, &blob::write(&Folder::empty(shown), flavor));
            return;
        }

        let folder = Folder::read(&package.join(&self.folder), shown);
        let mut problems = verify(&folder, flavor);
        problems.retain(|problem| problem.code != "DBK0213");
        problems.extend(outside(&package, &self.folder, manifest.is_private(&root)));
        let valve = valve(shown);
        let mut has_error = false;
        for problem in &problems {
            let is_waived = valve != Valve::Deny && can_be_waived(problem.code);
            if problem.is_error() && !is_waived {
                has_error = true;
                error(&problem.to_string());
            } else if valve != Valve::Off {
                warning(&problem.to_string());
            }
        }
        if !has_error {
            embed_blob(&out, &blob::write(&folder, flavor));
        }
    }
}

/// Reads `DBKIT_BUILD`, and says so when it is open.
fn valve(shown: &str) -> Valve {
    let word = env::var("DBKIT_BUILD").unwrap_or_default();
    let valve = match word.as_str() {
        "" | "deny" => return Valve::Deny,
        "warn" => Valve::Warn,
        "off" => Valve::Off,
        _ => {
            warning(&format!("DBKIT_BUILD={word} means nothing: expected `deny`, `warn` or `off`"));
            return Valve::Deny;
        }
    };
    warning(&format!("DBKIT_BUILD={word}: the migrations in `{shown}` are embedded unverified"));
    valve
}

/// Whether a folder with this problem can be embedded at all. A file that is missing or cannot be split would become a migration
/// without statements, and a new database would record it as applied.
fn can_be_waived(code: &str) -> bool {
    matches!(code, "DBK0203" | "DBK0205" | "DBK0212" | "DBK0214")
}

fn embed_blob(out: &Path, blob: &[u8]) {
    println!("cargo::rustc-env=DBKIT_SET_HASH={}", Hash::of_canonical(blob));
    let path = out.join("dbkit_migrations.bin");
    // An unchanged file keeps its time, so that nothing is rebuilt for it.
    if fs::read(&path).is_ok_and(|written| written == blob) {
        return;
    }
    if let Err(cause) = fs::write(&path, blob) {
        error(&format!("cannot write `dbkit_migrations.bin` to OUT_DIR: {cause}"));
    }
}

/// A folder outside the package cannot be packaged; that is fine only for what is never published.
fn outside(package: &Path, folder: &Path, is_private: bool) -> Option<Problem> {
    if is_private {
        return None;
    }
    let inside = package.canonicalize().ok()?;
    let folder_path = package.join(folder).canonicalize().ok()?;
    if folder_path.starts_with(&inside) {
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
