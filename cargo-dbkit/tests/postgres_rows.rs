//! Pairs of PostgreSQL schemas with rows and renames: `test-fixtures/rows/*.sql`.
//!
//! before -> plan -> apply -> the catalog is that of *after* -> the next plan is empty -> the rows are as they were -> back -> the catalog
//! is that of *before* -> the rows are as they were. `DBKIT_TEST_FILTER` takes the pairs whose name holds a text.
//!
//! A file has sections, each under a line `--- word`: `before`, `after`, `rows` (what is done after *before*), `same` (a query per line that
//! says the same before and after; where names differ, `query => query`), `then` (what is done after the way there), `rename` (a flag a line),
//! `refused` (words of the decision that nothing allows; then there is no way).

#[path = "support/history.rs"]
mod history;

use std::collections::BTreeMap;
use std::fs;

use dbkit_schema::dialect::{self, Dialect as _, Direction, postgres::Postgres};
use dbkit_schema::diff;
use dbkit_schema::model::{Hints, Schema};
use test_fixtures::catalog::Client;
use test_fixtures::server::Server;

use history::inspect;

struct Pair {
    name: String,
    sections: BTreeMap<String, String>,
}

impl Pair {
    fn read(name: String, text: &str) -> Self {
        let mut sections: BTreeMap<String, String> = BTreeMap::new();
        let mut section = String::new();
        for line in text.lines() {
            match line.strip_prefix("--- ") {
                Some(word) => section = word.trim().to_owned(),
                None => {
                    let text = sections.entry(section.clone()).or_default();
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        Self { name, sections }
    }

    fn text(&self, section: &str) -> &str {
        self.sections.get(section).map_or("", String::as_str)
    }

    fn lines(&self, section: &str) -> impl Iterator<Item = &str> {
        self.text(section).lines().map(str::trim).filter(|line| !line.is_empty())
    }
}

fn pairs() -> Vec<Pair> {
    let folder = test_fixtures::workspace().join("test-fixtures/rows");
    let filter = std::env::var("DBKIT_TEST_FILTER").unwrap_or_default();
    let files = fs::read_dir(folder).expect("pairs").filter_map(Result::ok);
    let mut pairs: Vec<Pair> = files
        .map(|file| {
            let name = file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(file.path()).expect("a pair");
            Pair::read(name, &text)
        })
        .filter(|pair| pair.name.contains(&filter))
        .collect();
    pairs.sort_by(|one, other| one.name.cmp(&other.name));
    pairs
}

fn read(client: &mut Client) -> Result<Schema, String> {
    client.execute("SET search_path = public")?;
    inspect(client, &Postgres)
}

/// Plans, applies, and looks whether that led there. Gives back what was executed.
fn go(
    client: &mut Client,
    goal: &mut Client,
    hints: &Hints,
    refused: Option<&str>,
) -> Result<String, String> {
    let (mut from, mut to) = (read(client)?, read(goal)?);
    Postgres.align(&mut from, &mut to);
    let plan = dialect::compare(&from, &to, hints, &Postgres).plan;
    let no: Vec<&str> = plan
        .decisions
        .iter()
        .filter(|decision| decision.allow.is_none())
        .map(|decision| decision.message.as_str())
        .collect();
    if let Some(refused) = refused {
        return match no.iter().any(|message| message.contains(refused.trim())) {
            true => Ok(String::new()),
            false => Err(format!("not refused: {:?}", plan.decisions)),
        };
    }
    if !no.is_empty() {
        return Err(format!("refused: {no:?}"));
    }
    let mut done = String::new();
    for batch in &plan.batches {
        let script = dialect::script(std::slice::from_ref(batch), Direction::Up, &Postgres);
        for statement in script.statements {
            let applied = client.execute(&statement.sql);
            done.push_str(&format!("{};\n", statement.sql));
            applied.map_err(|error| format!("{error}\n{done}"))?;
        }
    }
    let (mut found, mut wanted) = (read(client)?, read(goal)?);
    Postgres.align(&mut found, &mut wanted);
    let rest = dialect::compare(&found, &wanted, &Hints::default(), &Postgres).diff.changes;
    if !rest.is_empty() {
        return Err(format!("the next plan is not empty: {rest:#?}\n{done}"));
    }
    same(&client.catalog(), &goal.catalog()).map_err(|text| format!("{text}\n{done}"))?;
    Ok(done)
}

fn same(found: &str, expected: &str) -> Result<(), String> {
    let (found, expected): (Vec<&str>, Vec<&str>) =
        (found.lines().collect(), expected.lines().collect());
    let missing = expected.iter().filter(|line| !found.contains(line));
    let extra = found.iter().filter(|line| !expected.contains(line));
    let differences: Vec<String> = missing
        .map(|line| format!("- {line}"))
        .chain(extra.map(|line| format!("+ {line}")))
        .collect();
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
}

fn run(pair: &Pair, server: &Server) -> Result<(), String> {
    let databases = [(); 3].map(|()| server.fresh_database());
    let [mut here, mut before, mut after] =
        databases.each_ref().map(|one| Client::open(&one.url()));
    let fail = |what: &'static str| move |error: String| format!("{what}: {error}");
    here.execute(pair.text("before")).map_err(fail("before"))?;
    before.execute(pair.text("before")).map_err(fail("before"))?;
    after.execute(pair.text("after")).map_err(fail("after"))?;
    here.execute(pair.text("rows")).map_err(fail("rows"))?;
    let asked: Vec<(&str, &str)> =
        pair.lines("same").map(|line| line.split_once(" => ").unwrap_or((line, line))).collect();
    let mut said = Vec::new();
    for (query, _) in &asked {
        said.push(here.query(query).map_err(fail("same"))?);
    }

    let (from, to) = (read(&mut before)?, read(&mut after)?);
    let mut hints = Hints::default();
    for flag in pair.lines("rename") {
        let rename = diff::parse_rename(flag, &from, &to, &hints.renames);
        hints.renames.push(rename.map_err(|problem| problem.message)?);
    }
    let refused = pair.sections.get("refused").map(String::as_str);
    let there = go(&mut here, &mut after, &hints, refused).map_err(fail("there"))?;
    if refused.is_some() {
        return Ok(());
    }
    for ((_, query), said) in asked.iter().zip(&said) {
        let now = here.query(query).map_err(fail("same"))?;
        if now != *said {
            return Err(format!("{query}\nwas\n{said}\nis\n{now}\n{there}"));
        }
    }
    here.execute(pair.text("then")).map_err(fail("then"))?;
    let back = go(&mut here, &mut before, &hints.inverse(), None).map_err(fail("back"))?;
    for ((query, _), said) in asked.iter().zip(&said) {
        let now = here.query(query).map_err(fail("same, back"))?;
        if now != *said && pair.text("then").is_empty() {
            return Err(format!("back: {query}\nwas\n{said}\nis\n{now}\n{back}"));
        }
    }
    Ok(())
}

#[test]
fn every_pair_goes_there_and_back_with_its_rows() {
    let Some(server) = test_fixtures::server::postgres() else { return };
    let failed: Vec<String> = pairs()
        .iter()
        .filter_map(|pair| run(pair, server).err().map(|error| format!("{}: {error}", pair.name)))
        .collect();
    assert!(failed.is_empty(), "{} pairs failed\n\n{}", failed.len(), failed.join("\n\n"));
}
