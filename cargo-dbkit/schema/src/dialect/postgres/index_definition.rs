//! Reads the parts of an index out of what `pg_get_indexdef` prints.

use crate::model::expression::{self, Token, TokenKind};
use crate::model::{IndexPart, IndexTarget, NullsOrder, SortOrder};

use super::types::{collation_name, unquoted, without_parentheses};

/// The parts between the parentheses after `USING method`.
pub(super) fn parts(definition: &str) -> Vec<IndexPart> {
    let tokens = expression::tokens(definition);
    let word = |at: usize| tokens.get(at).map_or("", |token| &definition[token.range.clone()]);
    // CREATE [UNIQUE] INDEX name ON [ONLY] [schema.]table USING method (..)
    let Some(on) = (2..tokens.len()).find(|at| word(*at) == "ON") else { return Vec::new() };
    let Some(using) = (on + 2..tokens.len()).find(|at| word(*at) == "USING") else {
        return Vec::new();
    };
    let open = using + 2;
    let mut parts = Vec::new();
    let mut start = open + 1;
    let mut depth = 0;
    for at in open..tokens.len() {
        let is_end = match word(at) {
            "(" | "[" => {
                depth += 1;
                false
            }
            ")" | "]" => {
                depth -= 1;
                depth == 0
            }
            "," => depth == 1,
            _ => false,
        };
        if is_end {
            parts.extend(part(definition, &tokens[start..at]));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    parts
}

/// One part: a column, a call or an expression in parentheses, then collation, operator class, direction.
fn part(text: &str, tokens: &[Token]) -> Option<IndexPart> {
    let word = |at: usize| tokens.get(at).map_or("", |token| &text[token.range.clone()]);
    let first = tokens.first()?;
    let mut end = 0;
    // A name with its namespace may be that of a function.
    while tokens.get(end).is_some_and(|token| token.kind == TokenKind::Name) {
        end += 1;
        if word(end) != "." {
            break;
        }
        end += 1;
    }
    let is_expression = word(end) == "(";
    if is_expression {
        end = closing(text, tokens, end) + 1;
    }
    let target_text = text.get(first.range.start..tokens.get(end.checked_sub(1)?)?.range.end)?;
    let target = if is_expression {
        IndexTarget::Expression(without_parentheses(target_text).to_owned())
    } else {
        IndexTarget::Column(unquoted(target_text))
    };
    let mut part = IndexPart::new(target);
    let mut at = end;
    while at < tokens.len() {
        match word(at) {
            "COLLATE" => {
                let name = |at: usize| Some(unquoted(text.get(tokens.get(at)?.range.clone())?));
                part.collation = Some(if word(at + 2) == "." {
                    collation_name(Some(&name(at + 1)?), &name(at + 3)?)
                } else {
                    name(at + 1)?
                });
                at += if word(at + 2) == "." { 4 } else { 2 };
            }
            "DESC" => {
                part.order = SortOrder::Descending;
                at += 1;
            }
            "NULLS" => {
                part.nulls = Some(if word(at + 1) == "FIRST" {
                    NullsOrder::First
                } else {
                    NullsOrder::Last
                });
                at += 2;
            }
            "ASC" => at += 1,
            _ => {
                let start = tokens[at].range.start;
                at += 1;
                while word(at) == "." {
                    at += 2;
                }
                if word(at) == "(" {
                    at = closing(text, tokens, at) + 1;
                }
                part.opclass = Some(text.get(start..tokens.get(at - 1)?.range.end)?.to_owned());
            }
        }
    }
    Some(part)
}

/// Where the parenthesis that opens at a place is closed.
fn closing(text: &str, tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match &text[token.range.clone()] {
            "(" => depth += 1,
            ")" => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    tokens.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::parts;
    use crate::model::{IndexPart, IndexTarget, NullsOrder, SortOrder};

    #[test]
    fn every_kind_of_part_is_read() {
        let found = parts(
            "CREATE UNIQUE INDEX \"odd ON\" ON ONLY shop.\"USING\" USING btree (a, \"B b\" DESC NULLS LAST, lower(c) COLLATE \"C\" text_pattern_ops, ((a + (1))), public.f(a, ','::text) gist_trgm_ops (siglen='32') NULLS FIRST) INCLUDE (d) WHERE (a > 0)",
        );
        let expression = |text: &str| IndexPart::new(IndexTarget::Expression(text.to_owned()));
        assert_eq!(
            found,
            [
                IndexPart::column("a"),
                IndexPart {
                    order: SortOrder::Descending,
                    nulls: Some(NullsOrder::Last),
                    ..IndexPart::column("B b")
                },
                IndexPart {
                    collation: Some("C".to_owned()),
                    opclass: Some("text_pattern_ops".to_owned()),
                    ..expression("lower(c)")
                },
                expression("a + (1)"),
                IndexPart {
                    opclass: Some("gist_trgm_ops (siglen='32')".to_owned()),
                    nulls: Some(NullsOrder::First),
                    ..expression("public.f(a, ','::text)")
                },
            ]
        );
    }
}
