//! Names in the code of another library: each its own, and none that the library has a use for.

use std::collections::{BTreeMap, BTreeSet};

use dbkit_schema::model::{ObjectName, Table};

/// Names that are in use.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// No name is in use but these.
    pub(super) fn without(taken: &[&str]) -> Self {
        Self { taken: taken.iter().map(|&name| name.to_owned()).collect() }
    }

    /// The name itself, else with lines behind it.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        name
    }

    /// The name of a type of which others are made by that ending: itself, else with a number.
    pub(super) fn take_with(&mut self, wanted: &str, ending: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 2;
        let is_taken = |name: &str| {
            self.taken.contains(name) || self.taken.contains(&format!("{name}{ending}"))
        };
        while is_taken(&name) {
            name = format!("{wanted}{number}");
            number += 1;
        }
        self.taken.extend([name.clone(), format!("{name}{ending}")]);
        name
    }

    /// A name for each; what has its own name in the database keeps it.
    fn all<'a, K: Ord>(
        mut self,
        wanted: impl Iterator<Item = (K, &'a str, String)>,
    ) -> BTreeMap<K, String> {
        let (plain, others): (Vec<_>, Vec<_>) = wanted.partition(|(_, name, rust)| name == rust);
        plain.into_iter().chain(others).map(|(key, _, rust)| (key, self.take(&rust))).collect()
    }
}

/// Modules of tables. Where schemas have tables of one name, theirs stands before it.
pub(super) fn modules<'a>(
    tables: impl Iterator<Item = &'a ObjectName>,
    taken: Names,
    field_name: impl Fn(&str) -> String,
) -> BTreeMap<ObjectName, String> {
    let tables: Vec<&ObjectName> = tables.collect();
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for table in &tables {
        *count.entry(&table.name).or_default() += 1;
    }
    taken.all(tables.iter().map(|&table| {
        let wanted = match &table.schema {
            Some(schema) if count[table.name.as_str()] > 1 => {
                field_name(&format!("{schema}_{}", table.name))
            }
            _ => field_name(&table.name),
        };
        (table.clone(), table.name.as_str(), wanted)
    }))
}

/// Fields of columns.
pub(super) fn fields(
    table: &Table,
    taken: Names,
    field_name: impl Fn(&str) -> String,
) -> BTreeMap<&str, String> {
    let columns = table.columns.iter().map(|column| column.name.as_str());
    taken.all(columns.map(|column| (column, column, field_name(column))))
}

/// A name that neither ends the line of a comment nor turns its direction.
pub(super) fn in_comment(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            '"' | '\'' | '\\' => c.to_string(),
            other => other.escape_debug().to_string(),
        })
        .collect()
}
