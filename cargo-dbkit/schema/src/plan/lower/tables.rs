//! Tables that come and go as a whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::Change;
use crate::model::{
    Check, EntityId, EntityKind, Extra, ForeignKey, ObjectName, Schema, Shared, Table, Unique,
};

use super::super::atom::{Atom, Rank, Thing};
use super::super::capabilities::AlterStyle;
use super::super::{Action, Constraint, Hazard, LockClass};
use super::separate::constraint_properties;
use super::shared::{
    add_constraint, column_thing, constraints, create_index, drop_constraint, key_thing, lock,
    member_things, names_and_extras, needs_of_column, needs_of_constraint, push_comment,
};
use super::{Context, Lowered, inherited, objects};

/// Lowers `CreateTable` and `DropTable`.
pub(crate) fn lower_tables(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    let created: Vec<(usize, &Table)> = changes
        .iter()
        .filter_map(|at| match &context.changes[*at] {
            Change::CreateTable(table) => Some((*at, &**table)),
            _ => None,
        })
        .collect();
    let late = late_foreign_keys(&created);
    for (cause, table) in &created {
        create_table(context, *cause, table, &late, lowered);
    }
    let dropped: Vec<(usize, &Table)> = changes
        .iter()
        .filter_map(|at| match &context.changes[*at] {
            Change::DropTable(table) => Some((*at, &**table)),
            _ => None,
        })
        .collect();
    drop_tables(context, &dropped, lowered);
}

/// How far a walk over the foreign keys has come with a table.
#[derive(Clone, Copy, PartialEq)]
enum Walk {
    Open,
    Done,
}

/// The foreign keys among tables that would close a circle: they are added once both tables exist.
fn late_foreign_keys(tables: &[(usize, &Table)]) -> BTreeSet<(ObjectName, String)> {
    let named: BTreeMap<&ObjectName, &Table> =
        tables.iter().map(|(_, table)| (&table.name, *table)).collect();
    let mut walks: BTreeMap<&ObjectName, Walk> = BTreeMap::new();
    let mut late = BTreeSet::new();
    for (root, table) in &named {
        if walks.contains_key(root) {
            continue;
        }
        // A stack instead of recursion: chains of foreign keys may be as long as there are tables.
        let mut stack: Vec<(&ObjectName, Vec<&ForeignKey>)> =
            vec![(root, table.foreign_keys.values().collect())];
        walks.insert(root, Walk::Open);
        while let Some((name, keys)) = stack.last_mut() {
            let name = *name;
            let Some(key) = keys.pop() else {
                walks.insert(name, Walk::Done);
                stack.pop();
                continue;
            };
            if key.references == *name {
                continue;
            }
            match (named.get_key_value(&key.references), walks.get(&key.references)) {
                (Some(_), Some(Walk::Open)) => {
                    late.insert((name.clone(), key.name.text.clone()));
                }
                (Some((target, table)), None) => {
                    walks.insert(target, Walk::Open);
                    stack.push((target, table.foreign_keys.values().collect()));
                }
                (Some(_), Some(Walk::Done)) | (None, _) => {}
            }
        }
    }
    late
}

/// Whether a thing is a table or something in it.
fn is_of(thing: &Thing, name: &ObjectName) -> bool {
    match thing {
        Thing::Table(of) | Thing::Column(of, _) | Thing::Key(of, _) | Thing::Member(of, _) => {
            of == name
        }
        _ => false,
    }
}

/// Whether a foreign key points to a new table by an index, which comes after the table.
fn points_to_new_index(context: &Context<'_>, key: &ForeignKey) -> bool {
    let Some(table) = context.to.tables.get(&key.references) else { return false };
    let target = key_thing(&table.name, &key.referenced_columns);
    let is_target = |columns: &[String]| key_thing(&table.name, columns) == target;
    context.is_new(&table.name)
        && !table.primary_key.as_ref().is_some_and(|key| is_target(&key.columns))
        && !table.uniques.values().any(|unique| is_target(&unique.columns))
}

/// Whether a table has partitions or is one: foreign keys to and from it reach more tables than they name.
fn is_partitioned(table: &Table) -> bool {
    table.options.partition_by.is_some() || table.options.partition_of.is_some()
}

