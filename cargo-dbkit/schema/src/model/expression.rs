//! Finds and replaces names inside SQL expressions, token by token, without understanding them.
//!
//! Databases keep expressions by reference, so a check follows the column that it names when that is renamed. A schema keeps
//! the text, so the text has to follow, too.

use std::ops::Range;

use super::ObjectName;

/// What a token is, as far as renames care.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A word, or a name in quotes.
    Name,
    /// A string literal.
    Text,
    /// A sign; `::` is one.
    Sign,
}

/// A token of an expression; blanks and comments are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) range: Range<usize>,
}

/// Splits an expression into tokens. What does not end, ends with the expression.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let first = bytes[at];
        let kind = match first {
            _ if first.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if bytes[at..].starts_with(b"--") => {
                at = text[at..].find('\n').map_or(bytes.len(), |length| at + length);
                continue;
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                at = text[at..].find("*/").map_or(bytes.len(), |length| at + length + 2);
                continue;
            }
            b'\'' | b'"' | b'`' => {
                at = quote_end(bytes, at);
                if first == b'\'' { TokenKind::Text } else { TokenKind::Name }
            }
            _ if is_word(first) => {
                while at < bytes.len() && (is_word(bytes[at]) || bytes[at] == b'$') {
                    at += 1;
                }
                if bytes[start].is_ascii_digit() { TokenKind::Sign } else { TokenKind::Name }
            }
            b':' if bytes[at..].starts_with(b"::") => {
                at += 2;
                TokenKind::Sign
            }
            _ => {
                at += 1;
                TokenKind::Sign
            }
        };
        tokens.push(Token { kind, range: start..at });
    }
    tokens
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn quote_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
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

/// Whether a token of an expression is that name: words without regard to case, quoted names exactly.
pub(crate) fn is_name(token: &str, name: &str) -> bool {
    match token.as_bytes().first() {
        Some(quote @ (b'"' | b'`')) => {
            let quote = char::from(*quote);
            let inner = token
                .strip_prefix(quote)
                .and_then(|rest| rest.strip_suffix(quote))
                .unwrap_or_default();
            inner.replace(&format!("{quote}{quote}"), &quote.to_string()) == name
        }
        _ => token.eq_ignore_ascii_case(name),
    }
}

/// Words that no database takes for a name without quotes, or not everywhere.
const RESERVED: [&str; 81] = [
    "add",
    "all",
    "alter",
    "and",
    "as",
    "autoincrement",
    "between",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "commit",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_time",
    "current_timestamp",
    "default",
    "deferrable",
    "delete",
    "desc",
    "distinct",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "false",
    "for",
    "foreign",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "in",
    "index",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "left",
    "like",
    "limit",
    "natural",
    "not",
    "nothing",
    "notnull",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "primary",
    "raise",
    "references",
    "returning",
    "right",
    "select",
    "set",
    "table",
    "then",
    "to",
    "transaction",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "when",
    "where",
    "with",
];

/// Whether a name needs no quotes: lower case, and no word of SQL.
pub(crate) fn is_plain_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && !RESERVED.contains(&name)
}

fn spelled_like(token: &str, name: &str) -> String {
    match token.chars().next() {
        Some(quote @ ('"' | '`')) => quoted(name, quote),
        _ if is_plain_name(name) => name.to_owned(),
        _ => quoted(name, '"'),
    }
}

/// A name in double quotes.
pub(crate) fn quoted_name(name: &str) -> String {
    quoted(name, '"')
}

/// A string literal.
pub(crate) fn quoted_text(text: &str) -> String {
    quoted(text, '\'')
}

/// Whether an expression has the same value for every row: literals and what is stable within a transaction.
pub(crate) fn is_constant(text: &str) -> bool {
    const STABLE: [&str; 8] = [
        "now",
        "current_timestamp",
        "current_date",
        "current_time",
        "localtimestamp",
        "true",
        "false",
        "null",
    ];
    let tokens = tokens(text);
    tokens.iter().enumerate().all(|(at, token)| {
        let word = &text[token.range.clone()];
        let is_type = at > 0 && &text[tokens[at - 1].range.clone()] == "::";
        token.kind != TokenKind::Name
            || is_type
            || STABLE.iter().any(|stable| word.eq_ignore_ascii_case(stable))
    })
}

/// A name or text between quotes.
pub(crate) fn quoted(name: &str, quote: char) -> String {
    format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
}

/// Whether an expression names a column (not a function, a type or another table's column).
pub(crate) fn names_column(text: &str, table: &str, column: &str) -> bool {
    let tokens = tokens(text);
    (0..tokens.len()).any(|at| is_column(text, &tokens, at, table, column))
}

fn is_column(text: &str, tokens: &[Token], at: usize, table: &str, column: &str) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| &text[token.range.clone()]);
    if tokens[at].kind != TokenKind::Name || !is_name(word(at), column) {
        return false;
    }
    if word(at + 1) == "(" || word(at + 1) == "." {
        return false;
    }
    let before = at.checked_sub(1).map_or("", word);
    if before == "::" || before.eq_ignore_ascii_case("as") || before.eq_ignore_ascii_case("collate")
    {
        return false;
    }
    before != "." || at < 2 || is_name(word(at - 2), table)
}

