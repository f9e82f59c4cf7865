//! The tokens of SQLite's SQL.

use std::ops::Range;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word without quotes.
    Word,
    /// A name in `".."`, `` `..` `` or `[..]`.
    Quoted,
    /// `'..'`.
    Text,
    Number,
    Sign,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Without quotes.
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

impl Token {
    /// Whether it is a keyword.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// Whether it can be a name. SQLite takes texts for names, too.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Quoted | Kind::Text)
    }
}

/// Splits SQL into tokens; blanks and comments are none. What does not end, ends with the text.
pub(super) fn tokens(sql: &str) -> Vec<Token> {
    let bytes = sql.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let kind = match bytes[at] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if bytes[at..].starts_with(b"--") => {
                at = sql[at..].find('\n').map_or(bytes.len(), |length| at + length);
                continue;
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                at = sql[at..].find("*/").map_or(bytes.len(), |length| at + length + 2);
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
            b'0'..=b'9' => {
                while at < bytes.len() && (is_word(bytes[at]) || bytes[at] == b'.') {
                    at += 1;
                }
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
        Kind::Word | Kind::Number | Kind::Sign => token.to_owned(),
        Kind::Text => inner().replace("''", "'"),
        Kind::Quoted => match token.as_bytes().first() {
            Some(b'"') => inner().replace("\"\"", "\""),
            Some(b'`') => inner().replace("``", "`"),
            _ => inner().to_owned(),
        },
    }
}
