//! `cargo dbkit export`: the schema as SQL, JSON or a Mermaid diagram.

use dbkit_schema::model::{Hints, Schema};
use serde_json::json;

use crate::engine::{self, Code};
use crate::ledger::Ledger;
use crate::mermaid;
use crate::{Context, Exit, Failure};

/// Write the schema to stdout
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// As what
    #[arg(long, value_enum, default_value_t = Format::Sql)]
    format: Format,
    /// Of what: the structs, or the migrations
    #[arg(long, value_enum, default_value_t = Source::Code)]
    from: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The statements that make it
    Sql,
    /// Every entity as in changes.json
    Json,
    /// An entity relationship diagram
    Mermaid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Source {
    /// The structs
    Code,
    /// All migrations together
    Migrations,
}

impl Export {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let code = match self.from {
            Source::Code => engine::read_code(&project, &target, context.report)?,
            Source::Migrations => Code::of(Ledger::open(&target, context.report)?.schema()?),
        };
        let (word, text) = match self.format {
            Format::Mermaid => ("mermaid", mermaid::diagram(&code.schema)),
            Format::Json => ("json", engine::schema_json(&code.schema)),
            Format::Sql => {
                let empty = Schema::default();
                let hints = Hints::default();
                let plan = engine::compare(&empty, &code, &hints, target.dialect)?.plan;
                let texts = engine::texts(&empty, &plan.batches, &hints, target.dialect);
                let texts: Vec<String> = texts.into_iter().map(|texts| texts.up).collect();
                ("sql", texts.join("\n"))
            }
        };
        context.report.object("export", json!({ "as": word, "text": text }));
        context.report.data(&text);
        Ok(Exit::Done)
    }
}
