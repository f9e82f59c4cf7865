//! The acceptance ring: every case of `test-fixtures/cases` on real databases.
//!
//! before -> plan -> apply with the real runner -> the catalog is that of a fresh *after* -> the next plan is empty -> rows are as the
//! case says -> back -> the catalog is that of *before*. On the way, what dbkit reads in the database is what the migrations say. `DBKIT_TEST_FILTER` takes the cases whose name holds a text,
//! `DBKIT_TEST_KEEP` keeps the databases.

#[path = "support/history.rs"]
mod history;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use dbkit_runtime::Target;
use dbkit_schema::delta::Delta;
use dbkit_schema::dialect;
use dbkit_schema::diff;
use dbkit_schema::model::{DialectName, Hints, Schema};
use dbkit_schema::rust::{Options, SourceFile, read};
use test_fixtures::catalog::Client;
use test_fixtures::server::Server;
use toml_edit::{DocumentMut, Item};

use history::{History, Place, same_as_fold, with_driver};

struct Case {
    name: String,
    before: String,
    after: String,
    toml: DocumentMut,
}

impl Case {
    fn strings(&self, key: &str) -> Vec<String> {
        strings(self.toml.get(key))
    }

    /// A list for all dialects, and one for this.
    fn strings_in(&self, key: &str, dialect: DialectName) -> Vec<String> {
        let mut all = self.strings(key);
        all.extend(strings(
            self.toml.get(&format!("{key}_in")).and_then(|table| table.get(dialect.word())),
        ));
        all
    }

    fn text_in(&self, key: &str, dialect: DialectName) -> Option<String> {
        let each = self.toml.get(&format!("{key}_in")).and_then(|table| table.get(dialect.word()));
        each.or_else(|| self.toml.get(key)).and_then(Item::as_str).map(str::to_owned)
    }

    fn flag(&self, key: &str, default: bool) -> bool {
        self.toml.get(key).and_then(Item::as_bool).unwrap_or(default)
    }

    fn runs_on(&self, dialect: DialectName) -> bool {
        let dialects = self.strings("dialects");
        dialects.is_empty() || dialects.iter().any(|word| word == dialect.word())
    }

    fn tables(&self, key: &str) -> Vec<BTreeMap<String, String>> {
        let Some(tables) = self.toml.get(key).and_then(Item::as_array_of_tables) else {
            return Vec::new();
        };
        let value = |item: &Item| {
            item.as_str()
                .map(str::to_owned)
                .or_else(|| item.as_integer().map(|number| number.to_string()))
        };
        tables
            .iter()
            .map(|table| {
                table
                    .iter()
                    .filter_map(|(key, item)| Some((key.to_owned(), value(item)?)))
                    .collect()
            })
            .collect()
    }
}

