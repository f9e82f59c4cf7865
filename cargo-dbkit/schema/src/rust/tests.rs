//! Structs in, a schema or mistakes out.

use super::{Options, SourceFile, read};
use crate::delta::Delta;
use crate::model::{DialectName, Schema};

fn read_one(text: &str, dialect: DialectName) -> super::Reading {
    read(
        &[SourceFile {
            path: "src/schema.rs".to_owned(),
            text: format!("use dbkit::Table;\n{text}"),
        }],
        &Options::new(dialect),
    )
}

/// Every mistake as `code line:column message`.
fn mistakes(text: &str) -> Vec<String> {
    let whole = format!("use dbkit::Table;\n{text}");
    let place = |at: usize| {
        let line_start = whole[..at].rfind('\n').map_or(0, |newline| newline + 1);
        (whole[..at].matches('\n').count() + 1, at - line_start + 1)
    };
    let reading = read_one(text, DialectName::Sqlite);
    let describe = |found: &crate::diagnostic::Diagnostic| {
        let (line, column) = place(found.labels[0].span.range.start);
        let fix =
            found.fix.as_ref().map(|fix| format!(" -> {}", fix.replacement)).unwrap_or_default();
        format!("{} {line}:{column} {}{fix}", found.code, found.message)
    };
    reading.diagnostics.iter().map(describe).collect()
}

/// The schema as the lines of its delta from nothing.
fn entities(text: &str, dialect: DialectName) -> String {
    let reading = read_one(text, dialect);
    assert_eq!(reading.diagnostics, []);
    let empty = Schema::default();
    Delta::between(&empty, &empty, Vec::new(), &reading.schema).to_text()
}

#[test]
fn a_struct_is_a_table() {
    let text = "
#[derive(Table)]
#[dbkit(table = \"users\", index(on(desc(name))))]
pub struct User {
    #[dbkit(primary_key, identity)]
    pub id: i64,
    #[dbkit(varchar(40), unique, default(\"x\"))]
    pub name: String,
    pub parent: Option<i64>,
}";
    assert_eq!(
        entities(text, DialectName::Postgres),
        r#"{"dbkit":"changes","version":1,
"changes":[
 {"kind":"table","name":"users","after":{}},
 {"kind":"column","in":"users","name":"id","at":0,"after":{"type":"bigint","identity":"by default"}},
 {"kind":"column","in":"users","name":"name","at":1,"after":{"type":"varchar(40)","default":{"text":"x"}}},
 {"kind":"column","in":"users","name":"parent","at":2,"after":{"type":"bigint","nullable":true}},
 {"kind":"primary key","in":"users","name":"primary key","after":{"implicit":true,"constraint":"users_pkey","columns":["id"]}},
 {"kind":"unique","in":"users","name":"users_name_key","after":{"implicit":true,"columns":["name"]}},
 {"kind":"index","in":"users","name":"users_name_idx","after":{"implicit":true,"parts":[{"column":"name","desc":true}]}}
]}
"#
    );
}

#[test]
fn what_only_some_databases_hold_can_be_said() {
    let text = "
#[derive(Table)]
#[dbkit(table = \"stays\", inherits(\"base\"), unique(name = \"stays_key\", on(room, at), temporal))]
pub struct Stay {
    #[dbkit(primary_key)]
    pub id: i64,
    #[dbkit(references(\"rooms.id\", external))]
    pub room: i64,
    #[dbkit(type = \"tstzrange\")]
    pub at: String,
}
#[derive(Table)]
#[dbkit(table = \"base\")]
pub struct Base {
    #[dbkit(primary_key)]
    pub id: i64,
}";
    let found = entities(text, DialectName::Postgres);
    let line = |name: &str| found.lines().find(|line| line.contains(name)).unwrap_or_default();
    assert!(line("\"name\":\"stays\"").contains("base"), "{found}");
    assert!(line("\"name\":\"stays_key\"").contains("temporal"), "{found}");
    assert!(line("\"kind\":\"foreign key\"").contains("rooms"), "{found}");
}

