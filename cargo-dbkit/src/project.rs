//! The package that a command works on: where it is, and what it says about dbkit.
//!
//! Manifests are read directly, because `cargo metadata` alone takes longer than the rest of `generate`. It is asked
//! only when the package has to be searched for: `-p` names another one, or the folder belongs to no package.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;

use crate::config::{self, Config, Manifest, Settings};
use crate::failure::{Failure, file_problem, io_words};
use crate::filter::Filters;
use crate::report::Report;
use crate::spelling;

/// Options that choose the package and the database.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Selection {
    /// Package of a workspace to work on
    #[arg(short, long, value_name = "NAME", global = true, help_heading = "Project")]
    pub package: Option<String>,
    /// Path to Cargo.toml
    #[arg(
        long,
        value_name = "PATH",
        global = true,
        help_heading = "Project",
        hide_short_help = true
    )]
    pub manifest_path: Option<PathBuf>,
    /// Database of the configuration to work on
    #[arg(
        long,
        value_name = "NAME",
        env = "DBKIT_DB",
        global = true,
        help_heading = "Project",
        hide_short_help = true
    )]
    pub db: Option<String>,
    /// URL of the database; else DBKIT_URL, else as configured
    #[arg(
        long,
        value_name = "URL",
        env = "DBKIT_URL",
        hide_env = true,
        global = true,
        help_heading = "Project"
    )]
    pub url: Option<String>,
}

/// The package that a command works on.
#[derive(Debug, Clone)]
pub struct Project {
    /// Its Cargo.toml.
    pub manifest: PathBuf,
    /// Its folder.
    pub folder: PathBuf,
    /// Its name.
    pub package: String,
    /// The workspace it belongs to, if that is another folder.
    pub workspace: Option<PathBuf>,
    /// The names of its dependencies.
    pub(crate) dependencies: BTreeSet<String>,
    default_features: BTreeSet<String>,
    config: Option<Config>,
    defaults: Option<Config>,
    selection: Selection,
}

/// One database as configured, everything filled in.
#[derive(Debug, Clone)]
pub struct Target {
    /// `--db`.
    pub name: Option<String>,
    /// Its dialect.
    pub dialect: DialectName,
    /// Schema files and globs, relative to the package; `None` is the default set.
    pub schema: Option<Vec<String>>,
    /// The migrations folder.
    pub migrations: PathBuf,
    /// The same, relative to the package.
    pub migrations_setting: String,
    /// The variable that holds its URL.
    pub url_env: String,
    /// Its URL, if one is given.
    pub url: Option<String>,
    /// A server on which scratch databases may be made, as configured.
    pub scratch_url: Option<String>,
    /// The SQL file that a scratch database begins with, as configured.
    pub scratch_setup: Option<PathBuf>,
    /// The name of the set of migrations in the history; `app` unless build.rs says another one.
    pub set: String,
    /// Features that `#[cfg(feature = "..")]` in the schema sees as on.
    pub features: BTreeSet<String>,
    /// Whether doc comments become comments in the database.
    pub doc_comments: bool,
    /// Whether what a migration drops is copied first.
    pub preserve: bool,
    /// What of a database is looked at.
    pub filters: Filters,
}

impl Project {
    /// Finds the package.
    pub fn find(selection: &Selection, report: &mut Report) -> Result<Self, Failure> {
        let manifest = match &selection.manifest_path {
            Some(path) if path.is_dir() => {
                return Err(Diagnostic::error(
                    "DBK0001",
                    format!("`{}` is a folder", path.display()),
                )
                .help(format!(
                    "name the manifest: `--manifest-path {}`",
                    path.join("Cargo.toml").display()
                ))
                .into());
            }
            Some(path) => std::path::absolute(path)
                .map_err(|error| Failure::from(file_problem("find", path, &error)))?,
            None => nearest_manifest()?,
        };
        let project = Self::open(manifest, selection, report)?;
        match (&selection.package, project) {
            (None, Some(project)) => Ok(project),
            (Some(name), Some(project)) if project.package == *name => Ok(project),
            (_, _) => Self::search(selection, report),
        }
    }

