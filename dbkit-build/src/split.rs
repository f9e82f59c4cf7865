//! Finds the borders of SQL statements with a lexer, so that a `;` in a string, a comment or a body is none.
//!
//! It must accept SQL newer than any parser, so it knows only what can hide a semicolon: quotes, comments, dollar quotes, the bodies
//! of triggers and routines (`body.rs`), and `DELIMITER` lines.
//!
//! The loops are plain ones over bytes: cargo compiles build scripts without optimisation, where an iterator costs ten times as much.

use std::fmt;
use std::ops::Range;

use crate::body::Body;

/// Whose lexical rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    /// Dollar quotes, nested comments, `E''` strings, `BEGIN ATOMIC`.
    Postgres,
    /// `[brackets]`, backticks, trigger bodies.
    Sqlite,
    /// Backslash escapes, `#` comments, routine bodies, `DELIMITER`.
    Mysql,
    /// Not known: what is right for all three, wherever they do not contradict each other. Dollar quotes, bodies and `DELIMITER` lines
    /// are understood, `[` is ordinary, `#` begins a comment only where a line begins, a comment holds another one if both end, and a
    /// backslash before a quote is an escape if the text has no sense otherwise. Where both readings have a sense and differ, it is an
    /// error: see [`Unterminated::is_ambiguous`].
    Any,
}

impl Flavor {
    /// From the word of the configuration.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "postgres" | "postgresql" => Some(Self::Postgres),
            "sqlite" => Some(Self::Sqlite),
            "mysql" | "mariadb" => Some(Self::Mysql),
            _ => None,
        }
    }
}

/// Something that was opened and never closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unterminated {
    /// Byte at which it was opened.
    pub offset: usize,
    /// What it is: `a quote`.
    pub what: &'static str,
    /// It does end, but the dialects end it in different places, and the dialect is not known.
    pub is_ambiguous: bool,
}

impl Unterminated {
    fn new(offset: usize, what: &'static str) -> Self {
        Self { offset, what, is_ambiguous: false }
    }
}

/// `a quote does not end`
impl fmt::Display for Unterminated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_ambiguous {
            write!(f, "where {} ends depends on the dialect", self.what)
        } else {
            write!(f, "{} does not end", self.what)
        }
    }
}

/// Splits a script into statements: byte ranges from the first token to before the `;`, comments around them left out.
///
/// # Errors
/// The first quote, comment or body that does not end.
pub fn split(text: &str, flavor: Flavor) -> Result<Vec<Range<usize>>, Unterminated> {
    let bytes = text.as_bytes();
    let read = |has_escapes| Splitter::new(bytes, flavor, has_escapes).statements();
    if flavor != Flavor::Any {
        return read(flavor == Flavor::Mysql);
    }
    let Some(escape) = escaped_quote(bytes) else { return read(false) };
    match (read(false), read(true)) {
        (Ok(plain), Ok(escaped)) if plain == escaped => Ok(plain),
        (Ok(_), Ok(_)) => Err(Unterminated {
            offset: escape,
            what: "a quote with a backslash before it",
            is_ambiguous: true,
        }),
        (Ok(statements), Err(_)) | (Err(_), Ok(statements)) => Ok(statements),
        (Err(open), Err(_)) => Err(open),
    }
}

/// Line and column (in characters), both from 1, of a byte of a text.
pub fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..offset.min(text.len())];
    let line_start =
        before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = String::from_utf8_lossy(&before[line_start..]).chars().count() + 1;
    (line, column)
}

/// The first backslash before a quote.
fn escaped_quote(bytes: &[u8]) -> Option<usize> {
    // Nearly no script has a backslash, and this search is compiled into the standard library.
    if !bytes.contains(&b'\\') {
        return None;
    }
    bytes.windows(2).position(|pair| pair == b"\\'" || pair == b"\\\"")
}

