//! Scripts and their statements, one dialect after the other.

use super::{Flavor, position, split};

const ALL: [Flavor; 4] = [Flavor::Postgres, Flavor::Sqlite, Flavor::Mysql, Flavor::Any];

fn statements(text: &str, flavor: Flavor) -> Vec<String> {
    match split(text, flavor) {
        Ok(ranges) => ranges.into_iter().map(|range| text[range].to_owned()).collect(),
        Err(open) => vec![format!("{open}: {:?}", position(text, open.offset))],
    }
}

/// The script is these statements, each followed by `;`, in these dialects.
#[track_caller]
fn whole(flavors: &[Flavor], expected: &[&str]) {
    let text = expected.iter().map(|statement| format!("{statement};\n")).collect::<String>();
    for flavor in flavors {
        assert_eq!(statements(&text, *flavor), expected, "{flavor:?}");
    }
}

#[test]
fn semicolons_in_quotes_and_comments_are_no_borders() {
    for flavor in ALL {
        assert_eq!(
            statements(
                "-- a;\nSELECT ';', \";\" /* ; */; ;\n\nSELECT 'it''s;' /* in; */ , 1 ;-- end",
                flavor
            ),
            ["SELECT ';', \";\"", "SELECT 'it''s;' /* in; */ , 1"],
        );
    }
    whole(&[Flavor::Sqlite, Flavor::Mysql, Flavor::Any], &["SELECT `a;``b`", "SELECT 2"]);
    whole(&[Flavor::Sqlite], &["SELECT [a;b] FROM t", "SELECT 2"]);
    // Arrays and operators are no quotes.
    whole(
        &[Flavor::Postgres, Flavor::Any],
        &["SELECT ARRAY['a;b'], c[1], d #> '{e}'", "SELECT 1 - -1"],
    );
}

#[test]
fn nothing_but_comments_is_no_statement() {
    for flavor in ALL {
        assert_eq!(statements("", flavor), [""; 0]);
        assert_eq!(statements("\u{feff}-- a\n/* b */ ;;\n", flavor), [""; 0]);
        assert_eq!(statements("SELECT 1", flavor), ["SELECT 1"]);
    }
}

#[test]
fn a_transaction_is_no_body() {
    whole(&ALL, &["BEGIN", "SELECT CASE WHEN a THEN 1 END", "COMMIT"]);
    whole(&ALL, &["BEGIN TRANSACTION", "SELECT 1", "END"]);
}

#[test]
fn columns_may_be_named_like_the_words_of_a_body() {
    whole(
        &ALL,
        &[
            "CREATE TABLE slots (event text, begin timestamp, function text)",
            "CREATE INDEX trigger ON slots (begin)",
            "SELECT 1",
        ],
    );
    whole(
        &[Flavor::Sqlite, Flavor::Mysql, Flavor::Any],
        &[
            "CREATE TRIGGER t AFTER INSERT ON slots BEGIN INSERT INTO log (begin, end) VALUES (NEW.begin, NEW.end); END",
            "SELECT 1",
        ],
    );
    whole(
        &[Flavor::Postgres, Flavor::Any],
        &[
            "CREATE FUNCTION begin(begin int) RETURNS TABLE (begin date) LANGUAGE sql AS 'SELECT 1; SELECT 2'",
            "SELECT 1",
        ],
    );
}

#[test]
fn dollar_quotes_and_nested_comments_are_postgres() {
    whole(
        &[Flavor::Postgres, Flavor::Any],
        &[
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $a$ SELECT 1; $b$ $a$",
            "DO $$ BEGIN RAISE NOTICE 'a;'; END $$",
            "SELECT a$b, $1, ';' FROM c$d$",
        ],
    );
    for flavor in [Flavor::Postgres, Flavor::Any] {
        assert_eq!(
            statements("/* a /* b; */ c; */ SELECT 1; SELECT E'\\';'; SELECT 2", flavor),
            ["SELECT 1", "SELECT E'\\';'", "SELECT 2"]
        );
    }
    // Where comments do not nest, the first end is the end.
    for flavor in [Flavor::Sqlite, Flavor::Mysql, Flavor::Any] {
        assert_eq!(statements("/* a /* b */ SELECT 1; SELECT 2", flavor), ["SELECT 1", "SELECT 2"]);
    }
}

