//! Implicit names stay as they are: an unnamed constraint that is the same except for its name is the same constraint.

use crate::model::{ByName, Check, Extra, ForeignKey, Index, Name, Schema, Table, Unique};

/// Gives implicit constraints and indexes of `to` the names that they have in `from`.
pub(super) fn adopt_names(from: &Schema, mut to: Schema) -> Schema {
    for (name, table) in &mut to.tables {
        if let Some(known) = from.tables.get(name) {
            adopt_in_table(known, table);
        }
    }
    to
}

fn adopt_in_table(from: &Table, to: &mut Table) {
    if let (Some(known), Some(key)) = (&from.primary_key, &mut to.primary_key)
        && key.name.is_implicit
        && known.columns == key.columns
    {
        key.name.clone_from(&known.name);
    }
    adopt(&from.uniques, &mut to.uniques);
    adopt(&from.foreign_keys, &mut to.foreign_keys);
    adopt(&from.checks, &mut to.checks);
    adopt(&from.indexes, &mut to.indexes);
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

fn adopt<T: Named>(from: &ByName<T>, to: &mut ByName<T>) {
    let is_settled = |value: &T| from.get(&value.name().text).is_some_and(|known| known == value);
    let mut free: Vec<&T> = from
        .values()
        .filter(|known| {
            known.name().is_implicit
                && to.get(&known.name().text).is_none_or(|value| value != *known)
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
            value.name_mut().clone_from(known.name());
            adopted.push(value);
        }
    }
    for value in adopted {
        to.insert(value.name().text.clone(), value);
    }
}
