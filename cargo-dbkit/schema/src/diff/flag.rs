//! Reads the names that flags are given with.

use crate::diagnostic::Diagnostic;
use crate::model::{EntityId, EntityKind, ObjectName, Rename, Schema, split_dotted};

use super::compare::constraint_kind;

/// Reads `--rename users.name=full_name`, `--rename users=people`, `--rename mood.sad=low`, `--rename "policy users.own=mine"`.
///
/// Left of the `=` is a name in `from`; right of it a name in `to`. A member may be written with or without its table. Tables, views and
/// enums that are renamed by the other flags are found by their old and new names. The word for a kind before it says which is meant,
/// where several things have one name.
///
/// # Errors
/// A diagnostic if it fits nothing.
pub fn parse_rename(
    text: &str,
    from: &Schema,
    to: &Schema,
    others: &[Rename],
) -> Result<Rename, Diagnostic> {
    let Some((old, new)) = split_rename(text) else {
        return Err(Diagnostic::error(
            "DBK0302",
            format!("expected `old=new` after --rename, found `{text}`"),
        )
        .help("such as `--rename users.name=full_name`"));
    };
    let (old, new) = (old.trim(), new.trim());
    let (kind, old) = split_kind(old);
    let flag = Flag { kind, from, to, others };
    flag.object(old, new).or_else(|| flag.member(old, new)).ok_or_else(|| {
        Diagnostic::error("DBK0302", format!("`--rename {text}` fits nothing"))
            .note(format!(
                "`{old}` must be in the migrations, `{new}` in the code, and both of the same kind"
            ))
            .help("a column is written `table.old=new`, a table `old=new`")
    })
}

/// The two sides of the first `=` that stands in no quotes.
pub fn split_rename(text: &str) -> Option<(&str, &str)> {
    let mut is_quoted = false;
    let at = text.char_indices().find_map(|(at, c)| {
        is_quoted ^= c == '"';
        (c == '=' && !is_quoted).then_some(at)
    })?;
    Some((&text[..at], &text[at + 1..]))
}

/// What stands before the last dot of a name.
pub fn scope(name: &str) -> Option<&str> {
    let mut is_quoted = false;
    let dots = name.char_indices().filter_map(|(at, c)| {
        is_quoted ^= c == '"';
        (c == '.' && !is_quoted).then_some(at)
    });
    dots.last().map(|at| &name[..at])
}

/// The word for a kind, if the text begins with one, and the rest.
fn split_kind(text: &str) -> (Option<EntityKind>, &str) {
    let found = EntityKind::ALL.into_iter().find_map(|kind| {
        let rest = text.strip_prefix(kind.word())?;
        rest.starts_with(' ').then(|| (Some(kind), rest.trim_start()))
    });
    found.unwrap_or((None, text))
}

fn split_member(text: &str) -> Option<(ObjectName, String)> {
    let mut parts = split_dotted(text)?;
    let member = parts.pop()?;
    match <[String; 2]>::try_from(parts.clone()) {
        Ok([schema, name]) => Some((in_default(ObjectName::qualified(schema, name)), member)),
        Err(_) => <[String; 1]>::try_from(parts).ok().map(|[name]| (ObjectName::new(name), member)),
    }
}

/// `public` is the default namespace, which has no name.
fn in_default(mut name: ObjectName) -> ObjectName {
    name.schema.take_if(|schema| schema == "public");
    name
}

/// Kinds of objects that can have another name.
fn can_rename(kind: EntityKind) -> bool {
    !matches!(
        kind,
        EntityKind::Extension
            | EntityKind::DefaultPrivileges
            | EntityKind::UserMapping
            | EntityKind::VirtualTable
            | EntityKind::Script
    )
}

struct Flag<'a> {
    kind: Option<EntityKind>,
    from: &'a Schema,
    to: &'a Schema,
    others: &'a [Rename],
}