    /// Reads a manifest; `None` when it has no package.
    fn open(
        manifest: PathBuf,
        selection: &Selection,
        report: &mut Report,
    ) -> Result<Option<Self>, Failure> {
        let own = read_manifest(&manifest, report)?;
        let Some(package) = own.package.clone() else { return Ok(None) };
        let folder = parent(&manifest);
        let workspace = if own.is_workspace { None } else { workspace_of(&folder, &own, report)? };
        let (workspace, defaults) = match workspace {
            Some((folder, config)) => (Some(folder), config),
            None => (None, own.workspace_config.clone()),
        };
        Ok(Some(Self {
            manifest,
            folder,
            package,
            workspace,
            dependencies: own.dependencies,
            default_features: own.default_features,
            config: own.package_config,
            defaults,
            selection: selection.clone(),
        }))
    }

    /// Asks cargo for the members of the workspace.
    fn search(selection: &Selection, report: &mut Report) -> Result<Self, Failure> {
        let mut command = cargo_metadata::MetadataCommand::new();
        command.no_deps();
        if let Some(path) = &selection.manifest_path {
            command.manifest_path(path);
        }
        let metadata = command.exec().map_err(|error| {
            let words = match error {
                cargo_metadata::Error::CargoMetadata { stderr } => stderr.trim().to_owned(),
                other => other.to_string(),
            };
            Failure::from(Diagnostic::error("DBK0001", "`cargo metadata` failed").note(words))
        })?;
        let members = metadata.workspace_packages();
        let names: Vec<&str> = members.iter().map(|package| package.name.as_str()).collect();
        let found: Vec<_> = match &selection.package {
            Some(name) => members
                .iter()
                .filter(|package| dbkit_schema::rust::paths::matches(name, package.name.as_str()))
                .collect(),
            None => {
                members.iter().filter(|package| package.metadata.get("dbkit").is_some()).collect()
            }
        };
        let manifest = match (found.as_slice(), &selection.package) {
            ([package], _) => package.manifest_path.clone().into_std_path_buf(),
            ([], Some(name)) => {
                let problem =
                    Diagnostic::error("DBK0001", format!("no package `{name}` in this workspace"));
                return Err(match spelling::nearest(name, names.iter().copied()) {
                    Some(near) => {
                        problem.help(format!("a package with a similar name exists: `{near}`"))
                    }
                    None => problem.help(format!("its packages are {}", spelling::list(&names))),
                }
                .into());
            }
            ([], None) => {
                return Err(Diagnostic::error(
                    "DBK0003",
                    "no package of this workspace uses dbkit",
                )
                .help(format!(
                    "say which one shall: `cargo dbkit init -p {}`",
                    names.first().copied().unwrap_or("NAME")
                ))
                .into());
            }
            (several, _) => {
                let several: Vec<&str> =
                    several.iter().map(|package| package.name.as_str()).collect();
                return Err(Diagnostic::error(
                    "DBK0001",
                    format!("several packages could be meant: {}", spelling::list(&several)),
                )
                .help(format!("choose one: `-p {}`", several[0]))
                .into());
            }
        };
        Self::open(manifest, selection, report)?.ok_or_else(|| {
            Failure::from(Diagnostic::error("DBK0001", "the manifest has no package"))
        })
    }

    /// Whether a manifest says anything about dbkit.
    pub fn is_set_up(&self) -> bool {
        self.config.is_some() || self.defaults.is_some()
    }

    /// Whether the package's own manifest does.
    pub fn has_own_config(&self) -> bool {
        self.config.is_some()
    }

