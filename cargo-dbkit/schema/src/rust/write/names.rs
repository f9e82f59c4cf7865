//! Names for Rust: of structs, enums, variants and fields, each its own.

use std::collections::BTreeSet;

use crate::rust::grammar::snake;

/// Names of types that mean something in a file with tables, or to the reader of types.
const TAKEN_TYPES: [&str; 47] = [
    "Self",
    "Option",
    "Some",
    "None",
    "Ok",
    "Err",
    "Result",
    "Vec",
    "String",
    "Box",
    "Cow",
    "Rc",
    "Arc",
    "Table",
    "View",
    "DbEnum",
    "DbType",
    "Json",
    "Value",
    "Uuid",
    "Decimal",
    "BigDecimal",
    "Date",
    "Time",
    "DateTime",
    "Timestamp",
    "Zoned",
    "OffsetDateTime",
    "PrimitiveDateTime",
    "NaiveDate",
    "NaiveTime",
    "NaiveDateTime",
    "Bytes",
    "Clone",
    "Copy",
    "Debug",
    "PartialEq",
    "Eq",
    "Drop",
    "Default",
    "Iterator",
    "From",
    "Into",
    "Send",
    "Sync",
    "Fn",
    "Col",
];

/// A name that nobody has yet: itself, else with a number.
fn free(wanted: &str, taken: &mut BTreeSet<String>, key: impl Fn(&str) -> String) -> String {
    let mut name = wanted.to_owned();
    let mut number = 2;
    while !taken.insert(key(&name)) {
        name = format!("{}{number}", wanted.trim_end_matches('_'));
        number += 1;
    }
    name
}

/// Names of the types of one file.
#[derive(Debug, Default)]
pub(super) struct TypeNames {
    taken: BTreeSet<String>,
}

impl TypeNames {
    pub(super) fn take(&mut self, name: &str) {
        self.taken.insert(name.to_owned());
    }

    /// A name for a table or an enum; `suffix` where the plain one means something else.
    pub(super) fn name(&mut self, schema: Option<&str>, name: &str, suffix: &str) -> String {
        let plain = camel(name);
        let is_free = |name: &str, taken: &BTreeSet<String>| {
            !taken.contains(name) && !TAKEN_TYPES.contains(&name)
        };
        let in_schema = schema.map(|schema| format!("{}{plain}", camel(schema)));
        let with_suffix = format!("{plain}{suffix}");
        let wanted = [Some(&plain), in_schema.as_ref(), Some(&with_suffix)];
        let wanted = wanted.into_iter().flatten().find(|name| is_free(name, &self.taken));
        free(wanted.unwrap_or(&with_suffix), &mut self.taken, str::to_owned)
    }
}

/// Names of the fields of one struct.
#[derive(Debug)]
pub(super) struct FieldNames {
    /// By the constants that the derive makes of them.
    taken: BTreeSet<String>,
}

impl FieldNames {
    pub(super) fn new(known: impl Iterator<Item = String>) -> Self {
        Self { taken: known.map(|name| name.to_uppercase()).collect() }
    }

    /// A field for a column; never the name of another column.
    pub(super) fn name(&mut self, column: &str, columns: &BTreeSet<&str>) -> String {
        let mut wanted = identifier(column);
        while wanted != column && columns.contains(wanted.as_str()) {
            wanted.push('_');
        }
        // `TABLE` is taken in every struct.
        if wanted == "table_" {
            wanted.push('_');
        }
        free(&wanted, &mut self.taken, |name| name.trim_start_matches("r#").to_uppercase())
    }
}

/// The name of a variant for a value.
pub(super) fn variant(value: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = camel(value);
    if name == "Self" {
        name.push('_');
    }
    free(&name, taken, str::to_owned)
}

/// A field as it is written: a word of the language stands behind `r#`.
pub(super) fn spelled(field: &str) -> String {
    if syn::parse_str::<syn::Ident>(field).is_ok() {
        field.to_owned()
    } else {
        format!("r#{field}")
    }
}

