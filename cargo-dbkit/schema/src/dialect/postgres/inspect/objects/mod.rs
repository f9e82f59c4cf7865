//! Everything beside tables: what is kept as the server's own text.

mod access;
mod operators;
mod routines;
mod server;
mod subscriptions;
mod triggers;
mod types;
mod unmanaged;
mod views;

use crate::model::{EntityId, Extra, Object, Order};

pub(super) use self::types::read_row_types;

use super::Section;
use super::reading::{Class, Reading};

/// Types that columns may have come before the columns.
pub(super) const TYPES: Section = Section { queries: types::queries, read: types::read };
pub(super) const ROUTINES: Section = Section { queries: routines::queries, read: routines::read };
pub(super) const VIEWS: Section = Section { queries: views::queries, read: views::read };
pub(super) const TRIGGERS: Section = Section { queries: triggers::queries, read: triggers::read };
pub(super) const SERVER: Section = Section { queries: server::queries, read: server::read };
pub(super) const OPERATORS: Section =
    Section { queries: operators::queries, read: operators::read };
pub(super) const SUBSCRIPTIONS: Section =
    Section { queries: subscriptions::queries, read: subscriptions::read };
pub(super) const UNMANAGED: Section =
    Section { queries: unmanaged::queries, read: unmanaged::read };
/// Grants on anything, once everything is known.
pub(super) const ACCESS: Section = Section { queries: access::queries, read: access::read };

impl Class {
    const PROCEDURE: Self = Self(1255);
    const SERVER: Self = Self(1417);
    const USER_MAPPING: Self = Self(1418);
    const WRAPPER: Self = Self(2328);
    const REWRITE: Self = Self(2618);
    const TRIGGER: Self = Self(2620);
    pub(in super::super) const EXTENSION: Self = Self(3079);
    const POLICY: Self = Self(3256);
    const STATISTICS: Self = Self(3381);
    const COLLATION: Self = Self(3456);
    const CAST: Self = Self(2605);
    const OPERATOR_CLASS: Self = Self(2616);
    const OPERATOR: Self = Self(2617);
    const OPERATOR_FAMILY: Self = Self(2753);
    const DICTIONARY: Self = Self(3600);
    const CONFIGURATION: Self = Self(3602);
    const EVENT_TRIGGER: Self = Self(3466);
    const SUBSCRIPTION: Self = Self(6100);
    const PUBLICATION: Self = Self(6104);
}

/// The join that finds the comment of something.
fn comment(class: &str, alias: &str) -> String {
    format!(
        "LEFT JOIN pg_catalog.pg_description d ON d.objoid = {alias}.oid AND d.classoid = 'pg_catalog.{class}'::regclass AND d.objsubid = 0"
    )
}

/// Puts an object into the schema, with its properties.
fn add(
    reading: &mut Reading,
    class: Class,
    oid: u32,
    id: EntityId,
    definition: String,
    properties: impl IntoIterator<Item = (String, String)>,
) {
    reading.register(class, oid, id.clone());
    let definition = definition.trim().trim_end_matches(';').trim_end().to_owned();
    let properties: Vec<(String, String)> = properties.into_iter().collect();
    let order = Order(properties.iter().map(|(key, _)| key.clone()).collect());
    let extra = Extra { order, ..Extra::properties(properties) };
    let object = Object { id: id.clone(), definition, extra };
    reading.schema.objects.insert(id, object);
}

fn property(key: &str, value: Option<String>) -> Option<(String, String)> {
    value.map(|value| (key.to_owned(), value))
}
