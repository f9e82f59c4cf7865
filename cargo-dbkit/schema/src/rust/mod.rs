//! Reads `#[derive(Table)]` structs from Rust text, without building anything.
//!
//! Two layers. The *grammar* (`node`, `grammar`, `item`) knows one item and no dialect; the derive goes through it as well. *Resolving*
//! (`resolve`) puts the items of all files together: names, types, foreign keys, one dialect.

mod definition;
mod extra;
mod grammar;
mod item;
mod items;
mod names;
mod node;
mod object_grammar;
mod object_item;
mod problem;
mod resolve;
#[cfg(all(test, feature = "delta"))]
mod tests;
mod types;

pub mod expand;
pub mod paths;
pub mod sight;
#[cfg(feature = "write")]
pub mod write;

use std::collections::{BTreeMap, BTreeSet};

use syn::{Data, DataEnum, DataStruct, DeriveInput, Item};

use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::model::{DialectName, EntityId, Hints, Schema};

use self::item::Cfg;
pub use self::problem::Problem;

/// A file of the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Path as the user knows it, relative to the package, with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// How to read.
#[derive(Debug, Clone)]
pub struct Options {
    /// The dialect that the schema is for: it chooses among overrides.
    pub dialect: DialectName,
    /// Features of the package that are on, for `#[cfg(feature = "..")]`.
    pub features: BTreeSet<String>,
    /// Doc comments (their first paragraph) become comments in the database.
    pub doc_comments: bool,
    /// What is in the files that the code names (`query_file = "sql/view.sql"`), by path. One that is missing is in
    /// [`Reading::wanted`].
    pub texts: BTreeMap<String, String>,
    /// Say where everything stands: [`Reading::origins`]. Of use for messages only, and a quarter of the work.
    pub wants_origins: bool,
}

