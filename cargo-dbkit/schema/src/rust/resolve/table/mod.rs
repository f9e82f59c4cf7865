//! One table: its columns, keys, checks and indexes.

mod foreign_key;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;

use crate::model::{
    Check, Column, ColumnType, DefaultValue, DialectName, EntityId, EntityKind, Generated,
    Identity, Index, IndexPart, IndexTarget, Name, ObjectName, PartitionOf, PrimaryKey, Rename,
    SortOrder, Table, TableOptions, Unique,
};
use crate::rust::item::{DefaultItem, FieldItem, IndexItem, KeyItem, Spanned, TableItem};
use crate::rust::names::implicit;
use crate::rust::problem::Problem;
use crate::rust::types::guess;

use super::found::{Found, StructIndex, find};
use super::{In, Resolver, enum_name, is_number, table_name};

pub(super) struct TableResolver<'r, 'a, 't> {
    pub(super) resolver: &'r mut Resolver<'a>,
    pub(super) tables: &'t [In<TableItem>],
    /// The types of the columns of each table, field by field.
    pub(super) columns: &'t [Vec<Option<ColumnType>>],
    pub(super) index: &'t StructIndex<'t>,
    pub(super) table: &'t In<TableItem>,
}

impl TableResolver<'_, '_, '_> {
    fn problem(&mut self, problem: Problem) {
        self.resolver.problem(self.table.file, problem);
    }

    fn origin(&mut self, id: impl FnOnce() -> EntityId, span: Span) {
        if self.resolver.options.wants_origins {
            self.resolver.origins.push((id(), self.table.file, span));
        }
    }

    pub(super) fn resolve(mut self, at: usize) -> Table {
        let item = &self.table.item;
        let name = table_name(item);
        let span = item.table.as_ref().map_or(item.rust_name.span, |name| name.span);
        self.origin(|| EntityId::table(&name), span);
        if let Some(old) = &item.renamed_from
            && let Some(mut from) = self.resolver.parse_name(self.table.file, old)
        {
            from.schema = from
                .schema
                .or_else(|| if old.value.contains('.') { None } else { name.schema.clone() });
            self.resolver.hints.renames.push(Rename::Table { from, to: name.clone() });
        }
        let mut table = Table::new(name.clone());
        let comment = |own: &Option<String>, doc: &Option<String>, wants_docs: bool| {
            own.clone().or_else(|| doc.clone().filter(|_| wants_docs))
        };
        let wants_docs = self.resolver.options.doc_comments;
        table.options = TableOptions {
            comment: comment(&item.comment, &item.doc, wants_docs),
            is_strict: item.is_strict,
            is_without_rowid: item.is_without_rowid,
            engine: item.engine.clone(),
            charset: item.charset.clone(),
            collation: item.collation.clone(),
            extra: item.extra.extra(),
            ..TableOptions::default()
        };
        if let Some((parent, bound)) = &item.partition_of {
            let parent = self.resolver.parse_name(self.table.file, parent);
            table.options.partition_of =
                parent.map(|parent| PartitionOf { parent, bound: bound.clone() });
        }
        for parent in &item.inherits {
            table.options.inherits.extend(self.resolver.parse_name(self.table.file, parent));
        }
        if item.fields.is_empty() && self.resolver.options.dialect != DialectName::Postgres {
            self.problem(Problem::new(
                item.rust_name.span,
                "DBK0116",
                format!("table `{name}` has no columns"),
            ));
        }
        table.columns.reserve_exact(item.fields.len());
        let types = self.columns[at].iter().map(Option::as_ref);
        for (field, ty) in item.fields.iter().zip(types) {
            let comment = comment(&field.comment, &field.doc, wants_docs);
            let column = self.column(&name, field, ty, comment);
            if table.column(&column.name).is_some() {
                let span = field.name.as_ref().map_or(field.rust_name.span, |name| name.span);
                let problem = Problem::new(
                    span,
                    "DBK0108",
                    format!("column `{}` appears twice in table `{name}`", column.name),
                );
                self.problem(problem.label("again here"));
                continue;
            }
            table.columns.push(column.into());
        }
        let mut taken = self.explicit_names();
        self.primary_key(&mut table, &mut taken);
        self.uniques(&mut table, &mut taken);
        self.checks(&mut table, &mut taken);
        self.foreign_keys(at, &mut table, &mut taken);
        self.indexes(&mut table, &mut taken);
        table
    }

    /// Names that users wrote are taken before any name is made up; two that are equal to the server are a mistake.
    fn explicit_names(&mut self) -> BTreeSet<String> {
        let item = &self.table.item;
        let keys = item.primary_key.iter().chain(&item.uniques).filter_map(|key| key.name.as_ref());
        let indexes = item.indexes.iter().filter_map(|index| index.name.as_ref());
        let checks = item.checks.iter().filter_map(|check| check.name.as_ref());
        let foreign = item.foreign_keys.iter().filter_map(|key| key.name.as_ref());
        let of_fields = item.fields.iter().flat_map(|field| {
            let unique = field.unique.as_ref().and_then(|key| key.name.as_ref());
            let index = field.index.as_ref().and_then(|index| index.name.as_ref());
            let key = field.references.as_ref().and_then(|key| key.name.as_ref());
            unique
                .into_iter()
                .chain(index)
                .chain(key)
                .chain(field.checks.iter().filter_map(|check| check.name.as_ref()))
        });
        let mut taken = BTreeSet::new();
        let mut problems = Vec::new();
        let mut cut: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        for name in keys.chain(indexes).chain(checks).chain(foreign).chain(of_fields) {
            if !taken.insert(name.value.clone()) {
                problems.push(
                    Problem::new(
                        name.span,
                        "DBK0108",
                        format!("the name `{}` appears twice", name.value),
                    )
                    .label("again here"),
                );
            } else if let Some(other) = cut.insert(
                name.value.as_bytes().iter().take(63).copied().collect(),
                name.value.clone(),
            ) {
                problems.push(Problem::new(
                    name.span,
                    "DBK0118",
                    format!("`{}` and `{other}` are equal in their first 63 bytes, which is all that PostgreSQL keeps", name.value),
                ));
            }
        }
        for problem in problems {
            self.problem(problem);
        }
        taken
    }

    fn column(
        &mut self,
        table: &ObjectName,
        field: &FieldItem,
        known: Option<&ColumnType>,
        comment: Option<String>,
    ) -> Column {
        let dialect = self.resolver.options.dialect;
        let name = field.column_name().to_owned();
        let id = EntityId::column(table, name.as_str());
        let span = field.name.as_ref().map_or(field.rust_name.span, |name| name.span);
        self.origin(|| id.clone(), span);
        let ty = match known.cloned().map_or_else(|| self.resolver.column_type(field), Ok) {
            Ok(ty) => ty,
            Err(problem) => {
                self.problem(*problem);
                ColumnType::Text
            }
        };
        let mut column = Column::new(name.clone(), ty);
        column.is_nullable = guess(&field.ty).1;
        column.identity = field.identity.as_ref().map(|identity| {
            Box::new(Identity { kind: identity.kind, options: identity.options.clone() })
        });
        column.default = field
            .default
            .as_ref()
            .and_then(|choice| choice.of(dialect))
            .and_then(|default| self.default(default, &column.ty));
        column.generated =
            field.generated.as_ref().and_then(|choice| choice.of(dialect)).map(
                |(kind, expression)| Generated { kind: *kind, expression: expression.clone() },
            );
        column.collation.clone_from(&field.collation);
        column.charset.clone_from(&field.charset);
        column.on_update.clone_from(&field.on_update);
        column.comment = comment;
        column.extra = field.extra.extra();
        if column.default.is_some() && column.generated.is_some() {
            let problem = Problem::new(
                field.rust_name.span,
                "DBK0117",
                format!("`{id}` is generated and has a default"),
            );
            self.problem(problem.label("one of the two"));
        }
        if let Some(identity) = field.identity.as_ref().filter(|_| column.default.is_some()) {
            let problem = Problem::new(
                identity.span,
                "DBK0117",
                format!("`{id}` is numbered by the database and has a default"),
            );
            self.problem(problem.label("one of the two"));
        }
        let hints = &mut self.resolver.hints;
        if let Some(old) = &field.renamed_from {
            hints.renames.push(Rename::Column {
                table: table.clone(),
                from: old.value.clone(),
                to: name,
            });
        }
        if let Some(using) = field.using.as_ref().and_then(|choice| choice.of(dialect)) {
            hints.using.insert(id.clone(), using.clone());
        }
        if let Some(backfill) = field.backfill.as_ref().and_then(|choice| choice.of(dialect)) {
            hints.backfill.insert(id, backfill.clone());
        }
        column
    }

    fn default(&mut self, default: &DefaultItem, ty: &ColumnType) -> Option<DefaultValue> {
        Some(match default {
            DefaultItem::Boolean(value) => DefaultValue::Boolean(*value),
            DefaultItem::Number(number) => DefaultValue::Number(number.clone()),
            DefaultItem::Text(text) => DefaultValue::Text(text.clone()),
            DefaultItem::Now => DefaultValue::Now,
            DefaultItem::Sql(text) if is_number(text) => DefaultValue::Number(text.clone()),
            DefaultItem::Sql(text) => DefaultValue::Expression(text.clone()),
            DefaultItem::Variant(path) => {
                let (variant, enum_path) = path.value.split_last()?;
                let enums = &self.resolver.enums;
                let found = match find(
                    enum_path,
                    enums.iter().map(|item| (&item.module, &item.item.rust_name.value)),
                ) {
                    Found::One(at) => &enums[at].item,
                    Found::None | Found::Many(_) => {
                        let name = enum_path.last().cloned().unwrap_or_default();
                        let known: Vec<String> =
                            enums.iter().map(|item| item.item.rust_name.value.clone()).collect();
                        let problem = Problem::new(
                            path.span,
                            "DBK0117",
                            format!("`{name}` is no enum with `#[derive(DbEnum)]`"),
                        );
                        self.problem(
                            problem
                                .suggest(&name, known.iter().map(String::as_str), "enum")
                                .label("not known"),
                        );
                        return None;
                    }
                };
                if ty.enum_name() != Some(&enum_name(found)) {
                    let problem = Problem::new(
                        path.span,
                        "DBK0117",
                        format!("the column is `{ty}`, not `{}`", found.rust_name.value),
                    );
                    self.problem(problem.label("a variant of another type"));
                    return None;
                }
                match found.variants.iter().find(|known| known.rust_name.value == *variant) {
                    Some(known) => DefaultValue::Text(known.value.clone()),
                    None => {
                        let known: Vec<String> = found
                            .variants
                            .iter()
                            .map(|known| known.rust_name.value.clone())
                            .collect();
                        let problem = Problem::new(
                            path.span,
                            "DBK0117",
                            format!("`{}` has no variant `{variant}`", found.rust_name.value),
                        );
                        self.problem(
                            problem
                                .suggest(variant, known.iter().map(String::as_str), "variant")
                                .label("no such variant"),
                        );
                        return None;
                    }
                }
            }
        })
    }

    /// The column of a field that is named in an attribute: by the name of the field, or by that of the column.
    fn column_named(&mut self, table: &Table, name: &Spanned<String>) -> Option<String> {
        let fields = &self.table.item.fields;
        if let Some(field) = fields
            .iter()
            .find(|field| field.rust_name.value == name.value || field.column_name() == name.value)
        {
            return Some(field.column_name().to_owned());
        }
        let known: Vec<String> = fields.iter().map(|field| field.rust_name.value.clone()).collect();
        let problem = Problem::new(
            name.span,
            "DBK0105",
            format!("table `{}` has no column `{}`", table.name, name.value),
        );
        self.problem(
            problem
                .suggest(&name.value, known.iter().map(String::as_str), "column")
                .label("no such column"),
        );
        None
    }

    fn columns_named(&mut self, table: &Table, names: &[Spanned<String>]) -> Vec<String> {
        names.iter().filter_map(|name| self.column_named(table, name)).collect()
    }

    fn name(
        &self,
        given: Option<&Spanned<String>>,
        table: &Table,
        columns: &[&str],
        suffix: &str,
        taken: &mut BTreeSet<String>,
    ) -> Name {
        match given {
            Some(name) => Name::explicit(&name.value),
            None => Name::implicit(implicit(&table.name.name, columns, suffix, taken)),
        }
    }

    fn renamed_constraint(&mut self, table: &Table, old: Option<&Spanned<String>>, name: &Name) {
        if let Some(old) = old {
            let rename = Rename::Constraint {
                table: table.name.clone(),
                from: old.value.clone(),
                to: name.text.clone(),
            };
            self.resolver.hints.renames.push(rename);
        }
    }

    fn primary_key(&mut self, table: &mut Table, taken: &mut BTreeSet<String>) {
        let item = &self.table.item;
        let fields: Vec<(&FieldItem, Span)> = item
            .fields
            .iter()
            .filter_map(|field| field.is_primary_key.map(|span| (field, span)))
            .collect();
        let twice = match (&item.primary_key, fields.as_slice()) {
            (Some(key), [_, ..]) => Some(key.span),
            (None, [_, (_, second), ..]) => Some(*second),
            _ => None,
        };
        if let Some(span) = twice {
            let problem = Problem::new(
                span,
                "DBK0116",
                format!("table `{}` has more than one primary key", table.name),
            );
            self.problem(
                problem
                    .label("a second one")
                    .help("for a key of several columns write `primary_key(a, b)` on the struct"),
            );
        }
        let columns = match &item.primary_key {
            Some(key) => self.columns_named(table, &key.columns),
            None => {
                fields.iter().take(1).map(|(field, _)| field.column_name().to_owned()).collect()
            }
        };
        if columns.is_empty() {
            return;
        }
        for column in &mut table.columns {
            column.is_nullable &= !columns.contains(&column.name);
        }
        let given = item.primary_key.as_ref();
        let name = self.name(given.and_then(|key| key.name.as_ref()), table, &[], "pkey", taken);
        let span = given
            .map(|key| key.span)
            .or_else(|| fields.first().map(|(_, span)| *span))
            .unwrap_or(item.rust_name.span);
        self.origin(
            || EntityId::member(EntityKind::PrimaryKey, &table.name, name.text.as_str()),
            span,
        );
        self.renamed_constraint(table, given.and_then(|key| key.renamed_from.as_ref()), &name);
        table.primary_key = Some(PrimaryKey {
            name,
            columns,
            include: given.map(|key| self.columns_named(table, &key.include)).unwrap_or_default(),
            is_temporal: given.is_some_and(|key| key.is_temporal),
            deferrable: given.and_then(|key| key.deferrable),
            extra: given.map(|key| key.extra.extra()).unwrap_or_default(),
        });
    }

    fn uniques(&mut self, table: &mut Table, taken: &mut BTreeSet<String>) {
        let item = &self.table.item;
        let mut found: Vec<(&KeyItem, Vec<String>)> = Vec::new();
        for field in &item.fields {
            found.extend(
                field.unique.iter().map(|key| (&**key, vec![field.column_name().to_owned()])),
            );
        }
        for key in &item.uniques {
            let columns = self.columns_named(table, &key.columns);
            found.push((key, columns));
        }
        for (key, columns) in found {
            if columns.is_empty() {
                continue;
            }
            let parts: Vec<&str> = columns.iter().map(String::as_str).collect();
            let name = self.name(key.name.as_ref(), table, &parts, "key", taken);
            self.origin(
                || EntityId::member(EntityKind::Unique, &table.name, name.text.as_str()),
                key.span,
            );
            self.renamed_constraint(table, key.renamed_from.as_ref(), &name);
            let unique = Unique {
                columns,
                include: self.columns_named(table, &key.include),
                is_temporal: key.is_temporal,
                nulls_not_distinct: key.nulls_not_distinct,
                deferrable: key.deferrable,
                extra: key.extra.extra(),
                name,
            };
            table.uniques.insert(unique.name.text.clone(), unique);
        }
    }

    fn checks(&mut self, table: &mut Table, taken: &mut BTreeSet<String>) {
        let item = &self.table.item;
        let of_fields = item.fields.iter().flat_map(|field| {
            field.checks.iter().map(|check| (check, Some(field.column_name().to_owned())))
        });
        let of_table = item.checks.iter().map(|check| (check, None));
        for (check, column) in of_fields.chain(of_table) {
            let parts: Vec<&str> = column.iter().map(String::as_str).collect();
            let name = self.name(check.name.as_ref(), table, &parts, "check", taken);
            self.origin(
                || EntityId::member(EntityKind::Check, &table.name, name.text.as_str()),
                check.span,
            );
            let check = Check {
                is_no_inherit: check.is_no_inherit,
                extra: check.extra.extra(),
                ..Check::new(name, check.expression.as_str())
            };
            table.checks.insert(check.name.text.clone(), check);
        }
    }

    fn indexes(&mut self, table: &mut Table, taken: &mut BTreeSet<String>) {
        let item = &self.table.item;
        let mut found: Vec<(&IndexItem, Vec<IndexPart>)> = Vec::new();
        for field in &item.fields {
            if let Some(index) = &field.index {
                found.push((index, vec![IndexPart::column(field.column_name())]));
            }
        }
        for index in &item.indexes {
            let mut parts = Vec::new();
            for part in &index.parts {
                let target = match (&part.column, &part.expression) {
                    (Some(column), _) => self.column_named(table, column).map(IndexTarget::Column),
                    (None, Some(expression)) => Some(IndexTarget::Expression(expression.clone())),
                    (None, None) => None,
                };
                parts.extend(target.map(|target| IndexPart {
                    order: if part.is_descending {
                        SortOrder::Descending
                    } else {
                        SortOrder::Ascending
                    },
                    nulls: part.nulls,
                    opclass: part.opclass.clone(),
                    collation: part.collation.clone(),
                    prefix: part.prefix,
                    ..IndexPart::new(target)
                }));
            }
            found.push((index, parts));
        }
        for (item, parts) in found {
            if parts.is_empty() {
                continue;
            }
            let columns: Vec<&str> = parts
                .iter()
                .map(|part| match &part.target {
                    IndexTarget::Column(name) => name.as_str(),
                    IndexTarget::Expression(_) => "expr",
                })
                .collect();
            let name = self.name(item.name.as_ref(), table, &columns, "idx", taken);
            self.origin(
                || EntityId::member(EntityKind::Index, &table.name, name.text.as_str()),
                item.span,
            );
            if let Some(old) = &item.renamed_from {
                let rename = Rename::Index {
                    table: table.name.clone(),
                    from: old.value.clone(),
                    to: name.text.clone(),
                };
                self.resolver.hints.renames.push(rename);
            }
            let include = self.columns_named(table, &item.include);
            let index = Index {
                is_unique: item.is_unique,
                nulls_not_distinct: item.nulls_not_distinct,
                parts,
                method: item.method.clone(),
                include,
                predicate: item.predicate.clone(),
                with: item.with.iter().cloned().collect(),
                comment: item.comment.clone(),
                is_concurrent: item.is_concurrent,
                extra: item.extra.extra(),
                name,
            };
            table.indexes.insert(index.name.text.clone(), index);
        }
    }
}
