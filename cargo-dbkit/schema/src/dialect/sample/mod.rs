//! Simple rows for a schema, and the queries that read rows back: what a migration is tried on.
//!
//! Pure: an attempt is SQL, and somebody with a connection executes it. The database decides whether a row is valid; what its checks may want is
//! taken from the literals in them, so the next attempt is another row.

mod value;

use std::collections::{BTreeMap, BTreeSet};

use sea_query::{MysqlQueryBuilder, PostgresQueryBuilder, SqliteQueryBuilder};

use crate::model::{
    Column, ColumnType, DialectName, ForeignKey, IdentityKind, ObjectName, Schema, Table,
};

use super::sql::{Backend, Sql};

/// How many attempts differ from one another.
pub const ATTEMPTS: u32 = 40;

/// Rows of the tables that a table points to, by the name of the foreign key: its referenced columns, each value as SQL.
pub type Parents = BTreeMap<String, Vec<Vec<String>>>;

/// The tables of a schema, those that are pointed to first, as far as there is an order.
pub fn in_order(schema: &Schema) -> Vec<&Table> {
    let mut done: BTreeSet<&ObjectName> = BTreeSet::new();
    let mut ordered = Vec::new();
    let mut rest: Vec<&Table> = schema.tables.values().map(|table| &**table).collect();
    while !rest.is_empty() {
        let is_ready = |table: &&Table| {
            table.foreign_keys.values().all(|key| {
                key.references == table.name
                    || done.contains(&key.references)
                    || !schema.tables.contains_key(&key.references)
            })
        };
        let (mut ready, waiting): (Vec<&Table>, Vec<&Table>) = rest.into_iter().partition(is_ready);
        rest = waiting;
        if ready.is_empty() {
            // A circle: the one with a way out by NULL, else any.
            let at = rest.iter().position(|table| may_point_nowhere(table)).unwrap_or(0);
            ready.push(rest.remove(at));
        }
        done.extend(ready.iter().map(|table| &table.name));
        ordered.extend(ready);
    }
    ordered
}

fn may_point_nowhere(table: &Table) -> bool {
    let is_optional = |name: &String| table.column(name).is_none_or(|column| column.is_nullable);
    table.foreign_keys.values().all(|key| key.columns.iter().any(is_optional))
}

/// The query for some of the rows that a foreign key may point to, each value as SQL.
pub fn parents(key: &ForeignKey, schema: &Schema, dialect: DialectName) -> Option<String> {
    let parent = schema.tables.get(&key.references)?;
    let columns = referenced(key, parent);
    let columns: Vec<&Column> =
        columns.iter().map(|name| parent.column(name)).collect::<Option<_>>()?;
    with(dialect, WriteParents { parent, columns: &columns, dialect })
}

/// The columns that a foreign key points to; SQLite may leave them out.
fn referenced<'a>(key: &'a ForeignKey, parent: &'a Table) -> &'a [String] {
    match &parent.primary_key {
        Some(primary) if key.referenced_columns.is_empty() => &primary.columns,
        _ => &key.referenced_columns,
    }
}

/// The query for all rows of a table, the values of these columns as text that tells them apart.
pub fn rows(table: &Table, columns: &[&Column], dialect: DialectName) -> String {
    with(dialect, WriteRows { table, columns, dialect, as_sql: false })
}

/// The same, the values as SQL that brings them back.
pub fn rows_as_sql(table: &Table, columns: &[&Column], dialect: DialectName) -> String {
    with(dialect, WriteRows { table, columns, dialect, as_sql: true })
}

/// The query for the number of rows of a table.
pub fn count(table: &ObjectName, dialect: DialectName) -> String {
    with(dialect, WriteCount { table })
}

/// The statement that puts rows in, their values as SQL.
pub fn insertion(
    table: &ObjectName,
    columns: &[&Column],
    rows: &[Vec<String>],
    dialect: DialectName,
) -> String {
    with(dialect, WriteInsertion { table, columns, rows })
}

/// The statement that lets the database go on numbering after rows that brought their own numbers, where it does not by itself.
pub fn catch_up(table: &ObjectName, column: &Column, dialect: DialectName) -> Option<String> {
    if dialect != DialectName::Postgres || column.identity.is_none() {
        return None;
    }
    Some(with(dialect, WriteCatchUp { table, column: &column.name }))
}

