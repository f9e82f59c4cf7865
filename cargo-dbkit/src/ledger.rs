//! The migrations folder of a database: read, verified against its journal, and folded into a schema.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use dbkit_build::folder::{Folder, MigrationFiles};
use dbkit_build::id::MigrationId;
use dbkit_build::journal::{Entry, Journal};
use dbkit_build::problem::{Problem, Severity};
use dbkit_build::replaces::Replaces;
use dbkit_build::split::Flavor;
use dbkit_schema::delta::{self, Delta};
use dbkit_schema::diagnostic::{Diagnostic, Span};
use dbkit_schema::model::{DialectName, EntityId, ObjectName, Schema};

use crate::failure::Failure;
use crate::filter::Filters;
use crate::graph;
use crate::project::{Target, show};
use crate::report::Report;
use crate::spelling;
use crate::store::{self, NewMigration};

/// A migrations folder.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What is in it.
    pub(crate) folder: Folder,
    /// The name of its set in the history.
    pub(crate) set: String,
    /// What of a database is looked at.
    pub(crate) filters: Filters,
    pub(crate) dialect: DialectName,
    /// How its SQL is split.
    pub(crate) flavor: Flavor,
    /// What `verify` found.
    pub(crate) problems: Vec<Diagnostic>,
}

impl Ledger {
    /// Reads a folder and verifies it; problems are kept, not reported.
    pub(crate) fn read(target: &Target) -> Self {
        let mut folder = Folder::read(&target.migrations, &show(&target.migrations));
        folder.find_strays(&target.migrations);
        let flavor = flavor(target.dialect);
        let problems = dbkit_build::verify(&folder, flavor).iter().map(diagnostic).collect();
        let (path, set) = (target.migrations.clone(), target.set.clone());
        let (filters, dialect) = (target.filters.clone(), target.dialect);
        Self { path, folder, set, filters, dialect, flavor, problems }
    }

    /// Reads a folder in which nothing is wrong. Warnings are drawn, except the one about heads, which every command
    /// that cares answers in its own way.
    pub(crate) fn open(target: &Target, report: &mut Report) -> Result<Self, Failure> {
        let mut ledger = Self::read(target);
        if ledger.problems.iter().any(Diagnostic::is_error) {
            let problems = std::mem::take(&mut ledger.problems);
            return Err(Failure::problems(
                problems.into_iter().filter(Diagnostic::is_error).collect(),
            ));
        }
        for problem in &ledger.problems {
            if problem.code != "DBK0201" {
                report.diagnostic(problem);
            }
        }
        Ok(ledger)
    }

    /// What the journal says.
    pub(crate) fn journal(&self) -> &Journal {
        &self.folder.journal
    }

    /// The journal's path, for messages.
    pub(crate) fn journal_file(&self) -> String {
        format!("{}/{}", self.folder.path, dbkit_build::folder::JOURNAL)
    }

    /// The path of a file of a migration, for messages.
    pub(crate) fn file(&self, id: &MigrationId, name: &str) -> String {
        format!("{}/{id}/{name}", self.folder.path)
    }

    /// The canonical text of a file of a migration.
    pub(crate) fn text(&self, id: &MigrationId, name: &str) -> Option<String> {
        let files = self.folder.migration(id.as_str())?;
        let bytes = match name {
            "up.sql" => &files.up,
            "down.sql" => &files.down,
            _ => &files.changes,
        };
        let bytes = dbkit_build::canonical::canonical(bytes.as_deref()?);
        String::from_utf8(bytes.into_owned()).ok()
    }

    /// Whether a time is taken by a migration, recorded or not.
    pub(crate) fn is_taken(&self, stamp: &str) -> bool {
        self.folder.migrations.iter().any(|files| files.name.starts_with(stamp))
            || self.journal().entries().iter().any(|entry| entry.id.time() == stamp)
    }