/// The partitions of a table, and theirs.
fn partitions<'a>(schema: &'a Schema, name: &ObjectName) -> Vec<&'a Table> {
    let mut found: Vec<&Table> = Vec::new();
    let has_any = |name: &ObjectName| {
        schema.tables.get(name).is_some_and(|table| table.options.partition_by.is_some())
    };
    let mut open: Vec<ObjectName> =
        Some(name).filter(|name| has_any(name)).cloned().into_iter().collect();
    while let Some(parent) = open.pop() {
        for table in schema.tables.values() {
            let is_here = table.options.partition_of.as_ref().is_some_and(|of| of.parent == parent);
            if is_here {
                found.push(table);
                open.extend(Some(&table.name).filter(|name| has_any(name)).cloned());
            }
        }
    }
    found
}

/// Whether a foreign key points to a table or to what it is a partition of.
fn is_pointed_to(schema: &Schema, table: &Table) -> bool {
    let mut names = vec![table.name.clone()];
    let mut above = table.options.partition_of.as_ref();
    while let Some(of) = above {
        names.push(of.parent.clone());
        above = schema.tables.get(&of.parent).and_then(|table| table.options.partition_of.as_ref());
    }
    schema
        .tables
        .values()
        .any(|other| other.foreign_keys.values().any(|key| names.contains(&key.references)))
}

/// A partition whose own key takes the place of the index that its parent would give it: it is made alone, and attached.
fn is_attached_later(context: &Context<'_>, table: &Table) -> bool {
    let Some(of) = &table.options.partition_of else { return false };
    let Some(parent) = context.from.tables.get(&of.parent) else { return false };
    let is_own = |columns: &[String]| {
        let key = table.primary_key.iter().map(|key| (&key.columns, &key.extra));
        let uniques = table.uniques.values().map(|unique| (&unique.columns, &unique.extra));
        key.chain(uniques).any(|(own, extra)| !extra.is_inherited && *own == columns)
    };
    parent.indexes.values().any(|index| {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        let has_own = table
            .indexes
            .values()
            .any(|own| own.extra.is_inherited && own.columns().eq(index.columns()));
        index.is_unique && index.predicate.is_none() && is_own(&columns) && !has_own
    })
}

/// A partition as a table of its own, which takes what its parent gives when it is attached.
fn alone(table: &Table) -> Table {
    let mut alone = table.clone();
    alone.options.partition_of = None;
    for column in &mut alone.columns {
        column.extra.is_inherited = false;
    }
    for check in alone.checks.values_mut() {
        check.extra.is_inherited = false;
    }
    alone
}

/// PostgreSQL leaves out a unique constraint over the columns of another key, if both stand in one `CREATE TABLE`.
fn take_repeated_uniques(table: &mut Table) -> Vec<Unique> {
    let mut known: Vec<Vec<String>> =
        table.primary_key.iter().map(|key| key.columns.clone()).collect();
    let mut repeated = Vec::new();
    for unique in std::mem::take(&mut table.uniques).into_values() {
        if known.contains(&unique.columns) {
            repeated.push(unique);
        } else {
            known.push(unique.columns.clone());
            table.uniques.insert(unique.name.text.clone(), unique);
        }
    }
    repeated
}

/// The new partitions and heirs in which a check is as little validated as in their parent: it came after them. In one that comes after
/// the check it holds for every row.
fn heirs_with_open(context: &Context<'_>, name: &ObjectName, check: &Check) -> Vec<ObjectName> {
    let is_open = |check: &Check| check.extra.properties.contains_key("not_valid");
    if !is_open(check) || check.extra.is_inherited {
        return Vec::new();
    }
    let heirs = context.to.tables.values().filter(|table| {
        context.is_new(&table.name)
            && inherited::parents(table).any(|parent| parent == name)
            && table
                .checks
                .get(&check.name.text)
                .is_some_and(|own| own.extra.is_inherited && is_open(own))
    });
    heirs.map(|table| table.name.clone()).collect()
}

