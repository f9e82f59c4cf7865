//! Random pairs of schemas on real databases, with rows in them.
//!
//! before -> plan -> apply with the real runner -> the catalog, and what dbkit reads, is that of a fresh *after* -> the next plan is empty
//! -> rows are intact where no loss was declared -> back -> the same of *before*. `cargo xtask fuzz` runs as many pairs as one likes; as
//! part of the tests it is fifty on each database, always the same ones. A pair that fails is made smaller and saved as a case.

#[path = "support/history.rs"]
mod history;
#[path = "../schema/tests/support/random.rs"]
mod random;
#[path = "support/shrink.rs"]
mod shrink;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arbitrary::Unstructured;
use dbkit_runtime::Target;
use dbkit_schema::dialect::{self, Comparison, Dialect};
use dbkit_schema::diff;
use dbkit_schema::model::{
    Column, ColumnType, DialectName, EntityId, EntityKind, Hints, ObjectName, Rename, Schema,
};
use dbkit_schema::plan::{Decision, Hazard};
use test_fixtures::catalog::Client;
use test_fixtures::server::Server;

use history::{History, Place, inspect, with_driver};
use shrink::simpler;

/// What is tried.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) before: Schema,
    pub(crate) after: Schema,
    pub(crate) hints: Hints,
}

/// What came of a pair that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    HeldWithRows,
    HeldEmpty,
    /// One of the schemas, or the way, is refused by name.
    Refused,
}

/// SplitMix64: the same bytes for the same seed, everywhere.
fn bytes(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    };
    (0..512).flat_map(|_| next().to_le_bytes()).collect()
}

fn pair(seed: u64, dialect: DialectName) -> Pair {
    let bytes = bytes(seed);
    let mut input = Unstructured::new(&bytes);
    let make = |input: &mut Unstructured<'_>| -> arbitrary::Result<Pair> {
        let (before, after) =
            (random::rich_schema(input, dialect)?, random::rich_schema(input, dialect)?);
        let after = if input.ratio(1, 3)? { after } else { random::near(input, &before, after)? };
        Ok(Pair { before, after, hints: random::hints(input)? })
    };
    make(&mut input).expect("enough bytes")
}

/// What the flags on a command line would say, and the comparison that follows.
struct Decided {
    hints: Hints,
    comparison: Comparison,
    /// Something in the plan stops at rows of some kind, and says so.
    may_fail: bool,
}

fn decide(from: &Schema, pair: &Pair, dialect: &dyn Dialect) -> Option<Decided> {
    let mut hints = pair.hints.clone();
    let mut comparison = dialect::compare(from, &pair.after, &hints, dialect);
    for decision in &comparison.plan.decisions {
        let allow = decision.allow.as_deref()?;
        if allow.starts_with("required:") || allow.starts_with("not-null:") {
            let table = pair.after.tables.get(&decision.entity.object)?;
            let column = table.column(decision.entity.member.as_deref()?)?;
            hints.backfill.insert(decision.entity.clone(), backfill(column, &pair.after));
        }
        if allow.starts_with("cast:") && dialect.name() == DialectName::Postgres {
            let table = pair.after.tables.get(&decision.entity.object)?;
            let column = table.column(decision.entity.member.as_deref()?)?;
            let ty = column.ty.enum_name().map_or(column.ty.to_string(), ToString::to_string);
            let using = format!("{}::text::{ty}", column.name);
            hints.using.insert(decision.entity.clone(), using);
        }
    }
    if hints != pair.hints {
        comparison = dialect::compare(from, &pair.after, &hints, dialect);
    }
    // One value for all rows is no unique one.
    let is_unique = |id: &EntityId| {
        let table = pair.after.tables.get(&id.object);
        let name = id.member.as_ref();
        table.zip(name).is_some_and(|(table, name)| {
            table.uniques.values().any(|unique| unique.columns.contains(name))
                || table.indexes.values().any(|index| index.is_unique)
        })
    };
    let may_fail =
        may_fail(&comparison) || !hints.using.is_empty() || hints.backfill.keys().any(is_unique);
    Some(Decided { hints, comparison, may_fail })
}