/// The statement that puts one row in. `number` makes it another one than the rest; each `attempt` is another try.
///
/// # Errors
/// Why there can be none: a table that it has to point to is empty.
pub fn attempt(
    schema: &Schema,
    table: &Table,
    parents: &Parents,
    number: u64,
    attempt: u32,
    dialect: DialectName,
) -> Result<String, String> {
    with(dialect, WriteAttempt { schema, table, parents, number, attempt, dialect })
}

/// Something that is written in the SQL of a dialect.
trait Write {
    type Output;

    fn write<B: Backend>(self, backend: fn() -> B) -> Self::Output;
}

fn with<W: Write>(dialect: DialectName, text: W) -> W::Output {
    match dialect {
        DialectName::Postgres => text.write(|| PostgresQueryBuilder),
        DialectName::Sqlite => text.write(|| SqliteQueryBuilder),
        DialectName::Mysql => text.write(|| MysqlQueryBuilder),
    }
}

struct WriteCount<'a> {
    table: &'a ObjectName,
}

impl Write for WriteCount<'_> {
    type Output = String;

    fn write<B: Backend>(self, backend: fn() -> B) -> String {
        Sql::start(backend(), "SELECT count(*) FROM ").object(self.table).finish()
    }
}

struct WriteParents<'a> {
    parent: &'a Table,
    columns: &'a [&'a Column],
    dialect: DialectName,
}

impl Write for WriteParents<'_> {
    type Output = Option<String>;

    fn write<B: Backend>(self, backend: fn() -> B) -> Option<String> {
        let mut sql = Sql::start(backend(), "SELECT ");
        for (at, column) in self.columns.iter().enumerate() {
            sql = as_sql(sql.when(at > 0, ", "), column, self.dialect);
        }
        let mut sql = sql.raw(" FROM ").object(&self.parent.name).raw(" WHERE ");
        for (at, column) in self.columns.iter().enumerate() {
            sql = sql.when(at > 0, " AND ").name(&column.name).raw(" IS NOT NULL");
        }
        Some(sql.raw(" LIMIT 50").finish())
    }
}

struct WriteRows<'a> {
    table: &'a Table,
    columns: &'a [&'a Column],
    dialect: DialectName,
    as_sql: bool,
}

impl Write for WriteRows<'_> {
    type Output = String;

    fn write<B: Backend>(self, backend: fn() -> B) -> String {
        let mut sql = Sql::start(backend(), "SELECT ");
        for (at, column) in self.columns.iter().enumerate() {
            sql = sql.when(at > 0, ", ");
            sql = if self.as_sql || self.dialect != DialectName::Postgres {
                as_sql(sql, column, self.dialect)
            } else {
                sql.name(&column.name)
            };
        }
        sql.when(self.columns.is_empty(), "1").raw(" FROM ").object(&self.table.name).finish()
    }
}

/// An expression that gives the value as SQL.
fn as_sql<B: Backend>(sql: Sql<B>, column: &Column, dialect: DialectName) -> Sql<B> {
    let name = &column.name;
    match dialect {
        DialectName::Postgres => sql.raw("quote_nullable(").name(name).raw(")"),
        DialectName::Sqlite => sql.raw("quote(").name(name).raw(")"),
        DialectName::Mysql if is_binary(&column.ty) => sql
            .raw("CASE WHEN ")
            .name(name)
            .raw(" IS NULL THEN 'NULL' WHEN length(")
            .name(name)
            .raw(") = 0 THEN '\\'\\'' ELSE concat('0x', hex(")
            .name(name)
            .raw(")) END"),
        DialectName::Mysql => sql.raw("quote(").name(name).raw(")"),
    }
}

/// Whether a MySQL type holds bytes, which are no text.
fn is_binary(ty: &ColumnType) -> bool {
    match ty {
        ColumnType::Bytes | ColumnType::Binary(_) | ColumnType::Varbinary(_) => true,
        ColumnType::Custom(word) => {
            let word = word.to_ascii_lowercase();
            ["blob", "binary", "bit", "geometry", "point", "polygon", "linestring"]
                .iter()
                .any(|part| word.contains(part))
        }
        _ => false,
    }
}

struct WriteInsertion<'a> {
    table: &'a ObjectName,
    columns: &'a [&'a Column],
    rows: &'a [Vec<String>],
}

