//! Everything that is printed. No other file of the program prints.
//!
//! People read status lines, questions and diagnostics on stderr, in cargo's dress; stdout has data only: SQL, tables,
//! diagrams. With `--message-format json` stdout has one JSON object a line with the same facts, and the status lines
//! stay on stderr for the people who watch.
//!
//! Every JSON object has `format` (the version of this output) and `reason` (what it is).

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use dbkit_schema::diagnostic::{Diagnostic, Severity, Span};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupted;

/// The version of the JSON output.
pub const MESSAGE_FORMAT: u64 = 1;

const VERB: Style = AnsiColor::BrightGreen.on_default().bold();
const ERROR: Style = AnsiColor::BrightRed.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// How messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum MessageFormat {
    /// For people
    #[default]
    Human,
    /// One JSON object a line, on stdout
    Json,
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Verbosity {
    /// Problems only.
    Quiet,
    /// What was done.
    #[default]
    Normal,
    /// And how.
    Verbose,
}

/// The only way to the terminal.
#[derive(Debug)]
pub struct Report {
    format: MessageFormat,
    verbosity: Verbosity,
    /// Where relative paths in diagnostics start.
    folder: PathBuf,
    /// Texts that diagnostics point into, by the path that stands in their spans.
    texts: BTreeMap<String, String>,
    errors: usize,
    warnings: usize,
    /// What is going on at this moment; on a terminal only.
    progress: Shared,
}

/// The line that is drawn over, which a second thread may know more about.
type Shared = Arc<Mutex<Option<ProgressBar>>>;

/// What a thread beside the command may print.
#[derive(Debug)]
pub struct Side {
    format: MessageFormat,
    is_quiet: bool,
    is_live: bool,
    progress: Shared,
    said: Option<Instant>,
}

/// Where nothing can be drawn over, a line is enough for a while.
const SELDOM: Duration = Duration::from_secs(10);

impl Side {
    /// How far the work is: on a terminal in its line, elsewhere a line now and then, and an object of the JSON output.
    pub fn progress(&mut self, what: &str, fields: Value) {
        if self.is_live
            && let Some(bar) = &*self.progress.lock().unwrap_or_else(PoisonError::into_inner)
        {
            bar.set_prefix(format!("({what})"));
        }
        if self.said.is_some_and(|said| said.elapsed() < SELDOM) {
            return;
        }
        self.said = Some(Instant::now());
        write_object(self.format, "progress", fields);
        if !self.is_live && !self.is_quiet {
            anstream::eprintln!("{VERB}{:>12}{VERB:#} {what}", "Working");
        }
    }
}

fn write_object(format: MessageFormat, reason: &str, fields: Value) {
    if format == MessageFormat::Json {
        // What it is stands first, for those who read along.
        let fields = fields.to_string();
        let rest = fields.strip_prefix('{').unwrap_or("}");
        let comma = if rest == "}" { "" } else { "," };
        let reason = Value::from(reason);
        let line = format!("{{\"format\":{MESSAGE_FORMAT},\"reason\":{reason}{comma}{rest}");
        let _ = writeln!(io::stdout(), "{line}");
    }
}

impl Report {
    /// A report in one of the formats.
    pub fn new(format: MessageFormat, verbosity: Verbosity) -> Self {
        Self {
            format,
            verbosity,
            folder: PathBuf::from("."),
            texts: BTreeMap::new(),
            errors: 0,
            warnings: 0,
            progress: Shared::default(),
        }
    }

    /// Whether stdout is for programs.
    pub fn is_json(&self) -> bool {
        self.format == MessageFormat::Json
    }

    /// Whether stderr is a terminal, and may be drawn on.
    pub fn is_live(&self) -> bool {
        self.verbosity > Verbosity::Quiet && io::stderr().is_terminal()
    }

    /// How much is said.
    pub fn verbosity(&self) -> Verbosity {
        self.verbosity
    }