fn may_fail(comparison: &Comparison) -> bool {
    let stops = |decision: &Decision| {
        decision.entity.kind == EntityKind::EnumValue
            || !decision.allow.as_ref().is_some_and(|key| key.starts_with("data-loss:"))
    };
    comparison.plan.decisions.iter().any(stops)
        || hazards(comparison).any(|hazard| match hazard {
            // The rows here differ in every column that is there, and pass every check.
            Hazard::MayFail { entity, .. } => match entity.kind {
                EntityKind::Unique | EntityKind::Index => is_over_new(comparison, entity),
                EntityKind::Check => false,
                _ => true,
            },
            _ => false,
        })
}

/// Whether a key is over a column that comes with it: all rows have its default.
fn is_over_new(comparison: &Comparison, key: &EntityId) -> bool {
    let changes = &comparison.diff.changes;
    let columns = changes.iter().find_map(|change| match change {
        diff::Change::AddUnique { table, unique }
            if *table == key.object && key.member.as_ref() == Some(&unique.name.text) =>
        {
            Some(unique.columns.clone())
        }
        diff::Change::CreateIndex { table, index }
            if *table == key.object && key.member.as_ref() == Some(&index.name.text) =>
        {
            Some(index.columns().map(str::to_owned).collect())
        }
        _ => None,
    });
    columns.unwrap_or_default().iter().any(|name| {
        changes.iter().any(|change| {
            matches!(change, diff::Change::AddColumn { table, column } if *table == key.object && column.name == *name)
        })
    })
}

/// Whether anything at all in a plan stops at rows of some kind.
fn stops(comparison: &Comparison) -> bool {
    hazards(comparison).any(|hazard| matches!(hazard, Hazard::MayFail { .. }))
}

fn hazards(comparison: &Comparison) -> impl Iterator<Item = &Hazard> {
    let steps = comparison.plan.batches.iter().flat_map(|batch| &batch.steps);
    steps.flat_map(|step| &step.hazards)
}

fn backfill(column: &Column, schema: &Schema) -> String {
    value(column, schema, 1)
}

/// A value of a column in a row, as SQL.
fn value(column: &Column, schema: &Schema, row: usize) -> String {
    match &column.ty {
        ColumnType::Boolean => if row == 1 { "TRUE" } else { "FALSE" }.to_owned(),
        ColumnType::Integer { .. } => (row * 10).to_string(),
        ColumnType::Date => format!("'2024-01-0{row}'"),
        ColumnType::Enum(name) => {
            let values = schema.enums.get(name).map(|found| found.values.as_slice());
            let value = values.and_then(|values| values.get(row % values.len()));
            format!("'{}'", value.map_or("", String::as_str))
        }
        _ => format!("'{}{row}'", column.name),
    }
}

const ROWS: usize = 2;

/// Statements that put rows into every table.
fn rows(schema: &Schema) -> Vec<String> {
    let mut statements = Vec::new();
    for row in 1..=ROWS {
        for table in schema.tables.values() {
            let mut cells = Vec::new();
            for column in table.columns.iter().filter(|column| column.generated.is_none()) {
                let cell = match column.name.as_str() {
                    "id" => row.to_string(),
                    "parent" => "NULL".to_owned(),
                    _ if row == ROWS && column.is_nullable => "NULL".to_owned(),
                    _ => value(column, schema, row),
                };
                cells.push((column.name.as_str(), cell));
            }
            let (names, values): (Vec<&str>, Vec<String>) = cells.into_iter().unzip();
            statements.push(format!(
                "INSERT INTO {} ({}) VALUES ({})",
                table.name,
                names.join(", "),
                values.join(", ")
            ));
        }
    }
    for table in schema.tables.values().filter(|table| table.column("parent").is_some()) {
        statements.push(format!("UPDATE {} SET parent = 1 WHERE id = 1", table.name));
    }
    statements
}

/// What stands in a column, row by row.
type Cells = BTreeMap<(ObjectName, String), Vec<String>>;

