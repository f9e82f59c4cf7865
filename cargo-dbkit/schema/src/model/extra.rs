//! What any entity may carry beside its own fields.

use std::collections::{BTreeMap, BTreeSet};

use super::EntityId;

/// What any entity may carry beside its own fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    /// What a dialect can change without making the entity anew, by key; the keys are the dialect's own.
    /// `grant:app` -> `SELECT, INSERT`, `with:fillfactor` -> `70`, `row_security` -> `forced`.
    pub properties: BTreeMap<String, String>,
    /// It comes from a parent table (a partition, inheritance), which also changes and drops it.
    pub is_inherited: bool,
    /// What it stands on.
    pub uses: Uses,
    /// In which order parameters were written.
    pub order: Order,
}

impl Extra {
    /// Only properties.
    pub fn properties<K: Into<String>, V: Into<String>>(
        properties: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let properties =
            properties.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        Self { properties, ..Self::default() }
    }

    /// Whether setting properties leads here from others: a constraint that rows were held against cannot forget it.
    pub fn follows(&self, other: &Self) -> bool {
        let is_open = |extra: &Self| extra.properties.contains_key("not_valid");
        !is_open(self) || is_open(other)
    }

    /// Whether it carries nothing that could be a difference.
    pub fn is_plain(&self) -> bool {
        self.properties.is_empty() && !self.is_inherited
    }
}

/// The names of storage parameters in the order in which they were written: a dump shows them so, but it is never a difference.
#[derive(Debug, Clone, Default)]
pub struct Order(pub Vec<String>);

impl Order {
    /// Sorts things by name: those that were written in their order, then the others.
    pub fn sort<T>(&self, things: &mut [T], name: impl for<'a> Fn(&'a T) -> &'a str) {
        let place = |thing: &T| {
            let place = self.0.iter().position(|known| known == name(thing));
            (place.unwrap_or(usize::MAX), name(thing).to_owned())
        };
        things.sort_by_key(place);
    }
}

impl PartialEq for Order {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Order {}

/// The things that an entity stands on, as the database's catalog says: they have to be there before it, and it has to be gone
/// before they go.
///
/// It follows from the definition, so it is never a difference: all are equal.
#[derive(Debug, Clone, Default)]
pub struct Uses(pub BTreeSet<EntityId>);

impl PartialEq for Uses {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Uses {}

impl FromIterator<EntityId> for Uses {
    fn from_iter<T: IntoIterator<Item = EntityId>>(ids: T) -> Self {
        Self(ids.into_iter().collect())
    }
}