fn create_table(
    context: &Context<'_>,
    cause: usize,
    table: &Table,
    late: &BTreeSet<(ObjectName, String)>,
    lowered: &mut Lowered,
) {
    let name = &table.name;
    // MySQL wants a key for AUTO_INCREMENT at once.
    let is_needed = |index: &crate::model::Index| {
        let leading = index.columns().next();
        context.capabilities.alter == AlterStyle::Modify
            && table
                .columns
                .iter()
                .any(|column| column.identity.is_some() && Some(column.name.as_str()) == leading)
    };
    let needed = table.indexes.iter().filter(|(_, index)| is_needed(index));
    let mut inline = Table {
        name: name.clone(),
        columns: table.columns.clone(),
        primary_key: table.primary_key.clone(),
        uniques: table.uniques.clone(),
        foreign_keys: table.foreign_keys.clone(),
        checks: table.checks.clone(),
        indexes: needed.map(|(name, index)| (name.clone(), index.clone())).collect(),
        options: table.options.clone(),
    };
    let inline_names: BTreeSet<String> = inline.indexes.keys().cloned().collect();
    // SQLite accepts a foreign key to a table that does not exist yet, and cannot add one later.
    let can_add_later = context.capabilities.alter != AlterStyle::Rebuild;
    let is_late = |key: &ForeignKey| {
        !key.extra.is_inherited
            && (late.contains(&(name.clone(), key.name.text.clone()))
                || points_to_new_index(context, key))
    };
    if can_add_later {
        inline.foreign_keys.retain(|_, key| !is_late(key));
    }
    let is_attached =
        context.capabilities.alter == AlterStyle::Separate && is_attached_later(context, table);
    if is_attached {
        inline = alone(&inline);
    }
    let is_circular = |extra: &Extra| {
        context.capabilities.alter == AlterStyle::Separate
            && !extra.is_inherited
            && objects::is_in_circle(context.to, extra, name)
    };
    let open_heirs = |check: &Check| heirs_with_open(context, name, check);
    inline.checks.retain(|_, check| !is_circular(&check.extra) && open_heirs(check).is_empty());
    let mut circular_defaults = Vec::new();
    for column in inline.columns.iter_mut().filter(|column| is_circular(&column.extra)) {
        circular_defaults.extend(column.default.take().map(|default| (column.clone(), default)));
    }
    let repeated = if context.capabilities.alter == AlterStyle::Separate {
        take_repeated_uniques(&mut inline)
    } else {
        Vec::new()
    };
    let inline = Shared::new(inline);
    let mut atom = Atom::new(cause, Rank::CreateTable, Action::CreateTable(inline.clone()))
        .creates([Thing::Table(name.clone()), Thing::Relation(name.clone())])
        .creates(table.columns.iter().map(|column| column_thing(name, &column.name)))
        .uses(name.schema.clone().map(Thing::Namespace))
        .uses(objects::used_things(&table.options.extra))
        .creates(table.options.partition_of.iter().map(|of| Thing::Bounds(of.parent.clone())))
        .uses(inherited::parents(table).cloned().map(Thing::Table));
    atom.enums = context.enums_in(context.to, name);
    for column in &table.columns {
        if circular_defaults.iter().any(|(late, _)| late.name == column.name) {
            continue;
        }
        let needs = needs_of_column(context, context.to, table, column);
        atom.uses.extend(
            needs.into_iter().filter(|thing| !matches!(thing, Thing::Column(of, _) if of == name)),
        );
    }
    for (constraint, extra) in names_and_extras(&inline) {
        atom.uses.extend(objects::used_things(extra).filter(|thing| !is_of(thing, name)));
        atom.creates.extend(member_things(name, constraint));
    }
    atom.creates.extend(inline.primary_key.iter().map(|key| key_thing(name, &key.columns)));
    atom.creates.extend(inline.uniques.values().map(|unique| key_thing(name, &unique.columns)));
    let is_waiting =
        |key: &&ForeignKey| key.references != *name && can_add_later && !key.extra.is_inherited;
    for key in inline.foreign_keys.values().filter(is_waiting) {
        let needs = needs_of_constraint(table, &Constraint::ForeignKey(key.clone()));
        atom.uses.extend(needs.into_iter().filter(|thing| {
            !matches!(thing, Thing::Column(of, _) | Thing::Table(of) | Thing::Key(of, _) if of == name)
        }));
        if !context.is_new(&key.references) {
            atom = atom.hazard(lock(&key.references, LockClass::Writes));
        }
    }
    if is_attached {
        atom = atom.chain(context.changes.len() + cause);
    }
    lowered.atoms.push(atom);
    if is_attached {
        let action = Action::SetTableOptions {
            table: name.clone(),
            from: inline.options.clone(),
            to: table.options.clone(),
        };
        lowered.atoms.push(
            Atom::new(cause, Rank::CreateTable, action)
                .changes([Thing::Table(name.clone())])
                .uses(inherited::parents(table).cloned().map(Thing::Table))
                .chain(context.changes.len() + cause),
        );
    }
    for check in table.checks.values() {
        let heirs = open_heirs(check);
        if is_circular(&check.extra) || !heirs.is_empty() {
            let atom = add_constraint(context, cause, table, Constraint::Check(check.clone()));
            lowered.atoms.push(atom.uses(heirs.into_iter().map(Thing::Table)));
        }
    }
    for (column, default) in circular_defaults {
        let crate::model::Column { name: column, ty, extra, .. } = column.into_inner();
        let action = Action::SetDefault { table: name.clone(), column, ty, default };
        lowered.atoms.push(
            Atom::new(cause, Rank::Alter, action)
                .uses([Thing::Table(name.clone())])
                .uses(objects::used_things(&extra)),
        );
    }
    for unique in repeated {
        lowered.atoms.push(add_constraint(context, cause, table, Constraint::Unique(unique)));
    }
    if can_add_later {
        for key in table.foreign_keys.values().filter(|key| is_late(key)) {
            lowered.atoms.push(add_constraint(
                context,
                cause,
                table,
                Constraint::ForeignKey(key.clone()),
            ));
        }
    }
    let is_later = |index: &&crate::model::Index| {
        !index.extra.is_inherited && !inline_names.contains(&index.name.text)
    };
    // An own key of a new partition takes the place of the index that the parent's would make there.
    let parts: Vec<Thing> = partitions(context.to, name)
        .into_iter()
        .filter(|partition| context.is_new(&partition.name))
        .map(|partition| Thing::Table(partition.name.clone()))
        .collect();
    for index in table.indexes.values().filter(is_later) {
        lowered.atoms.push(create_index(context, cause, table, index).uses(parts.iter().cloned()));
    }
    if context.capabilities.alter == AlterStyle::Separate {
        created_properties(context, cause, table, lowered);
        own_defaults(context, cause, table, lowered);
    }
    let here = || vec![Thing::Table(name.clone())];
    push_comment(
        context,
        cause,
        EntityId::table(name),
        None,
        table.options.comment.as_ref(),
        here(),
        lowered,
    );
    for column in table.columns.iter().filter(|column| column.comment.is_some()) {
        push_comment(
            context,
            cause,
            EntityId::column(name, column.name.as_str()),
            None,
            column.comment.as_ref(),
            here(),
            lowered,
        );
    }
    for index in table.indexes.values().filter(|index| index.comment.is_some()) {
        let made = vec![Thing::Member(name.clone(), index.name.text.clone())];
        let id = EntityId::member(EntityKind::Index, name, index.name.text.as_str());
        push_comment(context, cause, id, None, index.comment.as_ref(), made, lowered);
    }
}

