//! Puts the items of all files together: names, types, foreign keys, one dialect.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;

use crate::model::{
    Check, Column, ColumnType, DefaultValue, DialectName, EntityId, EntityKind, EnumType, Extra,
    ForeignKey, Generated, Hints, Identity, Index, IndexPart, IndexTarget, IntegerSize, Name,
    Namespace, Object, ObjectName, PartitionOf, PrimaryKey, Rename, Schema, Sequence, SortOrder,
    Table, TableOptions, Unique,
};

use super::definition::{self, Definitions, uses, view_name};
use super::grammar::snake;
use super::item::{
    Cfg, DefaultItem, EnumItem, FieldItem, ForeignKeyItem, IndexItem, KeyItem, Spanned, TableItem,
    TypeAliasItem, TypeItem,
};
use super::names::implicit;
use super::object_item::{ObjectItem, ViewItem};
use super::problem::Problem;
use super::types::{Guess, KNOWN, guess};
use super::{Options, Unplaced};

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

/// What a path to a struct or an enum leads to.
enum Found {
    One(usize),
    None,
    Many(Vec<String>),
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
        let columns: Vec<BTreeMap<String, ColumnType>> =
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
            if schema.tables.insert(name.clone(), resolved).is_some() {
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

    /// The types of a table's columns, without complaints: those come when the table itself is resolved.
    fn columns_of(&self, table: &In<TableItem>) -> BTreeMap<String, ColumnType> {
        let typed = |field: &FieldItem| {
            self.column_type(field).ok().map(|ty| (field.rust_name.value.clone(), ty))
        };
        table.item.fields.iter().filter_map(typed).collect()
    }

    fn column_type(&self, field: &FieldItem) -> Result<ColumnType, Box<Problem>> {
        let mut ty = match &field.ty_item {
            Some(choice) => match choice.of(self.options.dialect) {
                Some(TypeItem::Portable(ty)) => array_of(ty, &field.ty),
                Some(TypeItem::Sql(sql)) => portable_word(sql),
                // Said for other dialects only.
                None => self.guess(&field.ty)?,
            },
            None => self.guess(&field.ty)?,
        };
        if field.is_unsigned
            && let ColumnType::Integer { is_unsigned, .. } = &mut ty
        {
            *is_unsigned = true;
        }
        Ok(ty)
    }

    fn guess(&self, ty: &syn::Type) -> Result<ColumnType, Box<Problem>> {
        self.resolve_guess(&guess(ty).0, ty, 0)
    }

    fn resolve_guess(
        &self,
        guessed: &Guess,
        ty: &syn::Type,
        depth: usize,
    ) -> Result<ColumnType, Box<Problem>> {
        let span = syn::spanned::Spanned::span(ty);
        let unknown = |message: String| {
            Problem::new(span, "DBK0107", message)
                .label("not known as a column")
                .help("say what the column is: `#[dbkit(type = \"..\")]`, or give the type `#[derive(DbEnum)]` or `#[derive(DbType)]`")
        };
        match guessed {
            Guess::Known(ColumnType::Integer { size, is_unsigned: true }) if self.options.dialect != DialectName::Mysql => {
                // The next larger signed type holds every value; there is none for 8 bytes.
                match size {
                    IntegerSize::Tiny => Ok(ColumnType::integer(IntegerSize::Small)),
                    IntegerSize::Small => Ok(ColumnType::integer(IntegerSize::Regular)),
                    IntegerSize::Medium | IntegerSize::Regular => Ok(ColumnType::big_integer()),
                    IntegerSize::Big => Err(Box::new(
                        Problem::new(span, "DBK0107", format!("{} has no column for `u64`", self.options.dialect.title()))
                            .label("no signed type is large enough")
                            .help("use `i64`, or say what the column is: `#[dbkit(numeric(20, 0))]`"),
                    )),
                }
            }
            Guess::Known(ty) => Ok(ty.clone()),
            Guess::List(element) => Ok(ColumnType::Array(Box::new(self.resolve_guess(element, ty, depth)?))),
            Guess::Decimal => Err(Box::new(
                Problem::new(span, "DBK0115", "a decimal column needs its number of digits")
                    .label("how many digits?")
                    .help("add `#[dbkit(numeric(12, 2))]`: twelve digits, two of them after the point"),
            )),
            Guess::Named(path) => {
                let last = path.last().map(String::as_str).unwrap_or_default();
                match find(path, self.enums.iter().map(|item| (&item.module, &item.item.rust_name.value))) {
                    Found::One(at) => return Ok(ColumnType::Enum(enum_name(&self.enums[at].item))),
                    Found::Many(candidates) => return Err(Box::new(ambiguous(span, last, &candidates))),
                    Found::None => {}
                }
                let inner = match find(path, self.types.iter().map(|item| (&item.module, &item.item.rust_name.value))) {
                    Found::One(at) => Some(&self.types[at].item.ty),
                    Found::Many(candidates) => return Err(Box::new(ambiguous(span, last, &candidates))),
                    Found::None => self.aliases.get(last),
                };
                match inner {
                    Some(inner) if depth < 16 => {
                        self.resolve_guess(&guess(inner).0, inner, depth + 1).map_err(|problem| Box::new(Problem { span, ..*problem }))
                    }
                    _ => {
                        let own = self.enums.iter().map(|item| item.item.rust_name.value.as_str());
                        let own = own.chain(self.types.iter().map(|item| item.item.rust_name.value.as_str())).chain(KNOWN);
                        let problem = unknown(format!("`{last}` is no type that a column can have"));
                        Err(Box::new(match super::problem::nearest(last, own) {
                            Some(_) => {
                                let own = self.enums.iter().map(|item| item.item.rust_name.value.as_str());
                                let own = own.chain(self.types.iter().map(|item| item.item.rust_name.value.as_str())).chain(KNOWN);
                                problem.suggest(last, own, "type")
                            }
                            None => problem,
                        }))
                    }
                }
            }
            Guess::Unknown => Err(Box::new(unknown("this type is none that a column can have".to_owned()))),
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

/// `varchar` on a `Vec<String>` is an array of that.
fn array_of(ty: &ColumnType, rust: &syn::Type) -> ColumnType {
    match guess(rust).0 {
        Guess::List(_) => ColumnType::Array(Box::new(ty.clone())),
        _ => ty.clone(),
    }
}

/// SQL that is a portable type by another way of writing stays portable, so that `type = "timestamptz"` equals `timestamptz`.
pub(super) fn portable_word(sql: &str) -> ColumnType {
    let sql = sql.trim();
    if let Some(element) = sql.strip_suffix("[]") {
        return ColumnType::Array(Box::new(portable_word(element)));
    }
    match sql.parse::<ColumnType>() {
        // `sql(..)` is dbkit's own way to say that a word is not to be taken for a portable one.
        Ok(ColumnType::Custom(inner)) => ColumnType::Custom(inner),
        Ok(ColumnType::Enum(_)) => ColumnType::Custom(sql.to_owned()),
        Ok(ty) => ty,
        Err(_) => match sql {
            "int" => ColumnType::integer(IntegerSize::Regular),
            "double precision" => ColumnType::Float(crate::model::FloatSize::Double),
            "bytea" => ColumnType::Bytes,
            "timestamp with time zone" => ColumnType::TimestampTz(None),
            "timestamp without time zone" => ColumnType::Timestamp(None),
            other => ColumnType::Custom(other.to_owned()),
        },
    }
}

fn find<'a>(path: &[String], items: impl Iterator<Item = (&'a Vec<String>, &'a String)>) -> Found {
    let Some((last, modules)) = path.split_last() else { return Found::None };
    let mut all: Vec<(usize, &Vec<String>)> = items
        .enumerate()
        .filter(|(_, (_, name))| *name == last)
        .map(|(at, (module, _))| (at, module))
        .collect();
    if all.len() > 1 {
        let modules: Vec<&String> = modules
            .iter()
            .filter(|part| !matches!(part.as_str(), "crate" | "self" | "super"))
            .collect();
        all.retain(|(_, module)| {
            module.len() >= modules.len()
                && module[module.len() - modules.len()..].iter().eq(modules.iter().copied())
        });
    }
    match all.as_slice() {
        [] => Found::None,
        [(at, _)] => Found::One(*at),
        many => Found::Many(
            many.iter()
                .map(|(_, module)| format!("crate::{}::{last}", module.join("::")))
                .collect(),
        ),
    }
}

fn ambiguous(span: Span, name: &str, candidates: &[String]) -> Problem {
    Problem::new(span, "DBK0113", format!("`{name}` could be {}", candidates.join(" or ")))
        .label("two have this name")
        .help("write more of the path")
}

/// Structs by name, so that a thousand foreign keys do not each look at a thousand structs.
struct StructIndex<'a> {
    by_name: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> StructIndex<'a> {
    fn new(tables: &'a [In<TableItem>]) -> Self {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, table) in tables.iter().enumerate() {
            by_name.entry(table.item.rust_name.value.as_str()).or_default().push(at);
        }
        Self { by_name }
    }

    fn find(&self, path: &[String], tables: &[In<TableItem>]) -> Found {
        let Some(last) = path.last() else { return Found::None };
        let Some(candidates) = self.by_name.get(last.as_str()) else { return Found::None };
        match find(
            path,
            candidates.iter().map(|at| (&tables[*at].module, &tables[*at].item.rust_name.value)),
        ) {
            Found::One(at) => Found::One(candidates[at]),
            other => other,
        }
    }
}

struct TableResolver<'r, 'a, 't> {
    resolver: &'r mut Resolver<'a>,
    tables: &'t [In<TableItem>],
    columns: &'t [BTreeMap<String, ColumnType>],
    index: &'t StructIndex<'t>,
    table: &'t In<TableItem>,
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

