//! Text of what is written, as prettyplease lays it out.

use super::names::spelled;
use super::words::{Word, flat};
use super::{EnumText, FieldText, TableText, VariantText, Written};

/// A whole file.
pub fn file(written: &Written, head: &str, tail: &str) -> String {
    let mut parts = Vec::new();
    if !head.is_empty() {
        parts.push(head.to_owned());
    }
    if !written.objects.is_empty() {
        parts.push(objects_text(written));
    }
    parts.extend(written.enums.iter().map(enum_item));
    parts.extend(written.tables.iter().map(table_item));
    if !tail.is_empty() {
        parts.push(tail.to_owned());
    }
    parts.join("\n")
}

/// `dbkit::objects! { .. }`.
pub fn objects_text(written: &Written) -> String {
    block(&written.objects)
}

pub(super) fn block(words: &[Word]) -> String {
    let lines: Vec<String> =
        words.iter().map(|word| format!("    {},\n", word.laid_out(4))).collect();
    format!("dbkit::objects! {{\n{}}}\n", lines.concat())
}

/// An item, laid out; the flat text where there is no Rust in it after all.
fn laid_out(text: String) -> String {
    match syn::parse_file(&text) {
        Ok(file) => prettyplease::unparse(&file),
        Err(_) => text,
    }
}

pub(super) fn table_item(table: &TableText) -> String {
    let mut text = String::from("#[derive(dbkit::Table, Debug, Clone)]\n");
    text.push_str(&attributes(&table.words, true));
    text.push_str(&format!("pub struct {} {{\n", table.rust_name));
    for field in &table.fields {
        text.push_str(&field_text(field));
    }
    text.push_str("}\n");
    laid_out(text)
}

pub(super) fn enum_item(one: &EnumText) -> String {
    let mut text = String::from("#[derive(dbkit::DbEnum, Debug, Clone, Copy, PartialEq, Eq)]\n");
    text.push_str(&attributes(&one.words, true));
    text.push_str(&format!("pub enum {} {{\n", one.rust_name));
    for variant in &one.variants {
        text.push_str(&variant_text(variant));
    }
    text.push_str("}\n");
    laid_out(text)
}

pub(super) fn field_text(field: &FieldText) -> String {
    let attributes = attributes(&field.words, false);
    format!("{attributes}pub {}: {},\n", spelled(&field.rust_name), field.ty)
}

pub(super) fn variant_text(variant: &VariantText) -> String {
    format!("{}{},\n", attributes(&variant.words, false), variant.rust_name)
}

pub(super) fn attributes(words: &[Word], is_item: bool) -> String {
    lines(words, is_item).iter().map(|line| format!("#[dbkit({})]\n", flat(line))).collect()
}

/// Short words share an attribute, a long one has its own.
fn lines(words: &[Word], is_item: bool) -> Vec<Vec<Word>> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    for word in words {
        let is_list = matches!(word, Word::List(name, _) if matches!(name.as_str(), "index" | "unique" | "check" | "foreign_key" | "primary_key" | "property" | "partition_by" | "partition_of"));
        match lines.last_mut() {
            Some(line) if !(is_item && is_list) && flat(line).len() + word.flat().len() < 80 => {
                line.push(word.clone());
            }
            _ => lines.push(vec![word.clone()]),
        }
    }
    lines
}

/// Attributes for a place in a file that is there already, without the last line end.
pub(super) fn attributes_at(words: &[Word], is_item: bool, indent: usize) -> String {
    let space = " ".repeat(indent);
    let lines = lines(words, is_item).into_iter().map(|line| {
        let list = Word::list("dbkit", line);
        format!("#[{}]", list.laid_out(indent))
    });
    lines.collect::<Vec<_>>().join(&format!("\n{space}"))
}