/// What a new partition has otherwise than its parent: defaults and required columns.
fn own_defaults(context: &Context<'_>, cause: usize, table: &Table, lowered: &mut Lowered) {
    let name = &table.name;
    for column in table.columns.iter().filter(|column| column.extra.is_inherited) {
        let mut parents = inherited::parents(table)
            .filter_map(|parent| context.to.tables.get(parent)?.column(&column.name));
        let Some(parent) = parents.next() else { continue };
        let atom = |action| {
            Atom::new(cause, Rank::Alter, action)
                .uses([Thing::Table(name.clone())])
                .uses(objects::used_things(&column.extra))
        };
        if parent.default != column.default && column.generated.is_none() {
            let action = match &column.default {
                Some(default) => Action::SetDefault {
                    table: name.clone(),
                    column: column.name.clone(),
                    ty: column.ty.clone(),
                    default: default.clone(),
                },
                None => Action::DropDefault { table: name.clone(), column: column.name.clone() },
            };
            lowered.atoms.push(atom(action));
        }
        if parent.is_nullable && !column.is_nullable {
            let action = Action::SetNotNull { table: name.clone(), column: column.name.clone() };
            lowered.atoms.push(atom(action));
        }
    }
}

/// The properties of a new table and of what is in it.
fn created_properties(context: &Context<'_>, cause: usize, table: &Table, lowered: &mut Lowered) {
    let name = &table.name;
    let here = || vec![Thing::Table(name.clone())];
    let id = EntityId::table(name);
    objects::properties(context, cause, &id, None, &table.options.extra, here(), lowered);
    for column in table.columns.iter().filter(|column| !column.extra.properties.is_empty()) {
        let id = EntityId::column(name, column.name.as_str());
        objects::properties(context, cause, &id, None, &column.extra, here(), lowered);
    }
    for constraint in constraints(table) {
        constraint_properties(context, cause, name, &constraint, lowered);
    }
    for index in table.indexes.values().filter(|index| !index.extra.properties.is_empty()) {
        let id = EntityId::member(EntityKind::Index, name, index.name.text.as_str());
        let made = vec![Thing::Member(name.clone(), index.name.text.clone())];
        objects::properties(context, cause, &id, None, &index.extra, made, lowered);
    }
}

