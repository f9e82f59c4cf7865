//! Structs and enums by the paths that lead to them.

use std::collections::BTreeMap;

use proc_macro2::Span;

use crate::rust::item::TableItem;
use crate::rust::problem::Problem;

use super::In;

/// What a path to a struct or an enum leads to.
pub(super) enum Found {
    One(usize),
    None,
    Many(Vec<String>),
}

pub(super) fn find<'a>(
    path: &[String],
    items: impl Iterator<Item = (&'a Vec<String>, &'a String)>,
) -> Found {
    let Some((last, modules)) = path.split_last() else { return Found::None };
    let mut all: Vec<(usize, &Vec<String>)> = items
        .enumerate()
        .filter(|(_, (_, name))| *name == last)
        .map(|(at, (module, _))| (at, module))
        .collect();
    if all.len() > 1 {
        let modules: Vec<&String> = modules
            .iter()
            .filter(|part| !matches!(part.as_str(), "crate" | "self" | "super"))
            .collect();
        all.retain(|(_, module)| {
            module.len() >= modules.len()
                && module[module.len() - modules.len()..].iter().eq(modules.iter().copied())
        });
    }
    match all.as_slice() {
        [] => Found::None,
        [(at, _)] => Found::One(*at),
        many => Found::Many(
            many.iter()
                .map(|(_, module)| format!("crate::{}::{last}", module.join("::")))
                .collect(),
        ),
    }
}

pub(super) fn ambiguous(span: Span, name: &str, candidates: &[String]) -> Problem {
    Problem::new(span, "DBK0113", format!("`{name}` could be {}", candidates.join(" or ")))
        .label("two have this name")
        .help("write more of the path")
}

/// Structs by name, so that a thousand foreign keys do not each look at a thousand structs.
pub(super) struct StructIndex<'a> {
    by_name: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> StructIndex<'a> {
    pub(super) fn new(tables: &'a [In<TableItem>]) -> Self {
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, table) in tables.iter().enumerate() {
            by_name.entry(table.item.rust_name.value.as_str()).or_default().push(at);
        }
        Self { by_name }
    }

    pub(super) fn find(&self, path: &[String], tables: &[In<TableItem>]) -> Found {
        let Some(last) = path.last() else { return Found::None };
        let Some(candidates) = self.by_name.get(last.as_str()) else { return Found::None };
        match find(
            path,
            candidates.iter().map(|at| (&tables[*at].module, &tables[*at].item.rust_name.value)),
        ) {
            Found::One(at) => Found::One(candidates[at]),
            other => other,
        }
    }
}