impl Flag<'_> {
    fn may_be(&self, kind: EntityKind) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind)
    }

    fn object(&self, old: &str, new: &str) -> Option<Rename> {
        let (from, to) = (self.from, self.to);
        // A routine may say the types of its arguments: `shop.total(integer)`.
        let arguments =
            |text: &str| match text.strip_suffix(')').and_then(|text| text.split_once('(')) {
                Some((name, arguments)) => (name.to_owned(), Some(arguments.to_owned())),
                None => (text.to_owned(), None),
            };
        let ((old_text, old_arguments), (new_text, new_arguments)) =
            (arguments(old), arguments(new));
        let old_name = in_default(old_text.parse().ok()?);
        let says_namespace = split_dotted(&new_text).is_some_and(|parts| parts.len() > 1);
        let mut new_name = in_default(new_text.parse().ok()?);
        let follows = |name: &ObjectName| ObjectName {
            schema: old_name.schema.clone(),
            name: name.name.clone(),
        };
        let is_in = |name: &ObjectName| {
            to.tables.contains_key(name)
                || to.enums.contains_key(name)
                || to.sequences.contains_key(name)
                || to.objects.keys().any(|id| id.object == *name && !id.kind.is_member())
        };
        if !says_namespace && is_in(&follows(&new_name)) {
            new_name = follows(&new_name);
        }
        let may_be = |kind| self.may_be(kind) && old_arguments.is_none();
        if may_be(EntityKind::Table)
            && from.tables.contains_key(&old_name)
            && to.tables.contains_key(&new_name)
        {
            return Some(Rename::Table { from: old_name, to: new_name });
        }
        if may_be(EntityKind::Enum)
            && from.enums.contains_key(&old_name)
            && to.enums.contains_key(&new_name)
        {
            return Some(Rename::Enum { from: old_name, to: new_name });
        }
        if may_be(EntityKind::Sequence)
            && from.sequences.contains_key(&old_name)
            && to.sequences.contains_key(&new_name)
        {
            return Some(Rename::Sequence { from: old_name, to: new_name });
        }
        let is_old = |id: &&EntityId| {
            id.object == old_name
                && !id.kind.is_member()
                && can_rename(id.kind)
                && self.may_be(id.kind)
                && (old_arguments.is_none() || old_arguments == id.member)
        };
        let object = from.objects.keys().filter(is_old).find_map(|id| {
            let mut renamed = id.clone();
            renamed.object.clone_from(&new_name);
            let is_same = new_arguments.is_none() || new_arguments == id.member;
            (is_same && to.objects.contains_key(&renamed))
                .then(|| Rename::Object { from: id.clone(), to: renamed })
        });
        if object.is_some() {
            return object;
        }
        let [old, new] = [old, new].map(|text| split_dotted(text)?.pop());
        let (old, new) = (old?, new?);
        (may_be(EntityKind::Namespace)
            && from.namespaces.contains_key(&old)
            && to.namespaces.contains_key(&new))
        .then_some(Rename::Namespace { from: old, to: new })
    }

    /// The relation by its new name and by its old one. It may be given by either, as an attribute would.
    fn relations(&self, name: &ObjectName) -> [(ObjectName, ObjectName); 2] {
        let moved = |name: &ObjectName, is_forward: bool| {
            let found = self.others.iter().find_map(|rename| {
                let (from, to) = match rename {
                    Rename::Table { from, to } | Rename::Enum { from, to } => (from, to),
                    Rename::Object { from, to } if from.member.is_none() => {
                        (&from.object, &to.object)
                    }
                    Rename::Namespace { from, to } => {
                        let (from, to) = if is_forward { (from, to) } else { (to, from) };
                        let is_in = name.schema.as_ref() == Some(from);
                        return is_in.then(|| ObjectName::qualified(to, &name.name));
                    }
                    _ => return None,
                };
                let (from, to) = if is_forward { (from, to) } else { (to, from) };
                (from == name).then(|| to.clone())
            });
            found.unwrap_or_else(|| name.clone())
        };
        [(moved(name, true), name.clone()), (name.clone(), moved(name, false))]
    }

    fn member(&self, old: &str, new: &str) -> Option<Rename> {
        let (object, old) = split_member(old)?;
        let new = split_dotted(new).and_then(|mut parts| parts.pop())?;
        let relations = self.relations(&object);
        relations.iter().find_map(|(table, old_table)| self.member_of(table, old_table, &old, &new))
    }

    fn member_of(
        &self,
        table: &ObjectName,
        old_table: &ObjectName,
        old: &str,
        new: &str,
    ) -> Option<Rename> {
        let (from, to) = (old.to_owned(), new.to_owned());
        if let (Some(before), Some(after)) =
            (self.from.tables.get(old_table), self.to.tables.get(table))
        {
            let table = table.clone();
            if self.may_be(EntityKind::Column)
                && before.column(old).is_some()
                && after.column(new).is_some()
            {
                return Some(Rename::Column { table, from, to });
            }
            if self.may_be(EntityKind::Index)
                && before.indexes.contains_key(old)
                && after.indexes.contains_key(new)
            {
                return Some(Rename::Index { table, from, to });
            }
            let is_constraint = self.kind.is_none_or(|kind| {
                matches!(
                    kind,
                    EntityKind::PrimaryKey
                        | EntityKind::Unique
                        | EntityKind::ForeignKey
                        | EntityKind::Check
                )
            });
            if is_constraint
                && constraint_kind(before, old).is_some()
                && constraint_kind(after, new).is_some()
            {
                return Some(Rename::Constraint { table, from, to });
            }
        }
        let enums = (self.from.enums.get(old_table), self.to.enums.get(table));
        if let (Some(before), Some(after)) = enums
            && before.values.contains(&from)
            && after.values.contains(&to)
        {
            return Some(Rename::EnumValue { name: after.name.clone(), from, to });
        }
        let of =
            |id: &&EntityId| id.kind.is_member() && self.may_be(id.kind) && id.object == *old_table;
        let mut members = self.from.objects.keys().filter(of);
        members.find_map(|id| {
            let is_old = id.member.as_deref() == Some(old);
            let from = EntityId::member(id.kind, table, old);
            let to = EntityId::member(id.kind, table, new);
            (is_old && self.to.objects.contains_key(&to)).then_some(Rename::Object { from, to })
        })
    }
}

