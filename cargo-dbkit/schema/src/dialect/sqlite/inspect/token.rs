//! The tokens of SQLite's SQL. <https://www.sqlite.org/src/file/src/tokenize.c>

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dialect::sqlite) enum Kind {
    /// A word without quotes.
    Word,
    /// A name in `".."`, `` `..` `` or `[..]`.
    Quoted,
    /// `'..'`.
    Text,
    /// `x'..'`.
    Blob,
    Number,
    Sign,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dialect::sqlite) struct Token {
    pub(in crate::dialect::sqlite) kind: Kind,
    /// Without quotes.
    pub(in crate::dialect::sqlite) text: String,
    pub(in crate::dialect::sqlite) range: Range<usize>,
}

impl Token {
    /// Whether it is a keyword.
    pub(in crate::dialect::sqlite) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(in crate::dialect::sqlite) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// Whether it can be a name. SQLite takes texts for names, too.
    pub(in crate::dialect::sqlite) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted | Kind::Text)
    }
}

/// Splits SQL into tokens; blanks and comments are none. What does not end, ends with the text.
pub(in crate::dialect::sqlite) fn tokens(sql: &str) -> Vec<Token> {
    first_tokens(sql, usize::MAX)
}

/// The same of its beginning: so many of them, or as many as there are.
pub(in crate::dialect::sqlite) fn first_tokens(sql: &str, count: usize) -> Vec<Token> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() && found.len() < count {
        let start = at;
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        let kind = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if next == b'-' => {
                at = sql[at..].find('\n').map_or(bytes.len(), |length| at + length);
                continue;
            }
            b'/' if next == b'*' => {
                at = sql[at + 2..].find("*/").map_or(bytes.len(), |length| at + length + 4);
                continue;
            }
            quote @ (b'\'' | b'"' | b'`') => {
                at = end_of_quote(bytes, at, quote);
                if quote == b'\'' { Kind::Text } else { Kind::Quoted }
            }
            b'[' => {
                at = sql[at..].find(']').map_or(bytes.len(), |length| at + length + 1);
                Kind::Quoted
            }
            b'x' | b'X' if next == b'\'' => {
                at = end_of_quote(bytes, at + 1, b'\'');
                Kind::Blob
            }
            b'.' if next.is_ascii_digit() => {
                at = end_of_number(bytes, at);
                Kind::Number
            }
            b'0'..=b'9' => {
                at = end_of_number(bytes, at);
                Kind::Number
            }
            byte if is_word(byte) => {
                while at < bytes.len() && is_word(bytes[at]) {
                    at += 1;
                }
                Kind::Word
            }
            _ => {
                at += 1;
                Kind::Sign
            }
        };
        found.push(Token { kind, text: text(&sql[start..at], kind), range: start..at });
    }
    found
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// `12`, `0x1F`, `1.5e-3`, `1_000`.
fn end_of_number(bytes: &[u8], start: usize) -> usize {
    let is_hexadecimal = bytes[start..].starts_with(b"0x") || bytes[start..].starts_with(b"0X");
    let mut at = start;
    while at < bytes.len() {
        let is_exponent = !is_hexadecimal
            && at > start
            && matches!(bytes[at], b'+' | b'-')
            && matches!(bytes[at - 1], b'e' | b'E');
        if !(is_word(bytes[at]) || bytes[at] == b'.' || is_exponent) {
            break;
        }
        at += 1;
    }
    at
}

fn end_of_quote(bytes: &[u8], start: usize, quote: u8) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

fn text(token: &str, kind: Kind) -> String {
    let inner = || token.get(1..token.len().saturating_sub(1)).unwrap_or_default();
    match kind {
        Kind::Word | Kind::Number | Kind::Sign | Kind::Blob => token.to_owned(),
        Kind::Text => inner().replace("''", "'"),
        Kind::Quoted => match token.as_bytes().first() {
            Some(b'"') => inner().replace("\"\"", "\""),
            Some(b'`') => inner().replace("``", "`"),
            _ => inner().to_owned(),
        },
    }
}

/// The tokens between two parentheses, and what comes after them. `at` is the opening one.
pub(in crate::dialect::sqlite) fn inside(tokens: &[Token], at: usize) -> Option<(&[Token], usize)> {
    let mut depth = 0_usize;
    for (end, token) in tokens.iter().enumerate().skip(at) {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth = depth.checked_sub(1)?;
        }
        if depth == 0 {
            return if end > at { Some((&tokens[at + 1..end], end + 1)) } else { None };
        }
    }
    None
}

/// Splits at commas that stand in no parentheses.
pub(in crate::dialect::sqlite) fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, token) in tokens.iter().enumerate() {
        if token.is_sign("(") {
            depth += 1;
        } else if token.is_sign(")") {
            depth = depth.saturating_sub(1);
        } else if token.is_sign(",") && depth == 0 {
            parts.push(&tokens[start..at]);
            start = at + 1;
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// The SQL that tokens stand for, as it was written.
pub(in crate::dialect::sqlite) fn written<'a>(sql: &'a str, tokens: &[Token]) -> &'a str {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => sql[first.range.start..last.range.end].trim(),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, tokens};

    #[test]
    fn numbers_blobs_and_quotes_are_one_token_each() {
        let found: Vec<(Kind, String)> =
            tokens("1.5e-3 .5 0x1F-1 x'0F' [a b]`c``d` \"e\"\"f\" 'g''h' a-- no\n/* no */-b")
                .into_iter()
                .map(|token| (token.kind, token.text))
                .collect();
        let expected = [
            (Kind::Number, "1.5e-3"),
            (Kind::Number, ".5"),
            (Kind::Number, "0x1F"),
            (Kind::Sign, "-"),
            (Kind::Number, "1"),
            (Kind::Blob, "x'0F'"),
            (Kind::Quoted, "a b"),
            (Kind::Quoted, "c`d"),
            (Kind::Quoted, "e\"f"),
            (Kind::Text, "g'h"),
            (Kind::Word, "a"),
            (Kind::Sign, "-"),
            (Kind::Word, "b"),
        ];
        let expected: Vec<(Kind, String)> =
            expected.into_iter().map(|(kind, text)| (kind, text.to_owned())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_does_not_end_ends_with_the_text() {
        for text in ["'a", "\"a", "[a", "/* a", "-- a", "x'0", "`", "1e", "/*", "/*/"] {
            assert!(tokens(text).len() <= 1, "{text}");
        }
    }
}