    /// The folder in which the paths of diagnostics start.
    pub fn set_folder(&mut self, folder: &Path) {
        self.folder = folder.to_owned();
    }

    /// Keeps the text that spans of this file point into.
    pub fn keep_text(&mut self, file: &str, text: &str) {
        self.texts.insert(file.to_owned(), text.to_owned());
    }

    /// How many errors were drawn.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// A status line in cargo's dress: a green verb, right-aligned, then what it was done to.
    pub fn status(&mut self, verb: &str, what: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            anstream::eprintln!("{VERB}{verb:>12}{VERB:#} {what}");
        }
    }

    /// A line under a status line, aligned with what it was done to.
    pub fn detail(&mut self, what: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            anstream::eprintln!("{:13}{what}", "");
        }
    }

    /// A status line that only `-v` shows.
    pub fn verbose(&mut self, verb: &str, what: impl Display) {
        if self.verbosity == Verbosity::Verbose {
            self.status(verb, what);
        }
    }

    /// Shows what is going on at this moment, and for how long; on a terminal only.
    pub fn progress(&mut self, what: &str) {
        if !self.is_live() {
            return;
        }
        let mut progress = self.progress.lock().unwrap_or_else(PoisonError::into_inner);
        let bar = progress.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner:>12} {wide_msg} {prefix} {elapsed}");
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(Duration::from_millis(120));
            match style {
                Ok(style) => bar.with_style(style),
                Err(_) => bar,
            }
        });
        bar.set_prefix("");
        bar.set_message(what.to_owned());
    }

    /// What a thread beside the command may print.
    pub fn side(&self) -> Side {
        Side {
            format: self.format,
            is_quiet: self.verbosity == Verbosity::Quiet,
            is_live: self.is_live(),
            progress: Arc::clone(&self.progress),
            said: None,
        }
    }

    /// Takes it away again.
    pub fn end_progress(&mut self) {
        let bar = self.progress.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }

    /// Empties the terminal for another look; where there is none, nothing.
    pub fn clear(&mut self) {
        if self.is_live() && io::stdout().is_terminal() {
            anstream::eprint!("\x1b[2J\x1b[H");
        }
    }

    /// A sentence that is neither status nor problem.
    pub fn note(&mut self, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            anstream::eprintln!("{DIM}note: {text}{DIM:#}");
        }
    }

    /// What to do next.
    pub fn next(&mut self, text: impl Display) {
        if self.verbosity > Verbosity::Quiet {
            anstream::eprintln!("{DIM}next: {text}{DIM:#}");
        }
    }

    /// Data on stdout, as it is; nothing in the JSON format.
    pub fn data(&mut self, text: impl Display) {
        if !self.is_json() {
            // A reader that has seen enough (`| head`) is no failure.
            let _ = write!(io::stdout(), "{text}");
        }
    }

    /// An object of the JSON output; nothing for people. `fields` is an object.
    pub fn object(&mut self, reason: &str, fields: Value) {
        write_object(self.format, reason, fields);
    }

    /// Draws problems.
    pub fn diagnostics(&mut self, problems: &[Diagnostic]) {
        for problem in problems {
            self.diagnostic(problem);
        }
    }

    /// Draws one problem.
    pub fn diagnostic(&mut self, problem: &Diagnostic) {
        interrupted::hold();
        match problem.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        for span in spans(problem) {
            if !self.texts.contains_key(&span.file)
                && let Ok(text) = std::fs::read_to_string(self.folder.join(&span.file))
            {
                self.texts.insert(span.file.clone(), text);
            }
        }
        if self.is_json() {
            let fields = diagnostic_json(problem, &self.texts);
            self.object("diagnostic", fields);
        } else {
            anstream::eprintln!("{}", draw(problem, &self.texts));
            anstream::eprintln!();
        }
    }

    /// Draws why a command failed, and says what to exit with.
    pub fn failure(&mut self, failure: Failure) -> Exit {
        match failure {
            Failure::Problems { exit, problems, summary } => {
                self.diagnostics(&problems);
                if let Some(summary) = summary {
                    self.last_error(&summary);
                }
                exit
            }
            Failure::Interrupted => {
                self.last_error("interrupted, nothing was written");
                Exit::Interrupted
            }
            Failure::Other(error) => {
                self.errors += 1;
                let problem = Diagnostic::error("DBK0000", format!("{error:#}"));
                if self.is_json() {
                    self.diagnostic(&problem);
                } else {
                    anstream::eprintln!("{ERROR}error{ERROR:#}: {error:#}");
                }
                Exit::Failed
            }
        }
    }

    /// The line that sums a failure up.
    pub fn last_error(&mut self, text: &str) {
        if self.is_json() {
            self.object("summary", json!({ "message": text }));
        } else {
            anstream::eprintln!("{ERROR}error{ERROR:#}: {text}");
        }
    }

    /// The last object of the JSON output.
    pub fn finished(&mut self, command: &str, exit: Exit) {
        let fields = json!({
            "command": command,
            "outcome": exit.word(),
            "exit": exit.code(),
            "errors": self.errors,
            "warnings": self.warnings,
        });
        self.object("finished", fields);
    }
}