    /// What the configuration says, as far as it says something: flags, `DBKIT_*` variables, the package's tables, the
    /// workspace's tables.
    fn settings(&self) -> Result<Settings, Failure> {
        let mut settings = environment()?;
        let configs: Vec<&Config> = self.config.iter().chain(&self.defaults).collect();
        if let Some(name) = &self.selection.db {
            let known: BTreeMap<&str, ()> = configs
                .iter()
                .flat_map(|config| config.databases.keys())
                .map(|name| (name.as_str(), ()))
                .collect();
            if !known.contains_key(name.as_str()) {
                let names: Vec<&str> = known.keys().copied().collect();
                let problem = Diagnostic::error(
                    "DBK0004",
                    format!("no database `{name}` in the configuration"),
                )
                .in_file(self.show(&self.manifest));
                return Err(match spelling::nearest(name, names.iter().copied()) {
                    Some(near) => problem.help(format!("a database with a similar name exists: `--db {near}`")),
                    None if names.is_empty() => problem.help(format!(
                        "add one: `[package.metadata.dbkit.databases.{name}]` with the keys that differ"
                    )),
                    None => problem.help(format!("the databases are {}", spelling::list(&names))),
                }
                .into());
            }
        }
        for config in configs {
            if let Some(database) =
                self.selection.db.as_ref().and_then(|name| config.databases.get(name))
            {
                settings = settings.or(database);
            }
            settings = settings.or(&config.settings);
        }
        Ok(settings)
    }

    /// The database that the flags choose.
    pub fn target(&self) -> Result<Target, Failure> {
        let settings = self.settings()?;
        let Some(dialect) = settings.dialect else {
            let problem = Diagnostic::error(
                "DBK0003",
                format!("package `{}` does not say which database it is for", self.package),
            )
            .in_file(self.show(&self.manifest));
            return Err(if self.is_set_up() {
                problem.help("add `dialect = \"sqlite\"` (or `postgres`, `mysql`) to `[package.metadata.dbkit]`")
            } else {
                problem.help("set dbkit up: `cargo dbkit init --dialect sqlite` (or `postgres`, `mysql`)")
            }
            .into());
        };
        let migrations = settings.migrations.unwrap_or_else(|| "migrations".to_owned());
        let url_env = settings.url_env.unwrap_or_else(|| "DATABASE_URL".to_owned());
        let url = self
            .selection
            .url
            .clone()
            .or_else(|| env::var(&url_env).ok())
            .filter(|url| !url.is_empty());
        Ok(Target {
            name: self.selection.db.clone(),
            dialect,
            schema: settings.schema,
            migrations: self.folder.join(&migrations),
            migrations_setting: migrations,
            url_env,
            url,
            scratch_url: settings.scratch_url,
            scratch_setup: settings.scratch_setup.map(|path| self.folder.join(path)),
            set: settings.set.unwrap_or_else(|| "app".to_owned()),
            features: self
                .default_features
                .iter()
                .cloned()
                .chain(settings.features.unwrap_or_default())
                .collect(),
            doc_comments: settings.doc_comments.unwrap_or(false),
            preserve: settings.preserve.unwrap_or(false),
            filters: Filters {
                schemas: settings.schemas.unwrap_or_default(),
                tables: settings.tables.unwrap_or_default(),
                roles: settings.roles.unwrap_or_default(),
                provider: settings.provider,
            },
        })
    }

    /// A path as the user knows it: from the folder the command was started in.
    pub fn show(&self, path: &Path) -> String {
        show(path)
    }
}

/// A path as the user knows it: from the folder the command was started in, with `/` on every system.
pub(crate) fn show(path: &Path) -> String {
    let shown = env::current_dir().ok().and_then(|from| relative(&from, path));
    let text = shown.as_deref().unwrap_or(path).display().to_string();
    if cfg!(windows) { text.replace('\\', "/") } else { text }
}

