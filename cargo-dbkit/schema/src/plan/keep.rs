//! What a plan drops can be kept: the rows are copied first, and the way back copies them from there.
//!
//! They are copied, not moved, so that the names of indexes, sequences and constraints are free, and the way back makes the structure as it
//! always does.

use std::collections::BTreeSet;

use crate::diff::{Change, as_rename};
use crate::model::{
    Column, ColumnType, DefaultValue, EntityId, EntityKind, ObjectName, Schema, Table,
};

use super::capabilities::AlterStyle;
use super::{Action, Batch, Capabilities, Hazard, Rows, Step, Value};

/// The namespace, or the beginning of the name, of the tables that hold what is kept.
pub const TRASH: &str = "_dbkit_trash";

/// How the look begins with which a way back asks whether something is still kept.
pub const LOOK: &str = "SELECT count(*) FROM ";

/// The longest name that all dialects take, in bytes, without the end that the index of a copy has.
const NAME_LIMIT: usize = 63 - KEY_END.len();

const KEY_END: &str = "_key";

/// Rows that are copied before what they are in is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The table that holds the copy.
    pub into: ObjectName,
    /// The table that is dropped, or that columns are dropped from, as it is before.
    pub table: Table,
    /// The columns that are dropped; none: the table.
    pub dropped: Vec<Column>,
    /// Whether it is the first copy of its migration.
    pub is_first: bool,
}

impl Kept {
    /// The columns of the copy: all that are stored; or those that are dropped, after those of the primary key.
    pub fn columns(&self) -> Vec<&Column> {
        if self.dropped.is_empty() {
            let all = self.table.columns.iter().map(|column| &**column);
            all.filter(|column| column.generated.is_none()).collect()
        } else {
            self.key().chain(&self.dropped).collect()
        }
    }

    /// A column that is dropped alone.
    pub(crate) fn dropped(&self, table: &ObjectName, column: &str) -> Option<&Column> {
        let is_here = self.table.name == *table;
        self.dropped.iter().find(|dropped| is_here && dropped.name == column)
    }

    /// The name of the index by which the copy is searched.
    pub(crate) fn key_name(&self) -> String {
        format!("{}{KEY_END}", self.into.name)
    }

    /// The columns by which a value finds its row again.
    pub fn key(&self) -> impl Iterator<Item = &Column> {
        let names = self.table.primary_key.iter().flat_map(|key| &key.columns);
        names.filter_map(|name| self.table.column(name))
    }

    /// Whether a column is kept as text, because its type may be dropped.
    pub fn is_text(column: &Column) -> bool {
        fn may_go(ty: &ColumnType) -> bool {
            match ty {
                ColumnType::Enum(_) | ColumnType::Custom(_) => true,
                ColumnType::Array(element) => may_go(element),
                _ => false,
            }
        }
        may_go(&column.ty)
    }
}

/// What of some changes can be kept, by the name that the changes call it.
///
/// Not a column of a table without a primary key, nor one whose key changes as well: its values would not find their rows again. And no
/// table that shares its rows with others.
pub fn keepable(before: &Schema, changes: &[Change]) -> BTreeSet<EntityId> {
    finds(before, changes).into_iter().map(|(entity, ..)| entity).collect()
}

