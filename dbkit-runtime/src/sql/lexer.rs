//! Words, names and strings of one statement, without comments. Lazy: most questions are answered by the first words.

use std::borrow::Cow;

use crate::dialect::Dialect;

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// A keyword, a name without quotes, or a number.
    Word(&'a str),
    /// A name in quotes, without them.
    Name(Cow<'a, str>),
    /// A string, without its quotes.
    Text(Cow<'a, str>),
    /// Any other character.
    Sign(char),
}

impl Token<'_> {
    /// Whether it is this keyword.
    pub(crate) fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(found) if found.eq_ignore_ascii_case(word))
    }

    pub(crate) fn is_sign(&self, sign: char) -> bool {
        matches!(self, Self::Sign(found) if *found == sign)
    }
}

/// The tokens of a statement.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
    /// Inside of `/*! .. */`, which MySQL executes.
    is_executed: bool,
}

pub(crate) fn tokens(sql: &str, dialect: Dialect) -> Tokens<'_> {
    Tokens { text: sql, at: 0, dialect, is_executed: false }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$') || !c.is_ascii()
}

impl<'a> Tokens<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips what stands between tokens.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
            self.at += rest.len() - trimmed.len();
            let is_mysql = self.dialect == Dialect::Mysql;
            let dashes = trimmed.strip_prefix("--");
            if dashes.is_some() || (is_mysql && trimmed.starts_with('#')) {
                // In MySQL, `5--1` is a number minus a negative one.
                let after = dashes.and_then(|rest| rest.chars().next());
                if is_mysql && after.is_some_and(|c| !c.is_whitespace()) {
                    return;
                }
                self.at += trimmed.find('\n').unwrap_or(trimmed.len());
            } else if is_mysql && (trimmed.starts_with("/*!") || trimmed.starts_with("/*M!")) {
                let mark = if trimmed.starts_with("/*M!") { 4 } else { 3 };
                let version = trimmed[mark..].bytes().take_while(u8::is_ascii_digit).count();
                self.at += mark + version;
                self.is_executed = true;
            } else if self.is_executed && trimmed.starts_with("*/") {
                self.at += 2;
                self.is_executed = false;
            } else if trimmed.starts_with("/*") {
                self.at += comment_length(trimmed, self.dialect == Dialect::Postgres);
            } else {
                return;
            }
        }
    }

    /// Takes a quote that begins here, with a doubled quote standing for itself.
    fn quoted(&mut self, quote: char, has_escapes: bool) -> Cow<'a, str> {
        let rest = self.rest();
        let inside = &rest[quote.len_utf8()..];
        let mut text = String::new();
        let mut chars = inside.char_indices();
        while let Some((at, c)) = chars.next() {
            if c == '\\' && has_escapes {
                text.extend(chars.next().map(|(_, c)| c));
            } else if c == quote {
                if inside[at + quote.len_utf8()..].starts_with(quote) {
                    chars.next();
                    text.push(c);
                } else {
                    self.at += quote.len_utf8() + at + quote.len_utf8();
                    return Cow::Owned(text);
                }
            } else {
                text.push(c);
            }
        }
        self.at = self.text.len();
        Cow::Owned(text)
    }

    fn dollar_quoted(&mut self) -> Option<Cow<'a, str>> {
        let rest = self.rest();
        let tag_length = rest[1..].find('$')? + 2;
        let tag = &rest[..tag_length];
        let name = &tag[1..tag_length - 1];
        let is_tag = name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !name.starts_with(|c: char| c.is_ascii_digit());
        if !is_tag {
            return None;
        }
        let inside = &rest[tag_length..];
        let length = inside.find(tag).unwrap_or(inside.len());
        self.at = (self.at + tag_length + length + tag_length).min(self.text.len());
        Some(Cow::Borrowed(&inside[..length]))
    }
}

/// The length of a comment that begins here.
fn comment_length(text: &str, is_nested: bool) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (2, 1_usize);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'*', b'/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            (b'/', b'*') if is_nested => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip();
        let rest = self.rest();
        let first = rest.chars().next()?;
        let is_mysql = self.dialect == Dialect::Mysql;
        let token = match first {
            '\'' => Token::Text(self.quoted('\'', is_mysql)),
            '"' if is_mysql => Token::Text(self.quoted('"', true)),
            '"' => Token::Name(self.quoted('"', false)),
            '`' if self.dialect != Dialect::Postgres => Token::Name(self.quoted('`', false)),
            '[' if self.dialect == Dialect::Sqlite => {
                let length = rest.find(']').unwrap_or(rest.len());
                let name = rest.get(1..length).unwrap_or_default();
                self.at = (self.at + length + 1).min(self.text.len());
                Token::Name(Cow::Borrowed(name))
            }
            '$' if self.dialect == Dialect::Postgres => match self.dollar_quoted() {
                Some(text) => Token::Text(text),
                None => {
                    self.at += 1;
                    Token::Sign('$')
                }
            },
            c if is_word(c) => {
                let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                self.at += length;
                if self.dialect == Dialect::Postgres
                    && word.eq_ignore_ascii_case("e")
                    && self.rest().starts_with('\'')
                {
                    Token::Text(self.quoted('\'', true))
                } else {
                    Token::Word(word)
                }
            }
            c => {
                self.at += c.len_utf8();
                Token::Sign(c)
            }
        };
        Some(token)
    }
}
