//! `cargo dbkit init`: sets a package up. What exists is left as it is, and said so; running it twice changes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use dbkit_build::journal::Journal;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::model::DialectName;
use serde_json::json;
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value, value};

use crate::ask::{Answer, Question};
use crate::failure::file_problem;
use crate::project::show;
use crate::{Context, Exit, Failure, Project};

/// Set a package up: configuration, build.rs, src/schema.rs, the migrations folder
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// Which database: sqlite, postgres or mysql
    #[arg(long, value_name = "DIALECT", env = "DBKIT_DIALECT")]
    dialect: Option<DialectName>,
    /// A checkout of dbkit to depend on, instead of the registry
    #[arg(long, value_name = "PATH")]
    dbkit_path: Option<PathBuf>,
    /// Also write a script that deploys, and workflows of GitHub Actions and GitLab CI
    #[arg(long)]
    ci: bool,
}

const SCHEMA: &str = r#"//! The tables of the database. `cargo dbkit generate` reads this file without compiling it.

use dbkit::Table;

/// A table to start from: change it, or put your own in its place.
#[derive(Table, Debug, Clone, PartialEq)]
#[dbkit(table = "notes")]
pub struct Note {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    pub title: String,
    pub body: Option<String>,
}

// A unit test: `cargo dbkit` sees every table that the compiler sees.
dbkit::assert_schema!();
"#;

const ATTRIBUTES: &str =
    "journal.lock merge=union text eol=lf\n*.sql text eol=lf\nchanges.json text eol=lf\n";

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o755));
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}

impl Init {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let dialect = self.dialect(&project, context)?;
        let mut writer = Writer { context, changed: 0 };

        let manifest = fs::read_to_string(&project.manifest).map_err(|error| {
            Failure::from(file_problem("read", show(&project.manifest), &error))
        })?;
        let crates =
            self.dbkit_path.as_deref().map(|path| checkout(path, &project.folder)).transpose()?;
        let edited = edit_manifest(&manifest, dialect, crates.as_deref(), project.has_own_config())
            .map_err(|error| {
                Failure::from(
                    Diagnostic::error("DBK0002", format!("cannot edit the manifest: {error}"))
                        .in_file(show(&project.manifest)),
                )
            })?;
        if edited.what.is_empty() {
            writer.left(&project.manifest, "has everything");
        } else {
            writer.write(&project.manifest, &edited.text, "Changed", &edited.what.join(", "))?;
        }

        let migrations = migrations_folder(&project);
        let folder = project.folder.join(&migrations);
        let schema = project.folder.join("src/schema.rs");
        if schema.exists() || project.folder.join("src/schema").is_dir() {
            writer.left(&schema, "");
        } else {
            writer.write(&schema, SCHEMA, "Created", "a table to start from: notes")?;
        }
        let journal = folder.join("journal.lock");
        if journal.exists() {
            writer.left(&journal, "");
        } else {
            writer.write(&journal, &Journal::default().to_string(), "Created", "empty")?;
        }
        let attributes = folder.join(".gitattributes");
        if attributes.exists() {
            writer.left(&attributes, "");
        } else {
            writer.write(
                &attributes,
                ATTRIBUTES,
                "Created",
                "line ends, and journals that merge",
            )?;
        }
        let call = format!("dbkit_build::embed({migrations:?});");
        let build = project.folder.join(edited.build_script.as_deref().unwrap_or("build.rs"));
        match fs::read_to_string(&build) {
            Ok(text) if text.contains("dbkit_build::") => writer.left(&build, ""),
            Ok(_) => writer.left(&build, &format!("add to its `main`: {call}")),
            Err(_) => {
                let text = format!("fn main() {{\n    {call}\n}}\n");
                writer.write(
                    &build,
                    &text,
                    "Created",
                    "verifies the migrations and embeds them",
                )?;
            }
        }

        if self.ci {
            let url_env = project
                .target()
                .map_or_else(|_| "DATABASE_URL".to_owned(), |target| target.url_env);
            for file in crate::ci::files(dialect, &url_env) {
                let path = project.folder.join(file.path);
                if path.exists() {
                    writer.left(&path, "");
                } else {
                    writer.write(&path, &file.text, "Created", file.what)?;
                    if file.path.ends_with(".sh") {
                        make_executable(&path);
                    }
                }
            }
        }

