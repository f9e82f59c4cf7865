//! Implicit names stay as they are: an unnamed constraint that is the same except for its name is the same constraint.

use std::collections::BTreeSet;

use crate::model::{
    ByName, Check, Extra, ForeignKey, Index, Name, ObjectName, Schema, Table, Unique,
};

/// Gives implicit constraints and indexes of `to` the names that they have in `from`, and free names to new ones that one of those
/// stands in the way of.
pub(super) fn adopt_names(from: &Schema, mut to: Schema) -> Schema {
    let mut kept = BTreeSet::new();
    for (name, table) in &mut to.tables {
        // A table is shared until it is changed, and most tables are not.
        if let Some(known) = from.tables.get(name).filter(|known| *known != table) {
            let names = adopt_in_table(known, table);
            kept.extend(names.into_iter().map(|text| name.with_name(text)));
        }
    }
    if !kept.is_empty() {
        make_room(from, &mut to, &kept);
    }
    to
}

/// No name begins so: databases do not allow it.
const WAITING: char = '\0';

/// Gives back the names that were adopted instead of others.
fn adopt_in_table(from: &Table, to: &mut Table) -> Vec<String> {
    let mut kept = Vec::new();
    if let (Some(known), Some(key)) = (&from.primary_key, &mut to.primary_key)
        && key.name.is_implicit
        && known.columns == key.columns
    {
        if key.name != known.name {
            kept.push(known.name.text.clone());
        }
        key.name.clone_from(&known.name);
    }
    adopt(&from.uniques, &mut to.uniques, &mut kept);
    adopt(&from.foreign_keys, &mut to.foreign_keys, &mut kept);
    adopt(&from.checks, &mut to.checks, &mut kept);
    adopt(&from.indexes, &mut to.indexes, &mut kept);
    kept
}

/// The naming rule knows the tables as they are called now. A table that had another name keeps what it called its keys and indexes,
/// and a new one that takes the old name would call its own the same: a namespace has a name only once.
fn make_room(from: &Schema, to: &mut Schema, kept: &BTreeSet<ObjectName>) {
    let mut taken: BTreeSet<ObjectName> = names(to).into_iter().chain(names(from)).collect();
    for (name, table) in &mut to.tables {
        let known = from.tables.get(name);
        let mut rename = |own: &mut Name, is_known: bool| {
            if own.is_implicit && !is_known && kept.contains(&name.with_name(&own.text)) {
                own.text = free_name(name, &own.text, &mut taken);
            }
        };
        if let Some(key) = &mut table.primary_key {
            let known = known.and_then(|known| known.primary_key.as_ref());
            let is_known = known.is_some_and(|known| known.name == key.name);
            rename(&mut key.name, is_known);
        }
        make_room_for(known.map(|known| &known.uniques), &mut table.uniques, &mut rename);
        make_room_for(known.map(|known| &known.foreign_keys), &mut table.foreign_keys, &mut rename);
        make_room_for(known.map(|known| &known.checks), &mut table.checks, &mut rename);
        make_room_for(known.map(|known| &known.indexes), &mut table.indexes, &mut rename);
    }
}

fn make_room_for<T: Named>(
    known: Option<&ByName<T>>,
    all: &mut ByName<T>,
    rename: &mut impl FnMut(&mut Name, bool),
) {
    let keys: Vec<String> = all.keys().cloned().collect();
    for key in keys {
        let is_known = known.is_some_and(|known| known.contains_key(&key));
        let Some(mut value) = all.get(&key).cloned() else { continue };
        rename(value.name_mut(), is_known);
        if value.name().text != key {
            all.remove(&key);
            all.insert(value.name().text.clone(), value);
        }
    }
}

/// The names of tables, and of the constraints and indexes in them.
fn names(schema: &Schema) -> Vec<ObjectName> {
    let mut names: Vec<ObjectName> =
        schema.sequences.keys().chain(schema.tables.keys()).cloned().collect();
    for (name, table) in &schema.tables {
        let members = table.uniques.keys().chain(table.foreign_keys.keys());
        let members = members.chain(table.checks.keys()).chain(table.indexes.keys());
        let members = members.map(String::as_str);
        let key = table.primary_key.as_ref().map(|key| key.name.text.as_str());
        names.extend(members.chain(key).map(|member| name.with_name(member)));
    }
    names
        .extend(schema.objects.keys().filter(|id| id.member.is_none()).map(|id| id.object.clone()));
    names
}

/// The first number behind a name that nobody has. Databases keep 63 bytes.
fn free_name(table: &ObjectName, name: &str, taken: &mut BTreeSet<ObjectName>) -> String {
    const MAX: usize = 63;
    let mut number: usize = 1;
    loop {
        let suffix = number.to_string();
        let mut end = name.len().min(MAX - suffix.len());
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        let text = format!("{}{suffix}", &name[..end]);
        if taken.insert(table.with_name(&text)) {
            return text;
        }
        number += 1;
    }
}

/// Something in a table that has a name.
pub(super) trait Named: Clone + PartialEq {
    fn name(&self) -> &Name;
    fn name_mut(&mut self) -> &mut Name;
    fn extra(&self) -> &Extra;
    fn extra_mut(&mut self) -> &mut Extra;

    /// Whether the two are equal except for their names.
    fn is_same_but_for_name(&self, other: &Self) -> bool {
        let mut renamed = other.clone();
        renamed.name_mut().clone_from(self.name());
        *self == renamed
    }
}

macro_rules! named {
    ($($kind:ty),*) => {$(
        impl Named for $kind {
            fn name(&self) -> &Name {
                &self.name
            }

            fn name_mut(&mut self) -> &mut Name {
                &mut self.name
            }

            fn extra(&self) -> &Extra {
                &self.extra
            }

            fn extra_mut(&mut self) -> &mut Extra {
                &mut self.extra
            }
        }
    )*};
}

named!(Unique, ForeignKey, Check, Index);

fn adopt<T: Named>(from: &ByName<T>, to: &mut ByName<T>, kept: &mut Vec<String>) {
    let is_settled = |value: &T| from.get(&value.name().text).is_some_and(|known| known == value);
    let mut free: Vec<&T> = from
        .values()
        .filter(|known| {
            // What a person calls so keeps the name.
            known.name().is_implicit
                && to
                    .get(&known.name().text)
                    .is_none_or(|value| value != *known && value.name().is_implicit)
        })
        .collect();
    if free.is_empty() {
        return;
    }
    let keys: Vec<String> = to
        .iter()
        .filter(|(_, value)| value.name().is_implicit && !is_settled(value))
        .map(|(key, _)| key.clone())
        .collect();
    // Two passes, so that a name that is about to become free is not in the way of the one that takes it.
    let mut adopted = Vec::new();
    for key in keys {
        let Some(value) = to.get(&key) else { continue };
        let Some(found) = free.iter().position(|known| known.is_same_but_for_name(value)) else {
            continue;
        };
        let known = free.remove(found);
        if let Some(mut value) = to.remove(&key) {
            if key != known.name().text {
                kept.push(known.name().text.clone());
            }
            value.name_mut().clone_from(known.name());
            adopted.push(value);
        }
    }
    for value in adopted {
        let name = value.name().text.clone();
        if let Some(new) = to.insert(name.clone(), value) {
            // The naming rule called another one so. It waits beside it, until `make_room` finds a name for it.
            to.insert(format!("{WAITING}{name}"), new);
        }
    }
}