    /// The recorded migration that a person means: by its id, or by a part that fits only one.
    pub(crate) fn find(&self, wanted: &str) -> Result<&Entry, Diagnostic> {
        let wanted = wanted.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let ids = self.journal().entries().iter().map(|entry| entry.id.as_str()).collect();
        let id = pick(wanted, ids)?;
        match self.journal().entries().iter().find(|entry| entry.id.as_str() == id) {
            Some(entry) => Ok(entry),
            None => unreachable!("the id was picked from the journal"),
        }
    }

    /// The one head; `None` when there is no migration yet. Several are a problem that says what to do.
    pub(crate) fn head(&self) -> Result<Option<MigrationId>, Diagnostic> {
        match self.journal().heads().as_slice() {
            [] => Ok(None),
            [head] => Ok(Some((*head).clone())),
            heads => {
                let names: Vec<&str> = heads.iter().map(|id| id.as_str()).collect();
                Err(Diagnostic::error(
                    "DBK0201",
                    format!(
                        "{} migrations have no successor: {}",
                        names.len(),
                        spelling::list(&names)
                    ),
                )
                .in_file(self.journal_file())
                .note("two branches were merged, and each has brought a migration")
                .help("see whether they collide: `cargo dbkit check`")
                .help("put them into a line: `cargo dbkit rebase`"))
            }
        }
    }
}

/// What the migrations change, in order of execution. A custom migration changes nothing that is known.
pub(crate) type Deltas = Vec<(MigrationId, Option<Delta>)>;

impl Ledger {
    fn deltas(&self, journal: &Journal) -> Result<Deltas, Vec<Diagnostic>> {
        let mut deltas = Vec::new();
        let mut problems = Vec::new();
        for entry in journal.order() {
            let delta = match entry.changes {
                None => None,
                Some(_) => {
                    let file = self.file(&entry.id, "changes.json");
                    let text = self.text(&entry.id, "changes.json").unwrap_or_default();
                    match Delta::from_text(&text, &file) {
                        Ok(delta) => Some(delta),
                        Err(problem) => {
                            problems.push(problem);
                            None
                        }
                    }
                }
            };
            deltas.push((entry.id.clone(), delta));
        }
        if problems.is_empty() { Ok(deltas) } else { Err(problems) }
    }

    /// What each migration changes, in order of execution, if they all fit together.
    pub(crate) fn steps(&self) -> Result<Deltas, Failure> {
        self.schema()?;
        self.deltas(self.journal()).map_err(Failure::problems)
    }

    /// The schema before a migration in the order of execution, and what that one says it changes.
    pub(crate) fn around(&self, id: &MigrationId) -> Result<(Schema, Option<Delta>), Failure> {
        let deltas = self.deltas(self.journal()).map_err(Failure::problems)?;
        let at = deltas.iter().position(|(found, _)| found == id).unwrap_or(deltas.len());
        let known = deltas[..at].iter().filter_map(|(_, delta)| delta.as_ref());
        let before = match delta::fold(known) {
            Ok(schema) => schema,
            Err(_) => self.schema()?,
        };
        Ok((before, deltas.into_iter().nth(at).and_then(|(_, delta)| delta)))
    }

    /// What a migration takes the place of.
    pub(crate) fn replaces(&self, id: &str) -> Replaces {
        let files = self.folder.migration(id);
        let bytes = files.and_then(|files| files.replaces.as_deref());
        bytes.map(|bytes| Replaces::parse(bytes, "").0).unwrap_or_default()
    }

    /// The same folder with another line in its journal, and perhaps another changes.json.
    pub(crate) fn with(&self, entry: Entry, changes: Option<&Delta>) -> Self {
        let mut folder = self.folder.clone();
        if let Some(files) =
            folder.migrations.iter_mut().find(|files| files.name == entry.id.as_str())
            && let Some(delta) = changes
        {
            files.changes = (!delta.is_empty()).then(|| delta.to_text().into_bytes());
        }
        folder.journal.insert(entry);
        let (path, set) = (self.path.clone(), self.set.clone());
        let (filters, dialect) = (self.filters.clone(), self.dialect);
        Self { path, folder, set, filters, dialect, flavor: self.flavor, problems: Vec::new() }
    }

