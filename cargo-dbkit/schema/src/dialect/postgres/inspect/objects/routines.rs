//! Functions, procedures and aggregates.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind};

use super::super::reading::Reading;
use super::super::text::Fields;
use super::super::{MANAGED_NAMESPACE, no_member, query};
use super::{Class, add, comment, property, types};

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![
        query(
            "routines",
            format!(
                "
SELECT p.oid, n.nspname, p.proname, p.prokind, pg_catalog.oidvectortypes(p.proargtypes),
    pg_catalog.pg_get_functiondef(p.oid), d.description
FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
JOIN pg_catalog.pg_language l ON l.oid = p.prolang
{}
WHERE p.prokind IN ('f', 'p', 'w') AND {MANAGED_NAMESPACE} AND {}
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.pg_proc'::regclass AND x.objid = p.oid AND x.deptype = 'i')",
                comment("pg_proc", "p"),
                no_member("pg_proc", "p")
            ),
        ),
        query(
            "aggregates",
            format!(
                "
SELECT p.oid, n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid),
    pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(p.proname),
    pg_catalog.pg_get_function_arguments(p.oid), a.aggkind,
    a.aggtransfn, pg_catalog.format_type(a.aggtranstype, NULL), a.aggtransspace::text,
    CASE WHEN a.aggfinalfn <> 0 THEN a.aggfinalfn::text END, a.aggfinalextra, a.aggfinalmodify,
    CASE WHEN a.aggcombinefn <> 0 THEN a.aggcombinefn::text END,
    CASE WHEN a.aggserialfn <> 0 THEN a.aggserialfn::text END,
    CASE WHEN a.aggdeserialfn <> 0 THEN a.aggdeserialfn::text END,
    a.agginitval,
    CASE WHEN a.aggmtransfn <> 0 THEN a.aggmtransfn::text END,
    CASE WHEN a.aggminvtransfn <> 0 THEN a.aggminvtransfn::text END,
    CASE WHEN a.aggmtranstype <> 0 THEN pg_catalog.format_type(a.aggmtranstype, NULL) END,
    CASE WHEN a.aggmfinalfn <> 0 THEN a.aggmfinalfn::text END, a.aggminitval,
    CASE WHEN a.aggsortop <> 0 THEN (SELECT 'OPERATOR(' || pg_catalog.quote_ident(sn.nspname) || '.' || o.oprname || ')'
        FROM pg_catalog.pg_operator o JOIN pg_catalog.pg_namespace sn ON sn.oid = o.oprnamespace WHERE o.oid = a.aggsortop) END,
    p.proparallel, d.description
FROM pg_catalog.pg_aggregate a
JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
{}
WHERE {MANAGED_NAMESPACE} AND {}",
                comment("pg_proc", "p"),
                no_member("pg_proc", "p")
            ),
        ),
    ]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("routines") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let kind = if row.text() == "p" { EntityKind::Procedure } else { EntityKind::Function };
        let (arguments, definition) = (row.text(), row.text().to_owned());
        let comment = property("comment", row.owned());
        let id = EntityId::member(kind, &name, arguments);
        add(reading, Class::PROCEDURE, oid, id, definition, comment);
    }
    for row in catalog.of("aggregates") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let arguments = row.text();
        let quoted = types::quoted(row.text(), row.text());
        let signature = row.text();
        let kind = row.text();
        let mut options = Vec::new();
        options.push(format!("sfunc = {}", row.text()));
        options.push(format!("stype = {}", row.text()));
        options.extend(row.maybe().filter(|s| *s != "0").map(|space| format!("sspace = {space}")));
        let final_function = row.maybe();
        let (has_extra, modify) = (row.flag(), row.text());
        if let Some(function) = final_function {
            options.push(format!("finalfunc = {function}"));
            if has_extra {
                options.push("finalfunc_extra".to_owned());
            }
            let word = match modify {
                "r" if kind != "n" => Some("read_only"),
                "s" => Some("shareable"),
                "w" if kind == "n" => Some("read_write"),
                _ => None,
            };
            options.extend(word.map(|word| format!("finalfunc_modify = {word}")));
        }
        let literal = |text: &str| crate::dialect::postgres::types::literal(text);
        for word in ["combinefunc", "serialfunc", "deserialfunc"] {
            options.extend(row.maybe().map(|function| format!("{word} = {function}")));
        }
        options.extend(row.maybe().map(|value| format!("initcond = {}", literal(value))));
        for word in ["msfunc", "minvfunc", "mstype", "mfinalfunc"] {
            options.extend(row.maybe().map(|value| format!("{word} = {value}")));
        }
        options.extend(row.maybe().map(|value| format!("minitcond = {}", literal(value))));
        options.extend(row.maybe().map(|operator| format!("sortop = {operator}")));
        let word = match row.text() {
            "s" => Some("safe"),
            "r" => Some("restricted"),
            _ => None,
        };
        options.extend(word.map(|word| format!("parallel = {word}")));
        if kind == "h" {
            options.push("hypothetical".to_owned());
        }
        let comment = property("comment", row.owned());
        let signature = if signature.is_empty() { "*" } else { signature };
        let definition =
            format!("CREATE AGGREGATE {quoted}({signature}) (\n    {}\n)", options.join(",\n    "));
        let arguments = if arguments.is_empty() { "*" } else { arguments };
        let id = EntityId::member(EntityKind::Aggregate, &name, arguments);
        add(reading, Class::PROCEDURE, oid, id, definition, comment);
    }
}
