//! A package in a temporary folder, and transcripts of the real binary in it.
//!
//! What differs between runs is replaced: times in ids by `[TIME]`, hashes by `[HASH]`, the folder by `[DIR]`.
#![allow(dead_code, reason = "each test file uses a part of it")]

/// A text is as it was reviewed: the snapshot of this name and test.
#[allow(unused_macros, reason = "each test file uses a part of it")]
macro_rules! assert_transcript {
    ($text:expr) => {
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => true}, {
            insta::assert_snapshot!($text);
        });
    };
}

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A package in a temporary folder that is gone at the end of the test.
pub(crate) struct Package {
    folder: tempfile::TempDir,
    /// Everything that was run, as a person would have seen it.
    transcript: String,
}

const NOTHING: &str = "fn main() {}\n";

impl Package {
    /// A package for a dialect, with a schema.
    pub(crate) fn new(dialect: &str, schema: &str) -> Self {
        let package = Self::without_schema(dialect, "");
        package.write("src/schema.rs", schema);
        package
    }

    /// A package without a schema. `lines` go to its configuration.
    pub(crate) fn without_schema(dialect: &str, lines: &str) -> Self {
        let package = Self::bare();
        package.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[package.metadata.dbkit]\ndialect = \"{dialect}\"\n{lines}"
            ),
        );
        package.write("src/main.rs", NOTHING);
        package.write("migrations/journal.lock", "dbkit journal 1\n");
        package
    }

    /// A folder with nothing in it.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::Builder::new().prefix("dbkit-test-").tempdir().unwrap();
        Self { folder, transcript: String::new() }
    }

    /// The folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap()
    }

    /// The ids of the migrations, sorted.
    pub(crate) fn ids(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path().join("migrations")) else { return Vec::new() };
        let mut ids: Vec<String> = entries
            .map(|entry| entry.unwrap())
            .filter(|entry| entry.path().is_dir())
            .map(|entry| entry.file_name().into_string().unwrap())
            .collect();
        ids.sort();
        ids
    }

    /// The id that ends so.
    pub(crate) fn id(&self, slug: &str) -> String {
        let ids = self.ids();
        match ids.iter().find(|id| id.ends_with(slug)) {
            Some(id) => id.clone(),
            None => panic!("no migration `{slug}` in {ids:?}"),
        }
    }

    /// The text of a file of the migration whose id ends so.
    pub(crate) fn migration(&self, slug: &str, file: &str) -> String {
        self.read(&format!("migrations/{}/{file}", self.id(slug)))
    }

    /// A command line of the program, in a folder of the package.
    pub(crate) fn command_in(&self, folder: &str, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-dbkit"));
        command.arg("dbkit").args(words(line)).current_dir(self.path().join(folder));
        command.stdin(Stdio::null());
        for name in [
            "DATABASE_URL",
            "DBKIT_URL",
            "DBKIT_DB",
            "DBKIT_DIALECT",
            "DBKIT_SCHEMA",
            "DBKIT_MIGRATIONS",
            "DBKIT_URL_ENV",
            "DBKIT_SCRATCH_URL",
            "CARGO_TERM_COLOR",
            "CARGO_TERM_QUIET",
            "CLICOLOR_FORCE",
            "NO_COLOR",
        ] {
            command.env_remove(name);
        }
        // No server is started behind the back of a test.
        command.env("DBKIT_SERVER_BINARIES", "");
        command
    }

    /// Runs a command line that must end well, and keeps no transcript of it.
    pub(crate) fn quietly(&mut self, line: &str) -> String {
        let output = self.command_in(".", line).output().unwrap();
        assert!(
            output.status.success(),
            "`cargo dbkit {line}` failed\n{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command line, adds it to the transcript and gives its exit code.
    pub(crate) fn run(&mut self, line: &str) -> i32 {
        self.run_in(".", line)
    }

    /// The same in another folder of the package.
    pub(crate) fn run_in(&mut self, folder: &str, line: &str) -> i32 {
        let output = self.command_in(folder, line).output().unwrap();
        let prompt = if folder == "." { String::new() } else { format!("{folder} ") };
        self.note(&format!("{prompt}$ cargo dbkit {line}"));
        self.add(&output);
        output.status.code().unwrap_or(-1)
    }

    /// Adds a line of the test's own to the transcript.
    pub(crate) fn note(&mut self, line: &str) {
        self.transcript.push_str(line);
        self.transcript.push('\n');
    }

    /// Adds a file to the transcript.
    pub(crate) fn show(&mut self, path: &str) {
        let text = self.read(path);
        self.note(&format!("$ cat {path}"));
        self.note(text.trim_end());
    }

    fn add(&mut self, output: &Output) {
        for (name, bytes) in [("", &output.stdout), ("", &output.stderr)] {
            let text = String::from_utf8_lossy(bytes);
            self.transcript.push_str(name);
            for line in text.lines() {
                self.transcript.push_str(line.trim_end());
                self.transcript.push('\n');
            }
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => self.note(&format!("[exit {code}]")),
            None => self.note("[killed]"),
        }
    }

    /// Runs git, which must end well.
    pub(crate) fn git(&self, line: &str) {
        let output = self.git_output(line);
        assert!(
            output.status.success(),
            "`git {line}` failed\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Runs git.
    pub(crate) fn git_output(&self, line: &str) -> Output {
        let mut command = Command::new("git");
        command.args([
            "-c",
            "user.name=Test",
            "-c",
            "user.email=test@example.org",
            "-c",
            "init.defaultBranch=main",
        ]);
        command.args(words(line)).current_dir(self.path());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.output().unwrap()
    }

    /// Everything that was run, without what differs between runs.
    pub(crate) fn transcript(&self) -> String {
        self.normalise(&self.transcript)
    }

    /// A text without what differs between runs.
    pub(crate) fn normalise(&self, text: &str) -> String {
        normalise(text, &self.path())
    }
}

/// Words of a command line; quotes hold a word together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut is_word = false;
    for c in line.chars() {
        match c {
            '\'' | '"' if quote.is_none() => {
                quote = Some(c);
                is_word = true;
            }
            c if quote == Some(c) => quote = None,
            ' ' if quote.is_none() => {
                if is_word {
                    words.push(std::mem::take(&mut word));
                }
                is_word = false;
            }
            c => {
                word.push(c);
                is_word = true;
            }
        }
    }
    if is_word {
        words.push(word);
    }
    words
}

/// Replaces times, hashes and folders.
fn normalise(text: &str, folder: &Path) -> String {
    let text = text.replace(&folder.display().to_string(), "[DIR]");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
        let run = &rest[..end];
        let is_word = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let is_stamp = run.len() == 14 && run.bytes().all(|b| b.is_ascii_digit()) && !is_word;
        if is_stamp {
            out.push_str("[TIME]");
        } else if run.len() == 64 && !is_word {
            out.push_str("[HASH]");
        } else {
            out.push_str(run);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    // `2026-11-20 09:12:04`, and the version of the bundled SQLite.
    let mut lines = Vec::new();
    for line in out.lines() {
        let line = without_times(&without_version(&without_moments(line)));
        lines.push(without_duration(&line).to_owned());
    }
    lines.join("\n")
}

fn without_moments(line: &str) -> String {
    let bytes = line.as_bytes();
    let shape = b"dddd-dd-dd dd:dd:dd";
    let fits = |at: usize| {
        bytes.len() >= at + shape.len()
            && shape.iter().zip(&bytes[at..]).all(|(wanted, found)| match wanted {
                b'd' => found.is_ascii_digit(),
                other => found == other,
            })
    };
    match (0..bytes.len()).find(|at| fits(*at)) {
        Some(at) => {
            let rest = without_moments(&line[at + shape.len()..]);
            format!("{}[MOMENT           ]{rest}", &line[..at])
        }
        None => line.to_owned(),
    }
}

/// `"took_ms":12` of JSON output.
fn without_times(line: &str) -> String {
    match line.split_once("\"took_ms\":") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}\"took_ms\":[MS]{rest}")
        }
        None => line.to_owned(),
    }
}

/// `, 0.2 s` at the end of a line: what has taken a while on a machine that is busy.
fn without_duration(line: &str) -> &str {
    let Some((before, last)) = line.rsplit_once(", ") else { return line };
    let is_number = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    match last.strip_suffix(" s") {
        Some(number) if is_number(number) => before,
        _ => line,
    }
}

fn without_version(line: &str) -> String {
    match line.split_once("SQLite 3.") {
        Some((before, after)) => {
            let end = after.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(after.len());
            format!("{before}SQLite [VERSION]{}", &after[end..])
        }
        None => line.to_owned(),
    }
}
