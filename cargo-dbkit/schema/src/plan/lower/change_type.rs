//! A column gets another type, and what stands on it steps aside for that.

use crate::model::{Column, ColumnType, EntityId, Index, IntegerSize, Table, expression};

use super::super::atom::{Rank, Thing};
use super::super::capabilities::AlterStyle;
use super::super::cast::{Cast, cast, has_plain_cast, is_checked};
use super::super::{Action, Constraint, Decision, Hazard, LockClass, Using};
use super::separate::{chain, columns_named, drop_column, index_comment, step, step_aside};
use super::shared::{
    add_column_as, add_constraint, column_thing, constraints, create_index, drop_constraint,
    drop_index, foreign_keys_on, lock, needs_of_index, push_comment, rewrite,
};
use super::{Context, Lowered, carry, objects};

pub(super) fn type_change_using(
    context: &Context<'_>,
    table: &crate::model::ObjectName,
    from: &Column,
    to: &Column,
    hazards: &mut Vec<Hazard>,
    lowered: &mut Lowered,
) -> Option<Using> {
    let id = EntityId::column(table, to.name.as_str());
    if let Some(using) = context.hints.using.get(&id) {
        return Some(Using::Sql(using.clone()));
    }
    let (old, new) = (from.ty.enum_name(), to.ty.enum_name());
    if old.is_some() && new.is_some() && old != new {
        lowered.decisions.push(unknown_cast(&id, from, to));
        return Some(Using::Values(std::collections::BTreeMap::new()));
    }
    match cast(&from.ty, &to.ty) {
        Cast::Safe if needs_using(&from.ty, &to.ty) => Some(Using::Cast),
        Cast::Safe => None,
        Cast::Lossy => {
            let stops = is_checked(&from.ty, &to.ty);
            hazards.push(if stops {
                Hazard::MayFail {
                    entity: id.clone(),
                    reason: format!("values of `{id}` that do not fit the new type make it fail"),
                }
            } else {
                Hazard::DataLoss {
                    entity: id.clone(),
                    reason: format!("values of `{id}` may be cut off"),
                }
            });
            lowered.decisions.push(Decision {
                code: "DBK0401",
                message: format!("`{id}` goes from `{}` to `{}`: values may be cut off, or not fit and stop the migration", from.ty, to.ty),
                allow: Some(format!("data-loss:{id}")),
                helps: vec!["say how values are turned: `#[dbkit(using = \"..\")]`, in SQL".to_owned()],
                entity: id,
            });
            // A cast that is written out cuts off what the silent one refuses.
            (!stops).then_some(Using::Cast)
        }
        Cast::Unknown => {
            lowered.decisions.push(unknown_cast(&id, from, to));
            hazards.push(Hazard::MayFail {
                reason: format!("values of `{id}` that do not fit the new type make it fail"),
                entity: id,
            });
            // Where there is no cast at all, the text of a value may be one of the other type.
            let has_cast = context.capabilities.alter != AlterStyle::Separate
                || has_plain_cast(&from.ty, &to.ty);
            let is_truth = matches!(
                (&from.ty, &to.ty),
                (ColumnType::Boolean, ColumnType::Integer { .. })
                    | (ColumnType::Integer { .. }, ColumnType::Boolean)
            );
            Some(if has_cast {
                Using::Cast
            } else if is_truth {
                Using::Through(ColumnType::integer(IntegerSize::Regular))
            } else {
                Using::Values(std::collections::BTreeMap::new())
            })
        }
    }
}

pub(crate) fn unknown_cast(id: &EntityId, from: &Column, to: &Column) -> Decision {
    Decision {
        code: "DBK0404",
        message: format!(
            "`{id}` goes from `{}` to `{}`, and no cast between them is known to keep the values",
            from.ty, to.ty
        ),
        allow: Some(format!("cast:{id}")),
        helps: vec![
            "say how values are turned: `#[dbkit(using = \"..\")]`, in SQL over the old column"
                .to_owned(),
        ],
        entity: id.clone(),
    }
}

