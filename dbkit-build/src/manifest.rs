//! What a build script has to know from Cargo.toml: the dialect of a migrations folder, and whether the package is published.
//!
//! Read by hand, line by line, because a build script should not compile a TOML parser. A form that is not understood here (an inline
//! table) is as good as one that is not there: the dialect is then not known.

use std::fs;
use std::path::{Path, PathBuf};

use crate::split::Flavor;

/// A manifest, as far as it matters here.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    is_workspace: bool,
    is_private: bool,
    /// `publish.workspace = true`
    inherits_publish: bool,
    /// `metadata.dbkit`, of the package and of the workspace.
    package: Config,
    workspace: Config,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Config {
    base: Settings,
    /// By name.
    databases: Vec<(String, Settings)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Settings {
    dialect: Option<String>,
    migrations: Option<String>,
}

impl Settings {
    fn or(&self, other: &Self) -> Self {
        Self {
            dialect: self.dialect.clone().or_else(|| other.dialect.clone()),
            migrations: self.migrations.clone().or_else(|| other.migrations.clone()),
        }
    }
}

impl Manifest {
    pub(crate) fn parse(text: &str) -> Self {
        let mut manifest = Self::default();
        let mut table = String::new();
        for line in text.lines() {
            let line = line.trim();
            if let Some(header) = line.strip_prefix('[') {
                let header = header.split(']').next().unwrap_or_default();
                table = header.replace([' ', '"', '\''], "");
                manifest.is_workspace |= table == "workspace" || table.starts_with("workspace.");
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let (key, value) = (key.trim(), value.trim());
            if matches!(table.as_str(), "package" | "workspace.package") {
                match key {
                    "publish" => {
                        manifest.is_private |=
                            value.starts_with("false") || value.replace(' ', "").starts_with("[]");
                        manifest.inherits_publish |=
                            value.replace(' ', "").contains("workspace=true");
                    }
                    "publish.workspace" => manifest.inherits_publish |= value.starts_with("true"),
                    _ => {}
                }
            } else if let Some(settings) = manifest.settings(&table) {
                match key {
                    "dialect" => settings.dialect = string(value),
                    "migrations" => settings.migrations = string(value),
                    _ => {}
                }
            }
        }
        manifest
    }

    fn settings(&mut self, table: &str) -> Option<&mut Settings> {
        let (config, rest) = match table.strip_prefix("package.metadata.dbkit") {
            Some(rest) => (&mut self.package, rest),
            None => (&mut self.workspace, table.strip_prefix("workspace.metadata.dbkit")?),
        };
        if rest.is_empty() {
            return Some(&mut config.base);
        }
        let name = rest.strip_prefix(".databases.")?;
        let position = match config.databases.iter().position(|(known, _)| known == name) {
            Some(position) => position,
            None => {
                config.databases.push((name.to_owned(), Settings::default()));
                config.databases.len() - 1
            }
        };
        Some(&mut config.databases[position].1)
    }

    /// Whether the package is never published. `root` is the manifest of its workspace.
    pub(crate) fn is_private(&self, root: &Self) -> bool {
        self.is_private || (self.inherits_publish && root.is_private)
    }

    /// The dialect of the databases whose migrations are in that folder, if they have one in common.
    pub(crate) fn flavor(&self, root: &Self, folder: &str) -> Option<Flavor> {
        let base = self.package.base.or(&root.workspace.base);
        let mut all = vec![base.clone()];
        for (name, settings) in &root.workspace.databases {
            // The package's own table of that name goes over the workspace's.
            if !self.package.databases.iter().any(|(known, _)| known == name) {
                all.push(settings.or(&base));
            }
        }
        for (name, settings) in &self.package.databases {
            let inherited = root.workspace.databases.iter().find(|(known, _)| known == name);
            let settings =
                inherited.map_or_else(|| settings.clone(), |(_, other)| settings.or(other));
            all.push(settings.or(&base));
        }
        let mut found = None;
        for settings in all {
            let is_here = settings.migrations.as_deref().unwrap_or("migrations");
            let Some(dialect) = settings.dialect.filter(|_| plain(is_here) == plain(folder)) else {
                continue;
            };
            let flavor = Flavor::from_word(&dialect)?;
            if found.is_some_and(|known| known != flavor) {
                return None;
            }
            found = Some(flavor);
        }
        found
    }
}

/// Reads the manifest of a package, and that of its workspace with its path.
pub(crate) fn read(package: &Path) -> (Manifest, Manifest, Option<PathBuf>) {
    let parse = |path: &Path| fs::read_to_string(path).ok().map(|text| Manifest::parse(&text));
    let own = parse(&package.join("Cargo.toml")).unwrap_or_default();
    // What was packaged belongs to no workspace any more; the one that it may lie in (`vendor/`) is somebody else's.
    if package.join("Cargo.toml.orig").exists() {
        return (own, Manifest::default(), None);
    }
    for folder in package.ancestors() {
        let path = folder.join("Cargo.toml");
        if let Some(root) = parse(&path).filter(|root| root.is_workspace) {
            return (own, root, Some(path));
        }
    }
    (own, Manifest::default(), None)
}

fn string(value: &str) -> Option<String> {
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

/// A path without `./` before and `/` after it.
fn plain(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path).trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::{Flavor, Manifest};

    fn flavor(package: &str, root: &str, folder: &str) -> Option<Flavor> {
        Manifest::parse(package).flavor(&Manifest::parse(root), folder)
    }

    #[test]
    fn the_dialect_is_that_of_the_databases_with_this_folder() {
        let one =
            "[package]\nname = \"a\"\n[package.metadata.dbkit]\ndialect = 'mysql' # MariaDB\n";
        assert_eq!(flavor(one, "", "migrations"), Some(Flavor::Mysql));
        assert_eq!(flavor(one, "", "./migrations/"), Some(Flavor::Mysql));
        assert_eq!(flavor(one, "", "elsewhere"), None);
        let two = "[package.metadata.dbkit]\ndialect = \"sqlite\"\n[package.metadata.dbkit.databases.prod]\ndialect = \"postgres\"\nmigrations = \"pg\"\n";
        assert_eq!(flavor(two, "", "migrations"), Some(Flavor::Sqlite));
        assert_eq!(flavor(two, "", "pg"), Some(Flavor::Postgres));
        // One folder for two dialects: not known.
        let both = two.replace("migrations = \"pg\"\n", "");
        assert_eq!(flavor(&both, "", "migrations"), None);
    }

    #[test]
    fn the_workspace_says_what_the_package_does_not() {
        let root = "[workspace]\n[workspace.metadata.dbkit]\ndialect = \"postgres\"\n";
        assert_eq!(flavor("[package]\n", root, "migrations"), Some(Flavor::Postgres));
        let own = "[package.metadata.dbkit]\ndialect = \"sqlite\"\n";
        assert_eq!(flavor(own, root, "migrations"), Some(Flavor::Sqlite));
        assert_eq!(flavor("[dependencies]\ndialect = \"mysql\"\n", "", "migrations"), None);
        assert_eq!(flavor("[package.metadata]\ndbkit = { dialect = 1 }\n", "", "migrations"), None);
    }

    #[test]
    fn a_private_package_says_so_itself_or_through_its_workspace() {
        let is_private =
            |package, root| Manifest::parse(package).is_private(&Manifest::parse(root));
        assert!(is_private("[package]\npublish = false\n", ""));
        assert!(is_private("[package]\npublish = []\n", ""));
        assert!(is_private(
            "[package]\npublish.workspace = true\n",
            "[workspace.package]\npublish = false\n"
        ));
        assert!(!is_private("[package]\npublish.workspace = true\n", "[workspace.package]\n"));
        assert!(!is_private("[package]\n[lib]\npublish = false\n", ""));
    }
}
