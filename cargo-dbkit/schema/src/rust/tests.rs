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
fn what_is_not_managed_yet_is_left_out_with_a_warning() {
    let text = "
dbkit::objects! { extension(\"pg_trgm\"), schema(\"shop\") }
#[derive(Table)]
#[dbkit(rls(force), trigger(\"t\", before(update), each(row), execute = \"f()\"))]
pub struct A { pub x: String }
#[derive(View)]
#[dbkit(view = \"v\", query = \"SELECT 1\")]
pub struct V { pub x: i32 }";
    let reading = read_one(text, DialectName::Postgres);
    assert!(
        reading.diagnostics.iter().all(|found| !found.is_error() && found.code == "DBK0110"),
        "{:?}",
        reading.diagnostics
    );
    assert_eq!(reading.diagnostics.len(), 4);
    assert_eq!(reading.schema.tables.len(), 1);
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
