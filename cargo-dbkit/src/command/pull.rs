//! `cargo dbkit pull`: brings the structs to what a database says, and writes the first migration if there is none.
//!
//! What is written is read back before it is put on disk: it has to be the database's schema again, or nothing is written.

use std::path::PathBuf;
use std::time::Duration;

use dbkit_runtime::Target as Goal;
use dbkit_schema::diagnostic::Diagnostic;
use dbkit_schema::dialect;
use dbkit_schema::model::{Hints, Schema};
use dbkit_schema::rust;
use dbkit_schema::rust::write::{
    self, Crates, Known, Merged, Thoroughness, TimeCrate, WriteOptions,
};
use serde_json::json;

use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::project::{Project, Target, show};
use crate::scratch::{ScratchFlags, Site};
use crate::sources::Sources;
use crate::{
    Context, Exit, Failure, baseline, describe, engine, inspect, source, sources, spelling, store,
};

/// Bring the structs to what a database says
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Pull {
    /// Write nothing; show what would be written
    #[arg(long)]
    dry_run: bool,
    /// Record the first migration in the database's history: it has everything that it makes
    #[arg(long, conflicts_with = "dry_run")]
    init: bool,
    /// How long to wait for another migrator
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    lock_wait: u64,
    #[command(flatten)]
    scratch: ScratchFlags,
}

/// A file that is to be written.
struct NewFile {
    path: PathBuf,
    before: Option<String>,
    after: String,
}

const HEAD: &str = "//! The tables of the database. `cargo dbkit generate` reads this file without compiling it.\n";
const TAIL: &str = "// A unit test: `cargo dbkit` sees every table that the compiler sees.\ndbkit::assert_schema!();\n";