/// What a byte can begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Blank,
    Word,
    /// Nothing that hides a semicolon, but it may matter to a body.
    Sign,
    Semicolon,
    /// `'`, `"` or a backtick.
    Quote,
    Bracket,
    Dollar,
    Dash,
    Slash,
    Hash,
    /// The first byte of a byte order mark, or of a word.
    Mark,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Sign; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => Class::Blank,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => Class::Word,
            0xef => Class::Mark,
            0x80.. => Class::Word,
            b';' => Class::Semicolon,
            b'\'' | b'"' | b'`' => Class::Quote,
            b'[' => Class::Bracket,
            b'$' => Class::Dollar,
            b'-' => Class::Dash,
            b'/' => Class::Slash,
            b'#' => Class::Hash,
            _ => Class::Sign,
        };
        byte += 1;
    }
    classes
};

/// What is passed over in the rest of a statement that holds no body.
static IS_PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        plain[byte] = matches!(CLASSES[byte], Class::Blank | Class::Word | Class::Sign);
        byte += 1;
    }
    plain
};

fn is_word_byte(byte: u8) -> bool {
    matches!(CLASSES[byte as usize], Class::Word | Class::Mark)
}

struct Splitter<'a> {
    bytes: &'a [u8],
    flavor: Flavor,
    /// A backslash takes the meaning from the character after it, in quotes.
    has_escapes: bool,
    at: usize,
    /// What ends a statement, when it is not `;`.
    delimiter: Option<&'a [u8]>,
}

impl<'a> Splitter<'a> {
    fn new(bytes: &'a [u8], flavor: Flavor, has_escapes: bool) -> Self {
        Self { bytes, flavor, has_escapes, at: 0, delimiter: None }
    }

    fn statements(mut self) -> Result<Vec<Range<usize>>, Unterminated> {
        let bytes = self.bytes;
        let mut statements = Vec::new();
        let mut start: Option<usize> = None;
        let mut end = 0;
        let mut body_start = 0;
        let mut body = Body::new(self.flavor);
        while self.at < bytes.len() {
            let token = self.at;
            let class = CLASSES[bytes[token] as usize];
            if class == Class::Blank {
                self.at += 1;
                continue;
            }
            if self.skip_comment(class)? {
                continue;
            }
            let delimiter_length = match self.delimiter {
                Some(delimiter) if bytes[token..].starts_with(delimiter) => delimiter.len(),
                None if class == Class::Semicolon && !body.is_open() => 1,
                _ => 0,
            };
            if delimiter_length > 0 {
                if let Some(start) = start.take() {
                    statements.push(start..end);
                }
                self.at += delimiter_length;
                body.reset();
                continue;
            }
            if start.is_none() {
                if class == Class::Word && self.take_delimiter_line() {
                    continue;
                }
                start = Some(token);
            }
            let was_open = body.is_open();
            self.take_token(class, &mut body)?;
            if !was_open && body.is_open() {
                body_start = token;
            }
            end = self.at;
            if body.is_plain() && self.delimiter.is_none() {
                end = self.skip_plain();
            }
        }
        if body.is_open() && self.delimiter.is_none() {
            return Err(Unterminated::new(body_start, "a body"));
        }
        if let Some(start) = start {
            statements.push(start..end);
        }
        Ok(statements)
    }

    /// Skips what neither ends a statement nor hides its end, where nobody asks for single tokens. Gives the end of what is no blank.
    fn skip_plain(&mut self) -> usize {
        let bytes = self.bytes;
        let start = self.at;
        let mut at = start;
        while at < bytes.len() && IS_PLAIN[bytes[at] as usize] {
            at += 1;
        }
        // A part of a word, or a prefix of a quote: what it is depends on the word as a whole.
        if at < bytes.len() && matches!(bytes[at], b'\'' | b'$' | 0xef) {
            while at > start && (is_word_byte(bytes[at - 1]) || bytes[at - 1] == b'$') {
                at -= 1;
            }
        }
        self.at = at;
        while at > start && CLASSES[bytes[at - 1] as usize] == Class::Blank {
            at -= 1;
        }
        at
    }

    fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// Skips what stands between tokens and is not blank.
    fn skip_comment(&mut self, class: Class) -> Result<bool, Unterminated> {
        let bytes = self.bytes;
        let next = bytes.get(self.at + 1).copied();
        match class {
            Class::Dash if next == Some(b'-') => {
                // In MySQL, `5--1` is a number minus a negative one.
                let after = bytes.get(self.at + 2).copied().unwrap_or(b'\n');
                if self.flavor == Flavor::Mysql && !after.is_ascii_whitespace() {
                    return Ok(false);
                }
                self.skip_line();
                Ok(true)
            }
            Class::Hash if self.is_hash_comment() => {
                self.skip_line();
                Ok(true)
            }
            Class::Slash if next == Some(b'*') => {
                // `/*! .. */` is executed by MySQL, so it is part of a statement.
                let is_executed = matches!(self.flavor, Flavor::Mysql | Flavor::Any)
                    && (self.rest().starts_with(b"/*!") || self.rest().starts_with(b"/*M!"));
                if !is_executed {
                    self.skip_block_comment()?;
                }
                Ok(!is_executed)
            }
            Class::Mark if self.rest().starts_with(b"\xef\xbb\xbf") => {
                self.at += 3;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn is_hash_comment(&self) -> bool {
        match self.flavor {
            Flavor::Mysql => true,
            Flavor::Postgres | Flavor::Sqlite => false,
            // `#>` and `#-` are operators of PostgreSQL; nobody begins a line with one by accident.
            Flavor::Any => {
                let mut before = self.at;
                while before > 0 && matches!(self.bytes[before - 1], b' ' | b'\t') {
                    before -= 1;
                }
                let is_line_start = before == 0 || self.bytes[before - 1] == b'\n';
                let next = self.bytes.get(self.at + 1).copied().unwrap_or(b'\n');
                is_line_start && !matches!(next, b'>' | b'-' | b'#' | b'=')
            }
        }
    }

    fn skip_line(&mut self) {
        let bytes = self.bytes;
        while self.at < bytes.len() && bytes[self.at] != b'\n' {
            self.at += 1;
        }
    }

    fn skip_block_comment(&mut self) -> Result<(), Unterminated> {
        let end = match self.flavor {
            Flavor::Postgres => self.block_comment_end(true),
            Flavor::Sqlite | Flavor::Mysql => self.block_comment_end(false),
            Flavor::Any => self.block_comment_end(true).or_else(|| self.block_comment_end(false)),
        };
        match end {
            Some(end) => {
                self.at = end;
                Ok(())
            }
            None => Err(Unterminated::new(self.at, "a comment")),
        }
    }

    fn block_comment_end(&self, is_nested: bool) -> Option<usize> {
        let bytes = self.bytes;
        let mut at = self.at + 2;
        let mut depth = 1_usize;
        while at + 1 < bytes.len() {
            match (bytes[at], bytes[at + 1]) {
                (b'*', b'/') => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                (b'/', b'*') if is_nested => {
                    depth += 1;
                    at += 2;
                }
                _ => at += 1,
            }
        }
        None
    }

    /// `DELIMITER //`, where a statement would begin (MySQL).
    fn take_delimiter_line(&mut self) -> bool {
        const WORD: &[u8] = b"delimiter";
        let rest = self.rest();
        let is_word = matches!(self.flavor, Flavor::Mysql | Flavor::Any)
            && rest.len() > WORD.len()
            && matches!(rest[WORD.len()], b' ' | b'\t')
            && rest[..WORD.len()].eq_ignore_ascii_case(WORD);
        if !is_word {
            return false;
        }
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let argument = rest[WORD.len()..length].trim_ascii();
        let argument = argument.split(u8::is_ascii_whitespace).next().unwrap_or_default();
        if argument.is_empty() {
            return false;
        }
        self.delimiter = (argument != b";").then_some(argument);
        self.at += length;
        true
    }

    /// Takes one token, and tells the body of it.
    fn take_token(&mut self, class: Class, body: &mut Body) -> Result<(), Unterminated> {
        let bytes = self.bytes;
        let opened = self.at;
        let first = bytes[opened];
        match class {
            Class::Word | Class::Mark => {
                let mut end = opened + 1;
                while end < bytes.len() && (is_word_byte(bytes[end]) || bytes[end] == b'$') {
                    // `END$$`: the client looks for its delimiter inside words, too.
                    if self.delimiter.is_some_and(|delimiter| bytes[end..].starts_with(delimiter)) {
                        break;
                    }
                    end += 1;
                }
                self.at = end;
                // `E'..'` has backslash escapes in PostgreSQL.
                let is_escape_string = end == opened + 1
                    && matches!(first, b'e' | b'E')
                    && bytes.get(end) == Some(&b'\'')
                    && matches!(self.flavor, Flavor::Postgres | Flavor::Any);
                if is_escape_string {
                    self.skip_quote(b'\'', true)?;
                    body.quote();
                } else if !body.is_plain() {
                    body.word(&bytes[opened..end]);
                }
                return Ok(());
            }
            Class::Quote if first != b'`' => self.skip_quote(first, self.has_escapes)?,
            Class::Quote if self.flavor != Flavor::Postgres => self.skip_quote(b'`', false)?,
            Class::Bracket if self.flavor == Flavor::Sqlite => {
                match self.rest().iter().position(|byte| *byte == b']') {
                    Some(length) => self.at += length + 1,
                    None => return Err(Unterminated::new(opened, "a name in brackets")),
                }
            }
            Class::Dollar if matches!(self.flavor, Flavor::Postgres | Flavor::Any) => {
                self.skip_dollar_quote()?;
            }
            // An executed comment.
            Class::Slash if bytes.get(opened + 1) == Some(&b'*') => self.skip_block_comment()?,
            Class::Semicolon => {
                self.at += 1;
                body.semicolon();
                return Ok(());
            }
            _ => {
                self.at += 1;
                if !body.is_plain() {
                    body.sign(first);
                }
                return Ok(());
            }
        }
        body.quote();
        Ok(())
    }

    fn skip_quote(&mut self, quote: u8, has_escapes: bool) -> Result<(), Unterminated> {
        let bytes = self.bytes;
        let opened = self.at;
        let mut at = opened + 1;
        while at < bytes.len() {
            let byte = bytes[at];
            if byte == b'\\' && has_escapes {
                at += 2;
            } else if byte == quote {
                // A doubled quote stands for itself: what seems to be two quotes side by side is one.
                if at + 1 >= bytes.len() || bytes[at + 1] != quote {
                    self.at = at + 1;
                    return Ok(());
                }
                at += 2;
            } else {
                at += 1;
            }
        }
        Err(Unterminated::new(opened, "a quote"))
    }

    fn skip_dollar_quote(&mut self) -> Result<(), Unterminated> {
        let bytes = self.bytes;
        let opened = self.at;
        let mut tag_end = opened + 1;
        while tag_end < bytes.len() && is_word_byte(bytes[tag_end]) {
            tag_end += 1;
        }
        let is_tag = bytes.get(tag_end) == Some(&b'$') && !bytes[opened + 1].is_ascii_digit();
        if !is_tag {
            // `$1`, or a `$` that means nothing.
            self.at += 1;
            return Ok(());
        }
        let tag = &bytes[opened..=tag_end];
        let mut at = tag_end + 1;
        while at + tag.len() <= bytes.len() {
            if bytes[at] == b'$' && bytes[at..].starts_with(tag) {
                self.at = at + tag.len();
                return Ok(());
            }
            at += 1;
        }
        Err(Unterminated::new(opened, "a dollar quote"))
    }
}

#[cfg(test)]
mod tests;
