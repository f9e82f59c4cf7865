//! `cargo dbkit adopt`: takes over the migrations of a project that used another tool, folder and history.

use std::path::PathBuf;

use dbkit_build::id::MigrationId;
use dbkit_schema::diagnostic::Diagnostic;
use serde_json::json;

use crate::adopt::{self, Foreign, Named, Tool};
use crate::database::{self, Database, Missing};
use crate::ledger::Ledger;
use crate::project::{Project, Target, show};
use crate::scratch::ScratchFlags;
use crate::store::{self, NewMigration};
use crate::{Context, Exit, Failure, engine, inspect, spelling};

/// Take over the migrations of another tool; nothing is executed again
#[derive(Debug, clap::Args)]
pub(crate) struct Adopt {
    /// The tool
    #[arg(long, value_enum, value_name = "TOOL")]
    from: From,
    /// Its folder, relative to the package; by default where the tool has it
    #[arg(long, value_name = "PATH")]
    folder: Option<PathBuf>,
    /// Go on in spite of it
    #[arg(long, value_enum, value_name = "WHAT")]
    allow: Vec<Allow>,
    #[command(flatten)]
    scratch: ScratchFlags,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum From {
    /// sqlx-cli and `sqlx::migrate!`
    Sqlx,
    /// refinery
    Refinery,
    /// diesel-cli
    Diesel,
    /// sea-orm-migration: programs, so one migration is made of what a database has
    SeaOrm,
    /// Drizzle Kit
    Drizzle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Allow {
    /// A script is not what the database has run
    Edited,
}

impl From {
    fn tool(self) -> &'static dyn Tool {
        let word = match self {
            Self::Sqlx => "sqlx",
            Self::Refinery => "refinery",
            Self::Diesel => "diesel",
            Self::SeaOrm => "sea-orm",
            Self::Drizzle => "drizzle",
        };
        let row = adopt::TOOLS.iter().find(|(name, _)| *name == word);
        row.map_or(adopt::TOOLS[0].1, |(_, tool)| *tool)
    }
}

impl Adopt {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let tool = self.from.tool();
        let project = context.project()?;
        let target = project.target()?;
        let ledger = Ledger::open(&target, context.report)?;
        let folder = self.folder(&project, &target, tool)?;
        let shown = show(&folder);
        let foreign = tool.read(&folder, &shown).map_err(Failure::problems)?;
        if foreign.is_empty() {
            return Err(Diagnostic::error(
                "DBK0701",
                format!("there is no migration of {} in `{shown}`", tool.title()),
            )
            .help("say where they are: `--folder PATH`")
            .into());
        }
        let count = spelling::count(foreign.len(), "migration");
        context.report.status("Reading", format_args!("{shown}  {count} of {}", tool.title()));
        let mut database = match &target.url {
            Some(_) => {
                let address = database::address(&target)?;
                let database = Database::open(&address, Missing::Refuse)?;
                context.report.status("Connecting", &database.shown);
                Some(database)
            }
            None => None,
        };
        if tool.is_code() {
            return self.run_code(context, &target, &ledger, tool, foreign, database.as_mut());
        }
        let named = adopt::named(foreign);
        // What stands against it is said before anything is written.
        let applied = match &mut database {
            Some(database) => self.applied(tool, &named, database)?,
            None => None,
        };
        let ledger = self.import(context, &target, ledger, &named)?;
        match (&mut database, applied) {
            (Some(database), Some(0)) => context.report.status(
                "Finished",
                format_args!("{} has run none of them: `cargo dbkit migrate` does", database.shown),
            ),
            (Some(database), Some(applied)) => {
                let last = &named[applied - 1].0;
                let done = adopt::record(&ledger, last, database)?;
                context.report.object(
                    "adopted",
                    json!({ "recorded": done, "pending": named.len() - applied }),
                );
                context.report.status(
                    "Finished",
                    format_args!(
                        "{} recorded in {}, {} pending; nothing was executed",
                        spelling::count(done, "migration"),
                        database.shown,
                        named.len() - applied
                    ),
                );
                context.report.note(format_args!(
                    "`{}` stays, and dbkit leaves it alone; drop it when no version of the app needs it any more",
                    tool.table()
                ));
            }
            (Some(database), None) => context.report.status(
                "Finished",
                format_args!(
                    "{} has no `{}`: nothing was recorded there",
                    database.shown,
                    tool.table()
                ),
            ),
            (None, _) => {
                context.report.next(format_args!(
                    "for every database that has run them: `cargo dbkit adopt --from .. --url URL`, before the app runs there (now neither `--url` nor {} is given)",
                    target.url_env
                ));
            }
        }
        Ok(Exit::Done)
    }

