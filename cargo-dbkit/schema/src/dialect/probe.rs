//! What could stop a plan in the rows that are there, asked before anything is done.
//!
//! Pure: a probe is SQL, and somebody with a connection runs it. Names are those before the plan.

mod cast;

use std::collections::BTreeMap;

use sea_query::{MysqlQueryBuilder, PostgresQueryBuilder, SqliteQueryBuilder};

use crate::diff::{Change, Diff};
use crate::model::{
    Column, ColumnType, DialectName, EntityId, EntityKind, EnumType, ForeignKey, Hints, ObjectName,
    Rename, Schema, Table,
};

use super::sql::{Backend, Sql};

/// A question to the rows that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What it is about.
    pub entity: EntityId,
    /// What a count above zero means: ``rows with NULL in `users.email` ``.
    pub finding: String,
    /// Whether the plan stops at such rows; else they are only lost.
    pub stops: bool,
    /// One row, one column: how many.
    pub count: String,
    /// Some of them, by key: rows of one text column.
    pub sample: Option<String>,
}

/// The probes of a plan from a schema.
pub fn probes(from: &Schema, diff: &Diff, hints: &Hints, dialect: DialectName) -> Vec<Probe> {
    match dialect {
        DialectName::Postgres => {
            Prober { from, diff, hints, dialect, backend: || PostgresQueryBuilder }.all()
        }
        DialectName::Sqlite => {
            Prober { from, diff, hints, dialect, backend: || SqliteQueryBuilder }.all()
        }
        DialectName::Mysql => {
            Prober { from, diff, hints, dialect, backend: || MysqlQueryBuilder }.all()
        }
    }
}

struct Prober<'a, B> {
    from: &'a Schema,
    diff: &'a Diff,
    hints: &'a Hints,
    dialect: DialectName,
    backend: fn() -> B,
}

