//! What a build script calls.
#![expect(clippy::print_stdout, reason = "cargo reads what a build script says from its stdout")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::blob;
use crate::folder::{Folder, JOURNAL};
use crate::manifest;
use crate::problem::Problem;
use crate::split::Flavor;
use crate::verify::{Seen, verify_and_keep};

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
    set: Option<String>,
    #[cfg(feature = "schema-check")]
    schema_check: crate::SchemaCheck,
}

/// The name of the set that needs no name.
const DEFAULT_SET: &str = "app";

/// What this build script has embedded already: the name of the set, and the folder.
static EMBEDDED: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());

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
        Self {
            folder: folder.as_ref().to_owned(),
            flavor: None,
            may_be_missing: false,
            set: None,
            #[cfg(feature = "schema-check")]
            schema_check: crate::SchemaCheck::default(),
        }
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

    /// Gives the set a name, so that a package can embed several folders: `include_migrations!(pub AUDIT, set = "audit")` takes it up, and
    /// the history keeps its rows apart. Without it, the set is `app`.
    #[must_use]
    pub fn set(mut self, name: &str) -> Self {
        self.set = Some(name.to_owned());
        self
    }

    /// What to do when the structs have changes that no migration holds: a warning, unless it is said.
    ///
    /// The configuration in Cargo.toml says where the structs are, as for `cargo dbkit`.
    #[cfg(feature = "schema-check")]
    #[must_use]
    pub fn schema_check(mut self, check: crate::SchemaCheck) -> Self {
        self.schema_check = check;
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
        let set = self.set.as_deref().unwrap_or(DEFAULT_SET);
        if let Err(problem) = claim(set, shown) {
            error(&problem.to_string());
            return;
        }
        let flavor = self.flavor.or_else(|| manifest.flavor(&root, shown)).unwrap_or(Flavor::Any);
        if self.may_be_missing && !package.join(&self.folder).exists() {
            // A path that never exists: cargo asks again at every build. A folder moved to its place with an old time would not be seen.
            println!("cargo::rerun-if-changed={}", out.join("dbkit_asks_again").display());
            warning(&format!("there is no folder `{shown}`, so no migration is embedded"));
            embed_blob(&out, set, &blob::write(&Folder::empty(shown), flavor));
            return;
        }

        let folder = Folder::read(&from_here(&package, &self.folder), shown);
        let mut seen = Seen::default();
        let mut problems = verify_and_keep(&folder, flavor, &mut seen);
        problems.retain(|problem| problem.code != "DBK0213");
        problems.extend(outside(&package, &self.folder, manifest.is_private(&root)));
        #[cfg(feature = "schema-check")]
        if !problems.iter().any(Problem::is_error) {
            let databases = manifest.databases(&root, shown);
            problems.extend(self.compare(&package, &folder, flavor, &databases, &manifest));
        }
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
            embed_blob(&out, set, &blob::write_seen(&folder, flavor, &seen));
        }
    }

    /// The structs beside the migrations.
    #[cfg(feature = "schema-check")]
    fn compare(
        &self,
        package: &Path,
        folder: &Folder,
        flavor: Flavor,
        databases: &[manifest::Settings],
        manifest: &manifest::Manifest,
    ) -> Option<Problem> {
        use crate::problem::Severity;
        use crate::schema_check::{SchemaCheck, check};

        if self.schema_check == SchemaCheck::Off {
            return None;
        }
        let settings = databases.last().cloned().unwrap_or_default();
        let found = check(package, folder, flavor, &settings, manifest.default_features());
        for file in &found.files {
            println!("cargo::rerun-if-changed={file}");
        }
        let mut problem = found.problem?;
        if self.schema_check == SchemaCheck::Deny {
            problem.severity = Severity::Error;
        }
        Some(problem)
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
    matches!(code, "DBK0022" | "DBK0218" | "DBK0203" | "DBK0205" | "DBK0212" | "DBK0214")
}

/// Takes a name for a folder, once in a build script.
fn claim(set: &str, shown: &str) -> Result<(), Problem> {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if set.is_empty() || set.len() > 64 || !set.bytes().all(is_part) {
        return Err(Problem::error(
            "DBK0217",
            format!("`{set}` is no name of a set: expected up to 64 of a-z, 0-9 and _"),
        ));
    }
    let mut embedded = EMBEDDED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(other) = embedded.insert(set.to_owned(), shown.to_owned()) {
        return Err(Problem::error(
            "DBK0217",
            format!("`{other}` and `{shown}` are both embedded as the set `{set}`"),
        )
        .note("the second would take the place of the first")
        .help(format!("name one of them: `dbkit_build::Embed::new(\"{shown}\").set(\"..\").run()`"))
        .help("and take it up by `dbkit::include_migrations!(pub OTHER, set = \"..\")`"));
    }
    Ok(())
}

/// Another number for another blob, so that a cache which does not look at what `include_bytes!` includes is not fooled. It protects
/// nothing, and without optimisation it takes a tenth of the time of a real hash.
fn mark(blob: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(blob);
    hasher.finish()
}

fn embed_blob(out: &Path, set: &str, blob: &[u8]) {
    let (suffix, variable) = match set {
        DEFAULT_SET => (String::new(), String::new()),
        _ => (format!("_{set}"), format!("_{}", set.to_uppercase())),
    };
    println!("cargo::rustc-env=DBKIT_SET_HASH{variable}={:016x}", mark(blob));
    let path = out.join(format!("dbkit_migrations{suffix}.bin"));
    // An unchanged file keeps its time, so that nothing is rebuilt for it.
    if fs::read(&path).is_ok_and(|written| written == blob) {
        return;
    }
    if let Err(cause) = fs::write(&path, blob) {
        error(&format!("cannot write `dbkit_migrations{suffix}.bin` to OUT_DIR: {cause}"));
    }
}

/// A folder of the package as it is reached from the current one, which is the package unless build.rs has gone elsewhere: each of
/// thousands of files is found sooner by a short path.
fn from_here(package: &Path, folder: &Path) -> PathBuf {
    let is_here = env::current_dir().is_ok_and(|here| here == package);
    if is_here { folder.to_owned() } else { package.join(folder) }
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
