//! The text forms in which catalog values arrive.

use crate::dialect::Row;
use crate::model::{ObjectName, Order};

/// The values of a row, one after the other, in the order of the query.
pub(super) struct Fields<'a> {
    row: std::slice::Iter<'a, Option<String>>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        Self { row: row.iter() }
    }

    /// A text, if it is not NULL.
    pub(super) fn maybe(&mut self) -> Option<&'a str> {
        self.row.next().and_then(Option::as_deref)
    }

    /// A text; NULL is an empty one.
    pub(super) fn text(&mut self) -> &'a str {
        self.maybe().unwrap_or_default()
    }

    /// A text of its own, if it is not NULL.
    pub(super) fn owned(&mut self) -> Option<String> {
        self.maybe().map(str::to_owned)
    }

    /// A boolean.
    pub(super) fn flag(&mut self) -> bool {
        matches!(self.text(), "t" | "true")
    }

    /// An object id; NULL is 0.
    pub(super) fn oid(&mut self) -> u32 {
        self.text().parse().unwrap_or_default()
    }

    /// A number, if it is not NULL.
    pub(super) fn number(&mut self) -> Option<i64> {
        self.maybe()?.parse().ok()
    }

    /// An array, or `int2vector`, or nothing.
    pub(super) fn array(&mut self) -> Vec<String> {
        array(self.text())
    }

    /// A namespace, then a name in it.
    pub(super) fn name(&mut self) -> ObjectName {
        let schema = self.text();
        let name = self.text();
        object_name(schema, name)
    }
}

/// A name, in the default namespace if that is `public`.
pub(super) fn object_name(schema: &str, name: &str) -> ObjectName {
    match schema {
        "public" | "" => ObjectName::new(name),
        schema => ObjectName::qualified(schema, name),
    }
}

/// The elements of an array's text form, `{a,"b c",NULL}` (NULLs are left out), or of a vector's, `1 2 3`.
pub(super) fn array(text: &str) -> Vec<String> {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        return text.split_whitespace().map(str::to_owned).collect();
    };
    let mut elements = Vec::new();
    let mut chars = inner.chars().peekable();
    while chars.peek().is_some() {
        let mut element = String::new();
        let (mut is_open, mut was_quoted) = (false, false);
        while let Some(c) = chars.next() {
            match c {
                '"' => {
                    is_open = !is_open;
                    was_quoted = true;
                }
                '\\' => element.extend(chars.next()),
                ',' if !is_open => break,
                c => element.push(c),
            }
        }
        if was_quoted || element != "NULL" {
            elements.push(element);
        }
    }
    elements
}

/// The storage parameters of a `reloptions`, `fillfactor=70`, as keys and values.
pub(super) fn parameters(options: &[String]) -> impl Iterator<Item = (&str, &str)> {
    options.iter().map(|option| option.split_once('=').unwrap_or((option, "")))
}

/// The keys of parameters, each with some words before it, in their order.
pub(super) fn order(prefix: &str, options: &[String]) -> Order {
    Order(parameters(options).map(|(key, _)| format!("{prefix}{key}")).collect())
}

#[cfg(test)]
mod tests {
    use super::array;

    #[test]
    fn elements_are_read_as_the_server_wrote_them() {
        assert_eq!(
            array(r#"{a,"b c","say \"hi\"","",NULL,"NULL"}"#),
            ["a", "b c", "say \"hi\"", "", "NULL"]
        );
        assert_eq!(array("{}"), [""; 0]);
        assert_eq!(array("1 0 3"), ["1", "0", "3"]);
        assert_eq!(array(""), [""; 0]);
    }
}
