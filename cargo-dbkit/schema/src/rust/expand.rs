//! What the derives write: column constants, and code that makes the compiler confirm what the reader assumed.

use std::collections::BTreeSet;

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::DeriveInput;
use syn::ext::IdentExt as _;

use crate::model::{ColumnType, FloatSize, IntegerSize};

use super::definition::view_name;
use super::grammar;
use super::item::{FieldItem, ForeignKeyItem, Spanned};
use super::object_grammar;
use super::problem::Problem;
use super::sight::Shape;
use super::types::{Guess, guess};

/// Expands `#[derive(Table)]`. `confirmed` are the types from other crates, by name, for which dbkit-runtime says what they are.
///
/// # Errors
/// Every mistake in the attributes, as the command line would say it.
pub fn table(input: &DeriveInput, confirmed: &BTreeSet<&str>) -> Result<TokenStream, Vec<Problem>> {
    let mut problems = Vec::new();
    let item = grammar::table(input, &mut problems);
    let Some(item) = item.filter(|_| problems.is_empty()) else { return Err(problems) };
    let dbkit = crate_path(item.crate_path.as_deref());
    let name = &input.ident;
    let table = super::resolve::table_name(&item);
    let (table_name, schema) = (&table.name, option(table.schema.as_deref()));
    let shape = match &input.data {
        syn::Data::Struct(data) => Shape::of(name, &input.attrs, &data.fields).hash(),
        syn::Data::Enum(_) | syn::Data::Union(_) => 0,
    };
    let fields: Vec<&FieldItem> = item.fields.iter().filter(|field| !field.is_skipped).collect();
    let columns = fields.iter().map(|field| {
        let constant = constant(&field.rust_name.value, field.rust_name.span);
        let (ty, column) = (stripped(&field.ty), field.column_name());
        let doc = format!("Column `{column}` of `{table}`.");
        quote!(#[doc = #doc] pub const #constant: #dbkit::Col<#name, #ty> = #dbkit::Col::new(#table_name, #column);)
    });
    let used = used(input, &fields);
    let checks = fields.iter().filter_map(|field| confirm(field, confirmed, &dbkit));
    let keys = fields
        .iter()
        .filter_map(|field| field.references.as_deref().map(|key| (key, vec![*field])));
    let table_keys = item.foreign_keys.iter().map(|key| {
        let own = |name: &Spanned<String>| {
            fields.iter().find(|field| field.rust_name.value == name.value).copied()
        };
        (key, key.columns.iter().filter_map(own).collect())
    });
    let keys = keys.chain(table_keys).flat_map(|(key, own)| confirm_key(key, &own, name));
    Ok(quote! {
        #[automatically_derived]
        #[allow(dead_code, clippy::all, reason = "generated; a table need not use every constant")]
        impl #name {
            /// The table.
            pub const TABLE: #dbkit::TableRef = #dbkit::TableRef::new(#schema, #table_name);
            #(#columns)*
        }
        #[automatically_derived]
        impl #dbkit::Table for #name {
            const SCHEMA: ::core::option::Option<&'static str> = #schema;
            const NAME: &'static str = #table_name;
            const SHAPE: u64 = #shape;
        }
        #used
        #(#checks)*
        #(#keys)*
    })
}

/// A column is there for the database, whether the app reads its field or not: the compiler need not warn of it.
fn used(input: &DeriveInput, columns: &[&FieldItem]) -> TokenStream {
    let syn::Data::Struct(data) = &input.data else { return TokenStream::new() };
    let name = &input.ident;
    let is_column =
        |ident: &&Ident| columns.iter().any(|column| ident.unraw() == column.rust_name.value);
    let fields: Vec<&Ident> =
        data.fields.iter().filter_map(|field| field.ident.as_ref()).filter(is_column).collect();
    quote! {
        const _: () = {
            #[allow(dead_code, clippy::all, reason = "generated; the fields are columns, read or not")]
            fn columns(row: &#name) {
                let #name { #(#fields,)* .. } = row;
                let _ = (#(#fields,)*);
            }
        };
    }
}

/// Expands `#[derive(DbEnum)]`.
///
/// # Errors
/// Every mistake in the attributes, as the command line would say it.
pub fn enum_type(input: &DeriveInput) -> Result<TokenStream, Vec<Problem>> {
    let mut problems = Vec::new();
    let item = grammar::enum_type(input, &mut problems);
    let Some(item) = item.filter(|_| problems.is_empty()) else { return Err(problems) };
    let dbkit = crate_path(item.crate_path.as_deref());
    let name = &input.ident;
    let type_name = super::resolve::enum_name(&item).name;
    let variants: Vec<Ident> = item
        .variants
        .iter()
        .map(|variant| Ident::new(&variant.rust_name.value, variant.rust_name.span))
        .collect();
    let values: Vec<&String> = item.variants.iter().map(|variant| &variant.value).collect();
    Ok(quote! {
        #[automatically_derived]
        impl #dbkit::SqlType for #name {
            const KIND: #dbkit::Kind = #dbkit::Kind::Enum;
        }
        #[automatically_derived]
        impl #dbkit::DbEnum for #name {
            const NAME: &'static str = #type_name;
            const VALUES: &'static [&'static str] = &[#(#values),*];
            fn as_db_str(&self) -> &'static str {
                match self { #(Self::#variants => #values,)* }
            }
            fn from_db_str(text: &str) -> ::core::option::Option<Self> {
                match text { #(#values => ::core::option::Option::Some(Self::#variants),)* _ => ::core::option::Option::None }
            }
        }
    })
}