/// Whether the database brings defaults, checks, indexes and foreign keys over by itself, and they read the same afterwards.
pub(super) fn is_family(from: &ColumnType, to: &ColumnType) -> bool {
    matches!(
        (from, to),
        (ColumnType::Integer { .. }, ColumnType::Integer { .. })
            | (
                ColumnType::Text | ColumnType::Varchar(_),
                ColumnType::Text | ColumnType::Varchar(_)
            )
            | (ColumnType::Numeric(_), ColumnType::Numeric(_))
            | (ColumnType::Timestamp(_), ColumnType::Timestamp(_))
            | (ColumnType::TimestampTz(_), ColumnType::TimestampTz(_))
            | (ColumnType::Time(_), ColumnType::Time(_))
    )
}

fn needs_using(from: &ColumnType, to: &ColumnType) -> bool {
    let is_text = |ty: &ColumnType| {
        matches!(ty, ColumnType::Text | ColumnType::Varchar(_) | ColumnType::Char(_))
    };
    let is_number = |ty: &ColumnType| {
        matches!(ty, ColumnType::Integer { .. } | ColumnType::Float(_) | ColumnType::Numeric(_))
    };
    let is_time = |ty: &ColumnType| {
        matches!(
            ty,
            ColumnType::Date
                | ColumnType::Time(_)
                | ColumnType::Timestamp(_)
                | ColumnType::TimestampTz(_)
        )
    };
    !((is_text(from) && is_text(to))
        || (is_number(from) && is_number(to))
        || (is_time(from) && is_time(to)))
}

/// A column that takes another type.
pub(crate) struct TypeChange<'a> {
    /// The table before.
    pub(crate) table: &'a Table,
    pub(crate) from: &'a Column,
    pub(crate) to: &'a Column,
    pub(crate) using: Option<Using>,
    /// What stands in the way.
    pub(crate) reach: Reach,
    /// The caller sets the default afterwards.
    pub(crate) keeps_default: bool,
    pub(crate) hazards: Vec<Hazard>,
}

/// Changes a type, with everything that stands in the way taken down before and put up afterwards.
pub(crate) fn change_type(
    context: &Context<'_>,
    cause: usize,
    change: &TypeChange<'_>,
    lowered: &mut Lowered,
) {
    let TypeChange { table, from, to, .. } = change;
    let name = &table.name;
    around(context, cause, table, &to.name, change.reach, lowered);
    if from.default.is_some() && change.reach != Reach::Family {
        let action = Action::DropDefault { table: name.clone(), column: to.name.clone() };
        lowered.atoms.push(step(context, cause, table, to, action).chain(chain(context, cause)));
    }
    let action = Action::SetType {
        table: name.clone(),
        column: to.name.clone(),
        ty: to.ty.clone(),
        collation: to.collation.clone(),
        using: change.using.clone(),
    };
    let mut atom = step(context, cause, table, to, action).hazards(change.hazards.clone());
    if let Some(Using::Sql(sql)) = &change.using {
        let own = column_thing(name, &to.name);
        let used = columns_named(context, table, sql);
        atom = atom.uses(used.into_iter().filter(|thing| *thing != own));
    }
    let types = |column: &Column| -> Vec<Thing> {
        let objects =
            objects::used_things(&column.extra).filter(|thing| matches!(thing, Thing::Object(_)));
        objects.chain(column.ty.enum_name().cloned().map(Thing::Enum)).collect()
    };
    let takes_the_name = from.ty.enum_name() != to.ty.enum_name()
        && carry::type_name(&from.ty) == carry::type_name(&to.ty);
    if from.ty != to.ty {
        atom = atom.uses(types(to));
        if takes_the_name {
            // A type of another kind takes the name of the old one, so both cannot be there at a time.
            let text = if matches!(from.ty, ColumnType::Array(_)) {
                ColumnType::Array(Box::new(ColumnType::Text))
            } else {
                ColumnType::Text
            };
            let action = Action::SetType {
                table: name.clone(),
                column: to.name.clone(),
                ty: text,
                collation: None,
                using: None,
            };
            lowered.atoms.push(
                step(context, cause, table, to, action)
                    .releases(types(from))
                    .chain(chain(context, cause)),
            );
        } else {
            atom = atom.releases(types(from));
        }
    }
    lowered.atoms.push(atom.chain(chain(context, cause)));
    if !change.keeps_default
        && let Some(default) = &to.default
    {
        let action = Action::SetDefault {
            table: name.clone(),
            column: to.name.clone(),
            ty: to.ty.clone(),
            default: default.clone(),
        };
        let enums = to.ty.enum_name().cloned().map(Thing::Enum);
        lowered
            .atoms
            .push(step(context, cause, table, to, action).uses(enums).chain(chain(context, cause)));
    }
}

