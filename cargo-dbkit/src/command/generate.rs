//! `cargo dbkit generate`: writes the migration that brings the schema to what the structs say.
//!
//! What only a person can decide is asked, if a person is there; else nothing is written, and every answer's flag is
//! named. Nothing is half-written: all texts are made before the first one is put on disk.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;

use dbkit_build::id::MigrationId;
use dbkit_build::write::MigrationTexts;
use dbkit_schema::dialect::{self, Probe};
use dbkit_schema::model::DialectName;
use dbkit_schema::plan::{Batch, Hazard};
use serde_json::{Value, json};

use crate::database::{Database, Missing};
use crate::decide::{AnswerFlags, Decisions};
use crate::ledger::Ledger;
use crate::store::{self, NewMigration};
use crate::{Context, Exit, Failure, clock, describe, engine, naming, probes, spelling, url};

/// Write the migration that brings the schema to what the structs say
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Generate {
    /// What the migration is called; by default after what it changes
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write an empty migration for SQL of your own
    #[arg(long, requires = "name", conflicts_with_all = ["check", "rename", "drop", "backfill", "allow"])]
    custom: bool,
    /// Write nothing; exit with 100 when a migration is needed
    #[arg(long, conflicts_with = "dry_run")]
    check: bool,
    /// Write nothing; print the SQL
    #[arg(long)]
    dry_run: bool,
    /// Ask the rows of a database what would stop the migration there
    #[arg(long, value_name = "URL", conflicts_with_all = ["check", "custom"])]
    database: Option<String>,
    #[command(flatten)]
    answers: AnswerFlags,
}

