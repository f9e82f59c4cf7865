//! `cargo dbkit rebase`: puts the migrations of merged branches into one line, if they do not collide.

use dbkit_build::id::MigrationId;
use dbkit_schema::diagnostic::Diagnostic;
use serde_json::json;

use crate::history::{self, Asked};
use crate::ledger::Ledger;
use crate::{Context, Exit, Failure, clock, graph, spelling, store};

/// Put the migrations of merged branches into one line
#[derive(Debug, clap::Args)]
pub(crate) struct Rebase {
    /// The head whose branch goes last: its id, or a part of it; by default the youngest
    head: Option<String>,
}

impl Rebase {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Exit, Failure> {
        let project = context.project()?;
        let target = project.target()?;
        let mut ledger = Ledger::open(&target, context.report)?;
        let heads: Vec<MigrationId> = ledger.journal().heads().into_iter().cloned().collect();
        if heads.len() < 2 {
            context.report.status("Finished", "nothing to do, the migrations are one line");
            return Ok(Exit::Done);
        }
        let chosen = match &self.head {
            None => None,
            Some(wanted) => {
                let id = ledger.find(wanted)?.id.clone();
                if !heads.contains(&id) {
                    let names: Vec<&str> = heads.iter().map(MigrationId::as_str).collect();
                    return Err(Diagnostic::error(
                        "DBK0012",
                        format!("`{id}` is not the last of its branch"),
                    )
                    .help(format!("the heads are {}", spelling::list(&names)))
                    .into());
                }
                Some(id)
            }
        };
        let collisions = ledger.collisions();
        if !collisions.is_empty() {
            let count = spelling::count(collisions.len(), "collision");
            return Err(
                Failure::problems(collisions).summary(format!("{count}, nothing was changed"))
            );
        }
        // The oldest head stays; the others are put behind it one after the other, the chosen one last.
        let mut rest = heads;
        rest.sort_by_key(|id| (Some(id) == chosen.as_ref(), id.clone()));
        let mut onto = rest.remove(0);
        let mut steps = Vec::new();
        for head in rest {
            let moves = {
                let later = |last: &MigrationId, moved: &MigrationId| {
                    store::new_id(
                        clock::seconds(last.time()).unwrap_or_default(),
                        moved.slug(),
                        std::slice::from_ref(last),
                        |stamp| ledger.is_taken(stamp),
                    )
                };
                graph::rebase(ledger.journal(), &head, &onto, later)
            };
            for one in moves.iter().filter(|one| one.from != one.to) {
                if let Asked::Applied(shown) | Asked::Begun(shown) =
                    history::ask(context, &target, &ledger, &one.from)?
                {
                    return Err(Diagnostic::error("DBK0020", format!("`{}` is applied in {shown}", one.from))
                        .note(format!("behind `{onto}` it would need a later id, and the database would take it for a new one"))
                        .help(format!("put the other branch last: `cargo dbkit rebase {onto}`"))
                        .help("or take it back first: `cargo dbkit rollback`")
                        .into());
                }
            }
            store::rebase(&ledger.path, ledger.journal(), &moves)?;
            if let Some(last) = moves.last() {
                onto = last.to.clone();
            }
            steps.extend(moves);
            ledger = Ledger::open(&target, context.report)?;
        }
        for one in &steps {
            let parents: Vec<&str> = one.parents.iter().map(MigrationId::as_str).collect();
            let what = if one.from == one.to {
                format!("{} now follows {}", one.to, parents.join(", "))
            } else {
                format!("{} -> {}, follows {}", one.from, one.to, parents.join(", "))
            };
            context.report.status("Moved", what);
            context.report.object(
                "moved",
                json!({ "from": one.from.as_str(), "to": one.to.as_str(), "parents": parents }),
            );
        }
        context.report.status("Finished", format_args!("one line, {onto} is the last"));
        context.report.next("`cargo dbkit check`, then commit the migrations folder");
        Ok(Exit::Done)
    }
}
