//! Whether a transaction can hold a statement, and what becomes of it when a script goes on in another session.

use super::lexer::{Token, Tokens, tokens};
use crate::dialect::Dialect;

/// Where a statement can be executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a transaction, with others.
    Together,
    /// In a transaction, unless the script wants none: a block of code, which may commit by itself.
    Block,
    /// Outside a transaction, or ending the one that it is in.
    Alone,
    /// It begins a transaction: the runner does that.
    Begin,
    /// It ends a transaction: the runner does that, with its record.
    Commit,
    /// It throws away what the runner would record as done.
    Rollback,
}

/// What the first words of a statement say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Nature {
    pub(crate) place: Place,
    /// It changes the session and nothing that stays, so it is executed again when the script goes on in another one.
    pub(crate) is_session: bool,
    /// It changes rows and nothing else.
    pub(crate) is_data: bool,
    /// It may take as long as it takes: nobody waits for it.
    pub(crate) is_patient: bool,
}

const TOGETHER: Nature =
    Nature { place: Place::Together, is_session: false, is_data: false, is_patient: false };

/// What a statement is.
pub(crate) fn nature(sql: &str, dialect: Dialect) -> Nature {
    let head: Vec<Token<'_>> = tokens(sql, dialect).take(6).collect();
    let is = |at: usize, word: &str| head.get(at).is_some_and(|token| token.is(word));
    let first = |words: &[&str]| words.iter().any(|word| is(0, word));
    let at = |place: Place| Nature { place, ..TOGETHER };
    let session = Nature { is_session: true, ..TOGETHER };
    if let Some(place) = control(&is, dialect) {
        return at(place);
    }
    if first(&["savepoint", "release"]) || is(0, "rollback") {
        return TOGETHER;
    }
    // A function that a SELECT calls may do anything, so only the one that is known to set something is executed again.
    let sets = is(1, "set_config") || (is(1, "pg_catalog") && is(3, "set_config"));
    if first(&["set", "reset", "use", "discard"]) || (is(0, "select") && sets) {
        return session;
    }
    if first(&[
        "insert", "update", "delete", "replace", "merge", "with", "copy", "values", "load",
        "select", "show", "explain", "describe", "desc", "do", "table", "handler",
    ]) && !(is(0, "do") && dialect == Dialect::Postgres)
    {
        return Nature { is_data: true, ..TOGETHER };
    }
    match dialect {
        Dialect::Postgres => postgres(sql, &is),
        Dialect::Sqlite => sqlite(&is),
        Dialect::Mysql => mysql(&is),
    }
}

fn control(is: &dyn Fn(usize, &str) -> bool, dialect: Dialect) -> Option<Place> {
    // `BEGIN NOT ATOMIC` is a block of MariaDB; `COMMIT PREPARED` is about another transaction.
    let is_block = dialect == Dialect::Mysql && is(0, "begin") && is(1, "not");
    if (is(0, "begin") && !is_block) || (is(0, "start") && is(1, "transaction")) {
        return Some(Place::Begin);
    }
    if is(0, "commit") || is(0, "rollback") {
        if is(1, "prepared") {
            return Some(Place::Alone);
        }
        let is_whole = !["to", "work", "transaction"].iter().any(|word| is(1, word))
            || ((is(1, "work") || is(1, "transaction")) && !is(2, "to"));
        return match (is(0, "commit"), is_whole) {
            (true, _) => Some(Place::Commit),
            (false, true) => Some(Place::Rollback),
            // To a savepoint.
            (false, false) => None,
        };
    }
    if is(0, "end") {
        return Some(Place::Commit);
    }
    if is(0, "abort") || (is(0, "prepare") && is(1, "transaction")) || is(0, "xa") {
        return Some(Place::Rollback);
    }
    None
}

