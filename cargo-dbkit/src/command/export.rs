//! `cargo dbkit export`: any schema as SQL that makes it, as JSON, as a diagram, or in the words of another library.

use dbkit_schema::dialect;
use dbkit_schema::model::{DialectName, Hints, Schema};
use serde_json::json;

use crate::engine::{self, Code};
use crate::format::{dbml, diesel, mermaid, sea_orm};
use crate::source::{self, Said, Source};
use crate::{Context, Exit, Failure};

/// Write a schema to stdout
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// Of what: a URL, a .sql file or folder, a .json export, `code`, `migrations` or `migrations@ID`
    #[arg(value_name = "SOURCE", default_value = "code", hide_default_value = true)]
    source: String,
    /// The same as SOURCE
    #[arg(long, value_name = "SOURCE", conflicts_with = "source", hide_short_help = true)]
    from: Option<String>,
    /// As what
    #[arg(long, value_enum, default_value_t = Format::Sql)]
    format: Format,
    /// The dialect, where the source does not say it: postgres, sqlite or mysql
    #[arg(long, value_name = "DIALECT")]
    dialect: Option<String>,
    /// A server on which dbkit may make and drop databases
    #[arg(long, value_name = "URL", env = "DBKIT_SCRATCH_URL", hide_env = true)]
    scratch_url: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The statements that make it
    Sql,
    /// Every entity as in changes.json
    Json,
    /// An entity relationship diagram
    Mermaid,
    /// The language of dbdiagram.io
    Dbml,
    /// diesel's schema.rs
    Diesel,
    /// Entities of SeaORM
    SeaOrm,
}

impl Export {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let named = self.from.as_ref().unwrap_or(&self.source);
        let source = source::parse(named, context.report)?;
        let said =
            Said { dialect: self.dialect.as_deref(), scratch_url: self.scratch_url.as_deref() };
        let dialect = said.dialect(context, &[&source])?;
        let site = said.site(context, dialect, &[&source])?;
        let (schema, text) = match &source {
            // What a database has, and what the structs say, has places in the code to point at.
            Source::Code => {
                let project = context.project()?;
                let target = project.target()?;
                let code = engine::read_code_on(&project, &target, Some(&site), context.report)?;
                let sql = self.sql_of_code(&code, dialect)?;
                (code.schema, sql)
            }
            other => {
                let found = other.read(context, dialect, &site, false)?;
                if !found.unmanaged.is_empty() {
                    context.report.diagnostic(&source::unmanaged(&found.unmanaged, named));
                }
                let sql = self.sql(&found.schema, dialect);
                (found.schema, sql)
            }
        };
        let (word, text) = match self.format {
            Format::Sql => ("sql", text),
            Format::Json => ("json", engine::schema_json(&schema)),
            Format::Mermaid => ("mermaid", mermaid::diagram(&schema)),
            Format::Dbml => ("dbml", dbml::text(&schema)),
            Format::Diesel => ("diesel", diesel::text(&schema, dialect)),
            Format::SeaOrm => ("sea-orm", sea_orm::text(&schema, dialect)),
        };
        context.report.object("export", json!({ "as": word, "text": text }));
        context.report.data(&text);
        Ok(Exit::Done)
    }

    fn sql_of_code(&self, code: &Code, dialect: DialectName) -> Result<String, Failure> {
        if self.format != Format::Sql {
            return Ok(String::new());
        }
        let hints = Hints::default();
        let plan = engine::compare(&Schema::default(), code, &hints, dialect)?.plan;
        Ok(engine::client_script(&plan.batches, dialect))
    }

    fn sql(&self, schema: &Schema, dialect: DialectName) -> String {
        if self.format != Format::Sql {
            return String::new();
        }
        let (empty, hints) = (Schema::default(), Hints::default());
        let plan = dialect::compare(&empty, schema, &hints, dialect::named(dialect)).plan;
        engine::client_script(&plan.batches, dialect)
    }
}
