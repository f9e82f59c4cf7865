//! What stands where in files that are there already.

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::{Data, DataEnum, DataStruct, DeriveInput, Item, ItemEnum, ItemStruct};

use crate::model::ObjectName;
use crate::rust::grammar;
use crate::rust::node::{self, Node, NodeKind};
use crate::rust::resolve::{enum_name, is_on, table_name};
use crate::rust::{Options, SourceFile};

use super::Known;
use super::words::literal;

/// A range of one of the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: usize,
    pub(super) range: Range<usize>,
}

/// An item of `objects!`.
#[derive(Debug, Clone)]
pub(super) struct ObjectPlace {
    pub(super) place: Place,
    /// The file that it names.
    pub(super) path: Option<String>,
}

/// What stands where.
#[derive(Default)]
pub(super) struct Index {
    pub(super) tables: BTreeMap<ObjectName, (Place, ItemStruct)>,
    /// Column -> field.
    pub(super) columns: BTreeMap<ObjectName, BTreeMap<String, String>>,
    pub(super) enums: BTreeMap<ObjectName, (Place, ItemEnum)>,
    /// Value -> variant.
    pub(super) values: BTreeMap<ObjectName, BTreeMap<String, String>>,
    /// By kind and name.
    pub(super) objects: BTreeMap<String, ObjectPlace>,
    /// The insides of `objects!`.
    pub(super) blocks: Vec<Place>,
    others: Vec<String>,
}

impl Index {
    pub(super) fn of(files: &[SourceFile], options: &Options) -> Self {
        let mut index = Self::default();
        for (number, file) in files.iter().enumerate() {
            if let Ok(parsed) = syn::parse_file(&file.text) {
                index.items(parsed.items, number, options);
            }
        }
        index
    }

    pub(super) fn known(&self) -> Known {
        let tables = self.tables.iter().map(|(name, (_, item))| {
            let fields = self.columns.get(name).cloned().unwrap_or_default();
            (name.clone(), (item.ident.to_string(), fields))
        });
        let enums = self.enums.iter().map(|(name, (_, item))| {
            let variants = self.values.get(name).cloned().unwrap_or_default();
            (name.clone(), (item.ident.to_string(), variants))
        });
        Known { tables: tables.collect(), enums: enums.collect(), others: self.others.clone() }
    }

    fn items(&mut self, items: Vec<Item>, file: usize, options: &Options) {
        for item in items {
            let place = Place { file, range: item.span().byte_range() };
            match item {
                Item::Struct(item) if grammar::derives(&item.attrs, "Table") => {
                    self.table(item, place, options);
                }
                Item::Enum(item) if grammar::derives(&item.attrs, "DbEnum") => {
                    self.enum_type(item, place, options);
                }
                Item::Struct(item) => self.others.push(item.ident.to_string()),
                Item::Enum(item) => self.others.push(item.ident.to_string()),
                Item::Type(item) => self.others.push(item.ident.to_string()),
                Item::Trait(item) => self.others.push(item.ident.to_string()),
                Item::Mod(inner) => {
                    if let Some((_, items)) = inner.content {
                        self.items(items, file, options);
                    }
                }
                Item::Macro(call)
                    if call
                        .mac
                        .path
                        .segments
                        .last()
                        .is_some_and(|last| last.ident == "objects") =>
                {
                    self.objects(&call.mac, file);
                }
                _ => {}
            }
        }
    }

    fn table(&mut self, item: ItemStruct, place: Place, options: &Options) {
        let input = DeriveInput {
            attrs: item.attrs.clone(),
            vis: item.vis.clone(),
            ident: item.ident.clone(),
            generics: item.generics.clone(),
            data: Data::Struct(DataStruct {
                struct_token: item.struct_token,
                fields: item.fields.clone(),
                semi_token: item.semi_token,
            }),
        };
        let Some(read) = grammar::table(&input, &mut Vec::new()) else { return };
        if !read.cfg.iter().all(|cfg| is_on(cfg, &options.features)) {
            self.others.push(item.ident.to_string());
            return;
        }
        let columns = read
            .fields
            .iter()
            .filter(|field| {
                !field.is_skipped && field.cfg.iter().all(|cfg| is_on(cfg, &options.features))
            })
            .map(|field| (field.column_name().to_owned(), field.rust_name.value.clone()));
        let name = of_dialect(table_name(&read), options);
        self.columns.insert(name.clone(), columns.collect());
        self.tables.insert(name, (place, item));
    }

