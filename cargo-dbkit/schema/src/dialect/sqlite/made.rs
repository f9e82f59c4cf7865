//! What a statement makes, by its head.

use super::inspect::token::{Kind, Token, first_tokens};

/// Something that stands on one table at most, whatever else the database holds: SQLite looks at nothing else when it makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Its name, in lower case.
    pub name: String,
    /// The table that an index or trigger belongs to, in lower case; none for a table.
    pub table: Option<String>,
}

/// What a statement makes, if it makes a table, an index or a trigger, and if its head says all there is to know: no namespace, nothing
/// temporary, no rows of another table.
pub fn made(sql: &str) -> Option<Made> {
    // As many as the head of an index has; a trigger's may name columns.
    let tokens = first_tokens(sql, 9);
    let mut rest = tokens.as_slice();
    take(&mut rest, "create").then_some(())?;
    let is_unique = take(&mut rest, "unique");
    let (kind, after) = rest.split_first()?;
    rest = after;
    let if_not_exists = ["if", "not", "exists"];
    if if_not_exists.iter().zip(rest).all(|(word, token)| token.is(word)) {
        rest = rest.get(if_not_exists.len()..)?;
    }
    let (name, rest) = rest.split_first().filter(|(name, _)| name.is_name())?;
    let name = name.text.to_lowercase();
    if kind.is("table") && !is_unique {
        return rest.first()?.is_sign("(").then_some(Made { name, table: None });
    }
    let table = match rest {
        [on, table, open, ..] if kind.is("index") && on.is("on") && open.is_sign("(") => table,
        [sign, ..] if sign.is_sign(".") => return None,
        _ if kind.is("trigger") && !is_unique => return triggered(sql, name),
        _ => return None,
    };
    Some(Made { name, table: Some(table.text.to_lowercase()) })
}

fn take(rest: &mut &[Token], word: &str) -> bool {
    let is_there = rest.first().is_some_and(|token| token.is(word));
    if is_there {
        *rest = &rest[1..];
    }
    is_there
}

/// The table stands behind the first `ON`: no name before it can be that word without quotes.
fn triggered(sql: &str, name: String) -> Option<Made> {
    let tokens = first_tokens(sql, usize::MAX);
    let on = tokens.iter().position(|token| token.is("on"))?;
    let table =
        tokens.get(on + 1).filter(|table| matches!(table.kind, Kind::Word | Kind::Quoted))?;
    Some(Made { name, table: Some(table.text.to_lowercase()) })
}

#[cfg(test)]
mod tests {
    use super::{Made, made};

    fn of(name: &str, table: Option<&str>) -> Option<Made> {
        Some(Made { name: name.to_owned(), table: table.map(str::to_owned) })
    }

    #[test]
    fn heads_say_what_is_made_and_where() {
        assert_eq!(made("CREATE TABLE Users (id INTEGER)"), of("users", None));
        assert_eq!(made("create table if not exists \"a b\" -- so\n (id)"), of("a b", None));
        assert_eq!(made("CREATE UNIQUE INDEX [I] ON T (a)"), of("i", Some("t")));
        assert_eq!(
            made("CREATE TRIGGER g AFTER UPDATE OF a, b, c ON `T` BEGIN SELECT 1; END"),
            of("g", Some("t"))
        );
    }

    #[test]
    fn what_looks_at_more_than_one_table_is_left_alone() {
        for sql in [
            "CREATE TABLE t AS SELECT 1",
            "CREATE TABLE main.t (a)",
            "CREATE TEMP TABLE t (a)",
            "CREATE INDEX main.i ON t (a)",
            "CREATE TRIGGER main.g AFTER INSERT ON t BEGIN SELECT 1; END",
            "CREATE VIRTUAL TABLE t USING fts5(a)",
            "CREATE VIEW v AS SELECT 1",
            "ALTER TABLE t ADD COLUMN b",
            "INSERT INTO t VALUES (1)",
            "CREATE",
            "",
        ] {
            assert_eq!(made(sql), None, "{sql}");
        }
    }
}
