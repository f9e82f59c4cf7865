//! The derives of dbkit-runtime: `Table`, `View`, `DbEnum`, `DbType`, and `objects!`.
//!
//! They check the same grammar that `cargo dbkit` reads, with the same parser and the same words, and make the compiler confirm what the
//! command line could only guess. Use them through `dbkit-runtime`, feature `derive`.
#![warn(missing_docs)]

mod seen;
mod test;

use std::collections::BTreeSet;

use dbkit_schema::rust::{Problem, expand};
use proc_macro::TokenStream;
use quote::quote_spanned;
use syn::DeriveInput;

/// A struct that is a table.
#[proc_macro_derive(Table, attributes(dbkit))]
pub fn derive_table(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    finish(expand::table(&input, &confirmed()))
}

/// A struct that is a view.
#[proc_macro_derive(View, attributes(dbkit))]
pub fn derive_view(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    finish(expand::view(&input, &confirmed()))
}

/// An enum whose variants are the values of a database enum.
#[proc_macro_derive(DbEnum, attributes(dbkit))]
pub fn derive_enum(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    finish(expand::enum_type(&input))
}

/// A struct of one field that is stored as what is in it.
#[proc_macro_derive(DbType, attributes(dbkit))]
pub fn derive_type(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    finish(expand::type_alias(&input, &confirmed()))
}

/// Objects beside tables: schemas, sequences, functions, .. `cargo dbkit` reads it; it expands to nothing but a look at the files that it
/// names.
#[proc_macro]
pub fn objects(input: TokenStream) -> TokenStream {
    finish(expand::objects(input.into()))
}

/// A unit test that `cargo dbkit` sees the tables that the compiler sees: `dbkit::assert_schema!();`.
///
/// The arguments are the files of `schema` in `[package.metadata.dbkit]`, `*` and `**` included (without any: `src/schema.rs` and what is
/// in `src/schema/`), and the features that are on for `cargo dbkit`: `assert_schema!("src/db/*.rs", features("extra"))`. The test fails
/// for tables that a macro makes, for tables in other files, and for tables that are changed before the compiler sees them.
///
/// Tables are reached by the path of their module, so they have to be visible where this stands: put it into the file of the schema, or
/// make them `pub(crate)`.
#[proc_macro]
pub fn assert_schema(input: TokenStream) -> TokenStream {
    finish(seen::test(input.into()))
}

/// A test with a fresh, migrated database: `#[dbkit::test(crate::MIGRATIONS)] fn name(db: dbkit::test::Sqlite) { .. }`.
///
/// The argument is `dbkit::test::Sqlite`, `Postgres` or `Mysql`, by value or by reference. Without a path the migrations are
/// `crate::MIGRATIONS`; `to = "ID"` goes only so far. An `async fn` runs under tokio (feature `test-tokio`). The database is dropped when
/// the test is over; one of a test that fails is kept, and its URL is printed.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let arguments = syn::parse_macro_input!(arguments as test::Arguments);
    let item = syn::parse_macro_input!(item as syn::ItemFn);
    test::expand(&arguments, item).unwrap_or_else(|error| error.to_compile_error()).into()
}

/// The types of other crates for which dbkit-runtime says what they are, by its features.
fn confirmed() -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    if cfg!(feature = "uuid") {
        names.insert("Uuid");
    }
    if cfg!(feature = "time") {
        names.extend(["OffsetDateTime", "PrimitiveDateTime", "Date", "Time"]);
    }
    if cfg!(feature = "chrono") {
        names.extend(["DateTime", "NaiveDateTime", "NaiveDate", "NaiveTime"]);
    }
    if cfg!(feature = "serde_json") {
        names.insert("Value");
    }
    names.insert("Json");
    names
}

fn finish(result: Result<proc_macro2::TokenStream, Vec<Problem>>) -> TokenStream {
    match result {
        Ok(tokens) => tokens.into(),
        Err(problems) => problems.iter().map(error).collect::<proc_macro2::TokenStream>().into(),
    }
}

/// The same sentence as the command line's, at the same place.
fn error(problem: &Problem) -> proc_macro2::TokenStream {
    let mut message = format!("dbkit[{}]: {}", problem.code, problem.message);
    if let Some(help) = &problem.help {
        message.push_str(&format!("\n= help: {help}"));
    }
    quote_spanned!(problem.span=> ::core::compile_error!(#message);)
}