/// Replaces columns by their new names; `renamed` gives the new name of a column, if it has one.
pub(crate) fn rename_columns(text: &str, table: &str, renamed: &[(&str, &str)]) -> String {
    replace(text, |tokens, at| {
        let token = &text[tokens[at].range.clone()];
        let (_, to) = renamed.iter().find(|(from, _)| is_column(text, tokens, at, table, from))?;
        Some(spelled_like(token, to))
    })
}

/// Replaces a name wherever it stands.
pub(crate) fn rename_name(text: &str, from: &str, to: &str) -> String {
    replace(text, |tokens, at| {
        let token = &text[tokens[at].range.clone()];
        (tokens[at].kind == TokenKind::Name && is_name(token, from))
            .then(|| spelled_like(token, to))
    })
}

/// Replaces the name of an object, with its namespace where it stands alone; where it qualifies something, it has none.
pub(crate) fn rename_object(text: &str, from: &ObjectName, to: &ObjectName) -> String {
    let tokens = tokens(text);
    let word = |at: usize| tokens.get(at).map_or("", |token| &text[token.range.clone()]);
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != TokenKind::Name || !is_name(word(at), &from.name) {
            continue;
        }
        let name = spelled_like(word(at), &to.name);
        let is_qualified = at > 0 && word(at - 1) == ".";
        let mut start = token.range.start;
        let new = if is_qualified {
            let namespace = at.checked_sub(2).map_or("", word);
            // PostgreSQL names the default namespace in some texts, and not in others.
            let is_of = is_name(namespace, from.schema.as_deref().unwrap_or("public"));
            match &to.schema {
                _ if !is_of => continue,
                None if from.schema.is_none() => name,
                Some(schema) => {
                    start = tokens[at - 2].range.start;
                    format!("{}.{name}", spelled_like("", schema))
                }
                None => {
                    start = tokens[at - 2].range.start;
                    name
                }
            }
        } else if word(at + 1) == "." || to.schema == from.schema {
            name
        } else {
            match &to.schema {
                Some(schema) => format!("{}.{name}", spelled_like("", schema)),
                None => name,
            }
        };
        replaced.push_str(&text[end..start]);
        replaced.push_str(&new);
        end = token.range.end;
    }
    replaced.push_str(&text[end..]);
    replaced
}

/// Replaces a table's name where it qualifies a column.
pub(crate) fn rename_table(text: &str, from: &str, to: &str) -> String {
    replace(text, |tokens, at| {
        let token = &text[tokens[at].range.clone()];
        let next = tokens.get(at + 1).map_or("", |next| &text[next.range.clone()]);
        (tokens[at].kind == TokenKind::Name && next == "." && is_name(token, from))
            .then(|| spelled_like(token, to))
    })
}

/// Replaces a type's name in casts.
pub(crate) fn rename_type(text: &str, from: &str, to: &str) -> String {
    replace(text, |tokens, at| {
        let token = &text[tokens[at].range.clone()];
        let before = |distance: usize| {
            at.checked_sub(distance).map_or("", |at| &text[tokens[at].range.clone()])
        };
        let is_cast = |word: &str| word == "::" || word.eq_ignore_ascii_case("as");
        let is_type = is_cast(before(1)) || (before(1) == "." && is_cast(before(3)));
        (tokens[at].kind == TokenKind::Name && is_type && is_name(token, from))
            .then(|| spelled_like(token, to))
    })
}

/// Replaces string literals that are exactly one text.
pub(crate) fn rename_text(text: &str, from: &str, to: &str) -> String {
    let from = quoted(from, '\'');
    replace(text, |tokens, at| {
        (tokens[at].kind == TokenKind::Text && text[tokens[at].range.clone()] == from)
            .then(|| quoted(to, '\''))
    })
}

/// Whether an expression takes numbers from a sequence: by a text that is its name (PostgreSQL), or by its name itself (MariaDB).
pub(crate) fn names_sequence(text: &str, sequence: &ObjectName) -> bool {
    let tokens = tokens(text);
    let is_it = |at| {
        sequence_text(text, &tokens, at)
            .is_some_and(|literal| literal == sequence.to_string() || literal == sequence.name)
            || (is_sequence(text, &tokens, at)
                && is_name(&text[tokens[at].range.clone()], &sequence.name))
    };
    (0..tokens.len()).any(is_it)
}

/// Replaces sequences by their new names, all at once.
pub(crate) fn rename_sequences<'a>(
    text: &str,
    renamed: impl Iterator<Item = (&'a ObjectName, &'a ObjectName)> + Clone,
) -> String {
    replace(text, |tokens, at| {
        let token = &text[tokens[at].range.clone()];
        if let Some(literal) = sequence_text(text, tokens, at) {
            let (_, to) = renamed.clone().find(|(from, _)| from.to_string() == literal)?;
            return Some(quoted_text(&to.to_string()));
        }
        if !is_sequence(text, tokens, at) {
            return None;
        }
        let (_, to) = renamed.clone().find(|(from, _)| is_name(token, &from.name))?;
        let is_bare = !token.starts_with(['"', '`']);
        Some(if is_bare && is_plain_name(&to.name) {
            to.name.clone()
        } else {
            quoted(&to.name, if token.starts_with('"') { '"' } else { '`' })
        })
    })
}

