//! Grants on anything: what differs from the privileges that the server gives by itself.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind, ObjectName};

use super::super::query;
use super::super::reading::{Class, Reading};
use super::super::text::Fields;

const SQL: &str = "
WITH owned AS (
    SELECT 1259 AS class, c.oid, 0 AS sub, c.relacl AS acl,
        pg_catalog.acldefault(CASE c.relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r'::\"char\" END, c.relowner) AS base
    FROM pg_catalog.pg_class c WHERE c.relacl IS NOT NULL AND c.oid >= 16384
    UNION ALL
    SELECT 1259, a.attrelid, a.attnum, a.attacl, NULL::aclitem[]
    FROM pg_catalog.pg_attribute a WHERE a.attacl IS NOT NULL AND a.attrelid >= 16384 AND NOT a.attisdropped
    UNION ALL
    SELECT 1255, p.oid, 0, p.proacl, pg_catalog.acldefault('f', p.proowner)
    FROM pg_catalog.pg_proc p WHERE p.proacl IS NOT NULL AND p.oid >= 16384
    UNION ALL
    SELECT 2615, n.oid, 0, n.nspacl, COALESCE(i.initprivs, pg_catalog.acldefault('n', n.nspowner))
    FROM pg_catalog.pg_namespace n
    LEFT JOIN pg_catalog.pg_init_privs i ON i.objoid = n.oid AND i.classoid = 'pg_catalog.pg_namespace'::regclass
    WHERE n.nspacl IS NOT NULL AND (n.oid >= 16384 OR n.nspname = 'public')
    UNION ALL
    SELECT 1247, t.oid, 0, t.typacl, pg_catalog.acldefault('T', t.typowner)
    FROM pg_catalog.pg_type t WHERE t.typacl IS NOT NULL AND t.oid >= 16384
    UNION ALL
    SELECT 2328, w.oid, 0, w.fdwacl, pg_catalog.acldefault('F', w.fdwowner)
    FROM pg_catalog.pg_foreign_data_wrapper w WHERE w.fdwacl IS NOT NULL AND w.oid >= 16384
    UNION ALL
    SELECT 1417, s.oid, 0, s.srvacl, pg_catalog.acldefault('S', s.srvowner)
    FROM pg_catalog.pg_foreign_server s WHERE s.srvacl IS NOT NULL
), differing AS (
    SELECT o.class, o.oid, o.sub, true AS is_added, y.grantee, y.privilege_type, y.is_grantable
    FROM owned o CROSS JOIN LATERAL (
        SELECT grantee, privilege_type, is_grantable FROM pg_catalog.aclexplode(o.acl)
        EXCEPT SELECT grantee, privilege_type, is_grantable FROM pg_catalog.aclexplode(o.base)) y
    UNION ALL
    SELECT o.class, o.oid, o.sub, false, y.grantee, y.privilege_type, false
    FROM owned o CROSS JOIN LATERAL (
        SELECT grantee, privilege_type FROM pg_catalog.aclexplode(o.base)
        EXCEPT SELECT grantee, privilege_type FROM pg_catalog.aclexplode(o.acl)) y
)
SELECT d.class, d.oid, d.sub, d.is_added, CASE d.grantee WHEN 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(d.grantee) END,
    pg_catalog.string_agg(d.privilege_type || CASE WHEN d.is_grantable THEN '*' ELSE '' END, ', ' ORDER BY d.privilege_type)
FROM differing d
GROUP BY d.class, d.oid, d.sub, d.is_added, d.grantee
ORDER BY 1, 2, 3, 4, 5";

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![query("grants", SQL)]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("grants") {
        let mut row = Fields::of(row);
        let (class, oid, sub) = (Class(row.oid()), row.oid(), row.number().unwrap_or_default());
        let (is_added, grantee, privileges) = (row.flag(), row.text(), row.text());
        let Some(owner) = reading.find(class, oid).cloned() else { continue };
        let sign = if is_added { "grant" } else { "revoke" };
        let (id, key) = match (sub, owner.kind) {
            // The sequence behind an identity column.
            (0, EntityKind::Column) => (owner, format!("sequence_{sign}:{grantee}")),
            (0, _) => (owner, format!("{sign}:{grantee}")),
            (_, EntityKind::Table) => {
                let Some(column) = reading.column(oid, sub).map(str::to_owned) else { continue };
                (EntityId::column(&owner.object, column), format!("{sign}:{grantee}"))
            }
            // Columns of views are no entities of their own.
            (number, _) => {
                let Some(part) = reading.part(oid, number) else { continue };
                let name = ObjectName::qualified(grantee, part);
                (owner, format!("{sign}_column:{name}"))
            }
        };
        if let Some(extra) = reading.extra(&id) {
            extra.properties.insert(key, privileges.to_owned());
        }
    }
}