/// Reads `--drop users.name`: something of `from` that is no rename.
///
/// # Errors
/// A diagnostic if there is no such thing.
pub fn parse_drop(text: &str, from: &Schema) -> Result<EntityId, Diagnostic> {
    let object: Option<ObjectName> = text.parse().ok();
    if let Some(name) = object {
        if from.tables.contains_key(&name) {
            return Ok(EntityId::table(&name));
        }
        if from.enums.contains_key(&name) {
            return Ok(EntityId::object(EntityKind::Enum, name));
        }
    }
    if let Some((name, member)) = split_member(text) {
        if from.tables.get(&name).is_some_and(|table| table.column(&member).is_some()) {
            return Ok(EntityId::column(&name, member));
        }
        if from.enums.get(&name).is_some_and(|found| found.values.contains(&member)) {
            return Ok(EntityId::member(EntityKind::EnumValue, &name, member));
        }
    }
    Err(Diagnostic::error(
        "DBK0302",
        format!("`--drop {text}` names nothing that the migrations have"),
    )
    .help("a column is written `table.column`, an enum value `enum.value`"))
}

/// Reads the name of a column of `to`, as in `--backfill users.email=''`.
///
/// # Errors
/// A diagnostic if there is no such column.
pub fn parse_column(text: &str, to: &Schema) -> Result<EntityId, Diagnostic> {
    let found = split_member(text).filter(|(name, member)| {
        to.tables.get(name).is_some_and(|table| table.column(member).is_some())
    });
    match found {
        Some((name, member)) => Ok(EntityId::column(&name, member)),
        None => {
            Err(Diagnostic::error("DBK0302", format!("there is no column `{text}` in the code"))
                .help("it is written `table.column`"))
        }
    }
}
