//! The shape of an attribute, before anybody knows what its words mean.
//!
//! `#[dbkit(..)]` holds a list. An item is a literal (`"x"`, `3`), a word or path (`unique`, `User::id`), a word with a list
//! (`index(on(a))`), or a word with a literal (`name = "x"`). That is what rustfmt can format, and all that there is.

use proc_macro2::{Delimiter, Literal, Span, TokenStream, TokenTree};
use quote::ToTokens as _;

use super::problem::Problem;

/// One item of an attribute.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// The whole item, or its first token where the compiler cannot join spans.
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
}

#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Text(String),
    Number(String),
    /// A word is a path of one segment.
    Path(Vec<String>),
    List(Vec<String>, Vec<Node>),
    Assign(String, Box<Node>),
}

impl Node {
    /// The word, if it is one.
    pub(crate) fn word(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Path(path) | NodeKind::List(path, _) => match path.as_slice() {
                [word] => Some(word),
                _ => None,
            },
            NodeKind::Assign(word, _) => Some(word),
            NodeKind::Text(_) | NodeKind::Number(_) => None,
        }
    }

    /// The list behind a word; empty when there is none.
    pub(crate) fn list(&self) -> &[Node] {
        match &self.kind {
            NodeKind::List(_, nodes) => nodes,
            _ => &[],
        }
    }
}

/// Reads the inside of an attribute.
pub(crate) fn parse(tokens: TokenStream, problems: &mut Vec<Problem>) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut item: Vec<TokenTree> = Vec::new();
    for token in tokens {
        if matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ',') {
            parse_item(std::mem::take(&mut item), problems, &mut nodes);
        } else {
            item.push(token);
        }
    }
    parse_item(item, problems, &mut nodes);
    nodes
}

fn parse_item(item: Vec<TokenTree>, problems: &mut Vec<Problem>, nodes: &mut Vec<Node>) {
    let mut tokens = item.into_iter().peekable();
    let Some(first) = tokens.next() else { return };
    let span = first.span();
    match first {
        TokenTree::Literal(literal) => {
            nodes.extend(literal_node(literal, span, problems));
        }
        TokenTree::Punct(sign) if sign.as_char() == '-' => {
            problems.push(
                Problem::new(span, "DBK0103", "a negative number stands in a string")
                    .label("not here")
                    .help("write `default(sql(\"-1\"))`; rustfmt leaves an attribute with a bare `-1` unformatted"),
            );
            // What it means is plain, so that nobody else has to complain of it.
            let number = tokens.next().map(|token| format!("-{token}")).unwrap_or_default();
            nodes.push(Node { span, kind: NodeKind::Number(number) });
        }
        TokenTree::Ident(word) => {
            let mut path = vec![word.to_string().trim_start_matches("r#").to_owned()];
            while matches!(tokens.peek(), Some(TokenTree::Punct(sign)) if sign.as_char() == ':') {
                tokens.next();
                tokens.next_if(
                    |token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':'),
                );
                if let Some(TokenTree::Ident(word)) = tokens.next() {
                    path.push(word.to_string().trim_start_matches("r#").to_owned());
                }
            }
            let kind = match tokens.next() {
                None => NodeKind::Path(path),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
                    NodeKind::List(path, parse(group.stream(), problems))
                }
                Some(TokenTree::Punct(sign)) if sign.as_char() == '=' => {
                    let value = tokens.next();
                    let value_span = value.as_ref().map_or(span, TokenTree::span);
                    let node = match value {
                        Some(TokenTree::Literal(literal)) => {
                            literal_node(literal, value_span, problems)
                        }
                        _ => {
                            problems.push(not_a_literal(value_span));
                            None
                        }
                    };
                    match node {
                        Some(node) => NodeKind::Assign(path.join("::"), Box::new(node)),
                        None => return,
                    }
                }
                Some(other) => {
                    problems.push(Problem::new(
                        other.span(),
                        "DBK0103",
                        format!("expected `,`, `=` or `(`, found `{other}`"),
                    ));
                    return;
                }
            };
            nodes.push(Node { span, kind });
        }
        other => problems.push(not_a_literal(other.span())),
    }
    if let Some(extra) = tokens.next() {
        problems.push(Problem::new(
            extra.span(),
            "DBK0103",
            format!("expected `,`, found `{extra}`"),
        ));
    }
}

fn not_a_literal(span: Span) -> Problem {
    Problem::new(span, "DBK0103", "expected a string literal: dbkit reads this file without compiling it, so constants cannot be evaluated")
        .label("not a literal")
}

fn literal_node(literal: Literal, span: Span, problems: &mut Vec<Problem>) -> Option<Node> {
    let kind = match syn::Lit::new(literal) {
        syn::Lit::Str(text) => NodeKind::Text(text.value()),
        syn::Lit::Int(number) => NodeKind::Number(number.base10_digits().to_owned()),
        syn::Lit::Float(number) => NodeKind::Number(number.base10_digits().to_owned()),
        other => {
            problems.push(Problem::new(
                span,
                "DBK0103",
                format!("expected a string or a number, found `{}`", other.to_token_stream()),
            ));
            return None;
        }
    };
    Some(Node { span, kind })
}
