//! The items of a file that could belong to a schema, one at a time.
//!
//! Parsing is what costs, and most items of a file (functions, implementations) are no part of a schema: they are passed over as tokens.
//! Where the cuts are not certain nothing is decided here, and the file is parsed as a whole.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Item;

/// How an item ends, and whether anybody wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Attributes, `pub` and other words before the one that says what it is.
    Open,
    /// The same after `const`, which could be an item or a word before `fn`.
    OpenConst,
    /// Ends with braces or a semicolon; `true` if it is wanted.
    Block(bool),
    /// Ends with a semicolon; `true` if it is wanted.
    Line(bool),
}

/// Gives the items of a file to `take`, in their order. `false` if the file has to be parsed as a whole: it is no Rust, or is not cut
/// into items as easily as most.
pub(super) fn each(text: &str, take: &mut dyn FnMut(Item)) -> bool {
    if text.starts_with("#!") && !text.starts_with("#![") {
        return false;
    }
    let Ok(tokens) = text.parse::<TokenStream>() else { return false };
    let mut kind = Kind::Open;
    let mut has_attributes = false;
    let mut item: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let ends = match (kind, &token) {
            (Kind::Line(_), TokenTree::Punct(sign)) => sign.as_char() == ';',
            (Kind::Block(_), TokenTree::Punct(sign)) => sign.as_char() == ';',
            (Kind::Block(_), TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
            (Kind::Line(_) | Kind::Block(_), _) => false,
            (Kind::Open | Kind::OpenConst, TokenTree::Ident(word)) => {
                match kind_of(&word.to_string(), kind) {
                    Some(found) => kind = found,
                    None => return false,
                }
                false
            }
            (Kind::Open, TokenTree::Punct(sign)) if sign.as_char() == '#' => {
                has_attributes = true;
                false
            }
            (Kind::Open, TokenTree::Punct(sign)) if sign.as_char() == '!' => false,
            (Kind::Open, TokenTree::Group(group)) => match (group.delimiter(), item.last()) {
                // An attribute of the file itself.
                (Delimiter::Bracket, Some(TokenTree::Punct(sign))) if sign.as_char() == '!' => {
                    item.truncate(item.len().saturating_sub(2));
                    continue;
                }
                (Delimiter::Bracket | Delimiter::Parenthesis, Some(_)) => false,
                _ => return false,
            },
            _ => return false,
        };
        let is_wanted = match kind {
            Kind::Block(is_wanted) | Kind::Line(is_wanted) => is_wanted,
            Kind::Open | Kind::OpenConst => true,
        };
        if is_wanted {
            item.push(token);
        }
        if ends {
            let tokens = std::mem::take(&mut item);
            if is_wanted {
                match syn::parse2(tokens.into_iter().collect()) {
                    Ok(parsed) => take(parsed),
                    Err(_) => return false,
                }
            }
            kind = Kind::Open;
            has_attributes = false;
        }
        // Nothing in it can say that it is a table.
        if kind == Kind::Block(true) && is_plain_struct(&item, has_attributes) {
            kind = Kind::Block(false);
        }
    }
    item.is_empty() && kind == Kind::Open
}

fn is_plain_struct(item: &[TokenTree], has_attributes: bool) -> bool {
    let is_struct = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "struct" || word == "enum");
    !has_attributes && item.last().is_some_and(is_struct)
}

/// What the next word says of an item; `None` if it is certainly none.
fn kind_of(word: &str, kind: Kind) -> Option<Kind> {
    Some(match word {
        "pub" | "unsafe" | "async" | "default" | "auto" | "safe" => kind,
        "fn" | "impl" | "trait" | "extern" | "union" => Kind::Block(false),
        _ if kind == Kind::OpenConst => Kind::Line(false),
        "const" => Kind::OpenConst,
        "use" | "static" => Kind::Line(false),
        "type" => Kind::Line(true),
        "struct" | "enum" | "mod" => Kind::Block(true),
        "let" | "if" | "match" | "for" | "while" | "loop" | "return" => return None,
        // The name of a macro.
        _ => Kind::Block(true),
    })
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::Item;

    use super::each;

    /// The items that are wanted, by their first words; or that the file is parsed as a whole.
    fn items(text: &str) -> String {
        let mut found = Vec::new();
        let mut take = |item: Item| {
            let words = item.to_token_stream().to_string();
            found.push(words.chars().take(24).collect::<String>());
        };
        if each(text, &mut take) { found.join(" | ") } else { "whole".to_owned() }
    }

    #[test]
    fn what_cannot_be_a_table_is_passed_over() {
        let text = "//! A file.\n#![allow(x)]\nuse a::{b, c};\nconst A: [u8; 2] = { [0; 2] };\nconst fn f() {}\n\
            static S: X = X { y: 1 };\nextern crate d;\nextern \"C\" { fn g(); }\npub(crate) unsafe impl E for F {}\n\
            pub struct Plain { a: i64 }\n#[derive(Table)] pub struct T { a: i64 }\ntype A = B;\npub struct P(i64);\n\
            #[derive(DbType)] struct Q(i64);\nobjects! { a }\nobjects!(b);\nmod m { struct U; }\nmod n;\n";
        assert_eq!(
            items(text),
            "# [derive (Table)] pub s | type A = B ; | # [derive (DbType)] stru | objects ! { a } | objects ! (b) ; | \
             mod m { struct U ; } | mod n ;"
        );
    }

    #[test]
    fn what_is_not_cut_easily_is_parsed_as_a_whole() {
        assert_eq!(items("impl A<{ 1 }> for B {}"), "whole");
        assert_eq!(
            items("#[derive(Table)] struct A<const N: usize = { 1 }> { a: [u8; N] }"),
            "whole"
        );
        assert_eq!(items("#!/usr/bin/env run\nstruct A;"), "whole");
        assert_eq!(items("#[derive(Table)] strct A { a: i64 }"), "whole");
        assert_eq!(items("#[derive(Table)] struct A"), "whole");
        assert_eq!(items("#[derive(Table)]"), "whole");
        assert_eq!(items("struct A { "), "whole");
        assert_eq!(items("1 + 1"), "whole");
    }
}