fn cells(client: &mut Client, schema: &Schema) -> Result<Cells, String> {
    let mut found = Cells::new();
    for table in schema.tables.values() {
        for column in &table.columns {
            let sql = format!("SELECT id, {} FROM {} ORDER BY id", column.name, table.name);
            let text = client.query(&sql)?;
            let lines = text.lines().map(str::to_owned).collect();
            found.insert((table.name.clone(), column.name.clone()), lines);
        }
    }
    Ok(found)
}

/// The columns that keep their values, by their names before and after.
fn kept(from: &Schema, to: &Schema, comparison: &Comparison) -> Vec<[(ObjectName, String); 2]> {
    let renames = &comparison.diff.renames;
    let lost: BTreeSet<&EntityId> = hazards(comparison)
        .filter_map(|hazard| match hazard {
            Hazard::DataLoss { entity, .. } => Some(entity),
            _ => None,
        })
        .collect();
    let new_table = |name: &ObjectName| {
        let renamed = renames.iter().find_map(|rename| match rename {
            Rename::Table { from, to } if from == name => Some(to.clone()),
            _ => None,
        });
        let is_taken =
            renames.iter().any(|rename| matches!(rename, Rename::Table { to, .. } if to == name));
        renamed.or_else(|| (!is_taken).then(|| name.clone()))
    };
    let new_column = |table: &ObjectName, name: &str| {
        let of = |rename: &Rename| match rename {
            Rename::Column { table: of, from, to } if of == table => {
                Some((from.clone(), to.clone()))
            }
            _ => None,
        };
        let renamed = renames.iter().filter_map(of).find(|(from, _)| from == name);
        let is_taken = renames.iter().filter_map(of).any(|(_, to)| to == name);
        renamed.map(|(_, to)| to).or_else(|| (!is_taken).then(|| name.to_owned()))
    };
    let mut kept = Vec::new();
    for table in from.tables.values() {
        let Some(after) = new_table(&table.name).and_then(|name| to.tables.get(&name)) else {
            continue;
        };
        for column in &table.columns {
            let renamed = new_column(&after.name, &column.name);
            let Some(new) = renamed.and_then(|name| after.column(&name)) else { continue };
            let is_lost = lost.contains(&EntityId::column(&after.name, new.name.as_str()))
                || lost.contains(&EntityId::column(&table.name, column.name.as_str()))
                || lost.contains(&EntityId::table(&table.name));
            if !is_lost && is_alike(&column.ty, &new.ty) && new.generated.is_none() {
                kept.push([
                    (table.name.clone(), column.name.clone()),
                    (after.name.clone(), new.name.clone()),
                ]);
            }
        }
    }
    kept
}

/// Whether a value reads the same in both types.
fn is_alike(from: &ColumnType, to: &ColumnType) -> bool {
    let is_text = |ty: &ColumnType| matches!(ty, ColumnType::Text | ColumnType::Varchar(_));
    let is_number = |ty: &ColumnType| matches!(ty, ColumnType::Integer { .. });
    from == to || is_text(from) && is_text(to) || is_number(from) && is_number(to)
}

fn same_rows(
    before: &Cells,
    after: &Cells,
    kept: &[[(ObjectName, String); 2]],
) -> Result<(), String> {
    for [old, new] in kept {
        let (Some(old_cells), Some(new_cells)) = (before.get(old), after.get(new)) else {
            continue;
        };
        // What was NULL may have got a value.
        let is_null = |line: &String| line.ends_with('|');
        let is_same = old_cells.len() == new_cells.len()
            && old_cells.iter().zip(new_cells).all(|(old, new)| old == new || is_null(old));
        if !is_same {
            return Err(format!(
                "{}.{} held {old_cells:?}, {}.{} holds {new_cells:?}",
                old.0, old.1, new.0, new.1
            ));
        }
    }
    Ok(())
}

