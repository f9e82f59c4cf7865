//! What any item may say beside its own words: properties of the dialect, and that it comes from a parent table.

use crate::model::Extra;

use super::grammar::text;
use super::node::{Node, NodeKind};
use super::problem::Problem;

/// `property("key", "value")`, `inherited`.
#[derive(Debug, Clone, Default)]
pub(crate) struct ExtraItem {
    pub(crate) properties: Vec<(String, String)>,
    pub(crate) is_inherited: bool,
}

impl ExtraItem {
    pub(crate) fn extra(&self) -> Extra {
        Extra { is_inherited: self.is_inherited, ..Extra::properties(self.properties.clone()) }
    }

    /// Takes a word, if it is one of these.
    pub(super) fn takes(&mut self, node: &Node, problems: &mut Vec<Problem>) -> bool {
        match (node.word(), node.list()) {
            (Some("inherited"), []) => self.is_inherited = true,
            (Some("property"), [key, value]) => match (&key.kind, &value.kind) {
                (NodeKind::Text(key), NodeKind::Text(value)) => {
                    self.properties.push((key.clone(), value.clone()));
                }
                _ => problems.push(no_property(node)),
            },
            (Some("property"), _) => problems.push(no_property(node)),
            _ => return false,
        }
        true
    }

    /// The same for objects, whose comment is a property.
    pub(super) fn takes_of_object(&mut self, node: &Node, problems: &mut Vec<Problem>) -> bool {
        if node.word() == Some("comment") {
            let comment = text(node, problems).map(|text| text.value);
            self.properties.extend(comment.map(|comment| ("comment".to_owned(), comment)));
            return true;
        }
        self.takes(node, problems)
    }
}

fn no_property(node: &Node) -> Problem {
    Problem::new(node.span, "DBK0103", "expected a key and a value: `property(\"key\", \"value\")`")
}
