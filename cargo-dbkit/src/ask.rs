//! Questions to a person. Only asked when a person is there: stdin and stderr are both terminals.

use std::io::{self, IsTerminal};

use crate::failure::Failure;

/// One answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// `rename  name -> full_name`.
    pub label: String,
    /// What it means, and the flag that says the same: ``keeps the data, --rename users.name=full_name``.
    pub detail: String,
}

/// Something that only a person can decide, with the possible answers; the first one is the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// A sentence that ends in a question mark.
    pub text: String,
    /// What there is to choose from.
    pub answers: Vec<Answer>,
}

/// Whoever answers questions.
pub trait Ask {
    /// Whether anybody is there.
    fn is_there(&self) -> bool;

    /// Puts a question; the result is an index into its answers.
    fn choose(&mut self, question: &Question) -> Result<usize, Failure>;

    /// Asks for a text.
    fn text(&mut self, question: &str, hint: &str) -> Result<String, Failure>;
}

/// A person at a terminal.
#[derive(Debug, Default)]
pub struct Terminal;

impl Ask for Terminal {
    fn is_there(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn choose(&mut self, question: &Question) -> Result<usize, Failure> {
        let mut select = demand::Select::new(question.text.as_str());
        for (index, answer) in question.answers.iter().enumerate() {
            select = select.option(
                demand::DemandOption::with_label(answer.label.as_str(), index)
                    .description(&answer.detail),
            );
        }
        select.run().map_err(|error| refused(&error))
    }

    fn text(&mut self, question: &str, hint: &str) -> Result<String, Failure> {
        demand::Input::new(question).placeholder(hint).run().map_err(|error| refused(&error))
    }
}

fn refused(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::Interrupted => Failure::Interrupted,
        _ => Failure::Other(anyhow::anyhow!("cannot ask: {error}")),
    }
}

/// Answers from a list, for tests.
#[derive(Debug, Default)]
pub struct Answers {
    /// What is answered, last one first: the beginning of an answer's label, or a text.
    answers: Vec<String>,
    /// What was asked.
    pub asked: Vec<String>,
}

impl Answers {
    /// These answers, in this order.
    pub fn new(answers: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let mut answers: Vec<String> = answers.into_iter().map(Into::into).collect();
        answers.reverse();
        Self { answers, asked: Vec::new() }
    }

    fn next(&mut self, question: &str) -> Result<String, Failure> {
        self.asked.push(question.to_owned());
        self.answers
            .pop()
            .ok_or_else(|| Failure::Other(anyhow::anyhow!("nobody answers `{question}`")))
    }
}

impl Ask for Answers {
    fn is_there(&self) -> bool {
        true
    }

    fn choose(&mut self, question: &Question) -> Result<usize, Failure> {
        let wanted = self.next(&question.text)?;
        question.answers.iter().position(|answer| answer.label.starts_with(&wanted)).ok_or_else(
            || Failure::Other(anyhow::anyhow!("`{wanted}` is no answer to {question:?}")),
        )
    }

    fn text(&mut self, question: &str, _hint: &str) -> Result<String, Failure> {
        self.next(question)
    }
}