impl Pull {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::open(&target, context.report)?;
        let address = database::address(&target)?;
        let mut database = Database::open(&address, Missing::Refuse)?;
        let (shown, version) = (database.shown.clone(), database.version());
        context.report.status("Connecting", format_args!("{shown} ({version})"));
        let found = inspect::inspect_filtered(&mut database, &shown, &target.filters)?;
        if !found.unmanaged.is_empty() {
            context.report.diagnostic(&source::unmanaged(&found.unmanaged, &shown));
        }
        let schema = write::plain(dialect::named(target.dialect).normalize(found.schema));
        let tables = spelling::count(schema.tables.len(), "table");
        context.report.status("Reading", format_args!("{shown} ({tables})"));
        let site = self.scratch.site(&target)?;
        let (files, schema) = self.code(context, &project, &target, &site, schema)?;
        let is_first = ledger.journal().entries().is_empty();
        let new = if is_first { baseline::plan(&schema, &target, &ledger) } else { Vec::new() };
        for file in &files {
            self.show(context, file);
        }
        if files.is_empty() && new.is_empty() && !self.init {
            let text = "nothing to do, the structs have everything that the database says";
            context.report.status("Finished", text);
            return Ok(Exit::Done);
        }
        if self.dry_run {
            for migration in &new {
                context.report.data(format_args!("-- {}\n\n{}", migration.id, migration.texts.up));
            }
            return Ok(Exit::Done);
        }
        for file in &files {
            write_file(file)?;
        }
        if !new.is_empty() {
            store::add(&ledger.path, ledger.journal(), &new)?;
            for migration in &new {
                let path = ledger.file(&migration.id, "up.sql");
                context.report.status("Generated", &path);
                context
                    .report
                    .object("generated", json!({ "id": migration.id.as_str(), "files": [path] }));
            }
        } else if !is_first && !files.is_empty() {
            context
                .report
                .next("the folder has migrations: `cargo dbkit generate` writes what they lack");
        }
        if self.init {
            let ledger = Ledger::open(&target, context.report)?;
            let wait = Duration::from_secs(self.lock_wait);
            let recorded = baseline::record(&mut database, &target, &ledger, Goal::Latest, wait)?;
            for id in &recorded {
                context
                    .report
                    .status("Recorded", format_args!("{id}  as applied, nothing was executed"));
            }
            context.report.object("recorded", json!({ "ids": recorded }));
        } else if !new.is_empty() {
            context
                .report
                .next("read it, then `cargo dbkit migrate --no-init` records it as applied");
        }
        Ok(Exit::Done)
    }

    /// The files that change.
    fn code(
        &self,
        context: &mut Context<'_>,
        project: &Project,
        target: &Target,
        site: &Site,
        schema: Schema,
    ) -> Result<(Vec<NewFile>, Schema), Failure> {
        let mut sources = sources::read_existing(project, target, context.report)?;
        let home = sources::home(target);
        if !sources.in_package.iter().any(|file| file.path == home) {
            // A file that is there and is not among those that are read is not to be overwritten.
            let full = project.folder.join(&home);
            let text = match std::fs::read_to_string(&full) {
                Ok(text) => text,
                Err(_) => format!("{HEAD}\n{TAIL}"),
            };
            sources.add(home.clone(), text, &full);
        }
        let code =
            engine::read_files(project, target, sources.clone(), Some(site), context.report)?;
        let spoken = dialect::named(target.dialect);
        let mut said = spoken.normalize(code.schema.clone());
        let pulled = schema.clone();
        let mut schema = schema;
        if !said.is_empty() {
            // What a person wrote is compared with a database only after the same server has read it.
            let served = source::through_server(&said, target.dialect, site)?.schema;
            said = write::plain(spoken.normalize(target.filters.apply(served, target.dialect)));
            spoken.align(&mut said, &mut schema);
        }
        let reading = rust::Options {
            features: target.features.clone(),
            doc_comments: target.doc_comments,
            ..rust::Options::new(target.dialect)
        };
        let writing = WriteOptions { dialect: target.dialect, crates: crates(project) };
        let mut lines = Vec::new();
        for thoroughness in [Thoroughness::Differences, Thoroughness::WholeTables] {
            let merged = write::merge(
                &sources.in_package,
                &home,
                &said,
                &schema,
                (&reading, &writing),
                thoroughness,
            );
            let mut after = sources.clone();
            after.in_package.clone_from(&merged.files);
            after.texts.clone_from(&merged.sql);
            lines = merged.left.clone();
            if lines.is_empty() {
                let proof = Proof { project, target, site, is_new: said.is_empty() };
                let (after, found) = proof.differences(context, &after, &schema)?;
                if found.is_empty() {
                    // Where a person and a server say one thing in two ways, the migrations say it as the person does.
                    let first = if said.is_empty() { pulled } else { spoken.normalize(after) };
                    return Ok((changed(project, &sources, merged), first));
                }
                lines = found;
            }
        }
        if said.is_empty() {
            let problems = lines
                .iter()
                .map(|line| Diagnostic::error("DBK0060", format!("cannot say in Rust: {line}")));
            return Err(Failure::problems(problems.collect()).summary("nothing was written"));
        }
        Ok((beside(context, project, &home, &pulled, &writing, &lines), pulled))
    }

    fn show(&self, context: &mut Context<'_>, file: &NewFile) {
        let shown = show(&file.path);
        let verb = match (&file.before, self.dry_run) {
            (_, true) => "Would write",
            (None, false) => "Wrote",
            // A file beside others is shown by what it says otherwise than they do.
            (Some(_), false) if !file.path.exists() || shown.ends_with(".pulled") => "Wrote",
            (Some(_), false) => "Changed",
        };
        context.report.status(verb, &shown);
        context.report.object("pulled", json!({ "path": shown, "text": file.after }));
        match &file.before {
            Some(before) => {
                let diff = similar::TextDiff::from_lines(before.as_str(), file.after.as_str());
                let diff = diff.unified_diff().context_radius(2).to_string();
                context.report.data(&diff);
            }
            None if self.dry_run => context.report.data(&file.after),
            None => {}
        }
    }
}

fn write_file(file: &NewFile) -> Result<(), Failure> {
    let problem = |error: std::io::Error| {
        Failure::from(crate::failure::file_problem("write", show(&file.path), &error))
    };
    if let Some(folder) = file.path.parent() {
        std::fs::create_dir_all(folder).map_err(problem)?;
    }
    store::write_file(&file.path, &file.after).map_err(problem)
}