/// Takes away checks and defaults of a table that goes, where they stand on something that stands on the table.
fn open_circles(context: &Context<'_>, cause: usize, table: &Table, lowered: &mut Lowered) {
    let name = &table.name;
    let is_circular =
        |extra: &Extra| !extra.is_inherited && objects::is_in_circle(context.from, extra, name);
    for check in table.checks.values().filter(|check| is_circular(&check.extra)) {
        lowered.atoms.push(drop_constraint(cause, table, &Constraint::Check(check.clone())));
    }
    for column in table.columns.iter().filter(|column| is_circular(&column.extra)) {
        if column.default.is_some() && column.generated.is_none() {
            let action = Action::DropDefault { table: name.clone(), column: column.name.clone() };
            let things = objects::used_things(&column.extra);
            lowered.atoms.push(
                Atom::new(cause, Rank::Release, action)
                    .releases(things.chain([Thing::Table(name.clone())])),
            );
        }
    }
}

/// What points at the tables of a schema. Found once, since a schema of thousands of tables may be dropped as a whole.
struct Pointers<'a> {
    /// The partitions and heirs of a table.
    children: BTreeMap<&'a ObjectName, Vec<&'a ObjectName>>,
    /// The tables to which a foreign key of another one points.
    targets: BTreeSet<&'a ObjectName>,
}

impl<'a> Pointers<'a> {
    fn of(schema: &'a Schema) -> Self {
        let mut pointers = Self { children: BTreeMap::new(), targets: BTreeSet::new() };
        for table in schema.tables.values() {
            for parent in inherited::parents(table) {
                pointers.children.entry(parent).or_default().push(&table.name);
            }
            let others = table.foreign_keys.values().map(|key| &key.references);
            pointers.targets.extend(others.filter(|target| **target != table.name));
        }
        pointers
    }
}