/// How much stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// A type of the same family: only generated columns.
    Family,
    /// The column stays; what only indexes it is rebuilt by the database.
    Type,
    /// The column goes and comes back.
    Whole,
}

/// Takes down what depends on a column and stays the same otherwise, and puts it up again.
pub(crate) fn around(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    column: &str,
    reach: Reach,
    lowered: &mut Lowered,
) {
    let Some(after) = context.to.tables.get(&before.name) else { return };
    let keys = if reach == Reach::Family {
        Vec::new()
    } else {
        foreign_keys_on(context.from, &before.name, column)
    };
    for (owner, key) in keys {
        step_aside(context, cause, owner, key, lowered);
    }
    for constraint in constraints(before) {
        let (is_over, stays) = match &constraint {
            Constraint::Check(check) => (
                reach != Reach::Family
                    && expression::names_column(&check.expression, &before.name.name, column),
                after.checks.get(&check.name.text) == Some(check),
            ),
            Constraint::Unique(unique) => (
                reach == Reach::Whole && unique.columns.iter().any(|name| name == column),
                after.uniques.get(&unique.name.text) == Some(unique),
            ),
            Constraint::PrimaryKey(key) => (
                reach == Reach::Whole && key.columns.iter().any(|name| name == column),
                after.primary_key.as_ref() == Some(key),
            ),
            Constraint::ForeignKey(_) => (false, false),
        };
        if is_over && stays {
            lowered.atoms.push(drop_constraint(cause, before, &constraint));
            lowered.atoms.push(add_constraint(context, cause, after, constraint).again());
        }
    }
    for index in before.indexes.values() {
        let stays = after.indexes.get(&index.name.text) == Some(index);
        if stays && is_in_way(before, index, column, reach) {
            let plain = Index { is_concurrent: false, ..index.clone() };
            lowered.atoms.push(drop_index(context, cause, before, &plain));
            lowered.atoms.push(create_index(context, cause, after, &plain).again());
            index_comment(context, cause, after, &plain, lowered);
        }
    }
    for generated in before.columns.iter().filter(|other| other.name != column) {
        let depends = generated.generated.as_ref().is_some_and(|generated| {
            expression::names_column(&generated.expression, &before.name.name, column)
        });
        let kept = after.shared_column(&generated.name).filter(|kept| *kept == generated);
        if let (true, Some(kept)) = (depends, kept) {
            recreate_column(context, cause, before, after, generated, kept, lowered);
        }
    }
}

pub(super) fn is_in_way(table: &Table, index: &Index, column: &str, reach: Reach) -> bool {
    let is_plain = index.predicate.is_none()
        && index.parts.iter().all(|part| {
            matches!(part.target, crate::model::IndexTarget::Column(_)) && part.opclass.is_none()
        });
    let is_over = needs_of_index(table, index).contains(&column_thing(&table.name, column));
    match reach {
        Reach::Family => false,
        Reach::Type => is_over && !is_plain,
        Reach::Whole => is_over,
    }
}

/// Drops a generated column and adds it anew: its values are computed, so nothing is lost.
pub(crate) fn recreate_column(
    context: &Context<'_>,
    cause: usize,
    before: &Table,
    after: &Table,
    from: &Column,
    to: &Column,
    lowered: &mut Lowered,
) {
    around(context, cause, before, &to.name, Reach::Whole, lowered);
    let name = &after.name;
    let mut drop = drop_column(context, cause, before, from);
    drop.rank = Rank::Alter;
    lowered.atoms.push(drop);
    let mut added = to.clone();
    added.comment = None;
    let add = add_column_as(context, cause, after, to, added)
        .hazards([lock(name, LockClass::Everything), rewrite(name)]);
    lowered.atoms.push(add);
    let id = EntityId::column(name, to.name.as_str());
    push_comment(
        context,
        cause,
        id.clone(),
        None,
        to.comment.as_ref(),
        vec![column_thing(name, &to.name)],
        lowered,
    );
    let uses = vec![column_thing(name, &to.name)];
    objects::properties(context, cause, &id, None, &to.extra, uses, lowered);
}
