//! Smaller pairs of schemas, for a counterexample that a person can read.

use std::collections::BTreeSet;

use dbkit_schema::model::{IndexTarget, ObjectName, Schema, Table};

use crate::Pair;

/// Everything that is one thing less than a pair, big steps first.
pub(crate) fn simpler(pair: &Pair) -> Vec<Pair> {
    let mut found = Vec::new();
    for at in 0..pair.hints.renames.len() {
        let mut smaller = pair.clone();
        smaller.hints.renames.remove(at);
        found.push(smaller);
    }
    let names: BTreeSet<&ObjectName> =
        pair.before.tables.keys().chain(pair.after.tables.keys()).collect();
    for name in &names {
        let mut smaller = pair.clone();
        drop_table(&mut smaller.before, name);
        drop_table(&mut smaller.after, name);
        found.push(smaller);
    }
    for side in [Side::Before, Side::After] {
        let schema = side.of(pair);
        let with = |change: &dyn Fn(&mut Schema)| {
            let mut smaller = pair.clone();
            change(side.of_mut(&mut smaller));
            smaller
        };
        for name in schema.tables.keys() {
            found.push(with(&|schema| drop_table(schema, name)));
        }
        for name in schema.enums.keys() {
            let mut columns = schema.tables.values().flat_map(|table| &table.columns);
            if columns.all(|column| column.ty.enum_name() != Some(name)) {
                found.push(with(&|schema| drop(schema.enums.remove(name))));
            }
        }
        for id in schema.objects.keys() {
            found.push(with(&|schema| drop(schema.objects.remove(id))));
        }
        for table in schema.tables.values() {
            let name = &table.name;
            for column in table.columns.iter().skip(1) {
                found.push(with(&|schema| {
                    on_table(schema, name, |table| drop_column(table, &column.name))
                }));
            }
            for key in table.indexes.keys() {
                found.push(with(&|schema| {
                    on_table(schema, name, |table| drop(table.indexes.remove(key)))
                }));
            }
            for key in table.uniques.keys() {
                found.push(with(&|schema| {
                    on_table(schema, name, |table| drop(table.uniques.remove(key)))
                }));
            }
            for key in table.checks.keys() {
                found.push(with(&|schema| {
                    on_table(schema, name, |table| drop(table.checks.remove(key)))
                }));
            }
            for key in table.foreign_keys.keys() {
                found.push(with(&|schema| {
                    on_table(schema, name, |table| drop(table.foreign_keys.remove(key)))
                }));
            }
            if table.options != Table::new(name.clone()).options {
                found.push(with(&|schema| {
                    on_table(schema, name, |table| {
                        table.options = Table::new(table.name.clone()).options;
                    })
                }));
            }
            for (at, column) in table.columns.iter().enumerate() {
                let plain = |change: &dyn Fn(&mut dbkit_schema::model::Column)| {
                    let mut smaller = pair.clone();
                    on_table(side.of_mut(&mut smaller), name, |table| {
                        change(&mut table.columns[at]);
                    });
                    smaller
                };
                if column.default.is_some() {
                    found.push(plain(&|column| column.default = None));
                }
                if column.comment.is_some() {
                    found.push(plain(&|column| column.comment = None));
                }
                if column.identity.is_some() {
                    found.push(plain(&|column| column.identity = None));
                }
                if column.generated.is_some() {
                    found.push(plain(&|column| column.generated = None));
                }
                let is_key = at == 0;
                if !column.is_nullable && !is_key {
                    found.push(plain(&|column| column.is_nullable = true));
                }
            }
        }
    }
    found.retain(is_whole);
    found
}

#[derive(Clone, Copy)]
enum Side {
    Before,
    After,
}

impl Side {
    fn of(self, pair: &Pair) -> &Schema {
        match self {
            Self::Before => &pair.before,
            Self::After => &pair.after,
        }
    }

    fn of_mut(self, pair: &mut Pair) -> &mut Schema {
        match self {
            Self::Before => &mut pair.before,
            Self::After => &mut pair.after,
        }
    }
}

fn on_table(schema: &mut Schema, name: &ObjectName, change: impl FnOnce(&mut Table)) {
    if let Some(table) = schema.tables.get_mut(name) {
        change(table);
    }
}

fn drop_table(schema: &mut Schema, name: &ObjectName) {
    schema.tables.remove(name);
    for table in schema.tables.values_mut() {
        table.foreign_keys.retain(|_, key| key.references != *name);
    }
    schema.objects.retain(|id, object| {
        id.object != *name && !object.extra.uses.0.iter().any(|used| used.object == *name)
    });
}

fn drop_column(table: &mut Table, name: &str) {
    table.columns.retain(|column| column.name != name);
    table.uniques.retain(|_, unique| !unique.columns.iter().any(|column| column == name));
    table.foreign_keys.retain(|_, key| !key.columns.iter().any(|column| column == name));
    table.indexes.retain(|_, index| {
        !index.parts.iter().any(|part| match &part.target {
            IndexTarget::Column(column) => column == name,
            IndexTarget::Expression(text) => text.contains(&format!("({name})")),
        })
    });
    table.checks.retain(|_, check| !check.expression.starts_with(&format!("{name} ")));
}

/// Whether what is left still fits together.
fn is_whole(pair: &Pair) -> bool {
    [&pair.before, &pair.after].into_iter().all(|schema| {
        let columns_are_there = schema.tables.values().all(|table| {
            let made = table.columns.iter().filter(|column| column.generated.is_some());
            made.count() == 0 || table.column("n").is_some()
        });
        let uses_are_there = schema.objects.values().all(|object| {
            object.extra.uses.0.iter().all(|used| {
                let table = schema.tables.get(&used.object);
                table.is_some_and(|table| {
                    used.member.as_deref().is_none_or(|column| table.column(column).is_some())
                })
            })
        });
        columns_are_there && uses_are_there
    })
}
