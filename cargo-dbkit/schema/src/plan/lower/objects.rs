//! Views, functions, triggers and everything else that is kept as the database's own text.
//!
//! Databases refuse to change or drop what something else stands on. So whatever stands in the way of a change is dropped before it and
//! made again after it, with all its properties, as the graph of uses says. Nothing is ever dropped by `CASCADE`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::Change;
use crate::model::{EntityId, EntityKind, Extra, Object, ObjectName, Schema, expression};

use super::super::atom::{Atom, Rank, Thing};
use super::super::capabilities::{AlterStyle, Alteration};
use super::super::{Action, Constraint, Decision, Hazard};
use super::shared::{add_constraint, create_index, drop_constraint, drop_index};
use super::{Context, Lowered, carry, separate};

/// Lowers objects, and takes down and puts up again whatever stands in the way of any change.
pub(crate) fn lower(context: &Context<'_>, changes: &[usize], lowered: &mut Lowered) {
    let mut recreated: BTreeMap<EntityId, usize> = BTreeMap::new();
    let mut in_place = Vec::new();
    for at in changes {
        let Change::AlterObject { from, to } = &context.changes[*at] else { continue };
        if context.aside.contains_key(&to.id) {
            continue;
        }
        if to.id.kind == EntityKind::Script {
            // How it goes is no change of what is there.
            if from.definition != to.definition {
                recreated.insert(to.id.clone(), *at);
            }
            continue;
        }
        if from.definition == to.definition {
            let uses = own_things(&to.id);
            let known = remembered(context, from, to);
            properties(context, *at, &to.id, Some(&known), &to.extra, uses, lowered);
            continue;
        }
        match (context.capabilities.alter_object)(from, to) {
            Alteration::InPlaceUnlessHeld if carry::is_held(context.from, &to.id) => {
                recreated.insert(to.id.clone(), *at);
            }
            Alteration::InPlace | Alteration::InPlaceUnlessHeld => in_place.push((*at, from, to)),
            Alteration::Recreate => {
                recreated.insert(to.id.clone(), *at);
            }
            Alteration::Refused(reason) => {
                lowered.decisions.push(refused(&to.id, &reason));
            }
        }
    }
    views_over_renamed(context, changes, &mut recreated);
    let moved = disturbed(context, changes, &recreated);
    if context.capabilities.alter == AlterStyle::Separate {
        carry::rows(context, changes, lowered);
    }
    let is_kept = |id: &EntityId| context.to.objects.contains_key(id);
    spread(context.from, is_kept, moved.clone(), &mut recreated);

    for at in changes {
        match &context.changes[*at] {
            Change::CreateObject(object) => create(context, *at, object, lowered),
            Change::DropObject(object)
                if !goes_with_owner(context, object) && !context.aside.contains_key(&object.id) =>
            {
                drop_object(*at, object, lowered);
            }
            _ => {}
        }
    }
    for (id, cause) in context.aside {
        let is_created = |at: &usize| matches!(&context.changes[*at], Change::CreateObject(new) if new.id == *id);
        if let Some(object) = context.to.objects.get(id).filter(|_| !changes.iter().any(is_created))
        {
            create(context, *cause, object, lowered);
        }
    }
    for (at, from, to) in in_place {
        if !recreated.contains_key(&to.id) {
            alter(context, at, from, to, lowered);
        }
    }
    for (id, cause) in &recreated {
        let (Some(from), Some(to)) = (context.from.objects.get(id), context.to.objects.get(id))
        else {
            continue;
        };
        drop_object(*cause, from, lowered);
        create(context, *cause, to, lowered);
    }
    if context.capabilities.alter == AlterStyle::Separate {
        let mut moved = moved;
        moved.extend(recreated.clone());
        members(context, &moved, &recreated, lowered);
    }
}

