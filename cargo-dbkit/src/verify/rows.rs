//! Rows before and after a script: what is gone, and what is another value, although nothing speaks of it.

use std::collections::{BTreeMap, BTreeSet};

use dbkit_runtime::{Direction, Driver, Migration};
use dbkit_schema::dialect::sample;
use dbkit_schema::model::{Column, ColumnType, DialectName, ObjectName, Rename, Schema, Table};

/// More rows than this are only counted.
const MANY: usize = 2_000;

/// The rows of a database.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    tables: BTreeMap<ObjectName, TableRows>,
}

#[derive(Debug, Clone)]
struct TableRows {
    columns: Vec<String>,
    /// Empty if there are a great many.
    rows: Vec<Vec<Option<String>>>,
    count: usize,
}

impl TableRows {
    fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| name == column)
    }

    /// The values of some columns, each combination with how often it is there.
    fn combinations(&self, columns: &[usize]) -> BTreeMap<Vec<&Option<String>>, usize> {
        let mut found = BTreeMap::new();
        for row in &self.rows {
            let values = columns.iter().filter_map(|at| row.get(*at)).collect();
            *found.entry(values).or_insert(0) += 1;
        }
        found
    }
}

/// The columns of a table whose values are its own.
pub(crate) fn own_columns(table: &Table) -> Vec<&Column> {
    table
        .columns
        .iter()
        .map(|column| &**column)
        .filter(|column| column.generated.is_none())
        .collect()
}

impl Rows {
    /// Reads all tables. One that cannot be read is left out.
    pub(crate) fn read(driver: &mut dyn Driver, schema: &Schema, dialect: DialectName) -> Self {
        let mut tables = BTreeMap::new();
        for table in schema.tables.values() {
            // The rows of a partition are those of its parent.
            if table.options.partition_of.is_some() {
                continue;
            }
            let Ok(counted) = driver.query(&sample::count(&table.name, dialect)) else { continue };
            let count = counted.into_iter().flatten().flatten().next();
            let count: usize = count.and_then(|text| text.parse().ok()).unwrap_or(0);
            if count == 0 {
                continue;
            }
            let columns = own_columns(table);
            let mut rows = Vec::new();
            if count <= MANY {
                match driver.query(&sample::rows(table, &columns, dialect)) {
                    Ok(found) => rows = found,
                    Err(_) => continue,
                }
            }
            if dialect != DialectName::Postgres {
                // There a value is written as SQL, to tell a number from a text.
                for value in rows.iter_mut().flatten() {
                    if value.as_deref() == Some("NULL") {
                        *value = None;
                    }
                }
            }
            let columns = columns.iter().map(|column| column.name.clone()).collect();
            tables.insert(table.name.clone(), TableRows { columns, rows, count });
        }
        Self { tables }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// What of the rows differs from others, in words; those of the same tables.
    pub(crate) fn differences(&self, other: &Self) -> Vec<String> {
        let names: BTreeSet<&ObjectName> = self.tables.keys().chain(other.tables.keys()).collect();
        let mut found = Vec::new();
        for name in names {
            let count = |rows: &Self| rows.tables.get(name).map_or(0, |rows| rows.count);
            let values = |rows: &Self| {
                let table = rows.tables.get(name)?;
                let mut columns: Vec<usize> = (0..table.columns.len()).collect();
                columns.sort_by_key(|at| &table.columns[*at]);
                let sorted = table.rows.iter().map(|row| {
                    columns.iter().map(|at| row.get(*at).cloned().flatten()).collect::<Vec<_>>()
                });
                let mut sorted: Vec<Vec<Option<String>>> = sorted.collect();
                sorted.sort();
                Some(sorted)
            };
            let (one, two) = (count(self), count(other));
            if one != two {
                found.push(format!("`{name}` has {one} rows before, {two} after"));
            } else if values(self) != values(other) {
                found.push(format!("`{name}` has other values in its rows"));
            }
        }
        found
    }

    /// How many rows each table has that has some.
    pub(crate) fn counts(&self) -> Vec<(String, usize)> {
        self.tables.iter().map(|(name, rows)| (name.to_string(), rows.count)).collect()
    }
}

/// What is gone or has changed between two moments, in words, but for the tables of which statements speak.
pub(super) fn lost(
    (rows, before): (&Rows, &Schema),
    (now, after): (&Rows, &Schema),
    renames: &[Rename],
    declared: &BTreeSet<String>,
) -> Vec<String> {
    let mut lost = Vec::new();
    for (name, old) in &rows.tables {
        let new_name = renames.iter().find_map(|rename| match rename {
            Rename::Table { from, to } if from == name => Some(to),
            _ => None,
        });
        let new_name = new_name.unwrap_or(name);
        let (Some(from), Some(to)) = (before.tables.get(name), after.tables.get(new_name)) else {
            continue;
        };
        // A partition is read with its parent.
        if to.options.partition_of.is_some() != from.options.partition_of.is_some()
            || [name, new_name].iter().any(|name| declared.contains(&name.name.to_lowercase()))
        {
            continue;
        }
        let kept = now.tables.get(new_name).map_or(0, |rows| rows.count);
        if kept < old.count {
            lost.push(format!("`{name}`: {} of {} rows are gone", old.count - kept, old.count));
            continue;
        }
        if let Some(new) = now.tables.get(new_name) {
            compare(&Pair { from, to, before, after, renames, new_name }, old, new, &mut lost);
        }
    }
    lost
}

struct Pair<'a> {
    from: &'a Table,
    to: &'a Table,
    before: &'a Schema,
    after: &'a Schema,
    renames: &'a [Rename],
    new_name: &'a ObjectName,
}