fn finds<'a>(
    before: &'a Schema,
    changes: &'a [Change],
) -> Vec<(EntityId, &'a Table, Option<&'a Column>)> {
    // What goes before the renames is called by its old name.
    let first_rename = changes.iter().position(|change| as_rename(change).is_some()).unwrap_or(0);
    let old_name = |at: usize, name: &'a ObjectName| {
        let renamed = changes[first_rename..].iter().find_map(|change| match change {
            Change::RenameTable { from, to } if to == name => Some(from),
            _ => None,
        });
        renamed.filter(|_| at >= first_rename).unwrap_or(name)
    };
    let is_alone = |table: &Table| {
        let options = &table.options;
        options.partition_by.is_none()
            && options.partition_of.is_none()
            && options.inherits.is_empty()
            && !before.tables.values().any(|other| other.options.inherits.contains(&table.name))
    };
    let changes_key = |table: &Table| {
        let Some(key) = table.primary_key.as_ref().filter(|key| !key.is_temporal) else {
            return true;
        };
        // By either name: what is not sure to stay is not relied upon.
        let is_it = |at: usize, name| *old_name(at, name) == table.name || *name == table.name;
        changes.iter().enumerate().any(|(at, change)| match change {
            Change::AddPrimaryKey { table, .. } | Change::DropPrimaryKey { table, .. } => {
                is_it(at, table)
            }
            Change::DropColumn { table, column }
            | Change::AlterColumn { table, from: column, .. } => {
                is_it(at, table) && key.columns.contains(&column.name)
            }
            Change::RenameColumn { table, from, .. } => {
                is_it(at, table) && key.columns.contains(from)
            }
            _ => false,
        })
    };
    let found = changes.iter().enumerate().filter_map(|(at, change)| match change {
        Change::DropTable(table) => {
            let entity = EntityId::table(&table.name);
            let table = before.table(&table.name).filter(|table| is_alone(table))?;
            Some((entity, table, None))
        }
        Change::DropColumn { table: name, column } if column.generated.is_none() => {
            let table = before.table(old_name(at, name)).filter(|table| is_alone(table))?;
            let column = table.column(&column.name)?;
            let entity = EntityId::column(name, column.name.as_str());
            (!changes_key(table)).then_some((entity, table, Some(column)))
        }
        _ => None,
    });
    found.collect()
}

/// Has a batch copy what it drops, before it does anything else. What can be kept is no loss any more. `stamp` tells the copies of one
/// migration from those of others.
pub fn keep(
    before: &Schema,
    batch: &mut Batch,
    stamp: &str,
    capabilities: &Capabilities,
) -> Vec<Kept> {
    let found = finds(before, &batch.changes);
    let entities: BTreeSet<EntityId> = found.iter().map(|(entity, ..)| entity.clone()).collect();
    let mut names = BTreeSet::new();
    let mut all: Vec<Kept> = Vec::new();
    for (_, table, column) in found {
        match (all.iter_mut().find(|kept| kept.table.name == table.name), column) {
            (Some(kept), Some(column)) => kept.dropped.push(column.clone()),
            _ => {
                let into = copy_name(table, stamp, capabilities, &mut names);
                let dropped = column.cloned().into_iter().collect();
                let is_first = all.is_empty();
                all.push(Kept { into, table: table.clone(), dropped, is_first });
            }
        }
    }
    for step in &mut batch.steps {
        step.hazards.retain(
            |hazard| !matches!(hazard, Hazard::DataLoss { entity, .. } if entities.contains(entity)),
        );
    }
    let copies = all.iter().map(|kept| {
        let table = &kept.table.name;
        let names: Vec<String> = if kept.dropped.is_empty() {
            vec![EntityId::table(table).to_string()]
        } else {
            let id = |column: &Column| EntityId::column(table, column.name.as_str()).to_string();
            kept.dropped.iter().map(id).collect()
        };
        let words =
            format!("What is in {} is kept; `cargo dbkit purge` ends that.", names.join(", "));
        commented(Step::alone(Action::KeepRows(Box::new(kept.clone()))), words)
    });
    batch.steps.splice(0..0, copies.collect::<Vec<Step>>());
    all
}

/// What a row without a kept value gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// What it has already.
    Itself,
    /// What the column's default says.
    Default,
}

/// Has the way back copy what was kept, as soon as there is something to copy it into, and drop the copies at its end. `value` writes the
/// value of a kept column as SQL over the row that it belongs to.
pub(crate) fn bring_back(
    batches: &mut [Batch],
    kept: &[Kept],
    before: &Schema,
    capabilities: &Capabilities,
    value: impl Fn(&Kept, &Column, Otherwise) -> String,
) {
    if kept.is_empty() {
        return;
    }
    for batch in batches.iter_mut() {
        let mut steps = Vec::new();
        for mut step in std::mem::take(&mut batch.steps) {
            let more = kept.iter().flat_map(|kept| follow(&mut step.action, kept, before, &value));
            let more: Vec<Step> = more.collect();
            steps.push(step);
            steps.extend(more);
        }
        // Tables come back with their foreign keys, and their rows before those that they point to.
        batch.without_foreign_keys |= capabilities.alter == AlterStyle::Rebuild
            && steps.iter().any(|step| matches!(*step.action, Action::ReturnRows(_)));
        batch.steps = steps;
    }
    let check = |kept: &Kept| {
        let step = Step::alone(Action::CheckRows(Box::new(kept.clone())));
        commented(step, "Stops here if what was dropped is kept no more.".to_owned())
    };
    if let Some(first) = batches.first_mut() {
        first.steps.splice(0..0, kept.iter().map(check).collect::<Vec<Step>>());
    }
    if let Some(last) = batches.last_mut() {
        last.steps
            .extend(kept.iter().map(|kept| Step::alone(Action::DropTable(kept.into.clone()))));
    }
}