impl Options {
    /// For a dialect, without features.
    pub fn new(dialect: DialectName) -> Self {
        Self {
            dialect,
            features: BTreeSet::new(),
            doc_comments: false,
            texts: BTreeMap::new(),
            wants_origins: false,
        }
    }
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The schema. Of use only if there is no error.
    pub schema: Schema,
    /// `renamed_from`, `using`, `backfill`, `removed`.
    pub hints: Hints,
    /// Where things stand, if that is wanted.
    pub origins: BTreeMap<EntityId, Span>,
    /// The files that the code names, and where. The definitions of those that are not among the texts are empty.
    pub wanted: Vec<(String, Span)>,
    /// All mistakes of all files.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the structs of some files.
pub fn read(files: &[SourceFile], options: &Options) -> Reading {
    let mut resolver = resolve::Resolver::new(options);
    for (number, file) in files.iter().enumerate() {
        // Most files of a crate have nothing to do with the schema, and parsing is what costs.
        if !file.text.contains("dbkit") && !file.text.contains("derive(Table") {
            continue;
        }
        let module = module_of(&file.path);
        let mut found = resolve::Resolver::new(options);
        let mut take = |item| collect(item, number, &module, &[], &mut found);
        if items::each(&file.text, &mut take) {
            resolver.append(found);
            continue;
        }
        match syn::parse_file(&file.text) {
            Ok(parsed) => {
                for item in parsed.items {
                    collect(item, number, &module, &[], &mut resolver);
                }
            }
            Err(error) => {
                let problem =
                    Problem::new(error.span(), "DBK0101", error.to_string()).label("here");
                resolver.problem(number, problem);
            }
        }
    }
    let mut reading = resolver.finish();
    let files: Vec<&SourceFile> = files.iter().collect();
    reading.locate(&files)
}

/// A reading whose places are still tokens of a file.
pub(crate) struct Unplaced {
    pub(crate) schema: Schema,
    pub(crate) hints: Hints,
    pub(crate) origins: Vec<(EntityId, usize, proc_macro2::Span)>,
    pub(crate) wanted: Vec<(String, usize, proc_macro2::Span)>,
    pub(crate) problems: Vec<(usize, Problem)>,
}

impl Unplaced {
    fn locate(&mut self, files: &[&SourceFile]) -> Reading {
        let place = |file: usize, span: proc_macro2::Span| Span {
            file: files[file].path.clone(),
            range: span.byte_range(),
        };
        let mut problems = std::mem::take(&mut self.problems);
        problems.sort_by_key(|(file, problem)| (*file, problem.span.byte_range().start));
        let diagnostics = problems
            .into_iter()
            .map(|(file, problem)| {
                let span = place(file, problem.span);
                let severity = if problem.is_warning { Severity::Warning } else { Severity::Error };
                let mut diagnostic =
                    Diagnostic { severity, ..Diagnostic::error(problem.code, problem.message) }
                        .at(span.clone(), problem.label);
                match (problem.replacement, problem.help) {
                    (Some(replacement), help) => {
                        diagnostic = diagnostic.fix(span, replacement, help.unwrap_or_default())
                    }
                    (None, Some(help)) => diagnostic = diagnostic.help(help),
                    (None, None) => {}
                }
                diagnostic
            })
            .collect();
        Reading {
            schema: std::mem::take(&mut self.schema),
            hints: std::mem::take(&mut self.hints),
            origins: self
                .origins
                .drain(..)
                .map(|(id, file, span)| (id, place(file, span)))
                .collect(),
            wanted: self
                .wanted
                .drain(..)
                .map(|(path, file, span)| (path, place(file, span)))
                .collect(),
            diagnostics,
        }
    }
}

/// `src/db/shop.rs` -> `db`, `shop`.
fn module_of(path: &str) -> Vec<String> {
    let inner = path.strip_prefix("src/").unwrap_or(path);
    let inner = inner.strip_suffix(".rs").unwrap_or(inner);
    let mut parts: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// `outer` is what `#[cfg(..)]` says of the modules around.
fn collect(
    item: Item,
    file: usize,
    module: &[String],
    outer: &[Cfg],
    resolver: &mut resolve::Resolver<'_>,
) {
    match item {
        Item::Struct(item) if !item.attrs.is_empty() => {
            let (is_table, is_type, is_view) = (
                grammar::derives(&item.attrs, "Table"),
                grammar::derives(&item.attrs, "DbType"),
                grammar::derives(&item.attrs, "View"),
            );
            if is_table || is_type || is_view {
                let data = DataStruct {
                    struct_token: item.struct_token,
                    fields: item.fields,
                    semi_token: item.semi_token,
                };
                let input = DeriveInput {
                    attrs: item.attrs,
                    vis: item.vis,
                    ident: item.ident,
                    generics: item.generics,
                    data: Data::Struct(data),
                };
                let mut problems = Vec::new();
                if is_table {
                    resolver.tables.extend(grammar::table(&input, &mut problems).map(
                        |mut item| {
                            item.cfg.extend_from_slice(outer);
                            resolve::In::new(file, module, item)
                        },
                    ));
                } else if is_view {
                    resolver.views.extend(object_grammar::view(&input, &mut problems).map(
                        |mut item| {
                            item.cfg.extend_from_slice(outer);
                            resolve::In::new(file, module, item)
                        },
                    ));
                } else {
                    resolver.types.extend(
                        grammar::type_alias(&input, &mut problems)
                            .map(|item| resolve::In::new(file, module, item)),
                    );
                }
                resolver.problems(file, problems);
            }
        }
        Item::Enum(item) if grammar::derives(&item.attrs, "DbEnum") => {
            let data = DataEnum {
                enum_token: item.enum_token,
                brace_token: item.brace_token,
                variants: item.variants,
            };
            let input = DeriveInput {
                attrs: item.attrs,
                vis: item.vis,
                ident: item.ident,
                generics: item.generics,
                data: Data::Enum(data),
            };
            let mut problems = Vec::new();
            resolver.enums.extend(grammar::enum_type(&input, &mut problems).map(|mut item| {
                item.cfg.extend_from_slice(outer);
                resolve::In::new(file, module, item)
            }));
            resolver.problems(file, problems);
        }
        Item::Type(alias) => {
            resolver.aliases.insert(alias.ident.to_string(), *alias.ty);
        }
        Item::Macro(call)
            if call.mac.path.segments.last().is_some_and(|last| last.ident == "objects") =>
        {
            let mut problems = Vec::new();
            let objects = object_grammar::objects(call.mac.tokens, &mut problems);
            resolver
                .objects
                .extend(objects.into_iter().map(|item| resolve::In::new(file, module, item)));
            resolver.problems(file, problems);
        }
        Item::Macro(call) => {
            if let Some(span) = sight::deriving(call.mac.tokens) {
                let problem = Problem::new(
                    span,
                    "DBK0119",
                    "a table inside a macro is not seen; this one is left out",
                )
                .label("left out")
                .help("write the struct out: this file is read without expanding macros")
                .warning();
                resolver.problem(file, problem);
            }
        }
        Item::Mod(inner) => {
            if let Some((_, items)) = inner.content {
                let mut path = module.to_vec();
                path.push(inner.ident.to_string());
                // Of modules without tables nothing is asked.
                let cfgs = [outer, &grammar::cfgs(&inner.attrs, &mut Vec::new())].concat();
                for item in items {
                    collect(item, file, &path, &cfgs, resolver);
                }
            }
        }
        _ => {}
    }
}

/// Every code of this module: code, title, explanation.
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "DBK0101",
        "a file is no Rust",
        "A schema file could not be parsed. dbkit reads it without compiling it, but it has to be Rust. The compiler will say the same.",
    ),
    (
        "DBK0102",
        "an attribute is not known",
        "A word inside `#[dbkit(..)]` means nothing at that place. docs/schema.md lists every attribute of tables, columns, enums and variants.",
    ),
    (
        "DBK0103",
        "an attribute is not written as it should be",
        "dbkit reads the file without compiling it, so every value is a literal: SQL is a string, a keyword is a bare word in parentheses, a Rust \
         name is a path in parentheses. Constants and expressions cannot be evaluated.",
    ),
    (
        "DBK0104",
        "a foreign key points to a struct that is not known",
        "The struct in `references(..)` has no `#[derive(Table)]` in the files that are read. Mind the spelling, or add its file to `schema` in \
         the configuration.",
    ),
    (
        "DBK0105",
        "a column is not known",
        "A key, an index or a foreign key names a field that its struct does not have.",
    ),
    (
        "DBK0106",
        "a foreign key joins two types",
        "The columns on both sides of a foreign key must have the same type, or no row could ever match. Change one of the two fields.",
    ),
    (
        "DBK0107",
        "a type is no column",
        "dbkit knows the usual types by name, enums with `#[derive(DbEnum)]`, and newtypes with `#[derive(DbType)]`. For anything else say what the \
         column is: `#[dbkit(type = \"..\")]`, or per dialect `#[dbkit(type(pg = \"..\", sqlite = \"..\"))]`.",
    ),
    (
        "DBK0108",
        "something is there twice",
        "Two tables, columns, enums, constraints or indexes have the same name.",
    ),
    (
        "DBK0109",
        "a table is generic",
        "A struct with parameters stands for many types, and a table is one. Write a struct for each table.",
    ),
    (
        "DBK0110",
        "not supported yet",
        "The grammar knows the word, but this version of dbkit does not manage that kind of object. Keep it in a migration of its own, made by \
         `cargo dbkit generate --custom`.",
    ),
    (
        "DBK0111",
        "a foreign key points to columns that are not a key",
        "What a foreign key points to must be the primary key or unique, so that there is at most one row. Add `unique` there.",
    ),
    (
        "DBK0112",
        "the schema depends on the target",
        "`#[cfg(..)]` on a table, a field or an enum may ask for features only. The same project must have the same schema on every machine.",
    ),
    (
        "DBK0113",
        "a name has two meanings",
        "Two structs or enums in different modules have this name. Write more of the path: `crate::shop::Order::id`.",
    ),
    (
        "DBK0114",
        "an enum cannot be a database enum",
        "`#[derive(DbEnum)]` is for enums whose variants have no fields, and every value must be different.",
    ),
    (
        "DBK0115",
        "a decimal has no precision",
        "A decimal column needs the number of its digits, before and after the point: `#[dbkit(numeric(12, 2))]`.",
    ),
    (
        "DBK0116",
        "a key is said twice",
        "A table has one primary key. Write `primary_key` on one field, or `primary_key(a, b)` on the struct.",
    ),
    (
        "DBK0117",
        "a default does not fit",
        "The default is a variant of another enum, or one that does not exist.",
    ),
    (
        "DBK0118",
        "two names are the same to the database",
        "PostgreSQL keeps the first 63 bytes of a name, and two names are equal in those. Make them differ earlier.",
    ),
    (
        "DBK0119",
        "a table inside a macro",
        "The files are read without being compiled, so what a macro makes is not there. Write the struct out. `dbkit::assert_schema!();` in the \
         schema's file is a unit test that finds such tables, and tables in files that nobody reads.",
    ),
];
