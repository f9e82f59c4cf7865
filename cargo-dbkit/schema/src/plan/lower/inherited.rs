//! Members of partitions and of tables that inherit: their parents change them.

use crate::diff::Change;
use crate::model::{Column, Extra, Index, ObjectName, Schema, Table, TableOptions};

use super::super::atom::{Atom, Rank, Thing};
use super::super::{Action, LockClass};
use super::shared::{column_thing, constraint_name, constraints, lock, scan};
use super::{Context, Lowered};

/// The parents that a table keeps.
fn kept_parents<'a>(before: &'a Table, after: &'a Table) -> impl Iterator<Item = &'a ObjectName> {
    parents(before).filter(|name| parents(after).any(|parent| parent == *name))
}

/// Whether a table keeps a parent, which then changes and drops what is inherited from it.
pub(crate) fn keeps_parent(before: &Table, after: &Table) -> bool {
    kept_parents(before, after).next().is_some()
}

/// Whether the index of a parent that an index of a partition is attached to stays. There may be several that it could be.
pub(crate) fn stays_attached(context: &Context<'_>, after: &Table, index: &Index) -> bool {
    let is_alike = |parent: &&Index| {
        parent.parts == index.parts
            && parent.is_unique == index.is_unique
            && parent.predicate == index.predicate
    };
    parents(after).any(|name| {
        let (Some(old), Some(new)) = (context.from.tables.get(name), context.to.tables.get(name))
        else {
            return false;
        };
        let mut theirs = old.indexes.values().filter(is_alike).peekable();
        theirs.peek().is_some() && theirs.all(|parent| new.indexes.contains_key(&parent.name.text))
    })
}

/// Whether a change inside a table is done by the same change of its parent. What attaching wants to find, or detaching leaves behind, is
/// a change of its own.
pub(crate) fn comes_from_parent(
    context: &Context<'_>,
    before: &Table,
    after: &Table,
    change: &Change,
) -> bool {
    let has_column = |schema: &Schema, name: &str| {
        kept_parents(before, after).any(|parent| {
            schema.tables.get(parent).is_some_and(|parent| parent.column(name).is_some())
        })
    };
    match change {
        Change::AddColumn { column, .. } => {
            column.extra.is_inherited && has_column(context.to, &column.name)
        }
        Change::DropColumn { column, .. } => {
            column.extra.is_inherited && has_column(context.from, &column.name)
        }
        _ => {
            member_extra(change).is_some_and(|extra| extra.is_inherited)
                && keeps_parent(before, after)
        }
    }
}

/// What a constraint or index that comes or goes carries.
fn member_extra(change: &Change) -> Option<&Extra> {
    Some(match change {
        Change::AddPrimaryKey { key, .. } | Change::DropPrimaryKey { key, .. } => &key.extra,
        Change::AddUnique { unique, .. } | Change::DropUnique { unique, .. } => &unique.extra,
        Change::AddForeignKey { key, .. } | Change::DropForeignKey { key, .. } => &key.extra,
        Change::AddCheck { check, .. } | Change::DropCheck { check, .. } => &check.extra,
        Change::CreateIndex { index, .. } | Change::DropIndex { index, .. } => &index.extra,
        _ => return None,
    })
}

/// The columns of a table and its constraints and indexes.
fn things(table: &Table) -> Vec<Thing> {
    let columns = table.columns.iter().map(|column| column_thing(&table.name, &column.name));
    let constraints = constraints(table);
    let members =
        constraints.iter().map(constraint_name).chain(table.indexes.keys().map(String::as_str));
    columns.chain(members.map(|name| Thing::Member(table.name.clone(), name.to_owned()))).collect()
}

fn without(things: Vec<Thing>, others: &[Thing]) -> Vec<Thing> {
    things.into_iter().filter(|thing| !others.contains(thing)).collect()
}

