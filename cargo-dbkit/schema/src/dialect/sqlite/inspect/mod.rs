//! Reads a schema back out of `sqlite_schema`: SQLite keeps the text of every `CREATE` statement, and that is all it knows itself.

mod index;
mod table;
pub(super) mod token;

use std::collections::{BTreeMap, BTreeSet};

use crate::dialect::{Catalog, CatalogQuery, Inspection, Unmanaged};
use crate::model::{EntityId, EntityKind, Extra, Object, ObjectName, Schema, Uses};

use self::token::{Kind, tokens};

/// Asks for the version.
pub(super) const VERSION: &str = "SELECT sqlite_version()";

pub(super) fn queries(_version: &str) -> Vec<CatalogQuery> {
    vec![CatalogQuery {
        name: "schema",
        sql: "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"
            .to_owned(),
    }]
}

/// The tables that a virtual table of a module keeps its rows in. A module that has more of them numbers those.
fn shadows(module: &str) -> &'static [&'static str] {
    match module {
        "fts3" | "fts4" => &["content", "segments", "segdir", "docsize", "stat"],
        "fts5" => &["data", "idx", "content", "docsize", "config"],
        "rtree" | "rtree_i32" | "geopoly" => &["node", "parent", "rowid"],
        "spellfix1" => &["vocab"],
        "vec0" => &[
            "chunks",
            "rowids",
            "info",
            "auxiliary",
            "vector_chunks",
            "metadatachunks",
            "metadatatext",
        ],
        _ => &[],
    }
}

/// A row of `sqlite_schema`.
struct Found<'a> {
    kind: &'a str,
    name: &'a str,
    table: &'a str,
    sql: &'a str,
}

pub(super) fn inspect(catalog: &Catalog) -> Inspection {
    let rows: Vec<Found<'_>> = catalog
        .of("schema")
        .iter()
        .filter_map(|row| match row.as_slice() {
            [Some(kind), Some(name), Some(table), Some(sql)] => {
                Some(Found { kind, name, table, sql })
            }
            _ => None,
        })
        .collect();
    let hidden: BTreeSet<String> = rows
        .iter()
        .filter_map(|row| Some((row.name, virtual_module(row.sql)?)))
        .flat_map(|(name, module)| {
            shadows(&module).iter().map(move |suffix| format!("{name}_{suffix}").to_lowercase())
        })
        .collect();
    let is_ours = |name: &str| {
        let name = name.to_lowercase();
        let base = name.trim_end_matches(|last: char| last.is_ascii_digit());
        !name.starts_with("sqlite_")
            && !name.starts_with("_dbkit_")
            && !hidden.contains(&name)
            && !hidden.contains(base)
    };
    let rows: Vec<Found<'_>> =
        rows.into_iter().filter(|row| is_ours(row.name) && is_ours(row.table)).collect();

    let mut found = Inspection::default();
    // Names have no case: whoever says one may say it in any.
    let mut names: BTreeMap<String, ObjectName> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.kind == "table" || row.kind == "view") {
        let name = ObjectName::new(row.name);
        names.insert(row.name.to_lowercase(), name.clone());
        if row.kind == "view" {
            add(&mut found.schema, EntityId::object(EntityKind::View, name), row.sql);
        } else if virtual_module(row.sql).is_some() {
            add(&mut found.schema, EntityId::object(EntityKind::VirtualTable, name), row.sql);
        } else {
            match table::read(row.name, row.sql) {
                Some(read) => {
                    found.schema.tables.insert(name, read.into());
                }
                None => unread(&mut found, row),
            }
        }
    }
    for row in &rows {
        let owner = names.get(&row.table.to_lowercase());
        match (row.kind, owner) {
            ("table" | "view", _) => {}
            ("index", Some(owner)) => {
                let owner = found.schema.tables.get_mut(owner);
                let read = owner.and_then(|owner| Some((index::read(row.sql, owner)?, owner)));
                match read {
                    Some((read, owner)) => {
                        owner.indexes.insert(read.name.text.clone(), read);
                    }
                    None => unread(&mut found, row),
                }
            }
            ("trigger", Some(owner)) => {
                let id = EntityId::member(EntityKind::Trigger, owner, row.name);
                add(&mut found.schema, id, row.sql);
            }
            _ => unread(&mut found, row),
        }
    }
    resolve_references(&mut found.schema, &names);
    find_uses(&mut found.schema);
    found.schema = super::normalize::normalize(std::mem::take(&mut found.schema));
    found
}