/// `AlbumId` -> `album_id`, `order no` -> `order_no`, `2fa` -> `_2fa`.
pub(super) fn identifier(name: &str) -> String {
    let replaced: String =
        name.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let mut found =
        if replaced.chars().any(char::is_uppercase) { snake(&replaced) } else { replaced };
    if found.chars().all(|c| c == '_') {
        found = format!("column{found}");
    }
    if found.starts_with(|c: char| c.is_numeric()) {
        found.insert(0, '_');
    }
    if matches!(found.as_str(), "self" | "super" | "crate") {
        found.push('_');
    }
    if syn::parse_str::<syn::Ident>(&spelled(&found)).is_err() {
        found = found.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
        found.insert_str(0, "column_");
    }
    // The compiler warns of two lines inside a name.
    let inner = found.trim_matches('_').to_owned();
    let mut plain = inner.clone();
    while plain.contains("__") {
        plain = plain.replace("__", "_");
    }
    found.replacen(&inner, &plain, 1)
}

/// `order_items` -> `OrderItems`.
pub(super) fn camel(name: &str) -> String {
    let mut text = String::new();
    let mut is_start = true;
    let has_small = name.chars().any(char::is_lowercase);
    for c in name.chars() {
        if !c.is_alphanumeric() {
            is_start = true;
        } else if is_start {
            text.extend(c.to_uppercase());
            is_start = false;
        } else if has_small {
            text.push(c);
        } else {
            text.extend(c.to_lowercase());
        }
    }
    if text.is_empty() {
        text.push_str("Empty");
    }
    if text.starts_with(|c: char| c.is_numeric()) {
        text.insert(0, 'N');
    }
    if syn::parse_str::<syn::Ident>(&text).is_err() {
        text = text.chars().filter(char::is_ascii).collect();
        text.insert_str(0, "Name");
    }
    text
}

/// `users` -> `user`, `categories` -> `category`; what is not sure stays.
pub(super) fn singular(name: &str) -> String {
    let lower = name.to_lowercase();
    let keeps = ["ss", "us", "is", "news", "series", "species", "data", "media"];
    if name.len() < 4 || !lower.ends_with('s') || keeps.iter().any(|end| lower.ends_with(end)) {
        return name.to_owned();
    }
    let cut = |count: usize, end: &str| format!("{}{end}", &name[..name.len() - count]);
    if lower.ends_with("ies") && name.len() > 4 {
        return cut(3, "y");
    }
    let hissing = ["sses", "shes", "ches", "xes", "zes"];
    if hissing.iter().any(|end| lower.ends_with(end)) {
        return cut(2, "");
    }
    if lower.ends_with("uses") && !lower.ends_with("auses") {
        return cut(2, "");
    }
    cut(1, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_many_and_structs_are_one() {
        let named = |name: &str| camel(&singular(name));
        assert_eq!(named("users"), "User");
        assert_eq!(named("order_items"), "OrderItem");
        assert_eq!(named("categories"), "Category");
        assert_eq!(named("statuses"), "Status");
        assert_eq!(named("addresses"), "Address");
        assert_eq!(named("boxes"), "Box");
        assert_eq!(named("news"), "News");
        assert_eq!(named("status"), "Status");
        assert_eq!(named("Order Details"), "OrderDetail");
        assert_eq!(named("USERS"), "User");
        assert_eq!(named("2fa"), "N2fa");
        assert_eq!(named("日本"), "日本");
        assert_eq!(named("☃"), "Empty");
    }

    #[test]
    fn fields_are_legal_and_never_the_name_of_another_column() {
        let columns = [
            "AlbumId", "album_id", "type", "self", "2fa", "a b", "", "table", "table_", "__a___b_",
            "Table",
        ];
        let set: BTreeSet<&str> = columns.into_iter().collect();
        let mut names = FieldNames::new(std::iter::empty());
        let named: Vec<String> = columns.iter().map(|column| names.name(column, &set)).collect();
        assert_eq!(
            named,
            [
                "album_id_",
                "album_id",
                "type",
                "self_",
                "_2fa",
                "a_b",
                "column",
                "table",
                "table__",
                "__a_b_",
                "table2"
            ]
        );
        assert_eq!(spelled("type"), "r#type");
    }
}
