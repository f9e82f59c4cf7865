//! Constraints of tables, with what the indexes behind them say.

use sea_query::PostgresQueryBuilder;

use crate::dialect::postgres::types;
use crate::dialect::sql::Sql;
use crate::dialect::{Catalog, CatalogQuery};
use crate::model::{
    Check, Deferrable, EntityId, EntityKind, Extra, ForeignKey, MatchType, Name, Object,
    PrimaryKey, ReferentialAction, Unique,
};

use super::reading::{Class, Reading};
use super::text::{Fields, order, parameters};
use super::{MANAGED_NAMESPACE, query};

pub(super) fn queries(version: u32) -> Vec<CatalogQuery> {
    let from = |least: u32, column: &'static str, before: &'static str| {
        if version >= least { column } else { before }
    };
    let nulls_not_distinct = from(150_000, "i.indnullsnotdistinct", "false");
    let set_columns = from(150_000, "con.confdelsetcols", "NULL");
    let is_enforced = from(180_000, "con.conenforced", "true");
    let is_temporal = from(180_000, "con.conperiod", "false");
    // A foreign key to a partitioned table has a row for each of its partitions, which nobody wrote.
    vec![query(
        "constraints",
        format!(
            "
SELECT con.oid, con.conrelid, con.conname, con.contype, con.condeferrable, con.condeferred, con.convalidated,
    {is_enforced}, con.conislocal, con.coninhcount, con.connoinherit, con.conkey,
    con.confrelid, con.confkey, con.confupdtype, con.confdeltype, con.confmatchtype, {set_columns}, {is_temporal},
    CASE con.contype WHEN 'c' THEN pg_catalog.pg_get_expr(con.conbin, con.conrelid)
        WHEN 'x' THEN pg_catalog.pg_get_constraintdef(con.oid) END,
    d.description, i.indexrelid, {nulls_not_distinct}, i.indnkeyatts, i.indkey, i.indisclustered,
    ic.reloptions, s.spcname, di.description
FROM pg_catalog.pg_constraint con
JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint p ON p.oid = con.conparentid
LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = con.conindid AND con.contype IN ('p', 'u', 'x')
LEFT JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = ic.reltablespace
LEFT JOIN pg_catalog.pg_description d ON d.objoid = con.oid AND d.classoid = 'pg_catalog.pg_constraint'::regclass
LEFT JOIN pg_catalog.pg_description di ON di.objoid = i.indexrelid AND di.classoid = 'pg_catalog.pg_class'::regclass AND di.objsubid = 0
WHERE c.relkind IN ('r', 'p') AND {MANAGED_NAMESPACE} AND con.contype IN ('p', 'u', 'f', 'c', 'x')
    AND p.conrelid IS DISTINCT FROM con.conrelid
ORDER BY con.conrelid, con.conname"
        ),
    )]
}

