//! `[package.metadata.dbkit]` and `[workspace.metadata.dbkit]`, as data. Text in, settings and problems out.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use dbkit_schema::diagnostic::{Diagnostic, Span};
use dbkit_schema::model::DialectName;
use toml_edit::{Document, Item, TableLike};

use crate::filter::Provider;
use crate::spelling;

/// What one table of the configuration says; every key may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) dialect: Option<DialectName>,
    pub(crate) schema: Option<Vec<String>>,
    pub(crate) migrations: Option<String>,
    pub(crate) url_env: Option<String>,
    /// A server on which scratch databases may be made.
    pub(crate) scratch_url: Option<String>,
    /// SQL that a scratch database begins with, relative to the package.
    pub(crate) scratch_setup: Option<String>,
    /// The name that build.rs gives to the migrations, where there are several folders.
    pub(crate) set: Option<String>,
    /// Features that are on beside the package's default ones.
    pub(crate) features: Option<Vec<String>>,
    /// Whether doc comments become comments in the database.
    pub(crate) doc_comments: Option<bool>,
    /// Whether what a migration drops is copied first.
    pub(crate) preserve: Option<bool>,
    /// Namespaces that are looked at, by glob.
    pub(crate) schemas: Option<Vec<String>>,
    /// Tables that are looked at, by glob.
    pub(crate) tables: Option<Vec<String>>,
    /// Roles whose grants are looked at, by glob.
    pub(crate) roles: Option<Vec<String>>,
    /// Who runs the server.
    pub(crate) provider: Option<Provider>,
}

impl Settings {
    /// These settings, and where they say nothing, the others.
    #[must_use]
    pub(crate) fn or(self, other: &Self) -> Self {
        Self {
            dialect: self.dialect.or(other.dialect),
            schema: self.schema.or_else(|| other.schema.clone()),
            migrations: self.migrations.or_else(|| other.migrations.clone()),
            url_env: self.url_env.or_else(|| other.url_env.clone()),
            scratch_url: self.scratch_url.or_else(|| other.scratch_url.clone()),
            scratch_setup: self.scratch_setup.or_else(|| other.scratch_setup.clone()),
            set: self.set.or_else(|| other.set.clone()),
            features: self.features.or_else(|| other.features.clone()),
            doc_comments: self.doc_comments.or(other.doc_comments),
            preserve: self.preserve.or(other.preserve),
            schemas: self.schemas.or_else(|| other.schemas.clone()),
            tables: self.tables.or_else(|| other.tables.clone()),
            roles: self.roles.or_else(|| other.roles.clone()),
            provider: self.provider.or(other.provider),
        }
    }
}

/// What one manifest says about dbkit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// The table itself.
    pub(crate) settings: Settings,
    /// `databases.NAME`.
    pub(crate) databases: BTreeMap<String, Settings>,
}

/// What a manifest is, beside its configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// `package.name`.
    pub(crate) package: Option<String>,
    /// `package.workspace`.
    pub(crate) workspace: Option<String>,
    /// There is a `[workspace]`.
    pub(crate) is_workspace: bool,
    /// `workspace.exclude`.
    pub(crate) exclude: Vec<String>,
    /// The features that are on by default, with those that they turn on.
    pub(crate) default_features: BTreeSet<String>,
    /// The names of `[dependencies]`.
    pub(crate) dependencies: BTreeSet<String>,
    /// `[package.metadata.dbkit]`.
    pub(crate) package_config: Option<Config>,
    /// `[workspace.metadata.dbkit]`.
    pub(crate) workspace_config: Option<Config>,
}

const KEYS: [&str; 15] = [
    "dialect",
    "schema",
    "migrations",
    "url-env",
    "scratch-url",
    "scratch-setup",
    "set",
    "features",
    "schemas",
    "tables",
    "roles",
    "provider",
    "comments",
    "preserve",
    "databases",
];

