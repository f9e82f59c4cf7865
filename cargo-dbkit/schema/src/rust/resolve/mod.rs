//! Puts the items of all files together: names, types, foreign keys, one dialect.

mod column_type;
mod found;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;

use crate::model::{
    ColumnType, EntityId, EntityKind, EnumType, Extra, Hints, Namespace, Object, ObjectName,
    Rename, Schema, Sequence,
};

use super::definition::{self, Definitions, uses, view_name};
use super::grammar::snake;
use super::item::{Cfg, EnumItem, Spanned, TableItem, TypeAliasItem};
use super::object_item::{ObjectItem, ViewItem};
use super::problem::Problem;
use super::{Options, Unplaced};

use self::found::{Found, StructIndex, find};
use self::table::TableResolver;

pub(super) use self::column_type::{can_point, portable_word};

/// An item and where it stands.
pub(crate) struct In<T> {
    file: usize,
    module: Vec<String>,
    item: T,
}

impl<T> In<T> {
    pub(crate) fn new(file: usize, module: &[String], item: T) -> Self {
        Self { file, module: module.to_vec(), item }
    }
}

/// Collects the items of all files, and resolves them.
pub(crate) struct Resolver<'a> {
    options: &'a Options,
    pub(crate) tables: Vec<In<TableItem>>,
    pub(crate) enums: Vec<In<EnumItem>>,
    pub(crate) types: Vec<In<TypeAliasItem>>,
    pub(crate) views: Vec<In<ViewItem>>,
    pub(crate) objects: Vec<In<ObjectItem>>,
    pub(crate) aliases: BTreeMap<String, syn::Type>,
    problems: Vec<(usize, Problem)>,
    origins: Vec<(EntityId, usize, Span)>,
    wanted: Vec<(String, usize, Span)>,
    hints: Hints,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(options: &'a Options) -> Self {
        Self {
            options,
            tables: Vec::new(),
            enums: Vec::new(),
            types: Vec::new(),
            views: Vec::new(),
            objects: Vec::new(),
            aliases: BTreeMap::new(),
            problems: Vec::new(),
            origins: Vec::new(),
            wanted: Vec::new(),
            hints: Hints::default(),
        }
    }

    /// Takes what another one has collected.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.tables.append(&mut other.tables);
        self.enums.append(&mut other.enums);
        self.types.append(&mut other.types);
        self.views.append(&mut other.views);
        self.objects.append(&mut other.objects);
        self.aliases.append(&mut other.aliases);
        self.problems.append(&mut other.problems);
    }

    pub(crate) fn problem(&mut self, file: usize, problem: Problem) {
        self.problems.push((file, problem));
    }

    pub(crate) fn problems(&mut self, file: usize, problems: Vec<Problem>) {
        self.problems.extend(problems.into_iter().map(|problem| (file, problem)));
    }

    pub(crate) fn finish(mut self) -> Unplaced {
        let features = &self.options.features;
        let holds = |cfg: &[Cfg]| cfg.iter().all(|cfg| is_on(cfg, features));
        self.tables.retain(|table| holds(&table.item.cfg));
        for table in &mut self.tables {
            table.item.fields.retain(|field| !field.is_skipped && holds(&field.cfg));
        }
        self.enums.retain(|item| holds(&item.item.cfg));

        let mut schema = Schema::default();
        self.resolve_objects(&mut schema);
        self.resolve_enums(&mut schema);
        let tables = std::mem::take(&mut self.tables);
        let index = StructIndex::new(&tables);
        let columns: Vec<Vec<Option<ColumnType>>> =
            tables.iter().map(|table| self.columns_of(table)).collect();
        for (at, table) in tables.iter().enumerate() {
            let resolved = TableResolver {
                resolver: &mut self,
                tables: &tables,
                columns: &columns,
                index: &index,
                table,
            }
            .resolve(at);
            let mut resolved = resolved;
            let name = resolved.name.clone();
            self.objects_of(table.file, &mut schema, |definitions| {
                definitions.of_table(&table.item, &mut resolved)
            });
            self.namespace_of(&name, table.file, table.item.rust_name.span, &mut schema);
            if schema.tables.insert(name.clone(), resolved.into()).is_some() {
                let span =
                    table.item.table.as_ref().map_or(table.item.rust_name.span, |name| name.span);
                let problem =
                    Problem::new(span, "DBK0108", format!("table `{name}` appears twice"));
                self.problem(table.file, problem.label("again here"));
            }
        }
        self.resolve_views(&tables, &index, &mut schema);
        let objects: Vec<_> = schema.objects.values().map(|object| uses(object, &schema)).collect();
        for (object, uses) in schema.objects.values_mut().zip(objects) {
            object.extra.uses.0.extend(uses.0);
        }
        if !schema.objects.is_empty() {
            definition::members_use(&mut schema);
        }
        Unplaced {
            schema,
            hints: self.hints,
            origins: self.origins,
            wanted: self.wanted,
            problems: self.problems,
        }
    }

    /// Puts the objects that some items make into the schema.
    fn objects_of(
        &mut self,
        file: usize,
        schema: &mut Schema,
        make: impl FnOnce(&mut Definitions<'_>) -> Vec<(Object, Span)>,
    ) {
        let mut definitions = Definitions {
            dialect: self.options.dialect,
            texts: &self.options.texts,
            wanted: Vec::new(),
            problems: Vec::new(),
        };
        let objects = make(&mut definitions);
        let Definitions { wanted, problems, .. } = definitions;
        self.wanted.extend(wanted.into_iter().map(|(path, span)| (path, file, span)));
        self.problems(file, problems);
        for (object, span) in objects {
            self.namespace_of(&object.id.object, file, span, schema);
            self.origins.push((object.id.clone(), file, span));
            let (word, id) = (object.id.kind.word(), object.id.clone());
            if schema.objects.insert(id.clone(), object).is_some() {
                let problem = Problem::new(span, "DBK0108", format!("{word} `{id}` appears twice"));
                self.problem(file, problem.label("again here"));
            }
        }
    }

    fn resolve_views(
        &mut self,
        tables: &[In<TableItem>],
        index: &StructIndex<'_>,
        schema: &mut Schema,
    ) {
        let features = &self.options.features;
        let views: Vec<In<ViewItem>> = std::mem::take(&mut self.views)
            .into_iter()
            .filter(|view| view.item.cfg.iter().all(|cfg| is_on(cfg, features)))
            .collect();
        for view in &views {
            self.objects_of(view.file, schema, |definitions| definitions.view(&view.item));
            let name = view_name(&view.item);
            if schema.tables.contains_key(&name) {
                let span = view.item.view.as_ref().map_or(view.item.rust_name.span, |at| at.span);
                let problem = Problem::new(span, "DBK0108", format!("`{name}` is a table already"));
                self.problem(view.file, problem.label("the same name"));
            }
        }
        for view in &views {
            let kind = if view.item.is_materialized {
                EntityKind::MaterializedView
            } else {
                EntityKind::View
            };
            let id = EntityId::object(kind, view_name(&view.item));
            for path in &view.item.depends_on {
                let of_view = find(
                    &path.value,
                    views.iter().map(|view| (&view.module, &view.item.rust_name.value)),
                );
                let used = match (index.find(&path.value, tables), of_view) {
                    (Found::One(at), _) => EntityId::table(&table_name(&tables[at].item)),
                    (_, Found::One(at)) => {
                        let other = &views[at].item;
                        let kind = if other.is_materialized {
                            EntityKind::MaterializedView
                        } else {
                            EntityKind::View
                        };
                        EntityId::object(kind, view_name(other))
                    }
                    _ => {
                        let shown = path.value.join("::");
                        let structs =
                            tables.iter().map(|table| table.item.rust_name.value.as_str());
                        let problem = Problem::new(
                            path.span,
                            "DBK0104",
                            format!("unknown struct `{shown}` in `depends_on`"),
                        )
                        .suggest(&shown, structs, "struct")
                        .label("no table or view");
                        self.problem(view.file, problem);
                        continue;
                    }
                };
                if let Some(object) = schema.objects.get_mut(&id) {
                    object.extra.uses.0.insert(used);
                }
            }
        }
    }

    /// A namespace that a table or enum names exists, whether `objects!` says so or not.
    fn namespace_of(&mut self, name: &ObjectName, file: usize, span: Span, schema: &mut Schema) {
        let Some(namespace) = &name.schema else { return };
        if !schema.namespaces.contains_key(namespace) {
            self.origins.push((
                EntityId::object(EntityKind::Namespace, ObjectName::new(namespace)),
                file,
                span,
            ));
            schema.namespaces.insert(
                namespace.clone(),
                Namespace { name: namespace.clone(), comment: None, extra: Extra::default() },
            );
        }
    }

    fn resolve_objects(&mut self, schema: &mut Schema) {
        for object in std::mem::take(&mut self.objects) {
            self.objects_of(object.file, schema, |definitions| {
                definitions.object(&object.item).into_iter().collect()
            });
            match object.item {
                ObjectItem::Namespace { name, comment, extra } => {
                    self.origins.push((
                        EntityId::object(EntityKind::Namespace, ObjectName::new(&name.value)),
                        object.file,
                        name.span,
                    ));
                    schema.namespaces.insert(
                        name.value.clone(),
                        Namespace { name: name.value, comment, extra: extra.extra() },
                    );
                }
                ObjectItem::Sequence { name, options, ty, comment, extra } => {
                    match name.value.parse::<ObjectName>() {
                        Ok(parsed) => {
                            self.origins.push((
                                EntityId::object(EntityKind::Sequence, parsed.clone()),
                                object.file,
                                name.span,
                            ));
                            self.namespace_of(&parsed, object.file, name.span, schema);
                            let sequence = Sequence {
                                name: parsed.clone(),
                                ty: ty.map(|ty| portable_word(&ty.value)),
                                options,
                                comment,
                                extra: extra.extra(),
                            };
                            if schema.sequences.insert(parsed.clone(), sequence).is_some() {
                                let problem = Problem::new(
                                    name.span,
                                    "DBK0108",
                                    format!("sequence `{parsed}` appears twice"),
                                );
                                self.problem(object.file, problem.label("again here"));
                            }
                        }
                        Err(message) => {
                            self.problem(object.file, Problem::new(name.span, "DBK0103", message))
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn resolve_enums(&mut self, schema: &mut Schema) {
        let enums = std::mem::take(&mut self.enums);
        for found in &enums {
            let item = &found.item;
            let name = enum_name(item);
            let span = item.name.as_ref().map_or(item.rust_name.span, |name| name.span);
            self.namespace_of(&name, found.file, span, schema);
            self.origins.push((EntityId::object(EntityKind::Enum, name.clone()), found.file, span));
            let mut values = Vec::new();
            for variant in &item.variants {
                if values.contains(&variant.value) {
                    let problem = Problem::new(
                        variant.rust_name.span,
                        "DBK0114",
                        format!("value `{}` appears twice in `{name}`", variant.value),
                    );
                    self.problem(found.file, problem.label("again here"));
                }
                let id = EntityId::member(EntityKind::EnumValue, &name, variant.value.as_str());
                self.origins.push((id, found.file, variant.rust_name.span));
                values.push(variant.value.clone());
                if let Some(old) = &variant.renamed_from {
                    self.hints.renames.push(Rename::EnumValue {
                        name: name.clone(),
                        from: old.value.clone(),
                        to: variant.value.clone(),
                    });
                }
            }
            for (old, new) in &item.removed {
                let variant = item.variants.iter().find(|variant| {
                    variant.rust_name.value == new.value || variant.value == new.value
                });
                match variant {
                    Some(variant) => {
                        let mapping = self.hints.removed_values.entry(name.clone()).or_default();
                        mapping.insert(old.value.clone(), variant.value.clone());
                    }
                    None => {
                        let variants =
                            item.variants.iter().map(|variant| variant.rust_name.value.as_str());
                        let problem = Problem::new(
                            new.span,
                            "DBK0117",
                            format!("`{}` has no variant `{}`", item.rust_name.value, new.value),
                        );
                        self.problem(
                            found.file,
                            problem
                                .suggest(&new.value, variants, "variant")
                                .label("no such variant"),
                        );
                    }
                }
            }
            if let Some(old) = &item.renamed_from
                && let Some(from) = self.parse_name(found.file, old)
            {
                self.hints.renames.push(Rename::Enum { from, to: name.clone() });
            }
            let enum_type = EnumType {
                name: name.clone(),
                values,
                comment: item.comment.clone(),
                extra: item.extra.extra(),
            };
            if schema.enums.insert(name.clone(), enum_type).is_some() {
                let problem = Problem::new(span, "DBK0108", format!("enum `{name}` appears twice"));
                self.problem(found.file, problem.label("again here"));
            }
        }
        self.enums = enums;
    }

    fn parse_name(&mut self, file: usize, text: &Spanned<String>) -> Option<ObjectName> {
        match text.value.parse() {
            Ok(name) => Some(name),
            Err(message) => {
                self.problem(file, Problem::new(text.span, "DBK0103", message));
                None
            }
        }
    }
}

pub(super) fn is_on(cfg: &Cfg, features: &BTreeSet<String>) -> bool {
    match cfg {
        Cfg::Feature(name) => features.contains(name),
        Cfg::Not(inner) => !is_on(inner, features),
        Cfg::All(all) => all.iter().all(|cfg| is_on(cfg, features)),
        Cfg::Any(any) => any.iter().any(|cfg| is_on(cfg, features)),
        Cfg::Test => false,
    }
}

pub(super) fn enum_name(item: &EnumItem) -> ObjectName {
    let name =
        item.name.as_ref().map_or_else(|| snake(&item.rust_name.value), |name| name.value.clone());
    ObjectName { schema: item.schema.clone(), name }
}

pub(super) fn table_name(item: &TableItem) -> ObjectName {
    let name =
        item.table.as_ref().map_or_else(|| snake(&item.rust_name.value), |name| name.value.clone());
    ObjectName { schema: item.schema.clone(), name }
}

/// A number with its sign, which can stand only in a string.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && text.parse::<f64>().is_ok()
}
