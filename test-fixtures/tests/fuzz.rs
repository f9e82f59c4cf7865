//! Texts that nobody would write, for everything that reads texts: the splitter, the journal, the deltas. A part of it here;
//! `cargo xtask fuzz-text` does as many as it is told.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use dbkit_build::journal::Journal;
use dbkit_build::split::{Flavor, split};
use dbkit_schema::delta::Delta;
use dbkit_schema::model::Schema;

/// splitmix64: a run is repeated by its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    fn choose<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

#[expect(clippy::print_stderr, reason = "the figures of docs/reliability.md")]
fn run(word: &str, mut make: impl FnMut(&mut Random) -> String, check: impl Fn(&str)) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let count = number("DBKIT_FUZZ_EXECUTIONS").unwrap_or(3_000);
    let seed = number("DBKIT_FUZZ_SEED").unwrap_or(1);
    let mut random = Random(seed);
    for at in 0..count {
        let text = make(&mut random);
        if catch_unwind(AssertUnwindSafe(|| check(&text))).is_err() {
            panic!("{word}: execution {at} of seed {seed}: {text:?}");
        }
    }
    eprintln!("fuzz {word}: {count} executions of seed {seed}, no panic");
}

const PIECES: [&str; 58] = [
    "'",
    "''",
    "\"",
    "`",
    "[",
    "]",
    "$$",
    "$a$",
    "$",
    "$1",
    "/*",
    "*/",
    "/*!40101 ",
    "--",
    "-- ",
    "#",
    "\n",
    "\r\n",
    ";",
    ";;",
    "(",
    ")",
    ":",
    ".",
    ",",
    "\\",
    "\\'",
    "E'",
    "e'",
    "N'",
    "ä",
    "\u{feff}",
    "\0",
    "DELIMITER //\n",
    "DELIMITER ;\n",
    "//",
    " ",
    "begin",
    "BEGIN ATOMIC ",
    "END",
    " end ",
    "case ",
    "CASE",
    "IF ",
    " THEN ",
    "loop",
    "REPEAT",
    "CREATE ",
    "TRIGGER ",
    "FUNCTION f() ",
    "PROCEDURE p() ",
    "EVENT e ",
    "RULE r ",
    "FOR EACH ROW ",
    "DECLARE ",
    "DO ",
    "SELECT 1",
    "x",
];

#[test]
fn the_splitter_takes_any_text_and_gives_it_back() {
    let make = |random: &mut Random| {
        let mut text = String::new();
        for _ in 0..random.below(40) {
            text.push_str(random.choose(&PIECES));
        }
        text
    };
    run("splitter", make, |text| {
        for flavor in [Flavor::Postgres, Flavor::Sqlite, Flavor::Mysql, Flavor::Any] {
            let ranges = match split(text, flavor) {
                Ok(ranges) => ranges,
                Err(open) => {
                    assert!(open.offset <= text.len());
                    continue;
                }
            };
            let (mut again, mut end) = (String::new(), 0);
            for range in ranges {
                assert!(end <= range.start && range.start < range.end);
                again.push_str(&text[end..range.start]);
                again.push_str(&text[range.clone()]);
                end = range.end;
            }
            again.push_str(&text[end..]);
            assert_eq!(again, text);
        }
    });
}

/// A text with some of its pieces deleted, doubled, moved or replaced.
fn mutate(random: &mut Random, seeds: &[String], words: &[&str]) -> String {
    let mut text: Vec<char> = seeds[random.below(seeds.len())].chars().collect();
    for _ in 0..=random.below(6) {
        let at = random.below(text.len() + 1);
        let end = (at + random.below(30)).min(text.len());
        match random.below(5) {
            0 => drop(text.drain(at..end)),
            1 => {
                let piece: Vec<char> = text[at..end].to_vec();
                let to = random.below(text.len() + 1);
                text.splice(to..to, piece);
            }
            2 => text.truncate(at),
            _ => {
                let word = random.choose(words);
                text.splice(at..at, word.chars());
            }
        }
    }
    text.into_iter().collect()
}

fn files(folder: &Path, name: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            files(&path, name, found);
        } else if path.ends_with(name) {
            found.push(path);
        }
    }
}

fn seeds(name: &str) -> Vec<String> {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("apps"), name, &mut found);
    found.sort();
    let texts: Vec<String> =
        found.iter().filter_map(|path| fs::read_to_string(path).ok()).collect();
    assert!(!texts.is_empty(), "the apps have a {name}");
    // Long texts tell no more than short ones, and take longer.
    texts.into_iter().map(|text| text.chars().take(3_000).collect()).collect()
}

#[test]
fn the_journal_reader_takes_any_text() {
    let seeds = seeds("journal.lock");
    let words = [
        "\n",
        " ",
        "  ",
        "up:",
        "down:",
        "changes:",
        "parent:",
        "-",
        ",",
        "20260101000000_a",
        "dbkit journal 1",
        "dbkit journal 2",
        "<<<<<<< HEAD\n",
        "=======\n",
        ">>>>>>> x\n",
        "ä",
        "\u{feff}",
        "\r\n",
        "99999999999999_x",
        "f00",
    ];
    run(
        "journal",
        |random| mutate(random, &seeds, &words),
        |text| {
            let (journal, _) = Journal::parse(text, "journal.lock");
            let _ = (journal.order(), journal.heads(), journal.circle());
        },
    );
}

#[test]
fn the_delta_reader_takes_any_text() {
    let seeds = seeds("changes.json");
    let words = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "null",
        "true",
        "1",
        "-1e999",
        "\"table\"",
        "\"column\"",
        "\"before\"",
        "\"after\"",
        "\"renames\"",
        "\\u0000",
        "ä",
        "[[[[[[[[",
        "{\"a\":",
        "\"name\": \"\"",
        "\n",
    ];
    run(
        "delta",
        |random| mutate(random, &seeds, &words),
        |text| {
            if let Ok(delta) = Delta::from_text(text, "changes.json") {
                let mut schema = Schema::default();
                let _ = delta.apply(&mut schema);
                assert_eq!(delta.inverse().inverse(), delta);
                let _ = delta.to_text();
            }
        },
    );
}
