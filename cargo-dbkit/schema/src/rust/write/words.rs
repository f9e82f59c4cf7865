//! Attributes as trees of words, and their text.

/// A line of Rust is no longer, where it can be broken.
const WIDTH: usize = 100;

/// `word`, `key = "text"`, `word(..)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    Plain(String),
    List(String, Vec<Word>),
}

impl Word {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    /// `key = "text"`.
    pub(super) fn assign(key: &str, text: &str) -> Self {
        Self::Plain(format!("{key} = {}", literal(text)))
    }

    /// `"text"`.
    pub(super) fn text(text: &str) -> Self {
        Self::Plain(literal(text))
    }

    pub(super) fn list(word: &str, parts: impl IntoIterator<Item = Self>) -> Self {
        Self::List(word.to_owned(), parts.into_iter().collect())
    }

    /// A list, or only the word where there is nothing in it.
    pub(super) fn list_or_plain(word: &str, parts: Vec<Self>) -> Self {
        if parts.is_empty() { Self::plain(word) } else { Self::list(word, parts) }
    }

    /// On one line.
    pub(crate) fn flat(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::List(word, parts) => format!("{word}({})", flat(parts)),
        }
    }

    /// As rustfmt lays it out, for a place that is indented so far. Something follows it: a comma.
    pub(super) fn laid_out(&self, indent: usize) -> String {
        let flat = self.flat();
        let Self::List(word, parts) = self else { return flat };
        if indent + flat.len() < WIDTH && !flat.contains('\n') {
            return flat;
        }
        let space = " ".repeat(indent + 4);
        let parts: Vec<String> =
            parts.iter().map(|part| format!("{space}{}", part.laid_out(indent + 4))).collect();
        format!("{word}(\n{}\n{})", parts.join(",\n"), " ".repeat(indent))
    }
}

/// Several on one line.
pub(crate) fn flat(words: &[Word]) -> String {
    words.iter().map(Word::flat).collect::<Vec<_>>().join(", ")
}

/// A string literal that has this text, raw where that reads better.
pub(super) fn literal(text: &str) -> String {
    let is_odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    if text.contains(['"', '\\', '\n']) && !text.contains(is_odd) {
        let mut hashes = String::new();
        while text.contains(&format!("\"{hashes}")) {
            hashes.push('#');
        }
        return format!("r{hashes}\"{text}\"{hashes}");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_literal_is_read_back_as_it_was() {
        for text in ["", "a", "it's", "a \"b\"", "\"#", "\"##x", "a\\b", "a\nb", "a\r\nb", "\u{1}"]
        {
            let parsed: syn::LitStr = syn::parse_str(&literal(text)).unwrap();
            assert_eq!(parsed.value(), text, "{}", literal(text));
        }
    }
}
