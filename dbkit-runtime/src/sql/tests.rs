//! Statements and what is made of them.

use super::{Effect, Kind, Nature, Place, Trace, nature, segments, target, trace, written_tables};
use crate::dialect::Dialect;
use Dialect::{Mysql, Postgres, Sqlite};

fn place(sql: &str, dialect: Dialect) -> Place {
    nature(sql, dialect).place
}

/// `0-2 together, 3 alone`
fn cut(statements: &[&str], dialect: Dialect, is_single: bool) -> String {
    let statements: Vec<(&str, Nature)> =
        statements.iter().map(|sql| (*sql, nature(sql, dialect))).collect();
    let parts = segments(&statements, dialect, is_single);
    let mut end = 0;
    let mut words = Vec::new();
    for part in parts {
        assert_eq!(part.statements.start, end, "the parts tile the script");
        end = part.statements.end;
        let kind = if part.kind == Kind::Alone { "alone" } else { "together" };
        words.push(format!("{}-{} {kind}", part.statements.start, end));
    }
    assert_eq!(end, statements.len());
    words.join(", ")
}

#[test]
fn what_no_transaction_can_hold_is_known() {
    for sql in [
        "CREATE INDEX CONCURRENTLY a ON b (c)",
        "create unique index concurrently if not exists a on b (c)",
        "/* now */ DROP INDEX CONCURRENTLY a",
        "REINDEX (VERBOSE) TABLE CONCURRENTLY a",
        "REINDEX INDEX CONCURRENTLY a",
        "VACUUM (ANALYZE) a",
        "CREATE DATABASE a",
        "ALTER SYSTEM SET work_mem = '1MB'",
        "ALTER TABLE a DETACH PARTITION b CONCURRENTLY",
        "CLUSTER",
        "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
    ] {
        assert_eq!(place(sql, Postgres), Place::Alone, "{sql}");
    }
    for sql in [
        "CREATE INDEX a ON b (c)",
        "CREATE TABLE concurrently (vacuum int)",
        "COMMENT ON TABLE a IS 'CREATE INDEX CONCURRENTLY'",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY a",
        "ALTER TABLE a DETACH PARTITION b",
        "CLUSTER a",
        "REINDEX TABLE a",
        "SAVEPOINT a",
        "ROLLBACK TO SAVEPOINT a",
        "ROLLBACK TRANSACTION TO a",
    ] {
        assert_eq!(place(sql, Postgres), Place::Together, "{sql}");
    }
    assert_eq!(place("DO $$ BEGIN COMMIT; END $$", Postgres), Place::Block);
    assert_eq!(place("VACUUM", Sqlite), Place::Alone);
    assert_eq!(place("PRAGMA main.journal_mode = wal", Sqlite), Place::Alone);
    assert_eq!(place("PRAGMA legacy_alter_table = ON", Sqlite), Place::Together);
    assert_eq!(place("ALTER TABLE a ADD b int", Mysql), Place::Alone);
    assert_eq!(place("/*!40000 ALTER TABLE a DISABLE KEYS */", Mysql), Place::Alone);
    assert_eq!(place("/*!40101 SET NAMES utf8 */", Mysql), Place::Together);
    assert_eq!(place("CREATE TEMPORARY TABLE a (b int)", Mysql), Place::Together);
    assert_eq!(place("INSERT INTO a VALUES (1)", Mysql), Place::Together);
}

#[test]
fn the_runner_begins_and_ends_transactions_itself() {
    for dialect in [Postgres, Sqlite, Mysql] {
        assert_eq!(place("BEGIN", dialect), Place::Begin);
        assert_eq!(place("start transaction", dialect), Place::Begin);
        assert_eq!(place("COMMIT", dialect), Place::Commit);
        assert_eq!(place("END TRANSACTION", dialect), Place::Commit);
        assert_eq!(place("ROLLBACK", dialect), Place::Rollback);
        assert_eq!(place("ROLLBACK WORK", dialect), Place::Rollback);
    }
    assert_eq!(place("BEGIN NOT ATOMIC SELECT 1; END", Mysql), Place::Alone);
}