        let changed = writer.changed;
        let root =
            if project.folder.join("src/lib.rs").exists() { "src/lib.rs" } else { "src/main.rs" };
        let root_text = fs::read_to_string(project.folder.join(root)).unwrap_or_default();
        let lines: Vec<&str> = [
            ("mod schema;", "mod schema"),
            ("dbkit::include_migrations!(pub MIGRATIONS);", "include_migrations!"),
        ]
        .into_iter()
        .filter(|(_, word)| !root_text.contains(word))
        .map(|(line, _)| line)
        .collect();
        if changed == 0 {
            context.report.status("Finished", "nothing to do, the package is set up");
        }
        if !lines.is_empty() {
            let shown = show(&project.folder.join(root));
            context.report.note(format_args!("{shown} still needs: {}", lines.join("  ")));
        }
        if changed > 0 {
            let driver = match dialect {
                DialectName::Sqlite => "rusqlite@0.41 --features bundled",
                DialectName::Postgres => "postgres@0.19",
                DialectName::Mysql => "mysql@28",
            };
            context.report.note(format_args!(
                "the app opens its database itself: `cargo add {driver}`, then `MIGRATIONS.run(&mut connection)?`"
            ));
        }
        context.report.next(format_args!("edit {}, then `cargo dbkit generate`", show(&schema)));
        Ok(Exit::Done)
    }

    fn dialect(
        &self,
        project: &Project,
        context: &mut Context<'_>,
    ) -> Result<DialectName, Failure> {
        let configured = project.target().ok().map(|target| target.dialect);
        match (self.dialect, configured) {
            (Some(wanted), Some(configured)) if wanted != configured && project.has_own_config() => {
                Err(Diagnostic::error(
                    "DBK0002",
                    format!("the package is set up for {}, not {}", configured.title(), wanted.title()),
                )
                .in_file(show(&project.manifest))
                .help("another dialect needs other migrations: change `dialect` and `migrations` in `[package.metadata.dbkit]`, then run this again")
                .into())
            }
            (Some(wanted), _) => Ok(wanted),
            (None, Some(configured)) => Ok(configured),
            (None, None) if context.ask.is_there() => {
                let answer = |label: &str, detail: &str| Answer {
                    label: label.to_owned(),
                    detail: detail.to_owned(),
                };
                let chosen = context.ask.choose(&Question {
                    text: "Which database? (--dialect)".to_owned(),
                    answers: vec![
                        answer("sqlite", "built in, nothing to install"),
                        answer("postgres", "PostgreSQL 13 and later"),
                        answer("mysql", "MySQL 8, MariaDB 10.6 and later"),
                    ],
                })?;
                Ok([DialectName::Sqlite, DialectName::Postgres, DialectName::Mysql][chosen.min(2)])
            }
            (None, None) => Err(Failure::from(
                Diagnostic::error("DBK0003", "which database is this package for?")
                    .help("SQLite:      `cargo dbkit init --dialect sqlite`")
                    .help("PostgreSQL:  `cargo dbkit init --dialect postgres`")
                    .help("MySQL:       `cargo dbkit init --dialect mysql`"),
            )
            .exit(Exit::DecisionNeeded)
            .summary("1 decision is needed, nothing was written")),
        }
    }
}

struct Writer<'a, 'b> {
    context: &'a mut Context<'b>,
    changed: usize,
}

impl Writer<'_, '_> {
    fn write(&mut self, path: &Path, text: &str, verb: &str, what: &str) -> Result<(), Failure> {
        let shown = show(path);
        let failed = |error: &std::io::Error| Failure::from(file_problem("write", &shown, error));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        crate::store::write_file(path, text).map_err(|error| failed(&error))?;
        self.changed += 1;
        self.context.report.status(verb, format_args!("{shown:<28} {what}").to_string().trim_end());
        self.context
            .report
            .object("file", json!({ "path": shown, "action": verb.to_lowercase(), "what": what }));
        Ok(())
    }

    fn left(&mut self, path: &Path, what: &str) {
        let shown = show(path);
        let what = if what.is_empty() { "exists" } else { what };
        self.context.report.status("Left", format_args!("{shown:<28} {what}"));
        self.context
            .report
            .object("file", json!({ "path": shown, "action": "left", "what": what }));
    }
}

/// The folder of the migrations as configured, or the usual one; what `embed` gets.
fn migrations_folder(project: &Project) -> String {
    project.target().map_or_else(|_| "migrations".to_owned(), |target| target.migrations_setting)
}