pub(super) fn read(catalog: &Catalog, reading: &mut Reading) {
    for row in catalog.of("constraints") {
        let mut row = Fields::of(row);
        let (oid, relation, name, kind) = (row.oid(), row.oid(), row.text(), row.text());
        let Some(table) = reading.table_name(relation).cloned() else { continue };
        let deferrable = match (row.flag(), row.flag()) {
            (true, true) => Some(Deferrable::Deferred),
            (true, false) => Some(Deferrable::Immediate),
            (false, _) => None,
        };
        let (is_valid, is_enforced) = (row.flag(), row.flag());
        let (is_local, parents) = (row.flag(), row.number().unwrap_or_default());
        let is_no_inherit = row.flag();
        let columns = reading.columns(relation, &row.array());
        let (target, target_columns) = (row.oid(), row.array());
        let (on_update, on_delete) = (action(row.text()), action(row.text()));
        let match_type = if row.text() == "f" { MatchType::Full } else { MatchType::Simple };
        let set_columns = reading.columns(relation, &row.array());
        let is_temporal = row.flag();
        let definition = row.maybe();
        let mut extra = Extra::default();
        let mut set = |key: &str, value: &str| {
            extra.properties.insert(key.to_owned(), value.to_owned());
        };
        if let Some(comment) = row.maybe() {
            set("comment", comment);
        }
        if !is_enforced {
            set("not_enforced", "on");
        } else if !is_valid {
            set("not_valid", "on");
        }
        if parents > 0 && is_local {
            set("local", "on");
        }
        let (index, nulls_not_distinct) = (row.oid(), row.flag());
        let (key_columns, index_columns) = (row.number().unwrap_or_default(), row.array());
        let is_clustered = row.flag();
        let parameters_of_index = row.array();
        for (key, value) in parameters(&parameters_of_index) {
            set(&format!("with:{key}"), value);
        }
        if let Some(tablespace) = row.maybe() {
            set("tablespace", tablespace);
        }
        if let Some(comment) = row.maybe() {
            set("index_comment", comment);
        }
        extra.is_inherited = parents > 0;
        extra.order = order("with:", &parameters_of_index);
        let included = index_columns.get(usize::try_from(key_columns).unwrap_or_default()..);
        let include = reading.columns(relation, included.unwrap_or_default());

        let explicit = Name::explicit(name);
        let id = |kind| EntityId::member(kind, &table, name);
        let id = match kind {
            "p" => id(EntityKind::PrimaryKey),
            "u" => id(EntityKind::Unique),
            "f" => id(EntityKind::ForeignKey),
            "x" => id(EntityKind::Exclusion),
            _ => id(EntityKind::Check),
        };
        let references = reading.table_name(target).cloned();
        let referenced_columns = reading.columns(target, &target_columns);
        if kind == "f" && references.is_none() {
            reading.leave("foreign key to a table that is not managed", id.to_string(), Some(id));
            continue;
        }
        reading.register(Class::CONSTRAINT, oid, id.clone());
        if index != 0 {
            reading.register(Class::RELATION, index, id.clone());
        }
        if kind == "x" {
            let definition = Sql::start(PostgresQueryBuilder, "ALTER TABLE ")
                .object(&table)
                .raw(" ADD CONSTRAINT ")
                .name(name)
                .raw(" ")
                .raw(definition.unwrap_or_default())
                .finish();
            reading.schema.objects.insert(id.clone(), Object { id, definition, extra });
            continue;
        }
        let Some(table) = reading.table(relation) else { continue };
        if is_clustered {
            let properties = &mut table.options.extra.properties;
            properties.insert("clustered".to_owned(), name.to_owned());
        }
        match (kind, references) {
            ("p", _) => {
                table.primary_key = Some(PrimaryKey {
                    name: explicit,
                    columns,
                    include,
                    is_temporal,
                    deferrable,
                    extra,
                });
            }
            ("u", _) => {
                let unique = Unique {
                    name: explicit,
                    columns,
                    include,
                    is_temporal,
                    nulls_not_distinct,
                    deferrable,
                    extra,
                };
                table.uniques.insert(name.to_owned(), unique);
            }
            ("f", Some(references)) => {
                let key = ForeignKey {
                    name: explicit,
                    columns,
                    references,
                    referenced_columns,
                    on_delete,
                    set_columns,
                    on_update,
                    match_type,
                    is_temporal,
                    deferrable,
                    extra,
                };
                table.foreign_keys.insert(name.to_owned(), key);
            }
            _ => {
                let expression = types::without_parentheses(definition.unwrap_or_default());
                let check = Check {
                    name: explicit,
                    expression: expression.to_owned(),
                    is_no_inherit,
                    extra,
                };
                table.checks.insert(name.to_owned(), check);
            }
        }
    }
}

fn action(letter: &str) -> ReferentialAction {
    match letter {
        "r" => ReferentialAction::Restrict,
        "c" => ReferentialAction::Cascade,
        "n" => ReferentialAction::SetNull,
        "d" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}