impl Pair<'_> {
    fn column(&self, old: &str) -> Option<(&Column, &Column)> {
        let renamed = self.renames.iter().find_map(|rename| match rename {
            Rename::Column { table, from, to } if table == self.new_name && from == old => Some(to),
            _ => None,
        });
        let new = renamed.map_or(old, String::as_str);
        Some((self.from.column(old)?, self.to.column(new)?))
    }

    /// Whether equal values are written alike on both sides.
    fn is_comparable(&self, from: &Column, to: &Column) -> bool {
        let is_same_enum = |ty: &ColumnType| {
            ty.enum_name().is_none_or(|name| {
                let values = |schema: &Schema| schema.enums.get(name).map(|one| one.values.clone());
                values(self.before) == values(self.after)
            })
        };
        from.ty == to.ty && is_same_enum(&from.ty)
    }
}

fn compare(pair: &Pair<'_>, old: &TableRows, new: &TableRows, lost: &mut Vec<String>) {
    let mut same = Vec::new();
    for name in &old.columns {
        let Some((from, to)) = pair.column(name) else { continue };
        let (Some(old_at), Some(new_at)) = (old.position(&from.name), new.position(&to.name))
        else {
            continue;
        };
        // A column that was optional may have got a value where it had none.
        if pair.is_comparable(from, to) && (from.is_nullable == to.is_nullable || to.is_nullable) {
            same.push((from.name.as_str(), old_at, new_at));
            continue;
        }
        let values = |rows: &TableRows, at: usize| {
            rows.rows.iter().filter(|row| row.get(at).is_some_and(Option::is_some)).count()
        };
        let (had, has) = (values(old, old_at), values(new, new_at));
        if has < had {
            lost.push(format!(
                "`{}.{name}`: {} of {had} values became NULL",
                pair.from.name,
                had - has
            ));
        }
    }
    let missing = |columns: &[(&str, usize, usize)]| {
        let of = |place: fn(&(&str, usize, usize)) -> usize| {
            columns.iter().map(place).collect::<Vec<usize>>()
        };
        let (old_columns, new_columns) = (of(|one| one.1), of(|one| one.2));
        let now = new.combinations(&new_columns);
        let before = old.combinations(&old_columns);
        let short = before
            .iter()
            .map(|(values, count)| count.saturating_sub(now.get(values).copied().unwrap_or(0)));
        short.sum::<usize>()
    };
    if missing(&same) == 0 {
        return;
    }
    let mut is_named = false;
    for column in &same {
        let count = missing(std::slice::from_ref(column));
        if count > 0 {
            is_named = true;
            lost.push(format!(
                "`{}.{}`: {count} of {} values are other ones",
                pair.from.name, column.0, old.count
            ));
        }
    }
    if !is_named {
        lost.push(format!("`{}`: values stand in other rows than before", pair.from.name));
    }
}

/// The words of statements that change rows on purpose, in lower case: the tables among them are declared.
pub(super) fn named_by_dml(migration: &Migration<'_>, direction: Direction) -> BTreeSet<String> {
    let text = migration.text(direction).unwrap_or_default();
    let statements = migration.statements(direction);
    let sql = statements.into_iter().filter_map(|range| text.get(range));
    sql.filter(|sql| changes_rows(sql)).flat_map(words).collect()
}

fn words(sql: &str) -> Vec<String> {
    sql.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn changes_rows(sql: &str) -> bool {
    let words = words(sql);
    let has = |word: &str| words.iter().any(|found| found == word);
    match words.first().map(String::as_str) {
        Some("create" | "alter" | "drop" | "comment" | "grant" | "revoke" | "pragma" | "set") => {
            false
        }
        // A copy into a new table is how a table is rebuilt.
        Some("insert") => has("conflict") || has("duplicate") || has("replace"),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_change_rows_are_told_from_those_that_copy_them() {
        assert!(changes_rows("UPDATE users SET bio = ''"));
        assert!(changes_rows("WITH old AS (SELECT 1) DELETE FROM users"));
        assert!(changes_rows("INSERT INTO a SELECT * FROM b ON CONFLICT DO NOTHING"));
        assert!(!changes_rows("INSERT INTO __new_users (id) SELECT id FROM users"));
        assert!(!changes_rows("ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c ON DELETE CASCADE"));
    }
}
