//! How MySQL and MariaDB makes, drops and changes what is kept as its own text.

use sea_query::MysqlQueryBuilder;

use crate::dialect::sql::Sql as Text;
use crate::model::{EntityId, EntityKind, Object};
use crate::plan::Alteration;

/// How the definition of an object changes.
pub(super) fn alteration(_from: &Object, to: &Object) -> Alteration {
    if to.id.kind == EntityKind::View { Alteration::InPlace } else { Alteration::Recreate }
}

/// The storage engine of a sequence, where it is not the usual one.
pub(super) const ENGINE: &str = "engine";

/// The usual one.
pub(super) const USUAL_ENGINE: &str = "InnoDB";

/// Whether `CREATE` writes a property of a new thing.
pub(super) fn is_inline(kind: EntityKind, key: &str) -> bool {
    kind == EntityKind::Sequence && key == ENGINE
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
    let sql = Text::start(MysqlQueryBuilder, "DROP ").raw(&id.kind.word().to_uppercase()).raw(" ");
    // A trigger has a name of its own in the database.
    let name = match (&id.member, id.kind) {
        (Some(name), EntityKind::Trigger) => name,
        _ => &id.object.name,
    };
    vec![sql.name(name).finish()]
}

pub(super) fn alter(_from: &Object, to: &Object) -> Vec<String> {
    vec![to.definition.replacen("CREATE ", "CREATE OR REPLACE ", 1)]
}

pub(super) fn set_property(
    id: &EntityId,
    key: &str,
    _from: Option<&str>,
    to: Option<&str>,
) -> Vec<String> {
    if id.kind == EntityKind::Sequence && key == ENGINE {
        let sql = Text::start(MysqlQueryBuilder, "ALTER TABLE ").object(&id.object);
        return vec![sql.raw(" ENGINE = ").raw(to.unwrap_or(USUAL_ENGINE)).finish()];
    }
    Vec::new()
}
