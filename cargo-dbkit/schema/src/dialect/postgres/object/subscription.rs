//! Subscriptions.
//!
//! They are made and dropped without a word to the publisher, as in a dump: what has to happen there (a slot) cannot be part of a
//! transaction.

use crate::dialect::postgres::property::spelled;
use crate::model::{EntityId, Object};

use super::{properties_of, start};

const DEFAULTS: &[(&str, &str)] = &[
    ("synchronous_commit", "off"),
    ("binary", "false"),
    ("streaming", "false"),
    ("disable_on_error", "false"),
    ("origin", "any"),
    ("password_required", "true"),
    ("run_as_owner", "false"),
    ("failover", "false"),
];

pub(super) fn create(object: &Object) -> String {
    let properties = &object.extra.properties;
    let empty = String::new();
    let of = |key: &str| properties.get(key).unwrap_or(&empty);
    let mut with = vec!["connect = false".to_owned()];
    if let Some(slot) = properties.get("slot_name") {
        with.push(format!("slot_name = {}", slot_name(slot)));
    }
    if properties.contains_key("two_phase") {
        with.push("two_phase = true".to_owned());
    }
    with.extend(
        properties_of(object, "with:").map(|(key, value)| format!("{key} = {}", spelled(value))),
    );
    start(&object.definition)
        .raw(" CONNECTION ")
        .literal(of("connection"))
        .raw(" PUBLICATION ")
        .raw(of("publications"))
        .raw(&format!(" WITH ({})", with.join(", ")))
        .finish()
}

fn slot_name(slot: &str) -> String {
    if slot == "NONE" { "NONE".to_owned() } else { start("").literal(slot).finish() }
}

/// The slot at the publisher stays, which a `DROP` would ask it to drop.
pub(super) fn drop(object: &Object) -> Vec<String> {
    let properties = &object.extra.properties;
    let alter = || start("ALTER SUBSCRIPTION ").name(&object.id.object.name);
    let mut statements = Vec::new();
    if properties.contains_key("enabled") {
        statements.push(alter().raw(" DISABLE").finish());
    }
    if properties.get("slot_name").is_none_or(|slot| slot != "NONE") {
        statements.push(alter().raw(" SET (slot_name = NONE)").finish());
    }
    statements.push(start("DROP SUBSCRIPTION ").name(&object.id.object.name).finish());
    statements
}

pub(super) fn set(id: &EntityId, head: &str, rest: &str, to: Option<&str>) -> Vec<String> {
    let name = &id.object.name;
    let alter = || start("ALTER SUBSCRIPTION ").name(name);
    vec![match head {
        "connection" => alter().raw(" CONNECTION ").literal(to.unwrap_or_default()).finish(),
        "publications" => alter()
            .raw(" SET PUBLICATION ")
            .raw(to.unwrap_or_default())
            .raw(" WITH (refresh = false)")
            .finish(),
        "slot_name" => {
            let slot = to.map_or_else(|| start("").literal(name).finish(), slot_name);
            alter().raw(" SET (slot_name = ").raw(&slot).raw(")").finish()
        }
        "enabled" => alter().raw(if to.is_some() { " ENABLE" } else { " DISABLE" }).finish(),
        "with" => {
            let usual = DEFAULTS.iter().find(|(key, _)| *key == rest).map(|(_, value)| *value);
            let value = spelled(to.or(usual).unwrap_or_default());
            alter().raw(" SET (").raw(rest).raw(" = ").raw(&value).raw(")").finish()
        }
        _ => return Vec::new(),
    }]
}