/// Reads a Cargo.toml. `file` is its name in problems.
pub(crate) fn read(file: &str, text: &str) -> (Manifest, Vec<Diagnostic>) {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let problem = Diagnostic::error("DBK0002", "this manifest is no TOML");
            let message = error.message().to_owned();
            return (
                Manifest::default(),
                vec![match error.span() {
                    Some(range) => problem.at(Span { file: file.to_owned(), range }, message),
                    None => problem.in_file(file).note(message),
                }],
            );
        }
    };
    let root = document.as_table();
    let package = root.get("package").and_then(Item::as_table_like);
    let workspace = root.get("workspace").and_then(Item::as_table_like);
    let text_of = |table: Option<&dyn TableLike>, key: &str| {
        table.and_then(|table| table.get(key)).and_then(Item::as_str).map(str::to_owned)
    };
    let mut reader = Reader { file, problems: Vec::new() };
    let manifest = Manifest {
        package: text_of(package, "name"),
        workspace: text_of(package, "workspace"),
        is_workspace: workspace.is_some(),
        exclude: workspace
            .and_then(|table| table.get("exclude"))
            .and_then(Item::as_array)
            .map(|array| array.iter().filter_map(|item| item.as_str()).map(str::to_owned).collect())
            .unwrap_or_default(),
        dependencies: root
            .get("dependencies")
            .and_then(Item::as_table_like)
            .map(|table| table.iter().map(|(name, _)| name.to_owned()).collect())
            .unwrap_or_default(),
        default_features: default_features(root.get("features").and_then(Item::as_table_like)),
        package_config: package.and_then(metadata).map(|item| reader.config(item)),
        workspace_config: workspace.and_then(metadata).map(|item| reader.config(item)),
    };
    (manifest, reader.problems)
}

fn default_features(features: Option<&dyn TableLike>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Some(features) = features else { return found };
    let mut open = vec!["default".to_owned()];
    while let Some(name) = open.pop() {
        let on = features.get(&name).and_then(Item::as_array);
        for item in on.into_iter().flatten().filter_map(|item| item.as_str()) {
            if !item.contains([':', '/']) && found.insert(item.to_owned()) {
                open.push(item.to_owned());
            }
        }
    }
    found
}

fn metadata(table: &dyn TableLike) -> Option<&Item> {
    table.get("metadata")?.as_table_like()?.get("dbkit")
}

