//! Namespaces.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind, Extra, Namespace, ObjectName};

use super::reading::{Class, Reading};
use super::text::Fields;
use super::{MANAGED_NAMESPACE, no_member, query};

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![query(
        "namespaces",
        format!(
            "
SELECT n.oid, n.nspname, d.description
FROM pg_catalog.pg_namespace n
LEFT JOIN pg_catalog.pg_description d ON d.objoid = n.oid AND d.classoid = 'pg_catalog.pg_namespace'::regclass
WHERE {MANAGED_NAMESPACE} AND {}
ORDER BY n.nspname",
            no_member("pg_namespace", "n")
        ),
    )]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("namespaces") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.text().to_owned());
        let id = EntityId::object(EntityKind::Namespace, ObjectName::new(&name));
        reading.register(Class::NAMESPACE, oid, id);
        // What the server itself says of `public`.
        let comment =
            row.owned().filter(|said| name != "public" || said != "standard public schema");
        let namespace = Namespace { name: name.clone(), comment, extra: Extra::default() };
        reading.schema.namespaces.insert(name, namespace);
    }
}