#[test]
fn every_mistake_is_said_at_once_with_its_place() {
    let text = "
#[derive(Table)]
#[dbkit(table = \"users\", unqiue(on(a)))]
pub struct User {
    #[dbkit(primary_key)]
    pub id: i64,
    pub mood: Strng,
    #[dbkit(references(Usr::id))]
    pub boss: i64,
    #[dbkit(references(User::idd))]
    pub peer: i64,
    #[dbkit(references(User::id))]
    pub small: i32,
}

#[derive(Table)]
#[dbkit(table = \"users\", index(on(nmae)))]
pub struct Other {
    pub name: String,
}";
    assert_eq!(
        mistakes(text),
        [
            "DBK0102 4:26 unknown attribute `unqiue` of a table -> unique",
            "DBK0107 8:15 `Strng` is no type that a column can have -> String",
            "DBK0104 9:24 unknown struct `Usr` in foreign key -> User",
            "DBK0105 11:24 struct `User` has no field `idd` -> id",
            "DBK0106 13:24 `users.small` is `integer`, but `User::id` is `bigint`",
            "DBK0108 18:17 table `users` appears twice",
            "DBK0105 18:35 table `users` has no column `nmae` -> name",
        ]
    );
}

#[test]
fn a_foreign_key_points_to_a_key() {
    let text = "
#[derive(Table)]
pub struct A { #[dbkit(primary_key)] pub id: i64, pub n: i64 }
#[derive(Table)]
pub struct B { #[dbkit(references(A::n))] pub a: i64 }";
    assert_eq!(
        mistakes(text),
        ["DBK0111 6:35 `A::n` is not unique, so a foreign key cannot point to it"]
    );
}

#[test]
fn overrides_are_chosen_by_dialect() {
    let text = "
#[derive(Table)]
pub struct A {
    #[dbkit(type(pg = \"citext\", sqlite = \"text\"), default(pg(\"a()\"), sqlite(\"'b'\")))]
    pub x: String,
}";
    assert!(
        entities(text, DialectName::Postgres)
            .contains(r#""type":"sql(citext)","default":{"sql":"a()"}"#)
    );
    assert!(
        entities(text, DialectName::Sqlite).contains(r#""type":"text","default":{"sql":"'b'"}"#)
    );
}

#[test]
fn what_is_no_table_is_kept_as_its_statement_with_what_it_stands_on() {
    let text = "
dbkit::objects! { extension(\"pg_trgm\"), domain(\"mail\", \"text\", check(\"value <> ''\")) }
#[derive(Table)]
#[dbkit(rls, trigger(\"t\", after(insert, update(x)), execute = \"f()\"))]
pub struct A { #[dbkit(type = \"mail\")] pub x: String, pub y: i32 }
#[derive(View)]
#[dbkit(view = \"v\", depends_on(A), query = \"SELECT x FROM a\")]
pub struct V { pub x: i32 }";
    let reading = read_one(text, DialectName::Postgres);
    assert_eq!(reading.diagnostics, []);
    let objects: Vec<String> = reading
        .schema
        .objects
        .values()
        .map(|object| {
            let uses: Vec<String> = object.extra.uses.0.iter().map(|id| id.to_string()).collect();
            format!("{} <- {}", object.definition, uses.join(", "))
        })
        .collect();
    assert_eq!(
        objects,
        [
            "CREATE VIEW \"v\" AS\nSELECT x FROM a <- a, a.x",
            "CREATE TRIGGER \"t\" AFTER INSERT OR UPDATE OF \"x\" ON \"a\"\n    FOR EACH ROW EXECUTE FUNCTION f() <- a, a.x",
            "CREATE DOMAIN \"mail\" AS text CHECK (value <> '') <- ",
            "CREATE EXTENSION \"pg_trgm\" <- ",
        ]
    );
    let table = &reading.schema.tables[&crate::model::ObjectName::new("a")];
    assert_eq!(table.options.extra.properties["row_security"], "on");
    let uses: Vec<String> = table.columns[0].extra.uses.0.iter().map(|id| id.to_string()).collect();
    assert_eq!(uses, ["mail"]);
}

#[test]
fn mistakes_in_views_and_triggers_have_their_places() {
    assert_eq!(
        mistakes("#[derive(View)]\n#[dbkit(depends_on(Nobody))]\nstruct V { x: i32 }"),
        [
            "DBK0104 3:20 unknown struct `Nobody` in `depends_on`",
            "DBK0103 4:8 view `V` has no query",
        ]
    );
    assert_eq!(
        mistakes(
            "#[derive(Table)]\n#[dbkit(trigger(\"t\", before(updat), execute = \"f()\"), policy(for(all)))]\nstruct A { x: i32 }"
        ),
        [
            "DBK0103 3:9 trigger `t` is not whole",
            "DBK0102 3:29 unknown attribute `updat` as an event -> update",
            "DBK0103 3:55 expected a name first: `policy(\"name\", ..)`",
        ]
    );
    assert_eq!(
        mistakes("dbkit::objects! { sql(\"g\", create = \"x\"), functoin(\"f()\") }"),
        [
            "DBK0103 2:19 nothing says how `g` goes",
            "DBK0102 2:43 unknown attribute `functoin` in `objects!` -> function",
        ]
    );
}

#[test]
fn a_file_that_the_code_names_is_asked_for() {
    let text = "#[derive(View)]\n#[dbkit(query_file = \"sql/v.sql\")]\nstruct V { x: i32 }";
    let wanted = read_one(text, DialectName::Sqlite).wanted;
    assert_eq!(wanted.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["sql/v.sql"]);
}

#[test]
fn cfg_asks_for_features_only() {
    let text = "
#[derive(Table)]
#[cfg(feature = \"extra\")]
pub struct A { pub x: String }
#[derive(Table)]
#[cfg(target_os = \"linux\")]
pub struct B { pub x: String }";
    assert_eq!(mistakes(text), ["DBK0112 7:7 a schema may not depend on the target"]);
    let mut options = Options::new(DialectName::Sqlite);
    options.features.insert("extra".to_owned());
    let file = SourceFile {
        path: "src/schema.rs".to_owned(),
        text: format!("use dbkit;{}", &text[..text.rfind("#[derive").unwrap_or(0)]),
    };
    assert_eq!(read(&[file], &options).schema.tables.len(), 1);
}

#[test]
fn the_cfg_of_a_module_is_that_of_its_tables() {
    let text = "
#[derive(Table)]
pub struct A { pub x: i64 }
#[cfg(test)]
mod tests {
    #[derive(Table)]
    struct OfTests { x: i64 }
}
#[cfg(feature = \"extra\")]
mod extra {
    #[derive(Table)]
    pub struct OfFeature { pub x: i64 }
}";
    let reading = read_one(text, DialectName::Sqlite);
    assert_eq!(reading.diagnostics, []);
    let names: Vec<&str> = reading.schema.tables.keys().map(|name| name.name.as_str()).collect();
    assert_eq!(names, ["a"]);
}

#[test]
fn a_table_in_a_macro_is_not_passed_over_in_silence() {
    let text = "
macro_rules! table {
    ($name:ident) => {
        #[derive(Debug, dbkit::Table)]
        pub struct $name { pub id: i64 }
    };
}";
    assert_eq!(
        mistakes(text),
        ["DBK0119 5:11 a table inside a macro is not seen; this one is left out"]
    );
}

#[test]
fn any_text_is_read_without_a_panic() {
    arbtest::arbtest(|input| {
        let words = [
            "#[dbkit(",
            ")]",
            "(",
            ")",
            ",",
            "=",
            "\"a\"",
            "index",
            "on",
            "primary_key",
            "references",
            "User::id",
            "default",
            "-1",
            "3",
            "sql",
            "desc",
            "type",
            "pg",
            "unique",
            "::",
            "varchar",
            "generated",
            "stored",
            "now",
            "'",
            "é",
        ];
        let mut attribute = String::new();
        for _ in 0..input.int_in_range(0..=14)? {
            attribute.push_str(input.choose(&words)?);
            attribute.push(' ');
        }
        let text = format!(
            "#[derive(Table)]\n#[dbkit({attribute})]\npub struct User {{ #[dbkit({attribute})] pub id: i64 }}"
        );
        read_one(&text, DialectName::Sqlite);
        Ok(())
    });
}
