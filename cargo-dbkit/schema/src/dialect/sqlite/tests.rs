//! What SQLite says about itself, read and written again: text to text. Every statement here has been accepted by SQLite.

use super::Sqlite;
use crate::dialect::{Catalog, Dialect as _, Direction, Inspection, compare, script};
use crate::model::{Hints, Schema};

/// A catalog with these statements, as SQLite keeps them.
fn inspected(statements: &[&str]) -> Inspection {
    let rows = statements.iter().map(|sql| {
        let words: Vec<&str> = sql.split_whitespace().collect();
        let at = |word: &str| words.iter().position(|found| found.eq_ignore_ascii_case(word));
        let bare = |at: usize| {
            let name = words[at].split('(').next().unwrap_or_default();
            Some(name.trim_matches(['"', '`', '[', ']', '\'']).to_owned())
        };
        let (kind, name) = ["TABLE", "INDEX", "VIEW", "TRIGGER"]
            .into_iter()
            .find_map(|kind| Some((kind, at(kind)?)))
            .expect("a kind");
        let table = match kind {
            "INDEX" | "TRIGGER" => at("ON").expect("ON"),
            _ => name,
        };
        vec![Some(kind.to_lowercase()), bare(name + 1), bare(table + 1), Some((*sql).to_owned())]
    });
    let mut catalog = Catalog { version: "3.40.1".to_owned(), ..Catalog::default() };
    catalog.rows.insert("schema", rows.collect());
    let found = Sqlite.inspect(&catalog);
    assert_eq!(Sqlite.normalize(found.schema.clone()), found.schema, "what is read is normal");
    found
}

fn plan(from: &Schema, to: &Schema) -> String {
    script(&compare(from, to, &Hints::default(), &Sqlite).plan.batches, Direction::Up, &Sqlite).text
}

/// The statements as dbkit writes them.
fn rewritten(statements: &[&str]) -> String {
    let found = inspected(statements);
    assert_eq!(found.unmanaged, [], "everything is understood");
    let text = plan(&Schema::default(), &found.schema);
    let again: Vec<&str> = text.split(";\n").map(str::trim).filter(|sql| !sql.is_empty()).collect();
    if !statements.iter().any(|sql| sql.contains("TRIGGER")) {
        assert_eq!(inspected(&again).schema, found.schema, "read again it is the same");
    }
    text
}

#[test]
fn constraints_need_no_commas_and_names_may_stand_alone() {
    assert_eq!(
        rewritten(&["CREATE TABLE t(a int CHECK(a > 0) CONSTRAINT small CHECK(a < 9), -- both\n \
             CONSTRAINT alone, CHECK(a <> 5) UNIQUE(a) CONSTRAINT k UNIQUE (A) ON CONFLICT ignore)"]),
        "CREATE TABLE \"t\" (
    \"a\" int,
    CONSTRAINT \"k\" UNIQUE (\"a\") ON CONFLICT IGNORE,
    CONSTRAINT \"t_a_key\" UNIQUE (\"a\"),
    CONSTRAINT \"small\" CHECK (a < 9),
    CONSTRAINT \"t_a_check\" CHECK (a > 0),
    CONSTRAINT \"t_check\" CHECK (a <> 5)
);
"
    );
}

#[test]
fn deferrable_belongs_to_the_foreign_key_before_it() {
    assert_eq!(
        rewritten(&[
            "CREATE TABLE T(id INTEGER PRIMARY KEY)",
            "CREATE TABLE u(a REFERENCES t ON DELETE SET NULL MATCH FULL NOT NULL DEFERRABLE INITIALLY DEFERRED, \
             b, FOREIGN KEY (b) REFERENCES t(ID) ON UPDATE CASCADE NOT DEFERRABLE INITIALLY DEFERRED)",
        ]),
        "CREATE TABLE \"T\" (
    \"id\" integer PRIMARY KEY
);

CREATE TABLE \"u\" (
    \"a\" NOT NULL,
    \"b\",
    CONSTRAINT \"u_a_fkey\" FOREIGN KEY (\"a\") REFERENCES \"T\" ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT \"u_b_fkey\" FOREIGN KEY (\"b\") REFERENCES \"T\" (\"id\") ON UPDATE CASCADE
);
"
    );
}

#[test]
fn only_integer_is_another_name_of_the_rowid() {
    assert_eq!(
        rewritten(&[
            "CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT)",
            "CREATE TABLE b(id integer, PRIMARY KEY (id DESC) ON CONFLICT replace)",
            "CREATE TABLE c(id integer CONSTRAINT c_key PRIMARY KEY DESC)",
            "CREATE TABLE d(id BIGINT NOT NULL PRIMARY KEY)",
            "CREATE TABLE e(x, y text, PRIMARY KEY (x COLLATE nocase DESC, y) ON CONFLICT ROLLBACK) WITHOUT ROWID",
        ]),
        "CREATE TABLE \"a\" (
    \"id\" integer PRIMARY KEY AUTOINCREMENT
);

CREATE TABLE \"b\" (
    \"id\" integer PRIMARY KEY ON CONFLICT REPLACE
);

