//! `#[dbkit::test]`: an ordinary `#[test]` around a function that is handed a database.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Error, Expr, ExprLit, FnArg, Ident, ItemFn, Lit, LitStr, Path, Token, parse_quote};

/// `#[dbkit::test(crate::MIGRATIONS, to = "20261122101500_before")]`.
pub(crate) struct Arguments {
    migrations: Path,
    to: Option<LitStr>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut found = Self { migrations: parse_quote!(crate::MIGRATIONS), to: None };
        if !input.is_empty() && !input.peek2(Token![=]) {
            found.migrations = input.parse()?;
        }
        while !input.is_empty() {
            if input.peek(Token![,]) {
                input.parse::<Token![,]>()?;
                continue;
            }
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            if name == "to" {
                let value: Expr = input.parse()?;
                let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = value else {
                    return Err(Error::new(
                        value.span(),
                        "expected the id of a migration in quotes",
                    ));
                };
                found.to = Some(text);
            } else if name == "migrations" {
                found.migrations = input.parse()?;
            } else {
                let problem = format!("unknown word `{name}`; known are `migrations` and `to`");
                return Err(Error::new(name.span(), problem));
            }
        }
        Ok(found)
    }
}

pub(crate) fn expand(arguments: &Arguments, mut test: ItemFn) -> syn::Result<TokenStream> {
    let wrong = "a test takes one database: `db: dbkit::test::Sqlite`, `dbkit::test::Postgres` or `dbkit::test::Mysql`";
    let mut inputs = test.sig.inputs.iter_mut();
    let (Some(FnArg::Typed(argument)), None) = (inputs.next(), inputs.next()) else {
        return Err(Error::new(test.sig.span(), wrong));
    };
    // Taken by reference, so that the database outlives a test that fails.
    let kind = match &*argument.ty {
        syn::Type::Reference(reference) => (*reference.elem).clone(),
        other => {
            let kind = other.clone();
            *argument.ty = parse_quote!(&#kind);
            kind
        }
    };
    let (name, output, visibility) =
        (test.sig.ident.clone(), test.sig.output.clone(), test.vis.clone());
    let attributes = std::mem::take(&mut test.attrs);
    test.vis = syn::Visibility::Inherited;
    let migrations = &arguments.migrations;
    let to = arguments.to.as_ref().map(|to| quote!(.to(#to)));
    let call = if test.sig.asyncness.is_some() {
        quote!(::dbkit::test::block_on(#name(database)))
    } else {
        quote!(#name(database))
    };
    Ok(quote! {
        #[::core::prelude::v1::test]
        #(#attributes)*
        #visibility fn #name() #output {
            #test
            ::dbkit::test::run(&::dbkit::test::Setup::new(&#migrations)#to, |database: &#kind| #call)
        }
    })
}
