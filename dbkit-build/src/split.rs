//! Finds the borders of SQL statements with a lexer, so that a `;` in a string, a comment or a body is none.
//!
//! It must accept SQL newer than any parser, so it knows only what can hide a semicolon: quotes, comments, dollar quotes,
//! `BEGIN ATOMIC .. END`, the bodies of triggers and routines, and `DELIMITER` lines.

use std::ops::Range;

/// Whose lexical rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavor {
    /// Dollar quotes, nested comments, `E''` strings, `BEGIN ATOMIC`.
    Postgres,
    /// `[brackets]`, backticks, trigger bodies.
    Sqlite,
    /// Backslash escapes, `#` comments, routine bodies, `DELIMITER`.
    Mysql,
    /// Not known: what is safe for all three. Backslashes do not escape, `#` and `[` are ordinary, comments do not nest.
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
}

/// Splits a script into statements: byte ranges from the first token to before the `;`, comments around them left out.
///
/// # Errors
/// The first quote, comment or body that does not end.
pub fn split(text: &str, flavor: Flavor) -> Result<Vec<Range<usize>>, Unterminated> {
    Splitter { bytes: text.as_bytes(), flavor, at: 0, delimiter: b";".to_vec() }.statements()
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

struct Splitter<'a> {
    bytes: &'a [u8],
    flavor: Flavor,
    at: usize,
    delimiter: Vec<u8>,
}

/// What the words of a statement have told about it so far.
#[derive(Default)]
struct Words {
    /// `CREATE [..] TRIGGER | PROCEDURE | FUNCTION | EVENT`, of which a body may follow.
    is_create: bool,
    may_have_body: bool,
    count: usize,
    previous_was_begin: bool,
    previous_was_end: bool,
    /// Open `BEGIN`, `CASE`, `IF`, `LOOP`, .. of a body.
    depth: usize,
}

