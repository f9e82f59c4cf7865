//! What is seen and not managed, by kind and name, so that nothing is lost silently.

use crate::dialect::{Catalog, CatalogQuery};

use super::super::query;
use super::super::reading::Reading;
use super::super::text::Fields;

const SQL: &str = "
SELECT x.kind, x.name FROM (
    SELECT 'conversion' AS kind, o.oid, 'pg_catalog.pg_conversion'::regclass AS class, o.conname::text AS name FROM pg_catalog.pg_conversion o WHERE o.oid >= 16384
    UNION ALL SELECT 'language', o.oid, 'pg_catalog.pg_language'::regclass, o.lanname::text FROM pg_catalog.pg_language o WHERE o.oid >= 16384
    UNION ALL SELECT 'transform', o.oid, 'pg_catalog.pg_transform'::regclass, pg_catalog.format_type(o.trftype, NULL) FROM pg_catalog.pg_transform o WHERE o.oid >= 16384
    UNION ALL SELECT 'access method', o.oid, 'pg_catalog.pg_am'::regclass, o.amname::text FROM pg_catalog.pg_am o WHERE o.oid >= 16384
    UNION ALL SELECT 'text search parser', o.oid, 'pg_catalog.pg_ts_parser'::regclass, o.prsname::text FROM pg_catalog.pg_ts_parser o WHERE o.oid >= 16384
    UNION ALL SELECT 'text search template', o.oid, 'pg_catalog.pg_ts_template'::regclass, o.tmplname::text FROM pg_catalog.pg_ts_template o WHERE o.oid >= 16384
    UNION ALL SELECT 'base type', t.oid, 'pg_catalog.pg_type'::regclass, pg_catalog.format_type(t.oid, NULL) FROM pg_catalog.pg_type t
        WHERE t.oid >= 16384 AND t.typtype = 'b' AND t.typelem = 0
) x
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = x.class AND d.objid = x.oid AND d.deptype IN ('e', 'i'))
ORDER BY 1, 2";

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![query("unmanaged", SQL)]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("unmanaged") {
        let mut row = Fields::of(row);
        let (kind, name) = (row.text(), row.text().to_owned());
        reading.leave(kind, name, None);
    }
}