/// What a string literal says.
fn sequence_text(text: &str, tokens: &[Token], at: usize) -> Option<String> {
    let token = &text[tokens[at].range.clone()];
    let inner = token.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace("''", "'"))
}

/// Whether a name is where one of a sequence has to be: `nextval(s)`, `NEXT VALUE FOR s`. One of another database is none of ours.
fn is_sequence(text: &str, tokens: &[Token], at: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| &text[token.range.clone()]);
    let before = |distance: usize| at.checked_sub(distance).map_or("", word);
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    let is_argument = before(1) == "("
        && ["nextval", "lastval", "setval"].iter().any(|function| is(before(2), function));
    tokens[at].kind == TokenKind::Name
        && word(at + 1) != "."
        && (is_argument || (is(before(1), "for") && is(before(2), "value")))
}

/// Whether a name stands anywhere in a text.
pub(crate) fn has_name(text: &str, name: &str) -> bool {
    tokens(text)
        .iter()
        .any(|token| token.kind == TokenKind::Name && is_name(&text[token.range.clone()], name))
}

fn replace(text: &str, replacement: impl Fn(&[Token], usize) -> Option<String>) -> String {
    let tokens = tokens(text);
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for at in 0..tokens.len() {
        if let Some(new) = replacement(&tokens, at) {
            replaced.push_str(&text[end..tokens[at].range.start]);
            replaced.push_str(&new);
            end = tokens[at].range.end;
        }
    }
    replaced.push_str(&text[end..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::{
        ObjectName, names_column, names_sequence, rename_columns, rename_object, rename_sequences,
        rename_text, rename_type,
    };

    #[test]
    fn only_the_column_is_renamed() {
        let renamed = |text: &str| rename_columns(text, "items", &[("qty", "amount")]);
        assert_eq!(renamed("qty > 0 AND 'qty' <> qty(1)"), "amount > 0 AND 'qty' <> qty(1)");
        assert_eq!(
            renamed("items.qty + other.qty + \"qty\""),
            "items.amount + other.qty + \"amount\""
        );
        assert_eq!(renamed("x::qty -- qty\n/* qty */ QTY"), "x::qty -- qty\n/* qty */ amount");
        assert_eq!(rename_columns("a > b", "t", &[("a", "b"), ("b", "a")]), "b > a");
        assert_eq!(rename_columns("a", "t", &[("a", "Odd name")]), "\"Odd name\"");
    }

    #[test]
    fn an_object_is_renamed_with_its_namespace() {
        let name = |text: &str| text.parse::<ObjectName>().expect("a name");
        let renamed =
            |text: &str, from: &str, to: &str| rename_object(text, &name(from), &name(to));
        let view = "SELECT orders.id FROM shop.orders";
        assert_eq!(renamed(view, "shop.orders", "bills"), "SELECT bills.id FROM bills");
        assert_eq!(
            renamed("SELECT orders.id FROM orders", "orders", "shop.bills"),
            "SELECT bills.id FROM shop.bills"
        );
        assert_eq!(renamed("a.orders, \"orders\"", "orders", "Bills"), "a.orders, \"Bills\"");
        assert_eq!(renamed("ON public.orders", "orders", "bills"), "ON public.bills");
    }

    #[test]
    fn types_and_texts_are_renamed_where_they_stand_alone() {
        assert_eq!(rename_type("mood = 'sad'::mood", "mood", "feeling"), "mood = 'sad'::feeling");
        assert_eq!(
            rename_text("mood IN ('sad', 'sadder')", "sad", "low"),
            "mood IN ('low', 'sadder')"
        );
    }

    #[test]
    fn sequences_are_renamed_all_at_once_where_numbers_are_taken() {
        let [a, b, c] = ["a", "b", "C d"].map(ObjectName::new);
        let swap = |text: &str| rename_sequences(text, [(&a, &b), (&b, &a)].into_iter());
        assert_eq!(swap("nextval('a'::regclass) + a"), "nextval('b'::regclass) + a");
        assert_eq!(swap("nextval(`a`) + LASTVAL(b)"), "nextval(`b`) + LASTVAL(a)");
        assert_eq!(swap("next value for a"), "next value for b");
        assert_eq!(swap("nextval(`other`.`a`)"), "nextval(`other`.`a`)");
        assert_eq!(rename_sequences("nextval(a)", [(&a, &c)].into_iter()), "nextval(`C d`)");
        assert!(names_sequence("nextval(a)", &a) && !names_sequence("nextval(a)", &b));
        assert!(
            !names_sequence("a + 1", &a)
                && names_sequence("nextval('public.a')", &"public.a".parse().expect("a name"))
        );
    }

    #[test]
    fn a_column_is_found_by_name() {
        assert!(names_column("lower(email)", "users", "email"));
        assert!(!names_column("lower('email')", "users", "email"));
        assert!(!names_column("email(1)", "users", "email"));
    }
}