    fn resolve(mut self, at: usize) -> Table {
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
        for field in &item.fields {
            let column = self.column(&name, field, comment(&field.comment, &field.doc, wants_docs));
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
            table.columns.push(column);
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

    fn column(&mut self, table: &ObjectName, field: &FieldItem, comment: Option<String>) -> Column {
        let dialect = self.resolver.options.dialect;
        let name = field.column_name().to_owned();
        let id = EntityId::column(table, name.as_str());
        let span = field.name.as_ref().map_or(field.rust_name.span, |name| name.span);
        self.origin(|| id.clone(), span);
        let ty = match self.resolver.column_type(field) {
            Ok(ty) => ty,
            Err(problem) => {
                self.problem(*problem);
                ColumnType::Text
            }
        };
        let mut column = Column::new(name.clone(), ty);
        column.is_nullable = guess(&field.ty).1;
        column.identity = field
            .identity
            .as_ref()
            .map(|identity| Identity { kind: identity.kind, options: identity.options.clone() });
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
            found
                .extend(field.unique.iter().map(|key| (key, vec![field.column_name().to_owned()])));
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

    fn foreign_keys(&mut self, at: usize, table: &mut Table, taken: &mut BTreeSet<String>) {
        let item = &self.table.item;
        let mut found: Vec<OpenKey<'_>> = Vec::new();
        let own_type = |name: &String| {
            let field = item.fields.iter().find(|field| field.column_name() == name)?;
            self.columns[at].get(&field.rust_name.value).cloned()
        };
        for field in &item.fields {
            let name = field.column_name().to_owned();
            found.extend(
                field.references.iter().map(|key| (key, vec![name.clone()], vec![own_type(&name)])),
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
            let Some(field) =
                referenced.item.fields.iter().find(|field| field.rust_name.value == *field_name)
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
            referenced_columns.push(field.column_name().to_owned());
            let target_type = self.columns[target].get(field_name);
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

/// Whether a column's field has the Rust type of another field.
fn is_one_rust_type(item: &TableItem, column: &str, other: &FieldItem) -> bool {
    let own = item.fields.iter().find(|field| field.column_name() == column);
    own.is_some_and(|own| guess(&own.ty).0 == guess(&other.ty).0)
}

/// Whether a column of one type can point to one of another, if both are one type in Rust.
pub(super) fn can_point(own: &ColumnType, other: &ColumnType, dialect: DialectName) -> bool {
    // SQLite has whole numbers of one size, by several names.
    let is_integer = |ty: &ColumnType| matches!(ty, ColumnType::Integer { .. });
    own == other || (dialect == DialectName::Sqlite && is_integer(own) && is_integer(other))
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
