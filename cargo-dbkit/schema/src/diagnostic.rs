//! A problem in the user's input, as data. Only `report.rs` of cargo-dbkit draws it.

use std::ops::Range;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing can be done before this is mended.
    Error,
    /// Worth a look; the work goes on.
    Warning,
}

/// A place in a text that the user wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Path as the user knows it, relative to the package.
    pub file: String,
    /// Bytes of the file.
    pub range: Range<usize>,
}

/// A [`Span`] with a few words about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: String,
    /// Whether this is the place that the diagnostic is about, not only context.
    pub is_primary: bool,
}

/// An edit that would resolve a [`Diagnostic`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub replacement: String,
    /// Said above the edit: ``a table with a similar name exists: `users` ``.
    pub message: String,
}

/// What is wrong, where, why it matters and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code such as `DBK0101`, explained by `cargo dbkit explain`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Lower case, no full stop.
    pub message: String,
    /// Places in source text; the primary ones first.
    pub labels: Vec<Label>,
    /// A file that the problem is about, where no span says it better.
    pub file: Option<String>,
    /// Why it matters.
    pub notes: Vec<String>,
    /// What to do, commands in backticks.
    pub helps: Vec<String>,
    /// An edit that would do.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// Makes an error with nothing but its code and message.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            labels: Vec::new(),
            file: None,
            notes: Vec::new(),
            helps: Vec::new(),
            fix: None,
        }
    }

    /// Makes a warning with nothing but its code and message.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Adds the place that the diagnostic is about.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), is_primary: true });
        self
    }

    /// Adds a place for context.
    #[must_use]
    pub fn context(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into(), is_primary: false });
        self
    }

    /// Names the file that the diagnostic is about.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Adds a reason.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds something to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.helps.push(help.into());
        self
    }

    /// Adds an edit.
    #[must_use]
    pub fn fix(
        mut self,
        span: Span,
        replacement: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into(), message: message.into() });
        self
    }

    /// Whether this is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