/// Drops what stands in the way of the renames and of what goes before them, so that it is made again in its new words. SQLite would
/// write the new names into old views and triggers, and refuses where one of them no longer compiles; MySQL keeps the old names in
/// them, and in routines and events. Gives back which.
pub(crate) fn step_aside(
    from: &Schema,
    cleared: &Schema,
    renames: &[Change],
    cause: usize,
    alter: AlterStyle,
    atoms: &mut Vec<Atom>,
) -> BTreeSet<EntityId> {
    let gone = from.tables.keys().filter(|name| !cleared.tables.contains_key(*name));
    let mut moved: BTreeMap<EntityId, usize> =
        gone.map(|name| (EntityId::table(name), cause)).collect();
    // SQLite reads all views when it renames a column, also those that say one that is gone.
    for (name, table) in &from.tables {
        let Some(kept) = cleared.tables.get(name) else { continue };
        let gone = table.columns.iter().filter(|column| kept.column(&column.name).is_none());
        moved.extend(gone.map(|column| (EntityId::column(name, column.name.as_str()), cause)));
    }
    let old_table = |table: &ObjectName| {
        let old = renames.iter().find_map(|change| match change {
            Change::RenameTable { from, to } if to == table => Some(from.clone()),
            _ => None,
        });
        old.unwrap_or_else(|| table.clone())
    };
    for change in renames {
        match change {
            Change::RenameTable { from, .. } => {
                moved.insert(EntityId::table(from), cause);
            }
            Change::RenameSequence { from, .. } => {
                moved.insert(EntityId::object(EntityKind::Sequence, from.clone()), cause);
            }
            Change::RenameColumn { table, from, .. } => {
                moved.insert(EntityId::column(&old_table(table), from.as_str()), cause);
            }
            _ => {}
        }
    }
    let mut found = BTreeMap::new();
    spread(cleared, |_| true, moved, &mut found);
    if alter == AlterStyle::Separate {
        let mut aside = Lowered::default();
        let there = found.keys().filter_map(|id| cleared.objects.get(id));
        for object in there.filter(|object| !is_gone(cleared, object)) {
            drop_object(cause, object, &mut aside);
        }
        atoms.append(&mut aside.atoms);
        return found.into_keys().collect();
    }
    found.retain(|id, _| match id.kind {
        EntityKind::View | EntityKind::Trigger => true,
        EntityKind::Function | EntityKind::Procedure | EntityKind::Event => {
            alter == AlterStyle::Modify
        }
        _ => false,
    });
    // A trigger of a view goes with it, so it goes first.
    let (triggers, views): (Vec<EntityId>, Vec<EntityId>) =
        found.into_keys().partition(|id| id.kind == EntityKind::Trigger);
    let there = triggers.iter().chain(&views).filter_map(|id| cleared.objects.get(id));
    for object in there.filter(|object| !is_gone(cleared, object)) {
        atoms.push(Atom::new(cause, Rank::Release, Action::DropObject(object.clone())));
    }
    triggers.into_iter().chain(views).collect()
}

/// Whether something is of a table that was dropped, and went with it.
fn is_gone(cleared: &Schema, object: &Object) -> bool {
    let is_in_relation = matches!(
        object.id.kind,
        EntityKind::Trigger
            | EntityKind::Policy
            | EntityKind::Rule
            | EntityKind::Exclusion
            | EntityKind::Index
    );
    is_in_relation && !has_relation(cleared, &object.id.object)
}

/// A view keeps the names that its columns have when a column under it is renamed, whatever its new text would give them.
fn views_over_renamed(
    context: &Context<'_>,
    changes: &[usize],
    recreated: &mut BTreeMap<EntityId, usize>,
) {
    if context.capabilities.alter != AlterStyle::Separate {
        return;
    }
    let is_view =
        |id: &EntityId| matches!(id.kind, EntityKind::View | EntityKind::MaterializedView);
    let columns = |object: &Object| object.extra.properties.get("columns").cloned();
    for at in changes {
        match &context.changes[*at] {
            Change::RenameColumn { table, to, .. } => {
                let column = EntityId::column(table, to.as_str());
                let over = context.from.objects.values().filter(|view| {
                    is_view(&view.id)
                        && view.extra.uses.0.contains(&column)
                        && context.to.objects.get(&view.id).is_some_and(|after| {
                            after.definition == view.definition && columns(after).is_none()
                        })
                });
                recreated.extend(over.map(|view| (view.id.clone(), *at)));
            }
            Change::AlterObject { from, to }
                if is_view(&to.id)
                    && from.definition == to.definition
                    && columns(from) != columns(to) =>
            {
                recreated.insert(to.id.clone(), *at);
            }
            _ => {}
        }
    }
}

