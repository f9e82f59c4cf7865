//! The foreign keys of a table: where they point, and whether types and keys fit.

use std::collections::BTreeSet;

use crate::model::{ColumnType, EntityId, EntityKind, ForeignKey, ObjectName, Table};
use crate::rust::item::{FieldItem, ForeignKeyItem, Spanned, TableItem};
use crate::rust::problem::Problem;
use crate::rust::resolve::found::{Found, ambiguous};
use crate::rust::resolve::{can_point, table_name};
use crate::rust::types::guess;

use super::TableResolver;

impl TableResolver<'_, '_, '_> {
    pub(super) fn foreign_keys(
        &mut self,
        at: usize,
        table: &mut Table,
        taken: &mut BTreeSet<String>,
    ) {
        let item = &self.table.item;
        let mut found: Vec<OpenKey<'_>> = Vec::new();
        let own_type = |name: &String| {
            let field = item.fields.iter().position(|field| field.column_name() == name)?;
            self.columns[at][field].clone()
        };
        for field in &item.fields {
            let name = field.column_name().to_owned();
            found.extend(
                field
                    .references
                    .iter()
                    .map(|key| (&**key, vec![name.clone()], vec![own_type(&name)])),
            );
        }
        for key in &item.foreign_keys {
            let columns = self.columns_named(table, &key.columns);
            let types = columns.iter().map(own_type).collect();
            found.push((key, columns, types));
        }
        for (key, columns, types) in found {
            if let Some(key) = self.foreign_key(table, key, columns, &types, taken) {
                table.foreign_keys.insert(key.name.text.clone(), key);
            }
        }
    }

    fn foreign_key(
        &mut self,
        table: &Table,
        key: &ForeignKeyItem,
        columns: Vec<String>,
        types: &[Option<ColumnType>],
        taken: &mut BTreeSet<String>,
    ) -> Option<ForeignKey> {
        if !key.named.is_empty() {
            return self.named_key(table, key, columns, taken);
        }
        let first = key.references.first()?;
        let target = self.target(first)?;
        let referenced = &self.tables[target];
        let mut referenced_columns = Vec::new();
        for (place, path) in key.references.iter().enumerate() {
            let (field_name, _) = path.value.split_last()?;
            let fields = &referenced.item.fields;
            let Some(number) = fields.iter().position(|field| field.rust_name.value == *field_name)
            else {
                let known: Vec<String> = referenced
                    .item
                    .fields
                    .iter()
                    .map(|field| field.rust_name.value.clone())
                    .collect();
                let struct_name = &referenced.item.rust_name.value;
                let problem = Problem::new(
                    path.span,
                    "DBK0105",
                    format!("struct `{struct_name}` has no field `{field_name}`"),
                );
                self.problem(
                    problem
                        .suggest(field_name, known.iter().map(String::as_str), "field")
                        .label("no such field"),
                );
                return None;
            };
            let field = &fields[number];
            referenced_columns.push(field.column_name().to_owned());
            let target_type = self.columns[target][number].as_ref();
            let (dialect, item) = (self.resolver.options.dialect, &self.table.item);
            if let (Some(Some(own)), Some(other)) = (types.get(place), target_type)
                && !(can_point(own, other, dialect)
                    && (own == other || is_one_rust_type(item, &columns[place], field)))
            {
                let problem = Problem::new(
                    path.span,
                    "DBK0106",
                    format!(
                        "`{}.{}` is `{own}`, but `{}` is `{other}`",
                        table.name,
                        columns[place],
                        path.value.join("::")
                    ),
                );
                self.problem(
                    problem.label("points to another type").help("give both fields the same type"),
                );
            }
        }
        if referenced_columns.len() != columns.len() {
            let message =
                format!("{} columns point to {}", columns.len(), referenced_columns.len());
            self.problem(Problem::new(key.span, "DBK0103", message).label("as many on both sides"));
            return None;
        }
        if !is_key(&referenced.item, &referenced_columns) {
            let problem = Problem::new(
                first.span,
                "DBK0111",
                format!(
                    "`{}` is not unique, so a foreign key cannot point to it",
                    first.value.join("::")
                ),
            );
            self.problem(
                problem.label("neither the primary key nor unique").help("add `unique` there"),
            );
        }
        let references = table_name(&referenced.item);
        Some(self.finished_key(table, key, columns, (references, referenced_columns), taken))
    }

    fn finished_key(
        &mut self,
        table: &Table,
        key: &ForeignKeyItem,
        columns: Vec<String>,
        (references, referenced_columns): (ObjectName, Vec<String>),
        taken: &mut BTreeSet<String>,
    ) -> ForeignKey {
        let parts: Vec<&str> = columns.iter().map(String::as_str).collect();
        let name = self.name(key.name.as_ref(), table, &parts, "fkey", taken);
        self.origin(
            || EntityId::member(EntityKind::ForeignKey, &table.name, name.text.as_str()),
            key.span,
        );
        self.renamed_constraint(table, key.renamed_from.as_ref(), &name);
        ForeignKey {
            columns,
            references,
            referenced_columns,
            on_delete: key.on_delete,
            set_columns: self.columns_named(table, &key.set_columns),
            on_update: key.on_update,
            is_temporal: key.is_temporal,
            match_type: key.match_type,
            deferrable: key.deferrable,
            extra: key.extra.extra(),
            name,
        }
    }

    /// A key that names columns as the database does: what the database accepted is not doubted.
    fn named_key(
        &mut self,
        table: &Table,
        key: &ForeignKeyItem,
        columns: Vec<String>,
        taken: &mut BTreeSet<String>,
    ) -> Option<ForeignKey> {
        let mut references: Option<ObjectName> = None;
        let mut referenced_columns = Vec::new();
        for text in &key.named {
            let parts = crate::model::split_dotted(&text.value).unwrap_or_default();
            let Some((column, owner)) = parts.split_last().filter(|(_, owner)| !owner.is_empty())
            else {
                let message = format!("expected a column like `users.id`, found `{}`", text.value);
                self.problem(Problem::new(text.span, "DBK0103", message));
                return None;
            };
            let owner = match owner {
                [name] => ObjectName::new(name),
                [schema, .., name] => ObjectName::qualified(schema, name),
                [] => return None,
            };
            if !key.is_external {
                let Some(known) = self.tables.iter().find(|known| table_name(&known.item) == owner)
                else {
                    let known: Vec<String> = self
                        .tables
                        .iter()
                        .map(|known| table_name(&known.item).to_string())
                        .collect();
                    let message = format!("unknown table `{owner}` in foreign key");
                    let problem = Problem::new(text.span, "DBK0104", message)
                        .label(format!("no table named `{owner}`"));
                    let known = known.iter().map(String::as_str);
                    self.problem(problem.suggest(&owner.to_string(), known, "table"));
                    return None;
                };
                let fields = &known.item.fields;
                if !fields.iter().any(|field| field.column_name() == column) {
                    let names: Vec<&str> = fields.iter().map(FieldItem::column_name).collect();
                    let message = format!("table `{owner}` has no column `{column}`");
                    let problem =
                        Problem::new(text.span, "DBK0105", message).label("no such column");
                    self.problem(problem.suggest(column, names, "column"));
                    return None;
                }
            }
            if references.as_ref().is_some_and(|other| *other != owner) {
                let message = "a foreign key points to one table".to_owned();
                self.problem(Problem::new(text.span, "DBK0103", message).label("another one"));
                return None;
            }
            references = Some(owner);
            referenced_columns.push(column.clone());
        }
        if referenced_columns.len() != columns.len() {
            let message =
                format!("{} columns point to {}", columns.len(), referenced_columns.len());
            self.problem(Problem::new(key.span, "DBK0103", message).label("as many on both sides"));
            return None;
        }
        Some(self.finished_key(table, key, columns, (references?, referenced_columns), taken))
    }

    fn target(&mut self, path: &Spanned<Vec<String>>) -> Option<usize> {
        let (_, struct_path) = path.value.split_last()?;
        let struct_path: Vec<String> = match struct_path {
            [word] if word == "Self" => vec![self.table.item.rust_name.value.clone()],
            other => other.to_vec(),
        };
        let name = struct_path.last().cloned().unwrap_or_default();
        match self.index.find(&struct_path, self.tables) {
            Found::One(at) => Some(at),
            Found::Many(candidates) => {
                self.problem(ambiguous(path.span, &name, &candidates));
                None
            }
            Found::None => {
                let known: Vec<String> =
                    self.tables.iter().map(|table| table.item.rust_name.value.clone()).collect();
                let problem = Problem::new(
                    path.span,
                    "DBK0104",
                    format!("unknown struct `{name}` in foreign key"),
                );
                let problem =
                    problem.label(format!("no struct named `{name}` has `#[derive(Table)]`"));
                self.problem(problem.suggest(&name, known.iter().map(String::as_str), "struct"));
                None
            }
        }
    }
}