impl Write for WriteInsertion<'_> {
    type Output = String;

    fn write<B: Backend>(self, backend: fn() -> B) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        let is_always = |column: &&Column| {
            column.identity.as_ref().is_some_and(|one| one.kind == IdentityKind::Always)
        };
        let mut sql = Sql::start(backend(), "INSERT INTO ")
            .object(self.table)
            .raw(" ")
            .names(&names)
            .when(self.columns.iter().any(is_always), " OVERRIDING SYSTEM VALUE")
            .raw(" VALUES");
        for (at, row) in self.rows.iter().enumerate() {
            sql = sql
                .raw(if at > 0 { ",\n    " } else { "\n    " })
                .list(row, |sql, value| sql.raw(value));
        }
        sql.finish()
    }
}

struct WriteCatchUp<'a> {
    table: &'a ObjectName,
    column: &'a str,
}

impl Write for WriteCatchUp<'_> {
    type Output = String;

    fn write<B: Backend>(self, backend: fn() -> B) -> String {
        let name = Sql::new(backend()).object(self.table).finish();
        Sql::start(backend(), "SELECT setval(pg_get_serial_sequence(")
            .literal(&name)
            .raw(", ")
            .literal(self.column)
            .raw("), max(")
            .name(self.column)
            .raw(")) FROM ")
            .object(self.table)
            .finish()
    }
}

struct WriteAttempt<'a> {
    schema: &'a Schema,
    table: &'a Table,
    parents: &'a Parents,
    number: u64,
    attempt: u32,
    dialect: DialectName,
}

impl Write for WriteAttempt<'_> {
    type Output = Result<String, String>;

    fn write<B: Backend>(self, backend: fn() -> B) -> Result<String, String> {
        let mut values = self.own(backend);
        for key in self.table.foreign_keys.values() {
            self.point(key, &mut values)?;
        }
        if values.is_empty() {
            let sql = Sql::start(backend(), "INSERT INTO ").object(&self.table.name);
            return Ok(match self.dialect {
                DialectName::Mysql => sql.raw(" VALUES ()").finish(),
                _ => sql.raw(" DEFAULT VALUES").finish(),
            });
        }
        let names: Vec<&String> = self
            .table
            .columns
            .iter()
            .map(|column| &column.name)
            .filter(|name| values.contains_key(*name))
            .collect();
        let sql = Sql::start(backend(), "INSERT INTO ").object(&self.table.name).raw(" ");
        let sql = sql.names(names.iter().copied()).raw(" VALUES ");
        let of = |name: &String| values.get(name).map_or("NULL", String::as_str);
        Ok(sql.list(names, |sql, name| sql.raw(of(name))).finish())
    }
}