fn postgres(sql: &str, is: &dyn Fn(usize, &str) -> bool) -> Nature {
    let alone = Nature { place: Place::Alone, is_patient: true, ..TOGETHER };
    let any = |at: usize, words: &[&str]| words.iter().any(|word| is(at, word));
    let all = || tokens(sql, Dialect::Postgres);
    let has = |word: &str| all().any(|token| token.is(word));
    if is(0, "create") || is(0, "drop") {
        let index = if is(1, "unique") { 2 } else { 1 };
        if is(index, "index") && is(index + 1, "concurrently") {
            return alone;
        }
        if any(1, &["database", "tablespace", "subscription"]) {
            return alone;
        }
    }
    if is(0, "vacuum") || (is(0, "alter") && is(1, "system")) {
        return alone;
    }
    if is(0, "reindex") {
        let is_alone = all().take(8).any(|token| {
            ["concurrently", "database", "system", "schema"].iter().any(|word| token.is(word))
        });
        return if is_alone { alone } else { TOGETHER };
    }
    if is(0, "cluster") && all().nth(1).is_none() {
        return alone;
    }
    if is(0, "alter") && is(1, "table") && has("detach") && has("concurrently") {
        return alone;
    }
    if is(0, "alter") && is(1, "database") && has("tablespace") {
        return alone;
    }
    if is(0, "alter") && is(1, "subscription") && (has("refresh") || has("publication")) {
        return alone;
    }
    if is(0, "do") || is(0, "call") {
        return Nature { place: Place::Block, ..TOGETHER };
    }
    if is(0, "listen") || is(0, "unlisten") {
        return Nature { is_session: true, ..TOGETHER };
    }
    let is_validation = is(0, "alter") && is(1, "table") && has("validate");
    Nature { is_patient: is_validation, ..TOGETHER }
}

fn sqlite(is: &dyn Fn(usize, &str) -> bool) -> Nature {
    let alone = Nature { place: Place::Alone, ..TOGETHER };
    if is(0, "vacuum") {
        return alone;
    }
    if is(0, "attach") || is(0, "detach") {
        return Nature { is_session: true, ..alone };
    }
    if is(0, "pragma") {
        // Inside a transaction these are errors, or do nothing without a word.
        let outside = ["journal_mode", "synchronous", "foreign_keys", "page_size", "auto_vacuum"];
        let is_outside = outside.iter().any(|name| is(1, name) || is(3, name));
        let place = if is_outside { Place::Alone } else { Place::Together };
        return Nature { place, is_session: true, ..TOGETHER };
    }
    TOGETHER
}

fn mysql(is: &dyn Fn(usize, &str) -> bool) -> Nature {
    // A temporary table ends no transaction, and another session does not have it.
    if (is(0, "create") || is(0, "drop")) && is(1, "temporary") {
        return Nature { is_session: true, ..TOGETHER };
    }
    if is(0, "lock") || is(0, "unlock") || is(0, "prepare") || is(0, "deallocate") {
        return Nature { place: Place::Alone, is_session: true, ..TOGETHER };
    }
    // Definitions end the transaction that they are in; what is not known may be one.
    Nature { place: Place::Alone, ..TOGETHER }
}

/// The tables that a statement of MySQL writes to: database, if it is said, and name. `None`: it cannot be told.
pub(crate) fn written_tables(sql: &str) -> Option<Vec<(Option<String>, String)>> {
    let mut words = tokens(sql, Dialect::Mysql).peekable();
    let first = words.next()?;
    let noise = ["low_priority", "delayed", "high_priority", "quick", "ignore", "into", "from"];
    if !(first.is("insert") || first.is("replace") || first.is("update") || first.is("delete")) {
        return None;
    }
    while words.peek().is_some_and(|token| noise.iter().any(|word| token.is(word))) {
        words.next();
    }
    let table = qualified(&mut words)?;
    // Several tables at once, or an alias for one that comes later: `DELETE a FROM t AS a`, `UPDATE a JOIN b`.
    let is_one = match words.peek() {
        Some(next) if first.is("update") => next.is("set"),
        Some(next) if first.is("delete") => {
            next.is("where") || next.is("order") || next.is("limit")
        }
        _ => true,
    };
    is_one.then(|| vec![table])
}

fn qualified<'a>(words: &mut std::iter::Peekable<Tokens<'a>>) -> Option<(Option<String>, String)> {
    let name = |token: Token<'a>| match token {
        Token::Word(word) => Some(word.to_owned()),
        Token::Name(name) => Some(name.into_owned()),
        _ => None,
    };
    let one = name(words.next()?)?;
    if words.peek().is_some_and(|token| token.is_sign('.')) {
        words.next();
        return Some((Some(one), name(words.next()?)?));
    }
    Some((None, one))
}
