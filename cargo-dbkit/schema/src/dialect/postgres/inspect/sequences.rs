//! Sequences: those that stand alone, those behind identity columns and those behind `serial`.

use crate::dialect::postgres::types;
use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{
    Column, DefaultValue, EntityId, EntityKind, Extra, Identity, IdentityKind, ObjectName,
    Sequence, SequenceOptions,
};

use super::reading::{Class, Reading};
use super::text::Fields;
use super::{MANAGED_NAMESPACE, no_member, query};

pub(super) fn queries(_version: u32) -> Vec<CatalogQuery> {
    vec![query(
        "sequences",
        format!(
            "
SELECT c.oid, n.nspname, c.relname, c.relpersistence, c.relacl IS NULL, o.relpersistence,
    pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle,
    w.deptype, w.refobjid, w.refobjsubid, d.description
FROM pg_catalog.pg_sequence s
JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend w ON w.classid = 'pg_catalog.pg_class'::regclass AND w.objid = c.oid AND w.objsubid = 0
    AND w.refclassid = 'pg_catalog.pg_class'::regclass AND w.deptype IN ('a', 'i')
LEFT JOIN pg_catalog.pg_class o ON o.oid = w.refobjid
LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
WHERE {MANAGED_NAMESPACE} AND c.relname !~ '^_dbkit_migrations' AND {}
ORDER BY n.nspname, c.relname",
            no_member("pg_class", "c")
        ),
    )]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("sequences") {
        let mut row = Fields::of(row);
        let (oid, name) = (row.oid(), row.name());
        let (persistence, has_no_grants, owners_persistence) =
            (row.text(), row.flag(), row.maybe());
        let ty = types::read(row.text());
        let options = SequenceOptions {
            start: row.number(),
            increment: row.number(),
            min: row.number(),
            max: row.number(),
            cache: row.number(),
            cycle: row.flag(),
        };
        let options = types::sequence_options(&ty, options);
        let (ownership, owner_table, owner_column) = (row.maybe(), row.oid(), row.number());
        let comment = row.owned();
        let owner = owner_column.and_then(|number| {
            let table = reading.table_name(owner_table)?.clone();
            let column = reading.column(owner_table, number)?.to_owned();
            Some((table, column))
        });
        if let Some((table, column)) = &owner {
            let id = EntityId::column(table, column.as_str());
            let found = reading.schema.tables.get_mut(table);
            let Some(found) = found.and_then(|table| table.column_mut(column)) else { continue };
            if ownership == Some("i") {
                if name != types::serial_sequence(table, column) {
                    let properties = &mut found.extra.properties;
                    properties.insert("identity_sequence".to_owned(), name.to_string());
                }
                if let Some(identity) = &mut found.identity {
                    identity.options = options;
                }
                reading.register(Class::RELATION, oid, id);
                continue;
            }
            let is_plain = options == SequenceOptions::default()
                && comment.is_none()
                && has_no_grants
                && owners_persistence.is_some_and(|owners| owners == persistence);
            if is_plain && ty == found.ty && is_serial(table, found, &name) {
                found.identity = Some(Box::new(Identity { kind: IdentityKind::Serial, options }));
                found.default = None;
                reading.register(Class::RELATION, oid, id);
                continue;
            }
        }
        reading.register(
            Class::RELATION,
            oid,
            EntityId::object(EntityKind::Sequence, name.clone()),
        );
        let mut extra = Extra::default();
        if let Some((table, column)) = owner {
            let id = EntityId::column(&table, column);
            extra.properties.insert("owned_by".to_owned(), id.to_string());
        }
        if persistence == "u" {
            extra.properties.insert("unlogged".to_owned(), "on".to_owned());
        }
        let sequence = Sequence { name: name.clone(), ty: Some(ty), options, comment, extra };
        reading.schema.sequences.insert(name, sequence);
    }
}

/// Whether `serial` would have made just this default from a sequence of that name.
fn is_serial(table: &ObjectName, column: &Column, sequence: &ObjectName) -> bool {
    let Some(DefaultValue::Expression(default)) = &column.default else { return false };
    !column.is_nullable
        && *sequence == types::serial_sequence(table, &column.name)
        && types::next_value_of(default).as_ref() == Some(sequence)
}