/// Whether a column that comes back needs a value for every row at once.
pub(crate) fn is_required(column: &Column) -> bool {
    !column.is_nullable
        && column.default.is_none()
        && column.identity.is_none()
        && column.generated.is_none()
}

/// What follows an action that makes what something was kept of.
fn follow(
    action: &mut Action,
    kept: &Kept,
    before: &Schema,
    value: &impl Fn(&Kept, &Column, Otherwise) -> String,
) -> Vec<Step> {
    match action {
        Action::CreateTable(table) if kept.dropped.is_empty() && table.name == kept.table.name => {
            rows(kept, before)
        }
        Action::AddColumn { table, column } => match kept.dropped(table, &column.name) {
            // A required one has its values already.
            Some(own) if !is_required(own) => vec![Step::alone(Action::Update {
                table: table.clone(),
                column: own.name.clone(),
                value: Value::Sql(value(kept, own, Otherwise::Itself)),
                rows: Rows::All,
                has_deferred: false,
            })],
            _ => Vec::new(),
        },
        Action::Rebuild(rebuild) => {
            let to = &rebuild.to;
            let is_new = |own: &&Column| {
                kept.table.name == to.name
                    && to.column(&own.name).is_some()
                    && rebuild.from.column(&own.name).is_none()
                    && !is_required(own)
            };
            for own in kept.dropped.iter().filter(is_new) {
                rebuild.copy.retain(|(name, _)| *name != own.name);
                rebuild.copy.push((own.name.clone(), value(kept, own, Otherwise::Default)));
            }
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// The rows of a table, and its sequences past them.
fn rows(kept: &Kept, before: &Schema) -> Vec<Step> {
    let name = &kept.table.name;
    let mut steps = vec![Step::alone(Action::ReturnRows(Box::new(kept.clone())))];
    for column in kept.columns() {
        let own = column.identity.as_ref().map(|identity| (None, identity.options.clone()));
        let counts = matches!(column.default, Some(DefaultValue::Expression(_)));
        let named = column
            .extra
            .uses
            .0
            .iter()
            .filter(|id| counts && id.kind == EntityKind::Sequence)
            .find_map(|id| before.sequences.get(&id.object))
            .map(|sequence| (Some(sequence.name.clone()), sequence.options.clone()));
        if let Some((sequence, options)) = own.or(named) {
            steps.push(Step::alone(Action::AdvanceSequence {
                table: name.clone(),
                column: column.name.clone(),
                sequence,
                options,
            }));
        }
    }
    steps
}

fn commented(step: Step, text: String) -> Step {
    Step { comment: Some(text), ..step }
}

/// The name of a copy: the migration and the table; as much of it as there is room for.
fn copy_name(
    table: &Table,
    stamp: &str,
    capabilities: &Capabilities,
    taken: &mut BTreeSet<ObjectName>,
) -> ObjectName {
    let is_namespaced = capabilities.alter == AlterStyle::Separate;
    let words = format!("{stamp}_{}", table.name.name);
    let start = if is_namespaced { String::new() } else { format!("{TRASH}_") };
    let schema = is_namespaced.then(|| TRASH.to_owned());
    let mut end = String::new();
    loop {
        let room = NAME_LIMIT - start.len() - end.len();
        let cut = (0..=room.min(words.len())).rev().find(|at| words.is_char_boundary(*at));
        let name = format!("{start}{}{end}", &words[..cut.unwrap_or_default()]);
        let name = ObjectName { schema: schema.clone(), name };
        if taken.insert(name.clone()) {
            return name;
        }
        end = format!("_{}", taken.len());
    }
}