struct Reader<'a> {
    file: &'a str,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn problem(
        &mut self,
        message: String,
        range: Option<Range<usize>>,
        label: &str,
    ) -> &mut Diagnostic {
        let problem = Diagnostic::error("DBK0002", message);
        self.problems.push(match range {
            Some(range) => problem.at(Span { file: self.file.to_owned(), range }, label),
            None => problem.in_file(self.file),
        });
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    fn config(&mut self, item: &Item) -> Config {
        let mut config = Config::default();
        let Some(table) = item.as_table_like() else {
            self.problem(
                "`metadata.dbkit` is no table".to_owned(),
                item.span(),
                "expected a table",
            );
            return config;
        };
        config.settings = self.settings(table, &KEYS);
        if let Some(databases) = table.get("databases") {
            match databases.as_table_like() {
                Some(databases) => {
                    for (name, database) in databases.iter() {
                        let settings = match database.as_table_like() {
                            Some(table) => self.settings(table, &KEYS[..11]),
                            None => {
                                self.problem(
                                    format!("database `{name}` is no table"),
                                    database.span(),
                                    "expected a table",
                                );
                                Settings::default()
                            }
                        };
                        config.databases.insert(name.to_owned(), settings);
                    }
                }
                None => {
                    self.problem(
                        "`databases` is no table".to_owned(),
                        databases.span(),
                        "expected a table",
                    );
                }
            }
        }
        config
    }

    fn settings(&mut self, table: &dyn TableLike, keys: &[&str]) -> Settings {
        let mut settings = Settings::default();
        for (key, item) in table.iter() {
            match key {
                "dialect" => settings.dialect = self.dialect(item),
                "schema" => settings.schema = self.list(key, item),
                "migrations" => settings.migrations = self.text(key, item),
                "url-env" => settings.url_env = self.text(key, item),
                "scratch-url" => settings.scratch_url = self.scratch_url(item),
                "scratch-setup" => settings.scratch_setup = self.text("scratch-setup", item),
                "set" => settings.set = self.text(key, item),
                "features" => settings.features = self.list(key, item),
                "comments" => settings.doc_comments = self.comments(item),
                "preserve" => settings.preserve = self.truth(key, item),
                "schemas" => settings.schemas = self.list(key, item),
                "tables" => settings.tables = self.list(key, item),
                "roles" => settings.roles = self.list(key, item),
                "provider" => settings.provider = self.provider(item),
                "databases" if keys.contains(&"databases") => {}
                "url" => {
                    // Without the line itself: it has the password in it.
                    self.problem(
                        "a database URL does not belong into Cargo.toml".to_owned(),
                        None,
                        "",
                    )
                    .helps
                    .push("put it into the environment, and name the variable here: `url-env = \"DATABASE_URL\"`".to_owned());
                }
                _ => {
                    let range = table.key(key).and_then(|key| key.span());
                    let help = match spelling::nearest(key, keys.iter().copied()) {
                        Some(near) => format!("a key with a similar name exists: `{near}`"),
                        None => format!("the keys are {}", spelling::list(keys)),
                    };
                    self.problem(
                        format!("unknown key `{key}` in the configuration of dbkit"),
                        range,
                        "unknown key",
                    )
                    .helps
                    .push(help);
                }
            }
        }
        settings
    }

    fn text(&mut self, key: &str, item: &Item) -> Option<String> {
        let text = item.as_str().map(str::to_owned);
        if text.is_none() {
            self.problem(format!("`{key}` is no string"), item.span(), "expected a string");
        }
        text
    }

    fn truth(&mut self, key: &str, item: &Item) -> Option<bool> {
        let truth = item.as_bool();
        if truth.is_none() {
            self.problem(
                format!("`{key}` is neither true nor false"),
                item.span(),
                "expected `true`",
            );
        }
        truth
    }

    /// A server of this machine needs no password; one that does is named by the environment.
    fn scratch_url(&mut self, item: &Item) -> Option<String> {
        let text = self.text("scratch-url", item)?;
        let has_password = text
            .split_once("//")
            .and_then(|(_, rest)| rest.rsplit_once('@'))
            .is_some_and(|(credentials, _)| credentials.contains(':'))
            || text.contains("password=");
        if has_password {
            // Without the line itself: it has the password in it.
            self.problem("a password does not belong into Cargo.toml".to_owned(), None, "")
                .helps
                .push("put the whole URL into the environment: DBKIT_SCRATCH_URL".to_owned());
            return None;
        }
        Some(text)
    }

    fn dialect(&mut self, item: &Item) -> Option<DialectName> {
        match self.text("dialect", item)?.parse() {
            Ok(dialect) => Some(dialect),
            Err(error) => {
                self.problem("unknown dialect".to_owned(), item.span(), &error);
                None
            }
        }
    }

    fn provider(&mut self, item: &Item) -> Option<Provider> {
        let word = self.text("provider", item)?;
        let known = Provider::ALL.iter().find(|(name, _)| *name == word);
        if known.is_none() {
            self.problem(
                format!("unknown provider `{word}`"),
                item.span(),
                "expected `supabase` or `neon`",
            );
        }
        known.map(|(_, provider)| *provider)
    }

    fn comments(&mut self, item: &Item) -> Option<bool> {
        match self.text("comments", item)?.as_str() {
            "doc" => Some(true),
            "off" => Some(false),
            _ => {
                self.problem(
                    "unknown value of `comments`".to_owned(),
                    item.span(),
                    "expected `doc` or `off`",
                );
                None
            }
        }
    }

    fn list(&mut self, key: &str, item: &Item) -> Option<Vec<String>> {
        if let Some(text) = item.as_str() {
            return Some(vec![text.to_owned()]);
        }
        let list = item.as_array().map(|array| {
            array.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        match list {
            Some(Some(list)) => Some(list),
            _ => {
                self.problem(
                    format!("`{key}` is no list of strings"),
                    item.span(),
                    "expected a list of strings",
                );
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_are_read_and_a_database_overrides_them() {
        let (manifest, problems) = read(
            "Cargo.toml",
            r#"
            [package]
            name = "shop"
            [package.metadata.dbkit]
            dialect = "sqlite"
            schema = ["src/schema.rs"]
            migrations = "db/migrations"
            [package.metadata.dbkit.databases.prod]
            dialect = "postgres"
            url-env = "PROD_URL"
            "#,
        );
        assert_eq!(problems, []);
        let config = manifest.package_config.unwrap();
        assert_eq!(config.settings.dialect, Some(DialectName::Sqlite));
        let prod = config.databases["prod"].clone().or(&config.settings);
        assert_eq!(prod.dialect, Some(DialectName::Postgres));
        assert_eq!(prod.url_env.as_deref(), Some("PROD_URL"));
        assert_eq!(prod.migrations.as_deref(), Some("db/migrations"));
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let (_, problems) = read(
            "Cargo.toml",
            "[package.metadata.dbkit]\ndialekt = 'x'\ndialect = 'oracle'\nschema = 1\nurl = 'postgres://u:p@h/d'\n",
        );
        let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "unknown key `dialekt` in the configuration of dbkit",
                "unknown dialect",
                "`schema` is no list of strings",
                "a database URL does not belong into Cargo.toml",
            ]
        );
        assert_eq!(problems[0].helps, ["a key with a similar name exists: `dialect`"]);
    }
}