fn spans(problem: &Diagnostic) -> impl Iterator<Item = &Span> {
    problem.labels.iter().map(|label| &label.span).chain(problem.fix.iter().map(|fix| &fix.span))
}

/// Draws a problem as rustc would, with colours; a stream that is no terminal takes them out.
pub(crate) fn draw(problem: &Diagnostic, texts: &BTreeMap<String, String>) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = level
        .primary_title(problem.message.as_str())
        .id(problem.code)
        .elements(Vec::<Origin<'_>>::new());
    let mut files: Vec<&str> = Vec::new();
    for label in &problem.labels {
        if !files.contains(&label.span.file.as_str()) {
            files.push(&label.span.file);
        }
    }
    for file in files.iter().copied() {
        let Some(text) = texts.get(file) else {
            group = group.element(Origin::path(file));
            continue;
        };
        let mut snippet = Snippet::source(text.as_str()).path(file);
        for label in problem.labels.iter().filter(|label| label.span.file == file) {
            let kind =
                if label.is_primary { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(within(text, &label.span));
            snippet = snippet.annotation(if label.text.is_empty() {
                annotation
            } else {
                annotation.label(label.text.as_str())
            });
        }
        group = group.element(snippet);
    }
    if files.is_empty()
        && let Some(file) = &problem.file
    {
        group = group.element(Origin::path(file.as_str()));
    }
    for note in &problem.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    for help in &problem.helps {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut groups: Vec<Group<'_>> = vec![group];
    if let Some(fix) = &problem.fix {
        let title = Level::HELP.secondary_title(fix.message.as_str());
        groups.push(match texts.get(&fix.span.file) {
            Some(text) => title.element(
                Snippet::source(text.as_str())
                    .path(fix.span.file.as_str())
                    .patch(Patch::new(within(text, &fix.span), fix.replacement.as_str())),
            ),
            None => Group::with_title(title),
        });
    }
    let drawn = Renderer::styled().render(&groups);
    if files.is_empty() && problem.fix.is_none() { indent(&drawn) } else { drawn }
}

/// Without a line number the renderer leaves no margin; a file without a place in it gets the usual one.
fn indent(drawn: &str) -> String {
    const BAR: Style = AnsiColor::BrightBlue.on_default().bold();
    let mut lines: Vec<String> = Vec::new();
    let mut has_bar = true;
    for line in drawn.lines() {
        let plain = anstream::adapter::strip_str(line).to_string();
        if plain.trim_end() == " |" {
            lines.push(format!(" {line}"));
            continue;
        }
        if plain.starts_with("--> ") {
            lines.push(format!(" {line}"));
            has_bar = false;
        } else if plain.starts_with(" = ") || (plain.starts_with("   ") && !lines.is_empty()) {
            if !has_bar {
                lines.push(format!("  {BAR}|{BAR:#}"));
                has_bar = true;
            }
            lines.push(format!(" {line}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

/// The span, kept inside the text: a text may have been changed since it was read.
fn within(text: &str, span: &Span) -> std::ops::Range<usize> {
    let border = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    let start = border(span.range.start).unwrap_or(0);
    let end = border(span.range.end).unwrap_or(0).max(start);
    start..end
}

/// Line and column, both from 1, the column in characters.
pub(crate) fn line_and_column(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

fn span_json(span: &Span, texts: &BTreeMap<String, String>) -> Value {
    let mut value = json!({
        "file": span.file,
        "byte_start": span.range.start,
        "byte_end": span.range.end,
    });
    if let Some(text) = texts.get(&span.file) {
        let (line, column) = line_and_column(text, span.range.start);
        let (line_end, column_end) = line_and_column(text, span.range.end);
        value["line"] = json!(line);
        value["column"] = json!(column);
        value["line_end"] = json!(line_end);
        value["column_end"] = json!(column_end);
    }
    value
}

fn diagnostic_json(problem: &Diagnostic, texts: &BTreeMap<String, String>) -> Value {
    let spans: Vec<Value> = problem
        .labels
        .iter()
        .map(|label| {
            let mut value = span_json(&label.span, texts);
            value["label"] = json!(label.text);
            value["is_primary"] = json!(label.is_primary);
            value
        })
        .collect();
    let fix = problem.fix.as_ref().map(|fix| {
        let mut value = span_json(&fix.span, texts);
        value["replacement"] = json!(fix.replacement);
        value["message"] = json!(fix.message);
        value
    });
    json!({
        "level": match problem.severity { Severity::Error => "error", Severity::Warning => "warning" },
        "code": problem.code,
        "message": problem.message,
        "file": problem.file,
        "spans": spans,
        "notes": problem.notes,
        "helps": problem.helps,
        "fix": fix,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(problem: &Diagnostic, file: &str, text: &str) -> String {
        let texts = BTreeMap::from([(file.to_owned(), text.to_owned())]);
        anstream::adapter::strip_str(&draw(problem, &texts)).to_string()
    }

    fn span(file: &str, range: std::ops::Range<usize>) -> Span {
        Span { file: file.to_owned(), range }
    }

    #[test]
    fn a_problem_looks_like_rustc_s() {
        let text = "pub struct Post {\n    pub author: i64,\n}\n";
        let problem = Diagnostic::error("DBK0104", "unknown table `user` in foreign key")
            .at(span("src/schema.rs", 26..32), "no table named `user`")
            .note("why")
            .help("do `this`");
        assert_eq!(
            plain(&problem, "src/schema.rs", text),
            "error[DBK0104]: unknown table `user` in foreign key
 --> src/schema.rs:2:9
  |
2 |     pub author: i64,
  |         ^^^^^^ no table named `user`
  |
  = note: why
  = help: do `this`"
        );
    }

    #[test]
    fn a_problem_of_a_whole_file_names_it() {
        let problem = Diagnostic::warning("DBK0203", "was edited")
            .in_file("migrations/1_a/up.sql")
            .note("why");
        assert_eq!(
            plain(&problem, "x", ""),
            "warning[DBK0203]: was edited
 --> migrations/1_a/up.sql
  |
  = note: why"
        );
    }

    #[test]
    fn a_span_beyond_the_text_is_no_panic() {
        let problem = Diagnostic::error("DBK0104", "gone").at(span("a", 90..99), "here");
        assert!(plain(&problem, "a", "é").contains("gone"));
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(line_and_column("a\näöü", 1 + 1 + 4), (2, 3));
    }
}