/// Expands `#[derive(DbType)]`.
///
/// # Errors
/// Every mistake in the attributes, as the command line would say it.
pub fn type_alias(
    input: &DeriveInput,
    confirmed: &BTreeSet<&str>,
) -> Result<TokenStream, Vec<Problem>> {
    let mut problems = Vec::new();
    let item = grammar::type_alias(input, &mut problems);
    let Some(item) = item.filter(|_| problems.is_empty()) else { return Err(problems) };
    let dbkit = crate_path(item.crate_path.as_deref());
    let (name, inner) = (&input.ident, &item.ty);
    if kind(inner, confirmed, &dbkit).is_none() {
        return Ok(TokenStream::new());
    }
    Ok(quote! {
        #[automatically_derived]
        impl #dbkit::SqlType for #name {
            const KIND: #dbkit::Kind = <#inner as #dbkit::SqlType>::KIND;
        }
    })
}

/// Checks the inside of `dbkit::objects! { .. }`, which expands to nothing.
///
/// # Errors
/// Every mistake in it, as the command line would say it.
pub fn objects(tokens: TokenStream) -> Result<TokenStream, Vec<Problem>> {
    let mut problems = Vec::new();
    let objects = object_grammar::objects(tokens, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let files = object_grammar::files(&objects).into_iter().map(included);
    Ok(quote!(#(#files)*))
}

/// Makes the compiler look again when a file changes that the code names.
fn included(path: &Spanned<String>) -> TokenStream {
    let text = format!("/{}", path.value);
    quote_spanned! {path.span=>
        const _: &str = ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #text));
    }
}

/// Expands `#[derive(View)]`. `confirmed` as in [`table`].
///
/// # Errors
/// Every mistake in the attributes, as the command line would say it.
pub fn view(input: &DeriveInput, confirmed: &BTreeSet<&str>) -> Result<TokenStream, Vec<Problem>> {
    let mut problems = Vec::new();
    let item = object_grammar::view(input, &mut problems);
    let Some(item) = item.filter(|_| problems.is_empty()) else { return Err(problems) };
    let dbkit = crate_path(item.crate_path.as_deref());
    let name = &input.ident;
    let view = view_name(&item);
    let (view_name, schema) = (&view.name, option(view.schema.as_deref()));
    let fields: Vec<&FieldItem> = item.fields.iter().filter(|field| !field.is_skipped).collect();
    let columns = fields.iter().map(|field| {
        let constant = constant(&field.rust_name.value, field.rust_name.span);
        let (ty, column) = (stripped(&field.ty), field.column_name());
        let doc = format!("Column `{column}` of `{view}`.");
        quote!(#[doc = #doc] pub const #constant: #dbkit::Col<#name, #ty> = #dbkit::Col::new(#view_name, #column);)
    });
    let checks = fields.iter().filter_map(|field| confirm(field, confirmed, &dbkit));
    let depends = item.depends_on.iter().map(|path| {
        let words = path.value.iter().map(|word| Ident::new(word, path.span));
        quote_spanned!(path.span=> const _: ::core::option::Option<#(#words)::*> = ::core::option::Option::None;)
    });
    let file = item.query.as_ref().and_then(object_grammar::file_of).map(included);
    Ok(quote! {
        #[automatically_derived]
        #[allow(dead_code, clippy::all, reason = "generated; a view need not use every constant")]
        impl #name {
            /// The view.
            pub const VIEW: #dbkit::TableRef = #dbkit::TableRef::new(#schema, #view_name);
            #(#columns)*
        }
        #(#checks)*
        #(#depends)*
        #file
    })
}

fn crate_path(path: Option<&str>) -> TokenStream {
    path.and_then(|path| path.parse().ok()).unwrap_or_else(|| quote!(::dbkit))
}

fn option(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// `EMAIL` for `email`. `TABLE` is taken.
fn constant(field: &str, span: Span) -> Ident {
    let upper = field.to_uppercase();
    Ident::new(if upper == "TABLE" { "TABLE_" } else { &upper }, span)
}

/// The type inside an `Option`.
fn stripped(ty: &syn::Type) -> &syn::Type {
    let syn::Type::Path(path) = ty else { return ty };
    let Some(last) = path.path.segments.last().filter(|last| last.ident == "Option") else {
        return ty;
    };
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return ty };
    let inner = arguments.args.iter().find_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    inner.unwrap_or(ty)
}

/// Makes the compiler say no if a type is not what its name made the reader believe.
fn confirm(
    field: &FieldItem,
    confirmed: &BTreeSet<&str>,
    dbkit: &TokenStream,
) -> Option<TokenStream> {
    if field.ty_item.is_some() {
        return None;
    }
    let ty = stripped(&field.ty);
    let kind = kind(ty, confirmed, dbkit)?;
    let message = format!(
        "dbkit took the type of `{}` for another one by its name; say what the column is with `#[dbkit(type = \"..\")]`",
        field.rust_name.value
    );
    let span = syn::spanned::Spanned::span(ty);
    Some(quote_spanned! {span=>
        const _: () = ::core::assert!(<#ty as #dbkit::SqlType>::KIND as u8 == #kind as u8, #message);
    })
}

/// The kind that the reader guesses, where dbkit-runtime knows it as well.
fn kind(ty: &syn::Type, confirmed: &BTreeSet<&str>, dbkit: &TokenStream) -> Option<TokenStream> {
    let (Guess::Known(known), _) = guess(ty) else { return None };
    let last = match ty {
        syn::Type::Path(path) => path.path.segments.last()?.ident.to_string(),
        _ => return None,
    };
    const OWN: [&str; 13] = [
        "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64", "String", "Vec",
    ];
    if !OWN.contains(&last.as_str()) && !confirmed.contains(last.as_str()) {
        return None;
    }
    let word = match known {
        ColumnType::Boolean => "Boolean",
        ColumnType::Integer { size, is_unsigned } => match (size, is_unsigned) {
            (IntegerSize::Tiny, false) => "TinyInt",
            (IntegerSize::Small, false) => "SmallInt",
            (IntegerSize::Medium | IntegerSize::Regular, false) => "Integer",
            (IntegerSize::Big, false) => "BigInt",
            (IntegerSize::Tiny, true) => "UnsignedTinyInt",
            (IntegerSize::Small, true) => "UnsignedSmallInt",
            (IntegerSize::Medium | IntegerSize::Regular, true) => "UnsignedInteger",
            (IntegerSize::Big, true) => "UnsignedBigInt",
        },
        ColumnType::Float(FloatSize::Single) => "Real",
        ColumnType::Float(FloatSize::Double) => "Double",
        ColumnType::Text => "Text",
        ColumnType::Bytes => "Bytes",
        ColumnType::Uuid => "Uuid",
        ColumnType::JsonBinary => "Json",
        ColumnType::Date => "Date",
        ColumnType::Time(_) => "Time",
        ColumnType::Timestamp(_) => "Timestamp",
        ColumnType::TimestampTz(_) => "TimestampTz",
        _ => return None,
    };
    let word = Ident::new(word, Span::call_site());
    Some(quote!(#dbkit::Kind::#word))
}

/// A foreign key is written out as a constant of the other struct, so that the compiler finds a wrong field or a wrong type.
fn confirm_key(key: &ForeignKeyItem, own: &[&FieldItem], name: &Ident) -> Vec<TokenStream> {
    let mut checks = Vec::new();
    for (path, field) in key.references.iter().zip(own) {
        let Some((column, target)) = path.value.split_last() else { continue };
        let span = path.span;
        let target: Vec<Ident> = match target {
            [word] if word == "Self" => vec![name.clone()],
            words => words.iter().map(|word| Ident::new(word, span)).collect(),
        };
        let constant = constant(column, span);
        let ty = located_at(stripped(&field.ty).to_token_stream(), span);
        checks.push(quote_spanned! {span=>
            const _: () = #(#target)::*::#constant.is_pointed_to_by::<#ty>();
        });
    }
    checks
}

/// The same tokens with another place: the compiler points at a foreign key, not at the type of its field.
fn located_at(tokens: TokenStream, span: Span) -> TokenStream {
    let locate = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let mut located = Group::new(group.delimiter(), located_at(group.stream(), span));
            located.set_span(span.resolved_at(group.span()));
            TokenTree::Group(located)
        }
        mut other => {
            other.set_span(span.resolved_at(other.span()));
            other
        }
    };
    tokens.into_iter().map(locate).collect()
}