impl<'a> Splitter<'a> {
    fn statements(mut self) -> Result<Vec<Range<usize>>, Unterminated> {
        let mut statements = Vec::new();
        let mut start: Option<usize> = None;
        let mut end = 0;
        let mut body_start = 0;
        let mut words = Words::default();
        while self.at < self.bytes.len() {
            let token = self.at;
            if self.skip_blank_or_comment()? {
                continue;
            }
            if start.is_none() && self.take_delimiter_line() {
                continue;
            }
            let is_end = self.rest().starts_with(&self.delimiter)
                && (words.depth == 0 || self.delimiter != b";");
            if is_end {
                if let Some(start) = start.take() {
                    statements.push(start..end);
                }
                self.at += self.delimiter.len();
                words = Words::default();
                continue;
            }
            start.get_or_insert(token);
            if let Some(word) = self.take_word_or_quote()? {
                let depth = words.depth;
                words.see(word, self.flavor);
                if depth == 0 && words.depth == 1 {
                    body_start = token;
                }
            } else {
                words.previous_was_begin = false;
                words.previous_was_end = false;
            }
            end = self.at;
        }
        if words.depth > 0 && self.delimiter == b";" {
            return Err(Unterminated { offset: body_start, what: "a body" });
        }
        if let Some(start) = start {
            statements.push(start..end);
        }
        Ok(statements)
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.at..]
    }

    fn skip_blank_or_comment(&mut self) -> Result<bool, Unterminated> {
        let rest = self.rest();
        if rest[0].is_ascii_whitespace() || rest.starts_with(b"\xef\xbb\xbf") {
            self.at += if rest[0] == 0xef { 3 } else { 1 };
            return Ok(true);
        }
        if rest.starts_with(b"--") || (rest[0] == b'#' && self.flavor == Flavor::Mysql) {
            let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            self.at += length;
            return Ok(true);
        }
        // `/*! .. */` is executed by MySQL, so it is part of a statement.
        let is_executed =
            self.flavor == Flavor::Mysql && (rest.starts_with(b"/*!") || rest.starts_with(b"/*M!"));
        if rest.starts_with(b"/*") && !is_executed {
            self.skip_comment()?;
            return Ok(true);
        }
        Ok(false)
    }

    fn skip_comment(&mut self) -> Result<(), Unterminated> {
        let opened = self.at;
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            let rest = self.rest();
            if rest.starts_with(b"/*") && (depth == 0 || self.flavor == Flavor::Postgres) {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with(b"*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else {
                self.at += 1;
            }
        }
        Err(Unterminated { offset: opened, what: "a comment" })
    }

    /// `DELIMITER //` at the start of a line (MySQL).
    fn take_delimiter_line(&mut self) -> bool {
        const WORD: &[u8] = b"delimiter";
        if !matches!(self.flavor, Flavor::Mysql | Flavor::Any) {
            return false;
        }
        let rest = self.rest();
        let is_word = rest.len() > WORD.len()
            && rest[..WORD.len()].eq_ignore_ascii_case(WORD)
            && matches!(rest[WORD.len()], b' ' | b'\t');
        if !is_word {
            return false;
        }
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let delimiter = rest[WORD.len()..length].trim_ascii();
        if delimiter.is_empty() {
            return false;
        }
        self.delimiter = delimiter.to_vec();
        self.at += length;
        true
    }

    /// Takes one token. Gives back a word, or nothing for a quote or a sign.
    fn take_word_or_quote(&mut self) -> Result<Option<&'a [u8]>, Unterminated> {
        let bytes = self.bytes;
        let opened = self.at;
        let first = self.bytes[self.at];
        match first {
            b'\'' => self.skip_quote(b'\'', self.flavor == Flavor::Mysql)?,
            b'"' => self.skip_quote(b'"', self.flavor == Flavor::Mysql)?,
            b'`' if self.flavor != Flavor::Postgres => self.skip_quote(b'`', false)?,
            b'[' if self.flavor == Flavor::Sqlite => {
                match self.rest().iter().position(|byte| *byte == b']') {
                    Some(length) => self.at += length + 1,
                    None => {
                        return Err(Unterminated { offset: opened, what: "a name in brackets" });
                    }
                }
            }
            b'$' if matches!(self.flavor, Flavor::Postgres | Flavor::Any) => {
                self.skip_dollar_quote()?
            }
            b'/' if self.rest().starts_with(b"/*") => self.skip_comment()?,
            _ if is_word_byte(first) => {
                let length = self
                    .rest()
                    .iter()
                    .position(|byte| !is_word_byte(*byte) && *byte != b'$')
                    .unwrap_or(self.rest().len());
                // `E'..'` has backslash escapes in PostgreSQL.
                let is_escape_string = length == 1
                    && first.eq_ignore_ascii_case(&b'e')
                    && self.bytes.get(opened + 1) == Some(&b'\'');
                if is_escape_string && matches!(self.flavor, Flavor::Postgres | Flavor::Any) {
                    self.at += 1;
                    self.skip_quote(b'\'', true)?;
                    return Ok(None);
                }
                self.at += length;
                return Ok(Some(&bytes[opened..opened + length]));
            }
            _ => self.at += 1,
        }
        Ok(None)
    }

    fn skip_quote(&mut self, quote: u8, has_escapes: bool) -> Result<(), Unterminated> {
        let opened = self.at;
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            if *byte == b'\\' && has_escapes {
                self.at += 2;
            } else if *byte == quote {
                self.at += 1;
                if self.bytes.get(self.at) != Some(&quote) {
                    return Ok(());
                }
                self.at += 1;
            } else {
                self.at += 1;
            }
        }
        self.at = self.bytes.len();
        Err(Unterminated { offset: opened, what: "a quote" })
    }

    fn skip_dollar_quote(&mut self) -> Result<(), Unterminated> {
        let opened = self.at;
        let tag_length =
            self.bytes[self.at + 1..].iter().position(|byte| !is_word_byte(*byte)).unwrap_or(0);
        let tag_end = self.at + 1 + tag_length;
        let is_tag =
            self.bytes.get(tag_end) == Some(&b'$') && !self.bytes[self.at + 1].is_ascii_digit();
        if !is_tag {
            // `$1`, or a `$` that means nothing.
            self.at += 1;
            return Ok(());
        }
        let tag = &self.bytes[opened..=tag_end];
        let body = &self.bytes[tag_end + 1..];
        match body.windows(tag.len()).position(|window| window == tag) {
            Some(length) => {
                self.at = tag_end + 1 + length + tag.len();
                Ok(())
            }
            None => Err(Unterminated { offset: opened, what: "a dollar quote" }),
        }
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Words {
    fn see(&mut self, word: &[u8], flavor: Flavor) {
        let is = |other: &str| word.eq_ignore_ascii_case(other.as_bytes());
        let (after_begin, after_end) = (self.previous_was_begin, self.previous_was_end);
        self.previous_was_begin = false;
        self.previous_was_end = false;
        self.count += 1;
        if self.count == 1 {
            self.is_create = is("create");
        }
        if !self.is_create {
            return;
        }
        if !self.may_have_body {
            self.may_have_body =
                ["trigger", "procedure", "function", "event"].iter().any(|kind| is(kind))
                    && self.count < 12;
            return;
        }
        if after_end && ["if", "loop", "while", "repeat", "for"].iter().any(|kind| is(kind)) {
            // `IF`, `REPEAT` and the like are functions, too, so they are not counted when they open; `END IF` takes back what
            // `END` counted.
            self.depth += 1;
            return;
        }
        if self.depth == 0 {
            // PostgreSQL has bodies without quotes only as `BEGIN ATOMIC .. END`; elsewhere `BEGIN` opens one.
            if is("begin") {
                self.previous_was_begin = true;
                if flavor != Flavor::Postgres {
                    self.depth = 1;
                }
            } else if is("atomic") && after_begin && flavor == Flavor::Postgres {
                self.depth = 1;
            }
        } else if is("begin") || (is("case") && !after_end) {
            self.depth += 1;
        } else if is("end") {
            self.depth -= 1;
            self.previous_was_end = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Flavor, position, split};

    fn statements(text: &str, flavor: Flavor) -> Vec<&str> {
        match split(text, flavor) {
            Ok(ranges) => ranges.into_iter().map(|range| &text[range]).collect(),
            Err(open) => vec![open.what],
        }
    }

    #[test]
    fn semicolons_in_quotes_and_comments_are_no_borders() {
        for flavor in [Flavor::Postgres, Flavor::Sqlite, Flavor::Mysql, Flavor::Any] {
            assert_eq!(
                statements(
                    "-- a;\nSELECT ';', \";\" /* ; */; ;\n\nSELECT 'it''s;' ;-- end",
                    flavor
                ),
                ["SELECT ';', \";\" /* ; */", "SELECT 'it''s;'"]
                    .map(|text| text.trim_end_matches(" /* ; */").to_owned())
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>(),
            );
        }
    }

    #[test]
    fn dollar_quotes_and_nested_comments_are_postgres() {
        assert_eq!(
            statements(
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $a$ SELECT 1; $b$ $a$; /* a /* b; */ c; */ SELECT $1;",
                Flavor::Postgres
            ),
            ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $a$ SELECT 1; $b$ $a$", "SELECT $1"],
        );
        assert_eq!(
            statements(
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
                Flavor::Postgres
            ),
            [
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
                "SELECT 3"
            ],
        );
        assert_eq!(
            statements("SELECT E'\\';'; BEGIN; COMMIT", Flavor::Postgres),
            ["SELECT E'\\';'", "BEGIN", "COMMIT"]
        );
    }

    #[test]
    fn a_trigger_keeps_its_body() {
        let trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN c THEN 1 ELSE 2 END; DELETE FROM d; END";
        for flavor in [Flavor::Sqlite, Flavor::Mysql, Flavor::Any] {
            assert_eq!(
                statements(&format!("{trigger};\nSELECT 1;"), flavor),
                [trigger, "SELECT 1"]
            );
        }
        assert_eq!(
            statements("SELECT [a;b] FROM t; SELECT 2", Flavor::Sqlite),
            ["SELECT [a;b] FROM t", "SELECT 2"]
        );
    }

    #[test]
    fn mysql_has_delimiters_escapes_and_routines() {
        assert_eq!(
            statements(
                "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\nDELIMITER ;\nSELECT '\\';'; # c;\nSELECT 3;",
                Flavor::Mysql
            ),
            ["CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END", "SELECT '\\';'", "SELECT 3"],
        );
        assert_eq!(
            statements(
                "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; WHILE b DO SELECT 2; END WHILE; END; SELECT 3",
                Flavor::Mysql
            ),
            [
                "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; WHILE b DO SELECT 2; END WHILE; END",
                "SELECT 3"
            ],
        );
    }

    #[test]
    fn what_does_not_end_is_named() {
        assert_eq!(statements("SELECT 'a", Flavor::Any), ["a quote"]);
        assert_eq!(statements("SELECT 1; /* a", Flavor::Any), ["a comment"]);
        assert_eq!(statements("SELECT $x$ a", Flavor::Postgres), ["a dollar quote"]);
        assert_eq!(
            statements("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;", Flavor::Sqlite),
            ["a body"]
        );
    }

    #[test]
    fn positions_count_lines_and_characters() {
        assert_eq!(position("a\nbä c", 6), (2, 4));
    }

    #[test]
    fn any_text_is_split_without_a_panic_and_nothing_is_lost() {
        arbtest::arbtest(|input| {
            let pieces = [
                "'",
                "\"",
                "`",
                "[",
                "]",
                "$",
                "$a$",
                "/*",
                "*/",
                "--",
                "#",
                ";",
                "\n",
                "BEGIN",
                "END",
                "CREATE TRIGGER ",
                "CASE ",
                "x",
                "\\",
                "E'",
                "ä",
                "DELIMITER $\n",
                " ",
            ];
            let mut text = String::new();
            for _ in 0..input.int_in_range(0..=24)? {
                text.push_str(input.choose(&pieces)?);
            }
            for flavor in [Flavor::Postgres, Flavor::Sqlite, Flavor::Mysql, Flavor::Any] {
                if let Ok(ranges) = split(&text, flavor) {
                    let mut end = 0;
                    for range in ranges {
                        assert!(end <= range.start && range.start < range.end, "{text:?}");
                        end = range.end;
                        assert!(text.get(range).is_some(), "{text:?}");
                    }
                    assert!(end <= text.len());
                }
            }
            Ok(())
        });
    }
}