#[test]
fn postgres_has_bodies_without_quotes_and_rules() {
    whole(
        &[Flavor::Postgres, Flavor::Any],
        &[
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
            "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC INSERT INTO a VALUES (1); END",
            "CREATE RULE r AS ON INSERT TO a DO ALSO (INSERT INTO b VALUES (1); DELETE FROM c)",
            "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
            "SELECT 3",
        ],
    );
}

#[test]
fn a_trigger_keeps_its_body() {
    whole(
        &[Flavor::Sqlite, Flavor::Mysql, Flavor::Any],
        &[
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN c THEN 1 ELSE 2 END; DELETE FROM d; END",
            "create temp trigger if not exists t after insert on a begin select case when b then raise(abort, 'c;') end; end",
            "SELECT 1",
        ],
    );
}

#[test]
fn mysql_bodies_have_blocks_inside() {
    let mysql = [Flavor::Mysql, Flavor::Any];
    whole(
        &mysql,
        &[
            "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; END IF; WHILE b DO SELECT 2; END WHILE; END",
            "CREATE PROCEDURE p() BEGIN CASE a WHEN 1 THEN SELECT 1; ELSE SELECT IF(b, 1, 2); END CASE; SELECT 3; END",
            "CREATE PROCEDURE p() BEGIN x: LOOP LEAVE x; END LOOP x; REPEAT SET @a = 1; UNTIL @a END REPEAT; END",
            "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END; SELECT REPEAT('a', 3); END",
            "CREATE PROCEDURE p() BEGIN SELECT CASE WHEN a THEN IF(b, 1, 2) ELSE REPEAT('c', 2) END; BEGIN END; END",
            "CREATE DEFINER=`root`@`localhost` TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF",
            "CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC RETURN IF(a, 1, 2)",
            "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; DELETE FROM b; END",
            "BEGIN NOT ATOMIC SELECT 1; IF a THEN SELECT 2; END IF; END",
            "SELECT 3",
        ],
    );
}

#[test]
fn mysql_has_delimiters_escapes_and_comments_of_its_own() {
    for flavor in [Flavor::Mysql, Flavor::Any] {
        assert_eq!(
            statements(
                "delimiter //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//\nDELIMITER ;\n# it's;\nSELECT '\\';';\nSELECT 3;",
                flavor
            ),
            ["CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END", "SELECT '\\';'", "SELECT 3"],
        );
    }
    for flavor in [Flavor::Mysql, Flavor::Any] {
        assert_eq!(
            statements(
                "DELIMITER $$\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 2; END$$\nCREATE FUNCTION f() RETURNS int RETURN g$$\nDELIMITER ;\nSELECT a$$ FROM b;",
                flavor
            ),
            [
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.b = 2; END",
                "CREATE FUNCTION f() RETURNS int RETURN g",
                "SELECT a$$ FROM b",
            ],
        );
    }
    whole(&[Flavor::Mysql], &["SELECT 5--1", "SELECT \"a\\\";b\""]);
    whole(
        &[Flavor::Mysql, Flavor::Any],
        &["/*!40101 SET NAMES utf8 */", "CREATE TABLE a (b int) /*!50100 COMMENT 'c;' */"],
    );
    assert_eq!(statements("SELECT 1; # c;\nSELECT 2", Flavor::Mysql), ["SELECT 1", "SELECT 2"]);
}

#[test]
fn a_backslash_is_an_escape_if_the_text_has_no_sense_otherwise() {
    whole(&[Flavor::Postgres, Flavor::Sqlite, Flavor::Any], &["SELECT 'C:\\'", "SELECT 'a;b'"]);
    whole(&[Flavor::Mysql, Flavor::Any], &["SELECT 'it\\'s'", "SELECT 'a;b'"]);
    // Both readings have a sense.
    let both = "SELECT 'a\\', 'b;\\'', ';'";
    assert_eq!(statements(both, Flavor::Sqlite).len(), 1);
    assert_eq!(statements("SELECT 'a\\'; b', 'c\\'; d'", Flavor::Mysql).len(), 1);
    assert_eq!(
        statements("SELECT 'a\\'; b', 'c\\'; d'", Flavor::Any),
        ["where a quote with a backslash before it ends depends on the dialect: (1, 10)"]
    );
}