#[test]
fn a_script_is_cut_where_a_transaction_must_end() {
    let script = ["CREATE TABLE a (b int)", "CREATE INDEX CONCURRENTLY c ON a (b)", "SELECT 1"];
    assert_eq!(cut(&script, Postgres, false), "0-1 together, 1-2 alone, 2-3 together");
    let script =
        ["SET a = 1", "UPDATE a SET b = 1", "CREATE INDEX CONCURRENTLY c ON a (b)", "CALL p()"];
    assert_eq!(cut(&script, Postgres, true), "0-2 together, 2-3 alone, 3-4 alone");
    let script = [
        "INSERT INTO a VALUES (1)",
        "UPDATE a SET b = 1",
        "ALTER TABLE a ADD c int",
        "DELETE FROM a",
    ];
    assert_eq!(cut(&script, Mysql, false), "0-2 together, 2-3 alone, 3-4 together");
    assert_eq!(cut(&script, Sqlite, false), "0-4 together");
    // What the script itself holds together stays together.
    let script =
        ["BEGIN", "UPDATE a SET b = 1", "UPDATE a SET b = 2", "COMMIT", "UPDATE a SET b = 3"];
    assert_eq!(cut(&script, Postgres, true), "0-4 together, 4-5 together");
}

#[test]
fn a_new_value_is_committed_before_it_is_used() {
    let add = "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'so ''so' AFTER 'sad'";
    let script = [add, "ALTER TABLE a ADD b int", "UPDATE a SET mood = 'so ''so'"];
    assert_eq!(cut(&script, Postgres, false), "0-1 together, 1-3 together");
    assert_eq!(cut(&script[..2], Postgres, false), "0-2 together");
    let script = ["ALTER TYPE mood ADD VALUE 'ok'", "ALTER TABLE a ALTER b SET DEFAULT 'ok'"];
    assert_eq!(cut(&script, Postgres, false), "0-1 together, 1-2 together");
}

/// `there table users`, `gone column users.a`
fn traces(sql: &str, dialect: Dialect) -> String {
    match trace(sql, dialect) {
        Trace::Repeatable => "repeatable".to_owned(),
        Trace::None => "none".to_owned(),
        Trace::Effects(effects) => {
            let one = |effect: &Effect| {
                let (word, object) = match effect {
                    Effect::There(object) => ("there", object),
                    Effect::Gone(object) => ("gone", object),
                    Effect::Empty(object) => ("empty", object),
                };
                let parts = [&object.schema, &object.table];
                let parts = parts.into_iter().flatten().map(|part| format!("{part}."));
                format!("{word} {:?} {}{}", object.kind, parts.collect::<String>(), object.name)
            };
            effects.iter().map(one).collect::<Vec<_>>().join(", ")
        }
    }
}