fn unread(found: &mut Inspection, row: &Found<'_>) {
    found.unmanaged.push(Unmanaged {
        kind: format!("{} that is not understood", row.kind),
        name: row.name.to_owned(),
        entity: None,
    });
}

fn add(schema: &mut Schema, id: EntityId, sql: &str) {
    let definition = sql.to_owned();
    schema.objects.insert(id.clone(), Object { id, definition, extra: Extra::default() });
}

/// Foreign keys point to tables and columns under the names that those have.
fn resolve_references(schema: &mut Schema, names: &BTreeMap<String, ObjectName>) {
    let columns: BTreeMap<ObjectName, Vec<String>> = schema
        .tables
        .iter()
        .map(|(name, table)| {
            (name.clone(), table.columns.iter().map(|column| column.name.clone()).collect())
        })
        .collect();
    let keys = schema.tables.values_mut().flat_map(|table| table.foreign_keys.values_mut());
    for key in keys {
        let Some(target) = names.get(&key.references.name.to_lowercase()) else { continue };
        key.references.clone_from(target);
        let Some(known) = columns.get(target) else { continue };
        for name in &mut key.referenced_columns {
            if let Some(found) = known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                name.clone_from(found);
            }
        }
    }
}

/// What views and triggers stand on, as far as their words tell: SQLite has no catalog of that. More than the truth does no harm:
/// something is made again once too often.
fn find_uses(schema: &mut Schema) {
    let mut things: BTreeMap<String, Vec<EntityId>> = BTreeMap::new();
    let mut members: BTreeMap<&ObjectName, Vec<(String, EntityId)>> = BTreeMap::new();
    for (name, table) in &schema.tables {
        things.entry(name.name.to_lowercase()).or_default().push(EntityId::table(name));
        let columns = table.columns.iter().map(|column| {
            (column.name.to_lowercase(), EntityId::column(name, column.name.as_str()))
        });
        members.insert(name, columns.collect());
    }
    for id in schema.objects.keys().filter(|id| id.member.is_none()) {
        things.entry(id.object.name.to_lowercase()).or_default().push(id.clone());
    }
    let mut all: Vec<Uses> = Vec::with_capacity(schema.objects.len());
    for object in schema.objects.values() {
        let tokens = tokens(&object.definition);
        let words: BTreeSet<String> = tokens
            .iter()
            .filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted))
            .map(|token| token.text.to_lowercase())
            .collect();
        let takes_all = tokens.iter().any(|token| token.is_sign("*"));
        let mut uses = Uses::default();
        let named = words.iter().filter_map(|word| things.get(word)).flatten();
        for id in named.filter(|id| **id != object.id) {
            uses.0.insert(id.clone());
            for (name, column) in members.get(&id.object).into_iter().flatten() {
                if takes_all || words.contains(name) {
                    uses.0.insert(column.clone());
                }
            }
        }
        all.push(uses);
    }
    for (object, uses) in schema.objects.values_mut().zip(all) {
        object.extra.uses = uses;
    }
}

/// The module of a `CREATE VIRTUAL TABLE`, in lower case.
fn virtual_module(sql: &str) -> Option<String> {
    // SQLite itself writes these words.
    let is_virtual = sql
        .get(.."create virtual".len())
        .is_some_and(|head| head.eq_ignore_ascii_case("create virtual"));
    if !is_virtual {
        return None;
    }
    let tokens = tokens(sql);
    let using = tokens.iter().position(|token| token.is("using"))?;
    tokens.get(using + 1).map(|token| token.text.to_lowercase())
}
