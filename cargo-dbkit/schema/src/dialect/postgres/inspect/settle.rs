//! Expressions that the server writes one way when they are new and another way once its own text has been read again.
//!
//! `x IN ('a', 'b')` over a `varchar` is shown as a cast of the whole array; that text, executed, is shown with a cast of each element,
//! and stays so. The second form is taken for both, so that they are equal.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::dialect::Catalog;
use crate::model::expression;

/// The catalog with such expressions in their last form, if it has any.
pub(super) fn catalog(catalog: &Catalog) -> Option<Catalog> {
    let mut rows = BTreeMap::new();
    for (query, found) in &catalog.rows {
        // The text of a function is its own.
        if *query == "routines" {
            continue;
        }
        let is_unsettled = |cell: &Option<String>| {
            cell.as_ref().is_some_and(|cell| cell.contains("ARRAY[") && cell.contains("[]"))
        };
        if !found.iter().flatten().any(is_unsettled) {
            continue;
        }
        let mut found = found.clone();
        for cell in found.iter_mut().flatten().flatten() {
            if let Some(settled) = settle(cell) {
                *cell = settled;
            }
        }
        rows.insert(*query, found);
    }
    if rows.is_empty() {
        return None;
    }
    let mut settled = catalog.clone();
    settled.rows.extend(rows);
    Some(settled)
}

/// The text with casts of whole array constructors moved to their elements, if there are any.
fn settle(text: &str) -> Option<String> {
    let mut current: Option<String> = None;
    // One at a time: each rewrite moves what comes after it.
    while let Some(next) = settle_first(current.as_deref().unwrap_or(text)) {
        current = Some(next);
    }
    current
}

fn settle_first(text: &str) -> Option<String> {
    let tokens: Vec<Range<usize>> =
        expression::tokens(text).into_iter().map(|token| token.range).collect();
    let word = |at: usize| tokens.get(at).map(|range| &text[range.clone()]);
    for at in 0..tokens.len() {
        if word(at) != Some("ARRAY") || word(at + 1) != Some("[") {
            continue;
        }
        let Some((elements, end)) = elements(text, &tokens, at + 2) else { continue };
        let is_in_parentheses = at > 0 && word(at - 1) == Some("(") && word(end + 1) == Some(")");
        let after = if is_in_parentheses { end + 2 } else { end + 1 };
        let Some((ty, last)) = array_type(text, &tokens, after) else { continue };
        let start = tokens[if is_in_parentheses { at - 1 } else { at }].start;
        let cast: Vec<String> = elements
            .iter()
            .map(|element| {
                if is_in_parentheses {
                    format!("({element})::{ty}")
                } else {
                    format!("{element}::{ty}")
                }
            })
            .collect();
        let rest = &text[tokens[last].end..];
        return Some(format!("{}ARRAY[{}]{rest}", &text[..start], cast.join(", ")));
    }
    None
}

/// The elements of an array constructor, and its closing bracket. Only constants with a cast are moved: anything else is what someone wrote.
fn elements<'a>(
    text: &'a str,
    tokens: &[Range<usize>],
    from: usize,
) -> Option<(Vec<&'a str>, usize)> {
    let mut depth = 0_usize;
    let mut start = from;
    let mut found = Vec::new();
    for at in from..tokens.len() {
        match &text[tokens[at].clone()] {
            "(" | "[" => depth += 1,
            ")" => depth = depth.checked_sub(1)?,
            word @ ("," | "]") if depth == 0 => {
                let element = text.get(tokens.get(start)?.start..tokens[at].start)?.trim();
                if !element.starts_with('\'') || !element.contains("::") {
                    return None;
                }
                found.push(element);
                start = at + 1;
                if word == "]" {
                    return Some((found, at));
                }
            }
            "]" => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// `::type[]` at a place: the type of an element, and the last token.
fn array_type<'a>(text: &'a str, tokens: &[Range<usize>], at: usize) -> Option<(&'a str, usize)> {
    let first = tokens.get(at)?;
    if !text[first.start..].starts_with("::") {
        return None;
    }
    let start = first.start + 2;
    let end = start + text[start..].find("[]")?;
    let ty = &text[start..end];
    let is_type = !ty.is_empty()
        && ty.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ' ' | '.' | '"'));
    let last = tokens.iter().position(|token| token.end == end + 2)?;
    is_type.then_some((ty, last))
}

#[cfg(test)]
mod tests {
    use super::settle;

    #[test]
    fn a_cast_of_constants_is_moved_to_each() {
        let cases = [
            (
                "((status)::text = ANY ((ARRAY['new'::character varying, 'it''s, ]'::character varying])::text[]))",
                "((status)::text = ANY (ARRAY[('new'::character varying)::text, ('it''s, ]'::character varying)::text]))",
            ),
            (
                "a = ANY (ARRAY['x'::character varying]::text[]) AND b <> ALL (ARRAY['y'::bpchar]::text[])",
                "a = ANY (ARRAY['x'::character varying::text]) AND b <> ALL (ARRAY['y'::bpchar::text])",
            ),
        ];
        for (text, settled) in cases {
            assert_eq!(settle(text).as_deref(), Some(settled));
            assert_eq!(settle(settled), None);
        }
        for text in [
            "ARRAY[a, b]::text[]",
            "ARRAY[]::text[]",
            "'ARRAY['::text[]",
            "ARRAY['a'::text, 'b'::text]",
        ] {
            assert_eq!(settle(text), None, "{text}");
        }
    }
}
