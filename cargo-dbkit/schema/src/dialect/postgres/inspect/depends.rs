//! What stands on what: `pg_depend`, in one query.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::EntityId;

use super::reading::{Class, Reading};
use super::text::Fields;
use super::{objects, query};

// Things of the server itself have numbers below 16384.
const SQL: &str = "
SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid
FROM pg_catalog.pg_depend d
WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.deptype IN ('n', 'a')
    AND d.refclassid <> 'pg_catalog.pg_namespace'::regclass
ORDER BY d.objid, d.refobjid, d.refobjsubid";

/// What stands on something of an extension stands on the extension.
const MEMBERS: &str = "
SELECT d.classid, d.objid, d.refobjid FROM pg_catalog.pg_depend d
WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.objid >= 16384
ORDER BY 1, 2";

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![query("depends", SQL), query("members", MEMBERS)]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("members") {
        let mut row = Fields::of(row);
        let (class, oid, extension) = (Class(row.oid()), row.oid(), row.oid());
        if let Some(id) = reading.find(Class::EXTENSION, extension).cloned() {
            reading.register(class, oid, id);
        }
    }
    objects::read_row_types(catalog, reading);
    for row in catalog.of("depends") {
        let mut row = Fields::of(row);
        let mut side = || (Class(row.oid()), row.oid(), row.number().unwrap_or_default());
        let (owner, used) = (side(), side());
        let (Some(owner), Some(used)) = (entity(reading, owner), entity(reading, used)) else {
            continue;
        };
        // What belongs to a table needs no word for it.
        if owner == used || (owner.object == used.object && used.member.is_none()) {
            continue;
        }
        if let Some(extra) = reading.extra(&owner) {
            extra.uses.0.insert(used);
        }
    }
}

fn entity(reading: &Reading, (class, oid, sub): (Class, u32, i64)) -> Option<EntityId> {
    let id = reading.find(class, oid)?;
    if sub == 0 {
        return Some(id.clone());
    }
    // Columns of views and types are no entities of their own.
    Some(match reading.column(oid, sub) {
        Some(column) => EntityId::column(&id.object, column),
        None => id.clone(),
    })
}
