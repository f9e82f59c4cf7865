//! Triggers and policies.

use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{EntityId, EntityKind};

use super::super::query;
use super::super::reading::Reading;
use super::super::text::{Fields, array};
use super::{Class, add, comment, property, views};

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![
        query(
            "triggers",
            format!(
                "
SELECT t.oid, t.tgrelid, t.tgname, pg_catalog.pg_get_triggerdef(t.oid, false), t.tgenabled, d.description
FROM pg_catalog.pg_trigger t
{}
WHERE NOT t.tgisinternal AND t.tgparentid = 0
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog.pg_trigger'::regclass AND x.objid = t.oid AND x.deptype = 'e')",
                comment("pg_trigger", "t")
            ),
        ),
        query(
            "policies",
            format!(
                "
SELECT p.oid, p.polrelid, p.polname, pg_catalog.quote_ident(p.polname), c.oid::regclass::text, p.polpermissive, p.polcmd,
    CASE WHEN p.polroles = '{{0}}' THEN NULL
        ELSE ARRAY(SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r)) END
            FROM unnest(p.polroles) AS r ORDER BY 1) END,
    pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid), d.description
FROM pg_catalog.pg_policy p
JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
{}",
                comment("pg_policy", "p")
            ),
        ),
    ]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("triggers") {
        let mut row = Fields::of(row);
        let (oid, relation, name) = (row.oid(), row.oid(), row.text());
        let Some(relation) = reading.find(Class::RELATION, relation).map(|id| id.object.clone())
        else {
            continue;
        };
        let definition = row.text().to_owned();
        let mut properties = Vec::new();
        properties.extend(views::enabled(row.text()));
        properties.extend(property("comment", row.owned()));
        let id = EntityId::member(EntityKind::Trigger, &relation, name);
        add(reading, Class::TRIGGER, oid, id, definition, properties);
    }
    for row in catalog.of("policies") {
        let mut row = Fields::of(row);
        let (oid, relation, name) = (row.oid(), row.oid(), row.text());
        let (quoted, table) = (row.text(), row.text());
        let is_permissive = row.flag();
        let command = match row.text() {
            "r" => " FOR SELECT",
            "a" => " FOR INSERT",
            "w" => " FOR UPDATE",
            "d" => " FOR DELETE",
            _ => "",
        };
        let roles = row.maybe().map(array);
        let (using, check) = (row.maybe(), row.maybe());
        let comment = property("comment", row.owned());
        let Some(relation) = reading.find(Class::RELATION, relation).map(|id| id.object.clone())
        else {
            continue;
        };
        let mut definition = format!("CREATE POLICY {quoted} ON {table}");
        if !is_permissive {
            definition.push_str(" AS RESTRICTIVE");
        }
        definition.push_str(command);
        if let Some(roles) = roles {
            definition.push_str(&format!(" TO {}", roles.join(", ")));
        }
        if let Some(using) = using {
            definition.push_str(&format!("\n    USING ({using})"));
        }
        if let Some(check) = check {
            definition.push_str(&format!("\n    WITH CHECK ({check})"));
        }
        let id = EntityId::member(EntityKind::Policy, &relation, name);
        add(reading, Class::POLICY, oid, id, definition, comment);
    }
}
