//! The files behind `assert_schema!`: the only place where a macro reads any.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dbkit_schema::rust::{Problem, SourceFile, paths, sight};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;

/// What stands in the parentheses.
#[derive(Default)]
struct Arguments {
    patterns: Vec<(String, Span)>,
    features: BTreeSet<String>,
}

pub(crate) fn test(input: TokenStream) -> Result<TokenStream, Vec<Problem>> {
    let arguments = arguments(input)?;
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let read = |path: &String| {
        let text = fs::read_to_string(root.join(path)).ok()?;
        Some(SourceFile { path: path.clone(), text })
    };
    let mut names: Vec<String> = Vec::new();
    if arguments.patterns.is_empty() {
        names.extend(paths::DEFAULT.iter().flat_map(|pattern| find(&root, pattern)));
    }
    let mut problems = Vec::new();
    for (pattern, span) in &arguments.patterns {
        let found = find(&root, pattern);
        if found.is_empty() {
            problems.push(Problem::new(
                *span,
                "DBK0005",
                format!("no schema file matches `{pattern}`"),
            ));
        }
        names.extend(found);
    }
    if names.is_empty() && problems.is_empty() {
        let message = "there is no schema file: neither `src/schema.rs` nor `src/schema/` exists";
        problems.push(Problem::new(Span::call_site(), "DBK0005", message));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let schema: Vec<SourceFile> = names.iter().filter_map(read).collect();
    let others = find(&root, "src/**/*.rs").into_iter().filter(|name| !seen.contains(name));
    let others: Vec<SourceFile> = others.filter_map(|name| read(&name)).collect();
    let test = sight::test(&schema, &others, &arguments.features);
    // So that the compiler looks again when one of them changes.
    let watched = schema.iter().map(|file| format!("/{}", file.path));
    Ok(quote! {
        #test
        #(#[cfg(test)] const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #watched));)*
    })
}

fn find(root: &Path, pattern: &str) -> Vec<String> {
    paths::find(pattern, &mut |below| {
        let Ok(entries) = fs::read_dir(root.join(below)) else { return Vec::new() };
        let entry = |entry: fs::DirEntry| {
            Some((entry.file_name().into_string().ok()?, entry.path().is_dir()))
        };
        entries.flatten().filter_map(entry).collect()
    })
}

/// `"src/schema.rs", features("a", "b")`.
fn arguments(input: TokenStream) -> Result<Arguments, Vec<Problem>> {
    let mut arguments = Arguments::default();
    let mut problems = Vec::new();
    let mut tokens = input.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let span = token.span();
        let is_understood = match token {
            TokenTree::Punct(sign) => sign.as_char() == ',',
            TokenTree::Literal(literal) => {
                match syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                    Ok(text) => {
                        arguments.patterns.push((text.value(), span));
                        true
                    }
                    Err(_) => false,
                }
            }
            TokenTree::Ident(word) if word == "features" => match tokens.next() {
                Some(TokenTree::Group(list)) => {
                    let names = list
                        .stream()
                        .into_iter()
                        .filter_map(|token| syn::parse_str::<syn::LitStr>(&token.to_string()).ok());
                    arguments.features.extend(names.map(|name| name.value()));
                    true
                }
                _ => false,
            },
            TokenTree::Ident(_) | TokenTree::Group(_) => false,
        };
        if !is_understood {
            problems.push(Problem::new(
                span,
                "DBK0103",
                "expected files and features: `assert_schema!(\"src/schema.rs\", features(\"extra\"))`",
            ));
        }
    }
    if problems.is_empty() { Ok(arguments) } else { Err(problems) }
}
