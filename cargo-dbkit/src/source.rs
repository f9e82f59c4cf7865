//! Sources: where a Schema is read from.

use std::fs;
use std::path::Path;

use dbkit_schema::delta::Delta;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect::{self, Inspection, Unmanaged};
use dbkit_schema::model::{DialectName, Schema};

use crate::database::{Database, Missing};
use crate::failure::io_words;
use crate::filter::Filters;
use crate::ledger::Ledger;
use crate::report::Report;
use crate::scratch::{self, Site, SqlFile};
use crate::url::{self, Address};
use crate::{Context, Failure, engine, inspect, sources};

/// Where a Schema is read from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// A live database.
    Database(Address),
    /// SQL files, in order.
    Sql(Vec<SqlFile>),
    /// The schema files of the package.
    Code,
    /// The migrations folder, up to one of them.
    Migrations(Option<String>),
    /// What `export --format json` wrote.
    Json(SqlFile),
}

/// A Schema, and what was seen beside it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) schema: Schema,
    pub(crate) unmanaged: Vec<Unmanaged>,
}

impl From<Inspection> for Found {
    fn from(found: Inspection) -> Self {
        Self { schema: found.schema, unmanaged: found.unmanaged }
    }
}

/// Reads what a person named: a URL, a `.sql` or `.json` file, `code`, `migrations`, `migrations@ID`.
pub(crate) fn parse(text: &str, report: &mut Report) -> Result<Source, Diagnostic> {
    if text == "code" {
        return Ok(Source::Code);
    }
    if text == "migrations" {
        return Ok(Source::Migrations(None));
    }
    if let Some(id) = text.strip_prefix("migrations@") {
        return Ok(Source::Migrations(Some(id.to_owned())));
    }
    let path = Path::new(text);
    if !text.contains("://") && !text.starts_with("sqlite:") {
        let is_glob = text.contains(['*', '?', '[']);
        if path.is_dir() || is_glob {
            let (folder, pattern) =
                if is_glob { (Path::new("."), text) } else { (path, "**/*.sql") };
            let paths = sources::find(folder, pattern);
            if paths.is_empty() {
                return Err(Diagnostic::error("DBK0005", format!("no SQL file in `{text}`")));
            }
            let files = paths.iter().map(|path| read(&folder.join(path), report));
            return Ok(Source::Sql(files.collect::<Result<_, _>>()?));
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("sql") => return Ok(Source::Sql(vec![read(path, report)?])),
            Some("json") => return Ok(Source::Json(read(path, report)?)),
            _ => {}
        }
        let is_sqlite = fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3\0"));
        if !is_sqlite && path.is_file() && fs::metadata(path).is_ok_and(|file| file.len() > 0) {
            return Ok(Source::Sql(vec![read(path, report)?]));
        }
        if !path.exists() {
            return Err(Diagnostic::error("DBK0017", format!("`{text}` is no source of a schema"))
                .note("it is no file, no folder and no URL")
                .help("a source is a URL, a `.sql` file, a folder of them, a `.json` export, `code`, `migrations` or `migrations@ID`"));
        }
    }
    url::parse_any(text).map(Source::Database)
}

fn read(path: &Path, report: &mut Report) -> Result<SqlFile, Diagnostic> {
    let shown = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| {
        Diagnostic::error("DBK0009", format!("cannot read `{shown}`: {}", io_words(&error)))
    })?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Diagnostic::error("DBK0009", format!("`{shown}` is not UTF-8: byte {at} is no text"))
            .help("save it as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    report.keep_text(&shown, &text);
    Ok(SqlFile { path: shown, text })
}

impl Source {
    /// The dialect, as far as the source itself says it.
    pub(crate) fn dialect(&self) -> Option<DialectName> {
        match self {
            Self::Database(address) => Some(address.dialect()),
            _ => None,
        }
    }

    /// Reads the Schema. SQL and code are brought into the form of a server, in a scratch database on `server`.
    pub(crate) fn read(
        &self,
        context: &mut Context<'_>,
        dialect: DialectName,
        site: &Site,
        is_through_server: bool,
    ) -> Result<Found, Failure> {
        match self {
            Self::Database(address) => {
                let mut database = Database::open(address, Missing::Refuse)?;
                let shown = database.shown.clone();
                let filters = filters(context);
                Ok(inspect::inspect_filtered(&mut database, &shown, &filters)?.into())
            }
            Self::Sql(files) => {
                let mut found = scratch::read(dialect, site, files)?;
                found.schema = filters(context).apply(found.schema, dialect);
                Ok(found.into())
            }
            Self::Code => {
                let project = context.project()?;
                let target = project.target()?;
                let code = engine::read_code_on(&project, &target, Some(site), context.report)?;
                let schema = dialect::named(dialect).normalize(code.schema.clone());
                if is_through_server {
                    through_server(&schema, dialect, site)
                } else {
                    Ok(of(schema))
                }
            }
            Self::Migrations(id) => {
                let project = context.project()?;
                let target = project.target()?;
                let ledger = Ledger::open(&target, context.report)?;
                let schema = match id {
                    None => ledger.schema()?,
                    Some(id) => ledger.schema_at(id)?,
                };
                if is_through_server {
                    through_server(&schema, dialect, site)
                } else {
                    Ok(of(schema))
                }
            }
            Self::Json(file) => {
                let delta = Delta::from_text(&file.text, &file.path)?;
                let mut schema = Schema::default();
                delta.apply(&mut schema).map_err(|_| {
                    Diagnostic::error("DBK0220", format!("`{}` is no whole schema", file.path))
                        .in_file(&file.path)
                        .help("write it with `cargo dbkit export --format json`")
                })?;
                Ok(of(filters(context).apply(schema, dialect)))
            }
        }
    }
}