impl Generate {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = keep(Ledger::open(&target, context.report)?);
        let head = ledger.head()?;
        if self.custom {
            return self.custom(context, ledger, head);
        }
        let code = keep(engine::read_code(&project, &target, context.report)?);
        let from = keep(ledger.schema()?);
        context.report.verbose(
            "Comparing",
            format_args!(
                "{} -> {}",
                head.as_ref().map_or("nothing", MigrationId::as_str),
                code.files.join(", ")
            ),
        );
        let mut decisions = ManuallyDrop::new(Decisions::new(
            self.answers.clone(),
            self.name.clone(),
            &target,
            code,
            from,
        )?);
        if self.check {
            let plan = decisions.plan();
            if !plan.batches.is_empty() {
                return Ok(self.needed(context, &plan.batches));
            }
        }
        decisions.answer_questions(context)?;
        let plan = decisions.plan();
        if plan.batches.is_empty() {
            context.report.status(
                "Finished",
                "nothing to do, the migrations have everything that the structs say",
            );
            return Ok(Exit::Done);
        }
        let mut plan = ManuallyDrop::new(decisions.decide(context, plan)?);
        if let Some(url) = &self.database {
            let asked = dialect::probes(from, decisions.diff(), &decisions.hints, target.dialect);
            ask(context, url, target.dialect, &asked)?;
        }
        let ids = self.ids(ledger, head, &plan.batches);
        let mut kept = Vec::new();
        if decisions.preserves() {
            let stamps: Vec<String> = ids.iter().map(|(id, _)| id.time().to_owned()).collect();
            kept = engine::keep(from, &mut plan.batches, &stamps, target.dialect);
        }
        let texts = engine::texts(from, &plan.batches, &decisions.hints, &kept, target.dialect);
        if self.dry_run {
            self.print(context, &plan.batches, &texts);
            return Ok(Exit::Done);
        }
        self.write(context, ledger, ids, &plan.batches, texts)
    }

    /// An empty migration, for SQL of the user's own.
    fn custom(
        self,
        context: &mut Context<'_>,
        ledger: &Ledger,
        head: Option<MigrationId>,
    ) -> Result<Exit, Failure> {
        let slug = naming::slug(self.name.as_deref().unwrap_or_default());
        let parents: Vec<MigrationId> = head.into_iter().collect();
        let id = store::new_id(clock::now(), &slug, &parents, |stamp| ledger.is_taken(stamp));
        let texts = MigrationTexts {
            up: "-- Any SQL. After an edit: `cargo dbkit amend` records it.\n".to_owned(),
            down: Some("-- The way back. Delete this file if there is none.\n".to_owned()),
            changes: None,
        };
        if self.dry_run {
            context.report.data(&texts.up);
            context.report.object(
                "migration",
                json!({ "id": id.as_str(), "up": texts.up, "down": texts.down }),
            );
            return Ok(Exit::Done);
        }
        store::add(
            &ledger.path,
            ledger.journal(),
            &[NewMigration { id: id.clone(), texts, parents }],
        )?;
        let path = ledger.file(&id, "up.sql");
        context.report.status("Generated", format_args!("{path}  empty, for your SQL"));
        context.report.object("generated", json!({ "id": id.as_str(), "files": [path, ledger.file(&id, "down.sql")], "changes": [] }));
        context.report.next(format_args!("write the SQL, then `cargo dbkit amend {}`", id.slug()));
        Ok(Exit::Done)
    }

    /// `--check`: a migration is needed.
    fn needed(&self, context: &mut Context<'_>, batches: &[Batch]) -> Exit {
        let lines = changes(batches);
        show_changes(context, batches);
        context.report.object("needed", json!({ "changes": changes_json(batches) }));
        context.report.last_error(&format!(
            "a migration is needed: {} that no migration holds",
            spelling::count(lines.len(), "change")
        ));
        context.report.next("`cargo dbkit generate`");
        Exit::No
    }

    fn slug(&self, batch: &Batch, position: usize, count: usize) -> String {
        let slug = match &self.name {
            Some(name) if !naming::slug(name).is_empty() => naming::slug(name),
            _ => naming::from_changes(&batch.changes).unwrap_or_else(|| "change".to_owned()),
        };
        if self.name.is_some() && count > 1 { format!("{slug}_{}", position + 1) } else { slug }
    }

    /// The ids of the migrations, with their parents: one after the other.
    fn ids(
        &self,
        ledger: &Ledger,
        head: Option<MigrationId>,
        batches: &[Batch],
    ) -> Vec<(MigrationId, Vec<MigrationId>)> {
        let now = clock::now();
        let mut parents: Vec<MigrationId> = head.into_iter().collect();
        let mut ids = Vec::new();
        for (index, batch) in batches.iter().enumerate() {
            let slug = self.slug(batch, index, batches.len());
            let id = store::new_id(now, &slug, &parents, |stamp| ledger.is_taken(stamp));
            ids.push((id.clone(), parents));
            parents = vec![id];
        }
        ids
    }

    fn print(&self, context: &mut Context<'_>, batches: &[Batch], texts: &[MigrationTexts]) {
        for (index, (batch, texts)) in batches.iter().zip(texts).enumerate() {
            let slug = self.slug(batch, index, batches.len());
            show_changes(context, std::slice::from_ref(batch));
            if batches.len() > 1 {
                context.report.data(format_args!("-- {slug}\n"));
            }
            context.report.data(&texts.up);
            context.report.object(
                "migration",
                json!({
                    "name": slug,
                    "up": texts.up,
                    "down": texts.down,
                    "changes": changes_json(std::slice::from_ref(batch)),
                    "hazards": hazards_json(batch),
                }),
            );
        }
    }

    fn write(
        &self,
        context: &mut Context<'_>,
        ledger: &Ledger,
        ids: Vec<(MigrationId, Vec<MigrationId>)>,
        batches: &[Batch],
        texts: Vec<MigrationTexts>,
    ) -> Result<Exit, Failure> {
        let with_texts = |((id, parents), texts)| NewMigration { id, texts, parents };
        let new: Vec<NewMigration> = ids.into_iter().zip(texts).map(with_texts).collect();
        store::add(&ledger.path, ledger.journal(), &new)?;
        for (migration, batch) in new.iter().zip(batches) {
            show_changes(context, std::slice::from_ref(batch));
            let path = ledger.file(&migration.id, "up.sql");
            let count = dbkit_build::split::split(&migration.texts.up, ledger.flavor)
                .map_or(0, |found| found.len());
            context.report.status(
                "Generated",
                format_args!("{path}  {}", spelling::count(count, "statement")),
            );
            for note in notes(batch) {
                context.report.note(note);
            }
            let files: Vec<String> = ["up.sql", "down.sql", "changes.json"]
                .into_iter()
                .filter(|name| *name != "down.sql" || migration.texts.down.is_some())
                .map(|name| ledger.file(&migration.id, name))
                .collect();
            context.report.object(
                "generated",
                json!({
                    "id": migration.id.as_str(),
                    "files": files,
                    "statements": count,
                    "changes": changes_json(std::slice::from_ref(batch)),
                    "hazards": hazards_json(batch),
                }),
            );
        }
        context.report.next("read the SQL, then `cargo dbkit migrate`");
        Ok(Exit::Done)
    }
}