/// `to` as seen from the folder `from`; `None` when they are far apart.
fn relative(from: &Path, to: &Path) -> Option<PathBuf> {
    let from: Vec<Component<'_>> = from.components().collect();
    let to: Vec<Component<'_>> =
        to.components().filter(|component| *component != Component::CurDir).collect();
    let common = from.iter().zip(&to).take_while(|(left, right)| left == right).count();
    let up = from.len() - common;
    if common < 2 || up > 2 {
        return None;
    }
    let path: PathBuf =
        std::iter::repeat_n(Component::ParentDir, up).chain(to[common..].iter().copied()).collect();
    Some(if path.as_os_str().is_empty() { PathBuf::from(".") } else { path })
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn nearest_manifest() -> Result<PathBuf, Failure> {
    let here =
        env::current_dir().map_err(|error| Failure::from(file_problem("find", ".", &error)))?;
    here.ancestors().map(|folder| folder.join("Cargo.toml")).find(|path| path.is_file()).ok_or_else(
        || {
            Diagnostic::error(
                "DBK0001",
                format!("no `Cargo.toml` in `{}` or a folder above it", here.display()),
            )
            .help("run this in a Cargo package, or name one: `--manifest-path PATH`")
            .into()
        },
    )
}

fn read_manifest(path: &Path, report: &mut Report) -> Result<Manifest, Failure> {
    let shown = show(path);
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::from(Diagnostic::error(
            "DBK0001",
            format!("cannot read `{shown}`: {}", io_words(&error)),
        ))
    })?;
    let (manifest, problems) = config::read(&shown, &text);
    if problems.is_empty() {
        Ok(manifest)
    } else {
        report.keep_text(&shown, &text);
        Err(Failure::problems(problems))
    }
}

/// The workspace that a package belongs to: cargo looks for the nearest `[workspace]` above it.
fn workspace_of(
    folder: &Path,
    own: &Manifest,
    report: &mut Report,
) -> Result<Option<(PathBuf, Option<Config>)>, Failure> {
    if let Some(workspace) = &own.workspace {
        let root = folder.join(workspace);
        let manifest = read_manifest(&root.join("Cargo.toml"), report)?;
        return Ok(Some((root, manifest.workspace_config)));
    }
    for above in folder.ancestors().skip(1) {
        let path = above.join("Cargo.toml");
        // Cheap look first: most manifests above a package are its workspace, but need not be.
        if !fs::read_to_string(&path).is_ok_and(|text| text.contains("workspace")) {
            continue;
        }
        let manifest = read_manifest(&path, report)?;
        if manifest.is_workspace {
            let is_excluded =
                manifest.exclude.iter().any(|excluded| folder.starts_with(above.join(excluded)));
            return Ok((!is_excluded).then(|| (above.to_owned(), manifest.workspace_config)));
        }
    }
    Ok(None)
}

/// `DBKIT_*` variables that stand above the configuration.
fn environment() -> Result<Settings, Failure> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let dialect = match variable("DBKIT_DIALECT").map(|text| text.parse::<DialectName>()) {
        None => None,
        Some(Ok(dialect)) => Some(dialect),
        Some(Err(error)) => {
            return Err(Diagnostic::error("DBK0002", format!("DBKIT_DIALECT: {error}")).into());
        }
    };
    Ok(Settings {
        dialect,
        schema: variable("DBKIT_SCHEMA")
            .map(|list| list.split(',').map(|item| item.trim().to_owned()).collect()),
        migrations: variable("DBKIT_MIGRATIONS"),
        url_env: variable("DBKIT_URL_ENV"),
        scratch_url: None,
        scratch_setup: None,
        set: None,
        features: None,
        doc_comments: None,
        preserve: None,
        schemas: None,
        tables: None,
        roles: None,
        provider: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_from_here() {
        let shown = |from: &str, to: &str| relative(Path::new(from), Path::new(to));
        assert_eq!(shown("/a/b", "/a/b/c/d.rs"), Some(PathBuf::from("c/d.rs")));
        assert_eq!(shown("/a/b/src", "/a/b/m/x"), Some(PathBuf::from("../m/x")));
        assert_eq!(shown("/a/b", "/a/b"), Some(PathBuf::from(".")));
        assert_eq!(shown("/a/b", "/other/x"), None);
    }
}