/// What the package that is at hand leaves out; nothing where there is none.
fn filters(context: &mut Context<'_>) -> Filters {
    let target = context.project().and_then(|project| project.target());
    target.map(|target| target.filters).unwrap_or_default()
}

/// What the command line says about sources beside their names.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Said<'a> {
    /// `--dialect`.
    pub(crate) dialect: Option<&'a str>,
    /// `--scratch-url`.
    pub(crate) scratch_url: Option<&'a str>,
}

impl Said<'_> {
    /// The dialect of some sources: what is said, else that of a URL, else that of the package.
    pub(crate) fn dialect(
        self,
        context: &mut Context<'_>,
        sources: &[&Source],
    ) -> Result<DialectName, Failure> {
        if let Some(word) = self.dialect {
            return word.parse::<DialectName>().map_err(|_| {
                Diagnostic::error("DBK0003", format!("unknown dialect `{word}`"))
                    .help("one of: postgres, sqlite, mysql")
                    .into()
            });
        }
        let known: Vec<DialectName> =
            sources.iter().filter_map(|source| source.dialect()).collect();
        match known.as_slice() {
            [one, other] if one != other => Err(Diagnostic::error(
                "DBK0010",
                format!("one side is {}, the other {}", one.title(), other.title()),
            )
            .help("compare two databases of one dialect")
            .into()),
            [dialect, ..] => Ok(*dialect),
            [] => match self.scratch_url {
                Some(url) => Ok(url::parse_any(url)?.dialect()),
                None => Ok(context.project()?.target()?.dialect),
            },
        }
    }

    /// Where scratch databases are made: what is said, else what the package at hand configures, else the server of a source. What the
    /// package puts there first is there for its own dialect.
    pub(crate) fn site(
        self,
        context: &mut Context<'_>,
        dialect: DialectName,
        sources: &[&Source],
    ) -> Result<Site, Failure> {
        let target = context.project().and_then(|project| project.target()).ok();
        let configured = target.filter(|target| target.dialect == dialect);
        let served = configured.as_ref().filter(|_| dialect != DialectName::Sqlite);
        let server = match (self.scratch_url, served.and_then(|target| target.scratch_url.as_ref()))
        {
            (Some(url), _) => Some(url::parse_any(url)?),
            (None, Some(url)) => Some(url::parse(url, dialect)?),
            (None, None) => sources.iter().find_map(|source| match source {
                Source::Database(address @ Address::Server(_)) => Some(address.clone()),
                _ => None,
            }),
        };
        match configured {
            Some(target) => Ok(Site::of(&target, server)?),
            None => Ok(Site { server, setup: None }),
        }
    }
}

fn of(schema: Schema) -> Found {
    Found { schema, unmanaged: Vec::new() }
}

/// Makes a schema in a scratch database and reads it back, so that its texts are those of a server.
pub(crate) fn through_server(
    schema: &Schema,
    dialect: DialectName,
    site: &Site,
) -> Result<Found, Failure> {
    let text = engine::creation(schema, dialect);
    let file = SqlFile { path: "the schema".to_owned(), text };
    Ok(scratch::read(dialect, site, &[file])?.into())
}

/// Says what was seen in a source and is left alone.
pub(crate) fn unmanaged(found: &[Unmanaged], place: &str) -> Diagnostic {
    const MANY: usize = 8;
    let mut problem = Diagnostic::warning(
        "DBK0018",
        format!(
            "{} in `{}` {} not managed and left alone",
            crate::spelling::count(found.len(), "thing"),
            place.split('?').next().unwrap_or(place),
            if found.len() == 1 { "is" } else { "are" }
        ),
    );
    for one in found.iter().take(MANY) {
        problem = problem.note(format!("{} `{}`", one.kind, one.name));
    }
    if found.len() > MANY {
        problem = problem.note(format!("and {} more", found.len() - MANY));
    }
    problem
}