/// The crates that the app has already.
fn crates(project: &Project) -> Crates {
    let has = |name: &str| project.dependencies.contains(name);
    Crates {
        uuid: has("uuid"),
        decimal: has("rust_decimal"),
        json: has("serde_json"),
        time: match () {
            () if has("time") => Some(TimeCrate::Time),
            () if has("chrono") => Some(TimeCrate::Chrono),
            () if has("jiff") => Some(TimeCrate::Jiff),
            () => None,
        },
    }
}

/// The files that differ from those that are there.
fn changed(project: &Project, sources: &Sources, merged: Merged) -> Vec<NewFile> {
    let rust = merged.files.into_iter().map(|file| {
        let before = sources.in_package.iter().find(|old| old.path == file.path);
        let path = project.folder.join(&file.path);
        // A file that is only going to be there is new.
        let before = before.map(|old| old.text.clone()).filter(|_| path.exists());
        NewFile { path, before, after: file.text }
    });
    let sql = merged.sql.into_iter().map(|(path, after)| {
        let path = project.folder.join(path);
        let before = std::fs::read_to_string(&path).ok();
        NewFile { path, before, after }
    });
    rust.chain(sql).filter(|file| file.before.as_ref() != Some(&file.after)).collect()
}

/// The whole schema in a file that nobody reads, and what differs.
fn beside(
    context: &mut Context<'_>,
    project: &Project,
    home: &str,
    schema: &Schema,
    options: &WriteOptions,
    lines: &[String],
) -> Vec<NewFile> {
    let written = write::write(schema, options, &Known::default());
    let path = project.folder.join(format!("{home}.pulled"));
    let mut problem = Diagnostic::warning(
        "DBK0062",
        format!(
            "cannot put everything into `{}` without destroying something",
            show(&project.folder.join(home))
        ),
    )
    .note(format!("the whole schema is in `{}` instead, which nobody reads", show(&path)));
    for line in lines.iter().take(8) {
        problem = problem.note(line.clone());
    }
    context
        .report
        .diagnostic(&problem.help("take over what you want, delete that file, and pull again"));
    let after = write::file(&written, HEAD, TAIL);
    let before = std::fs::read_to_string(project.folder.join(home)).ok();
    vec![NewFile { path, before, after }]
}

/// Reads what is going to be written: it must be the schema.
struct Proof<'a> {
    project: &'a Project,
    target: &'a Target,
    site: &'a Site,
    /// Nobody has written anything yet, so no server has to read it.
    is_new: bool,
}

impl Proof<'_> {
    /// What the files say, and what of it differs from the database, in a few words each.
    fn differences(
        &self,
        context: &mut Context<'_>,
        files: &Sources,
        schema: &Schema,
    ) -> Result<(Schema, Vec<String>), Failure> {
        let target = self.target;
        let code = engine::read_files(
            self.project,
            target,
            files.clone(),
            Some(self.site),
            context.report,
        );
        let said = match code {
            Ok(code) => code.schema,
            Err(Failure::Problems { problems, .. }) => {
                let lines = problems.into_iter().map(|problem| problem.message).collect();
                return Ok((Schema::default(), lines));
            }
            Err(other) => return Err(other),
        };
        let spoken = dialect::named(target.dialect);
        let unsupported = spoken.check(&said);
        if !unsupported.is_empty() {
            let lines = unsupported.into_iter().map(|found| found.message).collect();
            return Ok((said, lines));
        }
        let mut schema = schema.clone();
        let compared = if self.is_new {
            said.clone()
        } else {
            let served = source::through_server(&said, target.dialect, self.site)?.schema;
            let mut served = target.filters.apply(served, target.dialect);
            spoken.align(&mut schema, &mut served);
            write::plain(served)
        };
        let plan = dialect::compare(&schema, &compared, &Hints::default(), spoken).plan;
        let changes = plan.batches.iter().flat_map(|batch| &batch.changes);
        Ok((said, changes.map(|change| describe::line(change).to_string()).collect()))
    }
}