/// Checks that a checkout of dbkit is one, and names it as the manifest will.
fn checkout(path: &Path, package: &Path) -> Result<String, Failure> {
    let full = std::path::absolute(path)
        .map_err(|error| Failure::from(file_problem("find", path, &error)))?;
    if !full.join("dbkit-runtime/Cargo.toml").is_file() {
        return Err(Diagnostic::error(
            "DBK0001",
            format!("`{}` is no checkout of dbkit", path.display()),
        )
        .note("it has no `dbkit-runtime/Cargo.toml`")
        .into());
    }
    let full = full.canonicalize().unwrap_or(full);
    let package = package.canonicalize().unwrap_or_else(|_| package.to_owned());
    let shown = full
        .strip_prefix(&package)
        .map_or_else(|_| full.clone(), Path::to_owned)
        .display()
        .to_string();
    Ok(if cfg!(windows) { shown.replace('\\', "/") } else { shown })
}

struct Edited {
    text: String,
    what: Vec<String>,
    build_script: Option<String>,
}

/// Adds what is missing to a manifest; everything else, comments too, stays as it is.
fn edit_manifest(
    text: &str,
    dialect: DialectName,
    checkout: Option<&str>,
    is_configured: bool,
) -> Result<Edited, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let mut what = Vec::new();
    let build_script = document
        .get("package")
        .and_then(|package| package.get("build"))
        .and_then(Item::as_str)
        .map(str::to_owned);

    let runtime_features: &[&str] = match dialect {
        DialectName::Sqlite => &["derive", "sqlite-bundled"],
        DialectName::Postgres => &["derive", "postgres"],
        DialectName::Mysql => &["derive", "mysql"],
    };
    let mut runtime = InlineTable::new();
    runtime.insert("package", "dbkit-runtime".into());
    source(&mut runtime, checkout, "dbkit-runtime");
    runtime.insert("features", Value::Array(runtime_features.iter().copied().collect()));
    if add_dependency(&mut document, "dependencies", "dbkit", runtime)? {
        what.push("dependency `dbkit`".to_owned());
    }
    let mut build = InlineTable::new();
    source(&mut build, checkout, "dbkit-build");
    if add_dependency(&mut document, "build-dependencies", "dbkit-build", build)? {
        what.push("build-dependency `dbkit-build`".to_owned());
    }

    if !is_configured {
        let package = document
            .get_mut("package")
            .and_then(Item::as_table_mut)
            .ok_or("`[package]` is not written as a table of its own")?;
        let metadata = package.entry("metadata").or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        let metadata = metadata.as_table_like_mut().ok_or("`package.metadata` is no table")?;
        let mut table = Table::new();
        table.insert("dialect", value(dialect.word()));
        metadata.insert("dbkit", Item::Table(table));
        what.insert(0, "`[package.metadata.dbkit]`".to_owned());
    }
    Ok(Edited { text: document.to_string(), what, build_script })
}

fn source(table: &mut InlineTable, checkout: Option<&str>, folder: &str) {
    match checkout {
        Some(path) => table.insert("path", format!("{path}/{folder}").into()),
        None => table.insert("version", env!("CARGO_PKG_VERSION").into()),
    };
}

fn add_dependency(
    document: &mut DocumentMut,
    section: &str,
    name: &str,
    dependency: InlineTable,
) -> Result<bool, String> {
    let section_item = document.entry(section).or_insert_with(|| Item::Table(Table::new()));
    let table =
        section_item.as_table_like_mut().ok_or_else(|| format!("`{section}` is no table"))?;
    if table.contains_key(name) {
        return Ok(false);
    }
    // `{ version = ".." }` alone is written shorter.
    let short = match (dependency.len(), dependency.get("version")) {
        (1, Some(version)) => Some(version.clone()),
        _ => None,
    };
    table.insert(name, Item::Value(short.unwrap_or(Value::InlineTable(dependency))));
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]
name = \"shop\" # ours
edition = \"2024\"

# What we use.
[dependencies]
serde = \"1\" # for later

[profile.dev]
debug = 1
";

    #[test]
    fn a_manifest_keeps_its_comments_and_order() {
        let edited = edit_manifest(MANIFEST, DialectName::Sqlite, None, false).unwrap();
        assert_eq!(
            edited.text,
            "[package]
name = \"shop\" # ours
edition = \"2024\"

[package.metadata.dbkit]
dialect = \"sqlite\"

# What we use.
[dependencies]
serde = \"1\" # for later
dbkit = { package = \"dbkit-runtime\", version = \"0.1.0\", features = [\"derive\", \"sqlite-bundled\"] }

[profile.dev]
debug = 1

[build-dependencies]
dbkit-build = \"0.1.0\"
"
        );
    }

    #[test]
    fn the_second_time_nothing_changes() {
        let once = edit_manifest(MANIFEST, DialectName::Postgres, None, false).unwrap().text;
        let twice = edit_manifest(&once, DialectName::Postgres, None, true).unwrap();
        assert_eq!(twice.text, once);
        assert_eq!(twice.what, Vec::<String>::new());
    }
}
