//! How SQLite makes, drops and changes what is kept as its own text.

use sea_query::SqliteQueryBuilder;

use crate::dialect::sql::Sql as Text;
use crate::model::{EntityId, EntityKind, Object};
use crate::plan::Alteration;

/// How the definition of an object changes.
pub(super) fn alteration(_from: &Object, _to: &Object) -> Alteration {
    Alteration::Recreate
}

/// Whether `CREATE` writes a property of a new thing.
pub(super) fn is_inline(_kind: EntityKind, _key: &str) -> bool {
    false
}

/// The properties that are gone once an object has changed in place.
pub(super) fn forgets(_from: &Object, _to: &Object) -> Vec<String> {
    Vec::new()
}

pub(super) fn create(object: &Object) -> Vec<String> {
    vec![object.definition.clone()]
}

pub(super) fn drop(object: &Object) -> Vec<String> {
    let id = &object.id;
    let word = match id.kind {
        EntityKind::View => "DROP VIEW ",
        EntityKind::Trigger => "DROP TRIGGER ",
        _ => "DROP TABLE ",
    };
    let name = id.member.as_ref().unwrap_or(&id.object.name);
    vec![Text::start(SqliteQueryBuilder, word).name(name).finish()]
}

pub(super) fn alter(_from: &Object, to: &Object) -> Vec<String> {
    vec![to.definition.clone()]
}

pub(super) fn set_property(
    _id: &EntityId,
    _key: &str,
    _from: Option<&str>,
    _to: Option<&str>,
) -> Vec<String> {
    Vec::new()
}
