//! What a build script has to know from Cargo.toml: the dialect of a migrations folder, whether the package is published, and where its
//! structs are.
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
    /// `[features]`.
    features: Vec<(String, Vec<String>)>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Config {
    base: Settings,
    /// By name.
    databases: Vec<(String, Settings)>,
}

/// What one table of the configuration says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) dialect: Option<String>,
    pub(crate) migrations: Option<String>,
    pub(crate) schema: Option<Vec<String>>,
    pub(crate) features: Option<Vec<String>>,
    pub(crate) comments: Option<String>,
}

impl Settings {
    fn or(&self, other: &Self) -> Self {
        Self {
            dialect: self.dialect.clone().or_else(|| other.dialect.clone()),
            migrations: self.migrations.clone().or_else(|| other.migrations.clone()),
            schema: self.schema.clone().or_else(|| other.schema.clone()),
            features: self.features.clone().or_else(|| other.features.clone()),
            comments: self.comments.clone().or_else(|| other.comments.clone()),
        }
    }
}

impl Manifest {
    pub(crate) fn parse(text: &str) -> Self {
        let mut manifest = Self::default();
        let mut table = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let line = line.trim();
            if let Some(header) = line.strip_prefix('[') {
                let header = header.split(']').next().unwrap_or_default();
                table = header.replace([' ', '"', '\''], "");
                manifest.is_workspace |= table == "workspace" || table.starts_with("workspace.");
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let (key, value) = (key.trim(), value.trim());
            let list = || list(value, lines.clone());
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
                    "comments" => settings.comments = string(value),
                    "schema" => settings.schema = list(),
                    "features" => settings.features = list(),
                    _ => {}
                }
            } else if table == "features" {
                manifest.features.extend(list().map(|list| (unquoted(key), list)));
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
        let mut found = None;
        for settings in self.databases(root, folder) {
            let Some(dialect) = settings.dialect else { continue };
            let flavor = Flavor::from_word(&dialect)?;
            if found.is_some_and(|known| known != flavor) {
                return None;
            }
            found = Some(flavor);
        }
        found
    }

    /// What is said of the databases whose migrations are in that folder.
    pub(crate) fn databases(&self, root: &Self, folder: &str) -> Vec<Settings> {
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
        all.retain(|settings| {
            let is_here = settings.migrations.as_deref().unwrap_or("migrations");
            plain(is_here) == plain(folder)
        });
        all
    }

    /// For the feature `schema-check`: the features that are on by default, with those that they turn on.
    #[cfg(any(test, feature = "schema-check"))]
    pub(crate) fn default_features(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let mut open = vec!["default"];
        while let Some(name) = open.pop() {
            let Some((_, more)) = self.features.iter().find(|(known, _)| known == name) else {
                continue;
            };
            if !found.iter().any(|known| known == name) {
                found.push(name.to_owned());
                open.extend(more.iter().map(String::as_str));
            }
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

fn unquoted(key: &str) -> String {
    key.trim_matches(['"', '\'']).to_owned()
}

/// The strings of an array that may go on over the next lines.
fn list<'a>(value: &str, next: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut text = value.strip_prefix('[')?.split('#').next().unwrap_or_default().to_owned();
    for line in next {
        if text.contains(']') {
            break;
        }
        text.push('\n');
        text.push_str(line.split('#').next().unwrap_or_default());
    }
    let inside = text.split(']').next()?;
    Some(inside.split(',').filter_map(|item| string(item.trim())).collect())
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

    #[test]
    fn lists_and_features_are_read_over_several_lines() {
        let manifest = Manifest::parse(
            "[package.metadata.dbkit]\nschema = [ # where\n    \"src/a.rs\", # one\n    \"src/b/*.rs\"\n]\ncomments = \"doc\"\n[features]\ndefault = [\"x\"]\nx = [\"y\"]\ny = []\nz = []\n",
        );
        let found = manifest.databases(&Manifest::default(), "migrations");
        assert_eq!(
            found[0].schema.as_deref(),
            Some(&["src/a.rs".to_owned(), "src/b/*.rs".to_owned()][..])
        );
        assert_eq!(found[0].comments.as_deref(), Some("doc"));
        assert_eq!(manifest.default_features(), ["default", "x", "y"]);
    }
}
