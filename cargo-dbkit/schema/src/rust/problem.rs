//! A mistake in the code, with the place where it is. The CLI makes a diagnostic of it, the derive a compile error.

use proc_macro2::Span;

/// A mistake in the code.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// Stable code, a row of [`CODES`](super::CODES).
    pub code: &'static str,
    /// Lower case, no full stop.
    pub message: String,
    /// What is at the place.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// What to write there instead.
    pub replacement: Option<String>,
    /// Not an error: the thing is left out.
    pub is_warning: bool,
}

impl Problem {
    /// A mistake at a place.
    pub fn new(span: Span, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            span,
            code,
            message: message.into(),
            label: String::new(),
            help: None,
            replacement: None,
            is_warning: false,
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn warning(mut self) -> Self {
        self.is_warning = true;
        self
    }

    /// Suggests the nearest of some names, if one is near.
    pub(crate) fn suggest<'a>(
        mut self,
        word: &str,
        names: impl IntoIterator<Item = &'a str>,
        what: &str,
    ) -> Self {
        if let Some(near) = nearest(word, names) {
            self.replacement = Some(near.to_owned());
            self.help = Some(format!("a {what} with a similar name exists: `{near}`"));
        }
        self
    }
}

/// The nearest of some names, if one is near enough to be a slip.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|name| (distance(word, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, name)| name)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![(0..=other.len()).collect::<Vec<usize>>()];
    for (at, letter) in one.iter().enumerate() {
        let mut row = vec![at + 1];
        for (column, second) in other.iter().enumerate() {
            let cost = usize::from(letter != second);
            let mut best =
                (rows[at][column] + cost).min(rows[at][column + 1] + 1).min(row[column] + 1);
            if at > 0 && column > 0 && *letter == other[column - 1] && one[at - 1] == *second {
                best = best.min(rows[at - 1][column - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised() {
        assert_eq!(nearest("uniqeu", ["unique", "index"]), Some("unique"));
        assert_eq!(nearest("emial", ["email"]), Some("email"));
        assert_eq!(nearest("colour", ["unique", "index"]), None);
    }
}