fn drop_tables(context: &Context<'_>, dropped: &[(usize, &Table)], lowered: &mut Lowered) {
    if dropped.is_empty() {
        return;
    }
    let pointers = Pointers::of(context.from);
    let names: BTreeSet<&ObjectName> = dropped.iter().map(|(_, table)| &table.name).collect();
    let late = late_foreign_keys(dropped);
    let is_late = |table: &Table, key: &ForeignKey| {
        let target = context.from.table(&key.references);
        let reaches_partitions = context.capabilities.alter == AlterStyle::Separate
            && names.contains(&key.references)
            && (is_partitioned(table) || target.is_some_and(is_partitioned));
        !key.extra.is_inherited
            && (late.contains(&(table.name.clone(), key.name.text.clone())) || reaches_partitions)
    };
    for (cause, table) in dropped {
        let name = &table.name;
        // A circle among dropped tables is opened first.
        if context.capabilities.alter != AlterStyle::Rebuild {
            for key in table.foreign_keys.values().filter(|key| is_late(table, key)) {
                lowered.atoms.push(drop_constraint(
                    *cause,
                    table,
                    &Constraint::ForeignKey(key.clone()),
                ));
            }
        }
        // A foreign key that points to the parent stands on its partitions, and lets none go before it is detached.
        let parent = table.options.partition_of.as_ref().filter(|of| !names.contains(&of.parent));
        let is_detached = parent.is_some()
            && context.capabilities.alter == AlterStyle::Separate
            && is_pointed_to(context.from, table);
        if is_detached {
            let mut options = table.options.clone();
            options.partition_of = None;
            let action = Action::SetTableOptions {
                table: name.clone(),
                from: table.options.clone(),
                to: options,
            };
            lowered.atoms.push(
                Atom::new(*cause, Rank::Release, action)
                    .changes([Thing::Table(name.clone())])
                    .releases(parent.map(|of| Thing::Table(of.parent.clone())))
                    .chain(context.changes.len() + cause)
                    .hazard(lock(name, LockClass::Everything)),
            );
        }
        let is_circular = |thing: &Thing| matches!(thing, Thing::Object(id) if objects::stands_on(context.from, [id], name));
        let mut atom = Atom::new(*cause, Rank::DropTable, Action::DropTable(name.clone()))
            .drops([Thing::Table(name.clone()), Thing::Relation(name.clone())])
            .drops(table.indexes.keys().map(|index| Thing::Relation(name.with_name(index))))
            .drops(table.columns.iter().map(|column| column_thing(name, &column.name)))
            .releases(
                table
                    .columns
                    .iter()
                    .filter_map(|column| column.ty.enum_name().cloned().map(Thing::Enum)),
            )
            .releases(name.schema.clone().map(Thing::Namespace))
            .releases(objects::used_things(&table.options.extra))
            .releases(inherited::parents(table).cloned().map(Thing::Table))
            .drops(table.options.partition_of.iter().map(|of| Thing::Bounds(of.parent.clone())))
            .releases(
                objects::of_relation(context.from, name)
                    .flat_map(|object| objects::used_things(&object.extra))
                    .filter(|thing| !is_of(thing, name) && !is_circular(thing)),
            )
            .hazards([
                Hazard::DataLoss {
                    entity: EntityId::table(name),
                    reason: format!("dropping `{name}` deletes its rows"),
                },
                lock(name, LockClass::Everything),
            ]);
        for column in &table.columns {
            let needs = needs_of_column(context, context.from, table, column);
            atom = atom.releases(needs.into_iter().filter(|thing| {
                matches!(thing, Thing::Sequence(_) | Thing::Object(_)) && !is_circular(thing)
            }));
        }
        if context.capabilities.alter == AlterStyle::Separate {
            open_circles(context, *cause, table, lowered);
        }
        let stands_on = names_and_extras(table)
            .map(|(_, extra)| extra)
            .chain(table.indexes.values().map(|index| &index.extra))
            .flat_map(objects::used_things)
            .filter(|thing| !is_of(thing, name) && !is_circular(thing))
            .collect::<Vec<_>>();
        atom = atom.releases(stands_on);
        let relations = names_and_extras(table).map(|(constraint, _)| name.with_name(constraint));
        atom = atom.drops(relations.map(Thing::Relation));
        let is_pointing = |key: &&ForeignKey| key.references != *name && !is_late(table, key);
        for key in table.foreign_keys.values().filter(is_pointing) {
            atom = atom.releases([
                Thing::Table(key.references.clone()),
                key_thing(&key.references, &key.referenced_columns),
            ]);
            // It stands on the partitions as well.
            let partitions = pointers.children.get(&key.references).into_iter().flatten();
            atom = atom.releases(partitions.map(|name| Thing::Table((*name).clone())));
            // Their types may change, which the foreign key would not bear.
            let columns = key.referenced_columns.iter();
            atom = atom.releases(columns.map(|column| column_thing(&key.references, column)));
        }
        // SQLite deletes the rows first, which would reach the tables that point here.
        let is_rebuilt = context.capabilities.alter == AlterStyle::Rebuild;
        lowered.without_foreign_keys |= is_rebuilt
            && (pointers.targets.contains(name)
                || names.len() > 1 && !table.foreign_keys.is_empty());
        if is_detached {
            atom = atom.chain(context.changes.len() + cause);
        }
        lowered.atoms.push(atom);
    }
}
