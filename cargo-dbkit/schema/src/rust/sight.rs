//! What the reader sees, said in code: `dbkit::assert_schema!` becomes a test that the compiler sees the same.
//!
//! For each table that is read, the test compares its shape with the one that the derive wrote. What cannot be read at all is found in the
//! text: tables that a macro makes, and tables in files that nobody reads.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::{Attribute, Fields, Item, ItemStruct};

use super::grammar::{self, derives};
use super::item::Cfg;
use super::names::fnv_from;
use super::resolve::is_on;
use super::{SourceFile, module_of};

/// The name of the test.
const TEST: &str = "cargo_dbkit_sees_every_table";

/// The shape of a struct in pieces, because the compiler has taken away what `#[cfg(..)]` takes away, and the reader has not.
pub(super) struct Shape {
    head: String,
    fields: Vec<(Vec<Attribute>, String)>,
}

impl Shape {
    /// Everything that is read of a struct: names, types and attributes, without spaces, which differ between compiler and reader.
    pub(super) fn of(ident: &Ident, attributes: &[Attribute], fields: &Fields) -> Self {
        let field = |field: &syn::Field| {
            let mut text = field.ident.as_ref().map(Ident::to_string).unwrap_or_default();
            flatten(field.ty.to_token_stream(), &mut text);
            add_attributes(&field.attrs, &mut text);
            (of_cfg(&field.attrs), text)
        };
        let mut head = ident.to_string();
        add_attributes(attributes, &mut head);
        Self { head, fields: fields.iter().map(field).collect() }
    }

    /// The shape of a struct as it stands, `#[cfg(..)]` or not.
    pub(super) fn hash(&self) -> u64 {
        let pieces = self.fields.iter().map(|(_, text)| text);
        std::iter::once(&self.head)
            .chain(pieces)
            .fold(super::names::FNV_START, |hash, text| fnv_from(hash, text.as_bytes()))
    }
}

fn of_cfg(attributes: &[Attribute]) -> Vec<Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect()
}

fn add_attributes(attributes: &[Attribute], text: &mut String) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("dbkit")) {
        flatten(attribute.meta.to_token_stream(), text);
    }
}

fn flatten(tokens: TokenStream, text: &mut String) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => (" (", " )"),
                    Delimiter::Brace => (" {", " }"),
                    Delimiter::Bracket => (" [", " ]"),
                    Delimiter::None => ("", ""),
                };
                text.push_str(open);
                flatten(group.stream(), text);
                text.push_str(close);
            }
            other => {
                text.push(' ');
                text.push_str(&other.to_string());
            }
        }
    }
}

/// What is said of one file.
struct Walk<'a> {
    path: &'a str,
    text: &'a str,
    is_schema: bool,
    features: &'a BTreeSet<String>,
    checks: Vec<TokenStream>,
}

/// The test that `assert_schema!` stands for. `schema` are the files that are read, `others` those of the package that are not; `features`
/// are on when `cargo dbkit` reads.
pub fn test(
    schema: &[SourceFile],
    others: &[SourceFile],
    features: &BTreeSet<String>,
) -> TokenStream {
    let mut checks = Vec::new();
    let files =
        schema.iter().map(|file| (file, true)).chain(others.iter().map(|file| (file, false)));
    for (file, is_schema) in files {
        // As in the reader; in other files `derive(Table)` may be somebody else's.
        let is_ours =
            file.text.contains("dbkit") || is_schema && file.text.contains("derive(Table");
        if !is_ours {
            continue;
        }
        // What is no Rust, the compiler reports.
        let Ok(parsed) = syn::parse_file(&file.text) else { continue };
        let mut walk =
            Walk { path: &file.path, text: &file.text, is_schema, features, checks: Vec::new() };
        let module: Vec<Ident> =
            module_of(&file.path).iter().filter_map(|part| syn::parse_str(part).ok()).collect();
        walk.items(parsed.items, &module, &[]);
        checks.append(&mut walk.checks);
    }
    let name = Ident::new(TEST, Span::call_site());
    quote! {
        #[cfg(test)]
        #[test]
        fn #name() {
            let mut unseen = ::std::vec::Vec::<&str>::new();
            #(#checks)*
            ::core::assert!(
                unseen.is_empty(),
                "the compiler sees other tables than `cargo dbkit`\n{}\n",
                unseen.join("\n")
            );
        }
    }
}