fn empty(client: &mut Client, schema: &Schema, dialect: DialectName) -> Result<(), String> {
    let (off, on) = match dialect {
        DialectName::Sqlite => ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
        DialectName::Mysql => ("SET foreign_key_checks = 0", "SET foreign_key_checks = 1"),
        DialectName::Postgres => ("SELECT 1", "SELECT 1"),
    };
    client.execute(off)?;
    for table in schema.tables.keys() {
        client.execute(&match dialect {
            DialectName::Postgres => format!("TRUNCATE {table} CASCADE"),
            _ => format!("DELETE FROM {table}"),
        })?;
    }
    client.execute(on)
}

/// The catalog, and what dbkit reads, are those of a database that was made in one go.
fn same_as_fresh(
    client: &mut Client,
    schema: &Schema,
    dialect: &dyn Dialect,
    server: Option<&Server>,
) -> Result<(), String> {
    let place = Place::new(dialect.name(), server);
    let mut fresh = place.client();
    if dialect.name() == DialectName::Sqlite {
        fresh.execute("PRAGMA synchronous = OFF")?;
    }
    let mut straight = History::new();
    straight.generate(schema, &Hints::default(), dialect);
    let migrations = straight.migrations(dialect.name());
    with_driver(&mut fresh, |driver| migrations.run(driver)).map_err(|error| {
        format!("a fresh database refuses it: {error}\n{}", straight.ups.join("\n"))
    })?;
    let (found, expected) = (client.catalog(), fresh.catalog());
    let (found, expected): (BTreeSet<&str>, BTreeSet<&str>) =
        (found.lines().collect(), expected.lines().collect());
    // SQLite keeps the name of an unnamed constraint in the text of the table, where nobody looks for it.
    let is_name = |line: &&&str| line.starts_with("clause ") && line.contains(" constraint ");
    let missing: Vec<&&str> = expected.difference(&found).filter(|line| !is_name(line)).collect();
    let extra: Vec<&&str> = found.difference(&expected).filter(|line| !is_name(line)).collect();
    if !missing.is_empty() || !extra.is_empty() {
        return Err(format!("the catalog lacks {missing:#?}\nand has {extra:#?}"));
    }
    let (live, fresh) = (inspect(client, dialect)?, inspect(&mut fresh, dialect)?);
    let mut changes = diff::diff(&live, &fresh, &Hints::default()).changes;
    if dialect.name() == DialectName::Sqlite {
        changes.retain(|change| !matches!(change, diff::Change::RenameConstraint { .. }));
    }
    if changes.is_empty() { Ok(()) } else { Err(format!("dbkit reads a difference: {changes:#?}")) }
}