/// Attaches, detaches, inherits and no longer inherits.
///
/// A table leaves its parent before anything in the parent changes, and comes to one after everything has, so that both have what the
/// other wants to find. One that only gets other bounds leaves and comes back after everything.
pub(crate) fn change_parents(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    lowered: &mut Lowered,
) {
    let (from, to) = (&before.options, &after.options);
    let name = &after.name;
    let of = |options: &TableOptions| options.partition_of.as_ref().map(|of| of.parent.clone());
    let keeps_partition = of(from).is_some() && of(from) == of(to);
    let mut between = to.clone();
    between.partition_of = None;
    between.inherits =
        from.inherits.iter().filter(|parent| to.inherits.contains(parent)).cloned().collect();
    let (old, new) = (things(before), things(after));
    let parent_things =
        |schema: &Schema, parent: &ObjectName| schema.table(parent).map(things).unwrap_or_default();
    let hazards = || [lock(name, LockClass::Everything), scan(name)];
    let bounds = |parent: &ObjectName| Thing::Bounds(parent.clone());
    let is_partition =
        |parent: &ObjectName| of(from).as_ref() == Some(parent) || of(to).as_ref() == Some(parent);

    let left: Vec<&ObjectName> =
        parents(before).filter(|name| !parents(after).any(|parent| parent == *name)).collect();
    let joined: Vec<&ObjectName> =
        parents(after).filter(|name| !parents(before).any(|parent| parent == *name)).collect();
    if !left.is_empty() || keeps_partition {
        let action = Action::SetTableOptions {
            table: name.clone(),
            from: from.clone(),
            to: between.clone(),
        };
        let rank = if keeps_partition { Rank::CreateTable } else { Rank::Release };
        let mut leave = Atom::new(cause, rank, action).hazards(hazards());
        for parent in left {
            let (theirs, then) =
                (parent_things(context.from, parent), parent_things(context.to, parent));
            leave = leave
                .releases([Thing::Table(parent.clone())])
                .precedes(without(then, &theirs))
                .releases(theirs)
                .releases(old.iter().cloned())
                .changes([Thing::Table(name.clone())])
                .drops(is_partition(parent).then(|| bounds(parent)));
        }
        if let Some(parent) = of(to).filter(|_| keeps_partition) {
            let (theirs, then) =
                (parent_things(context.from, &parent), parent_things(context.to, &parent));
            leave = leave
                .uses([Thing::Table(parent.clone())])
                .follows(without(theirs, &then))
                .uses(then)
                .drops([bounds(&parent)]);
        }
        lowered.atoms.push(leave);
    }
    if !joined.is_empty() || keeps_partition {
        let action = Action::SetTableOptions { table: name.clone(), from: between, to: to.clone() };
        let mut join = Atom::new(cause, Rank::CreateTable, action)
            .hazards(hazards())
            .follows(without(old.clone(), &new))
            .uses(new);
        for parent in parents(after) {
            let (theirs, then) =
                (parent_things(context.from, parent), parent_things(context.to, parent));
            join = join
                .uses([Thing::Table(parent.clone())])
                .follows(without(theirs, &then))
                .uses(then)
                .creates(is_partition(parent).then(|| bounds(parent)));
        }
        lowered.atoms.push(join);
    }
}

/// The column once its parents have changed, where they change it in the same way: what is left is the partition's own.
pub(crate) fn after_parents(
    context: &Context<'_>,
    before: &Table,
    after: &Table,
    from: &Column,
    to: &Column,
) -> Column {
    let mut changed = from.clone();
    changed.extra.is_inherited = to.extra.is_inherited;
    if !from.extra.is_inherited || !to.extra.is_inherited {
        return changed;
    }
    let parent = parents(after).find_map(|name| {
        let old = context.from.tables.get(name)?.column(&from.name)?;
        let new = context.to.tables.get(name)?.column(&to.name)?;
        parents(before).any(|parent| parent == name).then_some((old, new))
    });
    let Some((old, new)) = parent else { return changed };
    if old.ty != new.ty || old.collation != new.collation || old.generated != new.generated {
        changed.ty = new.ty.clone();
        changed.collation.clone_from(&new.collation);
        changed.generated.clone_from(&new.generated);
    }
    if old.default != new.default || old.identity != new.identity {
        // A partition's default is that of the parent, or comes from the sequence behind it.
        changed.default.clone_from(if new.identity.is_some() { &to.default } else { &new.default });
    }
    if old.is_nullable != new.is_nullable {
        changed.is_nullable = new.is_nullable;
    }
    changed
}

/// The tables that a table is a partition of or inherits from.
pub(crate) fn parents(table: &Table) -> impl Iterator<Item = &ObjectName> {
    let of = table.options.partition_of.iter().map(|of| &of.parent);
    of.chain(&table.options.inherits)
}