CREATE TABLE \"c\" (
    \"id\" integer CONSTRAINT \"c_key\" PRIMARY KEY DESC
);

CREATE TABLE \"d\" (
    \"id\" bigint NOT NULL,
    PRIMARY KEY (\"id\")
);

CREATE TABLE \"e\" (
    \"x\" NOT NULL,
    \"y\" text NOT NULL,
    PRIMARY KEY (\"x\" COLLATE nocase DESC, \"y\") ON CONFLICT ROLLBACK
) WITHOUT ROWID;
"
    );
}

#[test]
fn defaults_are_literals_where_they_can_be() {
    assert_eq!(
        rewritten(&[
            "CREATE TABLE t(a DEFAULT foo, b DEFAULT \"it's\", c DEFAULT +5, d DEFAULT - .5e-3, e DEFAULT x'0F', f DEFAULT (1 + 1), \
             g DEFAULT ((7)), h DEFAULT null, i DEFAULT current_date, j DEFAULT (CURRENT_TIMESTAMP), k DEFAULT ('x'), l DEFAULT True)"
        ]),
        "CREATE TABLE \"t\" (
    \"a\" DEFAULT 'foo',
    \"b\" DEFAULT 'it''s',
    \"c\" DEFAULT 5,
    \"d\" DEFAULT -.5e-3,
    \"e\" DEFAULT x'0F',
    \"f\" DEFAULT (1 + 1),
    \"g\" DEFAULT 7,
    \"h\" DEFAULT NULL,
    \"i\" DEFAULT CURRENT_DATE,
    \"j\" DEFAULT CURRENT_TIMESTAMP,
    \"k\" DEFAULT 'x',
    \"l\" DEFAULT TRUE
);
"
    );
}

#[test]
fn columns_are_read_with_all_that_they_say() {
    assert_eq!(
        rewritten(&[
            "CREATE TABLE `odd \"one`([a b] \"my type\", 'str' varying character (255) NOT NULL ON CONFLICT fail COLLATE NoCase, \
             `c` DECIMAL(10,5) COLLATE binary, d AS ([a b] || `c` || \"str\"), e int GENERATED ALWAYS AS (c * 2) STORED) STRICT"
        ]),
        "CREATE TABLE \"odd\" (
    \"a b\" \"my type\",
    \"str\" varying character (255) NOT NULL ON CONFLICT FAIL COLLATE \"NoCase\",
    \"c\" decimal(10,5),
    \"d\" GENERATED ALWAYS AS (\"a b\" || c || str) VIRTUAL,
    \"e\" int GENERATED ALWAYS AS (c * 2) STORED
) STRICT;
"
    );
}

#[test]
fn indexes_are_read_with_their_parts() {
    assert_eq!(
        rewritten(&[
            "CREATE TABLE t(a, b)",
            "CREATE UNIQUE INDEX i ON t(A collate nocase desc, lower(\"b\") DESC, (a + b)) WHERE `a` IS NOT NULL",
        ]),
        "CREATE TABLE \"t\" (
    \"a\",
    \"b\"
);

CREATE UNIQUE INDEX \"i\" ON \"t\" (\"a\" COLLATE \"nocase\" DESC, lower(b) DESC, (a + b)) WHERE a IS NOT NULL;
"
    );
}

#[test]
fn what_a_module_keeps_its_rows_in_is_not_there() {
    let found = inspected(&[
        "CREATE VIRTUAL TABLE notes USING fts5(title, body)",
        "CREATE TABLE 'notes_data'(id INTEGER PRIMARY KEY, block BLOB)",
        "CREATE TABLE 'notes_config'(k PRIMARY KEY, v) WITHOUT ROWID",
        "CREATE VIRTUAL TABLE boxes USING rtree(id, x0, x1)",
        "CREATE TABLE \"boxes_node\"(nodeno INTEGER PRIMARY KEY, data)",
        "CREATE TABLE sqlite_sequence(name, seq)",
        "CREATE TABLE _dbkit_migrations(id text)",
    ]);
    assert_eq!(
        found.schema.tables.keys().collect::<Vec<_>>(),
        Vec::<&crate::model::ObjectName>::new()
    );
    let names: Vec<String> = found.schema.objects.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["boxes", "notes"]);
}

#[test]
fn what_is_not_understood_is_named() {
    let found = inspected(&["CREATE TABLE t(a int SOMEDAY, b CHECK)"]);
    let names: Vec<String> =
        found.unmanaged.iter().map(|thing| format!("{} {}", thing.kind, thing.name)).collect();
    assert_eq!(names, ["table that is not understood t"]);
}

#[test]
fn objects_are_kept_from_their_name_on() {
    let text = rewritten(&[
        "CREATE TABLE t(a)",
        "CREATE VIEW IF NOT EXISTS main.v (x) AS SELECT a FROM t -- all",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
    ]);
    assert!(text.contains("CREATE VIEW v (x) AS SELECT a FROM t;"), "{text}");
    assert!(text.contains("CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END;"), "{text}");
}