    /// The same folder with more migrations in it.
    pub(crate) fn with_new(&self, new: &[NewMigration]) -> Self {
        let mut all = Self { problems: Vec::new(), ..self.clone() };
        let bytes = |text: &Option<String>| text.as_ref().map(|text| text.clone().into_bytes());
        for migration in new {
            let texts = &migration.texts;
            let entry = store::entry(&migration.id, texts, migration.parents.clone());
            all.folder.journal.insert(entry);
            all.folder.migrations.push(MigrationFiles {
                name: migration.id.to_string(),
                up: Some(texts.up.clone().into_bytes()),
                down: bytes(&texts.down),
                changes: bytes(&texts.changes),
                replaces: None,
            });
        }
        all.folder.migrations.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// The ids in order of execution.
    pub(crate) fn ordered(&self) -> Vec<String> {
        self.journal().order().iter().map(|entry| entry.id.to_string()).collect()
    }

    /// The ids in order of execution, up to one of them.
    pub(crate) fn up_to(&self, id: &str) -> Vec<String> {
        let mut ids = self.ordered();
        ids.truncate(ids.iter().position(|found| found == id).map_or(0, |at| at + 1));
        ids
    }

    /// The schema that all migrations together give, as far as the filters look.
    pub(crate) fn schema(&self) -> Result<Schema, Failure> {
        Ok(self.filters.apply(self.fold(self.journal())?, self.dialect))
    }

    /// The schema that the migrations up to one of them give, that one included, as far as the filters look.
    pub(crate) fn schema_at(&self, wanted: &str) -> Result<Schema, Failure> {
        Ok(self.filters.apply(self.whole_at(wanted)?, self.dialect))
    }

    /// The same with what the filters leave out: migrations of earlier filters made it, and a database that has run them has it.
    pub(crate) fn whole_at(&self, wanted: &str) -> Result<Schema, Failure> {
        let id = self.find(wanted)?.id.clone();
        let deltas = self.deltas(self.journal()).map_err(Failure::problems)?;
        let end = deltas.iter().position(|(found, _)| *found == id).map_or(0, |at| at + 1);
        let known: Vec<&Delta> =
            deltas[..end].iter().filter_map(|(_, delta)| delta.as_ref()).collect();
        // The whole folder is folded where it is complained about; a part of it fits if the whole does.
        delta::fold(known).or_else(|_| self.fold(self.journal()))
    }

    /// What one migration changes, if it says so.
    pub(crate) fn delta(&self, id: &str) -> Option<Delta> {
        let entry = self.journal().entries().iter().find(|entry| entry.id.as_str() == id)?;
        entry.changes.as_ref()?;
        let text = self.text(&entry.id, "changes.json")?;
        Delta::from_text(&text, &self.file(&entry.id, "changes.json")).ok()
    }

    /// The schema that the migrations of another journal of the same folder would give.
    pub(crate) fn fold(&self, journal: &Journal) -> Result<Schema, Failure> {
        let deltas = self.deltas(journal).map_err(Failure::problems)?;
        let known = deltas.into_iter().filter_map(|(_, delta)| delta);
        if let Some(schema) = delta::fold_into(known) {
            return Ok(schema);
        }
        // Which one does not fit, and what it does not fit to, is looked for in all of them.
        let deltas = self.deltas(journal).map_err(Failure::problems)?;
        let known: Vec<(&MigrationId, &Delta)> = deltas
            .iter()
            .filter_map(|(id, delta)| delta.as_ref().map(|delta| (id, delta)))
            .collect();
        delta::fold(known.iter().map(|(_, delta)| *delta)).map_err(|conflicts| {
            let problems = conflicts.iter().map(|found| {
                let id = known[found.migration].0;
                let entity = &found.conflict.entity;
                let problem = Diagnostic::error(
                    "DBK0222",
                    format!("`{id}` does not fit what the migrations before it have left"),
                )
                .in_file(self.file(id, "changes.json"))
                .note(format!(
                    "the {} `{entity}`: expected {}, found {}",
                    entity.kind.word(),
                    found.conflict.expected,
                    found.conflict.found
                ));
                let problem = match found.other {
                    Some(other) => problem.note(format!("`{}` touched it last", known[other].0)),
                    None => problem,
                };
                problem.help(format!("restore the file: `git restore {}/{id}`", self.folder.path)).help(
                    format!("or make the migration anew: `cargo dbkit drop {id}`, then `cargo dbkit generate`"),
                )
            });
            Failure::problems(problems.collect())
        })
    }

    /// What branches cannot both do; one problem for each pair of branches, with both sides.
    pub(crate) fn collisions(&self) -> Vec<Diagnostic> {
        let journal = self.journal();
        let heads: Vec<MigrationId> = journal.heads().into_iter().cloned().collect();
        if heads.len() < 2 {
            return Vec::new();
        }
        let deltas: BTreeMap<MigrationId, Delta> = match self.deltas(journal) {
            Ok(deltas) => deltas.into_iter().filter_map(|(id, delta)| Some((id, delta?))).collect(),
            Err(problems) => return problems,
        };
        let branches: Vec<Vec<MigrationId>> =
            heads.iter().map(|head| graph::only_behind(journal, head)).collect();
        let mut problems = Vec::new();
        for (at, left) in branches.iter().enumerate() {
            for right in &branches[at + 1..] {
                problems.extend(self.collision(left, right, &deltas));
            }
        }
        problems
    }

    fn collision(
        &self,
        left: &[MigrationId],
        right: &[MigrationId],
        deltas: &BTreeMap<MigrationId, Delta>,
    ) -> Option<Diagnostic> {
        let of = |branch: &[MigrationId]| -> Vec<Delta> {
            branch.iter().filter_map(|id| deltas.get(id)).cloned().collect()
        };
        let found = delta::collisions(&of(left), &of(right));
        if found.is_empty() {
            return None;
        }
        // The migration of a branch that a reader should look at: the last one that touches it.
        let side = |branch: &[MigrationId], entity: &EntityId| {
            let touches = |id: &&MigrationId| {
                deltas.get(id).is_some_and(|delta| {
                    delta.touched().any(|touched| {
                        touched == *entity
                            || (entity.member.is_none() && touched.object == entity.object)
                    })
                })
            };
            branch.iter().rev().find(touches).or(branch.last()).cloned()
        };
        let (one, other) = (side(left, &found[0].entity)?, side(right, &found[0].entity)?);
        let mut problem =
            Diagnostic::error("DBK0222", format!("`{one}` and `{other}` do not fit together"))
                .in_file(self.file(&one, "changes.json"));
        for collision in &found {
            let entity = &collision.entity;
            let (one, other) = (side(left, entity)?, side(right, entity)?);
            problem = problem.note(format!(
                "{} `{entity}`: `{one}` {}, `{other}` {}",
                entity.kind.word(),
                collision.left,
                collision.right
            ));
        }
        Some(
            problem
                .note(format!(
                    "the files are `{}` and `{}`",
                    self.file(&one, "up.sql"),
                    self.file(&other, "up.sql")
                ))
                .help(format!(
                    "take one of them back: `cargo dbkit drop {other}`, then `cargo dbkit generate` makes it anew on top of the other"
                )),
        )
    }

    /// What some migrations touch, in a few names.
    pub(crate) fn touched(&self, branch: &[MigrationId]) -> Vec<String> {
        let Ok(deltas) = self.deltas(self.journal()) else { return Vec::new() };
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (_, delta) in deltas.iter().filter(|(id, _)| branch.contains(id)) {
            let touched: Vec<EntityId> = delta.iter().flat_map(Delta::touched).collect();
            let whole: BTreeSet<&ObjectName> =
                touched.iter().filter(|id| id.member.is_none()).map(|id| &id.object).collect();
            names.extend(
                touched
                    .iter()
                    .filter(|id| id.member.is_none() || !whole.contains(&id.object))
                    .map(ToString::to_string),
            );
        }
        names.into_iter().collect()
    }
}

/// The name that a person means: the whole, the slug, a beginning or an end, if it fits only one.
pub(crate) fn pick<'a>(wanted: &str, ids: Vec<&'a str>) -> Result<&'a str, Diagnostic> {
    let slug = |id: &'a str| id.get(15..).unwrap_or(id);
    let fits: [&dyn Fn(&str) -> bool; 3] =
        [&|id| id == wanted, &|id| id.get(15..) == Some(wanted), &|id| {
            !wanted.is_empty() && (id.starts_with(wanted) || id.ends_with(wanted))
        }];
    for fits in fits {
        let found: Vec<&str> = ids.iter().copied().filter(|id| fits(id)).collect();
        match found.as_slice() {
            [] => {}
            [id] => return Ok(id),
            several => {
                return Err(Diagnostic::error(
                    "DBK0012",
                    format!(
                        "several migrations could be meant by `{wanted}`: {}",
                        spelling::list(several)
                    ),
                )
                .help("write the whole id"));
            }
        }
    }
    let problem = Diagnostic::error("DBK0012", format!("there is no migration `{wanted}`"));
    Err(match spelling::nearest(wanted, ids.iter().copied().chain(ids.iter().map(|id| slug(id)))) {
        Some(near) => problem.help(format!("a similar one exists: `{near}`")),
        None => problem.help("`cargo dbkit status` lists them"),
    })
}