fn run(pair: &Pair, name: DialectName, server: Option<&Server>) -> Result<Outcome, String> {
    let dialect = dialect::named(name);
    let is_unsupported = |schema: &Schema| !dialect.check(schema).is_empty();
    if is_unsupported(&pair.before) || is_unsupported(&pair.after) {
        return Ok(Outcome::Refused);
    }
    let mut history = History::new();
    history.generate(&pair.before, &Hints::default(), dialect);
    let start = history.state.clone();
    let first = history.deltas.len();
    let Some(there) = decide(&start, pair, dialect) else { return Ok(Outcome::Refused) };
    history.generate(&pair.after, &there.hints, dialect);
    let end = history.state.clone();
    let ups = history.ups[first..].join("\n");
    let fail = |what: &str, text: String| format!("{what}: {text}\n--- up\n{ups}");

    let place = Place::new(name, server);
    let mut client = place.client();
    if name == DialectName::Sqlite {
        client.execute("PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF")?;
    }
    let migrations = history.migrations(name);
    with_driver(&mut client, |driver| migrations.runner().target(Target::Steps(first)).run(driver))
        .map_err(|error| format!("before: {error}\n{}", history.ups[..first].join("\n")))?;
    let catalog = client.catalog();
    let has_rows = !there.may_fail;
    if has_rows {
        for sql in rows(&start) {
            client.execute(&sql).map_err(|error| fail("rows", format!("{error}: {sql}")))?;
        }
    }
    let rows_before = cells(&mut client, &start).map_err(|error| fail("rows", error))?;
    with_driver(&mut client, |driver| migrations.run(driver))
        .map_err(|error| fail("there", error.to_string()))?;
    // Keys and indexes that nobody named keep their names; that the rest is as it was wanted is asked below.
    same_as_fresh(&mut client, &end, dialect, server).map_err(|text| fail("there", text))?;
    let again = dialect::compare(&end, &pair.after, &Hints::default(), dialect);
    if !again.diff.changes.is_empty() {
        return Err(fail("the next plan is not empty", format!("{:#?}", again.diff.changes)));
    }
    let rows_after = cells(&mut client, &end).map_err(|error| fail("rows", error))?;
    let kept_there = kept(&start, &end, &there.comparison);
    same_rows(&rows_before, &rows_after, &kept_there).map_err(|text| fail("rows", text))?;

    let back =
        dialect::way_back(&end, &start, &there.comparison.diff.changes, &there.hints, dialect);
    // Rows that are gone are missing where others point to them.
    let loses_tables = hazards(&there.comparison)
        .any(|hazard| matches!(hazard, Hazard::DataLoss { entity, .. } if entity.kind == EntityKind::Table));
    let returns_rows = has_rows && !stops(&back) && !may_fail(&back) && !loses_tables;
    if has_rows && !returns_rows {
        empty(&mut client, &end, name).map_err(|error| fail("emptying", error))?;
    }
    let downs: Vec<String> = history.folder.migrations[first..]
        .iter()
        .filter_map(|files| files.down.as_ref())
        .map(|down| String::from_utf8_lossy(down).into_owned())
        .collect();
    let fail = |what: &str, text: String| {
        format!("{what}: {text}\n--- up\n{ups}\n--- down\n{}", downs.join("\n"))
    };
    let steps = history.deltas.len() - first;
    let runner = migrations.runner().target(Target::Steps(steps)).allow_irreversible();
    with_driver(&mut client, |driver| runner.rollback(driver))
        .map_err(|error| fail("back", error.to_string()))?;
    let found = client.catalog();
    if found != catalog {
        let (found, expected): (BTreeSet<&str>, BTreeSet<&str>) =
            (found.lines().collect(), catalog.lines().collect());
        let missing: Vec<&&str> = expected.difference(&found).collect();
        let extra: Vec<&&str> = found.difference(&expected).collect();
        return Err(fail("back", format!("the catalog lacks {missing:#?}\nand has {extra:#?}")));
    }
    if returns_rows {
        let rows_back = cells(&mut client, &start).map_err(|error| fail("rows", error))?;
        let kept_back = kept(&end, &start, &back);
        let whole_way: Vec<_> = kept_there
            .iter()
            .filter_map(|[old, new]| {
                let found = kept_back.iter().find(|[from, to]| from == new && to == old);
                found.map(|_| [old.clone(), old.clone()])
            })
            .collect();
        same_rows(&rows_before, &rows_back, &whole_way).map_err(|text| fail("rows back", text))?;
    }
    Ok(if has_rows { Outcome::HeldWithRows } else { Outcome::HeldEmpty })
}

fn tried(pair: &Pair, name: DialectName, server: Option<&Server>) -> Result<Outcome, String> {
    catch_unwind(AssertUnwindSafe(|| run(pair, name, server))).unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panicked: {}", text.unwrap_or_default()))
    })
}

/// What a failure is about, so that making a pair smaller does not wander to another one.
fn gist(failure: &str) -> String {
    failure
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_ascii_digit())
        .take(24)
        .collect()
}

fn shrunk(
    mut pair: Pair,
    failure: String,
    fails: impl Fn(&Pair) -> Option<String>,
) -> (Pair, String) {
    const ATTEMPTS: usize = 400;
    let (mut failure, wanted, mut attempts) = (failure.clone(), gist(&failure), 0);
    loop {
        let next = simpler(&pair).into_iter().find_map(|candidate| {
            attempts += 1;
            let found = (attempts <= ATTEMPTS).then(|| fails(&candidate)).flatten();
            found.filter(|text| gist(text) == wanted).map(|text| (candidate, text))
        });
        match next {
            Some((smaller, text)) => (pair, failure) = (smaller, text),
            None => return (pair, failure),
        }
    }
}