    fn enum_type(&mut self, item: ItemEnum, place: Place, options: &Options) {
        let input = DeriveInput {
            attrs: item.attrs.clone(),
            vis: item.vis.clone(),
            ident: item.ident.clone(),
            generics: item.generics.clone(),
            data: Data::Enum(DataEnum {
                enum_token: item.enum_token,
                brace_token: item.brace_token,
                variants: item.variants.clone(),
            }),
        };
        let Some(read) = grammar::enum_type(&input, &mut Vec::new()) else { return };
        if !read.cfg.iter().all(|cfg| is_on(cfg, &options.features)) {
            self.others.push(item.ident.to_string());
            return;
        }
        let values = read
            .variants
            .iter()
            .map(|variant| (variant.value.clone(), variant.rust_name.value.clone()));
        let name = of_dialect(enum_name(&read), options);
        self.values.insert(name.clone(), values.collect());
        self.enums.insert(name, (place, item));
    }

    fn objects(&mut self, call: &syn::Macro, file: usize) {
        let close = call.delimiter.span().close().byte_range().start;
        let open = call.delimiter.span().open().byte_range().end;
        self.blocks.push(Place { file, range: open..close });
        for (_, range) in pieces(&call.tokens) {
            // Nodes carry only their first token's place, so each piece is read alone.
            let tokens = tokens_in(&call.tokens, &range);
            let nodes = node::parse(tokens, &mut Vec::new());
            let [node] = nodes.as_slice() else { continue };
            let Some(key) = key(node) else { continue };
            let path = node.list().iter().find_map(|part| match (&part.kind, part.word()) {
                (NodeKind::Assign(_, value), Some("file")) => text_of(value),
                _ => None,
            });
            self.objects.insert(key, ObjectPlace { place: Place { file, range }, path });
        }
    }
}

fn of_dialect(mut name: ObjectName, options: &Options) -> ObjectName {
    if options.dialect == crate::model::DialectName::Postgres {
        name.schema.take_if(|schema| schema == "public");
    }
    name
}

fn text_of(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Text(text) => Some(text.clone()),
        _ => None,
    }
}

/// As the writer names what it writes.
fn key(node: &Node) -> Option<String> {
    let word = node.word()?;
    let name = match &node.kind {
        NodeKind::Assign(_, value) => text_of(value)?,
        _ => text_of(node.list().first()?)?,
    };
    let on = node.list().iter().find_map(|part| match (&part.kind, part.word()) {
        (NodeKind::Assign(_, value), Some("on")) => text_of(value),
        _ => None,
    });
    Some(match on {
        Some(on) => format!("{word} {} on = {}", literal(&name), literal(&on)),
        None => format!("{word} {}", literal(&name)),
    })
}

/// What stands between the commas of a list: its first word, and its range.
pub(super) fn pieces(tokens: &TokenStream) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut open: Option<(String, Range<usize>)> = None;
    for token in tokens.clone() {
        if matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ',') {
            found.extend(open.take());
            continue;
        }
        let range = token.span().byte_range();
        match &mut open {
            Some((_, whole)) => whole.end = range.end,
            None => {
                let word = match &token {
                    TokenTree::Ident(word) => word.to_string(),
                    _ => String::new(),
                };
                open = Some((word, range));
            }
        }
    }
    found.extend(open);
    found
}

fn tokens_in(tokens: &TokenStream, range: &Range<usize>) -> TokenStream {
    let is_inside = |token: &TokenTree| range.contains(&token.span().byte_range().start);
    tokens.clone().into_iter().filter(is_inside).collect()
}