/// How the SQL of a dialect is split.
pub(crate) fn flavor(dialect: DialectName) -> Flavor {
    match dialect {
        DialectName::Postgres => Flavor::Postgres,
        DialectName::Sqlite => Flavor::Sqlite,
        DialectName::Mysql => Flavor::Mysql,
    }
}

/// A problem of the build script, in the form that is drawn here.
fn diagnostic(problem: &Problem) -> Diagnostic {
    let mut found = match problem.severity {
        Severity::Error => Diagnostic::error(problem.code, &problem.message),
        Severity::Warning => Diagnostic::warning(problem.code, &problem.message),
    };
    found.file.clone_from(&problem.file);
    found.notes.clone_from(&problem.notes);
    found.helps.clone_from(&problem.helps);
    if let (Some(file), Some(position)) = (&problem.file, problem.position)
        && let Some(range) =
            fs::read_to_string(file).ok().and_then(|text| line_range(&text, position))
    {
        found = found.at(Span { file: file.clone(), range }, "");
    }
    found
}

/// From a line and column (both from 1) to the end of the line.
pub(crate) fn line_range(
    text: &str,
    (line, column): (usize, usize),
) -> Option<std::ops::Range<usize>> {
    let start = match line {
        0 | 1 => 0,
        _ => text.match_indices('\n').nth(line - 2)?.0 + 1,
    };
    let content = text[start..].split(['\n', '\r']).next().unwrap_or_default();
    let skip =
        content.char_indices().nth(column.saturating_sub(1)).map_or(content.len(), |(at, _)| at);
    Some(start + skip..start + content.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_is_found_by_a_part_of_its_id() {
        let ids = || {
            vec![
                "20260101000000_create_users",
                "20260102000000_add_users_bio",
                "20260103000000_users",
            ]
        };
        let picked = |wanted: &str| match pick(wanted, ids()) {
            Ok(id) => id.to_owned(),
            Err(problem) => problem.message,
        };
        assert_eq!(picked("20260102"), "20260102000000_add_users_bio");
        assert_eq!(picked("users"), "20260103000000_users");
        assert_eq!(picked("bio"), "20260102000000_add_users_bio");
        assert_eq!(picked("posts"), "there is no migration `posts`");
        assert!(picked("2026").starts_with("several migrations could be meant"));
    }

    #[test]
    fn a_line_is_found_in_a_text() {
        assert_eq!(line_range("ab\ncd\r\nef", (2, 2)), Some(4..5));
        assert_eq!(line_range("ab", (1, 1)), Some(0..2));
        assert_eq!(line_range("ab", (3, 1)), None);
    }
}