impl WriteAttempt<'_> {
    /// The values of columns that point nowhere, or will be replaced.
    fn own<B: Backend>(&self, backend: fn() -> B) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        let is_spare = |column: &Column| {
            // Every other row is as short as it may be, and the last attempts leave the defaults alone.
            let is_null = self.number % 2 == 1 && column.is_nullable && self.attempt == 0;
            is_null || (self.attempt % 8 == 7 && (column.default.is_some() || column.is_nullable))
        };
        for (at, column) in self.table.columns.iter().enumerate() {
            let is_given = column
                .identity
                .as_ref()
                .is_some_and(|identity| identity.kind == IdentityKind::Always);
            if column.generated.is_some() || is_given || is_spare(column) {
                continue;
            }
            let candidates =
                value::candidates(self.schema, self.table, column, self.number, self.dialect);
            let count = candidates.len() as u64;
            if count == 0 {
                continue;
            }
            let turn = u64::from(self.attempt);
            // First all columns in step, then each in its own order.
            let place = if turn < 16 { turn } else { turn * (at as u64 + 3) + at as u64 * 7 };
            let chosen = &candidates[usize::try_from(place % count).unwrap_or(0)];
            let text = match chosen {
                value::Value::Sql(sql) => sql.clone(),
                value::Value::Text(text) => Sql::new(backend()).literal(text).finish(),
            };
            values.insert(column.name.clone(), text);
        }
        values
    }

    fn point(&self, key: &ForeignKey, values: &mut BTreeMap<String, String>) -> Result<(), String> {
        let rows = self.parents.get(&key.name.text).map(Vec::as_slice).unwrap_or_default();
        let can_be_null =
            |name: &String| self.table.column(name).is_some_and(|column| column.is_nullable);
        let is_optional = key.columns.iter().any(can_be_null);
        if is_optional && (rows.is_empty() || (self.number % 2 == 1 && self.attempt == 0)) {
            for name in key.columns.iter().filter(|name| can_be_null(name)) {
                values.insert(name.clone(), "NULL".to_owned());
            }
            return Ok(());
        }
        let referenced = referenced(key, self.schema.table(&key.references).unwrap_or(self.table));
        if rows.is_empty() {
            if key.references != self.table.name {
                return Err(format!("it points to `{}`, which has no rows", key.references));
            }
            // The first row of a tree can only point to itself.
            for (name, target) in key.columns.iter().zip(referenced) {
                if let Some(own) = values.get(target).cloned() {
                    values.insert(name.clone(), own);
                }
            }
            return Ok(());
        }
        let count = rows.len() as u64;
        let place = (self.number + u64::from(self.attempt)) % count;
        let row = &rows[usize::try_from(place).unwrap_or(0)];
        for (name, value) in key.columns.iter().zip(row) {
            values.insert(name.clone(), value.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Check, DefaultValue, Extra, Name, PrimaryKey};

    fn table() -> Table {
        let mut table = Table::new(ObjectName::new("products"));
        table.columns = vec![
            Column::new("id", ColumnType::big_integer()).into(),
            Column::new("name", ColumnType::Varchar(Some(4))).into(),
            Column::new("size", ColumnType::Text).into(),
            Column::new("price", ColumnType::Numeric(Some((6, 2)))).nullable().into(),
        ];
        table.columns[3].default = Some(DefaultValue::Number("1".to_owned()));
        let key = PrimaryKey::new(Name::implicit("products_pkey"), vec!["id".to_owned()]);
        table.primary_key = Some(key);
        let check = Check {
            name: Name::explicit("size_is_known"),
            expression: "size IN ('S', 'L')".to_owned(),
            is_no_inherit: false,
            extra: Extra::default(),
        };
        table.checks.insert("size_is_known".to_owned(), check);
        table
    }

    fn rows(dialect: DialectName, attempts: &[(u64, u32)]) -> String {
        let mut schema = Schema::default();
        let table = table();
        schema.tables.insert(table.name.clone(), table.clone().into());
        let rows = attempts.iter().map(|(number, turn)| {
            attempt(&schema, &table, &Parents::new(), *number, *turn, dialect).unwrap()
        });
        rows.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn attempts_try_what_the_checks_speak_of() {
        insta::assert_snapshot!(
            rows(DialectName::Postgres, &[(2, 0), (2, 1), (3, 0), (2, 7)]),
            @r#"
        INSERT INTO "products" ("id", "name", "size", "price") VALUES (1000002, 'row2', 'row2', 2)
        INSERT INTO "products" ("id", "name", "size", "price") VALUES (3, 'A2', 'S', 3)
        INSERT INTO "products" ("id", "name", "size") VALUES (1000003, 'row3', 'row3')
        INSERT INTO "products" ("id", "name", "size") VALUES (3, 'row2', '00000000-0000-4000-8000-000000000002')
        "#,
        );
    }

    #[test]
    fn a_table_stands_behind_those_that_it_points_to() {
        let mut schema = Schema::default();
        let mut child = Table::new(ObjectName::new("a_child"));
        child.columns = vec![Column::new("parent", ColumnType::big_integer()).into()];
        let key = ForeignKey::new(
            Name::implicit("a_child_parent_fkey"),
            vec!["parent".to_owned()],
            ObjectName::new("products"),
            vec!["id".to_owned()],
        );
        child.foreign_keys.insert("a_child_parent_fkey".to_owned(), key);
        let parent = table();
        schema.tables.insert(child.name.clone(), child.clone().into());
        schema.tables.insert(parent.name.clone(), parent.into());
        let names: Vec<String> =
            in_order(&schema).iter().map(|table| table.name.to_string()).collect();
        assert_eq!(names, ["products", "a_child"]);
        let row = |parents: &Parents| attempt(&schema, &child, parents, 2, 0, DialectName::Sqlite);
        assert_eq!(
            row(&Parents::new()),
            Err("it points to `products`, which has no rows".to_owned())
        );
        let parents = Parents::from([(
            "a_child_parent_fkey".to_owned(),
            vec![vec!["7".to_owned()], vec!["8".to_owned()]],
        )]);
        assert_eq!(row(&parents).unwrap(), r#"INSERT INTO "a_child" ("parent") VALUES (7)"#);
    }
}