fn refused(id: &EntityId, reason: &str) -> Decision {
    Decision {
        code: "DBK0405",
        entity: id.clone(),
        message: format!("the {} `{id}` cannot be changed so: {reason}", id.kind.word()),
        allow: None,
        helps: vec!["write the change yourself: `cargo dbkit generate --custom`".to_owned()],
    }
}

/// What changes in a way that nothing may stand on it meanwhile.
fn disturbed(
    context: &Context<'_>,
    changes: &[usize],
    recreated: &BTreeMap<EntityId, usize>,
) -> BTreeMap<EntityId, usize> {
    let mut moved = recreated.clone();
    if context.capabilities.alter != AlterStyle::Separate {
        return moved;
    }
    for at in changes {
        match &context.changes[*at] {
            Change::AlterColumn { table, from, to }
                if from.ty != to.ty
                    || from.collation != to.collation
                    || (from.generated != to.generated && to.generated.is_some()) =>
            {
                moved.entry(EntityId::column(table, to.name.as_str())).or_insert(*at);
            }
            Change::AlterEnum { from, to, .. } if !is_extended(&from.values, &to.values) => {
                moved.entry(EntityId::object(EntityKind::Enum, to.name.clone())).or_insert(*at);
                for table in context.from.tables.values() {
                    for column in &table.columns {
                        if column.ty.enum_name() == Some(&to.name) {
                            let id = EntityId::column(&table.name, column.name.as_str());
                            moved.entry(id).or_insert(*at);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    moved
}

fn is_extended(from: &[String], to: &[String]) -> bool {
    let mut kept = to.iter().filter(|value| from.contains(value));
    from.iter().all(|value| kept.next() == Some(value))
}

/// Everything that stands on what moves, and stays otherwise, is made again.
fn spread(
    from: &Schema,
    is_kept: impl Fn(&EntityId) -> bool,
    mut moved: BTreeMap<EntityId, usize>,
    recreated: &mut BTreeMap<EntityId, usize>,
) {
    loop {
        let mut more = Vec::new();
        for object in from.objects.values() {
            if moved.contains_key(&object.id) || !is_kept(&object.id) {
                continue;
            }
            // A trigger of a view goes with it.
            let owner = moved.iter().find(|(id, _)| {
                id.member.is_none() && id.object == object.id.object && object.id.member.is_some()
            });
            let used = object.extra.uses.0.iter().find_map(|id| moved.get(id));
            if let Some(cause) = used.or(owner.map(|(_, cause)| cause)) {
                more.push((object.id.clone(), *cause));
            }
        }
        let held = carry::holders(from, &moved);
        if more.is_empty() && held.is_empty() {
            return;
        }
        moved.extend(held);
        moved.extend(more.iter().cloned());
        recreated.extend(more);
    }
}

/// Defaults, checks and indexes that stand on something that moves (a function, mostly) step aside.
fn members(
    context: &Context<'_>,
    moved: &BTreeMap<EntityId, usize>,
    recreated: &BTreeMap<EntityId, usize>,
    lowered: &mut Lowered,
) {
    let is_object = |id: &&EntityId| id.kind != EntityKind::Column && id.kind != EntityKind::Enum;
    let cause =
        |extra: &Extra| extra.uses.0.iter().filter(is_object).find_map(|id| moved.get(id)).copied();
    for (name, before) in &context.from.tables {
        let Some(after) = context.to.tables.get(name) else { continue };
        for column in &before.columns {
            let Some(cause) = cause(&column.extra) else { continue };
            let Some(kept) = after.shared_column(&column.name).filter(|kept| *kept == column)
            else {
                continue;
            };
            if carry::carry(context, before, kept, recreated, lowered) {
                continue;
            }
            separate::step_aside_column(context, cause, before, after, kept, lowered);
        }
        for check in before.checks.values() {
            let Some(cause) = cause(&check.extra) else { continue };
            if after.checks.get(&check.name.text) == Some(check) {
                let constraint = Constraint::Check(check.clone());
                lowered.atoms.push(drop_constraint(cause, before, &constraint));
                lowered.atoms.push(add_constraint(context, cause, after, constraint).again());
            }
        }
        for index in before.indexes.values() {
            let Some(cause) = cause(&index.extra) else { continue };
            if after.indexes.get(&index.name.text) == Some(index) {
                lowered.atoms.push(drop_index(context, cause, before, index));
                lowered.atoms.push(create_index(context, cause, after, index).again());
            }
        }
    }
}

/// Whether an object goes with the table, view or sequence that it belongs to, so that dropping it is no statement of its own.
fn goes_with_owner(context: &Context<'_>, object: &Object) -> bool {
    if object.id.member.is_none() {
        return false;
    }
    match object.id.kind {
        EntityKind::Trigger
        | EntityKind::Policy
        | EntityKind::Rule
        | EntityKind::Exclusion
        | EntityKind::Index => {
            !has_relation(context.to, &object.id.object)
                && !is_in_circle(context.from, &object.extra, &object.id.object)
        }
        _ => false,
    }
}

/// Whether something in a relation stands on an object that itself stands on the relation, so that it comes after both and goes first.
pub(crate) fn is_in_circle(schema: &Schema, extra: &Extra, relation: &ObjectName) -> bool {
    stands_on(schema, &extra.uses.0, relation)
}

/// Whether one of some objects stands on a relation, itself or by others.
pub(crate) fn stands_on<'a>(
    schema: &'a Schema,
    objects: impl IntoIterator<Item = &'a EntityId>,
    relation: &ObjectName,
) -> bool {
    let mut open: Vec<&EntityId> = objects.into_iter().collect();
    let mut seen: BTreeSet<&EntityId> = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(object) = schema.objects.get(id) else { continue };
        if !seen.insert(id) {
            continue;
        }
        let is_of = |used: &&EntityId| {
            used.object == *relation
                && matches!(
                    used.kind,
                    EntityKind::Table
                        | EntityKind::Column
                        | EntityKind::View
                        | EntityKind::MaterializedView
                        | EntityKind::ForeignTable
                )
        };
        if object.extra.uses.0.iter().any(|used| is_of(&used)) {
            return true;
        }
        open.extend(&object.extra.uses.0);
    }
    false
}

fn has_relation(schema: &Schema, name: &ObjectName) -> bool {
    schema.tables.contains_key(name)
        || [
            EntityKind::View,
            EntityKind::MaterializedView,
            EntityKind::ForeignTable,
            EntityKind::VirtualTable,
        ]
        .into_iter()
        .any(|kind| schema.objects.contains_key(&EntityId::object(kind, name.clone())))
}

/// The objects that go with a relation when it is dropped: triggers, policies, rules, ..
pub(crate) fn of_relation<'a>(
    schema: &'a Schema,
    name: &'a ObjectName,
) -> impl Iterator<Item = &'a Object> {
    schema.objects.values().filter(move |object| {
        object.id.object == *name
            && object.id.member.is_some()
            && matches!(
                object.id.kind,
                EntityKind::Trigger
                    | EntityKind::Policy
                    | EntityKind::Rule
                    | EntityKind::Exclusion
                    | EntityKind::Index
            )
    })
}

/// The thing that actions touch when they touch an entity.
pub(crate) fn thing(id: &EntityId) -> Thing {
    let member = || id.member.clone().unwrap_or_default();
    match id.kind {
        EntityKind::Namespace => Thing::Namespace(id.object.name.clone()),
        EntityKind::Enum | EntityKind::EnumValue => Thing::Enum(id.object.clone()),
        EntityKind::Sequence => Thing::Sequence(id.object.clone()),
        EntityKind::Table => Thing::Table(id.object.clone()),
        EntityKind::Column => Thing::Column(id.object.clone(), member()),
        EntityKind::PrimaryKey
        | EntityKind::Unique
        | EntityKind::ForeignKey
        | EntityKind::Check
        | EntityKind::Exclusion
        | EntityKind::Index => Thing::Member(id.object.clone(), member()),
        _ => Thing::Object(id.clone()),
    }
}

/// What an entity stands on.
pub(crate) fn used_things(extra: &Extra) -> impl Iterator<Item = Thing> + '_ {
    extra.uses.0.iter().map(thing)
}

/// An object, and the name that it takes among relations.
fn own_things(id: &EntityId) -> Vec<Thing> {
    let mut own = vec![thing(id)];
    match id.kind {
        EntityKind::View
        | EntityKind::MaterializedView
        | EntityKind::ForeignTable
        | EntityKind::VirtualTable
        | EntityKind::Domain
        | EntityKind::RangeType
        | EntityKind::CompositeType => own.push(Thing::Relation(id.object.clone())),
        EntityKind::Index | EntityKind::Exclusion => {
            own.extend(id.member.as_ref().map(|name| Thing::Relation(id.object.with_name(name))));
        }
        _ => {}
    }
    own
}

/// What an object needs besides what the catalog says: its namespace and the relation that it belongs to.
fn needs(object: &Object) -> Vec<Thing> {
    let mut needs: Vec<Thing> = used_things(&object.extra).collect();
    needs.extend(object.id.object.schema.clone().map(Thing::Namespace));
    if object.id.member.is_some()
        && !matches!(
            object.id.kind,
            EntityKind::Function
                | EntityKind::Procedure
                | EntityKind::Aggregate
                | EntityKind::Operator
                | EntityKind::OperatorFamily
                | EntityKind::OperatorClass
        )
    {
        needs.push(Thing::Relation(object.id.object.clone()));
    }
    needs
}

fn rank(kind: EntityKind) -> Rank {
    match kind {
        EntityKind::Extension => Rank::Extension,
        EntityKind::Domain
        | EntityKind::CompositeType
        | EntityKind::RangeType
        | EntityKind::Collation
        | EntityKind::ForeignDataWrapper
        | EntityKind::ForeignServer
        | EntityKind::UserMapping
        | EntityKind::Operator
        | EntityKind::OperatorFamily
        | EntityKind::OperatorClass
        | EntityKind::Cast
        | EntityKind::TextSearchDictionary
        | EntityKind::TextSearchConfiguration
        // As early as it can be: defaults and checks may call it.
        | EntityKind::Function => Rank::Found,
        _ => Rank::CreateObject,
    }
}

fn create(context: &Context<'_>, cause: usize, object: &Object, lowered: &mut Lowered) {
    let own = own_things(&object.id);
    let is_script = object.id.kind == EntityKind::Script;
    let action = if is_script {
        Action::Script(object.definition.clone())
    } else {
        Action::CreateObject(object.clone())
    };
    let atom = Atom::new(cause, rank(object.id.kind), action)
        .creates(own.clone())
        .uses(needs(object))
        .uses(mentioned(context, object));
    lowered.atoms.push(atom);
    if !is_script {
        properties(context, cause, &object.id, None, &object.extra, own, lowered);
    }
}

/// What comes into being in this plan and is named in a function. The catalog does not know what the text of a body uses, but some
/// servers look at it when the function is made.
fn mentioned(context: &Context<'_>, object: &Object) -> Vec<Thing> {
    if !matches!(object.id.kind, EntityKind::Function | EntityKind::Procedure) {
        return Vec::new();
    }
    let words: BTreeSet<String> = body_words(&object.definition);
    let is_new = |id: &EntityId| *id != object.id && words.contains(&id.object.name.to_lowercase());
    let objects = context.to.objects.keys().filter(|id| {
        is_new(id)
            && !context.from.objects.contains_key(*id)
            && (id.member.is_none()
                || matches!(id.kind, EntityKind::Function | EntityKind::Procedure | EntityKind::Aggregate))
            // One that stands on this one, or names it, comes after it.
            && !context.to.objects[*id].extra.uses.0.contains(&object.id)
            && !(**id > object.id && names(&context.to.objects[*id], object))
    });
    let tables = context.to.tables.keys().filter(|name| {
        context.is_new(name)
            && words.contains(&name.name.to_lowercase())
            && !is_below(context, name, object)
    });
    let columns =
        context.to.tables.values().filter(|table| words.contains(&table.name.name.to_lowercase()));
    let columns = columns.flat_map(|table| {
        let before = context.from.tables.get(&table.name);
        table
            .columns
            .iter()
            .filter(move |column| before.is_some_and(|known| known.column(&column.name).is_none()))
            .map(|column| Thing::Column(table.name.clone(), column.name.clone()))
    });
    let columns = columns.filter(|thing| match thing {
        Thing::Column(_, name) => words.contains(&name.to_lowercase()),
        _ => false,
    });
    objects.map(thing).chain(tables.cloned().map(Thing::Table)).chain(columns).collect()
}

/// Whether the text of one object has the name of another one.
fn names(object: &Object, other: &Object) -> bool {
    body_words(&object.definition).contains(&other.id.object.name.to_lowercase())
}

fn is_below(context: &Context<'_>, table: &ObjectName, object: &Object) -> bool {
    context.to.tables.get(table).is_some_and(|table| {
        let columns = table.columns.iter().map(|column| &column.extra);
        let checks = table.checks.values().map(|check| &check.extra);
        columns.chain(checks).any(|extra| extra.uses.0.contains(&object.id))
    })
}

/// The words of a definition, also of those in its string literals: a body is one.
fn body_words(definition: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let mut texts = vec![definition];
    while let Some(text) = texts.pop() {
        for token in expression::tokens(text) {
            let word = &text[token.range];
            match token.kind {
                expression::TokenKind::Name => {
                    let name = word.trim_matches(['"', '`']).to_lowercase();
                    // A word may touch a dollar quote: `$function$select .. from t$function$`.
                    if name.contains('$') {
                        words.extend(name.split('$').map(str::to_owned));
                    }
                    words.insert(name);
                }
                expression::TokenKind::Text => {
                    texts.extend(
                        word.get(1..word.len().saturating_sub(1)).filter(|text| !text.is_empty()),
                    );
                }
                expression::TokenKind::Sign => {}
            }
        }
    }
    words
}

/// What others may stand on in ways that nobody told goes late.
fn drop_rank(kind: EntityKind) -> Rank {
    match kind {
        EntityKind::Extension => Rank::DropExtension,
        EntityKind::DefaultPrivileges => Rank::Privileges,
        EntityKind::Domain
        | EntityKind::CompositeType
        | EntityKind::RangeType
        | EntityKind::Collation
        | EntityKind::ForeignDataWrapper
        | EntityKind::ForeignServer
        | EntityKind::Operator
        | EntityKind::OperatorFamily
        | EntityKind::OperatorClass
        | EntityKind::Cast
        | EntityKind::TextSearchDictionary
        | EntityKind::TextSearchConfiguration => Rank::DropObject,
        _ => Rank::Release,
    }
}

fn drop_object(cause: usize, object: &Object, lowered: &mut Lowered) {
    let action = match (object.id.kind, object.extra.properties.get("drop")) {
        (EntityKind::Script, Some(drop)) => Action::Script(drop.clone()),
        // It was said that there is no way back.
        (EntityKind::Script, None) => return,
        _ => Action::DropObject(object.clone()),
    };
    let mut atom = Atom::new(cause, drop_rank(object.id.kind), action)
        .drops(own_things(&object.id))
        .releases(needs(object));
    if object.id.kind == EntityKind::VirtualTable {
        atom = atom.hazard(Hazard::DataLoss {
            entity: object.id.clone(),
            reason: format!("dropping `{}` deletes its rows", object.id),
        });
    }
    lowered.atoms.push(atom);
}

fn alter(context: &Context<'_>, cause: usize, from: &Object, to: &Object, lowered: &mut Lowered) {
    let own = own_things(&to.id);
    let new = needs(to);
    let gone = needs(from).into_iter().filter(|thing| !new.contains(thing));
    let action = Action::AlterObject { from: from.clone(), to: to.clone() };
    lowered.atoms.push(
        Atom::new(cause, Rank::CreateObject, action)
            .changes(own.clone())
            .releases(gone)
            .uses(new.clone())
            .uses(mentioned(context, to)),
    );
    let known = remembered(context, from, to);
    properties(context, cause, &to.id, Some(&known), &to.extra, own, lowered);
}

/// What an object still carries once it has changed in place.
fn remembered(context: &Context<'_>, from: &Object, to: &Object) -> Extra {
    let mut known = from.extra.clone();
    for key in (context.capabilities.forgets)(from, to) {
        known.properties.remove(&key);
    }
    known
}

/// What the privileges that new objects get give to one that is made. They are changed last, so those from before count.
fn given(context: &Context<'_>, id: &EntityId, to: &Extra) -> Extra {
    let kinds = match id.kind {
        EntityKind::Table
        | EntityKind::View
        | EntityKind::MaterializedView
        | EntityKind::ForeignTable => "TABLES",
        EntityKind::Sequence => "SEQUENCES",
        EntityKind::Function | EntityKind::Procedure | EntityKind::Aggregate => "FUNCTIONS",
        EntityKind::Enum
        | EntityKind::Domain
        | EntityKind::CompositeType
        | EntityKind::RangeType => "TYPES",
        EntityKind::Namespace => "SCHEMAS",
        _ => return Extra::default(),
    };
    let mut given = Extra::default();
    for object in context.from.objects.values() {
        let is_given = object.id.kind == EntityKind::DefaultPrivileges
            && object.id.object.name == kinds
            && (object.id.object.schema.is_none()
                || object.id.object.schema.as_deref()
                    == Some(id.object.schema.as_deref().unwrap_or("public")));
        if !is_given {
            continue;
        }
        for (key, words) in &object.extra.properties {
            let known = given.properties.entry(key.clone()).or_default();
            for word in words.split(", ") {
                if known.split(", ").any(|had| had == word) {
                    continue;
                }
                if !known.is_empty() {
                    known.push_str(", ");
                }
                known.push_str(word);
            }
        }
    }
    // Whose privileges they are depends on who makes the object. What it is to have is granted all the same; only what it must not
    // have is taken for given.
    for (key, words) in &mut given.properties {
        let wanted = to.properties.get(key).map(String::as_str).unwrap_or_default();
        let is_wanted = |word: &&str| {
            let name = word.trim_end_matches('*');
            wanted.split(", ").any(|wanted| wanted.trim_end_matches('*') == name)
        };
        let left: Vec<&str> = words.split(", ").filter(|word| !is_wanted(word)).collect();
        *words = left.join(", ");
    }
    given.properties.retain(|_, words| !words.is_empty());
    given
}

/// Sets the properties that differ, in order of their keys.
pub(crate) fn properties(
    context: &Context<'_>,
    cause: usize,
    id: &EntityId,
    from: Option<&Extra>,
    to: &Extra,
    uses: Vec<Thing>,
    lowered: &mut Lowered,
) {
    let nothing = if from.is_none() { given(context, id, to) } else { Extra::default() };
    let known = from.unwrap_or(&nothing);
    let rank = match id.kind {
        EntityKind::DefaultPrivileges => Rank::Privileges,
        _ => Rank::Comment,
    };
    let keys: BTreeSet<&String> = known.properties.keys().chain(to.properties.keys()).collect();
    let mut keys: Vec<&String> = keys.into_iter().collect();
    to.order.sort(&mut keys, |key| key.as_str());
    for key in keys {
        let (before, after) = (known.properties.get(key), to.properties.get(key));
        let is_written_with_it = from.is_none() && (context.capabilities.is_inline)(id.kind, key);
        if before == after || is_written_with_it {
            continue;
        }
        let action = Action::SetProperty {
            id: id.clone(),
            key: key.clone(),
            from: before.cloned(),
            to: after.cloned(),
        };
        lowered
            .atoms
            .push(Atom::new(cause, rank, action).uses(uses.iter().cloned()).uses(used_things(to)));
    }
}