impl<B: Backend> Prober<'_, B> {
    fn sql(&self, words: &str) -> Sql<B> {
        Sql::start((self.backend)(), words)
    }

    /// The table as it is now.
    fn table(&self, new: &ObjectName) -> Option<&Table> {
        let old = self.diff.renames.iter().find_map(|rename| match rename {
            Rename::Table { from, to } if to == new => Some(from),
            _ => None,
        });
        self.from.table(old.unwrap_or(new))
    }

    /// The column as it is called now.
    fn column(&self, table: &ObjectName, new: &str) -> String {
        let old = self.diff.renames.iter().find_map(|rename| match rename {
            Rename::Column { table: of, from, to } if of == table && to == new => Some(from),
            _ => None,
        });
        old.map_or_else(|| new.to_owned(), Clone::clone)
    }

    fn all(&self) -> Vec<Probe> {
        self.diff.changes.iter().flat_map(|change| self.of(change)).collect()
    }

    fn of(&self, change: &Change) -> Vec<Probe> {
        match change {
            Change::AlterColumn { table, from, to } => self.altered(table, from, to),
            Change::AlterEnum { from, to, mapping } => self.removed_values(from, to, mapping),
            other => self.probe(other).into_iter().collect(),
        }
    }

    fn probe(&self, change: &Change) -> Option<Probe> {
        match change {
            Change::DropTable(table) => {
                let known = self.from.tables.get(&table.name)?;
                let finding = format!("rows of `{}` go", table.name);
                Some(self.build(EntityId::table(&table.name), finding, false, known, "TRUE"))
            }
            Change::DropColumn { table, column } if column.generated.is_none() => {
                let known = self.table(table)?;
                let name = self.column(table, &column.name);
                let id = EntityId::column(table, column.name.as_str());
                let finding = format!("values of `{id}` go");
                let condition = self.sql("").name(&name).raw(" IS NOT NULL").finish();
                Some(self.build(id, finding, false, known, &condition))
            }
            Change::AddColumn { table, column } => {
                let id = EntityId::column(table, column.name.as_str());
                let has_value = column.is_nullable
                    || column.default.is_some()
                    || column.identity.is_some()
                    || column.generated.is_some()
                    || self.hints.backfill.contains_key(&id);
                let known = self.table(table)?;
                let finding = format!("rows have no value for `{id}`");
                (!has_value).then(|| self.build(id, finding, true, known, "TRUE"))
            }
            Change::AddUnique { table, unique } => {
                self.duplicates(EntityKind::Unique, table, &unique.name.text, &unique.columns)
            }
            Change::AddPrimaryKey { table, key } => {
                self.duplicates(EntityKind::PrimaryKey, table, &key.name.text, &key.columns)
            }
            Change::CreateIndex { table, index }
                if index.is_unique && index.predicate.is_none() =>
            {
                let columns: Vec<String> = index.columns().map(str::to_owned).collect();
                let is_plain = columns.len() == index.parts.len();
                is_plain.then(|| {
                    self.duplicates(EntityKind::Index, table, &index.name.text, &columns)
                })?
            }
            Change::AddForeignKey { table, key } => self.orphans(table, key),
            Change::AddCheck { table, check } => {
                let known = self.table(table)?;
                let id = EntityId::member(EntityKind::Check, table, check.name.text.as_str());
                let finding = format!("rows of `{table}` do not satisfy `{}`", check.name);
                let condition = format!("NOT ({})", check.expression);
                Some(self.build(id, finding, true, known, &condition))
            }
            _ => None,
        }
    }

    fn altered(&self, table: &ObjectName, from: &Column, to: &Column) -> Vec<Probe> {
        let Some(known) = self.table(table) else { return Vec::new() };
        let name = self.column(table, &from.name);
        let id = EntityId::column(table, to.name.as_str());
        let mut probes = Vec::new();
        if from.is_nullable
            && !to.is_nullable
            && to.default.is_none()
            && to.identity.is_none()
            && !self.hints.backfill.contains_key(&id)
        {
            let finding = format!("rows have NULL in `{id}`");
            let condition = self.sql("").name(&name).raw(" IS NULL").finish();
            probes.push(self.build(id.clone(), finding, true, known, &condition));
        }
        // What a person's own expression does to a value is not known.
        if from.ty != to.ty && !self.hints.using.contains_key(&id) {
            let column = self.sql("").name(&name).finish();
            let flaw = cast::flaw(&column, &from.ty, &to.ty, self.dialect);
            if let Some(flaw) = flaw.or_else(|| self.no_value(&column, &from.ty, &to.ty)) {
                // A plain table of SQLite takes any value in any column.
                let stops = self.dialect != DialectName::Sqlite || known.options.is_strict;
                let finding = format!("values of `{id}` {}", flaw.words);
                probes.push(self.build(id, finding, stops, known, &flaw.condition));
            }
        }
        probes
    }

    /// Texts that are no values of the enum that the column gets.
    fn no_value(&self, column: &str, from: &ColumnType, to: &ColumnType) -> Option<cast::Flaw> {
        let ColumnType::Enum(name) = to else { return None };
        if !matches!(from, ColumnType::Text | ColumnType::Varchar(_) | ColumnType::Char(_)) {
            return None;
        }
        let made = self.diff.changes.iter().find_map(|change| match change {
            Change::CreateEnum(made) | Change::AlterEnum { to: made, .. } if made.name == *name => {
                Some(made)
            }
            _ => None,
        });
        let values = &made.or_else(|| self.from.enums.get(name))?.values;
        let condition = self.sql(column).raw(" NOT IN ");
        let condition = condition.list(values, |sql, value| sql.literal(value)).finish();
        Some(cast::Flaw { words: format!("are no values of `{name}`"), condition })
    }

    /// Rows with a value that an enum has no more, and that nothing takes the place of.
    fn removed_values(
        &self,
        from: &EnumType,
        to: &EnumType,
        mapping: &BTreeMap<String, String>,
    ) -> Vec<Probe> {
        let is_removed = |value: &&String| !to.values.contains(value);
        let removed: Vec<&String> = from.values.iter().filter(is_removed).collect();
        if removed.is_empty() {
            return Vec::new();
        }
        // The database still has the values by their old names.
        let old = |value: &String| {
            let renamed = self.diff.renames.iter().find_map(|rename| match rename {
                Rename::EnumValue { name, from, to: new } if *name == to.name && new == value => {
                    Some(from)
                }
                _ => None,
            });
            renamed.unwrap_or(value).clone()
        };
        let type_name = self.diff.renames.iter().find_map(|rename| match rename {
            Rename::Enum { from, to: new } if *new == to.name => Some(from),
            _ => None,
        });
        let type_name = type_name.unwrap_or(&to.name);
        let mut probes = Vec::new();
        for table in self.from.tables.values() {
            for column in &table.columns {
                if column.ty != ColumnType::Enum(type_name.clone()) {
                    continue;
                }
                let id = EntityId::column(&table.name, column.name.as_str());
                for value in &removed {
                    let finding =
                        format!("rows have `{value}` in `{id}`, which `{}` has no more", to.name);
                    let stops = !mapping.contains_key(*value);
                    let condition =
                        self.sql("").name(&column.name).raw(" = ").literal(&old(value)).finish();
                    let probe = self.build(id.clone(), finding, stops, table, &condition);
                    probes.push(probe);
                }
            }
        }
        probes
    }

    fn duplicates(
        &self,
        kind: EntityKind,
        table: &ObjectName,
        name: &str,
        columns: &[String],
    ) -> Option<Probe> {
        let known = self.table(table)?;
        let columns: Vec<String> =
            columns.iter().map(|column| self.column(table, column)).collect();
        if columns.iter().any(|column| known.column(column).is_none()) {
            return None;
        }
        let mut list = self.sql("");
        let mut not_null = self.sql("");
        for (at, column) in columns.iter().enumerate() {
            list = list.when(at > 0, ", ").name(column);
            not_null = not_null.when(at > 0, " AND ").name(column).raw(" IS NOT NULL");
        }
        let (list, not_null) = (list.finish(), not_null.finish());
        let groups = self
            .sql("SELECT ")
            .raw(&list)
            .raw(" FROM ")
            .object(&known.name)
            .raw(" WHERE ")
            .raw(&not_null)
            .raw(" GROUP BY ")
            .raw(&list)
            .raw(" HAVING count(*) > 1")
            .finish();
        Some(Probe {
            entity: EntityId::member(kind, table, name),
            finding: format!(
                "values of `{table}` ({}) are there more than once",
                columns.join(", ")
            ),
            stops: true,
            count: format!("SELECT count(*) FROM ({groups}) AS probe"),
            sample: (columns.len() == 1).then(|| format!("{groups} LIMIT 3")),
        })
    }

    fn orphans(&self, table: &ObjectName, key: &ForeignKey) -> Option<Probe> {
        let known = self.table(table)?;
        let target = self.table(&key.references)?;
        let id = EntityId::member(EntityKind::ForeignKey, table, key.name.text.as_str());
        let mut present = self.sql("");
        let mut equal = self.sql("");
        for (at, (column, referenced)) in
            key.columns.iter().zip(&key.referenced_columns).enumerate()
        {
            let column = self.column(table, column);
            known.column(&column)?;
            let referenced = self.column(&key.references, referenced);
            present = present.when(at > 0, " AND ").raw("child.").name(&column).raw(" IS NOT NULL");
            equal = equal
                .when(at > 0, " AND ")
                .raw("parent.")
                .name(&referenced)
                .raw(" = child.")
                .name(&column);
        }
        let rest = self
            .sql(" FROM ")
            .object(&known.name)
            .raw(" AS child WHERE ")
            .raw(&present.finish())
            .raw(" AND NOT EXISTS (SELECT 1 FROM ")
            .object(&target.name)
            .raw(" AS parent WHERE ")
            .raw(&equal.finish())
            .raw(")")
            .finish();
        let sample = self.key_of(known).map(|column| {
            self.sql("SELECT child.").name(column).raw(&rest).raw(" LIMIT 3").finish()
        });
        Some(Probe {
            finding: format!("rows of `{table}` point to nothing in `{}`", key.references),
            entity: id,
            stops: true,
            count: format!("SELECT count(*){rest}"),
            sample,
        })
    }

    fn key_of<'t>(&self, table: &'t Table) -> Option<&'t String> {
        match table.primary_key.as_ref()?.columns.as_slice() {
            [column] => Some(column),
            _ => None,
        }
    }

    fn build(
        &self,
        entity: EntityId,
        finding: String,
        stops: bool,
        table: &Table,
        condition: &str,
    ) -> Probe {
        let from = self.sql(" FROM ").object(&table.name).finish();
        let filter =
            if condition == "TRUE" { String::new() } else { format!(" WHERE {condition}") };
        let sample = self.key_of(table).map(|column| {
            self.sql("SELECT ").name(column).raw(&from).raw(&filter).raw(" LIMIT 3").finish()
        });
        Probe { entity, finding, stops, count: format!("SELECT count(*){from}{filter}"), sample }
    }
}