#[test]
fn what_does_not_end_is_named() {
    assert_eq!(statements("SELECT\n 'a", Flavor::Any), ["a quote does not end: (2, 2)"]);
    assert_eq!(statements("SELECT 'a\\", Flavor::Mysql), ["a quote does not end: (1, 8)"]);
    assert_eq!(statements("SELECT 1; /* a", Flavor::Any), ["a comment does not end: (1, 11)"]);
    assert_eq!(statements("/* a /* b */", Flavor::Postgres), ["a comment does not end: (1, 1)"]);
    assert_eq!(
        statements("SELECT $x$ a", Flavor::Postgres),
        ["a dollar quote does not end: (1, 8)"]
    );
    assert_eq!(
        statements("SELECT [a", Flavor::Sqlite),
        ["a name in brackets does not end: (1, 8)"]
    );
    assert_eq!(
        statements("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;", Flavor::Sqlite),
        ["a body does not end: (1, 36)"]
    );
}

#[test]
fn positions_count_lines_and_characters() {
    assert_eq!(position("a\nbä c", 6), (2, 4));
    assert_eq!(position("a", 9), (1, 2));
}

/// Statements that are whole in every dialect, and texts between them that are nothing.
#[test]
fn statements_are_found_again_whatever_stands_between_them() {
    arbtest::arbtest(|input| {
        let whole = [
            "SELECT 1",
            "SELECT ';', \"a;b\" FROM c",
            "CREATE TABLE t (a text DEFAULT 'it''s', begin int, event text)",
            "INSERT INTO t VALUES ('/*'), ('--'), ('ä;')",
            "SELECT CASE WHEN a THEN ';' ELSE b END -- c;\n FROM d",
        ];
        let between = ["", " ", "\n\n", "-- a; 'b\n", "/* ; ' */", "\t;\n"];
        let mut text = String::new();
        let mut expected = Vec::new();
        for _ in 0..input.int_in_range(0..=12)? {
            text.push_str(input.choose(&between)?);
            let statement = *input.choose(&whole)?;
            text.push_str(statement);
            text.push_str(input.choose(&between)?);
            text.push(';');
            expected.push(statement);
        }
        for flavor in ALL {
            assert_eq!(statements(&text, flavor), expected, "{flavor:?}");
        }
        Ok(())
    });
}

#[test]
fn any_text_is_split_without_a_panic_and_nothing_is_lost() {
    const PIECES: [&str; 40] = [
        "'",
        "\"",
        "`",
        "[",
        "]",
        "$",
        "$a$",
        "/*",
        "*/",
        "/*!",
        "--",
        "#",
        ";",
        "\n",
        "BEGIN ",
        "END ",
        "CREATE TRIGGER ",
        "CREATE RULE ",
        "DEFINER=",
        "CASE ",
        "IF ",
        "LOOP ",
        "REPEAT ",
        "THEN ",
        "DO ",
        "ROW ",
        "ATOMIC ",
        "x",
        "(",
        ")",
        ":",
        ".",
        "\\",
        "E'",
        "ä",
        "\u{feff}",
        "DELIMITER $\n",
        "DELIMITER ;\n",
        " ",
        "\0",
    ];
    arbtest::arbtest(|input| {
        let mut text = String::new();
        for _ in 0..input.int_in_range(0..=24)? {
            text.push_str(input.choose(&PIECES)?);
        }
        for flavor in ALL {
            let ranges = match split(&text, flavor) {
                Ok(ranges) => ranges,
                Err(open) => {
                    assert!(open.offset < text.len(), "{text:?}");
                    continue;
                }
            };
            // Gaps and statements, one after the other, are the text.
            let mut again = String::new();
            let mut end = 0;
            for range in ranges {
                assert!(end <= range.start && range.start < range.end, "{text:?}");
                again.push_str(&text[end..range.start]);
                again.push_str(&text[range.start..range.end]);
                end = range.end;
            }
            again.push_str(&text[end..]);
            assert_eq!(again, text);
        }
        Ok(())
    });
}