#[test]
fn what_a_statement_leaves_behind_is_read_from_its_head() {
    for (sql, expected) in [
        (
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"A b\" ON ONLY s.T (c)",
            "there Index s.t.A b",
        ),
        ("CREATE INDEX CONCURRENTLY ON t (c)", "none"),
        ("DROP INDEX CONCURRENTLY IF EXISTS a, s.b", "gone Index a, gone Index s.b"),
        ("ALTER TABLE p DETACH PARTITION c CONCURRENTLY", "gone Attached p.c"),
        ("CREATE DATABASE d", "there Database d"),
        ("VACUUM a", "repeatable"),
        ("DO $$ BEGIN END $$", "none"),
        ("CALL p()", "none"),
    ] {
        assert_eq!(traces(sql, Postgres), expected, "{sql}");
    }
    for (sql, expected) in [
        ("CREATE TABLE IF NOT EXISTS `a b`.`t` (id int)", "there Table a b.t"),
        (
            "CREATE DEFINER = u@h TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a = 1",
            "there Trigger x",
        ),
        ("CREATE OR REPLACE VIEW v AS SELECT 1", "repeatable"),
        ("CREATE UNIQUE INDEX i USING BTREE ON t (c)", "there Index t.i"),
        (
            "ALTER TABLE t ADD COLUMN a decimal(10, 2), DROP b, ADD INDEX i (a), ALGORITHM=INPLACE",
            "there Column t.a, gone Column t.b, there Index t.i",
        ),
        ("ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u (b)", "there Constraint t.c"),
        (
            "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a), DROP PRIMARY KEY",
            "there Index t.c, gone PrimaryKey t.",
        ),
        ("ALTER TABLE t MODIFY a bigint NOT NULL", "repeatable"),
        ("ALTER TABLE t CHANGE a A bigint", "repeatable"),
        ("ALTER TABLE t CHANGE a b bigint", "gone Column t.a, there Column t.b"),
        (
            "ALTER TABLE t RENAME COLUMN a TO b, RENAME INDEX i TO j",
            "gone Column t.a, there Column t.b, gone Index t.i, there Index t.j",
        ),
        ("ALTER TABLE t RENAME TO u", "gone Table t, there Table u"),
        ("ALTER TABLE t ADD CHECK (a > 0)", "none"),
        ("ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u", "none"),
        ("RENAME TABLE a TO b", "gone Table a, there Table b"),
        ("CREATE SEQUENCE a START WITH 5", "there Table a"),
        ("ALTER SEQUENCE a INCREMENT BY 5", "repeatable"),
        ("ALTER SEQUENCE a RESTART 5", "none"),
        ("DROP SEQUENCE a", "gone Table a"),
        ("DROP TABLE a", "gone Table a"),
        ("DROP TABLE IF EXISTS a, b", "repeatable"),
        ("TRUNCATE TABLE a", "empty Table a"),
        ("GRANT SELECT ON a TO b", "repeatable"),
        ("CALL p()", "none"),
    ] {
        assert_eq!(traces(sql, Mysql), expected, "{sql}");
    }
}

#[test]
fn the_tables_that_a_change_of_rows_writes_to() {
    let one = |sql| {
        written_tables(sql)
            .map(|tables| tables.into_iter().map(|(_, name)| name).collect::<Vec<_>>())
    };
    assert_eq!(one("INSERT IGNORE INTO `a` (b) VALUES (1)"), Some(vec!["a".to_owned()]));
    assert_eq!(one("UPDATE a SET b = 1"), Some(vec!["a".to_owned()]));
    assert_eq!(one("DELETE FROM a WHERE b = 1"), Some(vec!["a".to_owned()]));
    assert_eq!(one("UPDATE a JOIN b ON a.c = b.c SET a.d = 1"), None);
}

#[test]
fn the_table_whose_locks_are_needed() {
    for (sql, expected) in [
        ("ALTER TABLE IF EXISTS ONLY s.t ADD a int", "t"),
        ("CREATE UNIQUE INDEX i ON t (a)", "t"),
        ("DROP TABLE t", "t"),
        ("CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f()", "t"),
        ("UPDATE t SET a = 1", "t"),
    ] {
        assert_eq!(target(sql, Postgres).map(|(_, name)| name).as_deref(), Some(expected), "{sql}");
    }
}

#[test]
fn a_comment_may_begin_with_any_letter() {
    for comment in ["#\u{e9} a", "#\u{4ee} a", "#\u{1f600} a", "#", "-- \u{e9} a", "--", "--\n"] {
        let (alone, before) = (comment.to_owned(), format!("{comment}\nDROP TABLE a"));
        assert_eq!(nature(&alone, Mysql), nature("", Mysql), "{alone}");
        assert_eq!(nature(&before, Mysql), nature("DROP TABLE a", Mysql), "{before}");
    }
    assert_eq!(nature("--\u{e9}\nDROP TABLE a", Sqlite), nature("DROP TABLE a", Sqlite));
}

#[test]
fn no_text_makes_the_lexer_panic() {
    arbtest::arbtest(|u| {
        let text: String = u.arbitrary()?;
        for dialect in [Postgres, Sqlite, Mysql] {
            let _ = nature(&text, dialect);
            let _ = trace(&text, dialect);
            let _ = target(&text, dialect);
        }
        let _ = written_tables(&text);
        Ok(())
    });
}