/// Writes a pair as a case of the acceptance ring.
fn save(pair: &Pair, name: DialectName, seed: u64) -> String {
    let case = format!("fuzz_{name}_{seed}");
    let folder = test_fixtures::workspace().join("test-fixtures/cases").join(&case);
    let dialect = dialect::named(name);
    let export = |schema: &Schema| {
        let changes = diff::diff(&Schema::default(), schema, &Hints::default()).changes;
        diff::delta(&Schema::default(), &changes).0.to_text()
    };
    let start = dialect.normalize(pair.before.clone());
    let decided = decide(&start, pair, dialect);
    let mut toml =
        format!("title = \"found by cargo xtask fuzz, seed {seed}\"\ndialects = [\"{name}\"]\n");
    if let Some(decided) = decided {
        let quoted = |texts: Vec<String>| {
            texts.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ")
        };
        let renames = decided.comparison.diff.renames.iter().filter_map(|rename| match rename {
            Rename::Table { from, to } => Some(format!("{from}={to}")),
            Rename::Column { table, from, to } => Some(format!("{table}.{from}={to}")),
            _ => None,
        });
        toml.push_str(&format!("rename = [{}]\n", quoted(renames.collect())));
        let backfill = decided.hints.backfill.iter().map(|(id, sql)| format!("{id}={sql}"));
        toml.push_str(&format!("backfill = [{}]\n", quoted(backfill.collect())));
        let decisions = &decided.comparison.plan.decisions;
        let allow = decisions.iter().filter_map(|decision| decision.allow.clone());
        toml.push_str(&format!("allow = [{}]\n", quoted(allow.collect())));
    }
    fs::create_dir_all(&folder).expect("a folder");
    let files = [
        ("before.json", export(&pair.before)),
        ("after.json", export(&pair.after)),
        ("case.toml", toml),
    ];
    for (file, text) in files {
        fs::write(folder.join(file), text).expect("is written");
    }
    format!("test-fixtures/cases/{case}")
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[expect(clippy::print_stderr, reason = "the seed has to be seen, also where all is well")]
fn run_pairs(name: DialectName, server: Option<&Server>) {
    let (pairs, seed) = (number("DBKIT_FUZZ_PAIRS", 50), number("DBKIT_FUZZ_SEED", 1));
    let is_saved = std::env::var_os("DBKIT_FUZZ_SAVE").is_some();
    let mut failures = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in seed..seed + pairs {
        let tried_pair = pair(seed, name);
        let failure = match tried(&tried_pair, name, server) {
            Ok(outcome) => {
                let word = match outcome {
                    Outcome::HeldWithRows => "hold with rows",
                    Outcome::HeldEmpty => "hold on empty tables",
                    Outcome::Refused => "are refused by name",
                };
                *counts.entry(word).or_default() += 1;
                continue;
            }
            Err(failure) => failure,
        };
        let fails = |pair: &Pair| tried(pair, name, server).err();
        let (pair, failure) =
            if is_saved { shrunk(tried_pair, failure, fails) } else { (tried_pair, failure) };
        let place = if is_saved {
            format!("saved as {}", save(&pair, name, seed))
        } else {
            format!("to see it smaller: cargo xtask fuzz --dialect {name} --seed {seed} --pairs 1")
        };
        eprintln!("seed {seed} fails on {name}; {place}");
        failures.push(format!("== seed {seed} ({name}), {place}\n{failure}"));
    }
    eprintln!("{name}: {pairs} pairs from seed {seed}: {counts:?}, {} fail", failures.len());
    assert!(
        failures.is_empty(),
        "{} of {pairs} pairs fail\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}

#[test]
fn random_pairs_hold_on_sqlite() {
    run_pairs(DialectName::Sqlite, None);
}

#[test]
fn random_pairs_hold_on_postgres() {
    if let Some(server) = test_fixtures::server::postgres() {
        run_pairs(DialectName::Postgres, Some(server));
    }
}

#[test]
fn random_pairs_hold_on_mariadb() {
    if let Some(server) = test_fixtures::server::mariadb() {
        run_pairs(DialectName::Mysql, Some(server));
    }
}