    /// The folder of the tool, which is not the one of dbkit.
    fn folder(
        &self,
        project: &Project,
        target: &Target,
        tool: &dyn Tool,
    ) -> Result<PathBuf, Diagnostic> {
        let folder = match &self.folder {
            Some(folder) => project.folder.join(folder),
            None => {
                let usual = tool.folders().iter().map(|folder| project.folder.join(folder));
                let found = usual.clone().find(|folder| folder.is_dir());
                found.or_else(|| usual.clone().next()).unwrap_or_else(|| project.folder.clone())
            }
        };
        let real = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        if real(&folder) == real(&target.migrations) {
            let shown = show(&folder);
            let word = self.from.tool().title().to_lowercase().replace(' ', "-");
            return Err(Diagnostic::error(
                "DBK0701",
                format!("`{shown}` would hold the migrations of {} and those of dbkit", tool.title()),
            )
            .help(format!("move the old ones away: `git mv {shown} {shown}-{word}`, then `cargo dbkit init` and `--folder {shown}-{word}`"))
            .help("or give dbkit another folder: `migrations = \"db/migrations\"` in `[package.metadata.dbkit]`, then `cargo dbkit init`"));
        }
        Ok(folder)
    }

    fn applied(
        &self,
        tool: &dyn Tool,
        named: &Named,
        database: &mut Database,
    ) -> Result<Option<usize>, Failure> {
        let Some(runs) = adopt::history(tool, database)? else { return Ok(None) };
        let may_be_edited = self.allow.contains(&Allow::Edited);
        adopt::applied(tool, named, &runs, &database.shown, may_be_edited)
            .map(Some)
            .map_err(|problems| Failure::problems(problems).summary("nothing was written"))
    }

    /// Writes the migrations, unless they are there from the last time.
    fn import(
        &self,
        context: &mut Context<'_>,
        target: &Target,
        ledger: Ledger,
        named: &Named,
    ) -> Result<Ledger, Failure> {
        let is_there = |(id, _): &(MigrationId, Foreign)| ledger.journal().entry(id).is_some();
        if named.iter().all(is_there) {
            context.report.verbose("Finished", "the migrations are here already");
            return Ok(ledger);
        }
        if let Some(entry) = ledger.journal().entries().first() {
            return Err(Diagnostic::error(
                "DBK0707",
                format!("the folder has migrations of its own already, such as `{}`", entry.id),
            )
            .in_file(ledger.journal_file())
            .note("those of another tool can only stand at the beginning")
            .help("take them over into an empty folder")
            .into());
        }
        let site = self.scratch.site(target)?;
        let new = adopt::migrations(&ledger, named, target.dialect, &site, context.report)?;
        self.write(context, target, &ledger, &new)
    }

    fn write(
        &self,
        context: &mut Context<'_>,
        target: &Target,
        ledger: &Ledger,
        new: &[NewMigration],
    ) -> Result<Ledger, Failure> {
        store::add(&ledger.path, ledger.journal(), new)?;
        let files: Vec<String> =
            new.iter().map(|migration| ledger.file(&migration.id, "up.sql")).collect();
        context.report.object("written", json!({ "files": files }));
        context.report.status(
            "Written",
            format_args!("{} in {}", spelling::count(new.len(), "migration"), ledger.folder.path),
        );
        Ledger::open(target, context.report)
    }

    /// One migration of what a database has that has run all programs.
    fn run_code(
        &self,
        context: &mut Context<'_>,
        target: &Target,
        ledger: &Ledger,
        tool: &dyn Tool,
        foreign: Vec<Foreign>,
        database: Option<&mut Database>,
    ) -> Result<Exit, Failure> {
        let Some(database) = database else {
            return Err(Diagnostic::error(
                "DBK0006",
                format!("which database has run the migrations of {}?", tool.title()),
            )
            .note("they are programs: what they make only such a database can tell")
            .help("name it: `--url URL`")
            .into());
        };
        let mut named = adopt::named(foreign);
        let count = named.len();
        let applied = self.applied(tool, &named, database)?.unwrap_or(0);
        if applied < count {
            return Err(Diagnostic::error(
                "DBK0704",
                format!("{} has run {applied} of {count} migrations", database.shown),
            )
            .help(format!("run the rest with {} first", tool.title()))
            .into());
        }
        let Some((id, _)) = named.pop() else {
            return Err(Failure::Other(anyhow::anyhow!("no migration")));
        };
        let id: MigrationId = format!("{}_adopted", id.time())
            .parse()
            .map_err(|error: String| Failure::from(Diagnostic::error("DBK0012", error)))?;
        let mut written = ledger.clone();
        if ledger.journal().entry(&id).is_none() {
            if let Some(entry) = ledger.journal().entries().first() {
                return Err(Diagnostic::error(
                    "DBK0707",
                    format!("the folder has migrations of its own already, such as `{}`", entry.id),
                )
                .in_file(ledger.journal_file())
                .into());
            }
            let shown = database.shown.clone();
            let live = inspect::inspect_filtered(database, &shown, &target.filters)?;
            let texts = engine::whole(&live.schema, target.dialect);
            let new = NewMigration { id: id.clone(), texts, parents: Vec::new() };
            written = self.write(context, target, ledger, &[new])?;
        }
        let done = adopt::record(&written, &id, database)?;
        context.report.object("adopted", json!({ "recorded": done, "pending": 0 }));
        context.report.status(
            "Finished",
            format_args!(
                "one migration in the place of {count}, recorded in {}; nothing was executed",
                database.shown
            ),
        );
        context.report.note("rows that the programs put in are not in it");
        Ok(Exit::Done)
    }
}