/// Holds a value for the rest of the program, which is about to end: to free a large schema piece by piece would only take time.
fn keep<T>(value: T) -> &'static mut T {
    Box::leak(Box::new(value))
}

/// Asks the rows that are there, and says what they would do to the migration.
fn ask(
    context: &mut Context<'_>,
    url: &str,
    dialect: DialectName,
    asked: &[Probe],
) -> Result<(), Failure> {
    let address = url::parse(url, dialect)?;
    let mut database = Database::open(&address, Missing::Refuse)?;
    let version = database.version();
    let shown = database.shown.clone();
    context.report.status("Asking", format_args!("the rows of {shown} ({version})"));
    let stops = probes::warn(context, database.driver.as_mut(), asked);
    if stops == 0 {
        context.report.note("no row there would stop it");
    }
    Ok(())
}

fn changes(batches: &[Batch]) -> Vec<describe::Line> {
    batches.iter().flat_map(|batch| &batch.changes).map(describe::line).collect()
}

/// The changes in a few words each; of a great many, the first ones.
fn show_changes(context: &mut Context<'_>, batches: &[Batch]) {
    const MANY: usize = 30;
    let lines = changes(batches);
    let shown = if lines.len() > MANY + 1 { MANY } else { lines.len() };
    for line in &lines[..shown] {
        context.report.detail(line);
    }
    if shown < lines.len() {
        context.report.detail(format_args!("and {} more changes", lines.len() - shown));
    }
}

fn changes_json(batches: &[Batch]) -> Value {
    changes(batches)
        .into_iter()
        .map(|line| json!({ "sign": line.sign.to_string(), "what": line.what, "detail": line.detail }))
        .collect()
}

fn hazards_json(batch: &Batch) -> Value {
    let mut found = Vec::new();
    for hazard in batch.steps.iter().flat_map(|step| &step.hazards) {
        let value = match hazard {
            Hazard::DataLoss { entity, reason } => {
                json!({ "kind": "data-loss", "entity": entity.to_string(), "reason": reason })
            }
            Hazard::Rewrite { table } => json!({ "kind": "rewrite", "entity": table.to_string() }),
            Hazard::Scan { table } => json!({ "kind": "scan", "entity": table.to_string() }),
            Hazard::Lock { table, class } => {
                json!({ "kind": "lock", "entity": table.to_string(), "class": format!("{class:?}").to_lowercase() })
            }
            Hazard::MayFail { entity, reason } => {
                json!({ "kind": "may-fail", "entity": entity.to_string(), "reason": reason })
            }
        };
        if !found.contains(&value) {
            found.push(value);
        }
    }
    Value::from(found)
}

/// What a reader of the SQL should know beside it; one note a thing.
fn notes(batch: &Batch) -> Vec<String> {
    let mut rewritten: BTreeMap<String, ()> = BTreeMap::new();
    let mut notes = Vec::new();
    for hazard in batch.steps.iter().flat_map(|step| &step.hazards) {
        match hazard {
            Hazard::Rewrite { table } => {
                rewritten.insert(table.to_string(), ());
            }
            Hazard::MayFail { reason, .. } | Hazard::DataLoss { reason, .. } => {
                if !notes.contains(reason) {
                    notes.push(reason.clone());
                }
            }
            Hazard::Scan { .. } | Hazard::Lock { .. } => {}
        }
    }
    if !rewritten.is_empty() {
        let tables: Vec<String> = rewritten.into_keys().collect();
        notes.push(format!(
            "{} written anew, others wait meanwhile",
            if tables.len() == 1 {
                format!("{} is", spelling::list(&tables))
            } else {
                format!("{} are", spelling::list(&tables))
            }
        ));
    }
    notes
}