impl Walk<'_> {
    fn items(&mut self, items: Vec<Item>, module: &[Ident], cfgs: &[Attribute]) {
        for item in items {
            match item {
                Item::Struct(item) if derives(&item.attrs, "Table") => {
                    self.table(&item, module, cfgs);
                }
                Item::Macro(call)
                    if !is_objects(&call.mac.path)
                        && deriving(call.mac.tokens.clone()).is_some() =>
                {
                    let cfgs = [cfgs, &of_cfg(&call.attrs)].concat();
                    let last = call.mac.path.segments.last().map(|last| last.ident.to_string());
                    let name = last.unwrap_or_default();
                    let place = match &call.ident {
                        Some(ident) => format!("{name}! {ident}"),
                        None => format!("{name}!"),
                    };
                    let why =
                        "inside a macro, which `cargo dbkit` does not expand; write the struct out";
                    self.say(&[&place], "a table", why, &cfgs);
                }
                Item::Mod(inner) => {
                    if let Some((_, items)) = inner.content {
                        let path = [module, &[inner.ident]].concat();
                        self.items(items, &path, &[cfgs, &of_cfg(&inner.attrs)].concat());
                    }
                }
                _ => {}
            }
        }
    }

    fn table(&mut self, item: &ItemStruct, module: &[Ident], cfgs: &[Attribute]) {
        let cfgs = [cfgs, &of_cfg(&item.attrs)].concat();
        // Tables of tests are no tables of the app.
        let Some(is_read) = self.is_read(&cfgs) else { return };
        let name = item.ident.to_string();
        let place = format!("struct {name}");
        if !self.is_schema {
            let why = "in a file that `cargo dbkit` does not read; add it to `schema` in `[package.metadata.dbkit]` and to `assert_schema!`";
            self.say(&[&place], &format!("table `{name}`"), why, &cfgs);
            return;
        }
        if !is_read {
            let why = "left out by `cargo dbkit`, which is told of no such feature; name it in `features` of `[package.metadata.dbkit]` and in `assert_schema!(.., features(..))`";
            self.say(&[&place], &format!("table `{name}`"), why, &cfgs);
            return;
        }
        let shape = Shape::of(&item.ident, &item.attrs, &item.fields);
        for (field, (of_field, _)) in item.fields.iter().zip(&shape.fields) {
            let Some(ident) = &field.ident else { continue };
            if self.is_read(of_field) == Some(false) {
                let all = [cfgs.as_slice(), of_field].concat();
                let why = "left out by `cargo dbkit`, which is told of no such feature; name it in `features` of `[package.metadata.dbkit]` and in `assert_schema!(.., features(..))`";
                let field = ident.to_string();
                self.say(
                    &[&place, &format!("{field}:")],
                    &format!("field `{name}::{field}`"),
                    why,
                    &all,
                );
            }
        }
        let head = &shape.head;
        let pieces = shape.fields.iter().map(|(cfgs, text)| {
            quote! {
                #(#cfgs)*
                let shape = ::dbkit::shape(shape, #text);
            }
        });
        let ident = &item.ident;
        let message = self.message(
            &[&place],
            &format!("table `{name}`"),
            "another one to the compiler; a macro or `cfg_attr` on it changes it, or it is not reached by this path",
        );
        self.checks.push(quote! {
            #(#cfgs)*
            {
                let shape = ::dbkit::shape(::dbkit::SHAPE_START, #head);
                #(#pieces)*
                if <crate::#(#module::)*#ident as ::dbkit::Table>::SHAPE != shape {
                    unseen.push(#message);
                }
            }
        });
    }

    /// Whether the reader takes something with these `#[cfg(..)]`; nothing if it is of tests.
    fn is_read(&self, cfgs: &[Attribute]) -> Option<bool> {
        let cfgs = grammar::cfgs(cfgs, &mut Vec::new());
        if cfgs.contains(&Cfg::Test) {
            return None;
        }
        Some(cfgs.iter().all(|cfg| is_on(cfg, self.features)))
    }

    fn say(&mut self, place: &[&str], what: &str, why: &str, cfgs: &[Attribute]) {
        if self.is_read(cfgs).is_none() {
            return;
        }
        let message = self.message(place, what, why);
        self.checks.push(quote! {
            #(#cfgs)*
            unseen.push(#message);
        });
    }

    /// In a macro, tokens of a text that was read know nothing of their place in it, so that it is looked for.
    fn message(&self, place: &[&str], what: &str, why: &str) -> String {
        let mut at = 0;
        for wanted in place {
            at += find_word(&self.text[at..], wanted).unwrap_or(0);
        }
        let line = self.text[..at].matches('\n').count() + 1;
        format!("{}:{line}: {what} is {why}", self.path)
    }
}

/// Where a text stands that is not a part of a longer word.
fn find_word(text: &str, wanted: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(wanted).map(|(at, _)| at).find(|at| {
        !text[..*at].ends_with(is_part) && !text[at + wanted.len()..].starts_with(is_part)
    })
}

fn is_objects(path: &syn::Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "objects")
}

/// Where something in a macro derives a table.
pub(super) fn deriving(tokens: TokenStream) -> Option<Span> {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if word == "derive" => {
                let Some(TokenTree::Group(list)) = tokens.peek() else { continue };
                let is_table =
                    |token: TokenTree| matches!(token, TokenTree::Ident(word) if word == "Table");
                if list.stream().into_iter().any(is_table) {
                    return Some(word.span());
                }
            }
            TokenTree::Group(group) => {
                if let Some(span) = deriving(group.stream()) {
                    return Some(span);
                }
            }
            _ => {}
        }
    }
    None
}
