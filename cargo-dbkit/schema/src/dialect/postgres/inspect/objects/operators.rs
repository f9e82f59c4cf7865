//! Operators, their classes and families, casts, and text search.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind, ObjectName};

use super::super::reading::Reading;
use super::super::text::{Fields, array};
use super::super::{MANAGED_NAMESPACE, no_member, query};
use super::{Class, add, comment, property};

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    let named = |column: &str| {
        format!(
            "(SELECT 'OPERATOR(' || pg_catalog.quote_ident(on_.nspname) || '.' || oo.oprname || ')' FROM pg_catalog.pg_operator oo
        JOIN pg_catalog.pg_namespace on_ ON on_.oid = oo.oprnamespace WHERE oo.oid = {column})"
        )
    };
    // What belongs to a class depends on it; what stands loose in a family depends on that.
    let members = |class: &str, owner: &str| {
        format!(
            "ARRAY(SELECT m.text FROM (
        SELECT 1 AS kind, a.amopstrategy AS number, 'OPERATOR ' || a.amopstrategy || ' ' || a.amopopr::regoperator::text
            || CASE WHEN a.amopsortfamily <> 0 THEN (SELECT ' FOR ORDER BY ' || pg_catalog.quote_ident(fn.nspname) || '.' || pg_catalog.quote_ident(f.opfname)
                FROM pg_catalog.pg_opfamily f JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace WHERE f.oid = a.amopsortfamily) ELSE '' END AS text
        FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_amop a ON a.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_amop'::regclass AND d.refclassid = 'pg_catalog.{class}'::regclass AND d.refobjid = {owner} AND d.deptype IN ('i', 'a')
        UNION ALL
        SELECT 2, p.amprocnum, 'FUNCTION ' || p.amprocnum || ' (' || pg_catalog.format_type(p.amproclefttype, NULL) || ', '
            || pg_catalog.format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::regprocedure::text
        FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_amproc p ON p.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_amproc'::regclass AND d.refclassid = 'pg_catalog.{class}'::regclass AND d.refobjid = {owner} AND d.deptype IN ('i', 'a')
    ) m ORDER BY m.kind, m.number, m.text)"
        )
    };
    vec![
        query(
            "operators",
            format!(
                "
SELECT o.oid, n.nspname, o.oprname, pg_catalog.quote_ident(n.nspname),
    CASE WHEN o.oprleft <> 0 THEN pg_catalog.format_type(o.oprleft, NULL) END,
    CASE WHEN o.oprright <> 0 THEN pg_catalog.format_type(o.oprright, NULL) END,
    o.oprcode::text, {}, {},
    CASE WHEN o.oprrest <> 0 THEN o.oprrest::text END, CASE WHEN o.oprjoin <> 0 THEN o.oprjoin::text END,
    o.oprcanhash, o.oprcanmerge, d.description
FROM pg_catalog.pg_operator o
JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
{}
WHERE o.oprcode <> 0 AND {MANAGED_NAMESPACE} AND {}
ORDER BY 2, 3, 5, 6",
                named("o.oprcom"),
                named("o.oprnegate"),
                comment("pg_operator", "o"),
                no_member("pg_operator", "o")
            ),
        ),
        query(
            "operator_families",
            format!(
                "
SELECT f.oid, n.nspname, f.opfname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(f.opfname), m.amname, {}, d.description
FROM pg_catalog.pg_opfamily f
JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
JOIN pg_catalog.pg_am m ON m.oid = f.opfmethod
{}
WHERE {MANAGED_NAMESPACE} AND {}
ORDER BY 2, 3, 6",
                members("pg_opfamily", "f.oid"),
                comment("pg_opfamily", "f"),
                no_member("pg_opfamily", "f")
            ),
        ),
        query(
            "operator_classes",
            format!(
                "
SELECT c.oid, n.nspname, c.opcname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(c.opcname), m.amname,
    c.opcdefault, pg_catalog.format_type(c.opcintype, NULL),
    CASE WHEN c.opckeytype <> 0 THEN pg_catalog.format_type(c.opckeytype, NULL) END,
    pg_catalog.quote_ident(fn.nspname), pg_catalog.quote_ident(f.opfname), {}, d.description
FROM pg_catalog.pg_opclass c
JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace
JOIN pg_catalog.pg_am m ON m.oid = c.opcmethod
JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
{}
WHERE {MANAGED_NAMESPACE} AND {}
ORDER BY 2, 3, 6",
                members("pg_opclass", "c.oid"),
                comment("pg_opclass", "c"),
                no_member("pg_opclass", "c")
            ),
        ),
        query(
            "operator_members",
            "
SELECT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_catalog.pg_depend d
WHERE d.classid IN ('pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass) AND d.objid >= 16384
    AND d.refclassid IN ('pg_catalog.pg_opclass'::regclass, 'pg_catalog.pg_opfamily'::regclass) AND d.deptype IN ('i', 'a')
ORDER BY 1, 2",
        ),
        query(
            "casts",
            format!(
                "
SELECT c.oid, pg_catalog.format_type(c.castsource, NULL), pg_catalog.format_type(c.casttarget, NULL), c.castmethod, c.castcontext,
    CASE WHEN c.castfunc <> 0 THEN c.castfunc::regprocedure::text END, d.description
FROM pg_catalog.pg_cast c
{}
WHERE c.oid >= 16384 AND {}
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend i WHERE i.classid = 'pg_catalog.pg_cast'::regclass AND i.objid = c.oid AND i.deptype = 'i')
ORDER BY 2, 3",
                comment("pg_cast", "c"),
                no_member("pg_cast", "c")
            ),
        ),
        query(
            "dictionaries",
            format!(
                "
SELECT t.oid, n.nspname, t.dictname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(t.dictname),
    pg_catalog.quote_ident(pn.nspname), pg_catalog.quote_ident(p.tmplname), t.dictinitoption, d.description
FROM pg_catalog.pg_ts_dict t
JOIN pg_catalog.pg_namespace n ON n.oid = t.dictnamespace
JOIN pg_catalog.pg_ts_template p ON p.oid = t.dicttemplate
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.tmplnamespace
{}
WHERE {MANAGED_NAMESPACE} AND {}
ORDER BY 2, 3",
                comment("pg_ts_dict", "t"),
                no_member("pg_ts_dict", "t")
            ),
        ),
        query(
            "configurations",
            format!(
                "
SELECT t.oid, n.nspname, t.cfgname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(t.cfgname),
    pg_catalog.quote_ident(pn.nspname), pg_catalog.quote_ident(p.prsname),
    ARRAY(SELECT k.alias || ' ' || (SELECT pg_catalog.string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno)
            FROM pg_catalog.pg_ts_config_map m WHERE m.mapcfg = t.oid AND m.maptokentype = k.tokid)
        FROM pg_catalog.ts_token_type(t.cfgparser) k
        WHERE EXISTS (SELECT FROM pg_catalog.pg_ts_config_map m WHERE m.mapcfg = t.oid AND m.maptokentype = k.tokid)
        ORDER BY k.alias),
    d.description
FROM pg_catalog.pg_ts_config t
JOIN pg_catalog.pg_namespace n ON n.oid = t.cfgnamespace
JOIN pg_catalog.pg_ts_parser p ON p.oid = t.cfgparser
JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
{}
WHERE {MANAGED_NAMESPACE} AND {}
ORDER BY 2, 3",
                comment("pg_ts_config", "t"),
                no_member("pg_ts_config", "t")
            ),
        ),
    ]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("operators") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let quoted = format!("{}.{}", row.text(), name.name);
        let (left, right) = (row.maybe(), row.maybe());
        let mut options = vec![format!("FUNCTION = {}", row.text())];
        options.extend(left.map(|ty| format!("LEFTARG = {ty}")));
        options.extend(right.map(|ty| format!("RIGHTARG = {ty}")));
        for word in ["COMMUTATOR", "NEGATOR", "RESTRICT", "JOIN"] {
            options.extend(row.maybe().map(|value| format!("{word} = {value}")));
        }
        for word in ["HASHES", "MERGES"] {
            options.extend(row.flag().then(|| word.to_owned()));
        }
        let arguments = format!("{}, {}", left.unwrap_or("NONE"), right.unwrap_or("NONE"));
        let id = EntityId::member(EntityKind::Operator, &name, arguments);
        let definition = format!("CREATE OPERATOR {quoted} (\n    {}\n)", options.join(",\n    "));
        add(reading, Class::OPERATOR, oid, id, definition, property("comment", row.owned()));
    }
    for row in catalog.of("operator_families") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let quoted = format!("{}.{}", row.text(), row.text());
        let (method, members) = (row.text(), array(row.text()));
        let mut definition = format!("CREATE OPERATOR FAMILY {quoted} USING {method}");
        if !members.is_empty() {
            definition.push_str(&format!(
                ";\nALTER OPERATOR FAMILY {quoted} USING {method} ADD\n    {}",
                members.join(",\n    ")
            ));
        }
        let id = EntityId::member(EntityKind::OperatorFamily, &name, method);
        add(reading, Class::OPERATOR_FAMILY, oid, id, definition, property("comment", row.owned()));
    }
    for row in catalog.of("operator_classes") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let quoted = format!("{}.{}", row.text(), row.text());
        let method = row.text();
        let default = if row.flag() { "DEFAULT " } else { "" };
        let ty = row.text();
        let storage = row.maybe().map(|ty| format!("STORAGE {ty}"));
        let family = format!("{}.{}", row.text(), row.text());
        let mut members: Vec<String> = storage.into_iter().collect();
        members.extend(array(row.text()));
        if members.is_empty() {
            members.push(format!("STORAGE {ty}"));
        }
        let definition = format!(
            "CREATE OPERATOR CLASS {quoted}\n    {default}FOR TYPE {ty} USING {method} FAMILY {family} AS\n    {}",
            members.join(",\n    ")
        );
        let id = EntityId::member(EntityKind::OperatorClass, &name, method);
        add(reading, Class::OPERATOR_CLASS, oid, id, definition, property("comment", row.owned()));
    }
    for row in catalog.of("operator_members") {
        let mut row = Fields::of(row);
        let (class, oid) = (Class(row.oid()), row.oid());
        let (owner_class, owner) = (Class(row.oid()), row.oid());
        if let Some(id) = reading.find(owner_class, owner).cloned() {
            reading.register(class, oid, id);
        }
    }
    for row in catalog.of("casts") {
        let mut row = Fields::of(row);
        let oid = row.oid();
        let name = format!("{} AS {}", row.text(), row.text());
        let (method, context, function) = (row.text(), row.text(), row.maybe());
        let by = match (method, function) {
            ("f", Some(function)) => format!("WITH FUNCTION {function}"),
            ("i", _) => "WITH INOUT".to_owned(),
            _ => "WITHOUT FUNCTION".to_owned(),
        };
        let when = match context {
            "a" => " AS ASSIGNMENT",
            "i" => " AS IMPLICIT",
            _ => "",
        };
        let definition = format!("CREATE CAST ({name}) {by}{when}");
        let id = EntityId::object(EntityKind::Cast, ObjectName::new(name));
        add(reading, Class::CAST, oid, id, definition, property("comment", row.owned()));
    }
    for row in catalog.of("dictionaries") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let quoted = format!("{}.{}", row.text(), row.text());
        let template = format!("{}.{}", row.text(), row.text());
        let options = row.maybe().map(|options| format!(", {options}")).unwrap_or_default();
        let definition =
            format!("CREATE TEXT SEARCH DICTIONARY {quoted} (TEMPLATE = {template}{options})");
        let id = EntityId::object(EntityKind::TextSearchDictionary, name);
        add(reading, Class::DICTIONARY, oid, id, definition, property("comment", row.owned()));
    }
    for row in catalog.of("configurations") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let quoted = format!("{}.{}", row.text(), row.text());
        let parser = format!("{}.{}", row.text(), row.text());
        let mappings = array(row.text());
        let mut properties: Vec<(String, String)> = mappings
            .iter()
            .filter_map(|mapping| mapping.split_once(' '))
            .map(|(token, dictionaries)| (format!("mapping:{token}"), dictionaries.to_owned()))
            .collect();
        properties.extend(property("comment", row.owned()));
        let definition = format!("CREATE TEXT SEARCH CONFIGURATION {quoted} (PARSER = {parser})");
        let id = EntityId::object(EntityKind::TextSearchConfiguration, name);
        add(reading, Class::CONFIGURATION, oid, id, definition, properties);
    }
}