/// Whether a column's field has the Rust type of another field.
fn is_one_rust_type(item: &TableItem, column: &str, other: &FieldItem) -> bool {
    let own = item.fields.iter().find(|field| field.column_name() == column);
    own.is_some_and(|own| guess(&own.ty).0 == guess(&other.ty).0)
}

/// A foreign key, its columns, and what is known of their types.
type OpenKey<'a> = (&'a ForeignKeyItem, Vec<String>, Vec<Option<ColumnType>>);

/// Whether some columns of a struct are its primary key, or unique.
fn is_key(item: &TableItem, columns: &[String]) -> bool {
    let sorted = |names: Vec<String>| {
        let mut names = names;
        names.sort();
        names
    };
    let wanted = sorted(columns.to_vec());
    let column = |name: &Spanned<String>| {
        let field = item.fields.iter().find(|field| field.rust_name.value == name.value);
        field.map_or_else(|| name.value.clone(), |field| field.column_name().to_owned())
    };
    let is_wanted =
        |names: &[Spanned<String>]| sorted(names.iter().map(column).collect()) == wanted;
    let single = |field: &FieldItem| vec![field.column_name().to_owned()] == wanted;
    item.primary_key.iter().chain(&item.uniques).any(|key| is_wanted(&key.columns))
        || item.fields.iter().any(|field| {
            (field.is_primary_key.is_some() || field.unique.is_some()) && single(field)
        })
        || item.indexes.iter().any(|index| {
            let names: Option<Vec<Spanned<String>>> =
                index.parts.iter().map(|part| part.column.clone()).collect();
            index.is_unique
                && index.predicate.is_none()
                && names.is_some_and(|names| is_wanted(&names))
        })
        || item
            .fields
            .iter()
            .any(|field| field.index.as_ref().is_some_and(|index| index.is_unique) && single(field))
}
