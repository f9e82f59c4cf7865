//! How PostgreSQL makes, drops and changes what is kept as its own text.

use sea_query::PostgresQueryBuilder;

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

pub(super) fn create(object: &Object) -> Vec<String> {
    vec![object.definition.clone()]
}

pub(super) fn drop(object: &Object) -> Vec<String> {
    let id = &object.id;
    let upper = id.kind.word().to_uppercase();
    let word = match id.kind {
        EntityKind::CompositeType | EntityKind::RangeType => "TYPE",
        _ => &upper,
    };
    let sql = Text::start(PostgresQueryBuilder, "DROP ").raw(word).raw(" ");
    vec![match &id.member {
        Some(arguments)
            if matches!(
                id.kind,
                EntityKind::Function | EntityKind::Procedure | EntityKind::Aggregate
            ) =>
        {
            sql.object(&id.object).raw("(").raw(arguments).raw(")").finish()
        }
        Some(member) => sql.name(member).raw(" ON ").object(&id.object).finish(),
        None => sql.object(&id.object).finish(),
    }]
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
