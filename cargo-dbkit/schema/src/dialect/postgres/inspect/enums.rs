//! Enum types.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind, EnumType, Extra};

use super::reading::{Class, Reading};
use super::text::Fields;
use super::{MANAGED_NAMESPACE, no_member, query};

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![query(
        "enums",
        format!(
            "
SELECT t.oid, t.typarray, n.nspname, t.typname, d.description, e.enumlabel
FROM pg_catalog.pg_type t
JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid
LEFT JOIN pg_catalog.pg_description d ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_type'::regclass
WHERE t.typtype = 'e' AND {MANAGED_NAMESPACE} AND {}
ORDER BY n.nspname, t.typname, e.enumsortorder",
            no_member("pg_type", "t")
        ),
    )]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("enums") {
        let mut row = Fields::of(row);
        let (oid, array, name) = (row.oid(), row.oid(), row.name());
        let (comment, value) = (row.owned(), row.owned());
        let id = EntityId::object(EntityKind::Enum, name.clone());
        reading.register(Class::TYPE, oid, id.clone());
        reading.register(Class::TYPE, array, id);
        let known = reading.schema.enums.entry(name.clone()).or_insert_with(|| EnumType {
            name,
            values: Vec::new(),
            comment,
            extra: Extra::default(),
        });
        known.values.extend(value);
    }
}
