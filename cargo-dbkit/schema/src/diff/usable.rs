//! Which `renamed_from` attributes still have work to do.

use std::collections::BTreeSet;

use crate::model::{EntityId, ObjectName, Rename, Schema};

/// The renames of a set of attributes, sorted out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsableRenames {
    /// The old schema has the old name and not the new one.
    pub usable: Vec<Rename>,
    /// Done already, or never possible.
    pub stale: Vec<Rename>,
}

/// Sorts out which renames that stand in the code apply to a schema.
///
/// An attribute stays in the code after its migration, so it counts only while the schema has the old name and not the new one; a new
/// name that is itself renamed away does not stand in the way. Two attributes that swap names are never usable, because they would
/// swap them again in the next migration; say it once with `--rename`.
pub fn usable(from: &Schema, renames: &[Rename]) -> UsableRenames {
    let mut usable: Vec<Rename> = Vec::new();
    let mut open: Vec<Rename> =
        renames.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    loop {
        let found = open.iter().position(|rename| {
            let freed = usable.iter().any(|other| frees(other, rename));
            let scope = Scope { schema: from, renames: &usable };
            scope.has_old(rename) && (!scope.has_new(rename) || freed)
        });
        match found {
            Some(found) => usable.push(open.remove(found)),
            None => break,
        }
    }
    usable.sort();
    UsableRenames { usable, stale: open }
}

/// Whether one rename takes away the name that another one gives.
fn frees(one: &Rename, other: &Rename) -> bool {
    match (one, other) {
        (Rename::Namespace { from, .. }, Rename::Namespace { to, .. }) => from == to,
        (Rename::Table { from, .. }, Rename::Table { to, .. })
        | (Rename::Enum { from, .. }, Rename::Enum { to, .. })
        | (Rename::Sequence { from, .. }, Rename::Sequence { to, .. }) => from == to,
        (Rename::Object { from, .. }, Rename::Object { to, .. }) => from == to,
        (Rename::Column { table, from, .. }, Rename::Column { table: other, to, .. })
        | (Rename::Constraint { table, from, .. }, Rename::Constraint { table: other, to, .. })
        | (Rename::Index { table, from, .. }, Rename::Index { table: other, to, .. })
        | (
            Rename::EnumValue { name: table, from, .. },
            Rename::EnumValue { name: other, to, .. },
        ) => table == other && from == to,
        _ => false,
    }
}

struct Scope<'a> {
    schema: &'a Schema,
    renames: &'a [Rename],
}

impl Scope<'_> {
    fn old_table(&self, name: &ObjectName) -> ObjectName {
        let old = self.renames.iter().find_map(|rename| match rename {
            Rename::Table { from, to } if to == name => Some(from.clone()),
            _ => None,
        });
        old.unwrap_or_else(|| name.clone())
    }

    fn old_enum(&self, name: &ObjectName) -> ObjectName {
        let old = self.renames.iter().find_map(|rename| match rename {
            Rename::Enum { from, to } if to == name => Some(from.clone()),
            _ => None,
        });
        old.unwrap_or_else(|| name.clone())
    }

    fn has(&self, rename: &Rename, name: impl Fn(&Rename) -> NameOf) -> bool {
        let table = |table: &ObjectName| self.schema.tables.get(&self.old_table(table));
        match (rename, name(rename)) {
            (Rename::Namespace { .. }, NameOf::Member(name)) => {
                self.schema.namespaces.contains_key(&name)
            }
            (Rename::Table { .. }, NameOf::Object(name)) => self.schema.tables.contains_key(&name),
            (Rename::Enum { .. }, NameOf::Object(name)) => self.schema.enums.contains_key(&name),
            (Rename::Sequence { .. }, NameOf::Object(name)) => {
                self.schema.sequences.contains_key(&name)
            }
            (Rename::Column { table: of, .. }, NameOf::Member(name)) => {
                table(of).is_some_and(|table| table.column(&name).is_some())
            }
            (Rename::Constraint { table: of, .. }, NameOf::Member(name)) => table(of)
                .is_some_and(|table| super::compare::constraint_kind(table, &name).is_some()),
            (Rename::Index { table: of, .. }, NameOf::Member(name)) => {
                table(of).is_some_and(|table| table.indexes.contains_key(&name))
            }
            (Rename::EnumValue { name: of, .. }, NameOf::Member(name)) => self
                .schema
                .enums
                .get(&self.old_enum(of))
                .is_some_and(|found| found.values.contains(&name)),
            (Rename::Object { .. }, NameOf::Entity(mut id)) => {
                if id.kind.is_member() {
                    id.object = self.old_table(&id.object);
                }
                self.schema.objects.contains_key(&id)
            }
            (_, _) => false,
        }
    }

    fn has_old(&self, rename: &Rename) -> bool {
        self.has(rename, |rename| match rename {
            Rename::Table { from, .. }
            | Rename::Enum { from, .. }
            | Rename::Sequence { from, .. } => NameOf::Object(from.clone()),
            Rename::Namespace { from, .. }
            | Rename::Column { from, .. }
            | Rename::EnumValue { from, .. }
            | Rename::Constraint { from, .. }
            | Rename::Index { from, .. } => NameOf::Member(from.clone()),
            Rename::Object { from, .. } => NameOf::Entity(from.clone()),
        })
    }

    fn has_new(&self, rename: &Rename) -> bool {
        self.has(rename, |rename| match rename {
            Rename::Table { to, .. } | Rename::Enum { to, .. } | Rename::Sequence { to, .. } => {
                NameOf::Object(to.clone())
            }
            Rename::Namespace { to, .. }
            | Rename::Column { to, .. }
            | Rename::EnumValue { to, .. }
            | Rename::Constraint { to, .. }
            | Rename::Index { to, .. } => NameOf::Member(to.clone()),
            Rename::Object { to, .. } => NameOf::Entity(to.clone()),
        })
    }
}

enum NameOf {
    Object(ObjectName),
    Member(String),
    Entity(EntityId),
}