fn strings(item: Option<&Item>) -> Vec<String> {
    let array = item.and_then(Item::as_array);
    array.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn cases() -> Vec<Case> {
    let folder = test_fixtures::workspace().join("test-fixtures/cases");
    let filter = std::env::var("DBKIT_TEST_FILTER").unwrap_or_default();
    let mut names: Vec<PathBuf> = fs::read_dir(folder)
        .expect("cases")
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    names.sort();
    let read_case = |path: PathBuf| {
        let text = |file: &str| {
            fs::read_to_string(path.join(file))
                .unwrap_or_else(|error| panic!("{}/{file}: {error}", path.display()))
        };
        // What `cargo xtask fuzz` found is saved as an export, because it never was Rust.
        let schema = |side: &str| {
            let is_export = path.join(format!("{side}.json")).exists();
            text(&format!("{side}.{}", if is_export { "json" } else { "rs" }))
        };
        Case {
            name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            before: schema("before"),
            after: schema("after"),
            toml: DocumentMut::from_str(&text("case.toml"))
                .unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        }
    };
    names.into_iter().map(read_case).filter(|case| case.name.contains(&filter)).collect()
}

fn schema_of(text: &str, dialect: DialectName) -> Result<(Schema, Hints), String> {
    if text.starts_with('{') {
        let delta = Delta::from_text(text, "schema.json").map_err(|found| found.message)?;
        let mut schema = Schema::default();
        delta.apply(&mut schema).map_err(|conflicts| format!("{conflicts:?}"))?;
        return Ok((schema, Hints::default()));
    }
    let file = SourceFile {
        path: "schema.rs".to_owned(),
        text: format!("use dbkit::{{DbEnum, Table}};\n{text}"),
    };
    let reading = read(&[file], &Options::new(dialect));
    let errors: Vec<String> = reading
        .diagnostics
        .iter()
        .filter(|found| found.is_error())
        .map(|found| found.message.clone())
        .collect();
    let unsupported: Vec<String> = dialect::named(dialect)
        .check(&reading.schema)
        .into_iter()
        .map(|found| found.message)
        .collect();
    if errors.is_empty() && unsupported.is_empty() {
        Ok((reading.schema, reading.hints))
    } else {
        Err([errors, unsupported].concat().join("; "))
    }
}

fn run_case(case: &Case, name: DialectName, server: Option<&Server>) -> Result<(), String> {
    let dialect = dialect::named(name);
    let (before, _) = schema_of(&case.before, name)?;
    let (after, code_hints) = schema_of(&case.after, name)?;
    let mut history = History::new();
    history.generate(&before, &Hints::default(), dialect);
    let start = history.state.clone();
    let first = history.deltas.len();

    // What is asked when nobody has answered anything.
    let mut hints =
        Hints { renames: diff::usable(&start, &code_hints.renames).usable, ..code_hints };
    let normal_after = dialect.normalize(after.clone());
    let asked: Vec<String> = diff::questions(&start, &normal_after, &hints, &Default::default())
        .iter()
        .map(diff::Question::id)
        .collect();
    for question in case.strings("questions") {
        if !asked.contains(&question) {
            return Err(format!("`{question}` is not asked, but {asked:?}"));
        }
    }
    for flag in case.strings("rename") {
        let rename = diff::parse_rename(&flag, &start, &normal_after, &hints.renames)
            .map_err(|found| found.message)?;
        hints.renames.push(rename);
    }
    let undecided = dialect::compare(&start, &after, &hints, dialect).plan.decisions;
    for flag in case.strings("backfill") {
        let (column, value) = flag.split_once('=').ok_or("a backfill is `column=sql`")?;
        let id = diff::parse_column(column, &after).map_err(|found| found.message)?;
        hints.backfill.insert(id, value.to_owned());
    }
    let keys: Vec<String> =
        undecided.iter().filter_map(|decision| decision.allow.clone()).collect();
    for decision in case.strings("decisions") {
        if !keys.contains(&decision) {
            return Err(format!("`{decision}` is not to be decided, but {keys:?}"));
        }
    }
    let open = history.generate(&after, &hints, dialect);
    let allowed = case.strings("allow");
    for decision in open {
        if !decision.allow.as_ref().is_some_and(|key| allowed.contains(key)) {
            return Err(format!("undecided: {:?} ({})", decision.allow, decision.message));
        }
    }
    let ups = history.ups[first..].join("\n");
    check_text(case, name, &ups)?;

    // Through the real runner, on a real database.
    let place = Place::new(name, server);
    let mut client = place.client();
    let migrations = history.migrations(name);
    let fail = |what: &str, text: String| format!("{what}: {text}\n--- up\n{ups}");
    with_driver(&mut client, |driver| migrations.runner().target(Target::Steps(first)).run(driver))
        .map_err(|error| fail("before", error.to_string()))?;
    let catalog_before = client.catalog();
    if let Some(rows) = case.text_in("rows", name) {
        client.execute(&rows).map_err(|error| fail("rows", error))?;
    }
    let upgraded = with_driver(&mut client, |driver| migrations.run(driver));
    if case.flag("fails", false) {
        return match upgraded {
            Ok(_) => Err(fail("it ran", "but the rows should have stopped it".to_owned())),
            Err(_) if client.catalog() == catalog_before => Ok(()),
            Err(error) => Err(fail("half done", error.to_string())),
        };
    }
    upgraded.map_err(|error| fail("after", error.to_string()))?;
    let catalog_after = client.catalog();
    if case.flag("same_catalog", true) {
        let fresh = Place::new(name, server);
        let mut other = fresh.client();
        let mut straight = History::new();
        straight.generate(&after, &Hints::default(), dialect);
        let straight_migrations = straight.migrations(name);
        with_driver(&mut other, |driver| straight_migrations.run(driver))
            .map_err(|error| fail("fresh", error.to_string()))?;
        same(&catalog_after, &other.catalog())
            .map_err(|text| fail("not the catalog of a fresh database", text))?;
    }
    // A case may make things by hand, of which the migrations know nothing.
    let is_alone = !case.flag("by_hand", false);
    if is_alone {
        same_as_fold(&mut client, &history.state, dialect, server)
            .map_err(|text| fail("not what the migrations say", text))?;
    }
    let again = dialect::compare(&history.state, &after, &Hints::default(), dialect);
    if !again.diff.changes.is_empty() {
        return Err(fail("the next plan is not empty", format!("{:?}", again.diff.changes)));
    }
    if let Some(rows) = case.text_in("after_rows", name) {
        client.execute(&rows).map_err(|error| fail("after_rows", error))?;
    }
    for expected in case.tables("expect") {
        let found = client.query(&expected["query"]).map_err(|error| fail("expect", error))?;
        if found.trim() != expected["rows"].trim() {
            return Err(fail(
                &expected["query"],
                format!("expected\n{}\nfound\n{found}", expected["rows"].trim()),
            ));
        }
    }
    if case.flag("reversible", true) {
        let steps = history.deltas.len() - first;
        let runner = migrations.runner().target(Target::Steps(steps)).allow_irreversible();
        let downs: Vec<String> = history.folder.migrations[first..]
            .iter()
            .filter_map(|files| {
                files.down.as_ref().map(|down| String::from_utf8_lossy(down).into_owned())
            })
            .collect();
        let downs = downs.join("\n");
        with_driver(&mut client, |driver| runner.rollback(driver))
            .map_err(|error| fail("back", format!("{error}\n--- down\n{downs}")))?;
        if case.flag("same_catalog", true) || name == DialectName::Postgres {
            same(&client.catalog(), &catalog_before).map_err(|text| {
                fail("back, but not the catalog of before", format!("{text}\n--- down\n{downs}"))
            })?;
        }
        if is_alone {
            same_as_fold(&mut client, &start, dialect, server).map_err(|text| {
                fail("back, but not what the migrations say", format!("{text}\n--- down\n{downs}"))
            })?;
        }
    }
    Ok(())
}

fn check_text(case: &Case, name: DialectName, ups: &str) -> Result<(), String> {
    for text in case.strings_in("forbid", name) {
        if ups.contains(&text) {
            return Err(format!("`{text}` is forbidden\n--- up\n{ups}"));
        }
    }
    for text in case.strings_in("require", name) {
        if !ups.contains(&text) {
            return Err(format!("`{text}` is missing\n--- up\n{ups}"));
        }
    }
    for count in case.tables("count") {
        let found = ups.matches(&count["text"]).count();
        if found.to_string() != count["times"] {
            return Err(format!("`{}` stands there {found} times\n--- up\n{ups}", count["text"]));
        }
    }
    Ok(())
}

fn same(found: &str, expected: &str) -> Result<(), String> {
    let (found, expected): (Vec<&str>, Vec<&str>) =
        (found.lines().collect(), expected.lines().collect());
    let missing =
        expected.iter().filter(|line| !found.contains(line)).map(|line| format!("- {line}"));
    let extra =
        found.iter().filter(|line| !expected.contains(line)).map(|line| format!("+ {line}"));
    let differences: Vec<String> = missing.chain(extra).collect();
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
}

fn run_all(name: DialectName, server: Option<&Server>) {
    let version = server.map_or(0, |server| major_version(name, server));
    // What a server of that age does not have is not asked of it.
    let is_old = |case: &Case| {
        let from = case.toml.get("postgres_from").and_then(Item::as_integer).unwrap_or(0);
        name == DialectName::Postgres && i64::from(version) < from
    };
    let cases: Vec<Case> =
        cases().into_iter().filter(|case| case.runs_on(name) && !is_old(case)).collect();
    assert!(
        !cases.is_empty() || std::env::var_os("DBKIT_TEST_FILTER").is_some(),
        "no case runs on {name}"
    );
    let mut failures = Vec::new();
    for case in &cases {
        // A case that panics must not hide the others.
        let outcome =
            std::panic::catch_unwind(|| run_case(case, name, server)).unwrap_or_else(|panic| {
                let text = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                Err(format!("panicked: {}", text.unwrap_or_default()))
            });
        if let Err(failure) = outcome {
            failures.push(format!("== {} ({name}): {failure}", case.name));
        }
    }
    assert!(
        failures.is_empty(),
        "{} of {} cases fail\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
}

fn major_version(name: DialectName, server: &Server) -> u32 {
    if name != DialectName::Postgres {
        return 0;
    }
    let database = server.fresh_database();
    let version =
        Client::open(&database.url()).query("SHOW server_version_num").expect("a version");
    version.parse::<u32>().expect("a number") / 10_000
}

#[test]
fn every_case_holds_on_sqlite() {
    run_all(DialectName::Sqlite, None);
}

#[test]
fn every_case_holds_on_postgres() {
    let major = std::env::var("DBKIT_TEST_PG_MAJOR").ok().and_then(|major| major.parse().ok());
    match major {
        Some(major) => {
            let server = test_fixtures::server::start_postgres(major, &Default::default())
                .expect("a server");
            run_all(DialectName::Postgres, Some(&server));
        }
        None => {
            if let Some(server) = test_fixtures::server::postgres() {
                run_all(DialectName::Postgres, Some(server));
            }
        }
    }
}

#[test]
fn every_case_holds_on_mariadb() {
    if let Some(server) = test_fixtures::server::mariadb() {
        run_all(DialectName::Mysql, Some(server));
    }
}

/// SQL of the cases, as a person would review it: one snapshot a dialect beside the case. `DBKIT_TEST_UPDATE=1` writes them.
#[test]
fn every_case_is_written_as_it_was_reviewed() {
    let mut differences = Vec::new();
    for case in cases() {
        for name in DialectName::ALL.into_iter().filter(|name| case.runs_on(*name)) {
            let Ok(text) = generated(&case, name) else { continue };
            let path = test_fixtures::workspace()
                .join("test-fixtures/cases")
                .join(&case.name)
                .join(format!("{name}.sql"));
            check_snapshot(&path, &text, &mut differences);
        }
    }
    assert!(
        differences.is_empty(),
        "other SQL than was reviewed; look at it, then DBKIT_TEST_UPDATE=1:\n{}",
        differences.join("\n\n")
    );
}

fn generated(case: &Case, name: DialectName) -> Result<String, String> {
    let dialect = dialect::named(name);
    let (before, _) = schema_of(&case.before, name)?;
    let (after, code_hints) = schema_of(&case.after, name)?;
    let mut history = History::new();
    history.generate(&before, &Hints::default(), dialect);
    let first = history.deltas.len();
    let mut hints =
        Hints { renames: diff::usable(&history.state, &code_hints.renames).usable, ..code_hints };
    let normal_after = dialect.normalize(after.clone());
    for flag in case.strings("rename") {
        hints.renames.push(
            diff::parse_rename(&flag, &history.state, &normal_after, &hints.renames)
                .map_err(|found| found.message)?,
        );
    }
    for flag in case.strings("backfill") {
        let (column, value) = flag.split_once('=').ok_or("a backfill is `column=sql`")?;
        hints.backfill.insert(
            diff::parse_column(column, &after).map_err(|found| found.message)?,
            value.to_owned(),
        );
    }
    history.generate(&after, &hints, dialect);
    let mut text = String::new();
    for (number, files) in history.folder.migrations[first..].iter().enumerate() {
        let script = |bytes: &Option<Vec<u8>>| {
            bytes
                .as_ref()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .unwrap_or_default()
        };
        text.push_str(&format!(
            "-- {} up\n{}\n-- {} down\n{}\n",
            number + 1,
            script(&files.up),
            number + 1,
            script(&files.down)
        ));
    }
    Ok(text.trim_end().to_owned() + "\n")
}

fn check_snapshot(path: &Path, text: &str, differences: &mut Vec<String>) {
    if std::env::var_os("DBKIT_TEST_UPDATE").is_some() {
        fs::write(path, text).expect("is written");
        return;
    }
    let reviewed = fs::read_to_string(path).unwrap_or_default();
    if reviewed != text {
        differences.push(format!("{}\n--- reviewed\n{reviewed}\n--- now\n{text}", path.display()));
    }
}
