//! What two honest readings of one schema say differently.

use crate::model::{Object, Schema, expression};

/// How a foreign key says that it has no action. `NO ACTION` and `RESTRICT` are the same to the server, which shows them as written.
pub(super) const NO_ACTION: &str = "no_action";

pub(super) fn align(one: &mut Schema, other: &mut Schema) {
    for (id, object) in &mut other.objects {
        let Some(twin) = one.objects.get(id) else { continue };
        if is_same_code(twin, object) {
            object.definition.clone_from(&twin.definition);
        }
    }
    for (name, table) in &mut other.tables {
        let Some(twin) = one.tables.get(name) else { continue };
        for key in table.foreign_keys.values_mut() {
            let Some(twin) = twin.foreign_keys.get(&key.name.text) else { continue };
            key.extra.properties.remove(NO_ACTION);
            if let Some(text) = twin.extra.properties.get(NO_ACTION) {
                key.extra.properties.insert(NO_ACTION.to_owned(), text.clone());
            }
        }
    }
}

/// Whether two bodies differ in blanks only, or in comments that one of them has lost: the client of MariaDB takes them out on the way.
fn is_same_code(one: &Object, other: &Object) -> bool {
    let (one, other) = (one.definition.as_str(), other.definition.as_str());
    let words = |text: &str| -> Vec<String> {
        expression::tokens(text).iter().map(|token| text[token.range.clone()].to_owned()).collect()
    };
    let has_comments = |text: &str| text.contains("--") || text.contains("/*");
    one != other && !(has_comments(one) && has_comments(other)) && words(one) == words(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EntityId, EntityKind, ObjectName};

    fn is_change(from: &str, to: &str) -> bool {
        let schema = |text: &str| {
            let id = EntityId::object(EntityKind::Procedure, ObjectName::new("p"));
            let object =
                Object { id: id.clone(), definition: text.to_owned(), extra: Default::default() };
            Schema { objects: [(id, object)].into(), ..Schema::default() }
        };
        let (mut from, mut to) = (schema(from), schema(to));
        align(&mut from, &mut to);
        from != to
    }

    #[test]
    fn comments_that_a_client_took_out_are_no_difference() {
        assert!(!is_change("BEGIN\n  -- why\n  SELECT 1;\nEND", "BEGIN\n  \n  SELECT 1;\nEND"));
        assert!(is_change("BEGIN\n  -- why\n  SELECT 1;\nEND", "BEGIN SELECT 2; END"));
        assert!(is_change("BEGIN -- one\nEND", "BEGIN -- two\nEND"));
    }
}
